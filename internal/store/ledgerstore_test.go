package store_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/ledger/ledgertest"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
)

func TestLedgerIsAStorage(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		db := storetest.Open(t, source)
		ledgertest.Suite(t, func(t *testing.T) ledger.Storage {
			for _, table := range []string{"ledger_rows", "ledger_hashes"} {
				change(t, db, "DELETE FROM "+table)
			}
			return store.NewLedger(db)
		})
	})
}

// change runs statements as somebody would who has the database.
func change(t *testing.T, db *store.DB, statements ...string) {
	t.Helper()
	require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
		for _, s := range statements {
			if err := db.From(ctx).Exec(s).Error; err != nil {
				return err
			}
		}
		return nil
	}))
}

// TestTamperedLedger changes rows by SQL: Verify says what and where.
func TestTamperedLedger(t *testing.T) {
	t.Parallel()
	last := fmt.Sprintf("DELETE FROM ledger_hashes WHERE idx >= %d", tlog.StoredHashCount(29))
	tests := []struct {
		name string
		sql  []string
		want ledger.Fault
		seq  int64
	}{
		{"body", []string{"UPDATE ledger_rows SET body = '{\"measure\":\"refuse\"}' WHERE seq = 7"},
			ledger.ChangedEntry, 7},
		{"one_word_of_a_body", []string{
			"UPDATE ledger_rows SET body = replace(body, 'list', 'lost') WHERE seq = 3"},
			ledger.ChangedEntry, 3},
		{"space_in_a_body_says_the_same", []string{
			"UPDATE ledger_rows SET body = ' ' || body WHERE seq = 3"}, "", 0},
		{"body_that_is_no_json", []string{"UPDATE ledger_rows SET body = '{' WHERE seq = 3"},
			ledger.ChangedEntry, 3},
		{"kind", []string{"UPDATE ledger_rows SET kind = 'notice' WHERE seq = 7"},
			ledger.ChangedEntry, 7},
		{"time", []string{"UPDATE ledger_rows SET at = at + 1 WHERE seq = 12"},
			ledger.ChangedEntry, 12},
		{"subject", []string{"UPDATE ledger_rows SET subject = 'case-9' WHERE seq = 12"},
			ledger.ChangedEntry, 12},
		{"salt", []string{"UPDATE ledger_rows SET salt = leaf WHERE seq = 12"},
			ledger.ChangedEntry, 12},
		{"leaf", []string{"UPDATE ledger_rows SET leaf = salt WHERE seq = 12"},
			ledger.ChangedEntry, 12},
		{"leaf_of_another_length", []string{
			"UPDATE ledger_rows SET leaf = substr(leaf, 1, 31) WHERE seq = 12"},
			ledger.ChangedEntry, 12},
		{"row_deleted", []string{"DELETE FROM ledger_rows WHERE seq = 5"}, ledger.MissingRow, 5},
		{"row_deleted_and_the_rest_moved", []string{"DELETE FROM ledger_rows WHERE seq = 28",
			"UPDATE ledger_rows SET seq = 28 WHERE seq = 29"}, ledger.ChangedEntry, 28},
		{"last_row_deleted", []string{"DELETE FROM ledger_rows WHERE seq = 29"},
			ledger.DroppedTail, 29},
		{"last_row_deleted_with_its_hashes", []string{
			"DELETE FROM ledger_rows WHERE seq = 29", last}, ledger.DroppedTail, 29},
		{"all_deleted", []string{"DELETE FROM ledger_rows", "DELETE FROM ledger_hashes"},
			ledger.DroppedTail, 0},
		{"hash", []string{"UPDATE ledger_hashes SET hash = (SELECT leaf FROM ledger_rows " +
			"WHERE seq = 1) WHERE idx = 0"}, ledger.ChangedHash, 0},
		{
			"hash_deleted",
			[]string{"DELETE FROM ledger_hashes WHERE idx = 0"},
			ledger.ChangedHash,
			0,
		},
		{"erased_in_silence", []string{
			"UPDATE ledger_rows SET body = NULL, salt = NULL WHERE seq = 4"},
			ledger.SilentErasure, 4},
		{"salt_alone_deleted", []string{"UPDATE ledger_rows SET salt = NULL WHERE seq = 4"},
			ledger.ChangedEntry, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			storetest.Databases(t, func(t *testing.T, db *store.DB) {
				log := ledger.New(store.NewLedger(db), rand.Reader)
				_, err := log.Append(t.Context(), ledgertest.Entries(30)...)
				require.NoError(t, err)
				kept := checkpoint(t, log)
				change(t, db, tt.sql...)
				_, err = log.Verify(t.Context(), kept)
				if tt.want == "" {
					require.NoError(t, err)
					return
				}
				var fault *ledger.Error
				require.ErrorAs(t, err, &fault)
				assert.Equal(t, tt.want, fault.Fault)
				assert.Equal(t, tt.seq, fault.Seq)
			})
		})
	}
}

// checkpoint is what a witness would keep.
func checkpoint(t *testing.T, log *ledger.Log) ledger.Checkpoint {
	t.Helper()
	v, err := log.Verify(t.Context())
	require.NoError(t, err)
	return ledger.Checkpoint{Size: v.Size, Root: v.Root}
}

func TestErase(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		s := store.NewLedger(db)
		log := ledger.New(s, rand.Reader)
		_, err := log.Append(t.Context(), ledgertest.Entries(10)...)
		require.NoError(t, err)
		err = db.Do(t.Context(), func(ctx context.Context) error {
			if err := s.Erase(ctx, 3, 5); err != nil {
				return err
			}
			entry, err := ledger.NewErasure(time.Now(), "person-1", "asked for it", 3, 5)
			if err != nil {
				return err
			}
			_, err = log.Append(ctx, entry)
			return err
		})
		require.NoError(t, err)
		v, err := log.Verify(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 11, v.Size)
		assert.EqualValues(t, 2, v.Erased)
		var left int64
		require.NoError(t, db.From(t.Context()).Table("ledger_rows").
			Where("body LIKE '%case-3%' OR (seq IN (3, 5) AND salt IS NOT NULL)").
			Count(&left).Error)
		assert.Zero(t, left)
		assert.Error(t, s.Erase(t.Context(), 99), "a row that is not there")
	})
}

func TestCheckpoints(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		s := store.NewLedger(db)
		_, err := s.Checkpoint(t.Context(), 0)
		require.ErrorIs(t, err, store.ErrNoCheckpoint)
		for _, size := range []int64{3, 9, 9, 5} {
			require.NoError(t, s.KeepCheckpoint(t.Context(), ledger.Checkpoint{
				Size: size, Note: fmt.Sprint("note of ", size), Time: time.Now(),
			}))
		}
		note, err := s.Checkpoint(t.Context(), 4)
		require.NoError(t, err)
		assert.Equal(t, "note of 9", note)
		_, err = s.Checkpoint(t.Context(), 10)
		require.ErrorIs(t, err, store.ErrNoCheckpoint)
	})
}

// TestLedgerOfManyWriters appends from two handles, as two processes do: every
// entry has a place of its own, and those of failed transactions have none.
func TestLedgerOf(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		kept := store.NewLedger(db)
		log := ledger.New(kept, rand.Reader)
		require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
			for i := range 6 {
				e := ledger.Entry{Kind: ledger.Decision, Time: time.Unix(int64(i), 0),
					Subject: []string{"c-1", "c-2"}[i%2], Body: []byte("{}")}
				if _, err := log.Append(ctx, e); err != nil {
					return err
				}
			}
			return nil
		}))
		rows, err := kept.Of(t.Context(), "c-2", 2)
		require.NoError(t, err)
		require.Len(t, rows, 2)
		assert.EqualValues(t, 1, rows[0].Seq)
		assert.EqualValues(t, 3, rows[1].Seq)
		rows, err = kept.Of(t.Context(), "c-3", 2)
		require.NoError(t, err)
		assert.Empty(t, rows)
	})
}

func TestLedgerOfManyWriters(t *testing.T) {
	t.Parallel()
	errChanged := errors.New("changed my mind")
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		var wg sync.WaitGroup
		for writer := range 4 {
			db := storetest.Open(t, source)
			log := ledger.New(store.NewLedger(db), rand.Reader)
			wg.Go(func() {
				for i := range 25 {
					entry := ledgertest.Entries(1)[0]
					entry.Subject = fmt.Sprintf("writer-%d-%d", writer, i)
					err := db.Do(t.Context(), func(ctx context.Context) error {
						if _, err := log.Append(ctx, entry); err != nil {
							return err
						}
						if i%5 == 4 {
							return errChanged
						}
						return nil
					})
					if i%5 == 4 {
						assert.ErrorIs(t, err, errChanged)
					} else {
						assert.NoError(t, err)
					}
				}
			})
		}
		wg.Wait()
		db := storetest.Open(t, source)
		log := ledger.New(store.NewLedger(db), rand.Reader)
		v, err := log.Verify(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 4*20, v.Size)
		var subjects []string
		require.NoError(
			t,
			db.From(t.Context()).Table("ledger_rows").Pluck("subject", &subjects).Error,
		)
		seen := map[string]bool{}
		for _, s := range subjects {
			assert.False(t, seen[s], s)
			seen[s] = true
			assert.False(t, strings.HasSuffix(s, "-4"), s)
		}
	})
}
