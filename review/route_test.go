package review_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// plain is an application that generates nothing, with everything in order.
func plain(t *testing.T) review.Input {
	t.Helper()
	in := sound(t)
	offersNothing(&in)
	in.Declaration.Flags, in.Disclosures = nil, review.Disclosures{}
	return in
}

func TestRouteOf(t *testing.T) {
	t.Parallel()
	none := func(*review.Input) {}
	for _, tt := range []struct {
		name   string
		base   func(*testing.T) review.Input
		change change
		want   review.Route
	}{
		{"nothing_to_see", plain, none, review.Clear},
		{"nothing_to_see_without_declaration", plain, noDeclaration, review.Clear},
		{"gap_over_data_only", plain, func(in *review.Input) {
			in.Facts.Gaps = []analyzer.Gap{{Reason: analyzer.GapMalformed,
				Where: analyzer.Where{Entry: "a.png"}}}
		}, review.Clear},
		{"harmless_anomaly", plain, anomaly(analyzer.ZipComment), review.Clear},
		{"packer_that_hides_nothing", plain, func(in *review.Input) {
			packed(in)
			in.Findings[0].Features = nil
		}, review.Clear},

		{"evasion", plain, anomaly(analyzer.ZipEncryptionFlag), review.Review},
		{"capability", sound, none, review.Review},
		{"capability_without_declaration", sound, noDeclaration, review.Review},
		{"mismatch", sound, func(in *review.Input) {
			deniesAll(in)
			probable(in)
		}, review.Review},
		{"unclear_at_B_with_declaration", plain,
			func(in *review.Input) { in.Declaration.Documents = nil }, review.Review},
		{"unclear_at_A_with_declaration", plain, text("去除AI标识"), review.Review},
		{"unclear_at_A_without_declaration", plain, func(in *review.Input) {
			text("去除AI标识")(in)
			in.Declaration = nil
		}, review.Clear},

		{"code_gap", plain, codeGap, review.CannotTell},
		{"code_gap_and_capability", sound, codeGap, review.CannotTell},
		{"encrypted", plain, func(in *review.Input) { in.Facts.Package.Encrypted = true },
			review.CannotTell},
		{"packed", plain, packed, review.CannotTell},
		{"not_analysed", plain, func(in *review.Input) { in.Facts = nil }, review.CannotTell},

		{"unmet_at_B", sound, numbers(), review.Blocked},
		{"unmet_at_B_before_code_gap", sound, func(in *review.Input) {
			numbers()(in)
			codeGap(in)
		}, review.Blocked},
		{"unmet_at_A", plain, func(in *review.Input) {
			in.Findings = []analyzer.Finding{{Rule: "unmark", Kind: analyzer.KindSDK,
				Features: []string{review.FeatureLabelRemoval}, Confidence: analyzer.Confirmed}}
		}, review.Blocked},
		{"unmet_at_B_on_probable_evidence", sound, func(in *review.Input) {
			numbers()(in)
			probable(in)
			deniesAll(in)
		}, review.Review},
		{"unmet_at_C", sound, func(in *review.Input) { in.Declaration.Consent.Prompt = "" },
			review.Review},
		{"unmet_at_D", sound, otherName, review.Review},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := tt.base(t)
			tt.change(&in)
			checks := review.Assess(in)
			got := review.RouteOf(in, checks)
			if got != tt.want {
				for _, c := range checks {
					t.Logf("%s %s %s %s", c.Obligation, c.Severity, c.Status, c.Why.EN)
				}
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func anomaly(code analyzer.AnomalyCode) change {
	return func(in *review.Input) {
		in.Facts.Anomalies = append(in.Facts.Anomalies, analyzer.Anomaly{Code: code})
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	unmet := func(ids ...string) []review.Check {
		var out []review.Check
		for _, id := range ids {
			out = append(out, review.Check{Obligation: id, Status: review.Unmet})
		}
		return out
	}
	unclear := []review.Check{
		{Obligation: "FI-01", Status: review.Unclear, Severity: review.SeverityB},
		{Obligation: "FI-07", Status: review.Unclear, Severity: review.SeverityC},
		{Obligation: "LB-08", Status: review.Unclear, Severity: review.SeverityA},
	}
	for _, tt := range []struct {
		name     string
		checks   []review.Check
		stage    review.Stage
		declared bool
		want     review.Suggestion
	}{
		{"nothing", nil, review.StageSubmission, true, review.Suggestion{Obligations: []string{}}},
		{"refuse_before_ask", unmet("TR-01", "FI-01", "FI-03", "SA-01"), review.StageSubmission,
			true,
			review.Suggestion{Measure: "refuse", Obligations: []string{"FI-01", "SA-01"}}},
		{"ask", unmet("TR-01", "FI-07"), review.StageSubmission, true,
			review.Suggestion{Measure: "ask", Obligations: []string{"TR-01", "FI-07"}}},
		{"stage_is_submission_by_default", unmet("FI-01"), "", true,
			review.Suggestion{Measure: "refuse", Obligations: []string{"FI-01"}}},
		{"remove_before_suspend", unmet("FI-01", "LB-08"), review.StageListed, true,
			review.Suggestion{Measure: "remove", Obligations: []string{"LB-08"}}},
		{"suspend_before_warn", unmet("LB-03", "FI-01", "TR-01"), review.StageListed, true,
			review.Suggestion{Measure: "suspend", Obligations: []string{"FI-01"}}},
		{"warn_before_ask", unmet("TR-01", "LB-03"), review.StageListed, true,
			review.Suggestion{Measure: "warn", Obligations: []string{"LB-03"}}},
		{"no_measure_named", unmet("ST-04"), review.StageListed, true,
			review.Suggestion{Obligations: []string{}}},
		{"unclear_with_declaration", unclear, review.StageSubmission, true,
			review.Suggestion{Measure: "ask", Obligations: []string{"FI-01", "LB-08"}}},
		{"unclear_without_declaration", unclear, review.StageSubmission, false,
			review.Suggestion{Obligations: []string{}}},
		{"met", []review.Check{{Obligation: "FI-01", Status: review.Met,
			Severity: review.SeverityB}}, review.StageSubmission, true,
			review.Suggestion{Obligations: []string{}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			in := review.Input{Law: edition(t), Stage: tt.stage}
			if tt.declared {
				in.Declaration = declaration()
			}
			assert.Empty(t, cmp.Diff(tt.want, review.Suggest(in, tt.checks)))
		})
	}
}

// Every measure that an obligation names is one of the edition's, with a weight.
func TestMeasuresAreOrdered(t *testing.T) {
	t.Parallel()
	l := edition(t)
	weight := map[string]int{}
	for _, m := range l.Measures {
		weight[m.ID] = m.Weight
	}
	require.Len(t, weight, 7)
	assert.Less(t, weight["refuse"], weight["ask"])
	assert.Less(t, weight["remove"], weight["suspend"])
	assert.Less(t, weight["suspend"], weight["warn"])
	assert.Less(t, weight["warn"], weight["ask"])
	assert.Zero(t, weight["list"]+weight["reinstate"])
}
