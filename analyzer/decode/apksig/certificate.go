package apksig

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/listgate/listgate/analyzer/decode/ber"
)

// maxName bounds the names that are read, in bytes of BER.
const maxName = 4 << 10

// certificate is what a signature needs of an X.509 certificate (RFC 5280). Parts
// of it that Go's library would refuse, as negative numbers, are not looked at.
type certificate struct {
	raw             []byte
	serial          []byte // without sign bytes
	issuer, subject []byte
	key             []byte // SubjectPublicKeyInfo
}

func parseCertificate(raw []byte) (certificate, error) {
	r := ber.New("certificate", -1)
	whole, err := r.One(raw, ber.TagSequence)
	if err != nil {
		return certificate{}, err
	}
	outer, err := r.Fields(whole, ber.TagSequence)
	if err != nil {
		return certificate{}, err
	}
	tbs, err := r.Children(outer[0])
	if err != nil {
		return certificate{}, err
	}
	if len(tbs) > 0 && tbs[0].Tag == ber.TagContext0 {
		tbs = tbs[1:] // the version
	}
	want := []byte{
		ber.TagInteger,
		ber.TagSequence,
		ber.TagSequence,
		ber.TagSequence,
		ber.TagSequence,
		ber.TagSequence,
	}
	if len(tbs) < len(want) {
		return certificate{}, r.Malformed("%d fields", len(tbs))
	}
	for i, tag := range want {
		if tbs[i].Tag != tag {
			return certificate{}, r.Malformed("field %d has tag 0x%02x", i, tbs[i].Tag)
		}
	}
	return certificate{whole.Raw, trimNumber(tbs[0].Body), tbs[2].Raw, tbs[4].Raw, tbs[5].Raw}, nil
}

// trimNumber drops the zero bytes that a non-negative number may begin with.
func trimNumber(b []byte) []byte { return bytes.TrimLeft(b, "\x00") }

// digest returns the certificate's SHA-256 in hexadecimal.
func (c certificate) digest() string {
	sum := sha256.Sum256(c.raw)
	return hex.EncodeToString(sum[:])
}

// hasKey reports whether the certificate is for this key, given as
// SubjectPublicKeyInfo. The same key may be written in two ways.
func (c certificate) hasKey(spki []byte, key crypto.PublicKey) bool {
	if bytes.Equal(c.key, spki) {
		return true
	}
	own, err := publicKey(c.key)
	if err != nil {
		return false
	}
	k, ok := own.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(key)
}

// isFor reports whether a signer names this certificate. Some tools write the
// issuer's strings with another type than the certificate has.
func (c certificate) isFor(issuer, serial []byte) bool {
	if !bytes.Equal(c.serial, serial) {
		return false
	}
	if bytes.Equal(c.issuer, issuer) {
		return true
	}
	own, err := parseName(c.issuer)
	if err != nil {
		return false
	}
	named, err := parseName(issuer)
	return err == nil && strings.EqualFold(own.String(), named.String())
}

// name renders the subject, "" where it cannot be read.
func (c certificate) name() string {
	if len(c.subject) > maxName {
		return fmt.Sprintf("a name of %d bytes", len(c.subject))
	}
	names, err := parseName(c.subject)
	if err != nil {
		return ""
	}
	return names.String()
}

// parseName reads a distinguished name. All its strings are decoded to text, and
// what is no attribute is left out.
func parseName(raw []byte) (pkix.RDNSequence, error) {
	r := ber.New("name", -1)
	if len(raw) > maxName {
		return nil, limitError("name", int64(len(raw)), maxName)
	}
	whole, err := r.One(raw, ber.TagSequence)
	if err != nil {
		return nil, err
	}
	sets, err := r.Children(whole)
	if err != nil {
		return nil, err
	}
	var names pkix.RDNSequence
	for _, s := range sets {
		attributes, err := r.Children(s)
		if err != nil {
			return nil, err
		}
		var set pkix.RelativeDistinguishedNameSET
		for _, a := range attributes {
			if pair, err := r.Fields(a, ber.TagOID); err == nil && len(pair) == 2 {
				value := pkix.AttributeTypeAndValue{Type: oid(pair[0]), Value: text(pair[1])}
				set = append(set, value)
			}
		}
		if len(set) > 0 {
			names = append(names, set)
		}
	}
	return names, nil
}

func oid(e ber.Element) asn1.ObjectIdentifier {
	var id asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(e.Raw, &id); err != nil {
		return asn1.ObjectIdentifier{}
	}
	return id
}

// text decodes a string of any type: two bytes a character in a BMPString, UTF-8
// in all others. Control characters, which no name needs, become U+FFFD.
func text(e ber.Element) string {
	s := string(e.Body)
	if e.Tag == ber.TagBMPString {
		units := make([]uint16, len(e.Body)/2)
		for i := range units {
			units[i] = uint16(e.Body[2*i])<<8 | uint16(e.Body[2*i+1])
		}
		s = string(utf16.Decode(units))
	}
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
