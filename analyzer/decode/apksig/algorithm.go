package apksig

import (
	"crypto"
	"crypto/dsa" //nolint:staticcheck // packages are still signed with DSA
	"crypto/ecdsa"
	_ "crypto/md5" // digests of JAR signatures that Android still verifies
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"github.com/listgate/listgate/analyzer/budget"
)

// contentKind is a way to digest the whole file, weakest first.
type contentKind int

const (
	chunkedSHA256 contentKind = iota + 1
	veritySHA256
	chunkedSHA512
)

func (k contentKind) String() string {
	switch k {
	case chunkedSHA256:
		return "SHA-256"
	case veritySHA256:
		return "fs-verity SHA-256"
	case chunkedSHA512:
		return "SHA-512"
	default:
		return "unknown"
	}
}

// keyKind is the kind of public key that an algorithm needs.
type keyKind string

const (
	keyRSA keyKind = "RSA"
	keyEC  keyKind = "EC"
	keyDSA keyKind = "DSA"
)

// algorithm is a way to sign; content is 0 for JAR signatures.
type algorithm struct {
	key     keyKind
	hash    crypto.Hash
	pss     bool
	content contentKind
}

// algorithms are those of the block schemes, by id.
var algorithms = map[uint32]algorithm{
	0x0101: {keyRSA, crypto.SHA256, true, chunkedSHA256},
	0x0102: {keyRSA, crypto.SHA512, true, chunkedSHA512},
	0x0103: {keyRSA, crypto.SHA256, false, chunkedSHA256},
	0x0104: {keyRSA, crypto.SHA512, false, chunkedSHA512},
	0x0201: {keyEC, crypto.SHA256, false, chunkedSHA256},
	0x0202: {keyEC, crypto.SHA512, false, chunkedSHA512},
	0x0301: {keyDSA, crypto.SHA256, false, chunkedSHA256},
	0x0421: {keyRSA, crypto.SHA256, false, veritySHA256},
	0x0423: {keyEC, crypto.SHA256, false, veritySHA256},
	0x0425: {keyDSA, crypto.SHA256, false, veritySHA256},
}

// Bounds that keep the arithmetic quick: an RSA key of 16384 bits, the longest that
// a device takes, is 2 KiB. Go's library takes none under 1024 bits.
const (
	maxKey       = 4 << 10
	maxSignature = 4 << 10
	minRSABits   = 1024
	maxRSABits   = 16384
	maxDSABits   = 4096
	maxDSAOrder  = 512
)

var errMismatch = errors.New("the signature does not match")

// publicKey reads a SubjectPublicKeyInfo.
func publicKey(spki []byte) (crypto.PublicKey, error) {
	if len(spki) > maxKey {
		return nil, fmt.Errorf("public key: %w: %d bytes", ErrUnsupported, len(spki))
	}
	key, err := x509.ParsePKIXPublicKey(spki)
	if err != nil {
		return nil, fmt.Errorf("public key: %w: %w", ErrUnsupported, err)
	}
	switch k := key.(type) {
	case *rsa.PublicKey:
		if n := k.N.BitLen(); n < minRSABits || n > maxRSABits {
			return nil, fmt.Errorf("public key: %w: RSA of %d bits", ErrUnsupported, n)
		}
	case *dsa.PublicKey:
		if p, q := k.P.BitLen(), k.Q.BitLen(); p > maxDSABits || q > maxDSAOrder {
			return nil, fmt.Errorf("public key: %w: DSA of %d and %d bits", ErrUnsupported, p, q)
		}
	}
	return key, nil
}

// verify checks a signature over message.
func (a algorithm) verify(key crypto.PublicKey, message, signature []byte) error {
	if len(signature) > maxSignature {
		return budget.Malformed("signature", -1, "%d bytes", len(signature))
	}
	h := a.hash.New()
	h.Write(message)
	digest := h.Sum(nil)
	var ok bool
	switch k := key.(type) {
	case *rsa.PublicKey:
		if a.key != keyRSA {
			return a.wrongKey(keyRSA)
		}
		ok = a.verifyRSA(k, digest, signature)
	case *ecdsa.PublicKey:
		if a.key != keyEC {
			return a.wrongKey(keyEC)
		}
		ok = ecdsa.VerifyASN1(k, digest, signature)
	case *dsa.PublicKey:
		if a.key != keyDSA {
			return a.wrongKey(keyDSA)
		}
		ok = verifyDSA(k, digest, signature)
	default:
		return fmt.Errorf("public key: %w: %T", ErrUnsupported, key)
	}
	if !ok {
		return errMismatch
	}
	return nil
}

func (a algorithm) wrongKey(got keyKind) error {
	return fmt.Errorf("the algorithm is for a key of %s, the key is of %s", a.key, got)
}

func (a algorithm) verifyRSA(key *rsa.PublicKey, digest, signature []byte) bool {
	if a.pss {
		o := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		return rsa.VerifyPSS(key, a.hash, digest, signature, o) == nil
	}
	return rsa.VerifyPKCS1v15(key, a.hash, digest, signature) == nil
}

func verifyDSA(key *dsa.PublicKey, digest, signature []byte) bool {
	var s struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(signature, &s); err != nil || len(rest) > 0 {
		return false
	}
	for _, n := range []*big.Int{key.P, key.Q, key.G, key.Y} {
		if n == nil || n.Sign() <= 0 {
			return false
		}
	}
	digest = digest[:min(len(digest), (key.Q.BitLen()+7)/8)]
	return dsa.Verify(key, digest, s.R, s.S)
}
