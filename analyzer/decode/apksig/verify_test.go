package apksig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/apksig/apksigtest"
	"github.com/listgate/listgate/analyzer/format/zip"
)

// keys are made once: it takes a while.
type keyring struct{ rsa, old, ec, dsa *apksigtest.Key }

var (
	ring   keyring
	making sync.Once
)

func keys(t testing.TB) keyring {
	t.Helper()
	making.Do(func() {
		ring = keyring{
			rsa: apksigtest.RSA(t, 2048, "new, or so"), old: apksigtest.RSA(t, 2048, "old"),
			ec: apksigtest.EC(t, "curve"), dsa: apksigtest.DSA(t, "dsa"),
		}
	})
	return ring
}

// archiveOf lists a package as the reader does.
func archiveOf(t testing.TB, b []byte) Archive {
	t.Helper()
	f := analyzer.File{Bytes: bytes.NewReader(b), Size: int64(len(b))}
	c, err := zip.Lister{}.List(f, budget.New(budget.Limits{}))
	require.NoError(t, err)
	l, err := zip.Locate(f)
	require.NoError(t, err)
	a := Archive{Bytes: f.Bytes, Size: f.Size, Directory: l.Directory, End: l.End}
	for _, e := range c.Entries {
		a.Entries = append(a.Entries, e)
	}
	return a
}

// verdicts verifies a package and returns a line for each signer and problem.
func verdicts(t testing.TB, b []byte) []string {
	t.Helper()
	r, err := Verify(t.Context(), archiveOf(t, b), budget.New(budget.Limits{}))
	require.NoError(t, err)
	return lines(r)
}

func lines(r Result) []string {
	var out []string
	for _, s := range r.Signers {
		verdict := "ok"
		if s.Err != nil {
			verdict = s.Err.Error()
		}
		out = append(out, fmt.Sprintf("%s %s%s: %s", s.Scheme, s.Subject, s.File, verdict))
	}
	for _, p := range r.Problems {
		out = append(out, fmt.Sprintf("problem %s%s: %v", p.Scheme, p.File, p.Err))
	}
	return out
}

func plain(t testing.TB) []byte { return apksigtest.Archive(t, apksigtest.Files()) }

func TestVerifyUnsigned(t *testing.T) {
	t.Parallel()
	assert.Empty(t, verdicts(t, plain(t)))
	assert.Empty(t, verdicts(t, apksigtest.Archive(t, nil)))
}

func TestVerifyAllSchemes(t *testing.T) {
	t.Parallel()
	k := keys(t)
	files := apksigtest.SignJAR(t, apksigtest.Files(),
		apksigtest.JARSigner{Key: k.old, Name: "CERT", Schemes: "2, 3"})
	signed := apksigtest.Sign(t, apksigtest.Archive(t, files),
		apksigtest.Scheme{ID: apksigtest.V2, Signers: []apksigtest.BlockSigner{{
			Key: k.old, Algorithms: []uint32{0x0103},
			Attributes: []apksigtest.Numbered{{ID: attrStripping, Data: []byte{3, 0, 0, 0}}},
		}}},
		apksigtest.Scheme{ID: apksigtest.V3, Signers: []apksigtest.BlockSigner{{
			Key: k.old, Algorithms: []uint32{0x0103},
			Attributes: []apksigtest.Numbered{{ID: attrRotationSDK, Data: []byte{33, 0, 0, 0}}},
		}}},
		apksigtest.Scheme{ID: apksigtest.V31, Signers: []apksigtest.BlockSigner{{
			Key: k.rsa, Algorithms: []uint32{0x0103},
			Attributes: []apksigtest.Numbered{
				{ID: 1}, {ID: attrLineage, Data: apksigtest.Lineage(t, 0x0103, k.old, k.rsa)}},
		}}},
	)
	r, err := Verify(t.Context(), archiveOf(t, signed), budget.New(budget.Limits{}))
	require.NoError(t, err)
	want := Result{Signers: []Signer{
		{Scheme: V1, SHA256: k.old.SHA256(), Subject: "CN=old", File: "META-INF/CERT.SF"},
		{Scheme: V2, SHA256: k.old.SHA256(), Subject: "CN=old"},
		{Scheme: V3, SHA256: k.old.SHA256(), Subject: "CN=old"},
		{Scheme: V31, SHA256: k.rsa.SHA256(), Subject: `CN=new\, or so`},
	}}
	assert.Empty(t, cmp.Diff(want, r))
}

func TestVerifyAlgorithms(t *testing.T) {
	t.Parallel()
	k := keys(t)
	cases := []struct {
		key        *apksigtest.Key
		algorithms []uint32
	}{
		{k.old, []uint32{0x0101}}, {k.old, []uint32{0x0102}}, {k.old, []uint32{0x0103}},
		{k.old, []uint32{0x0104}}, {k.old, []uint32{0x0421}}, {k.old, []uint32{0x0103, 0x0421}},
		{k.old, []uint32{0x9999, 0x0104, 0x0103}}, {k.ec, []uint32{0x0201}},
		{k.ec, []uint32{0x0202}}, {k.ec, []uint32{0x0423}},
		{k.dsa, []uint32{0x0301}}, {k.dsa, []uint32{0x0425}},
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%04x", c.algorithms), func(t *testing.T) {
			t.Parallel()
			for _, id := range []uint32{apksigtest.V2, apksigtest.V3} {
				one := apksigtest.BlockSigner{Key: c.key, Algorithms: c.algorithms}
				s := apksigtest.Scheme{ID: id, Signers: []apksigtest.BlockSigner{one}}
				got := verdicts(t, apksigtest.Sign(t, plain(t), s))
				require.Len(t, got, 1)
				assert.Contains(t, got[0], ": ok")
			}
		})
	}
}

// TestVerifyEveryByte changes the package in every part and expects that no
// signature holds that covers the byte.
func TestVerifyEveryByte(t *testing.T) {
	t.Parallel()
	k := keys(t)
	files := []apksigtest.File{{Name: "AndroidManifest.xml", Content: []byte("text")}}
	for _, algorithm := range []uint32{0x0201, 0x0202, 0x0423} {
		one := apksigtest.BlockSigner{Key: k.ec, Algorithms: []uint32{algorithm}}
		s := apksigtest.Scheme{ID: apksigtest.V2, Signers: []apksigtest.BlockSigner{one}}
		b := apksigtest.Sign(t, apksigtest.Archive(t, files), s)
		archive := archiveOf(t, b)
		archive.Entries = nil
		var changed int
		for i := 0; i < len(b); i += 7 {
			inBlock := int64(i) >= archive.Directory-4096 && int64(i) < archive.Directory
			if inBlock {
				continue
			}
			c := bytes.Clone(b)
			c[i] ^= 0x10
			archive.Bytes = bytes.NewReader(c)
			r, err := Verify(t.Context(), archive, budget.New(budget.Limits{}))
			require.NoError(t, err)
			require.False(t, r.verified(), "byte 0x%x", i)
			changed++
		}
		require.Greater(t, changed, 100)
	}
}

func TestVerifyTruncated(t *testing.T) {
	t.Parallel()
	k := keys(t)
	one := apksigtest.BlockSigner{Key: k.ec, Algorithms: []uint32{0x0201}}
	s := apksigtest.Scheme{ID: apksigtest.V2, Signers: []apksigtest.BlockSigner{one}}
	b := apksigtest.Sign(t, plain(t), s)
	archive := archiveOf(t, b)
	for n := len(b) - 1; n > 0; n -= 1 + n/20 {
		archive.Bytes = bytes.NewReader(b[:n])
		r, err := Verify(t.Context(), archive, budget.New(budget.Limits{}))
		require.Error(t, err, "%d bytes", n)
		require.Empty(t, cmp.Diff(Result{}, r))
	}
}

var errFire = errors.New("disk on fire")

// burning fails beyond a point, as a disk does.
type burning struct {
	*bytes.Reader
	from int64
}

func (b burning) ReadAt(p []byte, off int64) (int, error) {
	if off >= b.from {
		return 0, errFire
	}
	return b.Reader.ReadAt(p, off)
}

func TestVerifyFails(t *testing.T) {
	t.Parallel()
	k := keys(t)
	files := apksigtest.SignJAR(t, apksigtest.Files(), apksigtest.JARSigner{Key: k.ec, Name: "A"})
	b := apksigtest.Archive(t, files)
	archive := archiveOf(t, b)
	archive.Bytes = burning{bytes.NewReader(b), 0}
	r, err := Verify(t.Context(), archive, budget.New(budget.Limits{}))
	assert.ErrorIs(t, err, errFire)
	assert.Empty(t, cmp.Diff(Result{}, r))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err = Verify(ctx, archiveOf(t, b), budget.New(budget.Limits{}))
	assert.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, cmp.Diff(Result{}, r))
}

func TestVerifyBudget(t *testing.T) {
	t.Parallel()
	k := keys(t)
	files := apksigtest.SignJAR(t, apksigtest.Files(), apksigtest.JARSigner{Key: k.ec, Name: "A"})
	small := budget.New(budget.Limits{Bytes: 10_000})
	r, err := Verify(t.Context(), archiveOf(t, apksigtest.Archive(t, files)), small)
	require.NoError(t, err)
	require.Len(t, r.Signers, 1)
	assert.ErrorIs(t, r.Signers[0].Err, budget.ErrExhausted)

	one := apksigtest.BlockSigner{Key: k.ec, Algorithms: []uint32{0x0201}}
	s := apksigtest.Scheme{ID: apksigtest.V2, Signers: []apksigtest.BlockSigner{one}}
	signed := apksigtest.Sign(t, plain(t), s)
	r, err = Verify(t.Context(), archiveOf(t, signed), budget.New(budget.Limits{Bytes: 1000}))
	require.NoError(t, err)
	require.Len(t, r.Problems, 1)
	assert.ErrorIs(t, r.Problems[0].Err, budget.ErrExhausted)
}
