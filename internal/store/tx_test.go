package store_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
)

var errRefused = errors.New("refused")

// worker is some row.
type worker struct {
	ID   string
	Seen int64
}

func (worker) TableName() string { return "job_workers" }

func add(ctx context.Context, db *store.DB, id string) error {
	return db.From(ctx).Create(&worker{ID: id}).Error
}

func ids(t *testing.T, db *store.DB) []string {
	t.Helper()
	out := []string{}
	require.NoError(t, db.From(t.Context()).Model(&worker{}).Order("id").Pluck("id", &out).Error)
	return out
}

func TestDo(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(ctx context.Context, cancel func(), db *store.DB) error
		want   []string
		err    error
	}{
		{"is_kept", func(ctx context.Context, _ func(), db *store.DB) error {
			return errors.Join(add(ctx, db, "a"), add(ctx, db, "b"))
		}, []string{"a", "b"}, nil},
		{"reads_what_it_wrote", func(ctx context.Context, _ func(), db *store.DB) error {
			if err := add(ctx, db, "a"); err != nil {
				return err
			}
			return db.From(ctx).First(&worker{}, "id = ?", "a").Error
		}, []string{"a"}, nil},
		{"an_error_undoes_all", func(ctx context.Context, _ func(), db *store.DB) error {
			return errors.Join(add(ctx, db, "a"), errRefused)
		}, []string{}, errRefused},
		{"a_failed_statement", func(ctx context.Context, _ func(), db *store.DB) error {
			return errors.Join(add(ctx, db, "a"), add(ctx, db, "a"))
		}, []string{}, gorm.ErrDuplicatedKey},
		{"the_context_ends", func(ctx context.Context, cancel func(), db *store.DB) error {
			err := add(ctx, db, "a")
			cancel()
			return err
		}, []string{}, context.Canceled},
		{"the_context_ends_before_a_statement", func(ctx context.Context, cancel func(),
			db *store.DB) error {
			cancel()
			return add(ctx, db, "a")
		}, []string{}, context.Canceled},
		{"inner_joins", func(ctx context.Context, _ func(), db *store.DB) error {
			return errors.Join(add(ctx, db, "a"), db.Do(ctx, func(ctx context.Context) error {
				return db.Do(ctx, func(ctx context.Context) error { return add(ctx, db, "b") })
			}), add(ctx, db, "c"))
		}, []string{"a", "b", "c"}, nil},
		{"inner_is_undone_with_outer", func(ctx context.Context, _ func(), db *store.DB) error {
			return errors.Join(db.Do(ctx, func(ctx context.Context) error {
				return add(ctx, db, "b")
			}), errRefused)
		}, []string{}, errRefused},
		{"inner_error_undoes_inner_alone", func(ctx context.Context, _ func(), db *store.DB) error {
			err := db.Do(ctx, func(ctx context.Context) error {
				return errors.Join(add(ctx, db, "b"), errRefused)
			})
			if !errors.Is(err, errRefused) {
				return errors.New("the inner error was lost")
			}
			return add(ctx, db, "c")
		}, []string{"c"}, nil},
		{"a_failed_statement_of_inner", func(ctx context.Context, _ func(), db *store.DB) error {
			err := db.Do(ctx, func(ctx context.Context) error {
				return errors.Join(add(ctx, db, "b"), add(ctx, db, "b"))
			})
			if !errors.Is(err, gorm.ErrDuplicatedKey) {
				return errors.New("the inner error was lost")
			}
			return add(ctx, db, "c")
		}, []string{"c"}, nil},
		{
			"inner_end_of_a_context_of_its_own",
			func(ctx context.Context, _ func(), db *store.DB) error {
				short, end := context.WithCancel(ctx)
				err := db.Do(short, func(ctx context.Context) error {
					end()
					return ctx.Err()
				})
				if !errors.Is(err, context.Canceled) {
					return errors.New("the inner error was lost")
				}
				return add(ctx, db, "c")
			},
			[]string{"c"},
			nil,
		},
		{"a_statement_by_an_ended_context", func(ctx context.Context, _ func(),
			db *store.DB) error {
			ended, end := context.WithCancel(ctx)
			end()
			if err := add(ended, db, "b"); !errors.Is(err, context.Canceled) {
				return errors.Join(errors.New("the statement was sent"), err)
			}
			return add(ctx, db, "c")
		}, []string{"c"}, nil},
		{"gorm_transaction_joins", func(ctx context.Context, _ func(), db *store.DB) error {
			err := db.From(ctx).Transaction(func(tx *gorm.DB) error {
				return errors.Join(tx.Create(&worker{ID: "a"}).Error, errRefused)
			})
			if !errors.Is(err, errRefused) {
				return errors.New("the inner error was lost")
			}
			return add(ctx, db, "b")
		}, []string{"b"}, nil},
		{"nobody_else_ends_it", func(ctx context.Context, _ func(), db *store.DB) error {
			if db.From(ctx).Commit().Error == nil || db.From(ctx).Rollback().Error == nil {
				return errors.New("it was ended")
			}
			return add(ctx, db, "a")
		}, []string{"a"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			storetest.Databases(t, func(t *testing.T, db *store.DB) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				err := db.Do(
					ctx,
					func(ctx context.Context) error { return tt.change(ctx, cancel, db) },
				)
				require.ErrorIs(t, err, tt.err)
				assert.Equal(t, tt.want, ids(t, db))
				usable(t, db)
			})
		})
	}
}

// usable finds a connection that was left in a transaction.
func usable(t *testing.T, db *store.DB) {
	t.Helper()
	for range 20 {
		require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
			return db.From(ctx).Exec("UPDATE job_workers SET seen = 1").Error
		}))
	}
}

func TestDoUndoesWhatAPanicLeaves(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		assert.PanicsWithValue(t, "broken", func() {
			_ = db.Do(t.Context(), func(ctx context.Context) error {
				_ = add(ctx, db, "a")
				return db.Do(ctx, func(ctx context.Context) error {
					_ = add(ctx, db, "b")
					panic("broken")
				})
			})
		})
		var wg sync.WaitGroup
		wg.Go(func() {
			_ = db.Do(t.Context(), func(ctx context.Context) error {
				_ = add(ctx, db, "c")
				runtime.Goexit()
				return nil
			})
		})
		wg.Wait()
		assert.Empty(t, ids(t, db))
		usable(t, db)
	})
}

// TestDoOutlivesRowsLeftOpen: they hold the connection.
func TestDoOutlivesRowsLeftOpen(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		leave := func(ctx context.Context) {
			rows, err := db.From(ctx).Raw("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL " +
				"SELECT i + 1 FROM n WHERE i < 100000) SELECT i FROM n").Rows()
			require.NoError(t, err)
			require.True(t, rows.Next())
			require.NoError(t, rows.Err())
		}
		err := db.Do(t.Context(), func(ctx context.Context) error {
			require.NoError(t, add(ctx, db, "a"))
			leave(ctx)
			return errRefused
		})
		require.ErrorIs(t, err, errRefused)
		assert.Empty(t, ids(t, db))
		err = db.Do(t.Context(), func(ctx context.Context) error {
			require.NoError(t, add(ctx, db, "a"))
			leave(ctx)
			return nil
		})
		kept := []string{}
		if err == nil {
			kept = []string{"a"}
		}
		assert.Equal(t, kept, ids(t, db))
		usable(t, db)
	})
}

func TestDoIsNotSeenBeforeItsEnd(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		outside := t.Context()
		var late context.Context
		require.NoError(t, db.Do(outside, func(ctx context.Context) error {
			late = ctx
			require.NoError(t, add(ctx, db, "a"))
			assert.Empty(t, ids(t, db))
			return nil
		}))
		assert.Equal(t, []string{"a"}, ids(t, db))
		assert.Error(t, add(late, db, "b"), "a context that outlives its transaction")
		assert.Equal(t, []string{"a"}, ids(t, db))
	})
}

func TestTransactionsOfTwoDatabases(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, one *store.DB) {
		storetest.Databases(t, func(t *testing.T, two *store.DB) {
			err := one.Do(t.Context(), func(ctx context.Context) error {
				return two.Do(ctx, func(ctx context.Context) error { return add(ctx, two, "a") })
			})
			require.NoError(t, err)
			assert.Equal(t, []string{"a"}, ids(t, two))
		})
	})
}

// TestDoOfManyWriters counts up a number from two handles: no count is lost, and
// nobody is turned away.
func TestDoOfManyWriters(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		first := storetest.Open(t, source)
		require.NoError(t, first.Do(t.Context(), func(ctx context.Context) error {
			return add(ctx, first, "a")
		}))
		var wg sync.WaitGroup
		for _, db := range []*store.DB{first, storetest.Open(t, source)} {
			for range 4 {
				wg.Go(func() {
					for range 25 {
						assert.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
							if err := add(ctx, db, "b"); err != nil {
								return err
							}
							err := db.From(ctx).Model(&worker{}).Where("id = 'a'").
								Update("seen", gorm.Expr("seen + 1")).Error
							if err != nil {
								return err
							}
							return db.From(ctx).Delete(&worker{ID: "b"}).Error
						}))
					}
				})
			}
		}
		wg.Wait()
		var a worker
		require.NoError(t, first.From(t.Context()).First(&a, "id = 'a'").Error)
		assert.EqualValues(t, 200, a.Seen)
	})
}

func TestDoWaitsNoLongerThanItsContext(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		if db.Dialect() != store.SQLite {
			return // who waits there waits for a row, not for the transaction
		}
		require.NoError(t, db.Do(t.Context(), func(context.Context) error {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			err := db.Do(ctx, func(context.Context) error { return nil })
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			return nil
		}))
	})
}

func TestMillis(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 8, 30, 0, 123456789, time.FixedZone("CST", 8*3600))
	assert.Equal(
		t,
		time.Date(2026, 11, 22, 0, 30, 0, 123000000, time.UTC),
		store.MillisOf(at).Time(),
	)
	assert.True(t, store.MillisOf(time.Time{}).Time().IsZero())
}

// TestDoSaysThatTheConnectionWasLost, even where the change does not notice.
func TestDoSaysThatTheConnectionWasLost(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		if db.Dialect() != store.Postgres {
			return // SQLite has no connection to lose
		}
		for name, notice := range map[string]bool{"noticed": true, "not_noticed": false} {
			err := db.Do(t.Context(), func(ctx context.Context) error {
				require.NoError(t, add(ctx, db, name))
				var pid int
				require.NoError(t, db.From(ctx).Raw("SELECT pg_backend_pid()").Scan(&pid).Error)
				require.NoError(t, db.From(t.Context()).Exec(
					"SELECT pg_terminate_backend(?)", pid).Error)
				if notice {
					assert.Error(t, add(ctx, db, "b"))
				}
				return nil
			})
			require.Error(t, err, name)
			assert.Empty(t, ids(t, db))
			usable(t, db)
		}
	})
}
