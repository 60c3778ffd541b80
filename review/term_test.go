package review_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

// warned is a warning in an inspection: mend by 7 December, else downloads stop.
func warned(t *testing.T, edits ...edit) review.FollowUp {
	t.Helper()
	edits = append([]edit{measure(review.MeasureWarn, ""),
		consequence(review.MeasureSuspend, review.ScopeDownloads),
		func(in *review.DecisionInput) {
			in.Case.Stage, in.Case.Release = review.StageListed, "r-old"
			in.Releases = in.Releases[:2]
		}}, edits...)
	in := with(t, edits...)
	out := decided(t, in)
	f := following(in, out, chen, now)
	if out.Decision.Status() == review.StatusEffective {
		return f
	}
	approved, err := review.Approve(f)
	require.NoError(t, err)
	return then(f, approved, robot, now)
}

// ends is the end of 7 December in China.
var ends = time.Date(2026, 12, 7, 16, 0, 0, 0, time.UTC)

func TestFallDue(t *testing.T) {
	t.Parallel()
	f := warned(t)
	require.Equal(t, ends, f.Case.Decisions[0].Deadline().At)
	f.Now = ends.Add(-1)
	_, err := review.FallDue(f)
	require.Equal(t, []string{"decision/term-open"}, codes(t, err))

	f.Now = ends.Add(26 * time.Hour)
	out, err := review.FallDue(f)
	require.NoError(t, err)
	assert.Equal(t, review.AppSuspended, out.App.Standing.State)
	assert.Equal(t, []string{"d-1"}, out.App.Standing.Decisions)
	assert.Equal(t, map[string]review.ReleaseState{"r-old": review.ReleaseSuspended,
		"r-ios": review.ReleaseSuspended}, states(out.Releases))
	assert.Equal(t, review.CaseDecided, out.Case.State)
	last := out.Decision.Acts[len(out.Decision.Acts)-1]
	assert.Equal(t, 26*time.Hour, last.Late, "it says how late")
	assert.False(t, out.Decision.Effected(), "the store has to carry it out")

	_, err = review.FallDue(then(f, out, robot, ends.Add(50*time.Hour)))
	assert.Equal(t, []string{"decision/no-term"}, codes(t, err), "once")
}

func TestFallDueByAPersonIsRefused(t *testing.T) {
	t.Parallel()
	f := warned(t)
	f.By, f.Now = lin, ends
	_, err := review.FallDue(f)
	assert.ErrorIs(t, err, review.ErrForbidden)
}

func TestFallDueWithoutConsequence(t *testing.T) {
	t.Parallel()
	f := warned(t, func(in *review.DecisionInput) { in.Proposal.Consequence = nil })
	f.By, f.Now = robot, ends
	out, err := review.FallDue(f)
	require.NoError(t, err)
	assert.Nil(t, out.App)
	assert.Equal(t, review.CaseReopened, out.Case.State, "a person looks again")
	assert.Equal(t, review.EventOverdue, out.Entries[0].On)
}

func TestFallDueWhereItCannotTakeEffect(t *testing.T) {
	t.Parallel()
	f := warned(t)
	f.Now = ends
	f.App.Standing = review.Standing{State: review.AppRemoved, Decisions: []string{"d-1", "d-2"}}
	out, err := review.FallDue(f)
	require.NoError(t, err)
	assert.Nil(t, out.App)
	assert.Contains(t, out.Decision.Acts[len(out.Decision.Acts)-1].Note,
		"逾期后果未能执行：应用状态为“已下架”")
	assert.False(t, out.Decision.Running())
}

func TestFallDueWhileTheCaseIsLookedAt(t *testing.T) {
	t.Parallel()
	for _, state := range []review.CaseState{review.CaseAppealed, review.CaseClaimed,
		review.CaseOnHold, review.CaseReopened} {
		f := warned(t)
		f.Case.State, f.Now = state, ends
		out, err := review.FallDue(f)
		require.NoError(t, err, state)
		assert.Equal(t, state, out.Case.State)
		assert.Equal(t, review.AppSuspended, out.App.Standing.State)
	}
}

func TestProvisionalDeadline(t *testing.T) {
	t.Parallel()
	f := warned(t, days(40))
	d := f.Case.Decisions[0].Deadline()
	require.True(t, d.Provisional())
	assert.Equal(t, []int{2027}, d.Missing)
	f.Now = d.At.Add(time.Hour)
	_, err := review.FallDue(f)
	require.Equal(t, []string{"decision/term-provisional"}, codes(t, err))
	_, err = review.Settle(f)
	require.Equal(t, []string{"decision/nothing-to-settle"}, codes(t, err))

	f.Calendar, f.Now = everyDay{}, now
	settled, err := review.Settle(f)
	require.NoError(t, err)
	assert.False(t, settled.Decision.Deadline().Provisional())
	assert.Equal(t, "2027-01-02", settled.Decision.Deadline().Day)
	_, err = review.Settle(then(f, settled, robot, now))
	assert.Equal(t, []string{"decision/nothing-to-settle"}, codes(t, err))
}

// everyDay is a calendar in which every day is worked.
type everyDay struct{}

func (everyDay) After(from time.Time, n int) (time.Time, []int) {
	day := from.In(review.Zone())
	return time.Date(day.Year(), day.Month(), day.Day()+n+1, 0, 0, 0, 0, review.Zone()), nil
}

func TestExtend(t *testing.T) {
	t.Parallel()
	f := warned(t)
	f.By, f.Now, f.WorkingDays = zhou, ends.Add(-time.Hour), 5
	out, err := review.Extend(f)
	require.NoError(t, err)
	d := out.Decision.Deadline()
	assert.Equal(t, "2026-12-14", d.Day, "from where it ended")
	assert.Equal(t, 15, d.WorkingDays)

	late := then(f, out, robot, ends.Add(time.Hour))
	_, err = review.FallDue(late)
	assert.Equal(t, []string{"decision/term-open"}, codes(t, err), "the extension stops it")
}

func TestExtendRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		edit func(f *review.FollowUp)
		want string
	}{
		{"passed", func(f *review.FollowUp) { f.Now = ends }, "decision/term-passed"},
		{"no_reason", func(f *review.FollowUp) { f.Note = "" }, "note/note-missing"},
		{"no_days", func(f *review.FollowUp) { f.WorkingDays = 0 }, "working_days/term-range"},
		{"too_many_days", func(f *review.FollowUp) { f.WorkingDays = review.MaxTerm + 1 },
			"working_days/term-range"},
		{"by_the_developer", func(f *review.FollowUp) { f.By = maker }, "case/role"},
		{"by_a_program", func(f *review.FollowUp) { f.By = robot }, "case/role"},
		{"stale", func(f *review.FollowUp) { f.Rev++ }, "rev/stale"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			f := warned(t)
			f.By, f.WorkingDays = zhou, 5
			test.edit(&f)
			_, err := review.Extend(f)
			assert.Equal(t, []string{test.want}, codes(t, err))
		})
	}
}

// A message from the developer moves no deadline: there is no such act.
func TestAnswerDoesNotStopADeadline(t *testing.T) {
	t.Parallel()
	f := warned(t)
	_, err := f.Case.Move(review.Entry{At: now, By: maker, On: review.EventAnswered})
	assert.ErrorIs(t, err, review.ErrConflict)
	appealed, err := f.Case.Move(review.Entry{At: now, By: maker, On: review.EventAppeal})
	require.NoError(t, err)
	assert.True(t, appealed.Case.Decisions[0].Running())
}

func TestDeadlineIsAPropertyOfTheDayInChina(t *testing.T) {
	t.Parallel()
	in := office(t)
	evening := time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC) // 24 November in China
	d := review.DeadlineAfter(in.Calendar, evening, 1)
	assert.Equal(t, "2026-11-25", d.Day)
	assert.True(t, d.Passed(d.At))
	assert.False(t, d.Passed(d.At.Add(-1)))
	assert.False(t, review.Deadline{}.Passed(now))
	assert.Equal(t, d, review.DeadlineAfter(in.Calendar, evening, 1))
}
