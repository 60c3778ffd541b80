package store_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/ledger"
	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/review/store"
	"github.com/listgate/listgate/review/workdays"
)

var (
	lin   = review.Actor{ID: "u-lin", Name: "林审核", Role: review.RoleReviewer}
	zhou  = review.Actor{ID: "u-zhou", Name: "周审核", Role: review.RoleReviewer}
	chen  = review.Actor{ID: "u-chen", Name: "陈高级", Role: review.RoleSenior}
	wu    = review.Actor{ID: "u-wu", Name: "吴高级", Role: review.RoleSenior}
	maker = review.Actor{ID: "u-dev", Name: "示例公司", Role: review.RoleDeveloper}
	robot = review.Actor{ID: "daily", Name: "daily", Role: review.RolePipeline}
)

const (
	why   = "安装包含有换脸能力，所填备案编号属于技术支持者，不能证明提供者已经备案。"
	lease = 30 * time.Minute
	day   = 24 * time.Hour
)

// monday is a Monday morning in China.
var monday = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// house is a store with what decisions rest on, and a clock that is set by hand.
type house struct {
	*store.Store
	db       *database.DB
	log      *ledger.Log
	edition  *law.Edition
	calendar review.Calendar
	now      time.Time
	ids      int
}

func newHouse(t *testing.T, db *database.DB) *house {
	t.Helper()
	e, err := law.Load("2026-11")
	require.NoError(t, err)
	days, err := workdays.Load()
	require.NoError(t, err)
	log := ledger.New(database.NewLedger(db), rand.Reader)
	return &house{Store: store.Open(db, log), db: db, log: log, edition: e, calendar: days,
		now: monday}
}

// houses runs test in a house of its own on each kind of database.
func houses(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Databases(t, func(t *testing.T, db *database.DB) { test(t, newHouse(t, db)) })
}

func (h *house) id(kind string) string {
	h.ids++
	return fmt.Sprintf("%s-%04d", kind, h.ids)
}

func (h *house) pass(d time.Duration) { h.now = h.now.Add(d) }

// listedApp adds an application that is listed on two platforms, with an update.
func (h *house) listedApp(t *testing.T, name, packageID string) (review.App, []review.Release) {
	t.Helper()
	a := review.App{ID: h.id("a"), Package: packageID, Name: name, Provider: "示例科技有限公司",
		Standing: review.Standing{State: review.AppListed}}
	releases := []review.Release{
		{ID: h.id("r"), App: a.ID, Platform: review.Android, Version: "1.9",
			State: review.ReleaseListed},
		{ID: h.id("r"), App: a.ID, Platform: review.IOS, Version: "1.9",
			State: review.ReleaseListed},
		{ID: h.id("r"), App: a.ID, Platform: review.Android, Version: "1.10",
			State: review.ReleaseSubmitted},
	}
	require.NoError(t, h.Apps().Add(t.Context(), a, releases...))
	return a, releases
}

func (h *house) newCase(app, release string, state review.CaseState) review.Case {
	return review.Case{
		ID: h.id("c"), App: app, Release: release, Stage: review.StageSubmission,
		Origin: review.OriginSubmission, Route: review.Blocked,
		Place: review.Place{State: state}, Severity: review.SeverityB,
		Made: review.MadeOn{Law: h.edition.ID, Digest: h.edition.Law.Digest, Rules: "r0",
			Facts: "f0", Snapshots: []review.SnapshotRef{{Source: "algorithm.csv",
				Published: "2026-10-30", SHA256: "aa"}}},
		Times: review.Times{Received: h.now.Add(-5 * time.Hour),
			Opened: h.now.Add(-4 * time.Hour)},
		Due: h.now.Add(3 * day),
	}
}

// waiting opens a case about the update of an application of its own.
func (h *house) waiting(t *testing.T) review.Case {
	t.Helper()
	a, releases := h.listedApp(t, "换脸相机", "com.example."+h.id("p"))
	c := h.newCase(a.ID, releases[2].ID, review.CaseWaiting)
	h.open(t, c)
	return h.read(t, c.ID)
}

func (h *house) open(t *testing.T, c review.Case) {
	t.Helper()
	require.NoError(t, h.Cases().Open(t.Context(), c, review.Entry{At: h.now, By: robot,
		On: review.EventScanDone, To: c.State}))
}

func (h *house) read(t *testing.T, id string) review.Case {
	t.Helper()
	c, err := h.Cases().Case(t.Context(), id)
	require.NoError(t, err)
	return c
}

// keep stores an outcome, reads everything of it again and compares. It returns the
// case as it is stored.
func (h *house) keep(t *testing.T, o review.Outcome, err error) review.Case {
	t.Helper()
	require.NoError(t, err)
	require.NoError(t, h.Cases().Keep(t.Context(), o))
	want := o.Case
	if len(o.Entries) > 0 {
		want.Rev++
	}
	got := h.read(t, want.ID)
	require.Empty(t, cmp.Diff(want, got, cmpopts.EquateEmpty()))
	if o.App != nil {
		app, err := h.Apps().App(t.Context(), o.App.ID)
		require.NoError(t, err)
		want := *o.App
		want.Rev++
		require.Empty(t, cmp.Diff(want, app, cmpopts.EquateEmpty()))
	}
	history, err := h.Cases().History(t.Context(), want.ID)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(o.Entries, history[len(history)-len(o.Entries):],
		cmpopts.EquateEmpty()))
	return got
}

func (h *house) claimed(t *testing.T, c review.Case, by review.Actor) review.Case {
	t.Helper()
	out, err := review.TakeClaim(c, by, h.now, lease)
	return h.keep(t, out, err)
}

// edit changes one thing of a decision to be made.
type edit func(in *review.DecisionInput)

func measure(m review.Measure, s review.Scope) edit {
	return func(in *review.DecisionInput) {
		in.Proposal.Act = review.Act{Measure: m, Scope: s}
		if m.Needs().Remedy {
			in.Proposal.Remedy.ZH = "提供者办理备案并填写自己的编号。"
		}
		if s == review.ScopeFunction {
			in.Proposal.Function = "换脸"
		}
		if s == review.ScopeVersions {
			in.Proposal.Versions = []string{in.Releases[0].ID}
		}
	}
}

func consequence(m review.Measure, s review.Scope) edit {
	return func(in *review.DecisionInput) {
		in.Proposal.Consequence = &review.Act{Measure: m, Scope: s}
	}
}

func emergency(o *review.Order) edit {
	return func(in *review.DecisionInput) { in.Proposal.Emergency = &review.Emergency{Order: o} }
}

// deciding is a decision on a claimed case by who has it: to refuse it, as it stands.
func (h *house) deciding(t *testing.T, c review.Case, edits ...edit) review.DecisionInput {
	t.Helper()
	app, err := h.Apps().App(t.Context(), c.App)
	require.NoError(t, err)
	releases, err := h.Apps().Releases(t.Context(), c.App)
	require.NoError(t, err)
	in := review.DecisionInput{
		ID: h.id("d"), Case: c, App: app, Releases: releases, Rev: c.Rev, By: c.Claim.By,
		Proposal: review.Proposal{
			Act: review.Act{Measure: review.MeasureRefuse},
			Grounds: review.Grounds{Articles: []string{"dsp 19(1)"},
				Obligations: []string{"FI-01"}},
			Evidence: []review.Pointer{{Kind: review.PointCheck, ID: "FI-01"}},
			Reason:   why,
			Note:     "内部备注",
		},
		Known: review.Known{review.PointCheck: {"FI-01"}},
		Law:   h.edition.Law, Articles: h.edition, Calendar: h.calendar,
		Policy: review.Policy{Version: "2026-11-01"}, Now: h.now,
	}
	for _, e := range edits {
		e(&in)
	}
	return in
}

// decided is a case with a decision, by claim.
func (h *house) decided(t *testing.T, by review.Actor, edits ...edit) review.Case {
	t.Helper()
	c := h.claimed(t, h.waiting(t), by)
	out, err := review.Decide(h.deciding(t, c, edits...))
	return h.keep(t, out, err)
}

// following is what follows the last decision of a case.
func (h *house) following(t *testing.T, c review.Case, by review.Actor) review.FollowUp {
	t.Helper()
	in := h.deciding(t, c)
	return review.FollowUp{Case: c, App: in.App, Releases: in.Releases,
		Decision: c.Decisions[len(c.Decisions)-1].ID, Rev: c.Rev, By: by, Note: why,
		WorkingDays: 5, Calendar: h.calendar, Now: h.now}
}

// query reads text from the database, one column.
func (h *house) query(t *testing.T, sql string, args ...any) []string {
	t.Helper()
	var out []string
	require.NoError(t, h.db.From(t.Context()).Raw(sql, args...).Scan(&out).Error)
	return out
}

// entries are the bodies of the ledger about a case, as kind: body.
func (h *house) entries(t *testing.T, subject string) []string {
	t.Helper()
	return h.query(t, "SELECT kind || ': ' || body FROM ledger_rows WHERE subject = ? ORDER BY seq",
		subject)
}

func (h *house) kinds(t *testing.T, subject string) []string {
	t.Helper()
	out := []string{}
	for _, e := range h.entries(t, subject) {
		kind, _, _ := strings.Cut(e, ":")
		out = append(out, kind)
	}
	return out
}

// problem returns the only problem of a refusal.
func problem(t *testing.T, err error) review.Problem {
	t.Helper()
	var refusal *review.Refusal
	require.ErrorAs(t, err, &refusal)
	require.Len(t, refusal.Problems, 1)
	require.NotEmpty(t, refusal.Problems[0].Message.ZH)
	require.NotEmpty(t, refusal.Problems[0].Message.EN)
	require.NotContains(t, err.Error(), "SQLSTATE")
	return refusal.Problems[0]
}
