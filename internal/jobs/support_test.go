package jobs_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/jobs"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/store"
)

// note is a job for tests.
type note struct {
	N    int    `json:"n"`
	Text string `json:"text,omitempty"`
}

func (note) Kind() string { return "note" }

// other is a job of another kind.
type other struct{ N int }

func (other) Kind() string { return "other" }

// at once, so that tests do not wait.
func quick(int) time.Duration { return time.Millisecond }

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// queue is a queue that handles notes with h.
func queue(t *testing.T, db *store.DB, h jobs.Handler[note]) *jobs.Queue {
	t.Helper()
	var kinds jobs.Kinds
	if h.Backoff == nil {
		h.Backoff = quick
	}
	if h.Work == nil {
		h.Work = func(context.Context, note) error { return nil }
	}
	require.NoError(t, jobs.Add(&kinds, h))
	q, err := jobs.New(db, jobs.Config{
		Kinds: &kinds, Lease: time.Second, Poll: 50 * time.Millisecond,
	})
	require.NoError(t, err)
	return q
}

// start works jobs until the end of the test.
func start(t *testing.T, q *jobs.Queue) {
	t.Helper()
	require.NoError(t, q.Start(t.Context()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		require.NoError(t, q.Stop(ctx))
	})
}

func enqueue(t *testing.T, q *jobs.Queue, job jobs.Job) {
	t.Helper()
	added, err := q.Enqueue(t.Context(), job, jobs.Options{})
	require.NoError(t, err)
	require.True(t, added)
}

// states counts the jobs by state.
func states(t *testing.T, db *store.DB) map[string]int {
	t.Helper()
	var rows []struct {
		State string
		N     int
	}
	require.NoError(t, db.From(t.Context()).Raw(
		"SELECT state, count(*) AS n FROM river_job GROUP BY state").Scan(&rows).Error)
	out := map[string]int{}
	for _, r := range rows {
		out[r.State] = r.N
	}
	return out
}

// become waits until the jobs are in these states and no other.
func become(t *testing.T, db *store.DB, want map[string]int) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Equal(c, want, states(t, db))
	}, patience, 20*time.Millisecond)
}

// effects is a table of what was done.
func effects(t *testing.T, db *store.DB) {
	t.Helper()
	require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
		return db.From(ctx).Exec("CREATE TABLE effects (n bigint NOT NULL PRIMARY KEY)").Error
	}))
}

// effect does what must be done once: a row and an entry of the ledger.
func effect(ctx context.Context, db *store.DB, n int) error {
	return db.Do(ctx, func(ctx context.Context) error {
		var done int64
		err := db.From(ctx).Table("effects").Where("n = ?", n).Count(&done).Error
		if err != nil || done > 0 {
			return err
		}
		if err := db.From(ctx).Exec("INSERT INTO effects VALUES (?)", n).Error; err != nil {
			return err
		}
		_, err = ledger.New(store.NewLedger(db), rand.Reader).Append(ctx, ledger.Entry{
			Kind: ledger.Effect, Time: time.Now(), Subject: fmt.Sprint("job-", n),
			Body: json.RawMessage(`{}`),
		})
		return err
	})
}

// count is the number of rows of a table.
func count(t *testing.T, db *store.DB, table string) (n int64) {
	t.Helper()
	require.NoError(t, db.From(t.Context()).Table(table).Count(&n).Error)
	return n
}

// TestMain is also the child that the tests of killing kill.
func TestMain(m *testing.M) {
	source := os.Getenv(childSource)
	if source == "" {
		os.Exit(m.Run())
	}
	if err := child(context.Background(), source, os.Getenv(childWork)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
