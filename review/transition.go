package review

import (
	"fmt"
	"slices"
)

// Event is what moves a case, an application or a release: a measure (Act.Event)
// or one of the events below.
type Event string

// The events beside the measures.
const (
	EventOpen Event = "open" // of a case: its first entry, which no table has

	EventScanStarted Event = "scan-started"
	EventScanDone    Event = "scan-done"
	EventScanFailed  Event = "scan-failed"

	EventClaim        Event = "claim"
	EventUnclaim      Event = "unclaim"
	EventLeaseExpired Event = "lease-expired"

	EventAnswered  Event = "answered"   // the developer answered what was asked
	EventAnswerDue Event = "answer-due" // the day by which to answer has passed
	EventRecall    Event = "recall"     // the question is taken back

	EventPropose   Event = "propose"   // a measure that another person has to approve
	EventEmergency Event = "emergency" // a measure at once, to be ratified
	EventApprove   Event = "approve"
	EventReject    Event = "reject"
	EventRetract   Event = "retract" // by the one who proposed
	EventRatify    Event = "ratify"
	EventLapse     Event = "lapse"    // an emergency measure was not ratified
	EventEscalate  Event = "escalate" // one ordered by an authority was not

	EventExtend  Event = "extend"
	EventSettle  Event = "settle"   // a provisional deadline was counted anew
	EventFellDue Event = "fell-due" // the consequence of a deadline takes effect
	EventOverdue Event = "overdue"  // a deadline without consequence has passed
	EventCure    Event = "cure"     // what was asked for is done, or a later measure stands

	EventEffect    Event = "effect" // the measure was seen to work in the store
	EventClose     Event = "close"
	EventReopen    Event = "reopen"
	EventAppeal    Event = "appeal"
	EventHold      Event = "hold"
	EventResume    Event = "resume"
	EventWithdraw  Event = "withdraw"  // by the developer
	EventSupersede Event = "supersede" // a newer release is listed
)

// Events lists the events beside the measures.
func Events() []Event {
	return []Event{
		EventScanStarted, EventScanDone, EventScanFailed, EventClaim, EventUnclaim,
		EventLeaseExpired, EventAnswered, EventAnswerDue, EventRecall, EventPropose,
		EventEmergency, EventApprove, EventReject, EventRetract, EventRatify, EventLapse,
		EventEscalate, EventExtend, EventSettle, EventFellDue, EventOverdue, EventCure,
		EventEffect, EventClose, EventReopen, EventAppeal, EventHold, EventResume,
		EventWithdraw, EventSupersede,
	}
}

// move is one row of a state table: on any of the events, from any of the states,
// to the state, by any of the roles. No two rows share an event and a state.
type move[S ~string] struct {
	on   []Event
	from []S
	to   S
	by   []Role
}

// In a row, same leaves the state as it is, and back returns a case to where it
// rested before it was taken up.
const (
	same = "="
	back = "<"
)

func on(events ...Event) []Event      { return events }
func by(roles ...Role) []Role         { return roles }
func from[S ~string](states ...S) []S { return states }

// TransitionError says that a state table has no such move: none from the state
// (ErrConflict), or none for the role (ErrForbidden).
type TransitionError struct {
	Of   string // case, app, release
	From string
	On   Event
	By   Role
	// May lists the roles that may; empty where nobody may.
	May []Role
}

// Error names state, event and role.
func (e *TransitionError) Error() string {
	if len(e.May) > 0 {
		return fmt.Sprintf("%s %s: %s: not by %s", e.Of, e.From, e.On, e.By)
	}
	return fmt.Sprintf("%s %s: no %s from here", e.Of, e.From, e.On)
}

// Is reports ErrForbidden for a role that may not, else ErrConflict.
func (e *TransitionError) Is(target error) bool { return target == e.kind() }

func (e *TransitionError) kind() error {
	if len(e.May) > 0 {
		return ErrForbidden
	}
	return ErrConflict
}

// next looks the move up in a table.
func next[S ~string](table []move[S], of string, state S, what Event) (*move[S], *TransitionError) {
	for i := range table {
		m := &table[i]
		if slices.Contains(m.on, what) && slices.Contains(m.from, state) {
			return m, nil
		}
	}
	return nil, &TransitionError{Of: of, From: string(state), On: what}
}

// step moves a state by a table that has no back.
func step[S ~string](table []move[S], start TransitionError) (S, error) {
	state := S(start.From)
	m, err := next(table, start.Of, state, start.On)
	if err != nil {
		err.By = start.By
		return state, err
	}
	if !slices.Contains(m.by, start.By) {
		start.May = m.by
		return state, &start
	}
	if m.to == same {
		return state, nil
	}
	return m.to, nil
}
