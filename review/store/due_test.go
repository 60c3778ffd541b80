package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

func (h *house) due(t *testing.T, what review.DueKind, at time.Time) []string {
	t.Helper()
	ids, err := h.Cases().Due(t.Context(), what, at, 100)
	require.NoError(t, err)
	return ids
}

func TestDue(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		started := h.now
		claimed := h.claimed(t, h.waiting(t), lin)
		warned := h.decided(t, lin, measure(review.MeasureWarn, ""))
		h.pass(time.Minute)
		asked := h.decided(t, lin, measure(review.MeasureAsk, ""))
		urgent := h.decided(t, chen, measure(review.MeasureRemove, ""), emergency(nil))
		proposed := h.decided(t, chen, measure(review.MeasureSuspend, review.ScopeUpdates))
		term := func(c review.Case) time.Time { return c.Decisions[0].Deadline().At }

		require.NotZero(t, term(proposed), "a proposal has a term that does not run")
		assert.Empty(t, h.due(t, review.DueLease, started.Add(lease-time.Millisecond)))
		assert.Equal(t, []string{claimed.ID}, h.due(t, review.DueLease, started.Add(lease)))
		assert.Empty(t, h.due(t, review.DueRatification, h.now.Add(day-time.Millisecond)))
		assert.Equal(t, []string{urgent.ID}, h.due(t, review.DueRatification, h.now.Add(day)))
		first := asked
		if term(warned).Before(term(asked)) {
			first = warned
		}
		assert.Empty(t, h.due(t, review.DueTerm, term(first).Add(-time.Millisecond)))
		all := h.due(t, review.DueTerm, h.now.Add(1000*day))
		assert.Equal(t, first.ID, all[0])
		assert.ElementsMatch(t, []string{asked.ID, warned.ID}, all)
		one, err := h.Cases().Due(t.Context(), review.DueTerm, h.now.Add(1000*day), 1)
		require.NoError(t, err)
		assert.Equal(t, all[:1], one)
		assert.Empty(t, h.due(t, review.DueSettlement, h.now.Add(1000*day)))
		_, err = h.Cases().Due(t.Context(), "unknown", h.now, 10)
		assert.ErrorIs(t, err, review.ErrInvalid)

		out, err := review.ExpireClaim(claimed, robot, started.Add(lease))
		h.keep(t, out, err)
		assert.Empty(t, h.due(t, review.DueLease, started.Add(100*day)))
	})
}

// TestSettleIsKept: a provisional deadline waits, and is settled once its calendar is
// there.
func TestSettleIsKept(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		h.now = time.Date(2030, 3, 4, 2, 0, 0, 0, time.UTC)
		c := h.decided(t, chen, measure(review.MeasureWarn, ""),
			consequence(review.MeasureSuspend, review.ScopeUpdates))
		out, err := review.Approve(h.following(t, c, wu))
		c = h.keep(t, out, err)
		require.True(t, c.Decisions[0].Deadline().Provisional())
		late := h.now.Add(100 * day)
		assert.Equal(t, []string{c.ID}, h.due(t, review.DueSettlement, h.now))
		assert.Empty(t, h.due(t, review.DueTerm, late), "nothing follows before it is settled")

		f := h.following(t, c, robot)
		f.Calendar = everyDay{}
		out, err = review.Settle(f)
		c = h.keep(t, out, err)
		assert.Empty(t, h.due(t, review.DueSettlement, late))
		assert.Equal(t, []string{c.ID}, h.due(t, review.DueTerm, late))
	})
}

// everyDay is a calendar in which every day is worked.
type everyDay struct{}

func (everyDay) After(from time.Time, n int) (time.Time, []int) {
	at := from.In(review.Zone())
	return time.Date(at.Year(), at.Month(), at.Day()+n+1, 0, 0, 0, 0, review.Zone()), nil
}
