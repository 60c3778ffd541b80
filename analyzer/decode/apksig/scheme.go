package apksig

import (
	"bytes"
	"crypto"
	"crypto/subtle"
	"fmt"

	"github.com/listgate/listgate/analyzer/budget"
)

// verifyBlock verifies the schemes of the signing block. What is wrong with a
// signature is in the result; the error is fatal.
func (v *verifier) verifyBlock() (Result, error) {
	var r Result
	v.present = map[string]bool{}
	b, err := v.findBlock()
	switch {
	case v.fatal(err):
		return r, err
	case err != nil:
		r.problem("", "", err)
		return r, nil
	case b == nil:
		return r, nil
	}
	for scheme := range b.schemes {
		v.present[scheme] = true
	}
	c, err := v.newContent(b.start)
	if err != nil {
		return r, err
	}
	for _, scheme := range []string{V2, V3, V31} {
		p, ok := b.schemes[scheme]
		if !ok {
			continue
		}
		if err := v.verifyScheme(&r, c, scheme, p); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (v *verifier) verifyScheme(r *Result, c *content, scheme string, p pair) error {
	records, err := parseSigners(scheme, p)
	if err != nil {
		r.problem(scheme, "", err)
		return nil
	}
	for i, record := range records {
		certificates, err := record.parseCertificates()
		if err != nil {
			r.problem(scheme, "", fmt.Errorf("signer %d: %w", i+1, err))
			continue
		}
		s := blockSigner{v, c, scheme, record, certificates}
		verdict := s.verify()
		if v.fatal(verdict) {
			return verdict
		}
		own := certificates[0]
		r.Signers = append(r.Signers, Signer{
			Scheme: scheme, SHA256: own.digest(), Subject: own.name(), Err: verdict,
		})
	}
	return nil
}

func (r signerRecord) parseCertificates() ([]certificate, error) {
	var all []certificate
	for _, raw := range r.certificates {
		c, err := parseCertificate(raw)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, budget.Malformed("signer", -1, "no certificate")
	}
	return all, nil
}

// blockSigner is one signer on its way to a verdict.
type blockSigner struct {
	v            *verifier
	content      *content
	scheme       string
	record       signerRecord
	certificates []certificate
}

// verify returns nil where the signature is valid and covers the file.
func (s blockSigner) verify() error {
	id, err := s.record.best()
	if err != nil {
		return err
	}
	key, err := publicKey(s.record.key)
	if err != nil {
		return err
	}
	if err := s.verifySigned(id, key); err != nil {
		return err
	}
	if !s.certificates[0].hasKey(s.record.key, key) {
		return fmt.Errorf("the certificate is for another key")
	}
	if s.record.inner != s.record.outer {
		return fmt.Errorf("API levels %d to %d are signed, %d to %d are declared",
			s.record.inner.min, s.record.inner.max, s.record.outer.min, s.record.outer.max)
	}
	if err := s.verifyAttributes(); err != nil {
		return err
	}
	return s.verifyContent(id)
}

// best returns the id of the strongest algorithm that is known here.
func (r signerRecord) best() (uint32, error) {
	var best uint32
	for _, s := range r.signatures {
		if algorithms[s.id].content > algorithms[best].content {
			best = s.id
		}
	}
	switch {
	case best != 0:
		return best, nil
	case len(r.signatures) == 0:
		return 0, budget.Malformed("signer", -1, "no signature")
	default:
		return 0, fmt.Errorf("signature algorithm 0x%04x: %w", r.signatures[0].id, ErrUnsupported)
	}
}

// verifySigned verifies the signature over the signed data. Digests must be given
// for just the algorithms that signed: else the strongest could be dropped.
func (s blockSigner) verifySigned(id uint32, key crypto.PublicKey) error {
	signatures := s.record.signatures
	for _, one := range signatures {
		if one.id != id {
			continue
		}
		if err := algorithms[id].verify(key, s.record.signed, one.data); err != nil {
			return fmt.Errorf("signed data, algorithm 0x%04x: %w", id, err)
		}
		break
	}
	same := len(signatures) == len(s.record.digests)
	for i := 0; same && i < len(signatures); i++ {
		same = signatures[i].id == s.record.digests[i].id
	}
	if !same {
		return fmt.Errorf("signatures and digests are for different algorithms")
	}
	return nil
}

func (s blockSigner) verifyContent(id uint32) error {
	kind := algorithms[id].content
	got, err := s.content.digest(kind)
	if err != nil {
		return err
	}
	for _, d := range s.record.digests {
		if algorithms[d.id].content == kind && subtle.ConstantTimeCompare(d.data, got) == 0 {
			return fmt.Errorf("the %s digest does not match the package", kind)
		}
	}
	return nil
}

// stronger is the scheme that each value of the stripping attribute names.
var stronger = map[uint32]string{2: V2, 3: V3}

// verifyAttributes verifies the lineage, and that the stronger schemes which the
// signer applied are there.
func (s blockSigner) verifyAttributes() error {
	if a, ok := s.record.attribute(attrStripping); ok && s.scheme == V2 && len(a) >= 4 {
		if err := s.v.demand(stronger[little.Uint32(a)]); err != nil {
			return err
		}
	}
	if s.scheme == V2 {
		return nil
	}
	if _, ok := s.record.attribute(attrRotationSDK); ok && s.scheme == V3 {
		if err := s.v.demand(V31); err != nil {
			return err
		}
	}
	if a, ok := s.record.attribute(attrLineage); ok {
		return s.verifyLineage(a)
	}
	return nil
}

// demand returns an error where a scheme that a valid signature names is absent.
func (v *verifier) demand(scheme string) error {
	if scheme == "" || v.present[scheme] {
		return nil
	}
	return fmt.Errorf("%w: the package was signed with %s as well, and that is gone",
		errStripped, scheme)
}

// verifyLineage verifies the proof of rotation: each certificate is signed with the
// key of the one before it, and the last is the signer's.
func (s blockSigner) verifyLineage(value []byte) error {
	c := newCursor("proof of rotation", value, 0)
	c.uint32() // the version
	var last certificate
	var lastID uint32
	seen := map[string]bool{}
	for n := 0; c.more(); n++ {
		if err := s.v.ctx.Err(); err != nil {
			return err
		}
		if n == maxLineage {
			return limitError(c.part, maxLineage+1, maxLineage)
		}
		level := c.sub()
		signed := level.sub()
		message := signed.data
		level.uint32() // flags
		id, signature := level.uint32(), level.prefixed()
		own, parentID := signed.prefixed(), signed.uint32()
		if *c.err != nil {
			return *c.err
		}
		if n > 0 {
			if err := last.signs(lastID, parentID, message, signature); err != nil {
				return fmt.Errorf("proof of rotation, certificate %d: %w", n+1, err)
			}
		}
		var err error
		if last, err = parseCertificate(own); err != nil {
			return err
		}
		if seen[string(last.raw)] {
			return budget.Malformed(c.part, -1, "a certificate is there twice")
		}
		seen[string(last.raw)], lastID = true, id
	}
	if *c.err != nil {
		return *c.err
	}
	if !bytes.Equal(last.raw, s.certificates[0].raw) {
		return fmt.Errorf("the proof of rotation ends at another certificate")
	}
	return nil
}

// signs verifies a certificate's entry in a lineage with the key of its parent c.
func (c certificate) signs(id, signedID uint32, message, signature []byte) error {
	a, ok := algorithms[id]
	if !ok {
		return fmt.Errorf("signature algorithm 0x%04x: %w", id, ErrUnsupported)
	}
	if id != signedID {
		return fmt.Errorf("algorithm 0x%04x is signed, 0x%04x is declared", signedID, id)
	}
	key, err := publicKey(c.key)
	if err != nil {
		return err
	}
	return a.verify(key, message, signature)
}
