package review_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

var suspendAll = measure(review.MeasureSuspend, review.ScopeDownloads)

// proposal is a suspension that Lin proposed, with what follows on it by chen.
func proposal(t *testing.T, edits ...edit) (review.DecisionInput, review.FollowUp) {
	t.Helper()
	in := with(t, append([]edit{suspendAll}, edits...)...)
	return in, following(in, decided(t, in), chen, later(time.Hour))
}

func TestApprove(t *testing.T) {
	t.Parallel()
	_, f := proposal(t)
	f.Now = later(48 * time.Hour)
	out, err := review.Approve(f)
	require.NoError(t, err)
	assert.Equal(t, review.CaseDecided, out.Case.State)
	assert.Equal(t, review.StatusEffective, out.Decision.Status())
	second, ok := out.Decision.Second()
	require.True(t, ok)
	assert.Equal(t, chen, second)
	assert.Equal(t, "2026-12-09", out.Decision.Deadline().Day, "it counts from the approval")
	assert.Equal(t, later(48*time.Hour), out.Decision.Times().Decided)
	assert.Equal(t, review.Standing{State: review.AppSuspended,
		Scopes: []review.Scope{review.ScopeDownloads}, Decisions: []string{"d-1"}},
		out.App.Standing)
	assert.Empty(t, cmp.Diff(map[string]review.ReleaseState{
		"r-old": review.ReleaseSuspended, "r-ios": review.ReleaseSuspended,
		"r-new": review.ReleaseRefused}, states(out.Releases)))
	assert.Len(t, f.Case.Decisions[0].Acts, 1, "what was given is as it was")
}

func TestApproveVersionsAlone(t *testing.T) {
	t.Parallel()
	in, f := proposal(t, measure(review.MeasureSuspend, review.ScopeVersions),
		func(in *review.DecisionInput) { in.Proposal.Versions = []string{"r-old"} })
	out, err := review.Approve(f)
	require.NoError(t, err)
	got := states(merged(in.Releases, out.Releases))
	assert.Equal(t, review.ReleaseSuspended, got["r-old"])
	assert.Equal(t, review.ReleaseListed, got["r-ios"])
}

func TestSecondPersonRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		edit func(f *review.FollowUp)
		act  func(review.FollowUp) (review.Outcome, error)
		want string
		kind error
	}{
		{"same_person", func(f *review.FollowUp) { f.By = lin }, review.Approve,
			"by/same-person", review.ErrForbidden},
		{"same_person_as_senior", func(f *review.FollowUp) {
			f.By = review.Actor{ID: lin.ID, Name: "另一账号", Role: review.RoleSenior}
		}, review.Approve, "by/same-person", review.ErrForbidden},
		{"same_person_rejects", func(f *review.FollowUp) { f.By.ID = lin.ID }, review.Reject,
			"by/same-person", review.ErrForbidden},
		{"another_reviewer", func(f *review.FollowUp) { f.By = zhou }, review.Approve,
			"case/role", review.ErrForbidden},
		{"admin", func(f *review.FollowUp) { f.By = boss }, review.Approve, "case/role",
			review.ErrForbidden},
		{"program", func(f *review.FollowUp) { f.By = robot }, review.Approve, "case/role",
			review.ErrForbidden},
		{"stale", func(f *review.FollowUp) { f.Rev-- }, review.Approve, "rev/stale",
			review.ErrConflict},
		{"report_changed", func(f *review.FollowUp) { f.Case.Made.Rules = "r1" },
			review.Approve, "made/other-report", review.ErrConflict},
		{"lists_changed", func(f *review.FollowUp) { f.Case.Made.Snapshots = nil },
			review.Approve, "made/other-report", review.ErrConflict},
		{"removed_meanwhile", func(f *review.FollowUp) {
			f.App.Standing.State = review.AppRemoved
		}, review.Approve, "app/state", review.ErrConflict},
		{"not_proposed", func(f *review.FollowUp) { f.Case.State = review.CaseDecided },
			review.Approve, "case/state", review.ErrConflict},
		{"rejected_without_reason", func(f *review.FollowUp) { f.Note = "" }, review.Reject,
			"note/note-missing", review.ErrInvalid},
		{"retracted_by_another", func(*review.FollowUp) {}, review.Retract, "by/not-proposer",
			review.ErrForbidden},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, f := proposal(t)
			test.edit(&f)
			out, err := test.act(f)
			require.Error(t, err)
			assert.Equal(t, []string{test.want}, codes(t, err))
			assert.ErrorIs(t, err, test.kind)
			assert.Empty(t, cmp.Diff(review.Outcome{}, out))
		})
	}
}

func TestFollowUpOfNoDecision(t *testing.T) {
	t.Parallel()
	acts := map[string]func(review.FollowUp) (review.Outcome, error){
		"approve": review.Approve, "reject": review.Reject, "retract": review.Retract,
		"ratify": review.Ratify, "unratified": review.Unratified, "extend": review.Extend,
		"settle": review.Settle, "fall_due": review.FallDue, "effect": review.ConfirmEffect,
		"cure": review.Cure,
	}
	for name, act := range acts {
		_, f := proposal(t)
		f.Decision = "d-none"
		_, err := act(f)
		assert.ErrorIs(t, err, review.ErrNotFound, name)
	}
}

func TestRejectAndRetractGiveTheCaseBack(t *testing.T) {
	t.Parallel()
	_, f := proposal(t)
	out, err := review.Reject(f)
	require.NoError(t, err)
	assert.Equal(t, review.Place{State: review.CaseWaiting}, out.Case.Place)
	assert.Equal(t, review.StatusRejected, out.Decision.Status())
	assert.Nil(t, out.App)
	assert.Equal(t, time.Time{}, out.Decision.Times().Decided, "nothing was decided")
	assert.False(t, out.Decision.Running())

	f.By = lin
	out, err = review.Retract(f)
	require.NoError(t, err)
	assert.Equal(t, review.Place{State: review.CaseWaiting}, out.Case.Place)
	assert.Equal(t, review.StatusRetracted, out.Decision.Status())

	_, err = review.Approve(then(f, out, chen, now))
	assert.ErrorIs(t, err, review.ErrConflict, "what was retracted is not approved")
}

func TestConfirmEffect(t *testing.T) {
	t.Parallel()
	_, f := proposal(t)
	_, err := review.ConfirmEffect(f)
	require.ErrorIs(t, err, review.ErrConflict, "a proposal has no effect")
	approved, err := review.Approve(f)
	require.NoError(t, err)
	assert.False(t, approved.Decision.Effected())
	f = then(f, approved, robot, later(2*time.Hour))
	out, err := review.ConfirmEffect(f)
	require.NoError(t, err)
	assert.Equal(t, review.CaseEffected, out.Case.State)
	assert.True(t, out.Decision.Effected())
	assert.Equal(t, later(2*time.Hour), out.Decision.Times().Effected)
	_, err = review.ConfirmEffect(then(f, out, robot, later(3*time.Hour)))
	assert.Equal(t, []string{"decision/already"}, codes(t, err))
}

func TestCureEndsTheDeadline(t *testing.T) {
	t.Parallel()
	_, f := proposal(t, consequence(review.MeasureRemove, ""))
	approved, err := review.Approve(f)
	require.NoError(t, err)
	require.True(t, approved.Decision.Running())
	f = then(f, approved, robot, later(24*time.Hour))
	out, err := review.Cure(f)
	require.NoError(t, err)
	assert.Equal(t, review.CaseClosed, out.Case.State)
	assert.False(t, out.Decision.Running())

	f = then(f, out, robot, later(1000*time.Hour))
	_, err = review.FallDue(f)
	assert.Contains(t, codes(t, err), "decision/no-term")
	_, err = review.Cure(f)
	assert.Contains(t, codes(t, err), "decision/already")
}

func TestQuestionIsAnswered(t *testing.T) {
	t.Parallel()
	in := with(t, measure(review.MeasureAsk, ""))
	asked := decided(t, in)
	require.True(t, asked.Decision.Running())
	for name, e := range map[string]review.Entry{
		"answered": {At: now, By: maker, On: review.EventAnswered, Note: "见附件"},
		"recalled": {At: now, By: zhou, On: review.EventRecall},
	} {
		out, err := asked.Case.Move(e)
		require.NoError(t, err, name)
		assert.Equal(t, review.CaseWaiting, out.Case.State, name)
		assert.False(t, out.Case.Decisions[0].Running(), name)
	}
	f := following(in, asked, robot, later(9*24*time.Hour))
	out, err := review.FallDue(f)
	require.NoError(t, err)
	assert.Equal(t, review.CaseWaiting, out.Case.State)
	assert.False(t, out.Decision.Running())
	assert.Nil(t, out.App, "silence is not held against the application by a program")
}
