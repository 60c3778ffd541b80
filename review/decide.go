package review

import (
	"errors"
	"slices"
	"time"
)

// Articles knows the articles of an edition; *law.Edition does.
type Articles interface {
	// Cites reports whether the edition holds the article, written "dsp 19(1)".
	Cites(article string) bool
}

// DecisionInput is all that a decision rests on.
type DecisionInput struct {
	ID   string // of the decision to be made
	Case Case
	App  App
	// Releases are those of the application that are submitted, listed, suspended,
	// refused or removed; among them that of the case.
	Releases []Release
	// Rev is the version of the case that the form showed.
	Rev      int
	By       Actor
	Proposal Proposal
	Known    Known // what evidence can point at
	Law      *Law
	Articles Articles
	Calendar Calendar
	Policy   Policy
	Now      time.Time

	// byPolicy is set by AutoList alone: no other program decides.
	byPolicy bool
}

// Decide makes a decision. It is effective at once, or proposed where a second
// person has to approve it: a suspension, a removal, and any deadline with a
// consequence. Everything that is missing or wrong is returned together, as a
// *Refusal: a form can say what is missing.
func Decide(in DecisionInput) (Outcome, error) {
	if err := in.check(); err != nil {
		return Outcome{}, err
	}
	d := in.decision()
	what := in.caseEvent()
	moved, e, err := in.Case.move(Entry{At: in.Now, By: in.By, On: what, Decision: d.ID})
	if err != nil {
		return Outcome{}, err
	}
	act := DecisionAct{On: what, By: in.By, At: in.Now.UTC(), Deadline: in.deadline(d.Days)}
	if in.proposes() {
		act.On = EventPropose
		d.Acts = append(d.Acts, act)
		return Outcome{Case: moved.with(d), Decision: &d, Entries: []Entry{e}}, nil
	}
	effect, err := applied(in.target(d, in.By.Role))
	if err != nil {
		return Outcome{}, err
	}
	d.Acts = append(d.Acts, effect.on(act))
	return effect.outcome(moved, d, e), nil
}

func (in DecisionInput) decision() Decision {
	made := in.Case.Made
	made.Policy = in.Policy.Version
	d := Decision{
		ID: in.ID, Case: in.Case.ID, App: in.App.ID, Release: in.Case.Release,
		Proposal: in.Proposal, Severity: gravest(in.Law, in.Proposal.Grounds.Obligations),
		Made: made, By: in.By, At: in.Now.UTC(), Since: in.Case.Times,
	}
	d.Days, _ = in.days()
	return d
}

// target is what the decision acts on, by the powers of the role.
func (in DecisionInput) target(d Decision, role Role) target {
	return target{decision: d, app: in.App, releases: in.Releases, act: d.Act, role: role}
}

// proposes reports a decision that has to wait for a second person.
func (in DecisionInput) proposes() bool {
	p := in.Proposal
	return p.Emergency == nil && (p.Measure.Needs().Second || p.Consequence != nil)
}

// caseEvent is what the decision is to the case.
func (in DecisionInput) caseEvent() Event {
	p := in.Proposal
	switch {
	case p.Emergency != nil:
		return EventEmergency
	case in.proposes() && !p.Measure.Needs().Second:
		return EventPropose
	}
	return p.Event()
}

// days resolves the term: what the person set, else that of the gravest ground; a
// question has the term of what is unclear. ok is false where nothing names one.
func (in DecisionInput) days() (days int, ok bool) {
	p := in.Proposal
	switch {
	case !p.Measure.Needs().Term:
		return 0, true
	case p.WorkingDays != nil:
		return *p.WorkingDays, true
	case p.Measure == MeasureAsk:
		return remedyDays(in.Law, in.Policy, SeverityD)
	}
	return remedyDays(in.Law, in.Policy, gravest(in.Law, p.Grounds.Obligations))
}

// deadline is nil for a measure without a term.
func (in DecisionInput) deadline(days int) *Deadline {
	if !in.Proposal.Measure.Needs().Term {
		return nil
	}
	d := DeadlineAfter(in.Calendar, in.Now, days)
	return &d
}

// Problems lists everything for which Decide would refuse, in the order of the
// form; it is empty where Decide would accept.
func Problems(in DecisionInput) []Problem {
	var refusal *Refusal
	if !errors.As(in.check(), &refusal) {
		return nil
	}
	return slices.Clone(refusal.Problems)
}
