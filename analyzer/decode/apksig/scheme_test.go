package apksig

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/apksig/apksigtest"
)

type parts = apksigtest.Parts

// TestVerifySigner puts one defect into the signer of one scheme.
func TestVerifySigner(t *testing.T) {
	t.Parallel()
	k := keys(t)
	attribute := func(id uint32, value []byte) func(*parts) {
		return func(p *parts) { p.Attributes = []apksigtest.Numbered{{ID: id, Data: value}} }
	}
	lineage := func(value []byte) func(*parts) { return attribute(attrLineage, value) }
	sound := apksigtest.Lineage(t, 0x0103, k.old, k.rsa)
	forged := bytes.Clone(sound)
	forged[len(forged)-1] ^= 1
	cases := []struct {
		name          string
		scheme        uint32
		before, after func(*parts)
		want          string
		subject       string // "" for that of the key
	}{
		{name: "sound", scheme: apksigtest.V3, want: "ok"},
		{name: "signature_changed", scheme: apksigtest.V2,
			after: func(p *parts) { p.Signatures[0].Data[9] ^= 1 },
			want:  "signed data, algorithm 0x0103: the signature does not match"},
		{name: "signature_too_long", scheme: apksigtest.V2,
			after: func(p *parts) { p.Signatures[0].Data = make([]byte, 1<<16) },
			want:  "signed data, algorithm 0x0103: signature: 65536 bytes"},
		{name: "no_signature", scheme: apksigtest.V2,
			after: func(p *parts) { p.Signatures = nil }, want: "signer: no signature"},
		{name: "unknown_algorithm", scheme: apksigtest.V2,
			after: func(p *parts) { p.Signatures[0].ID = 0x0777 },
			want:  "signature algorithm 0x0777: not supported"},
		{name: "algorithm_for_another_key", scheme: apksigtest.V2,
			after: func(p *parts) { p.Signatures[0].ID = 0x0201 },
			want: "signed data, algorithm 0x0201: " +
				"the algorithm is for a key of EC, the key is of RSA"},
		{name: "strongest_digest_dropped", scheme: apksigtest.V2,
			before: func(p *parts) {
				p.Digests = append(p.Digests, apksigtest.Numbered{ID: 0x0104})
			},
			want: "signatures and digests are for different algorithms"},
		{name: "digest_of_another_package", scheme: apksigtest.V2,
			before: func(p *parts) { p.Digests[0].Data[0] ^= 1 },
			want:   "the SHA-256 digest does not match the package"},
		{name: "digest_cut_short", scheme: apksigtest.V2,
			before: func(p *parts) { p.Digests[0].Data = p.Digests[0].Data[:31] },
			want:   "the SHA-256 digest does not match the package"},
		{name: "key_is_not_the_certificates", scheme: apksigtest.V2,
			before: func(p *parts) { p.Certificates[0] = k.old.Certificate },
			want:   "the certificate is for another key", subject: "old"},
		{name: "no_key", scheme: apksigtest.V2, after: func(p *parts) { p.Key = nil },
			want: "public key: not supported: asn1: syntax error: sequence truncated"},
		{name: "key_too_long", scheme: apksigtest.V2,
			after: func(p *parts) { p.Key = make([]byte, 1<<20) },
			want:  "public key: not supported: 1048576 bytes"},
		{name: "levels_differ", scheme: apksigtest.V3,
			after: func(p *parts) { p.OuterSDK[0] = 24 },
			want:  "API levels 28 to 35 are signed, 24 to 35 are declared"},
		{name: "v3_stripped", scheme: apksigtest.V2,
			before: attribute(attrStripping, []byte{3, 0, 0, 0}),
			want:   "stripped: the package was signed with v3 as well, and that is gone"},
		{name: "v31_stripped", scheme: apksigtest.V3,
			before: attribute(attrRotationSDK, []byte{33, 0, 0, 0}),
			want:   "stripped: the package was signed with v3.1 as well, and that is gone"},
		{name: "attribute_of_another_scheme", scheme: apksigtest.V2,
			before: attribute(attrRotationSDK, []byte{33, 0, 0, 0}), want: "ok"},
		{name: "stripping_of_an_unknown_scheme", scheme: apksigtest.V2,
			before: attribute(attrStripping, []byte{9, 0, 0, 0}), want: "ok"},
		{name: "lineage", scheme: apksigtest.V3, before: lineage(sound), want: "ok"},
		{name: "lineage_forged", scheme: apksigtest.V3, before: lineage(forged),
			want: "proof of rotation, certificate 2: the signature does not match"},
		{name: "lineage_to_another", scheme: apksigtest.V3,
			before: lineage(apksigtest.Lineage(t, 0x0103, k.rsa, k.old)),
			want:   "the proof of rotation ends at another certificate"},
		{name: "lineage_in_a_circle", scheme: apksigtest.V3,
			before: lineage(apksigtest.Lineage(t, 0x0103, k.rsa, k.old, k.rsa)),
			want:   "proof of rotation: a certificate is there twice"},
		{name: "lineage_unknown_algorithm", scheme: apksigtest.V3,
			before: lineage(apksigtest.Lineage(t, 0x7777, k.old, k.rsa)),
			want:   "proof of rotation, certificate 2: signature algorithm 0x7777: not supported"},
		{name: "lineage_cut_short", scheme: apksigtest.V3,
			before: lineage(sound[:len(sound)-1]),
			want:   "proof of rotation at 0x"},
		{name: "lineage_empty", scheme: apksigtest.V3, before: lineage(nil),
			want: "proof of rotation at 0x"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			one := apksigtest.BlockSigner{
				Key: k.rsa, Algorithms: []uint32{0x0103}, Before: c.before, After: c.after,
			}
			s := apksigtest.Scheme{ID: c.scheme, Signers: []apksigtest.BlockSigner{one}}
			got := verdicts(t, apksigtest.Sign(t, plain(t), s))
			require.Len(t, got, 1)
			subject := cmp.Or(c.subject, `new\, or so`)
			assert.Contains(t, got[0], " CN="+subject+": "+c.want)
		})
	}
}

// TestVerifyNoSigner puts in defects after which no signer can be named.
func TestVerifyNoSigner(t *testing.T) {
	t.Parallel()
	k := keys(t)
	one := func(before, after func(*parts)) []apksigtest.BlockSigner {
		return []apksigtest.BlockSigner{{
			Key: k.ec, Algorithms: []uint32{0x0201}, Before: before, After: after,
		}}
	}
	many := make([]apksigtest.Numbered, maxRecords+1)
	cases := []struct {
		name    string
		signers []apksigtest.BlockSigner
		want    string
	}{
		{"no_signer", nil, "no signer"},
		{"eleven_signers", slices.Repeat(one(nil, nil), 11), "10 are read"},
		{"no_certificate", one(func(p *parts) { p.Certificates = nil }, nil), "no certificate"},
		{"certificate_of_nothing", one(func(p *parts) { p.Certificates[0] = nil }, nil),
			"certificate: an element is cut short"},
		{"certificate_cut_short", one(func(p *parts) {
			p.Certificates[0] = p.Certificates[0][:50]
		}, nil), "ends past the end"},
		{"second_certificate_broken", one(func(p *parts) {
			p.Certificates = append(p.Certificates, []byte{0x30, 0})
		}, nil), "certificate: 0 elements, wanted 1"},
		{"many_digests", one(func(p *parts) { p.Digests = many }, nil), "64 are read"},
		{"many_signatures", one(nil, func(p *parts) { p.Signatures = many }), "64 are read"},
		{"many_certificates", one(func(p *parts) {
			p.Certificates = make([][]byte, maxRecords+1)
		}, nil), "64 are read"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := apksigtest.Scheme{ID: apksigtest.V3, Signers: c.signers}
			got := verdicts(t, apksigtest.Sign(t, plain(t), s))
			require.Len(t, got, 1)
			assert.Contains(t, got[0], "problem v3: ")
			assert.Contains(t, got[0], c.want)
		})
	}
}

// TestFindBlock puts one defect into the block around the signatures.
func TestFindBlock(t *testing.T) {
	t.Parallel()
	k := keys(t)
	one := apksigtest.BlockSigner{Key: k.old, Algorithms: []uint32{0x0103}}
	s := apksigtest.Scheme{ID: apksigtest.V2, Signers: []apksigtest.BlockSigner{one}}
	sound := apksigtest.Sign(t, plain(t), s, s)
	directory, end := apksigtest.LayoutOf(sound)
	size := int64(little.Uint64(sound[directory-24:]))
	start := directory - size - 8
	problem := func(at int64, format string, args ...any) string {
		return fmt.Sprintf("problem : APK Signing Block at 0x%x: ", at) +
			fmt.Sprintf(format, args...)
	}
	front := func(size string) string {
		return problem(directory-24, "%s bytes in front of the directory at 0x%x",
			size, directory)
	}
	cases := []struct {
		name string
		edit func(b []byte)
		want string // "" for no block at all
	}{
		{"sound_and_the_first_pair_counts", func([]byte) {}, "v2 CN=old: ok"},
		{"no_magic", func(b []byte) { b[directory-1] = '3' }, ""},
		{"sizes_differ", func(b []byte) { b[start]++ },
			problem(start, "its sizes differ: 4089 at its start, 4088 at its end")},
		{"longer_than_the_file", func(b []byte) { b[directory-24+5] = 1 },
			front("1099511631864")},
		{"negative_size", func(b []byte) { little.PutUint64(b[directory-24:], 1<<63) },
			front("9223372036854775808")},
		{"shorter_than_its_trailer", func(b []byte) { little.PutUint64(b[directory-24:], 23) },
			front("23")},
		{"pair_beyond_the_block", func(b []byte) { b[start+8+2] = 1 },
			problem(start+8, "a pair of %d bytes", little.Uint64(sound[start+8:])+1<<16)},
		{"pair_without_an_id", func(b []byte) { little.PutUint64(b[start+8:], 3) },
			problem(start+8, "a pair of 3 bytes")},
		{"pair_cut_short", func(b []byte) {
			little.PutUint64(b[start+8:], uint64(size-24-8-11))
		}, problem(directory-24-11, "a pair is cut short")},
		{"directory_declared_elsewhere", func(b []byte) { b[end+12]-- },
			fmt.Sprintf("v2 CN=old: end record at 0x%x: directory declared from 0x%x to 0x%x, "+
				"found from 0x%x to 0x%x", end, directory, end-1, directory, end)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := bytes.Clone(sound)
			archive := archiveOf(t, b)
			c.edit(b)
			r, err := Verify(t.Context(), archive, budget.New(budget.Limits{}))
			require.NoError(t, err)
			var want []string
			if c.want != "" {
				want = []string{c.want}
			}
			assert.Empty(t, gocmp.Diff(want, lines(r)))
		})
	}
}

func TestFindBlockTooLarge(t *testing.T) {
	t.Parallel()
	b := make([]byte, maxBlock+100)
	size := uint64(len(b) - 8)
	little.PutUint64(b, size)
	little.PutUint64(b[len(b)-24:], size)
	copy(b[len(b)-16:], blockMagic)
	archive := Archive{Bytes: bytes.NewReader(b), Size: int64(len(b)),
		Directory: int64(len(b)), End: int64(len(b))}
	r, err := Verify(t.Context(), archive, budget.New(budget.Limits{}))
	require.NoError(t, err)
	require.Len(t, r.Problems, 1)
	assert.ErrorIs(t, r.Problems[0].Err, budget.ErrExhausted)
}

// FuzzBlock reads arbitrary bytes as a block and its schemes.
func FuzzBlock(f *testing.F) {
	key := apksigtest.EC(f, "a")
	lineage := apksigtest.Lineage(f, 0x0201, key)
	one := apksigtest.BlockSigner{Key: key, Algorithms: []uint32{0x0201},
		Attributes: []apksigtest.Numbered{{ID: attrLineage, Data: lineage}}}
	files := []apksigtest.File{{Name: "AndroidManifest.xml", Content: []byte("text")}}
	for _, id := range []uint32{apksigtest.V2, apksigtest.V3, apksigtest.V31} {
		s := apksigtest.Scheme{ID: id, Signers: []apksigtest.BlockSigner{one}}
		b := apksigtest.Sign(f, apksigtest.Archive(f, files), s)
		directory, _ := apksigtest.LayoutOf(b)
		size := int64(little.Uint64(b[directory-24:]))
		f.Add(b[directory-size-8 : directory])
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := parseBlock(data, 0)
		if err != nil {
			require.Nil(t, b)
		}
		archive := Archive{Bytes: bytes.NewReader(data), Size: int64(len(data)),
			Directory: int64(len(data)), End: int64(len(data))}
		r, err := Verify(t.Context(), archive, budget.New(budget.Limits{}))
		require.NoError(t, err)
		require.False(t, r.verified(), "there is no end record")
		for _, scheme := range blockSchemes {
			records, err := parseSigners(scheme, pair{data, 0})
			require.True(t, err == nil || records == nil, scheme)
		}
	})
}
