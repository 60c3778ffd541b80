package codesign

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer/decode/ber"
)

// tagKeyID is the tag of a signer that is named by the identifier of its key.
const tagKeyID = 0x80

// findSigner returns the certificate that the signer names, by issuer and serial
// number or by its key.
func findSigner(r *ber.Reader, id ber.Element, held []*x509.Certificate) (
	*x509.Certificate, error) {
	var is func(*x509.Certificate) bool
	switch id.Tag {
	case ber.TagSequence:
		fields, err := r.Fields(id, ber.TagSequence, ber.TagInteger)
		if err != nil {
			return nil, err
		}
		serial := bytes.TrimLeft(fields[1].Body, "\x00")
		is = func(c *x509.Certificate) bool {
			return bytes.Equal(c.RawIssuer, fields[0].Raw) &&
				bytes.Equal(c.SerialNumber.Bytes(), serial)
		}
	case tagKeyID:
		is = func(c *x509.Certificate) bool { return bytes.Equal(c.SubjectKeyId, id.Body) }
	default:
		return nil, r.Malformed("a signer that is named by tag 0x%02x", id.Tag)
	}
	for _, c := range held {
		if is(c) {
			return c, nil
		}
	}
	return nil, r.Malformed("no certificate of the signer among %d", len(held))
}

// follow builds the chain by the names of the issuers.
func (m *Message) follow(leaf *x509.Certificate, held []*x509.Certificate) {
	m.Chain = []*x509.Certificate{leaf}
	for c := leaf; len(m.Chain) <= len(held) && !bytes.Equal(c.RawIssuer, c.RawSubject); {
		issuer := issuerOf(c, held)
		if issuer == nil {
			return
		}
		m.Chain = append(m.Chain, issuer)
		c = issuer
	}
}

// issuerOf prefers, among certificates of the name, the one that the certificate
// names the key of: Apple has several authorities of one name.
func issuerOf(c *x509.Certificate, held []*x509.Certificate) (found *x509.Certificate) {
	for _, h := range held {
		if !bytes.Equal(h.RawSubject, c.RawIssuer) {
			continue
		}
		if bytes.Equal(h.SubjectKeyId, c.AuthorityKeyId) {
			return h
		}
		if found == nil {
			found = h
		}
	}
	return found
}

// Signer returns the SHA-256 of the signer's DER certificate in hexadecimal, and its
// subject.
func (m *Message) Signer() (digest, subject string) {
	sum := sha256.Sum256(m.Chain[0].Raw)
	return hex.EncodeToString(sum[:]), Name(m.Chain[0])
}

// oidUserID is an attribute of Apple's names that the library writes as bytes.
var oidUserID = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}

// Name renders the subject of a certificate.
func Name(c *x509.Certificate) string {
	name := c.Subject
	name.Names = slices.DeleteFunc(slices.Clone(name.Names),
		func(a pkix.AttributeTypeAndValue) bool { return a.Type.Equal(oidUserID) })
	return strings.ToValidUTF8(name.String(), "�")
}

// Team returns the organisational unit of the signer, which is the team for
// certificates of Apple's programs; "" where there is none.
func (m *Message) Team() string {
	if units := m.Chain[0].Subject.OrganizationalUnit; len(units) > 0 {
		return units[0]
	}
	return ""
}
