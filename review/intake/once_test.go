package intake_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
)

func TestOneVersionIsDecidedOnce(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		r.Policy.AutoList = false
		first := r.scanned(t, steps.upload(t))
		require.Equal(t, review.CaseWaiting, first.State)
		var later []review.Case
		for range 2 {
			c := r.scanned(t, steps.upload(t))
			require.Equal(t, review.CaseScanFailed, c.State)
			scan := r.submission(t, c.ID).Scan
			assert.Contains(t, scan.Failure.ZH, first.ID)
			assert.Contains(t, scan.Failure.EN, "2.1 (7)")
			assert.NotEmpty(t, scan.Facts)
			assert.Equal(t, first.App, c.App)
			assert.Empty(t, c.Made.Facts, "it is not listed meanwhile")
			assert.Equal(t, first.ID, c.Rival)
			require.NoError(t, r.Rescan(t.Context(), c.ID, lin))
			require.NoError(t, r.Scan(t.Context(), c.ID))
			require.Equal(t, review.CaseScanFailed, r.caseOf(t, c.ID).State)
			later = append(later, c)
		}
		r.assertWithdrawable(t, first)
		require.NoError(t, r.Rescan(t.Context(), later[0].ID, lin))
		require.NoError(t, r.Scan(t.Context(), later[0].ID))
		done := r.caseOf(t, later[0].ID)
		assert.Equal(t, review.CaseWaiting, done.State)
		assert.Empty(t, done.Rival)
		assert.Equal(t, later[0].Release, done.Release)
		r.assertScan(t, done)
		assert.Equal(t, 1, r.count(t, "apps", "1 = 1"))
		another := r.scanned(t, app{steps.id, "2.2"}.upload(t))
		assert.Equal(t, review.CaseWaiting, another.State, "another version has its own case")
	})
}

// assertWithdrawable lets the developer take a case back.
func (r *room) assertWithdrawable(t *testing.T, c review.Case) {
	t.Helper()
	releases, err := r.Apps.Releases(t.Context(), c.App)
	require.NoError(t, err)
	for _, release := range releases {
		if release.ID == c.Release {
			out, err := review.Withdraw(c, release, review.Entry{At: monday, By: maker})
			require.NoError(t, err)
			require.NoError(t, r.Cases.Keep(t.Context(), out))
		}
	}
	assert.Equal(t, review.CaseClosed, r.caseOf(t, c.ID).State)
}

func TestUpdateSupersedesWhatIsListed(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		first := r.scanned(t, steps.upload(t))
		second := r.scanned(t, app{steps.id, "2.2"}.upload(t))
		assert.Equal(t, first.App, second.App)
		assert.Equal(t, review.CaseDecided, second.State)
		assert.Equal(t, 1, r.count(t, "releases", "state = 'superseded'"))
		assert.Equal(t, 1, r.count(t, "releases", "state = 'listed'"))
	})
}

func TestScansOfOneCaseAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		s := r.submit(t, steps.upload(t))
		r.at(t, 6, func(int) error { return r.Scan(t.Context(), s.Case) })
		c := r.caseOf(t, s.Case)
		assert.Equal(t, review.CaseDecided, c.State)
		assert.Len(t, c.Decisions, 1)
		assert.Equal(t, []review.Event{review.EventOpen, review.EventScanStarted,
			review.EventScanDone, "list"}, r.events(t, c.ID))
		assert.Equal(t, 1, r.count(t, "letters", "1 = 1"))
		assert.Equal(t, 1, r.count(t, "releases", "1 = 1"))
		_, err := r.log.Verify(t.Context())
		require.NoError(t, err)
	})
}

// at does something n times at once.
func (r *room) at(t *testing.T, n int, do func(i int) error) {
	t.Helper()
	var wait sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wait.Go(func() { errs[i] = do(i) })
	}
	wait.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

func TestUploadsOfOneNewApplicationAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		r.Policy.AutoList = false
		cases := make([]string, 6)
		r.at(t, len(cases), func(i int) error {
			u := app{steps.id, fmt.Sprintf("%d.0", i/2)}.upload(t) // each version twice
			s, _, err := r.Submit(t.Context(), u)
			cases[i] = s.Case
			return errors.Join(err, r.Scan(t.Context(), s.Case))
		})
		assert.Equal(t, 1, r.count(t, "apps", "1 = 1"))
		assert.Equal(t, 6, r.count(t, "releases", "state = 'submitted'"))
		assert.Equal(t, 3, r.count(t, "cases", "state = 'waiting'"), "one of each version")
		assert.Equal(t, 3, r.count(t, "cases", "state = 'scan-failed'"))
		for _, id := range cases {
			assert.NotEmpty(t, r.caseOf(t, id).Release)
		}
	})
}
