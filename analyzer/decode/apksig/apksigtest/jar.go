package apksigtest

import (
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
)

// JARSigner signs with a JAR signature.
type JARSigner struct {
	Key        *Key
	Name       string // of its files, "CERT"
	Attributes bool   // sign attributes with the digest, not the file itself
	Schemes    string // of X-Android-APK-Signed, "" for none
	// EditFile changes the signature file before it is signed, EditBlock the
	// signature block after; nil for none.
	EditFile  func(string) string
	EditBlock func([]byte) []byte
}

// Manifest is the JAR manifest of the files: all but folders and META-INF/.
func Manifest(files []File) string {
	var b strings.Builder
	b.WriteString("Manifest-Version: 1.0\r\nCreated-By: a test\r\n\r\n")
	for _, f := range files {
		if !strings.HasSuffix(f.Name, "/") && !strings.HasPrefix(f.Name, "META-INF/") {
			b.WriteString(section(f.Name, string(f.Content)))
		}
	}
	return b.String()
}

func section(name, content string) string {
	line := "Name: " + name
	var b strings.Builder
	for len(line) > 70 {
		b.WriteString(line[:70] + "\r\n")
		line = " " + line[70:]
	}
	b.WriteString(line + "\r\n")
	return b.String() + "SHA-256-Digest: " + digest(content) + "\r\n\r\n"
}

func digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// signatureFile names every section of the manifest.
func (s JARSigner) signatureFile(manifest string) string {
	var b strings.Builder
	b.WriteString("Signature-Version: 1.0\r\n")
	if s.Schemes != "" {
		fmt.Fprintf(&b, "X-Android-APK-Signed: %s\r\n", s.Schemes)
	}
	main, rest, _ := strings.Cut(manifest, "\r\n\r\n")
	fmt.Fprintf(&b, "SHA-256-Digest-Manifest-Main-Attributes: %s\r\n", digest(main+"\r\n\r\n"))
	fmt.Fprintf(&b, "SHA-256-Digest-Manifest: %s\r\n\r\n", digest(manifest))
	for one := range strings.SplitSeq(strings.TrimSuffix(rest, "\r\n\r\n"), "\r\n\r\n") {
		name, _, _ := strings.Cut(one, "\r\nSHA-256-Digest")
		fmt.Fprintf(&b, "%s\r\nSHA-256-Digest: %s\r\n\r\n", name, digest(one+"\r\n\r\n"))
	}
	return b.String()
}

// SignJAR returns the files and behind them those of the signature.
func SignJAR(t testing.TB, files []File, signers ...JARSigner) []File {
	t.Helper()
	manifest := Manifest(files)
	out := append(append([]File{}, files...), File{"META-INF/MANIFEST.MF", []byte(manifest)})
	for _, s := range signers {
		text := s.signatureFile(manifest)
		if s.EditFile != nil {
			text = s.EditFile(text)
		}
		block := s.block(t, []byte(text))
		if s.EditBlock != nil {
			block = s.EditBlock(block)
		}
		out = append(out, File{"META-INF/" + s.Name + ".SF", []byte(text)},
			File{"META-INF/" + s.Name + s.ending(), block})
	}
	return out
}

func (s JARSigner) ending() string {
	switch {
	case s.Key.rsa != nil:
		return ".RSA"
	case s.Key.ec != nil:
		return ".EC"
	default:
		return ".DSA"
	}
}

// cipher is the algorithm of the signature. It leaves the digest open for RSA.
func (s JARSigner) cipher() []byte {
	switch {
	case s.Key.rsa != nil:
		return sequence(oid(1, 2, 840, 113549, 1, 1, 1))
	case s.Key.ec != nil:
		return sequence(oid(1, 2, 840, 10045, 4, 3, 2))
	default:
		return sequence(oid(2, 16, 840, 1, 101, 3, 4, 3, 2))
	}
}

// block is a CMS signature over content, which is not in it.
func (s JARSigner) block(t testing.TB, content []byte) []byte {
	t.Helper()
	one, hash := number(big.NewInt(1)), sequence(oid(2, 16, 840, 1, 101, 3, 4, 2, 1))
	plain := oid(1, 2, 840, 113549, 1, 7, 1)
	parts := [][]byte{one, sequence(s.Key.issuer, s.Key.serial), hash}
	message := content
	if s.Attributes {
		sum := sha256.Sum256(content)
		kind := sequence(oid(1, 2, 840, 113549, 1, 9, 3), der(0x31, plain))
		value := sequence(oid(1, 2, 840, 113549, 1, 9, 4), der(0x31, der(0x04, sum[:])))
		message = der(0x31, kind, value)
		parts = append(parts, der(0xa0, kind, value))
	}
	signature := s.Key.sign(t, crypto.SHA256, false, message)
	parts = append(parts, s.cipher(), der(0x04, signature))
	data := sequence(one, der(0x31, hash), sequence(plain), der(0xa0, s.Key.Certificate),
		der(0x31, sequence(parts...)))
	return sequence(oid(1, 2, 840, 113549, 1, 7, 2), der(0xa0, data))
}
