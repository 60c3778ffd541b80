package codesign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
)

// ciphers are the signature algorithms by their identifiers, with the hash that
// they name; 0 where the signer's is meant.
var ciphers = map[string]crypto.Hash{
	"1.2.840.113549.1.1.1":  0, // RSA
	"1.2.840.113549.1.1.5":  crypto.SHA1,
	"1.2.840.113549.1.1.11": crypto.SHA256,
	"1.2.840.113549.1.1.12": crypto.SHA384,
	"1.2.840.113549.1.1.13": crypto.SHA512,
	"1.2.840.10045.2.1":     0, // elliptic curve
	"1.2.840.10045.4.1":     crypto.SHA1,
	"1.2.840.10045.4.3.2":   crypto.SHA256,
	"1.2.840.10045.4.3.3":   crypto.SHA384,
	"1.2.840.10045.4.3.4":   crypto.SHA512,
}

// certificateHashes are those of the algorithms that certificates are signed by.
// Older authorities of Apple are signed by SHA-1.
var certificateHashes = map[x509.SignatureAlgorithm]crypto.Hash{
	x509.SHA1WithRSA: crypto.SHA1, x509.SHA256WithRSA: crypto.SHA256,
	x509.SHA384WithRSA: crypto.SHA384, x509.SHA512WithRSA: crypto.SHA512,
	x509.ECDSAWithSHA1: crypto.SHA1, x509.ECDSAWithSHA256: crypto.SHA256,
	x509.ECDSAWithSHA384: crypto.SHA384, x509.ECDSAWithSHA512: crypto.SHA512,
}

// Bounds that keep the arithmetic quick.
const (
	minRSABits   = 1024
	maxRSABits   = 8192
	maxSignature = 4 << 10
)

var errMismatch = errors.New("the signature does not match")

// verify verifies a signature over a message by the kind of the key.
func verify(key any, hash crypto.Hash, message, signature []byte) error {
	if len(signature) > maxSignature {
		return fmt.Errorf("a signature of %d bytes: %w", len(signature), ErrUnsupported)
	}
	h := hash.New()
	h.Write(message)
	sum := h.Sum(nil)
	ok := false
	switch k := key.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < minRSABits || n > maxRSABits {
			return fmt.Errorf("an RSA key of %d bits: %w", n, ErrUnsupported)
		}
		ok = rsa.VerifyPKCS1v15(k, hash, sum, signature) == nil
	case *ecdsa.PublicKey:
		ok = ecdsa.VerifyASN1(k, sum, signature)
	default:
		return fmt.Errorf("a key of type %T: %w", key, ErrUnsupported)
	}
	if !ok {
		return errMismatch
	}
	return nil
}

// verifyChain verifies that each certificate was signed by the next one.
func (m *Message) verifyChain() error {
	for i := 1; i < len(m.Chain); i++ {
		child, issuer := m.Chain[i-1], m.Chain[i]
		name := child.Subject.CommonName
		hash, ok := certificateHashes[child.SignatureAlgorithm]
		if !ok {
			return fmt.Errorf("certificate %q by %s: %w", name, child.SignatureAlgorithm,
				ErrUnsupported)
		}
		if issuer.BasicConstraintsValid && !issuer.IsCA {
			return fmt.Errorf("certificate %q is issued by one that may not issue", name)
		}
		err := verify(issuer.PublicKey, hash, child.RawTBSCertificate, child.Signature)
		if err != nil {
			return fmt.Errorf("certificate %q: %w", name, err)
		}
	}
	return nil
}
