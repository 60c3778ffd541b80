package main

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
)

// TestCollectGoesOn takes a folder away while its neighbours are walked: it is
// listed itself, to be reported on as unreadable, and the rest is not lost.
func TestCollectGoesOn(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	gone := filepath.Join(root, "b")
	require.NoError(t, os.MkdirAll(gone, 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "c"), 0o755))
	last := filepath.Join(root, "c", "z.apk")
	require.NoError(t, os.WriteFile(last, []byte("x"), 0o644))
	first, err := os.Create(filepath.Join(root, "a"))
	require.NoError(t, err)
	require.NoError(t, zip.NewWriter(first).Close())
	require.NoError(t, first.Close())

	got, err := collect([]string{root}, func(analyzer.File) bool {
		require.NoError(t, os.Remove(gone))
		return true
	})
	require.NoError(t, err)
	assert.Equal(t, []string{first.Name(), gone, last}, got)
}
