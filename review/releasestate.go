package review

// ReleaseState is where one release of an application stands.
type ReleaseState string

// The states of a release.
const (
	ReleaseSubmitted  ReleaseState = "submitted"
	ReleaseListed     ReleaseState = "listed"
	ReleaseRefused    ReleaseState = "refused"
	ReleaseWithdrawn  ReleaseState = "withdrawn"
	ReleaseSuperseded ReleaseState = "superseded"
	ReleaseSuspended  ReleaseState = "suspended"
	ReleaseRemoved    ReleaseState = "removed"
)

// ReleaseStates lists the states.
func ReleaseStates() []ReleaseState {
	return []ReleaseState{
		ReleaseSubmitted, ReleaseListed, ReleaseRefused, ReleaseWithdrawn, ReleaseSuperseded,
		ReleaseSuspended, ReleaseRemoved,
	}
}

// releaseTable is every move of a release. A measure on the application reaches
// the releases that have a row for it; the others stay as they are. So refusing an
// update leaves the listed release listed, and a suspension of the application
// leaves a submitted one submitted.
var releaseTable = []move[ReleaseState]{
	{
		on("list"), from(ReleaseSubmitted), ReleaseListed,
		by(RoleReviewer, RoleSenior, RolePipeline),
	},
	// A refusal falls on appeal, or a paper is mended, without a new package.
	{on("list"), from(ReleaseRefused), ReleaseListed, reviewers},
	{on("refuse"), from(ReleaseSubmitted, ReleaseRefused), ReleaseRefused, reviewers},
	{
		on("ask"), from(ReleaseSubmitted, ReleaseListed, ReleaseRefused, ReleaseSuspended,
			ReleaseRemoved), same, reviewers,
	},
	{on("warn"), from(ReleaseListed), same, reviewers},
	{on("suspend/updates", "suspend/function"), from(ReleaseListed), same, reviewers},
	{
		on("suspend/downloads", "suspend/versions"), from(ReleaseListed, ReleaseSuspended),
		ReleaseSuspended, reviewers,
	},
	{on("remove"), from(ReleaseListed, ReleaseSuspended), ReleaseRemoved, reviewers},
	{on("reinstate"), from(ReleaseListed), same, reviewers},
	{on("reinstate"), from(ReleaseSuspended, ReleaseRemoved), ReleaseListed, by(RoleSenior)},
	{
		on(EventSupersede), from(ReleaseListed, ReleaseSuspended), ReleaseSuperseded,
		by(RoleReviewer, RoleSenior, RolePipeline),
	},
	{
		on(EventWithdraw), from(ReleaseSubmitted, ReleaseListed), ReleaseWithdrawn,
		by(RoleDeveloper),
	},
}

// After moves a release by the table. The error is a *TransitionError.
func (s ReleaseState) After(what Event, role Role) (ReleaseState, error) {
	return step(releaseTable, TransitionError{Of: "release", From: string(s), On: what, By: role})
}
