package jobs_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/jobs"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
)

var errBroken = errors.New("broken")

func TestEnqueueInATransaction(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		end  func(cancel func()) error
		want int64
	}{
		{"kept", func(func()) error { return nil }, 2},
		{"error", func(func()) error { return errBroken }, 0},
		{"end_of_context", func(cancel func()) error { cancel(); return nil }, 0},
		{"panic", func(func()) error { panic("broken") }, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			storetest.Databases(t, func(t *testing.T, db *store.DB) {
				effects(t, db)
				q := queue(t, db, jobs.Handler[note]{})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				func() {
					defer func() { _ = recover() }()
					_ = db.Do(ctx, func(ctx context.Context) error {
						for n := range 2 {
							require.NoError(t, effect(ctx, db, n))
							added, err := q.Enqueue(
								ctx,
								note{N: n},
								jobs.Options{Key: string(rune('a' + n))},
							)
							require.NoError(t, err)
							require.True(t, added)
						}
						return tt.end(cancel)
					})
				}()
				for _, table := range []string{"effects", "ledger_rows", "river_job"} {
					assert.Equal(t, tt.want, count(t, db, table), table)
				}
			})
		})
	}
}

func TestInnerFailureTakesItsJobAlong(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		q := queue(t, db, jobs.Handler[note]{})
		require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
			err := db.Do(ctx, func(ctx context.Context) error {
				_, err := q.Enqueue(ctx, note{N: 1}, jobs.Options{})
				return errors.Join(err, errBroken)
			})
			require.ErrorIs(t, err, errBroken)
			_, err = q.Enqueue(ctx, note{N: 2}, jobs.Options{})
			return err
		}))
		assert.EqualValues(t, 1, count(t, db, "river_job"))
	})
}

func TestJobsAreWorked(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		var mu sync.Mutex
		seen := map[note]int{}
		q := queue(t, db, jobs.Handler[note]{Work: func(_ context.Context, j note) error {
			mu.Lock()
			defer mu.Unlock()
			seen[j]++
			return nil
		}})
		enqueue(t, q, note{N: 0, Text: "审核 <em> \"quoted\""}) // before anyone works
		start(t, q)
		for n := 1; n < 30; n++ {
			enqueue(t, q, note{N: n})
		}
		become(t, db, map[string]int{"completed": 30})
		mu.Lock()
		defer mu.Unlock()
		assert.Len(t, seen, 30)
		assert.Equal(t, 1, seen[note{N: 0, Text: "审核 <em> \"quoted\""}])
	})
}

// TestFailures holds what becomes of a job to how its attempts end.
func TestFailures(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		work     func(ctx context.Context, attempt int) error
		dead     error // of the first record of a death
		attempts int   // that were made
		cause    string
	}{
		{"mended_at_the_third", func(_ context.Context, n int) error {
			if n < 3 {
				return errBroken
			}
			return nil
		}, nil, 3, ""},
		{"never_mended", func(context.Context, int) error { return errBroken }, nil, 3, "broken"},
		{"permanent", func(context.Context, int) error { return jobs.Permanent(errBroken) }, nil, 1,
			"broken"},
		{"panic", func(context.Context, int) error { panic("oh") }, nil, 3, "panic: oh"},
		{
			"too_slow",
			func(ctx context.Context, _ int) error { <-ctx.Done(); return ctx.Err() },
			nil,
			3,
			context.DeadlineExceeded.Error(),
		},
		{"death_recorded_at_the_second_try", func(context.Context, int) error {
			return jobs.Permanent(errBroken)
		}, errors.New("database away"), 2, "broken"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			storetest.Databases(t, func(t *testing.T, db *store.DB) {
				effects(t, db)
				var attempts, records atomic.Int64
				q := queue(t, db, jobs.Handler[note]{
					Attempts: 3, Timeout: 100 * time.Millisecond,
					Work: func(ctx context.Context, _ note) error {
						return tt.work(ctx, int(attempts.Add(1)))
					},
					Dead: func(ctx context.Context, j note, cause string) error {
						assert.Contains(t, cause, tt.cause)
						if records.Add(1) == 1 && tt.dead != nil {
							return errors.Join(effect(ctx, db, 99), tt.dead)
						}
						return effect(ctx, db, j.N)
					},
				})
				start(t, q)
				enqueue(t, q, note{N: 7, Text: "x"})
				if tt.cause == "" {
					become(t, db, map[string]int{"completed": 1})
					assert.Zero(t, count(t, db, "effects"))
					return
				}
				dead := deadOnes(t, q, 1)
				assert.EqualValues(t, tt.attempts, attempts.Load())
				assert.Equal(t, "note", dead[0].Kind)
				assert.JSONEq(t, `{"n":7,"text":"x"}`, string(dead[0].Job))
				assert.Contains(t, dead[0].Error, tt.cause)
				assert.WithinDuration(t, time.Now(), dead[0].At, time.Minute)
				var kept []int
				require.NoError(t, db.From(t.Context()).Table("effects").Pluck("n", &kept).Error)
				assert.Equal(t, []int{7}, kept, "what Dead recorded")
			})
		})
	}
}

// deadOnes waits for as many dead jobs.
func deadOnes(t *testing.T, q *jobs.Queue, n int) []jobs.Failure {
	t.Helper()
	var dead []jobs.Failure
	require.Eventually(t, func() bool {
		var err error
		dead, err = q.Dead(t.Context(), 0, 100)
		require.NoError(t, err)
		return len(dead) == n
	}, patience, 20*time.Millisecond)
	return dead
}

func TestRetry(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		var mended atomic.Bool
		q := queue(t, db, jobs.Handler[note]{Attempts: 1, Work: func(context.Context, note) error {
			if mended.Load() {
				return nil
			}
			return errBroken
		}})
		start(t, q)
		for n := range 3 {
			enqueue(t, q, note{N: n})
		}
		dead := deadOnes(t, q, 3)
		page, err := q.Dead(t.Context(), dead[0].ID, 1)
		require.NoError(t, err)
		assert.Equal(t, dead[1:2], page)

		mended.Store(true)
		require.NoError(t, q.Retry(t.Context(), dead[1].ID))
		become(t, db, map[string]int{"completed": 1, "discarded": 2})
		require.ErrorIs(t, q.Retry(t.Context(), dead[1].ID), jobs.ErrNotFound, "it is done")
		require.ErrorIs(t, q.Retry(t.Context(), 1<<40), jobs.ErrNotFound)
	})
}

func TestKeyMakesAJobOneOfItsKind(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		release := make(chan struct{})
		var kinds jobs.Kinds
		require.NoError(t, jobs.Add(&kinds, jobs.Handler[note]{
			Work: func(context.Context, note) error { <-release; return nil }}))
		require.NoError(t, jobs.Add(&kinds, jobs.Handler[other]{
			Work: func(context.Context, other) error { <-release; return nil }}))
		q, err := jobs.New(db, jobs.Config{Kinds: &kinds, Poll: 50 * time.Millisecond})
		require.NoError(t, err)
		try := func(want bool, job jobs.Job, key string) {
			t.Helper()
			added, err := q.Enqueue(t.Context(), job, jobs.Options{Key: key})
			require.NoError(t, err)
			assert.Equal(t, want, added)
		}
		try(true, note{N: 1}, "a")
		try(false, note{N: 2}, "a") // whatever else it says
		try(true, note{N: 1}, "b")
		try(true, other{N: 1}, "a")
		try(true, note{N: 1}, "")
		try(true, note{N: 1}, "")
		start(t, q)
		require.Eventually(t, func() bool { return states(t, db)["running"] > 0 }, patience,
			20*time.Millisecond)
		try(false, note{N: 3}, "a") // while it is being worked
		close(release)
		become(t, db, map[string]int{"completed": 5})
		try(true, note{N: 3}, "a") // once it is done
	})
}

func TestKeyHoldsAgainstManyWriters(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		q := queue(t, db, jobs.Handler[note]{})
		var added atomic.Int64
		var wg sync.WaitGroup
		for n := range 8 {
			wg.Go(func() {
				ok, err := q.Enqueue(t.Context(), note{N: n}, jobs.Options{Key: "one"})
				assert.NoError(t, err)
				if ok {
					added.Add(1)
				}
			})
		}
		wg.Wait()
		assert.EqualValues(t, 1, added.Load())
		assert.EqualValues(t, 1, count(t, db, "river_job"))
	})
}

func TestOrder(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		var mu sync.Mutex
		var order []string
		var kinds jobs.Kinds
		require.NoError(t, jobs.Add(&kinds, jobs.Handler[note]{
			Work: func(_ context.Context, j note) error {
				mu.Lock()
				defer mu.Unlock()
				order = append(order, j.Text)
				return nil
			}}))
		q, err := jobs.New(db, jobs.Config{Kinds: &kinds, Lanes: map[string]int{"default": 1},
			Poll: 50 * time.Millisecond})
		require.NoError(t, err)
		for _, e := range []struct {
			text string
			o    jobs.Options
		}{
			{"later", jobs.Options{At: time.Now().Add(24 * time.Hour), Urgent: true}},
			{"first", jobs.Options{}}, {"second", jobs.Options{}},
			{"urgent", jobs.Options{Urgent: true}},
		} {
			_, err := q.Enqueue(t.Context(), note{Text: e.text}, e.o)
			require.NoError(t, err)
		}
		start(t, q)
		become(t, db, map[string]int{"completed": 3, "scheduled": 1})
		mu.Lock()
		defer mu.Unlock()
		assert.Equal(t, []string{"urgent", "first", "second"}, order)
	})
}

func TestLanes(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		release := make(chan struct{})
		defer close(release)
		var kinds jobs.Kinds
		require.NoError(t, jobs.Add(&kinds, jobs.Handler[note]{Lane: "slow",
			Work: func(context.Context, note) error { <-release; return nil }}))
		require.NoError(t, jobs.Add(&kinds, jobs.Handler[other]{
			Work: func(context.Context, other) error { return nil }}))
		q, err := jobs.New(db, jobs.Config{Kinds: &kinds, Poll: 50 * time.Millisecond,
			Lanes: map[string]int{"default": 1, "slow": 1}})
		require.NoError(t, err)
		enqueue(t, q, note{})
		enqueue(t, q, note{})
		enqueue(t, q, other{})
		require.NoError(t, q.Start(t.Context()))
		become(t, db, map[string]int{"completed": 1, "running": 1, "available": 1})
		defer func() { require.NoError(t, q.Stop(t.Context())) }()
		release <- struct{}{}
		release <- struct{}{}
		become(t, db, map[string]int{"completed": 3})
	})
}

// TestStop: a job that Stop ends is begun anew, and the attempt does not count.
func TestStop(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		started := make(chan struct{}, 1)
		q := queue(t, db, jobs.Handler[note]{Attempts: 1,
			Work: func(ctx context.Context, _ note) error {
				started <- struct{}{}
				<-ctx.Done()
				return ctx.Err()
			}})
		enqueue(t, q, note{})
		require.NoError(t, q.Start(t.Context()))
		<-started
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		require.NoError(t, q.Stop(ctx))
		assert.Equal(t, map[string]int{"available": 1}, states(t, db))
		assert.Zero(t, count(t, db, "job_workers"))
		start(t, queue(t, db, jobs.Handler[note]{}))
		become(t, db, map[string]int{"completed": 1})
	})
}

// TestAbandonedAtTheLastAttempt: a job whose every process was killed is dead, and
// recorded as such.
func TestAbandonedAtTheLastAttempt(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		effects(t, db)
		q := queue(t, db, jobs.Handler[note]{Attempts: 1,
			Dead: func(ctx context.Context, j note, _ string) error {
				return effect(ctx, db, j.N)
			}})
		enqueue(t, q, note{N: 7})
		by := `'["gone"]'`
		if db.Dialect() == store.Postgres {
			by = "'{gone}'"
		}
		require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
			return db.From(ctx).Exec("UPDATE river_job SET state = 'running', attempt = 1, " +
				"attempted_at = created_at, attempted_by = " + by).Error
		}))
		start(t, q)
		dead := deadOnes(t, q, 1)
		assert.Contains(t, dead[0].Error, "ended")
		assert.EqualValues(t, 1, count(t, db, "effects"))
	})
}

func TestKinds(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		_, err := jobs.New(db, jobs.Config{})
		require.ErrorIs(t, err, jobs.ErrKind)
		_, err = queue(t, db, jobs.Handler[note]{}).Enqueue(t.Context(), other{}, jobs.Options{})
		require.ErrorIs(t, err, jobs.ErrKind)
	})
	var kinds jobs.Kinds
	h := jobs.Handler[note]{Work: func(context.Context, note) error { return nil }}
	require.NoError(t, jobs.Add(&kinds, h))
	require.ErrorIs(t, jobs.Add(&kinds, h), jobs.ErrKind, "twice")
	require.ErrorIs(t, jobs.Add(&kinds, jobs.Handler[other]{}), jobs.ErrKind, "without Work")
	require.NoError(t, jobs.Permanent(nil))
	assert.False(t, strings.Contains(jobs.Permanent(errBroken).Error(), "permanent"))
}
