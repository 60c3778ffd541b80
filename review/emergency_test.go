package review_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

var order = &review.Order{Authority: "某市互联网信息办公室", Reference: "网信办函〔2026〕12号"}

// urgent is a suspension that Chen decided alone.
func urgent(t *testing.T, o *review.Order, edits ...edit) (review.DecisionInput,
	review.FollowUp) {
	t.Helper()
	in := with(t, append([]edit{suspendAll, claimedBy(chen), emergency(o)}, edits...)...)
	return in, following(in, decided(t, in), wu, later(time.Hour))
}

func TestRatify(t *testing.T) {
	t.Parallel()
	_, f := urgent(t, nil)
	assert.Equal(t, later(24*time.Hour), f.Case.Decisions[0].RatifyBy())
	out, err := review.Ratify(f)
	require.NoError(t, err)
	second, _ := out.Decision.Second()
	assert.Equal(t, wu, second)
	assert.Zero(t, out.Decision.RatifyBy())
	assert.Equal(t, review.CaseDecided, out.Case.State)
	assert.Equal(t, now, out.Decision.Times().Decided, "it took effect when it was made")

	_, err = review.Unratified(then(f, out, robot, later(25*time.Hour)))
	assert.Contains(t, codes(t, err), "decision/nothing-to-ratify")
}

func TestRatifyRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		edit func(f *review.FollowUp)
		want string
	}{
		{"same_person", func(f *review.FollowUp) { f.By = chen }, "by/same-person"},
		{"reviewer", func(f *review.FollowUp) { f.By = zhou }, "case/role"},
		{"a_day_later", func(f *review.FollowUp) { f.Now = later(24 * time.Hour) },
			"decision/ratify-late"},
		{"stale", func(f *review.FollowUp) { f.Rev = 0 }, "rev/stale"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, f := urgent(t, nil)
			test.edit(&f)
			_, err := review.Ratify(f)
			assert.Equal(t, []string{test.want}, codes(t, err))
		})
	}
	_, f := proposal(t)
	_, err := review.Ratify(f)
	assert.Contains(t, codes(t, err), "decision/nothing-to-ratify")
}

func TestUnratifiedLapses(t *testing.T) {
	t.Parallel()
	in, f := urgent(t, nil)
	f.By, f.Now = robot, later(24*time.Hour-1)
	_, err := review.Unratified(f)
	require.Equal(t, []string{"decision/ratify-open"}, codes(t, err))

	f.Now = later(24 * time.Hour)
	out, err := review.Unratified(f)
	require.NoError(t, err)
	assert.Equal(t, review.StatusLapsed, out.Decision.Status())
	assert.Equal(t, review.CaseReopened, out.Case.State)
	assert.Equal(t, review.Standing{State: review.AppListed}, out.App.Standing)
	assert.Empty(t, cmp.Diff(states(in.Releases), states(merged(f.Releases, out.Releases))),
		"as before")
	assert.False(t, out.Decision.Running())

	_, err = review.Unratified(then(f, out, robot, later(48*time.Hour)))
	assert.ErrorIs(t, err, review.ErrConflict, "once")

	seen, err := review.ConfirmEffect(then(f, out, robot, later(25*time.Hour)))
	require.NoError(t, err, "that it is back in the store is seen too")
	assert.True(t, seen.Decision.Effected())
}

func TestUnratifiedOrderStays(t *testing.T) {
	t.Parallel()
	_, f := urgent(t, order)
	f.By, f.Now = robot, later(30*time.Hour)
	out, err := review.Unratified(f)
	require.NoError(t, err)
	assert.Nil(t, out.App)
	assert.Equal(t, review.StatusEffective, out.Decision.Status())
	assert.Equal(t, review.EventEscalate, out.Entries[0].On)
	_, err = review.Unratified(then(f, out, robot, later(48*time.Hour)))
	assert.Contains(t, codes(t, err), "decision/nothing-to-ratify")
}

// What a later decision did is not taken back by the lapse of an earlier one.
func TestLapseLeavesLaterDecisions(t *testing.T) {
	t.Parallel()
	_, f := urgent(t, nil)
	f.By, f.Now = robot, later(30*time.Hour)
	f.App.Standing = review.Standing{State: review.AppRemoved, Decisions: []string{"d-1", "d-2"}}
	for i := range f.Releases {
		f.Releases[i].State = review.ReleaseRemoved
	}
	out, err := review.Unratified(f)
	require.NoError(t, err)
	assert.Equal(t, review.Standing{State: review.AppRemoved, Decisions: []string{"d-2"}},
		out.App.Standing)
	assert.Empty(t, out.Releases)
}

func TestLapseReturnsToTheEarlierMeasure(t *testing.T) {
	t.Parallel()
	_, f := urgent(t, nil, standing(review.AppWarned, "d-0"))
	require.Equal(t, []string{"d-0", "d-1"}, f.App.Standing.Decisions)
	f.By, f.Now = robot, later(30*time.Hour)
	out, err := review.Unratified(f)
	require.NoError(t, err)
	assert.Equal(t, review.Standing{State: review.AppWarned, Decisions: []string{"d-0"}},
		out.App.Standing)
}
