package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
)

// kept is the database and the files of a house, as a test looks at them.
type kept struct {
	t     *testing.T
	db    *store.DB
	blobs string
}

func (h *house) kept() *kept {
	h.t.Helper()
	return &kept{h.t, storetest.Open(h.t, h.source), h.path("blobs")}
}

// on is the same for another test.
func (k *kept) on(t *testing.T) *kept { return &kept{t, k.db, k.blobs} }

// tables are those that say what is decided, by whom, on what.
var tables = []string{"apps", "app_packages", "releases", "cases",
	"case_decisions", "case_entries", "submissions", "letters", "ledger_rows", "ledger_hashes",
	"registry_snapshots", "registry_batches", "registry_rows", "auth_accounts",
	"auth_tokens"}

// picture is all that is kept: of each table the number of rows and the digest of what
// they say, and the names of the files. What a use alone changes is left out.
func (k *kept) picture() map[string]string {
	k.t.Helper()
	out := map[string]string{
		"files": strings.Join(k.files(), " "),
		"jobs":  fmt.Sprint(k.count("SELECT count(*) FROM river_job")),
		"grams": fmt.Sprint(k.count("SELECT count(*) FROM case_grams"),
			k.count("SELECT count(*) FROM registry_grams")),
	}
	for _, table := range tables {
		var rows []map[string]any
		require.NoError(k.t, k.db.From(k.t.Context()).Table(table).Find(&rows).Error)
		lines := make([]string, len(rows))
		for i, row := range rows {
			delete(row, "used") // when a token was last shown
			lines[i] = fmt.Sprint(row)
		}
		slices.Sort(lines)
		sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
		out[table] = fmt.Sprintf("%d rows, %s", len(rows), hex.EncodeToString(sum[:8]))
	}
	return out
}

// unchanged runs something that must change nothing that is kept.
func (k *kept) unchanged(do func()) {
	k.t.Helper()
	before := k.picture()
	do()
	assert.Equal(k.t, before, k.picture(), "something was stored")
}

// files lists the blobs.
func (k *kept) files() (names []string) {
	k.t.Helper()
	for path := range k.each("sha256") {
		names = append(names, filepath.Base(path))
	}
	slices.Sort(names)
	return names
}

// halves counts the files that are half written.
func (k *kept) halves() (n int) {
	k.t.Helper()
	for range k.each("tmp") {
		n++
	}
	return n
}

// each yields the files in a folder of the blobs.
func (k *kept) each(folder string) func(yield func(path string) bool) {
	return func(yield func(string) bool) {
		err := filepath.WalkDir(filepath.Join(k.blobs, folder),
			func(path string, d fs.DirEntry, err error) error {
				if err == nil && d.Type().IsRegular() && !yield(path) {
					return fs.SkipAll
				}
				return err
			})
		require.NoError(k.t, err)
	}
}

// whole checks that every blob is what its name says.
func (k *kept) whole() {
	k.t.Helper()
	n := 0
	for path := range k.each("sha256") {
		body, err := os.ReadFile(path)
		require.NoError(k.t, err)
		sum := sha256.Sum256(body)
		assert.Equal(k.t, filepath.Base(path), hex.EncodeToString(sum[:]), "a file is half written")
		n++
	}
	assert.NotZero(k.t, n)
}

// count counts rows by a query.
func (k *kept) count(query string, args ...any) (n int64) {
	k.t.Helper()
	require.NoError(k.t, k.db.From(k.t.Context()).Raw(query, args...).Scan(&n).Error)
	return n
}

// exec changes rows behind the program's back.
func (k *kept) exec(statement string, args ...any) {
	k.t.Helper()
	require.NoError(k.t, k.db.Do(k.t.Context(), func(ctx context.Context) error {
		return k.db.From(ctx).Exec(statement, args...).Error
	}))
}
