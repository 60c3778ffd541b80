package review_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/review/workdays"
)

var (
	lin   = review.Actor{ID: "u-lin", Name: "林审核", Role: review.RoleReviewer}
	zhou  = review.Actor{ID: "u-zhou", Name: "周审核", Role: review.RoleReviewer}
	chen  = review.Actor{ID: "u-chen", Name: "陈高级", Role: review.RoleSenior}
	wu    = review.Actor{ID: "u-wu", Name: "吴高级", Role: review.RoleSenior}
	maker = review.Actor{ID: "u-dev", Name: "示例公司", Role: review.RoleDeveloper}
	robot = review.Actor{ID: "daily", Name: "daily", Role: review.RolePipeline}
	boss  = review.Actor{ID: "u-admin", Name: "管理员", Role: review.RoleAdmin}
)

const why = "安装包含有换脸能力，所填备案编号属于技术支持者，不能证明提供者已经备案。"

// now is a Monday morning in China.
var now = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func later(d time.Duration) time.Time { return now.Add(d) }

// office is a decision that Lin may make as it stands: to refuse an update of an
// application that is listed on two platforms.
func office(t *testing.T) review.DecisionInput {
	t.Helper()
	e, err := law.Load("2026-11")
	require.NoError(t, err)
	days, err := workdays.Load()
	require.NoError(t, err)
	return review.DecisionInput{
		ID: "d-1",
		Case: review.Case{
			ID: "c-1", Rev: 3, App: "a-1", Release: "r-new", Stage: review.StageSubmission,
			Origin: review.OriginSubmission, Route: review.Blocked,
			Place: review.Place{State: review.CaseClaimed, Rest: review.CaseWaiting},
			Claim: review.Claim{By: lin, Until: later(20 * time.Minute)},
			Made: review.MadeOn{Law: e.ID, Digest: e.Law.Digest, Rules: "r0", Facts: "f0",
				Snapshots: []review.SnapshotRef{{Source: "algorithm.csv",
					Published: "2026-10-30", SHA256: "aa"}}},
			Times: review.Times{Received: later(-5 * time.Hour), Opened: later(-4 * time.Hour)},
		},
		App: review.App{ID: "a-1", Package: "com.example.swap", Name: appName,
			Provider: entity, Standing: review.Standing{State: review.AppListed}},
		Releases: []review.Release{
			{ID: "r-old", App: "a-1", Platform: review.Android, Version: "1.9",
				State: review.ReleaseListed},
			{ID: "r-ios", App: "a-1", Platform: review.IOS, Version: "1.9",
				State: review.ReleaseListed},
			{ID: "r-new", App: "a-1", Platform: review.Android, Version: "1.10",
				State: review.ReleaseSubmitted},
		},
		Rev: 3, By: lin,
		Proposal: review.Proposal{
			Act: review.Act{Measure: review.MeasureRefuse},
			Grounds: review.Grounds{Articles: []string{"dsp 19(1)"},
				Obligations: []string{"FI-01"}},
			Evidence: []review.Pointer{{Kind: review.PointCheck, ID: "FI-01"}},
			Reason:   why,
		},
		Known: review.Known{
			review.PointCheck:   {"FI-01", "FI-02", "LB-01"},
			review.PointFinding: {"swap-sdk"},
		},
		Law: e.Law, Articles: e, Calendar: days,
		Policy: review.Policy{Version: "2026-11-01"}, Now: now,
	}
}

// edit changes one thing of an office.
type edit func(in *review.DecisionInput)

func with(t *testing.T, edits ...edit) review.DecisionInput {
	t.Helper()
	in := office(t)
	for _, e := range edits {
		e(&in)
	}
	return in
}

func measure(m review.Measure, s review.Scope) edit {
	return func(in *review.DecisionInput) {
		in.Proposal.Act = review.Act{Measure: m, Scope: s}
		if m.Needs().Remedy {
			in.Proposal.Remedy.ZH = "提供者办理备案并填写自己的编号。"
		}
	}
}

func consequence(m review.Measure, s review.Scope) edit {
	return func(in *review.DecisionInput) {
		in.Proposal.Consequence = &review.Act{Measure: m, Scope: s}
	}
}

func claimedBy(a review.Actor) edit {
	return func(in *review.DecisionInput) {
		in.By = a
		in.Case.Claim = review.Claim{By: a, Until: now.Add(20 * time.Minute)}
	}
}

func emergency(o *review.Order) edit {
	return func(in *review.DecisionInput) { in.Proposal.Emergency = &review.Emergency{Order: o} }
}

func days(n int) edit {
	return func(in *review.DecisionInput) { in.Proposal.WorkingDays = &n }
}

func standing(s review.AppState, decisions ...string) edit {
	return func(in *review.DecisionInput) {
		in.App.Standing = review.Standing{State: s, Decisions: decisions}
	}
}

// decided is an outcome of Decide that has to succeed.
func decided(t *testing.T, in review.DecisionInput) review.Outcome {
	t.Helper()
	out, err := review.Decide(in)
	require.NoError(t, err)
	return out
}

// following is the follow-up of an outcome, with what it changed.
func following(in review.DecisionInput, out review.Outcome, by review.Actor,
	at time.Time) review.FollowUp {
	f := review.FollowUp{Case: out.Case, Decision: out.Decision.ID, Rev: out.Case.Rev, By: by,
		App: in.App, Releases: in.Releases, Calendar: in.Calendar, Now: at, Note: why}
	if out.App != nil {
		f.App = *out.App
	}
	f.Releases = merged(f.Releases, out.Releases)
	return f
}

// then is the next follow-up.
func then(f review.FollowUp, out review.Outcome, by review.Actor, at time.Time) review.FollowUp {
	f.Case, f.By, f.Now = out.Case, by, at
	if out.App != nil {
		f.App = *out.App
	}
	f.Releases = merged(f.Releases, out.Releases)
	return f
}

func merged(all, changed []review.Release) []review.Release {
	out := append([]review.Release(nil), all...)
	for _, c := range changed {
		for i := range out {
			if out[i].ID == c.ID {
				out[i] = c
			}
		}
	}
	return out
}

func states(releases []review.Release) map[string]review.ReleaseState {
	out := map[string]review.ReleaseState{}
	for _, r := range releases {
		out[r.ID] = r.State
	}
	return out
}

// codes are the problems of a refusal, as field/code.
func codes(t *testing.T, err error) []string {
	t.Helper()
	var refusal *review.Refusal
	require.ErrorAs(t, err, &refusal)
	require.NotEmpty(t, refusal.Problems)
	var out []string
	for _, p := range refusal.Problems {
		require.NotEmpty(t, p.Message.ZH)
		require.NotEmpty(t, p.Message.EN)
		require.NotContains(t, p.Message.ZH+p.Message.EN, "%!")
		require.Error(t, p.Kind)
		out = append(out, p.Field+"/"+p.Code)
	}
	return out
}
