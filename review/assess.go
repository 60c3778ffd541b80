package review

import "github.com/listgate/listgate/analyzer"

// checks is the list of obligations that are checked, with the number of steps
// that each asks. An obligation that is not here is not checked by
// machine; a report has only the checks that were run.
var checks = []struct {
	obligation string
	steps      int
	run        func(*trial)
}{
	{"ST-01", 3, offerStated},
	{"ST-02", 3, labelMaterial},
	{"ST-07", 3, identityAndPurpose},
	{"ST-11", 4, appFiling},
	{"FI-01", 5, filingExists},
	{"FI-02", 2, filingRole},
	{"FI-03", 2, filingEntity},
	{"FI-04", 2, filingProduct},
	{"FI-05", 1, filingUse},
	{"FI-06", 1, filingNotCancelled},
	{"FI-07", 3, filingShown},
	{"FI-09", 4, registration},
	{"FI-12", 2, foreignService},
	{"SA-01", 4, publicOpinionAssessment},
	{"SA-02", 4, biometricAssessment},
	{"LB-03", 5, explicitLabel},
	{"LB-08", 2, labelRemoval},
	{"CO-01", 2, separateConsent},
	{"TR-01", 2, statementAgainstPackage},
}

// Checked maps each obligation that Assess checks to the number of steps that the
// check asks; a test holds it against Obligation.Steps.
func Checked() map[string]int {
	out := map[string]int{}
	for _, c := range checks {
		out[c.obligation] = c.steps
	}
	return out
}

// Assess holds the enabled obligations of the edition against what is known, in
// the order of the edition. It is a pure function: a check proposes, it does not
// decide.
//
// A check is at most unclear where no capability that it concerns is confirmed
// or declared, where a flag that it hangs on is unknown, or where what it misses
// may stand in code that was not read.
func Assess(in Input) []Check {
	if in.Law == nil {
		return nil
	}
	s := subjectOf(in)
	run := map[string]func(*trial){}
	for _, c := range checks {
		run[c.obligation] = c.run
	}
	var out []Check
	for _, o := range in.Law.Obligations {
		if r := run[o.ID]; o.Enabled && r != nil {
			out = append(out, s.try(o, r))
		}
	}
	return out
}

func (s *subject) try(o Obligation, run func(*trial)) Check {
	h := s.applies(o.Applies)
	t := &trial{subject: s, obligation: o, offers: h.offers, certain: h.answer == Yes}
	switch {
	case h.answer == No:
		t.notAsked(h.why)
	case h.answer == Unknown && h.blind:
		t.notAsked(h.why)
		t.status = Unclear
	default:
		run(t)
	}
	if h.answer == Unknown && t.status != NotApplicable {
		t.rests.Declaration = t.rests.Declaration || h.undeclared && s.Declaration == nil
		t.unknown(h)
	}
	return t.check()
}

// unknown makes a check of which it is unknown whether it applies unclear,
// whatever its steps say.
func (t *trial) unknown(h holding) {
	t.limit(h.why)
	if t.status == Met {
		t.status = Unclear
	}
}

// userBringsService limits the checks on a client that has no model or service
// of its own: the edition leaves them to a statement and a person.
func (t *trial) userBringsService() {
	d := t.Declaration
	if d == nil || d.Synthesis.Role != RoleToolOnly && d.Synthesis.UserBringsService != Yes {
		return
	}
	t.limit(say("声明为由用户自行接入服务的工具，须人工判断",
		"declared as a tool to which the user brings the service: a person decides"))
}

// only limits a check where the one capability that is sure leaves the duty to a
// person's reading.
func (t *trial) only(id analyzer.CapabilityID, why analyzer.Text) {
	for _, o := range t.offers {
		if o.sure() && o.id != id {
			return
		}
	}
	if len(t.offers) > 0 {
		t.limit(why)
	}
}
