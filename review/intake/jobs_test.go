package intake_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/jobs"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/intake"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// TestJobsScanWhatIsHandedIn runs the intake as the server does: jobs scan, one that
// fails for the last time is dead, a person asks again.
func TestJobsScanWhatIsHandedIn(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		var gone atomic.Bool
		r.Analyzer = func(ctx context.Context, f intake.File) (*analyzer.Facts, error) {
			if gone.Load() {
				return nil, errDisk
			}
			return r.analyse(ctx, f)
		}
		r.Queue = scans{working(t, r)}
		first := r.submit(t, steps.upload(t))
		r.await(t, first.Case, review.CaseDecided)

		gone.Store(true)
		second := r.submit(t, app{steps.id, "3.0"}.upload(t))
		r.await(t, second.Case, review.CaseScanFailed)
		gone.Store(false)
		require.NoError(t, r.Rescan(t.Context(), second.Case, admin))
		r.await(t, second.Case, review.CaseDecided)
		assert.Equal(t, []review.Event{review.EventOpen, review.EventScanStarted,
			review.EventScanFailed, review.EventScanStarted, review.EventScanDone, "list"},
			r.events(t, second.Case))
		assert.Equal(t, 1, r.count(t, "apps", "1 = 1"))
		assert.Equal(t, 2, r.count(t, "releases", "1 = 1"))
	})
}

// working is a queue that works scans until the end of the test.
func working(t *testing.T, r *room) *jobs.Queue {
	t.Helper()
	var kinds jobs.Kinds
	require.NoError(t, jobs.Add(&kinds, jobs.Handler[scanJob]{
		Work: func(ctx context.Context, j scanJob) error { return r.Scan(ctx, j.Case) },
		Dead: func(ctx context.Context, j scanJob, why string) error {
			return r.Dead(ctx, j.Case, why)
		},
		Attempts: 2,
		Backoff:  func(int) time.Duration { return time.Millisecond },
	}))
	q, err := jobs.New(r.db, jobs.Config{Kinds: &kinds, Poll: 20 * time.Millisecond})
	require.NoError(t, err)
	require.NoError(t, q.Start(t.Context()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		require.NoError(t, q.Stop(ctx))
	})
	return q
}

// await waits for a case to reach a state.
func (r *room) await(t *testing.T, id string, state review.CaseState) {
	t.Helper()
	require.Eventually(t, func() bool {
		c, err := r.Cases.Case(t.Context(), id)
		return err == nil && c.State == state
	}, patience, 10*time.Millisecond, "%s", state)
}
