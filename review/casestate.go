package review

import (
	"cmp"
	"slices"
)

// CaseState is where a case stands.
type CaseState string

// The states of a case; the last three stand beside the road.
const (
	CaseReceived   CaseState = "received"
	CaseScanning   CaseState = "scanning"
	CaseScanFailed CaseState = "scan-failed"
	CaseWaiting    CaseState = "waiting"
	CaseClaimed    CaseState = "claimed"
	CaseAwaiting   CaseState = "awaiting-developer"
	CaseProposed   CaseState = "proposed"
	CaseDecided    CaseState = "decided"
	CaseEffected   CaseState = "effected"
	CaseClosed     CaseState = "closed"
	CaseReopened   CaseState = "reopened"
	CaseAppealed   CaseState = "appealed"
	CaseOnHold     CaseState = "on-hold"
)

// CaseStates lists the states in the order of the road.
func CaseStates() []CaseState {
	return []CaseState{
		CaseReceived, CaseScanning, CaseScanFailed, CaseWaiting, CaseClaimed, CaseAwaiting,
		CaseProposed, CaseDecided, CaseEffected, CaseClosed, CaseReopened, CaseAppealed,
		CaseOnHold,
	}
}

// Place is the state of a case and, while it is taken up or held, where it rested
// before: there it returns when a claim ends without a decision.
type Place struct {
	State CaseState `json:"state"`
	Rest  CaseState `json:"rest,omitempty"`
}

// resting are the states in which a case waits for a person to take it up.
var resting = from(CaseWaiting, CaseScanFailed, CaseReopened, CaseAppealed)

// working are the states in which a person or the developer has the case, or it
// waits for one, while an earlier decision of it may still run.
var working = from(CaseWaiting, CaseClaimed, CaseAwaiting, CaseProposed, CaseReopened,
	CaseAppealed, CaseOnHold)

var reviewers = by(RoleReviewer, RoleSenior)

// caseTable is every move of a case. What is decided runs on while the case is
// looked at again, so that its effect, ratification and deadline have rows there.
var caseTable = []move[CaseState]{
	{on(EventScanStarted), from(CaseReceived), CaseScanning, by(RolePipeline)},
	{
		on(EventScanStarted), from(CaseScanFailed), CaseScanning,
		by(RolePipeline, RoleReviewer, RoleSenior, RoleAdmin),
	},
	{on(EventScanDone), from(CaseScanning), CaseWaiting, by(RolePipeline)},
	{on(EventScanFailed), from(CaseScanning), CaseScanFailed, by(RolePipeline)},

	{on(EventClaim), resting, CaseClaimed, reviewers},
	{on(EventUnclaim), from(CaseClaimed), back, reviewers},
	{
		on(EventLeaseExpired), from(CaseClaimed), back,
		by(RolePipeline, RoleReviewer, RoleSenior),
	},

	{on("list"), from(CaseWaiting), CaseDecided, by(RolePipeline)},
	{on("list", "refuse", "warn", "reinstate"), from(CaseClaimed), CaseDecided, reviewers},
	{on("ask"), from(CaseClaimed), CaseAwaiting, reviewers},
	{
		on("suspend/downloads", "suspend/updates", "suspend/versions", "suspend/function",
			"remove", EventPropose),
		from(CaseClaimed), CaseProposed, reviewers,
	},
	{on(EventEmergency), from(CaseClaimed), CaseDecided, by(RoleSenior)},
	{on(EventApprove), from(CaseProposed), CaseDecided, by(RoleSenior)},
	{on(EventReject), from(CaseProposed), back, by(RoleSenior)},
	{on(EventRetract), from(CaseProposed), back, reviewers},

	{on(EventAnswered), from(CaseAwaiting), CaseWaiting, by(RoleDeveloper)},
	{on(EventAnswerDue), from(CaseAwaiting), CaseWaiting, by(RolePipeline)},
	{on(EventRecall), from(CaseAwaiting), CaseWaiting, reviewers},

	{
		on(EventEffect), from(CaseDecided), CaseEffected,
		by(RolePipeline, RoleReviewer, RoleSenior),
	},
	{
		on(EventEffect), from(CaseEffected, CaseClosed), same,
		by(RolePipeline, RoleReviewer, RoleSenior),
	},
	{on(EventEffect), working, same, by(RolePipeline, RoleReviewer, RoleSenior)},
	{
		on(EventClose), from(CaseEffected), CaseClosed,
		by(RolePipeline, RoleReviewer, RoleSenior),
	},
	{
		on(EventReopen), from(CaseDecided, CaseEffected, CaseClosed), CaseReopened,
		by(RolePipeline, RoleReviewer, RoleSenior),
	},
	{
		on(EventAppeal), from(CaseDecided, CaseEffected, CaseClosed), CaseAppealed,
		by(RoleDeveloper),
	},

	{on(EventRatify), from(CaseDecided, CaseEffected, CaseClosed), same, by(RoleSenior)},
	{on(EventRatify), working, same, by(RoleSenior)},
	{on(EventEscalate), from(CaseDecided, CaseEffected, CaseClosed), same, by(RolePipeline)},
	{on(EventEscalate), working, same, by(RolePipeline)},
	{
		on(EventLapse, EventOverdue), from(CaseDecided, CaseEffected, CaseClosed),
		CaseReopened, by(RolePipeline),
	},
	{on(EventLapse, EventOverdue), working, same, by(RolePipeline)},
	{
		on(EventFellDue), from(CaseDecided, CaseEffected, CaseClosed), CaseDecided,
		by(RolePipeline),
	},
	{on(EventFellDue), working, same, by(RolePipeline)},
	{on(EventExtend), from(CaseDecided, CaseEffected, CaseClosed), same, reviewers},
	{on(EventExtend), working, same, reviewers},
	{on(EventSettle), from(CaseDecided, CaseEffected, CaseClosed), same, by(RolePipeline)},
	{on(EventSettle), working, same, by(RolePipeline)},
	{
		on(EventCure), from(CaseDecided, CaseEffected, CaseClosed), CaseClosed,
		by(RolePipeline),
	},
	{on(EventCure), working, same, by(RolePipeline)},

	{
		on(EventHold), from(CaseWaiting, CaseScanFailed, CaseReopened, CaseAppealed,
			CaseClaimed), CaseOnHold, reviewers,
	},
	{on(EventResume), from(CaseOnHold), back, reviewers},
	{
		on(EventWithdraw), from(CaseReceived, CaseScanning, CaseScanFailed, CaseWaiting,
			CaseClaimed, CaseAwaiting), CaseClosed, by(RoleDeveloper),
	},
}

// After moves a case by the table. The error is a *TransitionError.
func (p Place) After(what Event, role Role) (Place, error) {
	m, err := next(caseTable, "case", p.State, what)
	if err != nil {
		err.By = role
		return p, err
	}
	if !slices.Contains(m.by, role) {
		return p, &TransitionError{"case", string(p.State), what, role, m.by}
	}
	switch m.to {
	case same:
		return p, nil
	case back:
		return Place{State: cmp.Or(p.Rest, CaseWaiting)}, nil
	}
	to := Place{State: m.to, Rest: p.Rest}
	if slices.Contains(resting, p.State) {
		to.Rest = p.State
	}
	if slices.Contains(resting, m.to) {
		to.Rest = ""
	}
	return to, nil
}

// CaseEvents lists the events and measures that the role may bring about from the
// state, in the order of the table.
func CaseEvents(state CaseState, role Role) []Event {
	var out []Event
	for _, m := range caseTable {
		if slices.Contains(m.from, state) && slices.Contains(m.by, role) {
			out = append(out, m.on...)
		}
	}
	return out
}
