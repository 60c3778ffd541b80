package intake_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/facts"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/intake"
	"github.com/listgate/listgate/review/report"
)

var steps = app{"com.example.steps", "2.1"}

func TestClearPackageIsListedByThePolicy(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		c := r.scanned(t, steps.upload(t))
		assert.Equal(t, review.CaseDecided, c.State)
		assert.Equal(t, review.Clear, c.Route)
		assert.Empty(t, c.Capabilities)
		require.Len(t, c.Decisions, 1)
		d := c.Decisions[0]
		assert.True(t, d.Automated)
		assert.False(t, d.Sampled)
		assert.Equal(t, review.MeasureList, d.Measure)
		assert.Equal(t, "test-1", d.Made.Policy)
		app, err := r.Apps.App(t.Context(), c.App)
		require.NoError(t, err)
		assert.Equal(t, "com.example.steps", app.Package)
		assert.Equal(t, "记事本", app.Name)
		assert.Equal(t, "示例科技（北京）有限公司", app.Provider)
		assert.Equal(t, review.AppListed, app.Standing.State)
		releases, err := r.Apps.Releases(t.Context(), app.ID)
		require.NoError(t, err)
		require.Len(t, releases, 1)
		assert.Equal(t, c.Release, releases[0].ID)
		assert.Equal(t, "2.1 (7)", releases[0].Version)
		assert.Equal(t, review.Android, releases[0].Platform)
		assert.Equal(t, review.ReleaseListed, releases[0].State)
		assert.Equal(t, []review.Event{review.EventOpen, review.EventScanStarted,
			review.EventScanDone, "list"}, r.events(t, c.ID))
		letters, err := r.letters.Letters(t.Context(), c.ID)
		require.NoError(t, err)
		require.Len(t, letters, 1)
		assert.Contains(t, letters[0].ZH, "准予上架")
		assert.Contains(t, letters[0].ZH, "com.example.steps")
		assert.Contains(t, letters[0].EN, "Example Store")
		verified, err := r.log.Verify(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 2, verified.Size, "the decision and the letter")
		r.assertScan(t, c)
	})
}

// assertScan holds what a scan left against what the case says of it.
func (r *room) assertScan(t *testing.T, c review.Case) {
	t.Helper()
	scan := r.submission(t, c.ID).Scan
	require.NotNil(t, scan)
	f, err := facts.Read(r.open(t, scan.Facts))
	require.NoError(t, err)
	digest, err := facts.Digest(f)
	require.NoError(t, err)
	assert.Equal(t, digest, c.Made.Facts)
	assert.Equal(t, r.Law.ID, c.Made.Law)
	assert.Equal(t, r.Law.Law.Digest, c.Made.Digest)
	assert.Equal(t, r.Judge(f).Rules.Digest, c.Made.Rules)
	assert.NotEmpty(t, c.Made.Snapshots)
	require.Len(t, scan.Reports, 2)
	for _, lang := range []string{"zh", "en"} {
		d := r.report(t, c.ID, lang)
		assert.Equal(t, c.Route, d.Route)
		assert.Equal(t, digest, d.Facts.Digest)
		assert.Equal(t, "2026-11-23", d.AsOf, "in China it is the same day")
		assert.Equal(t, "listgate test", d.Tool)
	}
}

func (r *room) open(t *testing.T, sha256 string) io.Reader {
	t.Helper()
	f, err := r.Files.Open(t.Context(), sha256)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

func (r *room) report(t *testing.T, caseID, lang string) *report.Document {
	t.Helper()
	var d report.Document
	stored := r.open(t, r.submission(t, caseID).Scan.Reports[lang])
	require.NoError(t, json.NewDecoder(stored).Decode(&d))
	return &d
}

func TestListingThatIsDrawnGoesToAPerson(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		r.Policy.SampleRate = 1
		c := r.scanned(t, steps.upload(t))
		assert.Equal(t, review.CaseReopened, c.State)
		require.Len(t, c.Decisions, 1)
		assert.True(t, c.Decisions[0].Sampled)
		entries, err := r.Cases.History(t.Context(), c.ID)
		require.NoError(t, err)
		last := entries[len(entries)-1]
		assert.Equal(t, review.EventReopen, last.On)
		assert.Contains(t, last.Note, "test-1")
		app, err := r.Apps.App(t.Context(), c.App)
		require.NoError(t, err)
		assert.Equal(t, review.AppListed, app.Standing.State, "it is listed all the same")
		out, err := review.TakeClaim(c, lin, monday, time.Hour)
		require.NoError(t, err)
		require.NoError(t, r.Cases.Keep(t.Context(), out))
	})
}

func TestWhatWaitsForAPerson(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		upload func(*testing.T) intake.Upload
		policy review.Policy
		want   review.Route
		has    analyzer.CapabilityID
	}{
		{"capability", named("faceswap-android"), review.Policy{}, review.Review,
			analyzer.FaceSwap},
		{"capability_ios", named("deepar-ios"), review.Policy{}, review.Review, ""},
		{"packer", named("packed-android"), review.Policy{}, review.CannotTell, ""},
		{"gap_over_code", named("hostile/dex-truncated"), review.Policy{}, review.CannotTell, ""},
		{"manifest_unread", named("hostile/manifest-truncated"), review.Policy{},
			review.CannotTell, ""},
		{"no_declaration", named("plain-android"), review.Policy{Version: "p", AutoList: true},
			review.Clear, ""},
		{"policy_lists_nothing", sound(steps), review.Policy{Version: "p"}, review.Clear, ""},
	}
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		for _, test := range tests {
			r.Policy = test.policy
			c := r.scanned(t, test.upload(t))
			assert.Equal(t, review.CaseWaiting, c.State, test.name)
			assert.Equal(t, test.want, c.Route, test.name)
			assert.NotEmpty(t, c.Made.Facts, test.name)
			assert.Empty(t, c.Decisions, test.name)
			assert.NotEmpty(t, c.App, test.name)
			if test.has != "" {
				assert.Contains(t, c.Capabilities, test.has, test.name)
			}
		}
		rows, _, err := r.Cases.Find(t.Context(), review.CaseFilter{})
		require.NoError(t, err)
		for _, row := range rows {
			assert.NotEmpty(t, row.Name)
			assert.NotEmpty(t, row.Package)
		}
	})
}

func named(fixtureName string) func(*testing.T) intake.Upload {
	return func(t *testing.T) intake.Upload { return fixture(t, fixtureName) }
}

func sound(a app) func(*testing.T) intake.Upload {
	return func(t *testing.T) intake.Upload { return a.upload(t) }
}

func TestSeverityIsTheGravestOfWhatIsUnmet(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		u := steps.upload(t)
		u.Declaration = strings.Replace(u.Declaration, "version: 2.1", "version: 9", 1)
		c := r.scanned(t, u)
		assert.Equal(t, review.CaseWaiting, c.State)
		assert.Equal(t, review.Blocked, c.Route, "the declaration is for another version")
		assert.Equal(t, review.SeverityB, c.Severity)

		v := app{"com.example.other", "1"}.upload(t)
		v.Declaration = strings.Replace(v.Declaration, "purpose: 记录每日步数。\n", "", 1)
		assert.NotEmpty(t, r.scanned(t, v).Severity)

		w := app{"com.example.third", "1"}.upload(t)
		w.Declaration = ""
		assert.Empty(t, r.scanned(t, w).Severity, "what is unclear without a declaration")
	})
}

func TestWithdrawnWhileItIsScanned(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		s := r.submit(t, steps.upload(t))
		r.Analyzer = func(ctx context.Context, f intake.File) (*analyzer.Facts, error) {
			c, err := r.Cases.Case(ctx, s.Case)
			if err != nil {
				return nil, err
			}
			out, err := review.Withdraw(c, review.Release{State: review.ReleaseSubmitted},
				review.Entry{At: monday, By: maker})
			out.Releases = nil // no scan has told a release
			if err := errors.Join(err, r.Cases.Keep(ctx, out)); err != nil {
				return nil, err
			}
			return r.analyse(ctx, f)
		}
		require.NoError(t, r.Scan(t.Context(), s.Case))
		c := r.caseOf(t, s.Case)
		assert.Equal(t, review.CaseClosed, c.State)
		assert.Empty(t, c.App)
		assert.Nil(t, r.submission(t, s.Case).Scan)
		require.NoError(t, r.Dead(t.Context(), s.Case, "late"))
		assert.Equal(t, review.CaseClosed, r.caseOf(t, s.Case).State)
	})
}

var errDisk = errors.New("the disk is gone")

func TestWhatCannotBeSaidNowIsTriedAgain(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		s := r.submit(t, steps.upload(t))
		fails := func(want string, edit func(i *intake.Intake)) {
			one := *r.Intake
			edit(&one)
			require.ErrorContains(t, one.Scan(t.Context(), s.Case), want)
			assert.Equal(t, review.CaseScanning, r.caseOf(t, s.Case).State)
			assert.Zero(t, r.count(t, "apps", "1 = 1"))
		}
		fails("the disk is gone", func(i *intake.Intake) {
			i.Analyzer = func(context.Context, intake.File) (*analyzer.Facts, error) {
				return nil, errDisk
			}
		})
		fails("no facts", func(i *intake.Intake) {
			i.Analyzer = func(context.Context, intake.File) (*analyzer.Facts, error) {
				return nil, nil
			}
		})
		fails("have the digest abc", func(i *intake.Intake) {
			i.Analyzer = func(context.Context, intake.File) (*analyzer.Facts, error) {
				return &analyzer.Facts{Package: analyzer.Package{SHA256: "abc"}}, nil
			}
		})
		fails("the database is gone", func(i *intake.Intake) {
			i.Registry = func(context.Context) registry.Lookup {
				return silent{r.Registry(t.Context())}
			}
		})
		require.ErrorIs(t, r.Scan(t.Context(), newID()), review.ErrNotFound)
		require.NoError(t, r.Scan(t.Context(), s.Case))
		assert.Equal(t, review.CaseDecided, r.caseOf(t, s.Case).State)
	})
}

// silent is a lookup whose database does not answer.
type silent struct{ registry.Lookup }

func (silent) Err() error { return errors.New("the database is gone") }

// counting counts what is asked.
type counting struct {
	registry.Lookup
	asked map[string]int
}

func (c counting) Find(series registry.Series, number, asOf string) registry.Reply {
	c.asked[string(series)+" "+number+" "+asOf]++
	return c.Lookup.Find(series, number, asOf)
}

func TestEachQuestionIsAskedOnce(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		lists := counting{r.Registry(t.Context()), map[string]int{}}
		r.Registry = func(context.Context) registry.Lookup { return lists }
		u := fixture(t, "faceswap-android")
		u.Declaration = `schema: listgate.declaration/v1
app: {id: com.example.swap, version: 1.0}
synthesis: {offered: yes, capabilities: [face_swap]}
filings: [{series: algorithm, number: 网信算备110108823483901230015号}]
`
		r.scanned(t, u)
		assert.NotEmpty(t, lists.asked)
		for question, n := range lists.asked {
			assert.Equal(t, 1, n, question)
		}
	})
}

func TestDeclarationThatIsNoLongerReadCountsAsNone(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		s := r.submit(t, steps.upload(t))
		require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
			return db.From(ctx).Exec("UPDATE submissions SET declaration = 'schema: old/v0'").Error
		}))
		require.NoError(t, r.Scan(t.Context(), s.Case))
		c := r.caseOf(t, s.Case)
		assert.Equal(t, review.CaseWaiting, c.State)
		entries, err := r.Cases.History(t.Context(), s.Case)
		require.NoError(t, err)
		assert.Contains(t, entries[len(entries)-1].Note, "声明未能读取")
	})
}

func TestReportsDifferInLanguageAlone(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		r := newRoom(t, db)
		c := r.scanned(t, fixture(t, "faceswap-android"))
		zh, en := r.report(t, c.ID, "zh"), r.report(t, c.ID, "en")
		assert.NotEqual(t, zh.Registry.Coverage, en.Registry.Coverage)
		assert.Empty(t, cmp.Diff(zh.Capabilities, en.Capabilities))
		assert.Empty(t, cmp.Diff(zh.Stats, en.Stats))
	})
}
