package intake_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/intake"
)

var errCrash = errors.New("the process was killed here")

// crash kills the process, as far as a test can, at the n-th call that leaves the
// intake: before the call does anything, or behind it. From then on nothing works.
type crash struct {
	mu      sync.Mutex
	calls   int
	at      int // 0: never
	behind  bool
	cancel  func() // where set, the context ends there instead
	crashed bool
}

func (c *crash) call(do func() error) error {
	c.mu.Lock()
	if c.crashed {
		c.mu.Unlock()
		return errCrash
	}
	c.calls++
	hit := c.calls == c.at
	if hit && c.cancel != nil {
		c.cancel()
		hit = false
	}
	c.crashed = hit && !c.behind
	c.mu.Unlock()
	if hit && !c.behind {
		return errCrash
	}
	err := do()
	if !hit {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.crashed = true
	return errors.Join(errCrash, err)
}

// crashing returns the intake with a crash between it and the world.
func crashing(i *intake.Intake, c *crash) *intake.Intake {
	one := *i
	one.Atomic = crashAtomic{c, i.Atomic}
	one.Cases = crashCases{i.Cases, c}
	one.Apps = crashApps{c, i.Apps}
	one.Submissions = crashSubmissions{c, i.Submissions}
	one.Files = crashFiles{c, i.Files}
	one.Queue = crashQueue{c, i.Queue}
	one.Analyzer = func(ctx context.Context, f intake.File) (facts *analyzer.Facts, err error) {
		err = c.call(func() error { facts, err = i.Analyzer(ctx, f); return err })
		return facts, err
	}
	one.Letter = func(ctx context.Context, o review.Outcome) error {
		return c.call(func() error { return i.Letter(ctx, o) })
	}
	return &one
}

type crashAtomic struct {
	c *crash
	a review.Atomic
}

func (x crashAtomic) Do(ctx context.Context, work func(context.Context) error) error {
	return x.c.call(func() error { return x.a.Do(ctx, work) })
}

type crashCases struct {
	review.Cases
	c *crash
}

func (x crashCases) Case(ctx context.Context, id string) (v review.Case, err error) {
	err = x.c.call(func() error { v, err = x.Cases.Case(ctx, id); return err })
	return v, err
}

func (x crashCases) Find(
	ctx context.Context, f review.CaseFilter,
) (rows []review.Row, next string, err error) {
	err = x.c.call(func() error { rows, next, err = x.Cases.Find(ctx, f); return err })
	return rows, next, err
}

func (x crashCases) Open(ctx context.Context, v review.Case, first review.Entry) error {
	return x.c.call(func() error { return x.Cases.Open(ctx, v, first) })
}

func (x crashCases) Keep(ctx context.Context, o review.Outcome) error {
	return x.c.call(func() error { return x.Cases.Keep(ctx, o) })
}

type crashApps struct {
	c *crash
	a review.Apps
}

func (x crashApps) App(ctx context.Context, id string) (v review.App, err error) {
	err = x.c.call(func() error { v, err = x.a.App(ctx, id); return err })
	return v, err
}

func (x crashApps) Named(
	ctx context.Context, id string, p review.Platform,
) (v review.App, err error) {
	err = x.c.call(func() error { v, err = x.a.Named(ctx, id, p); return err })
	return v, err
}

func (x crashApps) Releases(ctx context.Context, app string) (v []review.Release, err error) {
	err = x.c.call(func() error { v, err = x.a.Releases(ctx, app); return err })
	return v, err
}

func (x crashApps) Add(ctx context.Context, a review.App, releases ...review.Release) error {
	return x.c.call(func() error { return x.a.Add(ctx, a, releases...) })
}

type crashSubmissions struct {
	c *crash
	s review.Submissions
}

func (x crashSubmissions) Submission(
	ctx context.Context, id string,
) (v review.Submission, err error) {
	err = x.c.call(func() error { v, err = x.s.Submission(ctx, id); return err })
	return v, err
}

func (x crashSubmissions) Keyed(
	ctx context.Context, account, key string,
) (v review.Submission, err error) {
	err = x.c.call(func() error { v, err = x.s.Keyed(ctx, account, key); return err })
	return v, err
}

func (x crashSubmissions) Add(ctx context.Context, s review.Submission) error {
	return x.c.call(func() error { return x.s.Add(ctx, s) })
}

func (x crashSubmissions) Scanned(ctx context.Context, id string, s review.Scan) error {
	return x.c.call(func() error { return x.s.Scanned(ctx, id, s) })
}

type crashFiles struct {
	c *crash
	f intake.Files
}

func (x crashFiles) Put(
	ctx context.Context, r io.Reader, limit int64,
) (sum string, size int64, err error) {
	err = x.c.call(func() error { sum, size, err = x.f.Put(ctx, r, limit); return err })
	return sum, size, err
}

func (x crashFiles) Open(ctx context.Context, sum string) (f intake.File, err error) {
	err = x.c.call(func() error { f, err = x.f.Open(ctx, sum); return err })
	return f, err
}

type crashQueue struct {
	c *crash
	q intake.Queue
}

func (x crashQueue) Scan(ctx context.Context, id string) error {
	return x.c.call(func() error { return x.q.Scan(ctx, id) })
}

// everywhere runs a step with a crash at each of its calls, before and behind it, and
// without one at the end. setup prepares the n-th trial; after looks at what is there
// once it was done to its end.
func everywhere(t *testing.T, trial func(t *testing.T, n int, c *crash)) {
	t.Helper()
	for n := 1; ; n++ {
		before, behind := &crash{at: n}, &crash{at: n, behind: true}
		trial(t, 2*n, before)
		trial(t, 2*n+1, behind)
		if t.Failed() {
			t.Fatalf("with a crash at call %d", n)
		}
		if !before.crashed {
			require.Greater(t, n, 3, "there was nothing to crash at")
			return
		}
	}
}

// ending is what people see of a case, without what differs from one to the next.
type ending struct {
	State, Rest review.CaseState
	Rev         int
	Route       review.Route
	Events      []review.Event
	Decisions   int
	Letters     int
	Releases    map[review.ReleaseState]int
	App         review.AppState
	AppRev      int
	Failed      bool
	Reports     int
}

func (r *room) ending(t *testing.T, id string) ending {
	t.Helper()
	c, s := r.caseOf(t, id), r.submission(t, id)
	e := ending{State: c.State, Rest: c.Rest, Rev: c.Rev, Route: c.Route,
		Events: r.events(t, id), Decisions: len(c.Decisions),
		Letters:  r.count(t, "letters", "case_id = ?", id),
		Releases: map[review.ReleaseState]int{}}
	if s.Scan != nil {
		e.Failed, e.Reports = s.Scan.Failed(), len(s.Scan.Reports)
	}
	if c.App == "" {
		return e
	}
	app, err := r.Apps.App(t.Context(), c.App)
	require.NoError(t, err)
	e.App, e.AppRev = app.Standing.State, app.Rev
	releases, err := r.Apps.Releases(t.Context(), c.App)
	require.NoError(t, err)
	for _, release := range releases {
		e.Releases[release.State]++
	}
	assert.Equal(t, 1, r.count(t, "apps", "package = ?", app.Package))
	return e
}

func TestScanSurvivesACrashAnywhere(t *testing.T) {
	t.Parallel()
	tests := map[string]func(t *testing.T, r *room, n int) string{
		"sampled": func(t *testing.T, r *room, n int) string {
			r.Policy.SampleRate = 1
			return r.submit(t, app{fmt.Sprintf("com.example.n%d", n), "1"}.upload(t)).Case
		},
		"same_version": func(t *testing.T, r *room, n int) string {
			id := fmt.Sprintf("com.example.n%d", n)
			r.Policy.AutoList = false
			r.scanned(t, app{id, "1"}.upload(t))
			return r.submit(t, app{id, "1"}.upload(t)).Case
		},
		"broken": func(t *testing.T, r *room, n int) string {
			u := app{fmt.Sprintf("com.example.n%d", n), "1"}.upload(t)
			u.Body = io.LimitReader(u.Body, int64(200+n))
			return r.submit(t, u).Case
		},
		"again_as_another": func(t *testing.T, r *room, n int) string {
			one := *r.Intake
			one.Analyzer = killed
			u := app{fmt.Sprintf("com.example.n%d", n), "1"}.upload(t)
			u.Declaration = app{fmt.Sprintf("com.example.declared%d", n), "1"}.declaration()
			s := r.submit(t, u)
			require.NoError(t, one.Scan(t.Context(), s.Case))
			require.NoError(t, r.Rescan(t.Context(), s.Case, lin))
			return s.Case
		},
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Databases(t, func(t *testing.T, db *store.DB) {
				r := newRoom(t, db)
				sound := prepare(t, r, 0)
				require.NoError(t, r.Scan(t.Context(), sound))
				want := r.ending(t, sound)
				everywhere(t, func(t *testing.T, n int, c *crash) {
					id := prepare(t, r, n)
					err := crashing(r.Intake, c).Scan(t.Context(), id)
					require.Equal(t, c.crashed, errors.Is(err, errCrash), "%v", err)
					require.NoError(t, r.Scan(t.Context(), id), "the job is done again")
					require.NoError(t, r.Scan(t.Context(), id), "and once more")
					assert.Empty(t, cmp.Diff(want, r.ending(t, id)))
				})
				_, err := r.log.Verify(t.Context())
				require.NoError(t, err)
			})
		})
	}
}

// TestScanSurvivesTheEndOfItsContextAnywhere stops the process politely.
func TestScanSurvivesTheEndOfItsContextAnywhere(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		want := ending{}
		for n := 1; ; n++ {
			s := r.submit(t, app{fmt.Sprintf("com.example.n%d", n), "1"}.upload(t))
			ctx, cancel := context.WithCancel(t.Context())
			c := &crash{at: n, cancel: cancel}
			err := crashing(r.Intake, c).Scan(ctx, s.Case)
			ended := ctx.Err() != nil
			cancel()
			if err != nil {
				require.ErrorIs(t, err, context.Canceled)
			}
			require.NoError(t, r.Scan(t.Context(), s.Case))
			got := r.ending(t, s.Case)
			if n == 1 {
				want = got
			}
			require.Empty(t, cmp.Diff(want, got), "ended at call %d", n)
			if !ended {
				require.Equal(t, review.CaseDecided, got.State)
				require.Greater(t, n, 3)
				return
			}
		}
	})
}

func TestSubmitSurvivesACrashAnywhere(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		everywhere(t, func(t *testing.T, n int, c *crash) {
			hand := func(i *intake.Intake) (review.Submission, bool, error) {
				u := app{"com.example.crash", fmt.Sprint(n)}.upload(t)
				u.Key = fmt.Sprint("build-", n)
				return i.Submit(t.Context(), u)
			}
			first, _, err := hand(crashing(r.Intake, c))
			require.Equal(t, c.crashed, errors.Is(err, errCrash), "%v", err)
			if err != nil {
				require.Zero(t, first)
			}
			there := r.count(t, "submissions", "key = ?", fmt.Sprint("build-", n))
			s, again, err := hand(r.Intake)
			require.NoError(t, err)
			assert.Equal(t, there == 1, again, "what is there is there whole")
			assert.Equal(t, 1, r.count(t, "submissions", "case_id = ?", s.Case))
			assert.Equal(t, []review.Event{review.EventOpen}, r.events(t, s.Case))
			assert.Equal(t, r.count(t, "submissions", "1 = 1"), r.count(t, "cases", "1 = 1"))
			assert.Equal(t, r.count(t, "submissions", "1 = 1"),
				r.count(t, "river_job", "kind = 'scan'"))
			f, err := r.Files.Open(t.Context(), s.SHA256)
			require.NoError(t, err)
			require.NoError(t, f.Close())
		})
	})
}

func TestDeadAndRescanSurviveACrashAnywhere(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		var want ending
		everywhere(t, func(t *testing.T, n int, c *crash) {
			s := r.submit(t, app{fmt.Sprintf("com.example.n%d", n), "1"}.upload(t))
			err := crashing(r.Intake, c).Dead(t.Context(), s.Case, "gone")
			require.Equal(t, c.crashed, errors.Is(err, errCrash), "%v", err)
			require.NoError(t, r.Dead(t.Context(), s.Case, "gone"))
			got := r.ending(t, s.Case)
			if want.State == "" {
				want = got
			}
			assert.Equal(t, review.CaseScanFailed, got.State)
			assert.Empty(t, cmp.Diff(want, got))
		})
		everywhere(t, func(t *testing.T, n int, c *crash) {
			s := r.submit(t, app{fmt.Sprintf("com.example.r%d", n), "1"}.upload(t))
			require.NoError(t, r.Dead(t.Context(), s.Case, "gone"))
			jobs := r.count(t, "river_job", "1 = 1")
			err := crashing(r.Intake, c).Rescan(t.Context(), s.Case, lin)
			require.Equal(t, c.crashed, errors.Is(err, errCrash), "%v", err)
			scanning := r.caseOf(t, s.Case).State == review.CaseScanning
			added := r.count(t, "river_job", "1 = 1") - jobs
			assert.Equal(t, scanning, added == 1, "the case moves with its job")
			require.NoError(t, r.Scan(t.Context(), s.Case))
			assert.Equal(t, review.CaseDecided, r.caseOf(t, s.Case).State)
		})
	})
}
