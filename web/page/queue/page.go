// Package queue is the list of cases in the order in which they are to be worked on,
// in tabs by what has to be done with them, and the button that hands out the next.
//
// Names come from packages: the template writes them through "visible".
package queue

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// Desk lists cases and hands them out. *desk.Desk does.
type Desk interface {
	Find(ctx context.Context, f review.CaseFilter) (rows []review.Row, next string, err error)
	Counts(ctx context.Context) (map[review.CaseState]int, error)
	ClaimNext(ctx context.Context, who review.Actor) (review.Case, error)
}

//go:embed *.html
var files embed.FS

type page struct {
	desk Desk
	law  *review.Law
}

// New returns the page; the law names capabilities.
func New(d Desk, l *review.Law) ui.Page {
	p := page{d, l}
	readers := []review.Role{
		review.RoleReviewer, review.RoleSenior, review.RoleAuditor, review.RoleAdmin,
	}
	return ui.Page{Name: "queue", Files: files, Routes: []ui.Route{
		{Method: http.MethodGet, Path: "/cases", May: readers, Do: p.show},
		{Method: http.MethodPost, Path: "/cases/next", May: deciders, Do: p.next},
	}}
}

// deciders are those who take cases up; others read.
var deciders = []review.Role{review.RoleReviewer, review.RoleSenior}

// The lengths of lists, and how far tabs count.
const (
	pageLength = 50
	countCap   = 1000
	mineCap    = 100
)

func (p page) show(r *ui.Request) error {
	ctx := r.Request.Context()
	counts, err := p.desk.Counts(ctx)
	if err != nil {
		return fmt.Errorf("count the queue: %w", err)
	}
	mine, err := p.mine(r)
	if err != nil {
		return err
	}
	asked := p.asked(r)
	rows, next, err := p.desk.Find(ctx, asked.filter(r.Who))
	if err != nil {
		return fmt.Errorf("list the queue: %w", err)
	}
	v := view{
		Tabs: asked.tabs(r, counts, mine), Asked: asked, Routes: asked.routes(r),
		Severities: asked.severities(r), Capabilities: asked.capabilities(r, p),
		Decides: slices.Contains(deciders, r.Who.Role), Empty: r.Say(string(asked.tab.empty)),
		Paging: asked.paging(next), Clear: address(asked.tab.id, filters{}, ""),
	}
	for _, row := range rows {
		v.Rows = append(v.Rows, p.row(r, row))
	}
	return r.Show(http.StatusOK, "page.html", v)
}

// capabilities lists those that the law names.
func (p page) capabilities() []analyzer.CapabilityID {
	if p.law == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(p.law.Capabilities))
}

// name is a capability in words.
func (p page) name(r *ui.Request, id analyzer.CapabilityID) string {
	if p.law != nil {
		if terms, ok := p.law.Capabilities[id]; ok {
			return r.Text(terms.Name)
		}
	}
	return string(id)
}

// mine counts the cases that the person has.
func (p page) mine(r *ui.Request) (int, error) {
	if !slices.Contains(deciders, r.Who.Role) {
		return 0, nil
	}
	rows, _, err := p.desk.Find(r.Request.Context(), review.CaseFilter{
		Claimed: r.Who.ID, States: []review.CaseState{review.CaseClaimed}, Limit: mineCap + 1,
	})
	if err != nil {
		return 0, fmt.Errorf("count the claims of %s: %w", r.Who.ID, err)
	}
	return len(rows), nil
}

// next claims the case that is due first, and opens it.
func (p page) next(r *ui.Request) error {
	c, err := p.desk.ClaimNext(r.Request.Context(), r.Who)
	if errors.Is(err, review.ErrNotFound) {
		r.Tell("现在没有可以领取的案件")
		return r.Go("/cases")
	}
	if err != nil {
		return fmt.Errorf("claim the next case: %w", err)
	}
	return r.Go("/cases/" + c.ID)
}
