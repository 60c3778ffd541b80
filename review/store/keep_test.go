package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/review"
)

func TestOpenKeepsAll(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		a, releases := h.listedApp(t, "换脸相机", "com.example.swap")
		for _, state := range review.CaseStates() {
			c := h.newCase(a.ID, "", state)
			c.Rest = review.CaseAppealed
			c.Claim = review.Claim{By: lin, Until: h.now.Add(lease)}
			c.Capabilities = []analyzer.CapabilityID{"face-swap", "voice-clone"}
			c.Times.Published, c.Times.Known = h.now.Add(-day), h.now.Add(-time.Hour)
			h.open(t, c)
			assert.Empty(t, cmp.Diff(c, h.read(t, c.ID)))
		}
		bare := review.Case{ID: "c-bare", Place: review.Place{State: review.CaseReceived}}
		h.open(t, bare)
		assert.Empty(t, cmp.Diff(bare, h.read(t, bare.ID)), "what is empty stays empty")
		require.NoError(t, h.Cases().Open(t.Context(), h.newCase(a.ID, releases[2].ID,
			review.CaseWaiting), review.Entry{At: h.now, By: robot, To: review.CaseWaiting}))
	})
}

func TestEveryActIsKept(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		for _, act := range review.Acts() {
			if act.Measure == review.MeasureReinstate {
				continue // below
			}
			c := h.claimed(t, h.waiting(t), chen)
			out, err := review.Decide(h.deciding(t, c, measure(act.Measure, act.Scope)))
			c = h.keep(t, out, err)
			assert.Equal(t, []string{"decision"}, h.kinds(t, c.ID), act.Event())
			if !act.Measure.Needs().Second {
				continue
			}
			h.pass(time.Hour)
			out, err = review.Approve(h.following(t, c, wu))
			c = h.keep(t, out, err)
			out, err = review.ConfirmEffect(h.following(t, c, robot))
			c = h.keep(t, out, err)
			assert.Equal(t, []string{"decision", "approval", "effect"}, h.kinds(t, c.ID))
		}
	})
}

// TestEveryFollowUpIsKept takes decisions along each of their ways.
func TestEveryFollowUpIsKept(t *testing.T) {
	t.Parallel()
	suspend := measure(review.MeasureSuspend, review.ScopeDownloads)
	order := &review.Order{Authority: "某市互联网信息办公室", Reference: "网信办函〔2026〕12号"}
	type step struct {
		after time.Duration
		by    review.Actor
		act   func(review.FollowUp) (review.Outcome, error)
	}
	ways := map[string]struct {
		made []edit
		way  []step
		want []string
	}{
		"rejected": {[]edit{suspend}, []step{{0, wu, review.Reject}},
			[]string{"decision", "approval"}},
		"retracted": {[]edit{suspend}, []step{{0, chen, review.Retract}},
			[]string{"decision", "approval"}},
		"ratified": {[]edit{suspend, emergency(nil)}, []step{{0, wu, review.Ratify}},
			[]string{"decision", "approval"}},
		"lapsed": {[]edit{suspend, emergency(nil)}, []step{{2 * day, robot, review.Unratified},
			{0, robot, review.ConfirmEffect}}, []string{"decision", "effect", "effect"}},
		"escalated": {[]edit{suspend, emergency(order)}, []step{{2 * day, robot,
			review.Unratified}}, []string{"decision", "effect"}},
		"fell_due": {[]edit{measure(review.MeasureWarn, ""), consequence(review.MeasureRemove, "")},
			[]step{{0, wu, review.Approve}, {0, zhou, review.Extend},
				{200 * day, robot, review.FallDue}},
			[]string{"decision", "approval", "effect", "effect"}},
		"overdue": {[]edit{measure(review.MeasureWarn, "")}, []step{{60 * day, robot,
			review.FallDue}}, []string{"decision", "effect"}},
		"answer_due": {[]edit{measure(review.MeasureAsk, "")}, []step{{60 * day, robot,
			review.FallDue}}, []string{"decision", "effect"}},
		"cured": {[]edit{measure(review.MeasureWarn, "")}, []step{{0, robot, review.Cure}},
			[]string{"decision", "effect"}},
	}
	houses(t, func(t *testing.T, h *house) {
		for name, test := range ways {
			t.Run(name, func(t *testing.T) {
				h.now = monday
				c := h.decided(t, chen, test.made...)
				for _, s := range test.way {
					h.pass(s.after)
					out, err := s.act(h.following(t, c, s.by))
					c = h.keep(t, out, err)
				}
				assert.Equal(t, test.want, h.kinds(t, c.ID))
				_, err := h.log.Verify(t.Context())
				require.NoError(t, err)
			})
		}
	})
}

// TestKeepWithinAChangeThatFails leaves neither rows nor entries of the ledger.
func TestKeepWithinAChangeThatFails(t *testing.T) {
	t.Parallel()
	later := errors.New("what came behind it failed")
	houses(t, func(t *testing.T, h *house) {
		c := h.claimed(t, h.waiting(t), lin)
		out, err := review.Decide(h.deciding(t, c))
		require.NoError(t, err)
		err = h.db.Do(t.Context(), func(ctx context.Context) error {
			require.NoError(t, h.Cases().Keep(ctx, out))
			kept, err := h.Cases().Case(ctx, c.ID)
			require.NoError(t, err)
			assert.Len(t, kept.Decisions, 1, "the change sees itself")
			return later
		})
		require.ErrorIs(t, err, later)
		assert.Empty(t, cmp.Diff(c, h.read(t, c.ID)))
		assert.Empty(t, h.query(t, "SELECT id FROM case_decisions"))
		v, err := h.log.Verify(t.Context())
		require.NoError(t, err)
		assert.Zero(t, v.Size)
		h.keep(t, out, nil) // as if for the first time
	})
}

func TestTamperedEntryIsNamed(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		for range 3 {
			h.decided(t, lin)
		}
		_, err := h.log.Verify(t.Context())
		require.NoError(t, err)
		require.NoError(t, h.db.Do(t.Context(), func(ctx context.Context) error {
			return h.db.From(ctx).Exec(`UPDATE ledger_rows
				SET body = replace(body, '"measure":"refuse"', '"measure":"list"')
				WHERE seq = 1`).Error
		}))
		_, err = h.log.Verify(t.Context())
		var fault *ledger.Error
		require.ErrorAs(t, err, &fault)
		assert.Equal(t, ledger.ChangedEntry, fault.Fault)
		assert.EqualValues(t, 1, fault.Seq)
	})
}

// curing lists an update of the application of a case that was warned, as a cure.
func (h *house) curing(t *testing.T, warned review.Case) review.Outcome {
	t.Helper()
	update := review.Release{ID: h.id("r"), App: warned.App, Platform: review.Android,
		Version: "1.11", State: review.ReleaseSubmitted}
	app, err := h.Apps().App(t.Context(), warned.App)
	require.NoError(t, err)
	require.NoError(t, h.Apps().Add(t.Context(), app, update))
	c := h.newCase(warned.App, update.ID, review.CaseWaiting)
	h.open(t, c)
	out, err := review.Decide(h.deciding(t, h.claimed(t, h.read(t, c.ID), lin),
		measure(review.MeasureList, ""),
		func(in *review.DecisionInput) { in.Proposal.Cures = true }))
	require.NoError(t, err)
	require.Equal(t, []string{warned.Decisions[0].ID}, out.Closes)
	return out
}

func (h *house) cure(ctx context.Context, id, decision string) error {
	c, err := h.Cases().Case(ctx, id)
	if err != nil {
		return err
	}
	out, err := review.Cure(review.FollowUp{Case: c, Rev: c.Rev, By: robot,
		Decision: decision, Calendar: h.calendar, Now: h.now})
	if err != nil {
		return err
	}
	return h.Cases().Keep(ctx, out)
}

// TestCuresInOtherCases: what a later case does ends decisions of earlier ones.
func TestCuresInOtherCases(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		warned := h.decided(t, chen, measure(review.MeasureWarn, ""))
		out := h.curing(t, warned)
		require.NoError(t, h.db.Do(t.Context(), func(ctx context.Context) error {
			if err := h.Cases().Keep(ctx, out); err != nil {
				return err
			}
			return h.cure(ctx, warned.ID, out.Closes[0])
		}))
		assert.Equal(t, review.CaseClosed, h.read(t, warned.ID).State)
		assert.Empty(t, h.due(t, review.DueTerm, h.now.Add(1000*day)))
		assert.Equal(t, []string{"decision", "effect"}, h.kinds(t, warned.ID))
	})
}

func TestAutomatedDecisionIsKept(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		c := h.claimed(t, h.waiting(t), lin)
		out, err := review.Decide(h.deciding(t, c, measure(review.MeasureList, "")))
		require.NoError(t, err)
		d := &out.Case.Decisions[0]
		d.Automated, d.Sampled = true, true
		out.Decision = d
		c = h.keep(t, out, nil)
		assert.True(t, c.Decisions[0].Sampled)
		assert.Contains(t, h.entries(t, c.ID)[0], `"automated":true`)
		h.conform(t)
	})
}

func TestAppsChangeByTheirVersion(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		c := h.claimed(t, h.waiting(t), chen)
		in := h.deciding(t, c, measure(review.MeasureSuspend, review.ScopeDownloads),
			emergency(nil))
		out, err := review.Decide(in)
		h.keep(t, out, err)
		got, err := h.Apps().Releases(t.Context(), c.App)
		require.NoError(t, err)
		for _, r := range got {
			assert.Equal(t, 1, r.Rev, "each changed: two suspended, one refused")
		}
		want := append([]review.Release(nil), out.Releases...)
		for i := range want {
			want[i].Rev++
		}
		assert.Empty(t, cmp.Diff(want, got, cmpopts.SortSlices(func(a, b review.Release) bool {
			return a.ID < b.ID
		})))
	})
}

// TestListsFollowTheRelease: a list shows a version and a name as they were mended.
func TestListsFollowTheRelease(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		c := h.waiting(t)
		in := h.deciding(t, c)
		in.App.Name, in.Releases[2].Version = "魔法相册", "1.10.1"
		require.Equal(t, c.Release, in.Releases[2].ID)
		h.keep(t, review.Outcome{Case: c, App: &in.App, Releases: in.Releases[2:],
			Entries: []review.Entry{{At: h.now, By: robot, From: c.State, To: c.State}}}, nil)
		rows := h.find(t, review.CaseFilter{Text: "魔法"})
		require.Len(t, rows, 1)
		assert.Equal(t, "1.10.1", rows[0].Version)
		assert.Empty(t, h.find(t, review.CaseFilter{Text: "换脸"}))
	})
}
