package review

import "slices"

// AppState is where an application stands in the store, over all its releases.
type AppState string

// The states of an application.
const (
	AppUnlisted  AppState = "unlisted"
	AppListed    AppState = "listed"
	AppWarned    AppState = "warned"
	AppSuspended AppState = "suspended"
	AppRemoved   AppState = "removed"
)

// AppStates lists the states.
func AppStates() []AppState {
	return []AppState{AppUnlisted, AppListed, AppWarned, AppSuspended, AppRemoved}
}

// appTable is every move of an application. What two people decided is not undone
// by one reviewer: a suspension or removal is lifted by a senior person. Listing a
// release neither lifts a warning nor a suspension by itself; the reviewer says
// that it cures them, which is the event cure.
var appTable = []move[AppState]{
	{
		on("list"), from(AppUnlisted, AppListed), AppListed,
		by(RoleReviewer, RoleSenior, RolePipeline),
	},
	{on("list"), from(AppWarned), same, reviewers},
	{on("list"), from(AppRemoved), AppListed, by(RoleSenior)},
	{on("ask", "refuse"), AppStates(), same, reviewers},
	{on("warn"), from(AppListed, AppWarned), AppWarned, reviewers},
	{
		on("suspend/downloads", "suspend/updates", "suspend/versions", "suspend/function"),
		from(AppListed, AppWarned, AppSuspended), AppSuspended, reviewers,
	},
	{on("remove"), from(AppListed, AppWarned, AppSuspended), AppRemoved, reviewers},
	{on("reinstate", EventCure), from(AppWarned), AppListed, reviewers},
	{on("reinstate", EventCure), from(AppSuspended), AppListed, by(RoleSenior)},
	{on("reinstate"), from(AppRemoved), AppListed, by(RoleSenior)},
	// Where a release cured the application, those of the other platform may still be
	// suspended.
	{on("reinstate"), from(AppListed), same, by(RoleSenior)},
	// The developer takes the application off; a measure stays with it.
	{on(EventWithdraw), from(AppListed), AppUnlisted, by(RoleDeveloper)},
	{on(EventWithdraw), from(AppUnlisted, AppWarned, AppSuspended, AppRemoved), same,
		by(RoleDeveloper)},
}

// After moves an application by the table. The error is a *TransitionError.
func (s AppState) After(what Event, role Role) (AppState, error) {
	return step(appTable, TransitionError{Of: "app", From: string(s), On: what, By: role})
}

// Standing is the state of an application with what holds it there.
type Standing struct {
	State AppState `json:"state"`
	// Scopes of the suspensions that run, in the order in which they were decided.
	Scopes []Scope `json:"scopes,omitempty"`
	// Decisions that warn, suspend or removed it, oldest first, by id.
	Decisions []string `json:"decisions,omitempty"`
}

// after is the standing once the decision with this id has taken effect.
func (s Standing) after(act Act, to AppState, decision string) Standing {
	out := Standing{State: to}
	switch act.Measure {
	case MeasureWarn, MeasureSuspend, MeasureRemove:
		out.Scopes = slices.Clone(s.Scopes)
		out.Decisions = slices.Clone(s.Decisions)
		if !slices.Contains(out.Decisions, decision) {
			out.Decisions = append(out.Decisions, decision)
		}
		if act.Scope != "" && !slices.Contains(out.Scopes, act.Scope) {
			out.Scopes = append(out.Scopes, act.Scope)
		}
	default:
		if to == s.State {
			return s
		}
	}
	return out
}
