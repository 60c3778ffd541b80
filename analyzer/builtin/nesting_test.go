package builtin_test

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/fixtures/zipfile"
)

// TestNestingIsBounded refuses, within the budget and by name, archives made to cost.
func TestNestingIsBounded(t *testing.T) {
	t.Parallel()
	bomb, err := zipfile.Write(zipfile.Archive{Entries: []zipfile.Entry{
		{Name: "zeros.txt", Data: make([]byte, 48<<20), Method: zipfile.Deflated}}})
	require.NoError(t, err)
	var bombs, many []zipfile.Entry
	for i := range 20 {
		bombs = append(bombs, zipfile.Entry{Name: fmt.Sprintf("assets/%02d.zip", i),
			Data: append(bytes.Clone(bomb), byte(i))})
	}
	for i := range 9000 {
		name := fmt.Sprintf("assets/%04d.zip", i)
		small, err := zipfile.Write(zipfile.Archive{Entries: []zipfile.Entry{
			{Name: "a", Data: []byte(name)}}})
		require.NoError(t, err)
		many = append(many, zipfile.Entry{Name: name, Data: small})
	}
	host := entriesOf(t, "plain-android")
	cases := []struct {
		name    string
		entries []zipfile.Entry
		where   string // of a gap
	}{
		{"bombs_beside_each_other", bombs, "assets/10.zip!/zeros.txt"},
		{"too_many", many, "assets/8192.zip"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := analyse(t, analyzer.Options{}, append(slices.Clone(host), c.entries...)...)
			at := slices.IndexFunc(a.Facts.Gaps, func(g analyzer.Gap) bool {
				return g.Where.Entry == c.where && g.Reason == analyzer.GapBudget
			})
			assert.GreaterOrEqual(t, at, 0, "%.300v", a.Facts.Gaps)
			assert.LessOrEqual(t, a.Inflated, int64(1<<30))
		})
	}
}

// TestDepthIsTheLimits counts archives inside archives, not the package itself.
func TestDepthIsTheLimits(t *testing.T) {
	t.Parallel()
	data := load(t, "hostile/nested-apk")
	for depth, want := range map[int64]int{1: 1, 2: 0} {
		a := analyse(t, analyzer.Options{Limits: budget.Limits{Depth: depth}},
			zipfile.Entry{Name: "base.apk", Data: data})
		assert.Len(t, a.Facts.Gaps, want, "depth %d", depth)
		assert.Equal(t, "com.example.hostile", a.Package.ID)
	}
}

// TestStoredPackagesAreNotCopied reads a set of stored packages in the memory of what
// is inflated of them.
func TestStoredPackagesAreNotCopied(t *testing.T) {
	data, err := zipfile.Write(zipfile.Archive{Entries: []zipfile.Entry{
		{Name: "base.apk", Data: load(t, "set/base")},
		{Name: "pictures.apk", Data: padded(t, 96<<20)}}})
	require.NoError(t, err)
	f := analyzer.File{Bytes: bytes.NewReader(data), Size: int64(len(data))}
	e := engine(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	a, err := e.Analyze(t.Context(), f, analyzer.Options{Workers: 1})
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	assert.Empty(t, a.Facts.Gaps)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(32<<20))
}

// padded is a split with so many bytes that nobody wants.
func padded(t *testing.T, size int) []byte {
	t.Helper()
	entries := append(entriesOf(t, "set/abi"),
		zipfile.Entry{Name: "res/drawable/a.webp", Data: make([]byte, size)})
	data, err := zipfile.Write(zipfile.Archive{Entries: entries})
	require.NoError(t, err)
	return data
}
