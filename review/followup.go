package review

import (
	"errors"
	"slices"
	"time"
)

// FollowUp is an act on a decision that was made: of the second person, of a
// deadline, of the effect.
type FollowUp struct {
	Case Case
	// App and Releases are as in DecisionInput; only acts that change them need them.
	App      App
	Releases []Release
	Decision string // id
	Rev      int    // of the case, as it was read
	By       Actor
	Note     string
	// WorkingDays is by how much Extend extends.
	WorkingDays int
	Calendar    Calendar
	Now         time.Time
}

// begin returns the decision and moves the case by the table. It adds a problem
// where the case was changed in between, or the table has no such move.
func (in FollowUp) begin(what Event, found *complaints) (Decision, Case, Entry, error) {
	i := in.Case.Decision(in.Decision)
	if i < 0 {
		return Decision{}, in.Case, Entry{}, ErrNotFound
	}
	if in.Rev != in.Case.Rev {
		found.conflict("rev", "stale", say("案件已被他人更改，请重新载入",
			"the case was changed by another; load it again"))
	}
	e := Entry{At: in.Now, By: in.By, On: what, Decision: in.Decision, Note: in.Note}
	moved, e, err := in.Case.move(e)
	found.take("case", err)
	return in.Case.Decisions[i], moved, e, nil
}

// act is the follow-up as the decision keeps it.
func (in FollowUp) act(what Event) DecisionAct {
	return DecisionAct{On: what, By: in.By, At: in.Now.UTC(), Note: in.Note}
}

// plain returns the outcome of an act that changes neither application nor
// releases.
func plain(c Case, d Decision, e Entry) Outcome {
	return Outcome{Case: c.with(d), Decision: &d, Entries: []Entry{e}}
}

// secondPerson refuses who made the decision.
func (in FollowUp) secondPerson(d Decision, found *complaints) {
	if d.By.Same(in.By) {
		// That person could not be the second in any role.
		*found = slices.DeleteFunc(*found, func(p Problem) bool { return p.Code == "role" })
		found.forbidden("by", "same-person", say("提出人不能作为第二人审批",
			"who proposed is not the second person"))
	}
}

func (in FollowUp) status(d Decision, want DecisionStatus, found *complaints) {
	if d.Status() != want {
		found.conflict("decision", "status", say("该决定当前为%[1]s，不是%[2]s",
			"the decision is %[3]s, not %[4]s", d.Status().Name().ZH, want.Name().ZH, d.Status(),
			want))
	}
}

// Approve lets a proposed decision take effect, by a second person. Its deadline
// counts from now. What was proposed on another report than the case shows now has
// to be proposed again.
func Approve(in FollowUp) (Outcome, error) {
	var found complaints
	d, moved, e, err := in.begin(EventApprove, &found)
	if err != nil {
		return Outcome{}, err
	}
	in.secondPerson(d, &found)
	in.status(d, StatusProposed, &found)
	if !d.Made.sameReport(in.Case.Made) {
		found.conflict("made", "other-report", say("提出之后报告已更新，须重新提出",
			"the report changed since it was proposed; propose it again"))
	}
	effect, err := applied(target{d, in.App, in.Releases, d.Act, RoleSenior})
	var refusal *Refusal
	if errors.As(err, &refusal) {
		for _, p := range refusal.Problems {
			found.put(p)
		}
	}
	if err := found.err(); err != nil {
		return Outcome{}, err
	}
	act := effect.on(in.act(EventApprove))
	if d.Measure.Needs().Term {
		deadline := DeadlineAfter(in.Calendar, in.Now, d.Days)
		act.Deadline = &deadline
	}
	return effect.outcome(moved, d.plus(act), e), nil
}

// Reject turns a proposed decision down, by a second person with a reason; the case
// goes back to where it rested.
func Reject(in FollowUp) (Outcome, error) {
	var found complaints
	d, moved, e, err := in.begin(EventReject, &found)
	if err != nil {
		return Outcome{}, err
	}
	in.secondPerson(d, &found)
	in.status(d, StatusProposed, &found)
	checkReason(&found, "note", in.Note)
	if err := found.err(); err != nil {
		return Outcome{}, err
	}
	return plain(moved, d.plus(in.act(EventReject)), e), nil
}

// Retract takes a proposal back, by who made it.
func Retract(in FollowUp) (Outcome, error) {
	var found complaints
	d, moved, e, err := in.begin(EventRetract, &found)
	if err != nil {
		return Outcome{}, err
	}
	in.status(d, StatusProposed, &found)
	if !d.By.Same(in.By) {
		found.forbidden("by", "not-proposer", say("只有提出人可以撤回", "only who proposed takes it back"))
	}
	if err := found.err(); err != nil {
		return Outcome{}, err
	}
	return plain(moved, d.plus(in.act(EventRetract)), e), nil
}

// ConfirmEffect records that what the decision changed last was seen to work in the
// store; once for each change.
func ConfirmEffect(in FollowUp) (Outcome, error) {
	var found complaints
	d, moved, e, err := in.begin(EventEffect, &found)
	if err != nil {
		return Outcome{}, err
	}
	if d.Status() != StatusLapsed {
		in.status(d, StatusEffective, &found)
	}
	if d.Effected() {
		found.conflict("decision", "already", say("已经确认生效", "the effect is already confirmed"))
	}
	if err := found.err(); err != nil {
		return Outcome{}, err
	}
	return plain(moved, d.plus(in.act(EventEffect)), e), nil
}

// Cure ends a decision whose demand was met, or in whose place a later measure
// stands, and with it the deadline; Outcome.Closes of the later act names it. The
// program that stores that act calls it, as a pipeline.
func Cure(in FollowUp) (Outcome, error) {
	var found complaints
	d, moved, e, err := in.begin(EventCure, &found)
	if err != nil {
		return Outcome{}, err
	}
	in.status(d, StatusEffective, &found)
	if _, done := d.act(EventCure); done {
		found.conflict("decision", "already", say("已经了结", "it is already ended"))
	}
	if err := found.err(); err != nil {
		return Outcome{}, err
	}
	if last := in.Case.Decisions[len(in.Case.Decisions)-1]; last.ID != d.ID {
		moved, e.To = in.Case, e.From // the case goes by its later decision
	}
	return plain(moved, d.plus(in.act(EventCure)), e), nil
}
