package queue

import (
	"slices"
	"time"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// view is what the page shows.
type view struct {
	Tabs         []ui.Tab
	Asked        asked
	Routes       []ui.Option
	Severities   []ui.Option
	Capabilities []ui.Option
	Rows         []row
	Paging       ui.Paging
	Clear        string // the address without filters
	Empty        string // what is said where there is no row
	Decides      bool   // the person takes cases up
}

// row is one case.
type row struct {
	ID           string
	Name         string
	Package      string
	Version      string
	Platform     review.Platform
	Due          time.Time
	Overdue      bool
	Today        bool // due before the day ends
	Route        review.Route
	Severity     review.Severity
	Capabilities []string
	Origin       review.Origin
	State        review.CaseState
	Twin         bool   // its scan counts as failed for another case of the same version
	Holder       string // who has claimed it
	Mine         bool
	Claimable    bool // by the person
}

func (p page) row(r *ui.Request, c review.Row) row {
	out := row{
		ID: c.ID, Name: c.Name, Package: c.Package, Version: c.Version, Platform: c.Platform,
		Due: c.Due, Route: c.Route, Severity: c.Severity, Origin: c.Origin, State: c.State,
	}
	if open(c.State) && !c.Due.IsZero() {
		out.Overdue = !r.Now.Before(c.Due)
		out.Today = !out.Overdue && sameDay(r.Now, c.Due)
	}
	for _, id := range c.Capabilities {
		out.Capabilities = append(out.Capabilities, p.name(r, id))
	}
	out.Twin = c.State == review.CaseScanFailed && c.Rival != ""
	if c.State == review.CaseClaimed && c.Claim.Held(r.Now) {
		out.Holder, out.Mine = c.Claim.By.Name, c.Claim.By.Same(r.Who)
	}
	out.Claimable = out.Holder == "" &&
		slices.Contains(review.CaseEvents(c.State, r.Who.Role), review.EventClaim)
	return out
}

// open reports a state in which the store still has to decide.
func open(s review.CaseState) bool {
	return slices.ContainsFunc(tabs, func(t tab) bool {
		return t.open && slices.Contains(t.states, s)
	})
}

// sameDay reports one day in China. What is due at midnight is due on the day before.
func sameDay(now, due time.Time) bool {
	y, m, d := now.In(review.Zone()).Date()
	dy, dm, dd := due.Add(-time.Second).In(review.Zone()).Date()
	return y == dy && m == dm && d == dd
}
