package review_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// plainApp is a submission of an application that makes nothing, and says so.
func plainApp(t *testing.T) review.AutoInput {
	t.Helper()
	in := sound(t)
	in.Findings, in.Capabilities = nil, nil
	in.Declaration.Synthesis = review.Synthesis{Offered: review.No}
	in.Declaration.Purpose = "记录每日步数。"
	o := office(t)
	o.Case.Place = review.Place{State: review.CaseWaiting}
	o.Case.Claim, o.Case.Route = review.Claim{}, review.Clear
	hand := review.Hand{By: review.Actor{ID: "maker", Role: review.RoleDeveloper},
		Signers: []analyzer.Signer{{Scheme: "v2", SHA256: "aa", Verified: true}}}
	var others []review.Hand
	for _, r := range o.Releases {
		others = append(others, review.Hand{Release: r.ID, Signers: hand.Signers})
	}
	return review.AutoInput{
		Hand: hand, Others: others,
		ID: "d-1", Case: o.Case, App: o.App, Releases: o.Releases, Report: in,
		Checks: review.Assess(in), Articles: o.Articles, Calendar: o.Calendar, Size: 1 << 20,
		Policy: review.Policy{Version: "2026-11-01", AutoList: true, MaxSize: 1 << 30}, Now: now,
	}
}

func TestAutoList(t *testing.T) {
	t.Parallel()
	in := plainApp(t)
	require.Empty(t, review.AutoProblems(in))
	out, err := review.AutoList(in)
	require.NoError(t, err)
	d := *out.Decision
	assert.True(t, d.Automated)
	assert.False(t, d.Sampled)
	assert.Equal(t, review.MeasureList, d.Measure)
	assert.Equal(t, review.Actor{ID: "policy:2026-11-01", Name: "policy 2026-11-01",
		Role: review.RolePipeline}, d.By)
	assert.Contains(t, d.Reason, "2026-11-01")
	assert.Equal(t, "2026-11-01", d.Made.Policy)
	assert.Contains(t, d.Evidence, review.Pointer{Kind: review.PointCheck, ID: "ST-01"})
	assert.Equal(t, review.CaseDecided, out.Case.State)
	assert.Equal(t, review.AppListed, out.App.Standing.State)
	assert.Equal(t, review.ReleaseListed, states(merged(in.Releases, out.Releases))["r-new"])
	assert.Empty(t, cmp.Diff(d, out.Case.Decisions[0]))
}

func TestAutoListPassesOverWhatWasNotRead(t *testing.T) {
	t.Parallel()
	in := plainApp(t)
	for i := range in.Others {
		in.Others[i] = review.Hand{Release: in.Others[i].Release, Unread: true}
	}
	assert.Empty(t, review.AutoProblems(in))
}

func TestAutoListSamples(t *testing.T) {
	t.Parallel()
	in := plainApp(t)
	in.Policy.SampleRate = 1
	out, err := review.AutoList(in)
	require.NoError(t, err)
	assert.True(t, out.Decision.Sampled)
	reopened, err := out.Case.Move(review.Entry{At: now, By: robot, On: review.EventReopen})
	require.NoError(t, err)
	assert.Equal(t, review.CaseReopened, reopened.Case.State)
}

func TestAutoListRefuses(t *testing.T) {
	t.Parallel()
	type in = *review.AutoInput
	tests := []struct {
		name string
		edit func(in)
		want string
	}{
		{"policy_off", func(i in) { i.Policy.AutoList = false }, "policy/auto-off"},
		{"no_policy", func(i in) { i.Policy = review.Policy{} }, "policy/auto-off"},
		{"too_large", func(i in) { i.Size = 2 << 30 }, "package/auto-size"},
		{"inspection", func(i in) { i.Case.Stage = review.StageListed }, "case/not-a-submission"},
		{"warned", func(i in) { i.App.Standing.State = review.AppWarned }, "app/auto-standing"},
		{"suspended", func(i in) { i.App.Standing.State = review.AppSuspended },
			"app/auto-standing"},
		{"removed", func(i in) { i.App.Standing.State = review.AppRemoved },
			"app/auto-standing"},
		{"claimed", func(i in) { i.Case.State = review.CaseClaimed }, "case/role"},
		{"appealed", func(i in) { i.Case.State = review.CaseAppealed }, "case/state"},
		{"refused_before", func(i in) { i.Releases[2].State = review.ReleaseRefused },
			"release/role"},
		{"no_declaration", func(i in) { i.Report.Declaration = nil },
			"declaration/auto-declaration"},
		{"synthesis_declared", func(i in) {
			i.Report.Declaration.Synthesis.Offered = review.Yes
		}, "declaration/auto-offered"},
		{"synthesis_not_answered", func(i in) {
			i.Report.Declaration.Synthesis.Offered = review.Unknown
		}, "declaration/auto-offered"},
		{"nothing_read", func(i in) { i.Report.Facts = nil }, "report/auto-unread"},
		{"gap_over_code", func(i in) {
			i.Report.Facts.Gaps = []analyzer.Gap{{Code: true, Reason: "budget"}}
		}, "report/auto-unread"},
		{"encrypted", func(i in) { i.Report.Facts.Package.Encrypted = true },
			"report/auto-unread"},
		{"packer", func(i in) {
			i.Report.Findings = []analyzer.Finding{{Rule: "p", Kind: analyzer.KindPacker}}
		}, "report/auto-packer"},
		{"capability", func(i in) {
			i.Report.Capabilities = []analyzer.Capability{{ID: analyzer.FaceSwap}}
		}, "report/auto-capability"},
		{"evasion", func(i in) {
			i.Report.Facts.Anomalies = []analyzer.Anomaly{{Code: analyzer.ZipEncryptionFlag}}
		}, "report/auto-evasion"},
		{"unmet_check", func(i in) { i.Checks[0].Status = review.Unmet }, "checks/auto-unmet"},
		{"scan_failed", func(i in) { i.Case.Made.Facts = "" }, "made/not-analysed"},
		{"other_edition", func(i in) { i.Case.Made.Law = "2025-01" }, "made/other-edition"},
		{"signed_by_another", func(i in) {
			i.Hand.Signers = []analyzer.Signer{{Scheme: "v2", SHA256: "bb", Verified: true}}
		}, "release/auto-hand"},
		{"signature_does_not_hold", func(i in) {
			i.Hand.Signers = []analyzer.Signer{{Scheme: "v2", SHA256: "aa"}}
		}, "release/auto-hand"},
		{"signed_by_both", func(i in) {
			i.Hand.Signers = append(i.Hand.Signers,
				analyzer.Signer{Scheme: "v2", SHA256: "bb", Verified: true})
		}, "release/auto-hand"},
		{"hand_of_another_release_unknown", func(i in) { i.Others = nil }, "release/auto-hand"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			input := plainApp(t)
			test.edit(&input)
			out, err := review.AutoList(input)
			assert.Contains(t, codes(t, err), test.want)
			assert.Empty(t, cmp.Diff(review.Outcome{}, out))
		})
	}
}

func TestHand(t *testing.T) {
	t.Parallel()
	signed := func(by string, certificates ...string) review.Hand {
		h := review.Hand{By: review.Actor{ID: by, Role: review.RoleDeveloper}}
		for _, c := range certificates {
			h.Signers = append(h.Signers,
				analyzer.Signer{Scheme: "v2", SHA256: c, Verified: true},
				analyzer.Signer{Scheme: "v3", SHA256: c, Verified: true})
		}
		return h
	}
	for _, tt := range []struct {
		name string
		a, b review.Hand
		want bool
	}{
		{"same_certificate", signed("a", "x"), signed("b", "x"), true},
		{"two_certificates", signed("a", "x", "y"), signed("a", "y", "x"), true},
		{"other_certificate", signed("a", "x"), signed("a", "y"), false},
		{"one_of_two", signed("a", "x"), signed("a", "x", "y"), false},
		{"unsigned_behind_signed", signed("a"), signed("a", "x"), false},
		{"unsigned_of_one_account", signed("a"), signed("a"), true},
		{"unsigned_of_two_accounts", signed("a"), signed("b"), false},
		{"nobody", review.Hand{}, review.Hand{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, tt.a.Same(tt.b))
			assert.Equal(t, tt.want, tt.b.Same(tt.a))
		})
	}
}

func TestAutoListTakesTheMismatchToAPerson(t *testing.T) {
	t.Parallel()
	in := plainApp(t)
	in.Report.Findings = sound(t).Findings
	in.Report.Capabilities = sound(t).Capabilities
	in.Checks = review.Assess(in.Report)
	_, err := review.AutoList(in)
	assert.Subset(t, codes(t, err), []string{"report/auto-route", "report/auto-capability",
		"checks/auto-unmet"})
}
