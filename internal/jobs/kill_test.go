package jobs_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/jobs"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
)

// What a child process is told.
const (
	childSource = "LISTGATE_TEST_JOBS_SOURCE"
	childWork   = "LISTGATE_TEST_JOBS_WORK"
	working     = "work"
	enqueueing  = "enqueue"
)

// child works or enqueues until it is killed.
func child(ctx context.Context, source, what string) error {
	db, err := store.Open(ctx, source)
	if err != nil {
		return err
	}
	q, err := childQueue(db)
	if err != nil {
		return err
	}
	if what == working {
		if err := q.Start(ctx); err != nil {
			return err
		}
		select {}
	}
	for {
		n := int(mathrand.Int64N(1 << 50))
		err := db.Do(ctx, func(ctx context.Context) error {
			if err := effect(ctx, db, n); err != nil {
				return err
			}
			_, err := q.Enqueue(ctx, note{N: n}, jobs.Options{})
			return err
		})
		if err != nil {
			return err
		}
	}
}

func childQueue(db *store.DB) (*jobs.Queue, error) {
	var kinds jobs.Kinds
	err := jobs.Add(&kinds, jobs.Handler[note]{
		Attempts: 100, Backoff: quick,
		Work: func(ctx context.Context, j note) error {
			time.Sleep(time.Duration(mathrand.IntN(30)) * time.Millisecond)
			if mathrand.IntN(10) == 0 {
				return fmt.Errorf("note %d: bad luck", j.N)
			}
			if err := effect(ctx, db, j.N); err != nil {
				return err
			}
			time.Sleep(time.Duration(mathrand.IntN(30)) * time.Millisecond)
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return jobs.New(db, jobs.Config{
		Kinds: &kinds, Lanes: map[string]int{"default": 4}, Lease: time.Second,
		Poll: 50 * time.Millisecond,
	})
}

// run starts a child.
func run(t *testing.T, source, what string) (kill func()) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), childSource+"="+source, childWork+"="+what)
	var said bytes.Buffer
	c.Stderr = &said
	require.NoError(t, c.Start())
	return func() {
		_ = c.Process.Kill() // it may have ended, which the next line finds
		assert.ErrorContains(t, c.Wait(), "killed", said.String())
	}
}

// killAtWork starts a child and kills it at a random moment after its first effect.
// It reports false where the child found nothing to do.
func killAtWork(t *testing.T, source, what string, db *store.DB) bool {
	t.Helper()
	before := count(t, db, "effects")
	kill := run(t, source, what)
	defer kill()
	worked := false
	require.Eventually(t, func() bool {
		worked = count(t, db, "effects") > before
		s := states(t, db)
		return worked || what == working && s["completed"] > 0 && len(s) == 1
	}, patience, 5*time.Millisecond)
	time.Sleep(time.Duration(mathrand.IntN(150)) * time.Millisecond)
	return worked
}

// TestKilledWorkers kills the process that works jobs, again and again: every job
// comes to its end, and what it does is done once.
func TestKilledWorkers(t *testing.T) {
	t.Parallel()
	const total = 120
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		db := storetest.Open(t, source)
		effects(t, db)
		q, err := childQueue(db)
		require.NoError(t, err)
		for n := range total {
			enqueue(t, q, note{N: n})
		}
		interrupted := 0
		for range 8 {
			if !killAtWork(t, source, working, db) {
				break // all is done
			}
			interrupted += states(t, db)["running"]
		}
		assert.NotZero(t, interrupted, "no job was interrupted: the test tests nothing")
		kill := run(t, source, working)
		become(t, db, map[string]int{"completed": total})
		kill()
		assert.EqualValues(t, total, count(t, db, "effects"))
		v, err := ledger.New(store.NewLedger(db), rand.Reader).Verify(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, total, v.Size)
	})
}

// TestKilledChanges kills a process that keeps rows, ledger entries and jobs: there
// are as many of each.
func TestKilledChanges(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		db := storetest.Open(t, source)
		effects(t, db)
		for range 5 {
			require.True(t, killAtWork(t, source, enqueueing, db))
		}
		kept := count(t, db, "effects")
		assert.NotZero(t, kept)
		assert.Equal(t, kept, count(t, db, "river_job"))
		v, err := ledger.New(store.NewLedger(db), rand.Reader).Verify(t.Context())
		require.NoError(t, err)
		assert.Equal(t, kept, v.Size)
	})
}
