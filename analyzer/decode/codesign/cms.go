package codesign

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/ber"
)

// Bounds of one message: the certificates, and the hashes of code directories.
const (
	maxCertificates = 32
	maxCDHashes     = 16
	maxHashText     = 512 // bytes of one in a list, with its blanks
)

// Message is content signed by CMS (RFC 5652 §5), or the signature alone over
// content that lies elsewhere.
type Message struct {
	// Content is nil where it lies elsewhere.
	Content []byte
	// Chain begins with the signer's certificate; each next one is its issuer's, as
	// far as the message holds them. Verify tells whether they issued each other.
	Chain []*x509.Certificate

	digest, cipher string // object identifiers, dotted
	attributes     []byte // signed ones, as the SET that is signed; nil where there are none
	sum            []byte // the digest of the content among them
	signature      []byte
	cdHashes       [][]byte // of the code directories, some cut to 20 bytes
}

// Object identifiers of CMS, and of Apple's attributes: the hashes as a property
// list, cut to 20 bytes, and whole with their function.
const (
	oidSignedData    = "1.2.840.113549.1.7.2"
	oidMessageDigest = "1.2.840.113549.1.9.4"
	oidCDHashList    = "1.2.840.113635.100.9.1"
	oidCDHash        = "1.2.840.113635.100.9.2"
)

// OpenMessage reads a message, which is not verified by that. The error is a
// *budget.FormatError where the bytes are at fault.
func OpenMessage(data []byte, b *budget.Budget) (*Message, error) {
	if err := b.Take(int64(len(data))); err != nil {
		return nil, err
	}
	r := ber.New("CMS signature", -1)
	fields, err := signedData(r, data)
	if err != nil {
		return nil, err
	}
	m := &Message{}
	if m.Content, err = content(r, fields[2]); err != nil {
		return nil, err
	}
	var certificates []*x509.Certificate
	var signer ber.Element
	for _, f := range fields[3:] {
		switch f.Tag {
		case ber.TagContext0:
			certificates, err = parseCertificates(r, f)
		case ber.TagSet:
			signer, err = onlySigner(r, f)
		}
		if err != nil {
			return nil, err
		}
	}
	if signer.Raw == nil {
		return nil, r.Malformed("no signer")
	}
	if err := m.readSigner(r, signer, certificates); err != nil {
		return nil, err
	}
	return m, nil
}

// signedData opens ContentInfo, the explicit tag and SignedData.
func signedData(r *ber.Reader, data []byte) ([]ber.Element, error) {
	info, err := r.One(data, ber.TagSequence)
	if err != nil {
		return nil, err
	}
	parts, err := r.Fields(info, ber.TagOID, ber.TagContext0)
	if err != nil {
		return nil, err
	}
	if oid(parts[0]) != oidSignedData {
		return nil, r.Malformed("content type %s", oid(parts[0]))
	}
	inner, err := r.One(parts[1].Body, ber.TagSequence)
	if err != nil {
		return nil, err
	}
	return r.Fields(inner, ber.TagInteger, ber.TagSet, ber.TagSequence)
}

// constructed is the bit of a tag whose element is made of others.
const constructed = 0x20

// content returns what is signed, nil where it lies elsewhere. Long content may come
// in pieces.
func content(r *ber.Reader, e ber.Element) ([]byte, error) {
	fields, err := r.Fields(e, ber.TagOID)
	if err != nil || len(fields) < 2 {
		return nil, err
	}
	octets, _, err := r.Next(fields[1].Body, 0)
	if err != nil {
		return nil, err
	}
	switch octets.Tag {
	case ber.TagOctets:
		return octets.Body, nil
	case ber.TagOctets | constructed:
		pieces, err := r.Children(octets)
		if err != nil {
			return nil, err
		}
		whole := make([]byte, 0, len(octets.Body))
		for _, p := range pieces {
			if p.Tag != ber.TagOctets {
				return nil, r.Malformed("content in pieces of tag 0x%02x", p.Tag)
			}
			whole = append(whole, p.Body...)
		}
		return whole, nil
	}
	return nil, r.Malformed("content of tag 0x%02x", octets.Tag)
}

// parseCertificates leaves out those that cannot be read: one of them may be the
// signer's, which is then missed.
func parseCertificates(r *ber.Reader, e ber.Element) ([]*x509.Certificate, error) {
	all, err := r.Children(e)
	if err != nil {
		return nil, err
	}
	if len(all) > maxCertificates {
		return nil, r.Malformed("%d certificates", len(all))
	}
	var out []*x509.Certificate
	for _, c := range all {
		if cert, err := x509.ParseCertificate(c.Raw); err == nil {
			out = append(out, cert)
		}
	}
	return out, nil
}

// onlySigner returns the first signer: Apple's tools make one, and ask for no other.
func onlySigner(r *ber.Reader, e ber.Element) (ber.Element, error) {
	all, err := r.Children(e)
	if err == nil && len(all) == 0 {
		err = r.Malformed("no signer")
	}
	if err != nil {
		return ber.Element{}, err
	}
	return all[0], nil
}

// readSigner reads SignerInfo (§5.3).
func (m *Message) readSigner(r *ber.Reader, e ber.Element, held []*x509.Certificate) error {
	fields, err := r.Fields(e, ber.TagInteger)
	if err != nil {
		return err
	}
	if len(fields) < 5 || fields[2].Tag != ber.TagSequence {
		return r.Malformed("a signer of %d fields", len(fields))
	}
	leaf, err := findSigner(r, fields[1], held)
	if err != nil {
		return err
	}
	m.follow(leaf, held)
	if m.digest, err = algorithmOID(r, fields[2]); err != nil {
		return err
	}
	rest := fields[3:]
	if rest[0].Tag == ber.TagContext0 {
		m.attributes = asSet(rest[0])
		if err := m.readAttributes(r, rest[0]); err != nil {
			return err
		}
		rest = rest[1:]
	}
	if len(rest) < 2 || rest[0].Tag != ber.TagSequence || rest[1].Tag != ber.TagOctets {
		return r.Malformed("a signer without a signature")
	}
	m.cipher, err = algorithmOID(r, rest[0])
	m.signature = rest[1].Body
	return err
}

// asSet returns the attributes as they are signed: the set under its own tag (§5.4),
// with a length.
func asSet(e ber.Element) []byte {
	head := []byte{ber.TagSet, byte(len(e.Body))}
	if n := len(e.Body); n >= 0x80 {
		head = []byte{ber.TagSet, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
		for head[2] == 0 {
			head = append(head[:2], head[3:]...)
			head[1]--
		}
	}
	return append(head, e.Body...)
}

func (m *Message) readAttributes(r *ber.Reader, e ber.Element) error {
	attributes, err := r.Children(e)
	if err != nil {
		return err
	}
	for _, a := range attributes {
		pair, err := r.Fields(a, ber.TagOID, ber.TagSet)
		if err != nil {
			return err
		}
		values, err := r.Children(pair[1])
		if err != nil {
			return err
		}
		if err := m.attribute(r, oid(pair[0]), values); err != nil {
			return err
		}
	}
	if m.sum == nil {
		return r.Malformed("signed attributes without a digest")
	}
	return nil
}

func (m *Message) attribute(r *ber.Reader, name string, values []ber.Element) error {
	switch name {
	case oidMessageDigest:
		if len(values) != 1 || values[0].Tag != ber.TagOctets || m.sum != nil {
			return r.Malformed("more than one digest")
		}
		m.sum = values[0].Body
	case oidCDHash:
		if len(values) > maxCDHashes {
			return r.Malformed("%d hashes of code directories", len(values))
		}
		for _, v := range values {
			fields, err := r.Fields(v, ber.TagOID, ber.TagOctets)
			if err != nil {
				return err
			}
			m.cdHashes = append(m.cdHashes, fields[1].Body)
		}
	case oidCDHashList:
		if len(values) != 1 || values[0].Tag != ber.TagOctets {
			return r.Malformed("%d lists of code directories", len(values))
		}
		m.cdHashes = append(m.cdHashes, listed(values[0].Body)...)
	}
	return nil
}

// listed returns the hashes in a property list of Apple's tools, which write it as
// XML; they stand nowhere else in it than as data.
func listed(list []byte) (hashes [][]byte) {
	for range maxCDHashes {
		_, rest, found := bytes.Cut(list, []byte("<data>"))
		text, after, ended := bytes.Cut(rest, []byte("</data>"))
		if !found || !ended || len(text) > maxHashText {
			break
		}
		text = bytes.Join(bytes.Fields(text), nil)
		hash := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
		if n, err := base64.StdEncoding.Decode(hash, text); err == nil {
			hashes = append(hashes, hash[:n])
		}
		list = after
	}
	return hashes
}

// names reports whether a code directory of this hash is among those that the
// message names.
func (m *Message) names(sum []byte) bool {
	for _, h := range m.cdHashes {
		if len(h) >= cdHashSize && bytes.HasPrefix(sum, h) {
			return true
		}
	}
	return false
}

// Verify verifies the signature over the content, and that each certificate of the
// chain was signed by the next. Dates are not looked at, and no root is trusted.
func (m *Message) Verify(content []byte) error {
	hash, ok := digests[m.digest]
	if !ok {
		return fmt.Errorf("digest %s: %w", m.digest, ErrUnsupported)
	}
	signed := content
	if m.attributes != nil {
		h := hash.New()
		h.Write(content)
		if !bytes.Equal(h.Sum(nil), m.sum) {
			return errors.New("the signed digest is of other content")
		}
		signed = m.attributes
	}
	cipher, ok := ciphers[m.cipher]
	if !ok {
		return fmt.Errorf("signature algorithm %s: %w", m.cipher, ErrUnsupported)
	}
	if cipher == 0 {
		cipher = hash
	}
	if err := verify(m.Chain[0].PublicKey, cipher, signed, m.signature); err != nil {
		return err
	}
	return m.verifyChain()
}

func algorithmOID(r *ber.Reader, e ber.Element) (string, error) {
	fields, err := r.Fields(e, ber.TagOID)
	if err != nil {
		return "", err
	}
	return oid(fields[0]), nil
}

func oid(e ber.Element) string {
	var id asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(e.Raw, &id); err != nil {
		return ""
	}
	return id.String()
}

// digests are the hash functions by their identifiers.
var digests = map[string]crypto.Hash{
	"1.3.14.3.2.26":          crypto.SHA1,
	"2.16.840.1.101.3.4.2.1": crypto.SHA256,
	"2.16.840.1.101.3.4.2.2": crypto.SHA384,
	"2.16.840.1.101.3.4.2.3": crypto.SHA512,
}
