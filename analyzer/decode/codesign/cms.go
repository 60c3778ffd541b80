package codesign

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"

	"github.com/listgate/listgate/analyzer/decode/ber"
)

// maxCertificates bounds the chain beside a signature.
const maxCertificates = 32

// oidSignedData is 1.2.840.113549.1.7.2.
var oidSignedData = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02}

// signer reads SignedData (RFC 5652 §5.1) down to the certificates and the issuer
// and serial number of the first signer.
func (s *Signature) signer(data []byte, at int64) error {
	r := ber.New("CMS signature", at)
	parts, err := signedData(r, data)
	if err != nil {
		return err
	}
	var certificates, signers []ber.Element
	for i, p := range parts {
		switch {
		case p.Tag == ber.TagContext0:
			certificates, err = r.Children(p)
		case p.Tag == ber.TagSet && i == len(parts)-1:
			signers, err = r.Children(p)
		}
		if err != nil {
			return err
		}
	}
	issuer, serial, err := issuerOf(r, signers)
	if err != nil {
		return err
	}
	if len(certificates) > maxCertificates {
		return r.Malformed("%d certificates", len(certificates))
	}
	for _, c := range certificates {
		cert, err := x509.ParseCertificate(c.Raw)
		if err != nil || !bytes.Equal(cert.RawIssuer, issuer) ||
			!bytes.Equal(cert.SerialNumber.Bytes(), serial) {
			continue
		}
		sum := sha256.Sum256(cert.Raw)
		s.SHA256, s.Subject = hex.EncodeToString(sum[:]), cert.Subject.String()
		return nil
	}
	return r.Malformed("no certificate of the signer among %d", len(certificates))
}

// signedData opens ContentInfo, the explicit tag and SignedData.
func signedData(r *ber.Reader, data []byte) ([]ber.Element, error) {
	e, _, err := r.Next(data, 0)
	if err != nil {
		return nil, err
	}
	info, err := r.Children(e)
	if err != nil {
		return nil, err
	}
	if e.Tag != ber.TagSequence || len(info) != 2 || info[0].Tag != ber.TagOID ||
		!bytes.Equal(info[0].Body, oidSignedData) ||
		info[1].Tag != ber.TagContext0 {
		return nil, r.Malformed("no signed data")
	}
	inner, err := r.Children(info[1])
	if err != nil || len(inner) != 1 || inner[0].Tag != ber.TagSequence {
		return nil, r.Malformed("no signed data")
	}
	return r.Children(inner[0])
}

// issuerOf returns issuerAndSerialNumber of the first signer; the serial number
// without its sign byte.
func issuerOf(r *ber.Reader, signers []ber.Element) (issuer, serial []byte, err error) {
	if len(signers) == 0 {
		return nil, nil, r.Malformed("no signer")
	}
	parts, err := r.Children(signers[0])
	if err != nil {
		return nil, nil, err
	}
	if len(parts) < 2 || parts[1].Tag != ber.TagSequence {
		return nil, nil, r.Malformed("a signer without issuer and serial number")
	}
	id, err := r.Children(parts[1])
	if err != nil || len(id) != 2 || id[1].Tag != ber.TagInteger {
		return nil, nil, r.Malformed("a signer without issuer and serial number")
	}
	return id[0].Raw, bytes.TrimLeft(id[1].Body, "\x00"), nil
}
