package codesign

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"

	"github.com/listgate/listgate/analyzer/budget"
)

// Tags of the elements that are looked at, with class and form as they stand in
// the first byte.
const (
	tagInteger  = 0x02
	tagOID      = 0x06
	tagSequence = 0x30
	tagSet      = 0x31
	tagContext0 = 0xa0

	maxNesting      = 32
	maxCertificates = 32
	maxElements     = 1 << 16
)

// oidSignedData is 1.2.840.113549.1.7.2.
var oidSignedData = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}

// element is one BER element.
type element struct {
	tag  byte
	raw  []byte // with its header, and with its end mark where the length is indefinite
	body []byte
}

// berReader reads elements one after another; left bounds the steps.
type berReader struct {
	at   int64 // of the first byte, for errors
	left int
}

// next splits the first element from data.
func (r *berReader) next(data []byte, depth int) (e element, rest []byte, err error) {
	if r.left--; r.left < 0 || depth > maxNesting {
		return e, nil, r.malformed("too many elements")
	}
	if len(data) < 2 || data[0]&0x1f == 0x1f {
		return e, nil, r.malformed("an element is cut short or of an unknown form")
	}
	head, n := 2, int(data[1])
	if n > 0x80 {
		octets := n & 0x7f
		if octets > 4 || len(data) < 2+octets {
			return e, nil, r.malformed("a length of %d bytes", octets)
		}
		n = 0
		for _, c := range data[2 : 2+octets] {
			n = n<<8 | int(c)
		}
		head += octets
	} else if n == 0x80 {
		return r.indefinite(data, depth)
	}
	if n > len(data)-head {
		return e, nil, r.malformed("an element of %d bytes ends past the end", n)
	}
	return element{data[0], data[:head+n], data[head : head+n]}, data[head+n:], nil
}

// indefinite finds the two zero bytes that end the element, behind its children.
func (r *berReader) indefinite(data []byte, depth int) (element, []byte, error) {
	if data[0]&0x20 == 0 {
		return element{}, nil, r.malformed("a primitive element without a length")
	}
	for rest := data[2:]; ; {
		if len(rest) >= 2 && rest[0] == 0 && rest[1] == 0 {
			end := len(data) - len(rest)
			return element{data[0], data[:end+2], data[2:end]}, rest[2:], nil
		}
		var err error
		if _, rest, err = r.next(rest, depth+1); err != nil {
			return element{}, nil, err
		}
	}
}

// children splits the body of an element.
func (r *berReader) children(e element) ([]element, error) {
	var all []element
	for rest := e.body; len(rest) > 0; {
		child, after, err := r.next(rest, 0)
		if err != nil {
			return nil, err
		}
		all, rest = append(all, child), after
	}
	return all, nil
}

func (r *berReader) malformed(format string, args ...any) error {
	return budget.Malformed("CMS signature", r.at, format, args...)
}

// signer reads SignedData (RFC 5652 §5.1) down to the certificates and the issuer
// and serial number of the first signer.
func (s *Signature) signer(data []byte, at int64) error {
	r := &berReader{at: at, left: maxElements}
	parts, err := r.signedData(data)
	if err != nil {
		return err
	}
	var certificates, signers []element
	for i, p := range parts {
		switch {
		case p.tag == tagContext0:
			certificates, err = r.children(p)
		case p.tag == tagSet && i == len(parts)-1:
			signers, err = r.children(p)
		}
		if err != nil {
			return err
		}
	}
	issuer, serial, err := r.issuerOf(signers)
	if err != nil {
		return err
	}
	if len(certificates) > maxCertificates {
		return r.malformed("%d certificates", len(certificates))
	}
	for _, c := range certificates {
		cert, err := x509.ParseCertificate(c.raw)
		if err != nil || !bytes.Equal(cert.RawIssuer, issuer) ||
			!bytes.Equal(cert.SerialNumber.Bytes(), serial) {
			continue
		}
		sum := sha256.Sum256(cert.Raw)
		s.SHA256, s.Subject = hex.EncodeToString(sum[:]), cert.Subject.String()
		return nil
	}
	return r.malformed("no certificate of the signer among %d", len(certificates))
}

// signedData opens ContentInfo, the explicit tag and SignedData.
func (r *berReader) signedData(data []byte) ([]element, error) {
	e, _, err := r.next(data, 0)
	if err != nil {
		return nil, err
	}
	info, err := r.children(e)
	if err != nil {
		return nil, err
	}
	if e.tag != tagSequence || len(info) != 2 || info[0].tag != tagOID ||
		!bytes.Equal(info[0].body, oidSignedData) ||
		info[1].tag != tagContext0 {
		return nil, r.malformed("no signed data")
	}
	inner, err := r.children(info[1])
	if err != nil || len(inner) != 1 || inner[0].tag != tagSequence {
		return nil, r.malformed("no signed data")
	}
	return r.children(inner[0])
}

// issuerOf returns issuerAndSerialNumber of the first signer; the serial number
// without its sign byte.
func (r *berReader) issuerOf(signers []element) (issuer, serial []byte, err error) {
	if len(signers) == 0 {
		return nil, nil, r.malformed("no signer")
	}
	parts, err := r.children(signers[0])
	if err != nil {
		return nil, nil, err
	}
	if len(parts) < 2 || parts[1].tag != tagSequence {
		return nil, nil, r.malformed("a signer without issuer and serial number")
	}
	id, err := r.children(parts[1])
	if err != nil || len(id) != 2 || id[1].tag != tagInteger {
		return nil, nil, r.malformed("a signer without issuer and serial number")
	}
	return id[0].raw, bytes.TrimLeft(id[1].body, "\x00"), nil
}
