package store_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"nothing": "", "another_kind": "mysql://u:secret@h/d", "no_file": "sqlite:",
		"memory": "sqlite::memory:", "no_such_folder": "sqlite:/no/such/folder/x.db",
		"no_server": "postgres://u:secret@/d?host=/no/such/folder",
		"no_uri":    "postgres://u:secret@:port/%zz",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := store.Open(t.Context(), source)
			require.Error(t, err)
			assert.Nil(t, db)
			assert.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestOpenTakesAnyFileName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"plain.db", "with space.db", "a?b#c%20d.db", "审核.db", "sub..db"} {
		db, err := store.Open(t.Context(), "sqlite:"+dir+"/"+name)
		require.NoError(t, err, name)
		require.NoError(t, db.Migrate(t.Context()), name)
		require.NoError(t, db.Ping(t.Context()))
		require.NoError(t, db.Close())
		assert.FileExists(t, dir+"/"+name)
	}
}

func TestReadersRefuseChanges(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		require.NoError(t, db.Ping(t.Context()))
		err := db.From(t.Context()).Exec("DELETE FROM job_workers").Error
		assert.ErrorContains(t, err, "read")
		var n int64
		require.NoError(t, db.From(t.Context()).Table("job_workers").Count(&n).Error)
	})
}
