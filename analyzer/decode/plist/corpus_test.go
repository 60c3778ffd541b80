package plist

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/stretchr/testify/require"
	applelist "howett.net/plist"
)

// TestDecodeCorpus compares with the library alone, over every list of the real
// packages beside the repository.
func TestDecodeCorpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../../shared/corpus/ipa/*")
	require.NoError(t, err)
	if len(files) == 0 {
		t.Log("no corpus beside the repository: nothing compared")
		return
	}
	seen := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		require.NoError(t, err, file)
		for _, e := range z.File {
			if slices.Contains([]string{".plist", ".strings", ".nib", ".xcprivacy"},
				path.Ext(e.Name)) && compareEntry(t, e) {
				seen++
			}
		}
	}
	require.Greater(t, seen, 40)
}

// compareEntry reports whether both read the entry; both must refuse or agree.
func compareEntry(t *testing.T, e *zip.File) bool {
	r, err := e.Open()
	require.NoError(t, err)
	data, err := io.ReadAll(r)
	if err != nil {
		t.Logf("%s: %v", e.Name, err) // one package lies about a checksum
		return false
	}
	var want any
	_, wantErr := applelist.Unmarshal(data, &want)
	root, isDict := want.(map[string]any)
	got, err := Decode(data, budget.New(budget.Limits{}))
	if wantErr != nil || !isDict {
		require.Error(t, err, e.Name)
		return false
	}
	require.NoError(t, err, e.Name)
	require.Empty(t, cmp.Diff(root, got.Root), e.Name)
	require.Empty(t, got.Oddities, e.Name)
	return true
}
