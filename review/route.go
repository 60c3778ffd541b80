package review

import (
	"slices"

	"github.com/listgate/listgate/analyzer"
)

// RouteOf says where a package goes next: the first that holds of
//
//   - blocked: a check is unmet at severity A or B on confirmed evidence;
//   - cannot-tell: code was not read, is encrypted, or a packer hides it;
//   - review: any capability, a declaration that contradicts the package, an
//     anomaly that serves evasion, or, with a declaration, an unclear check at
//     severity A or B;
//   - clear.
//
// Without a declaration the checks that rest on it do not move the route.
func RouteOf(in Input, checks []Check) Route {
	switch {
	case slices.ContainsFunc(checks, blocks):
		return Blocked
	case unreadCode(in).ZH != "":
		return CannotTell
	case len(in.Capabilities) > 0, slices.ContainsFunc(checks, isMismatch), evades(in.Facts),
		in.Declaration != nil && slices.ContainsFunc(checks, grave(Unclear)):
		return Review
	}
	return Clear
}

func blocks(c Check) bool { return grave(Unmet)(c) && c.Rests.Confirmed }

// grave selects the checks of a status at severity A or B.
func grave(status Status) func(Check) bool {
	return func(c Check) bool {
		return c.Status == status && (c.Severity == SeverityA || c.Severity == SeverityB)
	}
}

func isMismatch(c Check) bool { return c.Obligation == "TR-01" && c.Status == Unmet }

func evades(f *analyzer.Facts) bool {
	return f != nil && slices.ContainsFunc(f.Anomalies, func(a analyzer.Anomaly) bool {
		_, evasion := analyzer.AnomalyText(a.Code)
		return evasion
	})
}

// MeasureAsk is the measure that asks the developer to explain.
const MeasureAsk = "ask"

// Suggest returns the gravest measure that the unmet obligations name for the
// stage, with the obligations that name it. Where nothing is unmet but, with a
// declaration, a check at severity A or B is unclear, it is to ask. Else it is
// empty. The weights of the edition's measures say which is graver.
func Suggest(in Input, checks []Check) Suggestion {
	stage := in.Stage
	if stage == "" {
		stage = StageSubmission
	}
	best := Suggestion{Obligations: []string{}}
	weight := 0
	for _, c := range checks {
		if c.Status != Unmet || in.Law == nil {
			continue
		}
		o, _ := in.Law.Obligation(c.Obligation)
		measure := o.Measure[stage]
		w := weightOf(in.Law, measure)
		switch {
		case w == 0:
		case weight == 0 || w < weight:
			weight, best = w, Suggestion{Measure: measure, Obligations: []string{c.Obligation}}
		case w == weight && measure == best.Measure:
			best.Obligations = append(best.Obligations, c.Obligation)
		}
	}
	if weight == 0 && in.Declaration != nil {
		return toExplain(checks, best)
	}
	return best
}

// toExplain suggests to ask about the unclear checks.
func toExplain(checks []Check, none Suggestion) Suggestion {
	for _, c := range checks {
		if grave(Unclear)(c) {
			none.Measure = MeasureAsk
			none.Obligations = append(none.Obligations, c.Obligation)
		}
	}
	return none
}

// weightOf returns the weight of a measure, 1 for the gravest, 0 where it is
// never suggested.
func weightOf(l *Law, measure string) int {
	i := slices.IndexFunc(l.Measures, func(m MeasureTerms) bool { return m.ID == measure })
	if i < 0 {
		return 0
	}
	return l.Measures[i].Weight
}
