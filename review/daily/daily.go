// Package daily does what the law and the store's decisions ask for when nobody acts:
// it ends claims whose lease has run out, counts provisional deadlines anew once the
// calendar of their years is published, lets emergency measures that nobody ratified
// lapse or escalates them, and acts on deadlines that have passed.
//
// A sweep may run as often as wanted, after an outage of any length, and in many
// processes at once: each act has a transaction of its own that reads what it acts
// on, so that whatever is due happens once, and says how late it is.
package daily

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
)

// Daily is what sweeps stand on. Robot is the program as the history names it; its
// role is review.RolePipeline.
type Daily struct {
	Desk  *desk.Desk
	Robot review.Actor
}

// Swept counts what a sweep did, act by act; PassedOver are acts that were no longer
// due when their turn came, because a person or another process was quicker.
type Swept struct {
	Leases      int
	Settlements int
	Lapsed      int
	Escalated   int
	FellDue     int // consequences
	Overdue     int // deadlines without a consequence
	Unanswered  int // questions
	PassedOver  int
}

// page is how many cases are asked for at once.
const page = 1000

// Sweep acts on everything that is due. The error of one case, which names it, stops
// no other; all of them are returned, beside what was done.
func (d *Daily) Sweep(ctx context.Context) (Swept, error) {
	var done Swept
	var errs []error
	for _, k := range kinds {
		errs = append(errs, d.sweep(ctx, k, &done))
	}
	return done, errors.Join(errs...)
}

// kind is one of the things that can be due.
type kind struct {
	what review.DueKind
	// due reports a decision that is; nil for what concerns the case itself.
	due func(made review.Decision, now time.Time) bool
	act func(in review.FollowUp) (review.Outcome, error)
}

// kinds stand in the order in which they are done: a deadline that is settled may
// have passed, and what lapsed has none.
var kinds = []kind{
	{review.DueLease, nil, func(in review.FollowUp) (review.Outcome, error) {
		return review.ExpireClaim(in.Case, in.By, in.Now)
	}},
	{review.DueSettlement, func(made review.Decision, _ time.Time) bool {
		return made.Running() && made.Deadline().Provisional()
	}, review.Settle},
	{review.DueRatification, func(made review.Decision, now time.Time) bool {
		until := made.RatifyBy()
		return !until.IsZero() && !now.Before(until)
	}, review.Unratified},
	{review.DueTerm, func(made review.Decision, now time.Time) bool {
		waits := made.Consequence != nil && made.Deadline().Provisional()
		return made.Running() && made.Deadline().Passed(now) && !waits
	}, review.FallDue},
}

// sweep acts on what is due of a kind, page by page. What could not be done stays
// due: a page that brings nothing new is the last.
func (d *Daily) sweep(ctx context.Context, k kind, done *Swept) error {
	var errs []error
	seen := map[string]bool{}
	for more := true; more; {
		more = false
		cases, err := d.Desk.Cases.Due(ctx, k.what, d.Desk.Now(), page)
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("what is due (%s): %w", k.what, err))...)
		}
		for _, id := range cases {
			if ctx.Err() != nil {
				return errors.Join(append(errs, ctx.Err())...)
			}
			if seen[id] {
				continue
			}
			seen[id], more = true, true
			if err := d.one(ctx, k, id, done); err != nil {
				errs = append(errs, fmt.Errorf("case %s: %s: %w", id, k.what, err))
			}
		}
	}
	return errors.Join(errs...)
}
