package readtest

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Row is one line of the table of measured facts beside the corpus of real
// packages. Vendors own some of them: the corpus lies outside the tree.
type Row struct {
	File     string // "apk/…"
	Path     string // on this machine
	Expected string // "id=…; version=…; deep-synthesis: …"
}

// Folder returns the corpus; empty where this machine has none, and says so.
func Folder(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for !isRoot(dir) {
		require.NotEqual(t, dir, filepath.Dir(dir), "no go.mod above this folder")
		dir = filepath.Dir(dir)
	}
	dir = filepath.Join(dir, "..", "shared", "corpus")
	if _, err := os.Stat(dir); err != nil {
		t.Log("no corpus of real packages on this machine: packages made by tests stand alone")
		return ""
	}
	return dir
}

// Corpus reads the table; nil where this machine has no corpus.
func Corpus(t *testing.T) []Row {
	t.Helper()
	dir := Folder(t)
	if dir == "" {
		return nil
	}
	f, err := os.Open(filepath.Join(dir, "MANIFEST.tsv"))
	require.NoError(t, err)
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	lines, err := r.ReadAll()
	require.NoError(t, err)
	var rows []Row
	for _, l := range lines[1:] {
		rows = append(rows, Row{l[0], filepath.Join(dir, l[0]), l[len(l)-1]})
	}
	require.Greater(t, len(rows), 100)
	return rows
}

func isRoot(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}
