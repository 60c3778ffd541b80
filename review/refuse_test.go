package review_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

func TestDecideRefuses(t *testing.T) {
	t.Parallel()
	type in = *review.DecisionInput
	fill := func(f func(in)) []edit { return []edit{f} }
	suspend := measure(review.MeasureSuspend, review.ScopeDownloads)
	warn := measure(review.MeasureWarn, "")
	tests := []struct {
		name  string
		edits []edit
		want  string
		kind  error
	}{
		{"stale", fill(func(i in) { i.Rev = 2 }), "rev/stale", review.ErrConflict},
		{"unclaimed", fill(func(i in) { i.Case.State = review.CaseWaiting }),
			"case/not-claimed", review.ErrConflict},
		{"claimed_by_another", fill(func(i in) { i.By = zhou }), "case/claimed",
			review.ErrConflict},
		{"claim_run_out", fill(func(i in) { i.Now = later(time.Hour) }), "case/claim-expired",
			review.ErrConflict},
		{"already_decided", fill(func(i in) { i.Case.State = review.CaseDecided }),
			"case/not-claimed", review.ErrConflict},
		{"by_nobody", fill(func(i in) { i.By = review.Actor{} }), "by/actor",
			review.ErrForbidden},
		{"by_an_admin", []edit{claimedBy(boss)}, "app/role", review.ErrForbidden},
		{"by_the_developer", []edit{claimedBy(maker)}, "case/role", review.ErrForbidden},
		{"by_a_program", []edit{measure(review.MeasureList, ""), claimedBy(robot)},
			"by/not-a-person", review.ErrForbidden},
		{"id_missing", fill(func(i in) { i.ID = "" }), "id/id", review.ErrInvalid},
		{"id_used", fill(func(i in) { i.Case.Decisions = []review.Decision{{ID: "d-1"}} }),
			"id/id", review.ErrInvalid},
		{"measure_missing", []edit{measure("", "")}, "measure/measure-missing",
			review.ErrInvalid},
		{"measure_unknown", []edit{measure("ban", "")}, "measure/measure-unknown",
			review.ErrInvalid},
		{"scope_missing", []edit{measure(review.MeasureSuspend, "")}, "scope/scope",
			review.ErrInvalid},
		{"scope_out_of_place", []edit{measure(review.MeasureWarn, review.ScopeUpdates)},
			"scope/scope", review.ErrInvalid},
		{"function_missing", []edit{measure(review.MeasureSuspend, review.ScopeFunction)},
			"function/function-missing", review.ErrInvalid},
		{"versions_missing", []edit{measure(review.MeasureSuspend, review.ScopeVersions)},
			"versions/versions-missing", review.ErrInvalid},
		{"version_unknown", []edit{measure(review.MeasureSuspend, review.ScopeVersions),
			func(i in) { i.Proposal.Versions = []string{"r-none"} }},
			"versions/version-unknown", review.ErrInvalid},
		{"version_not_listed", []edit{measure(review.MeasureSuspend, review.ScopeVersions),
			func(i in) { i.Proposal.Versions = []string{"r-new"} }},
			"versions/version-unknown", review.ErrInvalid},
		{"conditions_out_of_place",
			fill(func(i in) { i.Proposal.Conditions = []string{"补充截图"} }),
			"conditions/conditions", review.ErrInvalid},
		{"cure_out_of_place", fill(func(i in) { i.Proposal.Cures = true }), "cures/cures",
			review.ErrInvalid},
		{"cure_of_nothing", []edit{measure(review.MeasureList, ""),
			func(i in) { i.Proposal.Cures = true }}, "app/state", review.ErrConflict},
		{"listing_while_suspended", []edit{measure(review.MeasureList, ""),
			standing(review.AppSuspended, "d-0")}, "cures/cures-needed", review.ErrConflict},
		{"reviewer_cures_a_suspension", []edit{measure(review.MeasureList, ""),
			standing(review.AppSuspended, "d-0"), func(i in) { i.Proposal.Cures = true }},
			"app/role", review.ErrForbidden},
		{"reviewer_reinstates_a_suspension", []edit{measure(review.MeasureReinstate, ""),
			standing(review.AppSuspended, "d-0"), func(i in) { i.Releases = i.Releases[:2] }},
			"app/role", review.ErrForbidden},
		{"reviewer_lists_what_was_removed", []edit{measure(review.MeasureList, ""),
			standing(review.AppRemoved, "d-0")}, "app/role", review.ErrForbidden},
		{"reinstate_leaves_a_submission", []edit{measure(review.MeasureReinstate, ""),
			standing(review.AppWarned, "d-0")}, "release/release-undecided",
			review.ErrConflict},
		{"nothing_to_reinstate", []edit{measure(review.MeasureReinstate, ""), claimedBy(chen),
			func(i in) { i.Releases = i.Releases[:2] }}, "app/nothing-to-reinstate",
			review.ErrConflict},
		{"warning_what_is_not_listed", []edit{warn, standing(review.AppUnlisted)}, "app/state",
			review.ErrConflict},
		{"refusing_what_is_listed", fill(func(i in) { i.Case.Release = "r-old" }),
			"release/state", review.ErrConflict},
		{"release_gone", fill(func(i in) { i.Case.Release = "r-none" }),
			"release/release-missing", review.ErrConflict},
		{"no_ground", fill(func(i in) { i.Proposal.Grounds = review.Grounds{} }),
			"grounds/grounds-missing", review.ErrInvalid},
		{"obligation_unknown",
			fill(func(i in) { i.Proposal.Grounds.Obligations = []string{"FI-99"} }),
			"grounds/obligation-unknown", review.ErrInvalid},
		{"obligation_of_a_draft",
			fill(func(i in) { i.Proposal.Grounds.Obligations = []string{"DR-01"} }),
			"grounds/obligation-not-in-force", review.ErrInvalid},
		{"article_unknown",
			fill(func(i in) { i.Proposal.Grounds.Articles = []string{"dsp 99"} }),
			"grounds/article-unknown", review.ErrInvalid},
		{"no_evidence", fill(func(i in) { i.Proposal.Evidence = nil }),
			"evidence/evidence-missing", review.ErrInvalid},
		{"evidence_unknown", fill(func(i in) {
			i.Proposal.Evidence = []review.Pointer{{Kind: review.PointFinding, ID: "FI-01"}}
		}), "evidence/evidence-unknown", review.ErrInvalid},
		{"no_reason", fill(func(i in) { i.Proposal.Reason = " \n\t" }),
			"reason/reason-missing", review.ErrInvalid},
		{"reason_in_english",
			fill(func(i in) { i.Proposal.Reason = "The filing number is a supporter's." }),
			"reason/reason-not-chinese", review.ErrInvalid},
		{"reason_short", fill(func(i in) { i.Proposal.Reason = "备案编号不符。" }),
			"reason/reason-too-short", review.ErrInvalid},
		{"reason_long",
			fill(func(i in) { i.Proposal.Reason = strings.Repeat("长", review.MaxReason+1) }),
			"reason/reason-too-long", review.ErrInvalid},
		{"no_remedy", []edit{warn, func(i in) { i.Proposal.Remedy.ZH = "" }},
			"remedy/remedy-missing", review.ErrInvalid},
		{"remedy_in_english_only", []edit{suspend, func(i in) {
			i.Proposal.Remedy.ZH, i.Proposal.Remedy.EN = "", "File."
		}}, "remedy/remedy-missing", review.ErrInvalid},
		{"term_without_use", []edit{days(3)}, "working_days/term-without-use",
			review.ErrInvalid},
		{"no_term_for_articles_alone", []edit{warn, func(i in) {
			i.Proposal.Grounds.Obligations = nil
		}}, "working_days/term-missing", review.ErrInvalid},
		{"no_term_for_a_note", []edit{warn, func(i in) {
			i.Proposal.Grounds.Obligations = []string{"ST-10"}
		}}, "working_days/term-missing", review.ErrInvalid},
		{"term_too_long", []edit{warn, days(review.MaxTerm + 1)}, "working_days/term-range",
			review.ErrInvalid},
		{"term_negative", []edit{warn, days(-1)}, "working_days/term-range",
			review.ErrInvalid},
		{"consequence_without_deadline",
			[]edit{consequence(review.MeasureRemove, "")}, "consequence/consequence",
			review.ErrInvalid},
		{"consequence_milder", []edit{suspend,
			consequence(review.MeasureSuspend, review.ScopeDownloads)},
			"consequence/consequence", review.ErrInvalid},
		{"consequence_without_scope", []edit{warn, consequence(review.MeasureSuspend, "")},
			"consequence/consequence", review.ErrInvalid},
		{"consequence_of_a_question", []edit{measure(review.MeasureAsk, ""),
			consequence(review.MeasureRemove, "")}, "consequence/consequence",
			review.ErrInvalid},
		{"emergency_by_a_reviewer", []edit{suspend, emergency(nil)}, "case/role",
			review.ErrForbidden},
		{"emergency_warning", []edit{warn, claimedBy(chen), emergency(nil)},
			"emergency/emergency-measure", review.ErrInvalid},
		{"emergency_with_a_consequence", []edit{suspend, claimedBy(chen), emergency(nil),
			consequence(review.MeasureRemove, "")}, "consequence/emergency-consequence",
			review.ErrInvalid},
		{"order_without_reference", []edit{suspend, claimedBy(chen),
			emergency(&review.Order{Authority: "某市网信办"})}, "emergency/order",
			review.ErrInvalid},
		{"other_edition", fill(func(i in) { i.Case.Made.Law = "2025-01" }),
			"made/other-edition", review.ErrConflict},
		{"edition_changed", fill(func(i in) { i.Case.Made.Digest = "00" }),
			"made/other-edition", review.ErrConflict},
		{"rules_unnamed", fill(func(i in) { i.Case.Made.Rules = "" }), "made/made-on",
			review.ErrInvalid},
		{"policy_unnamed", fill(func(i in) { i.Policy.Version = "" }), "made/made-on",
			review.ErrInvalid},
		{"no_law", fill(func(i in) { i.Law = nil }), "made/made-on", review.ErrInvalid},
		{"listing_what_was_not_analysed", []edit{measure(review.MeasureList, ""),
			func(i in) { i.Case.Made.Facts = "" }}, "made/not-analysed", review.ErrConflict},
		{"never_received", fill(func(i in) { i.Case.Times.Received = time.Time{} }),
			"times/times", review.ErrInvalid},
		{"opened_tomorrow", fill(func(i in) { i.Case.Times.Opened = later(time.Hour) }),
			"times/times", review.ErrInvalid},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			input := with(t, test.edits...)
			out, err := review.Decide(input)
			require.Error(t, err)
			assert.Contains(t, codes(t, err), test.want)
			assert.ErrorIs(t, err, test.kind)
			assert.Empty(t, cmp.Diff(review.Outcome{}, out), "nothing beside an error")
			assert.NotEmpty(t, review.Problems(input))
		})
	}
}
