package intake_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/intake"
)

// broken are packages that cannot be analysed.
func broken(t *testing.T) map[string][]byte {
	t.Helper()
	whole := steps.pack(t)
	return map[string][]byte{
		"noise":         bytes.Repeat([]byte{0x9c, 0x01, 0xf7, 0x33}, 999),
		"text":          []byte("this is no package"),
		"truncated_zip": whole[:len(whole)/2],
		"one_byte":      {'P'},
	}
}

func TestBrokenPackageFailsItsScan(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		for name, data := range broken(t) {
			c := r.scanned(t, intake.Upload{File: name + ".ipa", Body: bytes.NewReader(data),
				By: maker})
			assert.Equal(t, review.CaseScanFailed, c.State, name)
			assert.Equal(t, review.CannotTell, c.Route, name)
			assert.Empty(t, c.Made.Facts, name)
			s := r.submission(t, c.ID)
			require.True(t, s.Scan.Failed(), name)
			assert.Contains(t, s.Scan.Failure.ZH, "安装包无法分析：不是可识别的安装包格式", name)
			assert.Contains(t, s.Scan.Failure.EN, "not a package format", name)
			assert.Empty(t, s.Scan.Facts, name)
			assert.NotEmpty(t, r.report(t, c.ID, "zh").Gaps, name)
			assert.Equal(t, s.SHA256, r.report(t, c.ID, "zh").Package.SHA256, name)
			app, err := r.Apps.App(t.Context(), c.App)
			require.NoError(t, err)
			assert.Equal(t, name+".ipa", app.Name)
			assert.Equal(t, "sha256:"+s.SHA256, app.Package)
			r.assertRefusable(t, c)
		}
	})
}

// assertRefusable holds a failed case to what people may do with it: refuse, not list.
func (r *room) assertRefusable(t *testing.T, c review.Case) {
	t.Helper()
	out, err := review.TakeClaim(c, lin, monday, time.Hour)
	require.NoError(t, err)
	require.NoError(t, r.Cases.Keep(t.Context(), out))
	in := review.DecisionInput{
		ID: newID(), Case: r.caseOf(t, c.ID), Rev: c.Rev + 1, By: lin, Law: r.Law.Law,
		Articles: r.Law, Calendar: r.Calendar, Policy: r.Policy, Now: monday,
		Known: review.Known{review.PointScan: {"scan"}},
	}
	in.App, err = r.Apps.App(t.Context(), c.App)
	require.NoError(t, err)
	in.Releases, err = r.Apps.Releases(t.Context(), c.App)
	require.NoError(t, err)
	in.Proposal = review.Proposal{
		Act:      review.Act{Measure: review.MeasureList},
		Grounds:  review.Grounds{Articles: []string{"dsp 13"}},
		Evidence: []review.Pointer{{Kind: review.PointScan, ID: "scan"}},
		Reason:   "安装包无法读取，不能确认其中是否含有深度合成功能。",
	}
	_, err = review.Decide(in)
	var refusal *review.Refusal
	require.ErrorAs(t, err, &refusal)
	assert.True(t, refusal.Has("not-analysed"), "%v", err)
	in.Proposal.Act.Measure = review.MeasureRefuse
	decided, err := review.Decide(in)
	require.NoError(t, err)
	require.NoError(t, r.Cases.Keep(t.Context(), decided))
	assert.Equal(t, review.CaseDecided, r.caseOf(t, c.ID).State)
}

// killed is what the parent says of a child that was killed.
func killed(context.Context, intake.File) (*analyzer.Facts, error) {
	return &analyzer.Facts{
		Schema: analyzer.FactsSchema, Package: analyzer.Package{Format: analyzer.Unknown},
		Gaps: []analyzer.Gap{{Reason: analyzer.GapPanic, Detail: "out of memory: 64 MiB allowed",
			Code: true}},
	}, nil
}

func TestKilledChildFailsTheScanAndAPersonAsksAgain(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		r.Analyzer = killed
		u := steps.upload(t)
		u.Declaration = strings.Replace(u.Declaration, "steps", "strides", 1)
		c := r.scanned(t, u)
		assert.Equal(t, review.CaseScanFailed, c.State)
		guessed, err := r.Apps.App(t.Context(), c.App)
		require.NoError(t, err)
		assert.Equal(t, "com.example.strides", guessed.Package, "as declared")
		assert.Contains(t, r.submission(t, c.ID).Scan.Failure.EN, "64 MiB")
		require.NoError(t, r.Scan(t.Context(), c.ID))
		assert.Equal(t, c.Rev, r.caseOf(t, c.ID).Rev, "the job again changes nothing")

		r.Analyzer = r.analyse
		require.NoError(t, r.Rescan(t.Context(), c.ID, lin))
		assert.Equal(t, review.CaseScanning, r.caseOf(t, c.ID).State)
		assert.Equal(t, 2, r.count(t, "river_job", "kind = 'scan'"))
		require.NoError(t, r.Scan(t.Context(), c.ID))
		c = r.caseOf(t, c.ID)
		assert.Equal(t, review.CaseWaiting, c.State)
		told, err := r.Apps.App(t.Context(), c.App)
		require.NoError(t, err)
		assert.Equal(t, "com.example.steps", told.Package, "as the package says")
		left, err := r.Apps.Releases(t.Context(), guessed.ID)
		require.NoError(t, err)
		assert.Empty(t, left, "nobody waits for the release that was guessed")
		assert.Equal(t, []review.Event{review.EventOpen, review.EventScanStarted,
			review.EventScanFailed, review.EventScanStarted, review.EventSupersede,
			review.EventScanDone}, r.events(t, c.ID))
		r.assertScan(t, c)
	})
}

func TestScanAgainKeepsThePlaceThatItKnows(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		r.Analyzer = killed
		c := r.scanned(t, steps.upload(t))
		require.NoError(t, r.Rescan(t.Context(), c.ID, admin))
		require.NoError(t, r.Dead(t.Context(), c.ID, "disk is gone"))
		again := r.caseOf(t, c.ID)
		assert.Equal(t, c.App, again.App)
		assert.Equal(t, c.Release, again.Release)

		r.Analyzer = r.analyse
		require.NoError(t, r.Rescan(t.Context(), c.ID, lin))
		require.NoError(t, r.Scan(t.Context(), c.ID))
		done := r.caseOf(t, c.ID)
		assert.Equal(t, c.App, done.App, "the declaration named it")
		app, err := r.Apps.App(t.Context(), done.App)
		require.NoError(t, err)
		assert.Equal(t, "com.example.steps", app.Package)
		assert.Equal(t, 1, r.count(t, "apps", "1 = 1"))
		assert.Equal(t, c.Release, done.Release)
		assert.Equal(t, 1, r.count(t, "releases", "version = '2.1 (7)'"), "as the package says")
		assert.Equal(t, 1, r.count(t, "cases", "version = '2.1 (7)'"))
	})
}

func TestRescanIsForPeopleAndForWhatFailed(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		waiting := r.scanned(t, fixture(t, "faceswap-android"))
		require.ErrorIs(t, r.Rescan(t.Context(), waiting.ID, lin), review.ErrConflict)
		require.ErrorIs(t, r.Rescan(t.Context(), newID(), lin), review.ErrNotFound)
		r.Analyzer = killed
		failed := r.scanned(t, steps.upload(t))
		for _, who := range []review.Actor{maker, {}, {ID: "a", Role: review.RoleAuditor},
			{ID: "robot", Role: review.RolePipeline}} {
			require.ErrorIs(t, r.Rescan(t.Context(), failed.ID, who), review.ErrForbidden, who.Role)
		}
		assert.Equal(t, 2, r.count(t, "river_job", "kind = 'scan'"))
		assert.Equal(t, failed.Rev, r.caseOf(t, failed.ID).Rev)
		var wait sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wait.Go(func() { errs[i] = r.Rescan(t.Context(), failed.ID, lin) })
		}
		wait.Wait()
		assert.Equal(t, 3, r.count(t, "river_job", "kind = 'scan'"), "one of them was first")
		for _, err := range errs {
			assert.True(t, err == nil || errors.Is(err, review.ErrConflict), "%v", err)
		}
	})
}

func TestDeadJobLosesNothing(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		s := r.submit(t, steps.upload(t))
		dead := func() {
			require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
				return r.Dead(ctx, s.Case, "open /srv/blobs/ab: no space left\non device")
			}))
		}
		dead()
		c := r.caseOf(t, s.Case)
		assert.Equal(t, review.CaseScanFailed, c.State)
		assert.Equal(t, review.CannotTell, c.Route)
		scan := r.submission(t, s.Case).Scan
		assert.Contains(t, scan.Failure.ZH, "检测多次未能完成")
		assert.NotContains(t, scan.Failure.EN, "/srv", "developers may read it")
		entries, err := r.Cases.History(t.Context(), s.Case)
		require.NoError(t, err)
		assert.Contains(t, entries[len(entries)-1].Note, "no space left on device")
		dead()
		assert.Equal(t, c.Rev, r.caseOf(t, s.Case).Rev, "it is recorded once")
		require.NoError(t, r.Dead(t.Context(), newID(), "a case that is not there"))

		require.NoError(t, r.Scan(t.Context(), s.Case), "the dead job is tried once more")
		done := r.caseOf(t, s.Case)
		assert.Equal(t, review.CaseDecided, done.State)
		assert.Equal(t, c.App, done.App)
		dead()
		assert.Equal(t, done.Rev, r.caseOf(t, s.Case).Rev, "what has ended does not fail")

		other := r.submit(t, app{"com.example.dead", "1"}.upload(t))
		require.NoError(t, r.Dead(t.Context(), other.Case, "gone"))
		r.assertRefusable(t, r.caseOf(t, other.Case))
	})
}
