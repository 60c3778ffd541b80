package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/desk/desktest"
)

// decides has a person claim a case and decide it at once.
func decides(
	t *testing.T, o *desktest.Office, id string, who review.Actor, p review.Proposal,
) review.Decision {
	t.Helper()
	made, err := o.Decide(t.Context(), o.Claims(t, id, who), p)
	require.NoError(t, err)
	return made
}

// last returns the last act of a decision.
func last(d review.Decision) review.DecisionAct { return d.Acts[len(d.Acts)-1] }

// A release that is listed as the cure of a warning ends the warning, which was
// decided in another case, with its deadline.
func TestListingCuresAnotherCase(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Open(t, "c-1", "a-1/1.9", func(c *review.Case) {
			c.Stage, c.Origin = review.StageListed, review.OriginInspection
		})
		warned := decides(t, o, "c-1", desktest.Lin, desktest.Proposal(review.MeasureWarn, ""))
		require.Equal(t, review.AppWarned, o.Standing(t, "a-1").State)
		require.True(t, warned.Running())

		o.Pass(24 * time.Hour)
		o.Open(t, "c-2", "a-1/1.10")
		cure := desktest.Proposal(review.MeasureList, "")
		cure.Cures = true
		listed := decides(t, o, "c-2", desktest.Zhou, cure)

		ended := o.Case(t, "c-1")
		assert.Equal(t, review.CaseClosed, ended.State)
		assert.False(t, ended.Decisions[0].Running())
		act := last(ended.Decisions[0])
		assert.Equal(t, review.EventCure, act.On)
		assert.Equal(t, review.RolePipeline, act.By.Role)
		assert.Equal(t, o.Time(), act.At)
		assert.Contains(t, act.Note, listed.ID, "what ended it")
		assert.Equal(t, review.Standing{State: review.AppListed}, o.Standing(t, "a-1"))
		assert.Equal(t, review.ReleaseSuperseded, o.Release(t, "a-1/1.9"))
		assert.Equal(t, []string{"decision warn", "notice ", "effect cure"}, o.Recorded(t, "c-1"))
		assert.Equal(t, []string{"decision list", "notice "}, o.Recorded(t, "c-2"))
	})
}

// Where one of several earlier decisions is ended by an act of its own, the others
// are.
func TestReinstatingEndsAll(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		listed := func(c *review.Case) {
			c.Stage, c.Origin, c.Release = review.StageListed, review.OriginInspection, ""
		}
		for _, id := range []string{"c-1", "c-2"} {
			o.Open(t, id, "a-1/1.9", listed)
			decides(t, o, id, desktest.Lin, desktest.Proposal(review.MeasureWarn, ""))
		}
		require.Len(t, o.Standing(t, "a-1").Decisions, 2)
		o.Open(t, "c-3", "a-1/1.9", listed)
		decides(t, o, "c-3", desktest.Zhou, desktest.Proposal(review.MeasureReinstate, ""))
		for _, id := range []string{"c-1", "c-2"} {
			assert.Equal(t, review.CaseClosed, o.Case(t, id).State, id)
		}
	})
}

// move is an event that a person brings about in a case as it stands.
func move(t *testing.T, o *desktest.Office, id string, who review.Actor, on review.Event) error {
	t.Helper()
	return o.Move(t.Context(), desk.Move{ActOn: o.As(t, id, who), On: on, Note: "说明如下"})
}

func TestAppealGoesToSomebodyElse(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Open(t, "c-1", "a-1/1.10")
		decides(t, o, "c-1", desktest.Lin, refusal())
		other := review.Actor{ID: "u-other", Name: "别家", Role: review.RoleDeveloper}
		require.ErrorIs(t, move(t, o, "c-1", other, review.EventAppeal), review.ErrNotFound)
		require.ErrorIs(t, move(t, o, "c-1", desktest.Zhou, review.EventAppeal),
			review.ErrForbidden)
		require.NoError(t, move(t, o, "c-1", desktest.Maker, review.EventAppeal))
		require.Equal(t, review.CaseAppealed, o.Case(t, "c-1").State)

		_, err := o.Claim(t.Context(), "c-1", desktest.Lin)
		has(t, err, "by/own-decision")
		_, err = o.ClaimNext(t.Context(), desktest.Lin)
		require.ErrorIs(t, err, review.ErrNotFound)
		c, err := o.ClaimNext(t.Context(), desktest.Zhou)
		require.NoError(t, err)
		assert.Equal(t, "c-1", c.ID)
		_, err = o.Decide(t.Context(), o.As(t, "c-1", desktest.Zhou),
			desktest.Proposal(review.MeasureList, ""))
		require.NoError(t, err)
		assert.Equal(t, review.ReleaseListed, o.Release(t, "a-1/1.10"))
	})
}

func TestAppealTooLate(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Open(t, "c-1", "a-1/1.10")
		decides(t, o, "c-1", desktest.Lin, refusal())
		o.Pass(60 * 24 * time.Hour)
		d, err := o.Dossier(t.Context(), desktest.Maker, "c-1", "zh")
		require.NoError(t, err)
		assert.Contains(t, d.Events, review.EventAppeal, "the last day")
		o.Pass(24 * time.Hour)
		d, err = o.Dossier(t.Context(), desktest.Maker, "c-1", "zh")
		require.NoError(t, err)
		assert.NotContains(t, d.Events, review.EventAppeal)
		has(t, move(t, o, "c-1", desktest.Maker, review.EventAppeal), "case/appeal-late")
	})
}

func TestAskAndAnswer(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Open(t, "c-1", "a-1/1.10")
		decides(t, o, "c-1", desktest.Lin, desktest.Proposal(review.MeasureAsk, ""))
		require.Equal(t, review.CaseAwaiting, o.Case(t, "c-1").State)
		assert.Equal(t, []string{"decision ask", "notice "}, o.Recorded(t, "c-1"))

		silent := desk.Move{ActOn: o.As(t, "c-1", desktest.Maker), On: review.EventAnswered,
			Note: " \n"}
		has(t, o.Move(t.Context(), silent), "note/note-missing")
		stale := silent
		stale.Note, stale.Rev = "已补交材料", stale.Rev-1
		has(t, o.Move(t.Context(), stale), "rev/stale")
		require.NoError(t, move(t, o, "c-1", desktest.Maker, review.EventAnswered))
		c := o.Case(t, "c-1")
		assert.Equal(t, review.CaseWaiting, c.State)
		assert.False(t, c.Decisions[0].Running())
		history, err := o.Cases.History(t.Context(), "c-1")
		require.NoError(t, err)
		assert.Equal(t, "说明如下", history[len(history)-1].Note)
	})
}

func TestMoves(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Open(t, "c-1", "a-1/1.10")
		state := func() review.CaseState { return o.Case(t, "c-1").State }
		require.NoError(t, move(t, o, "c-1", desktest.Lin, review.EventHold))
		assert.Equal(t, review.CaseOnHold, state())
		require.NoError(t, move(t, o, "c-1", desktest.Zhou, review.EventResume))
		assert.Equal(t, review.CaseWaiting, state())

		o.Claims(t, "c-1", desktest.Lin)
		var claimed *review.ClaimedError
		require.ErrorAs(t, move(t, o, "c-1", desktest.Zhou, review.EventHold), &claimed)
		require.NoError(t, o.Drop(t.Context(), "c-1", desktest.Lin))

		has(t, move(t, o, "c-1", desktest.Lin, review.EventScanDone), "on/event")
		has(t, move(t, o, "c-1", review.Actor{}, review.EventHold), "by/actor")
		require.ErrorIs(t, move(t, o, "c-1", desktest.Lin, review.EventReopen), review.ErrConflict)
		require.ErrorIs(t, move(t, o, "c-1", desktest.Lin, review.EventWithdraw),
			review.ErrForbidden)

		require.NoError(t, move(t, o, "c-1", desktest.Maker, review.EventWithdraw))
		assert.Equal(t, review.CaseClosed, state())
		assert.Equal(t, review.ReleaseWithdrawn, o.Release(t, "a-1/1.10"))
		d, err := o.Dossier(t.Context(), desktest.Lin, "c-1", "zh")
		require.NoError(t, err)
		assert.Equal(t, review.ReleaseWithdrawn, d.Release.State)
		assert.Equal(t, "1.10", d.Release.Version)
		assert.Empty(t, o.Recorded(t, "c-1"), "nothing was decided")
	})
}

// Before a scan has told what was handed in there is no release to withdraw.
func TestWithdrawBeforeTheScan(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Open(t, "c-1", "a-1/1.10", func(c *review.Case) {
			c.App, c.Release, c.Made, c.State = "", "", review.MadeOn{}, review.CaseReceived
		})
		d, err := o.Dossier(t.Context(), desktest.Maker, "c-1", "zh")
		require.NoError(t, err)
		assert.Equal(t, []review.Event{review.EventWithdraw}, d.Events)
		assert.Nil(t, d.Edition)
		require.NoError(t, move(t, o, "c-1", desktest.Maker, review.EventWithdraw))
		assert.Equal(t, review.CaseClosed, o.Case(t, "c-1").State)
	})
}
