package apksig

import (
	"crypto"
	"crypto/subtle"
	"fmt"
	"slices"

	"github.com/listgate/listgate/analyzer/decode/ber"
)

// maxSignerInfos bounds the signers of one signature block; there is one.
const maxSignerInfos = 8

// signedData is a detached CMS signature (RFC 5652 §5), the content of a signature
// block file.
type signedData struct {
	certificates []certificate
	signers      []signerInfo
}

// signerInfo is one signer of it (§5.3).
type signerInfo struct {
	issuer, serial []byte
	digest, cipher string // object identifiers, dotted
	attributes     []byte // signed ones, as the SET that is signed; nil where there are none
	message        []byte // the digest among them
	signature      []byte
}

const (
	oidSignedData    = "1.2.840.113549.1.7.2"
	oidMessageDigest = "1.2.840.113549.1.9.4"
)

// digestOIDs are the digests that Android verifies in JAR signatures.
var digestOIDs = map[string]crypto.Hash{
	"1.2.840.113549.2.5":     crypto.MD5,
	"1.3.14.3.2.26":          crypto.SHA1,
	"2.16.840.1.101.3.4.2.4": crypto.SHA224,
	"2.16.840.1.101.3.4.2.1": crypto.SHA256,
	"2.16.840.1.101.3.4.2.2": crypto.SHA384,
	"2.16.840.1.101.3.4.2.3": crypto.SHA512,
}

// cipherOIDs are the signature algorithms; hash is 0 where the digest's is meant.
var cipherOIDs = map[string]algorithm{
	"1.2.840.113549.1.1.1":   {key: keyRSA},
	"1.2.840.113549.1.1.4":   {key: keyRSA, hash: crypto.MD5},
	"1.2.840.113549.1.1.5":   {key: keyRSA, hash: crypto.SHA1},
	"1.2.840.113549.1.1.14":  {key: keyRSA, hash: crypto.SHA224},
	"1.2.840.113549.1.1.11":  {key: keyRSA, hash: crypto.SHA256},
	"1.2.840.113549.1.1.12":  {key: keyRSA, hash: crypto.SHA384},
	"1.2.840.113549.1.1.13":  {key: keyRSA, hash: crypto.SHA512},
	"1.2.840.10040.4.1":      {key: keyDSA},
	"1.2.840.10040.4.3":      {key: keyDSA, hash: crypto.SHA1},
	"2.16.840.1.101.3.4.3.1": {key: keyDSA, hash: crypto.SHA224},
	"2.16.840.1.101.3.4.3.2": {key: keyDSA, hash: crypto.SHA256},
	"1.2.840.10045.2.1":      {key: keyEC},
	"1.2.840.10045.4.1":      {key: keyEC, hash: crypto.SHA1},
	"1.2.840.10045.4.3.1":    {key: keyEC, hash: crypto.SHA224},
	"1.2.840.10045.4.3.2":    {key: keyEC, hash: crypto.SHA256},
	"1.2.840.10045.4.3.3":    {key: keyEC, hash: crypto.SHA384},
	"1.2.840.10045.4.3.4":    {key: keyEC, hash: crypto.SHA512},
}

// parseSignedData reads a signature block file. Certificates that cannot be read
// are left out: one of them may be the signer's, which is then missed later.
func parseSignedData(data []byte) (*signedData, error) {
	r := ber.New("signature block", -1)
	info, err := r.One(data, ber.TagSequence)
	if err != nil {
		return nil, err
	}
	parts, err := r.Fields(info, ber.TagOID, ber.TagContext0)
	if err != nil {
		return nil, err
	}
	if oid(parts[0]).String() != oidSignedData {
		return nil, r.Malformed("content type %s", oid(parts[0]))
	}
	inner, err := r.One(parts[1].Body, ber.TagSequence)
	if err != nil {
		return nil, err
	}
	fields, err := r.Fields(inner, ber.TagInteger, ber.TagSet, ber.TagSequence)
	if err != nil {
		return nil, err
	}
	s := &signedData{}
	for _, f := range fields[3:] {
		if f.Tag == ber.TagContext0 {
			err = s.addCertificates(r, f)
		} else if f.Tag == ber.TagSet {
			err = s.addSigners(r, f)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(s.signers) == 0 {
		return nil, r.Malformed("no signer")
	}
	return s, nil
}

func (s *signedData) addCertificates(r *ber.Reader, e ber.Element) error {
	all, err := r.Children(e)
	if err != nil {
		return err
	}
	if len(all) > maxRecords {
		return limitError(r.Part, int64(len(all)), maxRecords)
	}
	for _, raw := range all {
		if c, err := parseCertificate(raw.Raw); err == nil {
			s.certificates = append(s.certificates, c)
		}
	}
	return nil
}

func (s *signedData) addSigners(r *ber.Reader, e ber.Element) error {
	all, err := r.Children(e)
	if err != nil {
		return err
	}
	if len(all) > maxSignerInfos {
		return limitError(r.Part, int64(len(all)), maxSignerInfos)
	}
	for _, raw := range all {
		info, err := parseSignerInfo(r, raw)
		if err != nil {
			return err
		}
		s.signers = append(s.signers, info)
	}
	return nil
}

func parseSignerInfo(r *ber.Reader, e ber.Element) (signerInfo, error) {
	var s signerInfo
	fields, err := r.Fields(e, ber.TagInteger, ber.TagSequence, ber.TagSequence)
	if err != nil {
		return s, err
	}
	id, err := r.Fields(fields[1], ber.TagSequence, ber.TagInteger)
	if err != nil {
		return s, err
	}
	s.issuer, s.serial = id[0].Raw, trimNumber(id[1].Body)
	if s.digest, err = algorithmOID(r, fields[2]); err != nil {
		return s, err
	}
	rest := fields[3:]
	if len(rest) > 0 && rest[0].Tag == ber.TagContext0 {
		// What is signed is the set under its own tag (§5.4).
		s.attributes = append([]byte{ber.TagSet}, rest[0].Raw[1:]...)
		if s.message, err = messageDigest(r, rest[0]); err != nil {
			return s, err
		}
		rest = rest[1:]
	}
	if len(rest) < 2 || rest[0].Tag != ber.TagSequence || rest[1].Tag != ber.TagOctets {
		return s, r.Malformed("a signer without a signature")
	}
	s.cipher, err = algorithmOID(r, rest[0])
	s.signature = rest[1].Body
	return s, err
}

func algorithmOID(r *ber.Reader, e ber.Element) (string, error) {
	fields, err := r.Fields(e, ber.TagOID)
	if err != nil {
		return "", err
	}
	return oid(fields[0]).String(), nil
}

// messageDigest returns the one message digest among the signed attributes.
func messageDigest(r *ber.Reader, e ber.Element) ([]byte, error) {
	attributes, err := r.Children(e)
	if err != nil {
		return nil, err
	}
	var found []byte
	for _, a := range attributes {
		pair, err := r.Fields(a, ber.TagOID, ber.TagSet)
		if err != nil {
			return nil, err
		}
		if oid(pair[0]).String() != oidMessageDigest {
			continue
		}
		values, err := r.Fields(pair[1], ber.TagOctets)
		if err != nil {
			return nil, err
		}
		if found != nil || len(values) != 1 {
			return nil, r.Malformed("more than one message digest")
		}
		found = values[0].Body
	}
	if found == nil {
		return nil, r.Malformed("signed attributes without a message digest")
	}
	return found, nil
}

// certificateOf returns the certificate that a signer names.
func (s *signedData) certificateOf(info signerInfo) (certificate, bool) {
	i := slices.IndexFunc(s.certificates, func(c certificate) bool {
		return c.isFor(info.issuer, info.serial)
	})
	if i < 0 {
		return certificate{}, false
	}
	return s.certificates[i], true
}

// verify verifies the signature over the content, or over the attributes and the
// content's digest among them.
func (info signerInfo) verify(c certificate, content []byte) error {
	hash, ok := digestOIDs[info.digest]
	if !ok {
		return fmt.Errorf("digest %s: %w", info.digest, ErrUnsupported)
	}
	a, ok := cipherOIDs[info.cipher]
	if !ok {
		return fmt.Errorf("signature algorithm %s: %w", info.cipher, ErrUnsupported)
	}
	if a.hash == 0 {
		a.hash = hash
	}
	key, err := publicKey(c.key)
	if err != nil {
		return err
	}
	if info.attributes == nil {
		return a.verify(key, content, info.signature)
	}
	h := hash.New()
	h.Write(content)
	if subtle.ConstantTimeCompare(h.Sum(nil), info.message) == 0 {
		return fmt.Errorf("the signed digest is of another signature file")
	}
	return a.verify(key, info.attributes, info.signature)
}
