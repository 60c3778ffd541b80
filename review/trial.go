package review

import (
	"slices"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
)

// trial is one obligation being asked of one application. A check calls ask, or
// notAsked, once.
type trial struct {
	*subject
	obligation Obligation
	offers     []offer // capabilities that trigger the obligation
	certain    bool    // the trigger is known to hold
	status     Status
	steps      []Step
	rests      Basis
	// limits say why the check can be no worse than unclear.
	limits []analyzer.Text
	// strong lets a failure rest on what is probable: a contradiction asks for
	// an explanation and accuses of nothing.
	strong bool
}

// question asks one step of verify.
type question func() (registry.Outcome, analyzer.Text)

// ask asks the steps in order; after the first that fails no other is asked. A
// step that is unclear does not hide a later failure. An outcome of not-asked is
// a step that the answer of another made superfluous.
func (t *trial) ask(questions ...question) {
	t.status = Met
	for i, q := range questions {
		step := Step{Step: t.verify(i), Outcome: string(registry.OutcomeNotAsked),
			Why: say("前面的步骤未通过，未再核对", "an earlier step did not pass")}
		if t.status != Unmet {
			outcome, why := q()
			step.Outcome, step.Why = string(outcome), why
			switch {
			case outcome == registry.Failed:
				t.status = Unmet
			case outcome == registry.Unclear:
				t.status = Unclear
			}
		}
		t.steps = append(t.steps, step)
	}
}

// notAsked ends a check whose question does not arise.
func (t *trial) notAsked(why analyzer.Text) {
	t.status = NotApplicable
	for i := range t.obligation.Steps() {
		t.steps = append(t.steps, Step{Step: t.verify(i), Outcome: string(registry.OutcomeNotAsked),
			Why: why})
	}
}

// verify names the step by the obligation's own words.
func (t *trial) verify(i int) string {
	if names := t.obligation.Steps(); i < len(names) {
		return names[i]
	}
	return t.obligation.ID
}

// limit makes the check no worse than unclear, for a reason.
func (t *trial) limit(why analyzer.Text) { t.limits = append(t.limits, why) }

// doubt is a limit that matters only where the trigger is known to hold: else it
// says again what is unknown.
func (t *trial) doubt(why analyzer.Text) {
	if t.certain {
		t.limit(why)
	}
}

// declared wraps a question that only a declaration answers.
func (t *trial) declared(q func(d *Declaration) (registry.Outcome, analyzer.Text)) question {
	return func() (registry.Outcome, analyzer.Text) {
		if t.Declaration == nil {
			t.rests.Declaration = true
			return registry.Unclear, say("没有开发者声明", "there is no declaration")
		}
		return q(t.Declaration)
	}
}

// lacking splits the triggering capabilities that have not got what has tells:
// those that a failure may rest on, and those that are only likely.
func (t *trial) lacking(has func(offer) bool) (sure, likely []offer) {
	for _, o := range t.offers {
		switch {
		case has(o):
		case o.sure():
			sure = append(sure, o)
		default:
			likely = append(likely, o)
		}
	}
	return sure, likely
}

// each asks of every triggering capability whether it has what has tells. The
// sentences take the names of those that have not.
func (t *trial) each(has func(offer) bool, missing, present analyzer.Text) (registry.Outcome,
	analyzer.Text) {
	sure, likely := t.lacking(has)
	switch {
	case len(sure) > 0:
		names := t.names(sure)
		return registry.Failed, say(missing.ZH+"：%[1]s", missing.EN+": %[2]s", names.ZH, names.EN)
	case len(likely) > 0:
		names := t.names(likely)
		return registry.Unclear, say(missing.ZH+"：%[1]s（能力未经证实）",
			missing.EN+": %[2]s (capability not confirmed)", names.ZH, names.EN)
	}
	return registry.Passed, present
}

// check closes the trial.
func (t *trial) check() Check {
	o := t.obligation
	c := Check{
		Obligation: o.ID, Articles: o.Articles(), Status: t.status, Steps: t.steps,
		Severity: o.Severity, Rests: t.rests,
	}
	sure := len(t.offers) == 0 || slices.ContainsFunc(t.offers, offer.sure)
	if !sure && !t.strong {
		t.limit(say("相关能力未经证实", "no capability that it concerns is confirmed"))
	}
	why := []analyzer.Text{t.ground()}
	if (c.Status == Unmet || c.Status == Unclear) && len(t.limits) > 0 {
		c.Status = Unclear
		why = append(why, t.limits...)
	}
	c.Why = sentences(append(why, t.deciding()...)...)
	if c.Status == Unmet || c.Status == Unclear {
		c.Remedy = o.Remedy
	}
	for _, f := range t.offers {
		c.Rests.Findings = append(c.Rests.Findings, f.findings...)
	}
	slices.Sort(c.Rests.Findings)
	c.Rests.Findings = slices.Compact(c.Rests.Findings)
	c.Rests.Confirmed = sure && len(t.limits) == 0
	return c
}

// ground names the capabilities that trigger the obligation with the findings
// that show them.
func (t *trial) ground() analyzer.Text {
	var out []analyzer.Text
	for _, o := range t.offers {
		name := t.capabilityName(o.id)
		seen := o.declared
		text := say("%[1]s（开发者声明）", "%[2]s (declared)", name.ZH, name.EN)
		if len(o.findings) > 0 || !seen {
			text = say("%[1]s（%[5]s：%[4]s）", "%[2]s (%[3]s: %[4]s)", name.ZH, name.EN,
				o.confidence, joined(o.findings), confidenceZH[o.confidence])
		}
		out = append(out, text)
	}
	return listed(out)
}

var confidenceZH = map[analyzer.Confidence]string{
	analyzer.Confirmed: "已证实", analyzer.Probable: "很可能", analyzer.Possible: "可能",
}

// joined names at most three rules.
func joined(rules []string) string {
	out := ""
	for i, r := range rules {
		if i == 3 {
			return out + " …"
		}
		if i > 0 {
			out += " "
		}
		out += r
	}
	return out
}

// deciding returns the reasons of the steps on which the status rests.
func (t *trial) deciding() []analyzer.Text {
	var out []analyzer.Text
	for _, s := range t.steps {
		outcome := registry.Outcome(s.Outcome)
		decides := map[Status]bool{
			Unmet: outcome == registry.Failed, Unclear: outcome == registry.Unclear,
			Met: outcome == registry.Passed,
		}
		if decides[t.status] || outcome == registry.Advice {
			out = append(out, s.Why)
		}
		if t.status == NotApplicable {
			return []analyzer.Text{s.Why}
		}
	}
	return out
}
