package store

import (
	"encoding/json"
	"fmt"
	"slices"

	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/review"
)

// caseRow is a row of cases.
type caseRow struct {
	ID            string
	Rev           int
	AppID         string
	ReleaseID     string
	Stage         review.Stage
	Origin        review.Origin
	State         review.CaseState
	Rest          review.CaseState
	ClaimBy       string
	ClaimName     string
	ClaimRole     review.Role
	ClaimUntil    database.Millis
	Route         review.Route
	Severity      review.Severity
	Capabilities  string
	Made          string
	Received      database.Millis
	Published     database.Millis
	Known         database.Millis
	Opened        database.Millis
	Due           database.Millis
	Name          string
	Package       string
	Provider      string
	Version       string
	Platform      review.Platform
	NameFolded    string
	PackageFolded string
}

// TableName implements schema.Tabler.
func (caseRow) TableName() string { return "cases" }

// put fills what the case says, and leaves what is said of application and release.
func (r *caseRow) put(c review.Case) error {
	var b bounds
	b.id("case", c.ID)
	b.reference("app", c.App)
	b.reference("release", c.Release)
	b.actor("claim", c.Claim.By)
	for field, word := range map[string]string{
		"stage": string(c.Stage), "origin": string(c.Origin), "route": string(c.Route),
		"severity": string(c.Severity),
	} {
		b.text(field, word, maxID)
	}
	states := append(review.CaseStates(), "")
	if b.err == nil && (c.State == "" || !slices.Contains(states, c.State) ||
		!slices.Contains(states, c.Rest)) {
		b.err = invalid("state", "state", "没有这种案件状态", "a case has no such state")
	}
	r.ID, r.Rev, r.AppID, r.ReleaseID = c.ID, c.Rev, c.App, c.Release
	r.Stage, r.Origin, r.State, r.Rest = c.Stage, c.Origin, c.State, c.Rest
	r.ClaimBy, r.ClaimName, r.ClaimRole = c.Claim.By.ID, c.Claim.By.Name, c.Claim.By.Role
	r.ClaimUntil = database.MillisOf(c.Claim.Until)
	r.Route, r.Severity = c.Route, c.Severity
	r.Capabilities = b.document("capabilities", c.Capabilities)
	b.text("capabilities", r.Capabilities, maxIndexed)
	b.reference("rival", c.Rival)
	r.Made = b.document("made", madeOn{c.Made, c.Rival})
	r.Received = database.MillisOf(c.Times.Received)
	r.Published = database.MillisOf(c.Times.Published)
	r.Known = database.MillisOf(c.Times.Known)
	r.Opened = database.MillisOf(c.Times.Opened)
	r.Due = database.MillisOf(c.Due)
	return b.err
}

// title fills what lists show of application and release.
func (r *caseRow) title(a review.App, release review.Release) {
	r.Name, r.Package, r.Provider = a.Name, a.Package, a.Provider
	r.Version, r.Platform = release.Version, release.Platform
	r.NameFolded, r.PackageFolded = folded(a.Name), folded(a.Package)
}

// domain returns the case without its decisions.
func (r caseRow) domain() (review.Case, error) {
	c := review.Case{
		ID: r.ID, Rev: r.Rev, App: r.AppID, Release: r.ReleaseID, Stage: r.Stage,
		Origin: r.Origin, Place: review.Place{State: r.State, Rest: r.Rest},
		Claim: review.Claim{
			By:    review.Actor{ID: r.ClaimBy, Name: r.ClaimName, Role: r.ClaimRole},
			Until: r.ClaimUntil.Time(),
		},
		Route: r.Route, Severity: r.Severity,
		Times: review.Times{Received: r.Received.Time(), Published: r.Published.Time(),
			Known: r.Known.Time(), Opened: r.Opened.Time()},
		Due: r.Due.Time(),
	}
	if err := json.Unmarshal([]byte(r.Capabilities), &c.Capabilities); err != nil {
		return c, fmt.Errorf("capabilities of case %s: %w", r.ID, err)
	}
	var made madeOn
	if err := json.Unmarshal([]byte(r.Made), &made); err != nil {
		return c, fmt.Errorf("what case %s was made on: %w", r.ID, err)
	}
	c.Made, c.Rival = made.MadeOn, made.Rival
	return c, nil
}

// madeOn is what the column made holds.
type madeOn struct {
	review.MadeOn
	Rival string `json:"rival,omitempty"`
}

// listed returns the row as a queue shows it.
func (r caseRow) listed() (review.Row, error) {
	c, err := r.domain()
	return review.Row{Case: c, Name: r.Name, Package: r.Package, Provider: r.Provider,
		Version: r.Version, Platform: r.Platform}, err
}

// entryRow is a row of case_entries.
type entryRow struct {
	ID         int64
	CaseID     string
	At         database.Millis
	ByID       string
	ByName     string
	ByRole     review.Role
	Event      review.Event
	FromState  review.CaseState
	ToState    review.CaseState
	DecisionID string
	Note       string
}

// TableName implements schema.Tabler.
func (entryRow) TableName() string { return "case_entries" }

func entryRowOf(caseID string, e review.Entry) (entryRow, error) {
	var b bounds
	b.actor("by", e.By)
	b.text("event", string(e.On), maxID)
	b.text("state", string(e.From), maxID)
	b.text("state", string(e.To), maxID)
	b.reference("decision", e.Decision)
	b.text("note", e.Note, maxText)
	return entryRow{
		CaseID: caseID, At: database.MillisOf(e.At),
		ByID: e.By.ID, ByName: e.By.Name, ByRole: e.By.Role,
		Event: e.On, FromState: e.From, ToState: e.To, DecisionID: e.Decision, Note: e.Note,
	}, b.err
}

func (r entryRow) domain() review.Entry {
	return review.Entry{
		At: r.At.Time(), By: review.Actor{ID: r.ByID, Name: r.ByName, Role: r.ByRole},
		On: r.Event, From: r.FromState, To: r.ToState, Decision: r.DecisionID, Note: r.Note,
	}
}
