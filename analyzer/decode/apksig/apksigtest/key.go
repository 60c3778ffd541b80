// Package apksigtest signs packages in memory for tests: with JAR signatures and
// with signing blocks, sound or with one defect that the caller puts in.
package apksigtest

import (
	"crypto"
	"crypto/dsa" //nolint:staticcheck // packages are still signed with DSA
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

// Key is a key pair with its certificate.
type Key struct {
	SPKI        []byte // SubjectPublicKeyInfo, DER
	Certificate []byte // DER; its own signature is void
	issuer      []byte
	serial      []byte
	rsa         *rsa.PrivateKey
	ec          *ecdsa.PrivateKey
	dsa         *dsa.PrivateKey
}

// SHA256 is the digest of the certificate in hexadecimal.
func (k *Key) SHA256() string {
	sum := sha256.Sum256(k.Certificate)
	return hex.EncodeToString(sum[:])
}

// RSA makes a key of that many bits. The common name goes into the certificate as
// it is, whatever its bytes.
func RSA(t testing.TB, bits int, name string) *Key {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	spki, err := x509.MarshalPKIXPublicKey(k.Public())
	require.NoError(t, err)
	return certify(&Key{rsa: k, SPKI: spki}, name)
}

// EC makes a key on P-256.
func EC(t testing.TB, name string) *Key {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	spki, err := x509.MarshalPKIXPublicKey(k.Public())
	require.NoError(t, err)
	return certify(&Key{ec: k, SPKI: spki}, name)
}

// DSA makes a key of 1024 bits.
func DSA(t testing.TB, name string) *Key {
	t.Helper()
	k := &dsa.PrivateKey{}
	require.NoError(t, dsa.GenerateParameters(&k.Parameters, rand.Reader, dsa.L1024N160))
	require.NoError(t, dsa.GenerateKey(k, rand.Reader))
	id := sequence(oid(1, 2, 840, 10040, 4, 1), sequence(number(k.P), number(k.Q), number(k.G)))
	spki := sequence(id, der(0x03, []byte{0}, number(k.Y)))
	return certify(&Key{dsa: k, SPKI: spki}, name)
}

func certify(k *Key, name string) *Key {
	k.serial = number(big.NewInt(0x8000_1234))
	k.issuer = sequence(der(0x31, sequence(oid(2, 5, 4, 3), der(0x13, []byte(name)))))
	day := der(0x17, []byte("260101000000Z"))
	algorithm := sequence(oid(1, 2, 840, 113549, 1, 1, 11))
	tbs := sequence(der(0xa0, number(big.NewInt(2))), k.serial, algorithm, k.issuer,
		sequence(day, day), k.issuer, k.SPKI)
	k.Certificate = sequence(tbs, algorithm, der(0x03, []byte{0}))
	return k
}

// sign signs a message; pss is for RSA alone.
func (k *Key) sign(t testing.TB, h crypto.Hash, pss bool, message []byte) []byte {
	t.Helper()
	w := h.New()
	w.Write(message)
	digest := w.Sum(nil)
	var out []byte
	var err error
	switch {
	case k.rsa != nil && pss:
		o := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		out, err = rsa.SignPSS(rand.Reader, k.rsa, h, digest, o)
	case k.rsa != nil:
		out, err = rsa.SignPKCS1v15(rand.Reader, k.rsa, h, digest)
	case k.ec != nil:
		out, err = ecdsa.SignASN1(rand.Reader, k.ec, digest)
	default:
		var r, s *big.Int
		r, s, err = dsa.Sign(rand.Reader, k.dsa, digest[:min(len(digest), 20)])
		require.NoError(t, err)
		out = sequence(number(r), number(s))
	}
	require.NoError(t, err)
	return out
}

// der writes one element of DER.
func der(tag byte, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	return mustMarshal(asn1.RawValue{
		Class: int(tag >> 6), Tag: int(tag & 0x1f), IsCompound: tag&0x20 != 0, Bytes: body,
	})
}

func sequence(parts ...[]byte) []byte { return der(0x30, parts...) }

func number(n *big.Int) []byte { return mustMarshal(n) }

func oid(id ...int) []byte { return mustMarshal(asn1.ObjectIdentifier(id)) }

// mustMarshal cannot fail for the types that it is given here.
func mustMarshal(v any) []byte {
	out, err := asn1.Marshal(v)
	if err != nil {
		return nil
	}
	return out
}
