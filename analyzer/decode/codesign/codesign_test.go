package codesign

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/ber"
)

// certificate is a new self-signed one.
func certificate(t testing.TB, name string, serial int64) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(serial),
		Subject:   pkix.Name{CommonName: name},
		NotBefore: time.Unix(1700000000, 0), NotAfter: time.Unix(1900000000, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return der
}

// der writes an element of definite length, element one of indefinite length.
func der(tag byte, parts ...[]byte) []byte {
	var body []byte
	for _, p := range parts {
		body = append(body, p...)
	}
	length := []byte{byte(len(body))}
	if len(body) >= 0x80 {
		length = []byte{0x82, byte(len(body) >> 8), byte(len(body))}
	}
	return append(append([]byte{tag}, length...), body...)
}

func element(tag byte, parts ...[]byte) []byte {
	out := []byte{tag, 0x80}
	for _, p := range parts {
		out = append(out, p...)
	}
	return append(out, 0, 0)
}

// cms writes SignedData over the certificates, signed by the one given last.
func cms(t testing.TB, write func(byte, ...[]byte) []byte, certificates ...[]byte) []byte {
	t.Helper()
	cert, err := x509.ParseCertificate(certificates[len(certificates)-1])
	require.NoError(t, err)
	serial, err := asn1.Marshal(cert.SerialNumber)
	require.NoError(t, err)
	signer := der(
		ber.TagSequence,
		der(ber.TagInteger, []byte{1}),
		der(ber.TagSequence, cert.RawIssuer, serial),
	)
	return write(
		ber.TagSequence,
		der(ber.TagOID, oidSignedData),
		write(ber.TagContext0, write(
			ber.TagSequence,
			der(
				ber.TagInteger,
				[]byte{1},
			),
			der(ber.TagSet),
			write(ber.TagSequence, der(ber.TagOID, []byte{0x2a, 1})),
			write(ber.TagContext0, certificates...),
			der(ber.TagSet, signer),
		)),
	)
}

func blob(magic uint32, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, magic)
	return append(binary.BigEndian.AppendUint32(out, uint32(8+len(body))), body...)
}

func superBlob(parts ...[]byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(parts)))
	at := 12 + 8*len(parts)
	var bodies []byte
	for i, p := range parts {
		out = binary.BigEndian.AppendUint32(out, uint32(i))
		out = binary.BigEndian.AppendUint32(out, uint32(at+len(bodies)))
		bodies = append(bodies, p...)
	}
	return blob(magicSuperBlob, append(out, bodies...))
}

// directory is a code directory of version 2.2 with an identifier and a team.
func directory() []byte {
	body := make([]byte, 44)
	binary.BigEndian.PutUint32(body, 0x20200)
	binary.BigEndian.PutUint32(body[12:], 52)
	binary.BigEndian.PutUint32(body[40:], 69)
	return blob(magicDirectory, append(body, "com.example.demo\x00TEAM123456\x00"...))
}

func TestDecode(t *testing.T) {
	t.Parallel()
	other, signer := certificate(t, "Other", 7), certificate(t, "Signer", 0x80)
	sum := sha256.Sum256(signer)
	for name, write := range map[string]func(byte, ...[]byte) []byte{"definite": der,
		"indefinite": element} {
		s, err := Decode(append(superBlob(directory(), blob(magicEntitlements, []byte("<plist/>")),
			blob(magicCMS, cms(t, write, other, signer))), 0, 0, 0), budget.New(budget.Limits{}))
		require.NoError(t, err, name)
		assert.Equal(t, &Signature{Identifier: "com.example.demo", TeamID: "TEAM123456",
			Entitlements: []byte("<plist/>"),
			SHA256:       hex.EncodeToString(sum[:]), Subject: "CN=Signer"}, s, name)
	}
	s, err := Decode(superBlob(directory(), blob(magicCMS, nil)), budget.New(budget.Limits{}))
	require.NoError(t, err)
	assert.Empty(t, s.SHA256, "signed ad hoc")
}

func TestDecodeHostile(t *testing.T) {
	t.Parallel()
	signer := certificate(t, "Signer", 1)
	sound := cms(t, element, signer)
	nested := []byte{}
	for range 10_000 {
		nested = append(nested, ber.TagSequence, 0x80)
	}
	wild := directory()
	binary.BigEndian.PutUint32(wild[20:], 0xfffffff0)
	endless := directory()
	many := superBlob(directory())
	binary.BigEndian.PutUint32(many[8:], 0xffffffff)
	outside := superBlob(directory())
	binary.BigEndian.PutUint32(outside[16:], 0xffffffff)
	for name, data := range map[string][]byte{
		"empty": nil, "other_magic": blob(0xfade0cc1, make([]byte, 8)),
		"parts_counted_too_many": many,
		"part_outside":           outside, "identifier_outside": superBlob(wild),
		"identifier_without_end": superBlob(blob(magicDirectory, endless[8:len(endless)-1])),
		"directory_too_small":    superBlob(blob(magicDirectory, nil)),
		"cms_is_text":            superBlob(blob(magicCMS, []byte("hello"))),
		"cms_nested_deep":        superBlob(blob(magicCMS, nested)),
		"cms_length_of_4_gib": superBlob(blob(magicCMS, []byte{ber.TagSequence, 0x84, 0xff, 0xff,
			0xff, 0xff})),
		"cms_cut": superBlob(blob(magicCMS, sound[:len(sound)-40])),
		"cms_without_its_signer": superBlob(blob(magicCMS, cmsOf(t, certificate(t, "Other", 2),
			signer))),
	} {
		s, err := Decode(data, budget.New(budget.Limits{}))
		var malformed *budget.FormatError
		require.ErrorAs(t, err, &malformed, name)
		assert.Nil(t, s, name)
	}
}

// cmsOf holds one certificate and names another as the signer's.
func cmsOf(t *testing.T, held, signer []byte) []byte {
	t.Helper()
	data := cms(t, der, held, signer)
	cert, err := x509.ParseCertificate(signer)
	require.NoError(t, err)
	for i := range data {
		if len(data)-i > len(cert.Raw) && string(data[i:i+len(cert.Raw)]) == string(cert.Raw) {
			copy(data[i+8:], make([]byte, 64)) // the held copy of the signer's is damaged
			break
		}
	}
	return data
}

func TestDecodeTruncated(t *testing.T) {
	t.Parallel()
	data := superBlob(directory(), blob(magicCMS, cms(t, element, certificate(t, "Signer", 1))))
	for n := range len(data) {
		_, err := Decode(data[:n], budget.New(budget.Limits{}))
		require.Error(t, err, "cut to %d", n)
	}
}

func FuzzDecode(f *testing.F) {
	signer := certificate(f, "Signer", 1)
	f.Add(superBlob(directory(), blob(magicEntitlements, []byte("<plist/>")), blob(magicCMS,
		cms(f, element, signer))))
	f.Add(superBlob(directory(), blob(magicCMS, cms(f, der, signer))))
	f.Add(superBlob(blob(magicCMS, nil)))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode(data, budget.New(budget.Limits{Bytes: 1 << 20}))
		if err != nil {
			var malformed *budget.FormatError
			require.True(t, errors.As(err, &malformed) || errors.Is(err, budget.ErrExhausted),
				"%v", err)
			require.Nil(t, s)
			return
		}
		require.Contains(t, []int{0, 64}, len(s.SHA256))
	})
}
