package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
)

// foreign are the tables of the libraries, which differ between the databases.
func foreign(table string) bool {
	return strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "sqlite_") ||
		table == "schema_version"
}

// column is what both databases must agree on.
type column struct {
	Table, Name, Type string
	Required          bool
	Key               int // place in the primary key, from 1
}

// types maps what each database says to one word. What is not here is not allowed:
// the two databases would read it differently.
var types = map[string]string{
	"INTEGER": "integer", "bigint": "integer",
	"TEXT": "text", "text": "text",
	"BLOB": "bytes", "bytea": "bytes",
}

const sqliteColumns = `SELECT m.name AS "table", c.name, c.type, c."notnull" AS required,
	c.pk AS key
FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'`

const postgresColumns = `SELECT c.table_name AS "table", c.column_name AS name, c.data_type AS type,
	c.is_nullable = 'NO' AS required, coalesce(array_position(k.conkey,
	c.ordinal_position::smallint), 0) AS key
FROM information_schema.columns c
LEFT JOIN pg_constraint k ON k.contype = 'p' AND k.conrelid = quote_ident(c.table_name)::regclass
WHERE c.table_schema = 'public'`

func columns(t *testing.T, db *store.DB) map[string]column {
	t.Helper()
	query := sqliteColumns
	if db.Dialect() == store.Postgres {
		query = postgresColumns
	}
	var all []column
	require.NoError(t, db.From(t.Context()).Raw(query).Scan(&all).Error)
	own := map[string]column{}
	for _, c := range all {
		if foreign(c.Table) {
			continue
		}
		name := c.Table + "." + c.Name
		assert.Contains(t, types, c.Type, "%s on %s", name, db.Dialect())
		c.Type = types[c.Type]
		own[name] = c
	}
	return own
}

const (
	sqliteIndexes = `SELECT tbl_name AS "table", name, CASE WHEN sql LIKE 'CREATE UNIQUE%'
	THEN 'unique' ELSE '' END AS type FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`
	postgresIndexes = `SELECT tablename AS "table", indexname AS name, CASE WHEN indexdef LIKE
	'CREATE UNIQUE%' THEN 'unique' ELSE '' END AS type FROM pg_indexes
	WHERE schemaname = 'public' AND indexname NOT LIKE '%\_pkey'`
)

func indexes(t *testing.T, db *store.DB) map[string]string {
	t.Helper()
	query := sqliteIndexes
	if db.Dialect() == store.Postgres {
		query = postgresIndexes
	}
	var all []column
	require.NoError(t, db.From(t.Context()).Raw(query).Scan(&all).Error)
	own := map[string]string{}
	for _, i := range all {
		if !foreign(i.Table) {
			own[i.Table+"."+i.Name] = i.Type
		}
	}
	return own
}

func TestBothDatabasesHaveTheSameTables(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	all := map[store.Dialect]map[string]column{}
	keys := map[store.Dialect]map[string]string{}
	t.Run("migrated", func(t *testing.T) {
		storetest.EmptySources(t, func(t *testing.T, source string) {
			db := storetest.Open(t, source)
			require.NoError(t, db.Migrate(t.Context()))
			have, unique := columns(t, db), indexes(t, db)
			mu.Lock()
			defer mu.Unlock()
			all[db.Dialect()], keys[db.Dialect()] = have, unique
		})
	})
	require.NotEmpty(t, all[store.SQLite])
	assert.Empty(t, cmp.Diff(all[store.SQLite], all[store.Postgres]), "columns: -sqlite +postgres")
	require.NotEmpty(t, keys[store.SQLite])
	assert.Empty(
		t,
		cmp.Diff(keys[store.SQLite], keys[store.Postgres]),
		"indexes: -sqlite +postgres",
	)
}

// TestTablesAreStrict: SQLite would else take a text for a number.
func TestTablesAreStrict(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		err := db.Do(t.Context(), func(ctx context.Context) error {
			return db.From(ctx).
				Exec("INSERT INTO job_workers (id, seen) VALUES ('a', 'soon')").
				Error
		})
		require.Error(t, err)
		if db.Dialect() != store.SQLite {
			return
		}
		var loose []string
		require.NoError(t, db.From(t.Context()).Raw(
			`SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0`).
			Scan(&loose).Error)
		require.NotEmpty(t, loose)
		for _, name := range loose {
			assert.True(t, foreign(name), "table %s is not STRICT", name)
		}
	})
}

func TestBothSequencesHaveTheSameFiles(t *testing.T) {
	t.Parallel()
	names := map[string][]string{}
	for _, dialect := range []string{"sqlite", "postgres"} {
		found, err := filepath.Glob("migrations/" + dialect + "/*.sql")
		require.NoError(t, err)
		require.NotEmpty(t, found)
		for _, path := range found {
			names[dialect] = append(names[dialect], filepath.Base(path))
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			assert.True(t, strings.HasPrefix(string(text), "-- +goose Up\n"), path)
			assert.NotContains(t, string(text), "+goose Down", "%s: no way back loses data", path)
		}
	}
	assert.Equal(t, names["sqlite"], names["postgres"])
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	storetest.EmptySources(t, func(t *testing.T, source string) {
		db := storetest.Open(t, source)
		require.ErrorIs(t, db.Current(t.Context()), store.ErrOld)
		var wg sync.WaitGroup
		for range 4 { // as processes that are started together
			other := storetest.Open(t, source)
			wg.Go(func() { assert.NoError(t, other.Migrate(t.Context())) })
		}
		wg.Wait()
		require.NoError(t, db.Current(t.Context()))
		require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
			return add(ctx, db, "a")
		}))
		require.NoError(t, db.Migrate(t.Context()), "again")
		assert.Equal(t, []string{"a"}, ids(t, db))

		change(t, db, "DELETE FROM river_migration WHERE version > 3")
		require.ErrorIs(t, db.Current(t.Context()), store.ErrOld)

		change(t, db, "INSERT INTO schema_version (version_id, is_applied) VALUES (99999, true)")
		require.ErrorIs(t, db.Current(t.Context()), store.ErrNew)
		require.ErrorIs(t, db.Migrate(t.Context()), store.ErrNew)
	})
}

func TestMigrateWaitsNoLongerThanItsContext(t *testing.T) {
	t.Parallel()
	storetest.EmptySources(t, func(t *testing.T, source string) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, storetest.Open(t, source).Migrate(ctx), context.Canceled)
	})
}
