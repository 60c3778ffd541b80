// Package dossier is the page of a case: all that a reviewer has to see of it, the
// form of the decision, and what follows one. Whatever is refused comes back on the
// same page with the reasons beside what was filled in, and nothing of it is lost.
//
// Names, texts and paths come from packages: templates write them through "visible".
package dossier

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/web/ui"
)

// Cases shows cases, and lets a person have one. *desk.Desk does.
type Cases interface {
	Dossier(ctx context.Context, who review.Actor, caseID, lang string) (desk.Dossier, error)
	Claim(ctx context.Context, caseID string, who review.Actor) (review.Case, error)
	Renew(ctx context.Context, caseID string, who review.Actor) (time.Time, error)
	Drop(ctx context.Context, caseID string, who review.Actor) error
}

// Acts decides cases. *desk.Desk does.
type Acts interface {
	Missing(ctx context.Context, on desk.ActOn, p review.Proposal) ([]review.Problem, error)
	Decide(ctx context.Context, on desk.ActOn, p review.Proposal) (review.Decision, error)
	Follow(ctx context.Context, f desk.FollowUp) (review.Decision, error)
	Move(ctx context.Context, m desk.Move) error
}

// Scans has a package scanned again. *intake.Intake does.
type Scans interface {
	Rescan(ctx context.Context, caseID string, who review.Actor) error
}

//go:embed *.html
var files embed.FS

// page answers for the routes.
type page struct {
	cases Cases
	acts  Acts
	scans Scans
}

// New returns the page.
func New(cases Cases, acts Acts, scans Scans) ui.Page {
	p := page{cases, acts, scans}
	read := append([]review.Role{review.RoleAuditor, review.RoleAdmin}, movers...)
	post := func(path string, do func(*ui.Request) error) ui.Route {
		return ui.Route{Method: http.MethodPost, Path: "/cases/:id" + path, May: deciders, Do: do}
	}
	return ui.Page{Name: "dossier", Files: files, Routes: []ui.Route{
		{Method: http.MethodGet, Path: "/cases/:id", May: read, Do: p.show},
		post("/claim", p.claim), post("/drop", p.drop), post("/renew", p.renew),
		{Method: http.MethodPost, Path: "/cases/:id/move", May: movers, Do: p.move},
		post("/rescan", p.rescan), post("/decide", p.decide),
		post("/decisions/:decision/follow", p.follow),
	}}
}

// deciders are those who decide cases; a developer moves the own one by answers,
// appeals and withdrawals; others read.
var (
	deciders = []review.Role{review.RoleReviewer, review.RoleSenior}
	movers   = append([]review.Role{review.RoleDeveloper}, deciders...)
)

func mayDecide(who review.Actor) bool { return slices.Contains(deciders, who.Role) }

func (p page) show(r *ui.Request) error {
	return p.answer(r, http.StatusOK, filled{})
}

// filled is what a person sent that the page shows again, with what is wrong.
type filled struct {
	Wrong  ui.Problems
	Form   *input    // of a decision
	Follow *followUp // of an act on one
	Moved  *transfer // of another act
	Check  bool      // the form was only to be checked
	Filled string    // what was put into the form: suggestion, reason, remedy
}

// answer shows the case.
func (p page) answer(r *ui.Request, status int, f filled) error {
	id := r.Param("id")
	if err := ui.CheckID(id); err != nil {
		return err
	}
	d, err := p.cases.Dossier(r.Request.Context(), r.Who, id, r.Lang)
	if err != nil {
		return err
	}
	return r.Show(status, "page.html", newView(r, d, f))
}

// refused shows the case with the reasons for which an act was refused. An error that
// is no refusal is returned.
func (p page) refused(r *ui.Request, err error, f filled) error {
	problems, ok := ui.ProblemsOf(err)
	if !ok {
		return err
	}
	f.Wrong = append(f.Wrong, problems...)
	return p.answer(r, statusOf(f.Wrong), f)
}

// statusOf is the HTTP status of a refusal.
func statusOf(problems ui.Problems) int {
	refusal := &review.Refusal{Problems: problems}
	switch {
	case errors.Is(refusal, review.ErrForbidden):
		return http.StatusForbidden
	case errors.Is(refusal, review.ErrConflict):
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

func casePath(id string) string { return "/cases/" + id }
