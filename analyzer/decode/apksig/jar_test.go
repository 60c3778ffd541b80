package apksig

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/apksig/apksigtest"
	"github.com/listgate/listgate/analyzer/decode/ber"
)

func TestVerifyJAR(t *testing.T) {
	t.Parallel()
	k := keys(t)
	for name, key := range map[string]*apksigtest.Key{"RSA": k.old, "EC": k.ec, "DSA": k.dsa} {
		for _, attributes := range []bool{false, true} {
			s := apksigtest.JARSigner{Key: key, Name: "CERT", Attributes: attributes}
			files := apksigtest.SignJAR(t, apksigtest.Files(), s)
			r, err := Verify(t.Context(), archiveOf(t, apksigtest.Archive(t, files)),
				budget.New(budget.Limits{}))
			require.NoError(t, err, name)
			require.Empty(t, r.Problems, name)
			require.Len(t, r.Signers, 1, name)
			assert.NoError(t, r.Signers[0].Err, name)
			assert.Equal(t, key.SHA256(), r.Signers[0].SHA256)
		}
	}
}

// edit changes one file of a signed package.
func edit(name string, change func(string) string) func([]apksigtest.File) []apksigtest.File {
	return func(files []apksigtest.File) []apksigtest.File {
		var out []apksigtest.File
		for _, f := range files {
			if f.Name == name {
				f.Content = []byte(change(string(f.Content)))
			}
			out = append(out, f)
		}
		return out
	}
}

func without(name string) func([]apksigtest.File) []apksigtest.File {
	return func(files []apksigtest.File) []apksigtest.File {
		var out []apksigtest.File
		for _, f := range files {
			if f.Name != name {
				out = append(out, f)
			}
		}
		return out
	}
}

func with(name, content string) func([]apksigtest.File) []apksigtest.File {
	return func(files []apksigtest.File) []apksigtest.File {
		return append(files, apksigtest.File{Name: name, Content: []byte(content)})
	}
}

func swap(from, to string) func(string) string {
	return func(s string) string { return strings.Replace(s, from, to, 1) }
}

const shaField = "\r\nSHA-256-Digest: "

// TestVerifyJARDefects puts one defect into a package that was signed, or into its
// signature file before that is signed.
func TestVerifyJARDefects(t *testing.T) {
	t.Parallel()
	k := keys(t)
	const signer = "v1 CN=oldMETA-INF/CERT.SF: "
	const sf, block, mf = "META-INF/CERT.SF", "META-INF/CERT.RSA", "META-INF/MANIFEST.MF"
	cases := []struct {
		name  string
		file  func(string) string
		block func([]byte) []byte
		after func([]apksigtest.File) []apksigtest.File
		want  string
	}{
		{name: "sound", want: signer + "ok"},
		{name: "content_changed", after: edit("AndroidManifest.xml", swap("a", "b")),
			want: signer + `1 entries do not match the manifest: "AndroidManifest.xml"`},
		{name: "file_added", after: with("classes2.dex", "code"),
			want: signer + `1 entries not covered by the signature file: "classes2.dex"`},
		{name: "file_added_to_meta", after: with("META-INF/channel_1", ""), want: signer + "ok"},
		{name: "folder_added", after: with("lib/", ""), want: signer + "ok"},
		{name: "file_removed", after: without("AndroidManifest.xml"),
			want: signer + `1 entries of the manifest are not there: "AndroidManifest.xml"`},
		{name: "manifest_changed", after: edit(mf, swap("a test", "a test!")),
			want: signer + "the digest of the manifest's main section does not match"},
		{name: "manifest_section_changed", after: edit(mf, swap(shaField, shaField+"x")),
			want: signer + "the digest of the manifest's section \"AndroidManifest.xml\"" +
				" does not match"},
		{name: "manifest_section_added", after: edit(mf, func(s string) string {
			return s + "Name: new\r\n\r\n"
		}), want: signer + "ok"},
		{name: "manifest_section_twice", after: edit(mf, func(s string) string {
			return s + "Name: classes.dex\r\n\r\n"
		}), want: signer + mf + " at 0x"},
		{name: "manifest_missing", after: without(mf), want: signer + "no " + mf},
		{name: "section_left_out", file: func(s string) string {
			return s[:strings.Index(s, "Name: res")]
		}, want: signer + `1 entries not covered by the signature file: "res/a name ` +
			`so long that its line in the manifest is broken in 2 parts.xml"`},
		{name: "no_version", file: swap("Signature-Version", "Version"),
			want: signer + sf + ": no Signature-Version"},
		{name: "section_without_name", file: swap("Name: classes.dex", "Nome: classes.dex"),
			want: signer + sf + " at 0x"},
		{name: "whole_digest_wrong_sections_right",
			file: swap("SHA-256-Digest-Manifest: ", "SHA-256-Digest-Manifest: AAAA"),
			want: signer + "ok"},
		{name: "weak_digest_ignored", file: swap("Signature-Version: 1.0\r\n",
			"Signature-Version: 1.0\r\nMD5-Digest-Manifest: AAAA\r\n"), want: signer + "ok"},
		{name: "no_sections_no_digest", file: func(string) string {
			return "Signature-Version: 1.0\r\n\r\n"
		}, want: signer + "the digest of the manifest does not match"},
		{name: "names_what_the_manifest_does_not", file: func(string) string {
			return "Signature-Version: 1.0\r\n\r\nName: x\r\nSHA1-Digest: AA==\r\n\r\n"
		}, want: signer + `the signature file names "x", the manifest does not`},
		{name: "v2_stripped", file: swap("\r\n", "\r\nX-Android-APK-Signed: 2\r\n"),
			want: signer + "stripped: the package was signed with v2 as well, and that is gone"},
		{name: "v3_stripped", file: swap("\r\n", "\r\nx-android-apk-signed: 7 , 3\r\n"),
			want: signer + "stripped: the package was signed with v3 as well, and that is gone"},
		{name: "signature_file_changed", after: edit(sf, swap("1.0", "1.1")),
			want: signer + "signature of the signature file: the signature does not match"},
		{name: "signature_file_missing", after: without(sf),
			want: "problem v1" + block + ": a signature block without a signature file"},
		{name: "block_missing", after: without(block)},
		{name: "block_empty", block: func([]byte) []byte { return nil },
			want: "problem v1" + sf + ": signature block: an element is cut short"},
		{name: "block_cut_short", block: func(b []byte) []byte { return b[:len(b)-1] },
			want: "problem v1" + sf + ": signature block: an element of "},
		{name: "indefinite_length", block: func(b []byte) []byte {
			e, err := ber.New("test", -1).One(b, ber.TagSequence)
			require.NoError(t, err)
			return append(append([]byte{ber.TagSequence, 0x80}, e.Body...), 0, 0)
		}, want: signer + "ok"},
		{name: "block_of_another_type", block: func(b []byte) []byte {
			return bytes.Replace(b, []byte{1, 7, 2}, []byte{1, 7, 1}, 1)
		}, want: "problem v1" + sf + ": signature block: content type 1.2.840.113549.1.7.1"},
		{name: "certificate_unreadable", block: func(b []byte) []byte {
			return bytes.Replace(b, []byte{0xa0, 3, 2, 1, 2}, []byte{0xa1, 3, 2, 1, 2}, 1)
		}, want: "problem v1" + sf + ": signature block: no certificate of a signer"},
		{name: "unknown_cipher", block: func(b []byte) []byte {
			i := bytes.LastIndex(b, []byte{1, 1, 1})
			return append(append(append([]byte{}, b[:i]...), 1, 1, 10), b[i+3:]...)
		}, want: signer + "signature of the signature file: " +
			"signature algorithm 1.2.840.113549.1.1.10: not supported"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := apksigtest.SignJAR(t, apksigtest.Files(), apksigtest.JARSigner{
				Key: k.old, Name: "CERT", EditFile: c.file, EditBlock: c.block})
			if c.after != nil {
				files = c.after(files)
			}
			got := verdicts(t, apksigtest.Archive(t, files))
			if c.want == "" {
				assert.Empty(t, got)
				return
			}
			require.Len(t, got, 1)
			if strings.HasSuffix(c.want, ": ok") {
				assert.Equal(t, c.want, got[0])
			}
			assert.True(t, strings.HasPrefix(got[0], c.want), "got  %s\nwant %s", got[0], c.want)
		})
	}
}

// TestVerifyJARWithBlock shows that a valid later scheme stands for the entries, and
// that an invalid one does not.
func TestVerifyJARWithBlock(t *testing.T) {
	t.Parallel()
	k := keys(t)
	files := apksigtest.SignJAR(t, apksigtest.Files(),
		apksigtest.JARSigner{Key: k.old, Name: "CERT", Schemes: "2"})
	files = edit("AndroidManifest.xml", swap("a", "b"))(files)
	one := apksigtest.BlockSigner{Key: k.ec, Algorithms: []uint32{0x0201}}
	s := apksigtest.Scheme{ID: apksigtest.V2, Signers: []apksigtest.BlockSigner{one}}
	b := apksigtest.Sign(t, apksigtest.Archive(t, files), s)
	want := []string{"v1 CN=oldMETA-INF/CERT.SF: ok", "v2 CN=curve: ok"}
	assert.Empty(t, cmp.Diff(want, verdicts(t, b)))

	b[40] ^= 1
	got := verdicts(t, b)
	require.Len(t, got, 2)
	assert.Contains(t, got[0], "1 entries do not match the manifest")
	assert.Contains(t, got[1], "does not match the package")
}

func TestVerifyJARSigners(t *testing.T) {
	t.Parallel()
	k := keys(t)
	two := apksigtest.SignJAR(t, apksigtest.Files(),
		apksigtest.JARSigner{Key: k.old, Name: "A"},
		apksigtest.JARSigner{Key: k.ec, Name: "b", EditFile: swap("Name: c", "Name: d")})
	got := verdicts(t, apksigtest.Archive(t, two))
	require.Len(t, got, 2)
	assert.Equal(t, "v1 CN=oldMETA-INF/A.SF: ok", got[0])
	assert.Contains(t, got[1], "v1 CN=curveMETA-INF/b.SF: 1 entries not covered")

	var many []apksigtest.JARSigner
	for i := range maxSigners + 2 {
		many = append(many, apksigtest.JARSigner{Key: k.ec, Name: fmt.Sprint(i)})
	}
	got = verdicts(t, apksigtest.Archive(t, apksigtest.SignJAR(t, apksigtest.Files(), many...)))
	require.Len(t, got, maxSigners+1)
	assert.Contains(t, got[maxSigners], "10 are read")
}

// TestVerifyJARName has a certificate whose name is not of its type, and an entry
// whose name is not UTF-8, as tools of another encoding write them.
func TestVerifyJARName(t *testing.T) {
	t.Parallel()
	key := apksigtest.RSA(t, 1024, "caf\xe9\x00\n*@")
	files := []apksigtest.File{{Name: "AndroidManifest.xml"}, {Name: "a\xc4\xe3b"}}
	signed := apksigtest.SignJAR(t, files, apksigtest.JARSigner{Key: key, Name: "CERT"})
	got := verdicts(t, apksigtest.Archive(t, signed))
	want := "v1 CN=caf\uFFFD\uFFFD\uFFFD*@META-INF/CERT.SF: ok"
	assert.Empty(t, cmp.Diff([]string{want}, got))

	signed = apksigtest.SignJAR(t, []apksigtest.File{{Name: "a\uFFFD\uFFFDb"}},
		apksigtest.JARSigner{Key: key, Name: "CERT"})
	signed[0].Name = "a\xc4\xe3b"
	got = verdicts(t, apksigtest.Archive(t, signed))
	assert.Empty(t, cmp.Diff([]string{want}, got))
}

func TestParseSections(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256(nil)
	empty := base64.StdEncoding.EncodeToString(sum[:])
	for _, end := range []string{"\r\n", "\n", "\r"} {
		text := strings.Join([]string{"Manifest-Version: 1.0", "", "", "Name: a/lo", " ng/name",
			"sha-256-digest: " + empty, "", "", "Name: b", "x: y", "", "Name: c"}, end)
		s, err := parseSections("manifest", []byte(text))
		require.NoError(t, err)
		assert.Empty(t, cmp.Diff([]string{"a/long/name", "b", "c"}, s.names))
		section, ok := s.find("a/long/name")
		require.True(t, ok)
		assert.Equal(t, matches, s.digestVerdict(section, "-Digest", nil))
		assert.Equal(t, differs, s.digestVerdict(section, "-Digest", []byte{0}))
		assert.True(t, strings.HasPrefix(string(s.bytes(section)), "Name: a/lo"))
		assert.True(t, strings.HasSuffix(string(s.bytes(section)), empty+end+end))
		assert.Equal(t, "Manifest-Version: 1.0"+end+end, string(s.bytes(s.main)))
		b, _ := s.find("b")
		assert.Equal(t, noDigest, s.digestVerdict(b, "-Digest", nil))
		_, ok = s.find("d")
		assert.False(t, ok)
	}
	many := "x: y\n\n" + strings.Repeat("Name: a\n\n", 2)
	s, err := parseSections("manifest", []byte(many))
	assert.Nil(t, s)
	var malformed *budget.FormatError
	assert.ErrorAs(t, err, &malformed)
	var b strings.Builder
	b.WriteString("\n")
	for i := range maxSections + 1 {
		fmt.Fprintf(&b, "Name: %d\n\n", i)
	}
	_, err = parseSections("manifest", []byte(b.String()))
	assert.ErrorIs(t, err, budget.ErrExhausted)
}

func FuzzSignedData(f *testing.F) {
	for _, key := range []*apksigtest.Key{apksigtest.RSA(f, 1024, "a"), apksigtest.EC(f, "b")} {
		for _, attributes := range []bool{false, true} {
			s := apksigtest.JARSigner{Key: key, Name: "A", Attributes: attributes}
			signed := apksigtest.SignJAR(f, apksigtest.Files()[:1], s)
			f.Add(signed[len(signed)-1].Content)
		}
	}
	f.Add([]byte{0x30, 0x80, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parseSignedData(data)
		if err != nil {
			require.Nil(t, s)
			return
		}
		require.NotEmpty(t, s.signers)
		_, verdict, err := s.verdict([]byte("no signature is of this"))
		require.True(t, verdict != nil || err != nil)
		for _, c := range s.certificates {
			require.LessOrEqual(t, len(c.name()), 16*maxName)
		}
		for n := 0; n < len(data); n += 1 + len(data)/16 {
			cut, err := parseSignedData(data[:n])
			require.True(t, err != nil || len(cut.signers) > 0)
		}
	})
}

func FuzzSections(f *testing.F) {
	f.Add([]byte(apksigtest.Manifest(apksigtest.Files()[:1])))
	f.Add([]byte("a: b\r\r\nName: x\n y\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := parseSections("manifest", data)
		if err != nil {
			require.Nil(t, s)
			return
		}
		last := s.main.to
		for _, name := range s.names {
			one, ok := s.find(name)
			require.True(t, ok)
			require.True(t, one.from >= last && one.to > one.from && one.to <= len(data))
			last = one.to
			s.digestVerdict(one, "-Digest", data)
		}
	})
}
