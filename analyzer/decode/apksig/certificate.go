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
	r := newBER("certificate")
	whole, err := r.one(raw, tagSequence)
	if err != nil {
		return certificate{}, err
	}
	outer, err := r.fields(whole, tagSequence)
	if err != nil {
		return certificate{}, err
	}
	tbs, err := r.children(outer[0])
	if err != nil {
		return certificate{}, err
	}
	if len(tbs) > 0 && tbs[0].tag == tagContext0 {
		tbs = tbs[1:] // the version
	}
	want := []byte{tagInteger, tagSequence, tagSequence, tagSequence, tagSequence, tagSequence}
	if len(tbs) < len(want) {
		return certificate{}, r.malformed("%d fields", len(tbs))
	}
	for i, tag := range want {
		if tbs[i].tag != tag {
			return certificate{}, r.malformed("field %d has tag 0x%02x", i, tbs[i].tag)
		}
	}
	return certificate{whole.raw, trimNumber(tbs[0].body), tbs[2].raw, tbs[4].raw, tbs[5].raw}, nil
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
	r := newBER("name")
	if len(raw) > maxName {
		return nil, limitError(r.part, int64(len(raw)), maxName)
	}
	whole, err := r.one(raw, tagSequence)
	if err != nil {
		return nil, err
	}
	sets, err := r.children(whole)
	if err != nil {
		return nil, err
	}
	var names pkix.RDNSequence
	for _, s := range sets {
		attributes, err := r.children(s)
		if err != nil {
			return nil, err
		}
		var set pkix.RelativeDistinguishedNameSET
		for _, a := range attributes {
			if pair, err := r.fields(a, tagOID); err == nil && len(pair) == 2 {
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

func oid(e element) asn1.ObjectIdentifier {
	var id asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(e.raw, &id); err != nil {
		return asn1.ObjectIdentifier{}
	}
	return id
}

// text decodes a string of any type: two bytes a character in a BMPString, UTF-8
// in all others. Control characters, which no name needs, become U+FFFD.
func text(e element) string {
	s := string(e.body)
	if e.tag == tagBMPString {
		units := make([]uint16, len(e.body)/2)
		for i := range units {
			units[i] = uint16(e.body[2*i])<<8 | uint16(e.body[2*i+1])
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
