package review_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

const lease = 30 * time.Minute

func waiting() review.Case {
	return review.Case{ID: "c-1", Place: review.Place{State: review.CaseWaiting}}
}

func claimed(t *testing.T, by review.Actor) review.Case {
	t.Helper()
	out, err := review.TakeClaim(waiting(), by, now, lease)
	require.NoError(t, err)
	return out.Case
}

func TestTakeClaim(t *testing.T) {
	t.Parallel()
	out, err := review.TakeClaim(waiting(), lin, now, lease)
	require.NoError(t, err)
	assert.Equal(t, review.Place{State: review.CaseClaimed, Rest: review.CaseWaiting},
		out.Case.Place)
	assert.Equal(t, review.Claim{By: lin, Until: later(lease)}, out.Case.Claim)
	assert.Empty(t, cmp.Diff([]review.Entry{{At: now, By: lin, On: review.EventClaim,
		From: review.CaseWaiting, To: review.CaseClaimed}}, out.Entries))
}

func TestTakeClaimOfAnother(t *testing.T) {
	t.Parallel()
	c := claimed(t, lin)
	_, err := review.TakeClaim(c, zhou, later(lease-1), lease)
	var held *review.ClaimedError
	require.ErrorAs(t, err, &held)
	assert.Equal(t, &review.ClaimedError{By: lin, Until: later(lease)}, held)
	assert.ErrorIs(t, err, review.ErrConflict)
	assert.Contains(t, held.Problem().Message.ZH, "林审核")
	assert.Contains(t, held.Problem().Message.ZH, "2026-11-23 10:30", "in China's time")
	assert.Contains(t, held.Error(), "2026-11-23T02:30:00Z")
}

func TestTakeClaimThatRanOut(t *testing.T) {
	t.Parallel()
	out, err := review.TakeClaim(claimed(t, lin), zhou, later(lease), lease)
	require.NoError(t, err)
	assert.Equal(t, zhou, out.Case.Claim.By)
	assert.Equal(t, review.CaseWaiting, out.Case.Rest)
	require.Len(t, out.Entries, 2)
	assert.Equal(t, review.EventLeaseExpired, out.Entries[0].On)
	assert.Equal(t, "林审核", out.Entries[0].Note)
	assert.Equal(t, review.EventClaim, out.Entries[1].On)
}

func TestTakeClaimAgain(t *testing.T) {
	t.Parallel()
	out, err := review.TakeClaim(claimed(t, lin), lin, later(time.Minute), lease)
	require.NoError(t, err)
	assert.Equal(t, later(lease+time.Minute), out.Case.Claim.Until)
	assert.Empty(t, out.Entries, "a renewed lease is no event")
}

func TestTakeClaimByRole(t *testing.T) {
	t.Parallel()
	for _, role := range review.Roles() {
		who := review.Actor{ID: "u", Role: role}
		_, err := review.TakeClaim(waiting(), who, now, lease)
		if role == review.RoleReviewer || role == review.RoleSenior {
			assert.NoError(t, err, role)
			continue
		}
		assert.ErrorIs(t, err, review.ErrForbidden, role)
	}
}

func TestTakeClaimByState(t *testing.T) {
	t.Parallel()
	for _, state := range review.CaseStates() {
		c := waiting()
		c.State = state
		_, err := review.TakeClaim(c, lin, now, lease)
		switch state {
		case review.CaseWaiting, review.CaseScanFailed, review.CaseReopened,
			review.CaseAppealed, review.CaseClaimed:
			assert.NoError(t, err, state) // claimed by nobody has run out
		default:
			assert.ErrorIs(t, err, review.ErrConflict, state)
		}
	}
}

func TestAppealGoesToSomebodyElse(t *testing.T) {
	t.Parallel()
	in := with(t, measure(review.MeasureSuspend, review.ScopeDownloads))
	proposed := decided(t, in)
	approved, err := review.Approve(following(in, proposed, chen, now))
	require.NoError(t, err)
	appealed, err := approved.Case.Move(review.Entry{At: now, By: maker, On: review.EventAppeal})
	require.NoError(t, err)
	require.Equal(t, review.CaseAppealed, appealed.Case.State)

	for _, who := range []review.Actor{lin, chen} {
		_, err = review.TakeClaim(appealed.Case, who, now, lease)
		require.ErrorIs(t, err, review.ErrForbidden, who.Name)
		assert.Equal(t, []string{"by/own-decision"}, codes(t, err))
	}
	for _, who := range []review.Actor{zhou, wu} {
		_, err = review.TakeClaim(appealed.Case, who, now, lease)
		assert.NoError(t, err, who.Name)
	}
}

func TestKeepAndDropClaim(t *testing.T) {
	t.Parallel()
	c := claimed(t, lin)
	kept, err := review.KeepClaim(c, lin, later(10*time.Minute), lease)
	require.NoError(t, err)
	assert.Equal(t, later(lease+10*time.Minute), kept.Case.Claim.Until)

	dropped, err := review.DropClaim(kept.Case, lin, later(lease))
	require.NoError(t, err)
	assert.Equal(t, waiting(), dropped.Case)
	require.Len(t, dropped.Entries, 1)

	tests := []struct {
		name string
		c    review.Case
		who  review.Actor
		at   time.Time
	}{
		{"another", c, zhou, now},
		{"nobody", waiting(), lin, now},
		{"run_out", c, lin, later(lease)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := review.KeepClaim(test.c, test.who, test.at, lease)
			assert.ErrorIs(t, err, review.ErrConflict)
			_, err = review.DropClaim(test.c, test.who, test.at)
			assert.ErrorIs(t, err, review.ErrConflict)
		})
	}
}

func TestExpireClaim(t *testing.T) {
	t.Parallel()
	c := claimed(t, lin)
	_, err := review.ExpireClaim(c, robot, later(lease-1))
	require.ErrorIs(t, err, review.ErrConflict)
	out, err := review.ExpireClaim(c, robot, later(lease))
	require.NoError(t, err)
	assert.Equal(t, waiting(), out.Case)
	_, err = review.ExpireClaim(out.Case, robot, later(lease))
	assert.ErrorIs(t, err, review.ErrConflict)
}

func TestMoveRefusesWhatHasItsOwnRule(t *testing.T) {
	t.Parallel()
	own := []review.Event{review.EventClaim, review.EventUnclaim, review.EventApprove,
		review.EventReject, review.EventRetract, review.EventRatify, review.EventLapse,
		review.EventEmergency, review.EventPropose, review.EventExtend, review.EventFellDue,
		review.EventOverdue, review.EventCure, review.EventEffect, review.EventWithdraw,
		review.EventAnswerDue, "list", "suspend/downloads"}
	for _, state := range review.CaseStates() {
		for _, on := range own {
			for _, role := range review.Roles() {
				c := review.Case{Place: review.Place{State: state}}
				by := review.Actor{ID: "u", Role: role}
				_, err := c.Move(review.Entry{At: now, By: by, On: on})
				assert.ErrorIs(t, err, review.ErrConflict, "%s %s", state, on)
			}
		}
	}
}

func TestMoveFromUploadToQueue(t *testing.T) {
	t.Parallel()
	c := review.Case{Place: review.Place{State: review.CaseReceived}}
	for _, on := range []review.Event{review.EventScanStarted, review.EventScanFailed,
		review.EventScanStarted, review.EventScanDone} {
		out, err := c.Move(review.Entry{At: now, By: robot, On: on, Note: "1"})
		require.NoError(t, err)
		require.Len(t, out.Entries, 1)
		assert.Equal(t, c.State, out.Entries[0].From)
		assert.Equal(t, out.Case.State, out.Entries[0].To)
		c = out.Case
	}
	assert.Equal(t, review.Place{State: review.CaseWaiting}, c.Place)
}

func TestHoldTakesTheClaim(t *testing.T) {
	t.Parallel()
	out, err := claimed(t, lin).Move(review.Entry{At: now, By: chen, On: review.EventHold})
	require.NoError(t, err)
	assert.Equal(t, review.Claim{}, out.Case.Claim)
	assert.Equal(t, review.CaseWaiting, out.Case.Rest)
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	c, release := waiting(), review.Release{ID: "r", State: review.ReleaseSubmitted}
	c.Stage = review.StageSubmission
	by := review.Entry{At: now, By: maker}
	out, err := review.Withdraw(c, release, by)
	require.NoError(t, err)
	assert.Equal(t, review.CaseClosed, out.Case.State)
	assert.Equal(t, review.ReleaseWithdrawn, out.Releases[0].State)

	inspection := c
	inspection.Stage = review.StageListed
	_, err = review.Withdraw(inspection, release, by)
	assert.Equal(t, []string{"case/not-a-submission"}, codes(t, err))
	_, err = review.Withdraw(c, release, review.Entry{At: now, By: lin})
	assert.ErrorIs(t, err, review.ErrForbidden)
	proposed := c
	proposed.State = review.CaseProposed
	_, err = review.Withdraw(proposed, release, by)
	assert.ErrorIs(t, err, review.ErrConflict, "nobody withdraws from a measure")
}
