// Package storetest gives a test a database of its own on each of the two kinds
// that are supported, so that what holds on one holds on the other.
//
// SQLite is a file in the test's folder. Postgres is a cluster in a temporary
// folder that is started once for a test binary and ends with it, however that
// ends; or the server that LISTGATE_TEST_POSTGRES names. A test that finds no
// Postgres fails: half a test would pass for a whole one.
package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
)

// Databases runs test as a parallel subtest on each kind of database, with tables.
func Databases(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	for dialect, source := range migratedSources {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			test(t, Open(t, source(t)))
		})
	}
}

// Benchmarks runs bench on each kind of database, with tables.
func Benchmarks(b *testing.B, bench func(b *testing.B, db *store.DB)) {
	b.Helper()
	for dialect, source := range migratedSources {
		b.Run(string(dialect), func(b *testing.B) { bench(b, Open(b, source(b))) })
	}
}

// MigratedSources runs test as Databases does, with the data source name of a
// database that has tables, for a test that opens it in another process.
func MigratedSources(t *testing.T, test func(t *testing.T, source string)) {
	t.Helper()
	for dialect, source := range migratedSources {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			test(t, source(t))
		})
	}
}

// EmptySources runs test as Databases does, with the data source name of a
// database without tables.
func EmptySources(t *testing.T, test func(t *testing.T, source string)) {
	t.Helper()
	for dialect, source := range map[store.Dialect]func(testing.TB) string{
		store.SQLite:   emptySQLite,
		store.Postgres: emptyPostgres,
	} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			test(t, source(t))
		})
	}
}

var migratedSources = map[store.Dialect]func(testing.TB) string{
	store.SQLite:   migratedSQLite,
	store.Postgres: migratedPostgres,
}

// Open opens a database until the end of the test.
func Open(t testing.TB, source string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), source)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func emptySQLite(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
}

// migratedSQLite copies a file that was migrated once.
func migratedSQLite(t testing.TB) string {
	t.Helper()
	migrated, err := migratedFile()
	require.NoError(t, err)
	source := emptySQLite(t)
	require.NoError(t, os.WriteFile(source[len("sqlite:"):], migrated, 0o600))
	return source
}

var migratedFile = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "listgate-sqlite-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "migrated.db")
	if err := migrate("sqlite:" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// migrate makes the tables of a database that no test has open.
func migrate(source string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, source)
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx); err != nil {
		_ = db.Close()
		return err
	}
	return db.Close()
}
