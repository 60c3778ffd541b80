package review

import (
	"errors"
	"strconv"

	"github.com/listgate/listgate/analyzer"
)

// Extend moves the deadline of a decision by working days, counted from where it
// ends now, by a reviewer with a reason. A deadline that has passed is not
// extended. A message from the developer stops nothing; this does.
func Extend(in FollowUp) (Outcome, error) {
	var found complaints
	d, moved, e, err := in.begin(EventExtend, &found)
	if err != nil {
		return Outcome{}, err
	}
	in.running(d, &found)
	checkReason(&found, "note", in.Note)
	if d.Running() && d.Deadline().Passed(in.Now) {
		found.conflict("decision", "term-passed", say("期限已过", "the deadline has passed"))
	}
	if in.WorkingDays < 1 || in.WorkingDays > MaxTerm {
		found.invalid("working_days", "term-range", say("延长须为 1 至 %[1]d 个工作日",
			"an extension has 1 to %[1]d working days", MaxTerm))
	}
	if err := found.err(); err != nil {
		return Outcome{}, err
	}
	old := d.Deadline()
	extended := DeadlineAfter(in.Calendar, old.At.Add(-1), in.WorkingDays)
	extended.From, extended.WorkingDays = old.From, old.WorkingDays+in.WorkingDays
	for _, year := range old.Missing {
		extended.Missing = appendNew(extended.Missing, year)
	}
	act := in.act(EventExtend)
	act.Deadline = &extended
	return plain(moved, d.plus(act), e), nil
}

func appendNew(years []int, year int) []int {
	for _, y := range years {
		if y == year {
			return years
		}
	}
	return append(years, year)
}

// Settle counts a provisional deadline anew once the calendar of its years is
// published. It is a conflict where nothing changes.
func Settle(in FollowUp) (Outcome, error) {
	var found complaints
	d, moved, e, err := in.begin(EventSettle, &found)
	if err != nil {
		return Outcome{}, err
	}
	in.running(d, &found)
	old := d.Deadline()
	settled := old
	if d.Running() {
		settled = DeadlineAfter(in.Calendar, old.From, old.WorkingDays)
	}
	if !old.Provisional() || settled.Provisional() {
		found.conflict("decision", "nothing-to-settle", say("期限不是暂定，或者日历仍未公布",
			"the deadline is not provisional, or the calendar is still not published"))
	}
	if err := found.err(); err != nil {
		return Outcome{}, err
	}
	act := in.act(EventSettle)
	act.Deadline = &settled
	return plain(moved, d.plus(act), e), nil
}

// FallDue acts on a deadline that has passed, once, and says how late. The
// consequence that the second person agreed to takes effect; where the application
// has since moved to where it cannot, that is noted. Without a consequence the case
// is opened again for a person; a question that nobody answered makes the case wait
// for one. A provisional deadline has no consequence until it
// is settled.
func FallDue(in FollowUp) (Outcome, error) {
	what := in.dueEvent()
	var found complaints
	d, moved, e, err := in.begin(what, &found)
	if err != nil {
		return Outcome{}, err
	}
	in.running(d, &found)
	deadline := d.Deadline()
	if d.Running() && !deadline.Passed(in.Now) {
		found.conflict("decision", "term-open", say("期限未到：%[1]s", "the deadline is %[1]s",
			deadline.Day))
	}
	if what == EventFellDue && deadline.Provisional() {
		years := yearsOf(deadline)
		found.conflict("decision", "term-provisional",
			say("期限为暂定，缺少%[1]s年的工作日安排，不能执行逾期后果",
				"the deadline is provisional for want of the working days of %[2]s; no "+
					"consequence takes effect", years.ZH, years.EN))
	}
	if err := found.err(); err != nil {
		return Outcome{}, err
	}
	act := in.act(what)
	act.Late = in.Now.Sub(deadline.At)
	if what != EventFellDue {
		return plain(moved, d.plus(act), e), nil
	}
	// By the powers of the person who agreed, who is senior.
	effect, err := applied(target{d, in.App, in.Releases, *d.Consequence, RoleSenior})
	if refusal, is := errors.AsType[*Refusal](err); is {
		act.Note = "逾期后果未能执行：" + refusal.chinese()
		return plain(moved, d.plus(act), e), nil
	}
	if err != nil {
		return Outcome{}, err
	}
	return effect.outcome(moved, d.plus(effect.on(act)), e), nil
}

// yearsOf lists the years whose working days the deadline waits for.
func yearsOf(d Deadline) analyzer.Text {
	var years []analyzer.Text
	for _, y := range d.Missing {
		years = append(years, analyzer.Text{ZH: strconv.Itoa(y), EN: strconv.Itoa(y)})
	}
	return listed(years)
}

// dueEvent is what the passing of the deadline is to the case.
func (in FollowUp) dueEvent() Event {
	i := in.Case.Decision(in.Decision)
	switch {
	case i >= 0 && in.Case.Decisions[i].Consequence != nil:
		return EventFellDue
	case i >= 0 && in.Case.Decisions[i].Measure == MeasureAsk:
		return EventAnswerDue
	}
	return EventOverdue
}

func (in FollowUp) running(d Decision, found *complaints) {
	if !d.Running() {
		found.conflict("decision", "no-term", notRunning(d))
	}
}

func notRunning(d Decision) analyzer.Text {
	if !d.Deadline().Set() {
		return say("该决定没有期限", "the decision has no deadline")
	}
	return say("该决定的期限已了结", "the deadline of the decision has ended")
}
