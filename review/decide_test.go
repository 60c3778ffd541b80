package review_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	type releases = map[string]review.ReleaseState
	const (
		listed    = review.ReleaseListed
		submitted = review.ReleaseSubmitted
		refused   = review.ReleaseRefused
		suspended = review.ReleaseSuspended
	)
	tests := []struct {
		name     string
		edits    []edit
		status   review.DecisionStatus
		state    review.CaseState
		app      review.AppState
		releases releases
		day      string // of the deadline
		closes   []string
	}{
		{
			"refuse_leaves_the_listed", nil, review.StatusEffective, review.CaseDecided,
			review.AppListed, releases{"r-old": listed, "r-ios": listed, "r-new": refused}, "", nil,
		},
		{
			"list_supersedes_on_its_platform", []edit{measure(review.MeasureList, "")},
			review.StatusEffective, review.CaseDecided, review.AppListed,
			releases{"r-old": review.ReleaseSuperseded, "r-ios": listed, "r-new": listed}, "", nil,
		},
		{
			"ask_has_the_term_of_what_is_unclear", []edit{measure(review.MeasureAsk, "")},
			review.StatusEffective, review.CaseAwaiting, review.AppListed,
			releases{"r-old": listed, "r-ios": listed, "r-new": submitted}, "2026-11-30", nil,
		},
		{
			"warn_refuses_the_submission", []edit{measure(review.MeasureWarn, "")},
			review.StatusEffective, review.CaseDecided, review.AppWarned,
			releases{"r-old": listed, "r-ios": listed, "r-new": refused}, "2026-12-07", nil,
		},
		{
			"suspension_is_proposed",
			[]edit{measure(review.MeasureSuspend, review.ScopeDownloads)},
			review.StatusProposed, review.CaseProposed, review.AppListed,
			releases{"r-old": listed, "r-ios": listed, "r-new": submitted}, "2026-12-07", nil,
		},
		{
			"removal_is_proposed", []edit{measure(review.MeasureRemove, "")},
			review.StatusProposed, review.CaseProposed, review.AppListed,
			releases{"r-old": listed, "r-ios": listed, "r-new": submitted}, "", nil,
		},
		{
			"warning_with_a_consequence_is_proposed",
			[]edit{measure(review.MeasureWarn, ""),
				consequence(review.MeasureSuspend, review.ScopeDownloads)},
			review.StatusProposed, review.CaseProposed, review.AppListed,
			releases{"r-old": listed, "r-ios": listed, "r-new": submitted}, "2026-12-07", nil,
		},
		{
			"term_of_the_person", []edit{measure(review.MeasureWarn, ""), days(3)},
			review.StatusEffective, review.CaseDecided, review.AppWarned,
			releases{"r-old": listed, "r-ios": listed, "r-new": refused}, "2026-11-26", nil,
		},
		{
			"term_of_the_policy", []edit{measure(review.MeasureWarn, ""),
				func(in *review.DecisionInput) {
					in.Policy.RemedyWorkingDays = map[review.Severity]int{review.SeverityB: 5}
				}},
			review.StatusEffective, review.CaseDecided, review.AppWarned,
			releases{"r-old": listed, "r-ios": listed, "r-new": refused}, "2026-11-30", nil,
		},
		{
			"emergency_acts_at_once",
			[]edit{measure(review.MeasureSuspend, review.ScopeDownloads), claimedBy(chen),
				emergency(nil)},
			review.StatusEffective, review.CaseDecided, review.AppSuspended,
			releases{"r-old": suspended, "r-ios": suspended, "r-new": refused}, "2026-12-07", nil,
		},
		{
			"listing_does_not_lift_a_warning",
			[]edit{measure(review.MeasureList, ""), standing(review.AppWarned, "d-0")},
			review.StatusEffective, review.CaseDecided, review.AppWarned,
			releases{"r-old": review.ReleaseSuperseded, "r-ios": listed, "r-new": listed}, "", nil,
		},
		{
			"a_cure_lifts_it_and_ends_its_deadline",
			[]edit{measure(review.MeasureList, ""), standing(review.AppWarned, "d-0"),
				func(in *review.DecisionInput) { in.Proposal.Cures = true }},
			review.StatusEffective, review.CaseDecided, review.AppListed,
			releases{"r-old": review.ReleaseSuperseded, "r-ios": listed, "r-new": listed}, "",
			[]string{"d-0"},
		},
		{
			"a_refusal_falls_on_appeal",
			[]edit{measure(review.MeasureList, ""), func(in *review.DecisionInput) {
				in.Releases[2].State = refused
				in.Case.Rest = review.CaseAppealed
			}},
			review.StatusEffective, review.CaseDecided, review.AppListed,
			releases{"r-old": review.ReleaseSuperseded, "r-ios": listed, "r-new": listed}, "", nil,
		},
		{
			"a_removed_application_is_listed_by_a_senior",
			[]edit{measure(review.MeasureList, ""), claimedBy(chen),
				standing(review.AppRemoved, "d-0"), func(in *review.DecisionInput) {
					in.Releases = in.Releases[2:]
				}},
			review.StatusEffective, review.CaseDecided, review.AppListed,
			releases{"r-new": listed}, "", []string{"d-0"},
		},
		{
			"reinstated_from_an_inspection",
			[]edit{measure(review.MeasureReinstate, ""), claimedBy(chen),
				standing(review.AppSuspended, "d-0", "d-00"), func(in *review.DecisionInput) {
					in.Case.Stage, in.Case.Release = review.StageListed, "r-old"
					in.Releases[0].State, in.Releases[1].State = suspended, suspended
					in.Releases = in.Releases[:2]
				}},
			review.StatusEffective, review.CaseDecided, review.AppListed,
			releases{"r-old": listed, "r-ios": listed}, "", []string{"d-0", "d-00"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in := with(t, test.edits...)
			assert.Empty(t, review.Problems(in))
			out := decided(t, in)
			f := following(in, out, in.By, in.Now)
			assert.Equal(t, test.status, out.Decision.Status())
			assert.Equal(t, test.state, out.Case.State)
			assert.Equal(t, test.app, f.App.Standing.State)
			assert.Empty(t, cmp.Diff(test.releases, states(f.Releases)))
			assert.Equal(t, test.day, out.Decision.Deadline().Day)
			assert.Equal(t, test.closes, out.Closes)
			assert.Equal(t, review.Claim{}, out.Case.Claim, "nobody has it any longer")
			require.Len(t, out.Case.Decisions, 1)
			assert.Empty(t, cmp.Diff(out.Case.Decisions[0], *out.Decision))
			require.Len(t, out.Entries, 1)
			assert.Equal(t, "d-1", out.Entries[0].Decision)
		})
	}
}

func TestDecisionNamesWhatItWasMadeOn(t *testing.T) {
	t.Parallel()
	in := office(t)
	d := *decided(t, in).Decision
	want := in.Case.Made
	want.Policy = "2026-11-01"
	assert.Empty(t, cmp.Diff(want, d.Made))
	assert.Equal(t, review.SeverityB, d.Severity)
	assert.False(t, d.Automated)
	assert.Equal(t, lin, d.By)
	assert.Empty(t, cmp.Diff(review.Times{Received: in.Case.Times.Received,
		Opened: in.Case.Times.Opened, Decided: now}, d.Times()))
}

// Each of these is wrong in one way alone: the refusal says that and nothing else.
func TestDecideSaysOneThingForOneDefect(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		edit edit
		want []string
	}{
		{"no_ground", func(in *review.DecisionInput) {
			in.Proposal.Grounds = review.Grounds{}
		}, []string{"grounds/grounds-missing"}},
		{"stale", func(in *review.DecisionInput) { in.Rev++ }, []string{"rev/stale"}},
		{"claimed_by_another", func(in *review.DecisionInput) { in.By = zhou },
			[]string{"case/claimed"}},
		{"reason", func(in *review.DecisionInput) { in.Proposal.Reason = "不行" },
			[]string{"reason/reason-too-short"}},
		{"no_measure", measure("", ""), []string{"measure/measure-missing"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := review.Decide(with(t, test.edit))
			assert.Equal(t, test.want, codes(t, err))
		})
	}
}

func TestDecideSaysEverythingAtOnce(t *testing.T) {
	t.Parallel()
	in := with(t, measure(review.MeasureSuspend, ""), func(in *review.DecisionInput) {
		in.Proposal.Grounds, in.Proposal.Evidence = review.Grounds{}, nil
		in.Proposal.Reason, in.Proposal.Remedy.ZH = "", ""
		in.Rev = 9
	})
	_, err := review.Decide(in)
	assert.Equal(t, []string{"rev/stale", "scope/scope", "grounds/grounds-missing",
		"evidence/evidence-missing", "reason/reason-missing", "remedy/remedy-missing",
		"working_days/term-missing"}, codes(t, err))
	assert.ErrorIs(t, err, review.ErrInvalid)
	assert.ErrorIs(t, err, review.ErrConflict)
	assert.NotErrorIs(t, err, review.ErrForbidden)
	assert.NotErrorIs(t, err, review.ErrNotFound)
}

func TestDecideChangesNothingThatItWasGiven(t *testing.T) {
	t.Parallel()
	in, want := office(t), office(t)
	in.Case.Decisions = make([]review.Decision, 0, 4)
	want.Case.Decisions = []review.Decision{}
	decided(t, in)
	assert.Empty(t, cmp.Diff(want.Case, in.Case))
	assert.Empty(t, cmp.Diff(want.Releases, in.Releases))
	assert.Empty(t, cmp.Diff(want.App, in.App))
}

// A decision on a package whose scan failed rests on that: it is not listed, but a
// person may refuse it.
func TestDecideOnAFailedScan(t *testing.T) {
	t.Parallel()
	in := with(t, func(in *review.DecisionInput) {
		in.Case.Rest, in.Case.Made.Facts = review.CaseScanFailed, ""
		in.Proposal.Evidence = []review.Pointer{{Kind: review.PointScan, ID: "failed"}}
		in.Known[review.PointScan] = []string{"failed"}
	})
	assert.Equal(t, review.CaseDecided, decided(t, in).Case.State)
}

func TestOwnEarlierDecisionIsClosedInTheSameCase(t *testing.T) {
	t.Parallel()
	in := with(t, measure(review.MeasureWarn, ""), func(in *review.DecisionInput) {
		in.Case.Stage, in.Case.Release = review.StageListed, "r-old"
		in.Releases = in.Releases[:2]
	})
	warned := decided(t, in)
	require.True(t, warned.Decision.Running())

	again := with(t, measure(review.MeasureReinstate, ""))
	again.ID, again.App, again.Releases = "d-2", *warned.App, in.Releases
	again.Case = warned.Case
	again.Case.Place = review.Place{State: review.CaseClaimed, Rest: review.CaseReopened}
	again.Case.Claim = review.Claim{By: lin, Until: later(time.Minute)}
	out := decided(t, again)
	assert.Empty(t, out.Closes)
	require.Len(t, out.Case.Decisions, 2)
	assert.False(t, out.Case.Decisions[0].Running())
	assert.Equal(t, review.CaseDecided, out.Case.State)
	assert.Equal(t, review.Standing{State: review.AppListed}, out.App.Standing)
}
