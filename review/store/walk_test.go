package store_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

// walk is people, developers and clocks that act at random, by a fixed seed.
type walk struct {
	*house
	rand   *rand.Rand
	cases  []string
	states map[review.CaseState]bool
	acts   map[review.Event]bool
}

// pick returns one of a list.
func pick[T any](w *walk, list ...T) T { return list[w.rand.IntN(len(list))] }

// TestNothingIsLost: whatever people and clocks do, what is stored is what was kept,
// each case is listed, and none is where nobody would meet it again.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		w := &walk{house: h, rand: rand.New(rand.NewPCG(13, 2026)),
			states: map[review.CaseState]bool{}, acts: map[review.Event]bool{}}
		for range 600 {
			w.step(t)
		}
		for _, s := range review.CaseStates() {
			assert.True(t, w.states[s], "no case was ever %s", s)
		}
		for _, on := range []review.Event{"list", "ask", "refuse", "warn", "reinstate",
			review.EventPropose, review.EventEmergency, review.EventApprove, review.EventReject,
			review.EventRetract, review.EventRatify, review.EventLapse, review.EventEscalate,
			review.EventExtend, review.EventFellDue, review.EventOverdue, review.EventCure,
			review.EventEffect, review.EventAnswered, review.EventAnswerDue,
			review.EventRecall, review.EventSettle} {
			assert.True(t, w.acts[on], "no decision was ever met by %s", on)
		}
		_, err := h.log.Verify(t.Context())
		require.NoError(t, err)
		h.conform(t)
		h.consistent(t)
	})
}

func (w *walk) step(t *testing.T) {
	t.Helper()
	w.pass(time.Duration(w.rand.IntN(10)) * time.Minute)
	switch n := w.rand.IntN(20); {
	case len(w.cases) < 3 || n == 0 && len(w.cases) < 60:
		w.handIn(t)
	case n == 1:
		w.pass(12 * day)
	case n <= 4:
		w.sweep(t)
	default:
		id := w.pickCase()
		for range 1 + w.rand.IntN(4) {
			w.act(t, w.read(t, id))
		}
	}
	require.Empty(t, w.lost(t))
	listed := w.all(t, review.CaseFilter{Limit: 200}, func([]review.Row) {})
	require.ElementsMatch(t, w.cases, listed)
}

// pickCase prefers the newest.
func (w *walk) pickCase() string {
	if w.rand.IntN(3) == 0 {
		return pick(w, w.cases...)
	}
	return pick(w, w.cases[max(0, len(w.cases)-6):]...)
}

func (w *walk) handIn(t *testing.T) {
	t.Helper()
	c := w.newCase("", "", review.CaseReceived)
	w.house.open(t, c)
	w.cases = append(w.cases, c.ID)
	w.states[c.State] = true
}

// kept stores an outcome that was not refused, with the end of what it closes.
func (w *walk) kept(t *testing.T, o review.Outcome, err error) bool {
	t.Helper()
	if err != nil {
		require.True(t, errors.Is(err, review.ErrConflict) || errors.Is(err, review.ErrInvalid) ||
			errors.Is(err, review.ErrForbidden), "%v", err)
		return false
	}
	c := w.keep(t, o, nil)
	w.states[c.State] = true
	for _, d := range c.Decisions {
		for _, a := range d.Acts {
			w.acts[a.On] = true
		}
	}
	for _, id := range o.Closes {
		owner := w.query(t, "SELECT case_id FROM case_decisions WHERE id = ?", id)
		require.Len(t, owner, 1)
		other := w.read(t, owner[0])
		out, err := review.Cure(review.FollowUp{Case: other, Rev: other.Rev, By: robot,
			Decision: id, Calendar: w.calendar, Now: w.now})
		w.kept(t, out, err)
	}
	return true
}

// act lets somebody do what is next to do with a case, or something else; much of it
// is refused.
func (w *walk) act(t *testing.T, c review.Case) {
	t.Helper()
	who := pick(w, lin, zhou, chen, wu)
	if w.rand.IntN(4) == 0 && c.State != review.CaseScanning {
		w.move(t, c)
		return
	}
	switch c.State {
	case review.CaseReceived:
		out, err := c.Move(review.Entry{At: w.now, By: robot, On: review.EventScanStarted})
		w.kept(t, out, err)
	case review.CaseScanning:
		w.scanned(t, c)
	case review.CaseWaiting, review.CaseScanFailed, review.CaseReopened, review.CaseAppealed:
		out, err := review.TakeClaim(c, who, w.now, lease)
		w.kept(t, out, err)
	case review.CaseClaimed:
		w.decide(t, c)
	case review.CaseAwaiting:
		out, err := c.Move(pick(w, review.Entry{At: w.now, By: maker, On: review.EventAnswered},
			review.Entry{At: w.now, By: who, On: review.EventRecall}))
		w.kept(t, out, err)
	default:
		w.follow(t, c, who)
	}
}

// scanned tells a case what it is about.
func (w *walk) scanned(t *testing.T, c review.Case) {
	t.Helper()
	out, err := c.Move(review.Entry{At: w.now, By: robot,
		On: pick(w, review.EventScanDone, review.EventScanDone, review.EventScanFailed)})
	require.NoError(t, err)
	if c.App == "" {
		a, releases := w.listedApp(t, "换脸相机", "com.example."+w.house.id("p"))
		out.Case.App, out.Case.Release = a.ID, releases[2].ID
	}
	w.kept(t, out, nil)
}

func (w *walk) decide(t *testing.T, c review.Case) {
	t.Helper()
	if !c.Claim.Held(w.now) {
		out, err := review.ExpireClaim(c, robot, w.now)
		w.kept(t, out, err)
		return
	}
	if c.App == "" {
		out, err := review.DropClaim(c, c.Claim.By, w.now)
		w.kept(t, out, err)
		return
	}
	in := w.deciding(t, c)
	own := slices.IndexFunc(in.Releases, func(r review.Release) bool { return r.ID == c.Release })
	if own < 0 {
		return
	}
	acts := review.Possible(in.App.Standing.State, in.Releases[own].State, c.Claim.By.Role)
	if len(acts) == 0 {
		return
	}
	act := pick(w, acts...)
	if back := (review.Act{Measure: review.MeasureReinstate}); slices.Contains(acts, back) {
		act = pick(w, act, back)
	}
	measure(act.Measure, act.Scope)(&in)
	if c.Claim.By.Role == review.RoleSenior && act.Measure.Needs().Emergency {
		emergency(pick(w, nil, nil, &review.Order{Authority: "某局", Reference: "〔2026〕1号"}))(&in)
		if w.rand.IntN(2) == 0 {
			in.Proposal.Emergency = nil
		}
	}
	if act.Measure == review.MeasureWarn && w.rand.IntN(2) == 0 {
		consequence(review.MeasureRemove, "")(&in)
	}
	in.Proposal.Cures = act.Measure == review.MeasureList && w.rand.IntN(2) == 0
	out, err := review.Decide(in)
	w.kept(t, out, err)
}

func (w *walk) follow(t *testing.T, c review.Case, who review.Actor) {
	t.Helper()
	if len(c.Decisions) == 0 {
		return
	}
	f := w.following(t, c, who)
	d := pick(w, c.Decisions...)
	f.Decision = d.ID
	act := pick(w, review.ConfirmEffect, review.Extend)
	switch {
	case d.Status() == review.StatusProposed:
		act = pick(w, review.Approve, review.Approve, review.Approve, review.Reject,
			review.Retract)
	case !d.RatifyBy().IsZero():
		act, f.By = review.Ratify, pick(w, chen, wu)
	}
	out, err := act(f)
	w.kept(t, out, err)
}

func (w *walk) move(t *testing.T, c review.Case) {
	t.Helper()
	by := pick(w, lin, chen, maker, robot, robot)
	events := review.CaseEvents(c.State, by.Role)
	if len(events) == 0 {
		return
	}
	e := review.Entry{At: w.now, By: by, On: pick(w, events...), Note: "说明"}
	if e.On != review.EventWithdraw {
		out, err := c.Move(e)
		w.kept(t, out, err)
		return
	}
	if c.Release == "" || w.rand.IntN(6) > 0 {
		return // what was not scanned has no release yet
	}
	r, err := w.Apps().Release(t.Context(), c.Release)
	require.NoError(t, err)
	out, err := review.Withdraw(c, r, e)
	w.kept(t, out, err)
}

// sweep is the daily round: what is due can be acted on, and is then no longer due.
func (w *walk) sweep(t *testing.T) {
	t.Helper()
	for _, id := range w.due(t, review.DueLease, w.now) {
		out, err := review.ExpireClaim(w.read(t, id), robot, w.now)
		require.NoError(t, err)
		w.kept(t, out, nil)
	}
	for _, due := range []struct {
		what review.DueKind
		act  func(review.FollowUp) (review.Outcome, error)
	}{
		{review.DueRatification, review.Unratified}, {review.DueSettlement, review.Settle},
		{review.DueTerm, review.FallDue},
	} {
		for _, id := range w.due(t, due.what, w.now) {
			f := w.following(t, w.read(t, id), robot)
			f.Calendar = everyDay{} // as if the notices of all years were there by now
			passed := false
			for _, d := range f.Case.Decisions {
				f.Decision = d.ID
				out, err := due.act(f)
				passed = passed || err == nil
				if err == nil {
					w.kept(t, out, nil)
					break
				}
			}
			require.True(t, passed, "%s of %s", due.what, id)
		}
	}
	assert.Empty(t, w.due(t, review.DueLease, w.now))
}

// consistent holds what is repeated in columns to the documents that they are of.
func (h *house) consistent(t *testing.T) {
	t.Helper()
	for _, id := range h.query(t, "SELECT id FROM cases") {
		c := h.read(t, id)
		running := 0
		for _, d := range c.Decisions {
			if d.Running() && (d.Consequence == nil || !d.Deadline().Provisional()) {
				running++
			}
		}
		assert.Len(t, h.query(t, "SELECT id FROM case_decisions WHERE case_id = ? AND term > 0",
			id), running, id)
	}
}
