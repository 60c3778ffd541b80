package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
)

// Missing lists all for which Decide would refuse, in the order of the form; it is
// empty where Decide would accept. It stores nothing.
func (d *Desk) Missing(
	ctx context.Context, on ActOn, p review.Proposal,
) ([]review.Problem, error) {
	if beyond := bounds(p); len(beyond) > 0 {
		return beyond, nil
	}
	read, err := d.ahead(ctx, on.Case)
	if err != nil {
		return nil, err
	}
	in, err := d.deciding(ctx, on, p, read)
	if err != nil {
		return nil, err
	}
	return review.Problems(in), nil
}

// Decide makes a decision and returns it as it is kept: effective at once, or
// proposed where a second person has to approve it. The error is a *review.Refusal
// with all that is missing or wrong.
func (d *Desk) Decide(
	ctx context.Context, on ActOn, p review.Proposal,
) (made review.Decision, err error) {
	if beyond := bounds(p); len(beyond) > 0 {
		return made, &review.Refusal{Problems: beyond}
	}
	read, err := d.ahead(ctx, on.Case)
	if err != nil {
		return made, err
	}
	err = d.do(ctx, func(ctx context.Context) error {
		in, err := d.deciding(ctx, on, p, read)
		if err != nil {
			return err
		}
		out, err := review.Decide(in)
		if err != nil {
			return err
		}
		if err := d.keep(ctx, out, read); err != nil {
			return err
		}
		made, err = d.kept(ctx, out)
		return err
	})
	if err != nil {
		return review.Decision{}, err
	}
	return made, nil
}

// deciding gathers what a decision rests on.
func (d *Desk) deciding(
	ctx context.Context, on ActOn, p review.Proposal, read reports,
) (review.DecisionInput, error) {
	basis, err := d.Basis(ctx, on.Case)
	if err != nil {
		return review.DecisionInput{}, err
	}
	in := review.DecisionInput{
		ID: d.NewID(), Case: basis.Case, App: basis.App, Releases: basis.Releases, Rev: on.Rev,
		By: on.Who, Proposal: p, Calendar: basis.Calendar, Policy: d.Policy, Now: basis.Now,
	}
	s, err := d.submission(ctx, on.Case)
	if err == nil {
		err = owned(s, on.Who, on.Case)
	}
	if err != nil {
		return review.DecisionInput{}, err
	}
	doc, err := d.report(ctx, s, "zh", read)
	if err != nil {
		return review.DecisionInput{}, err
	}
	in.Known = evidence(s, doc)
	e, err := d.edition(basis.Case)
	if err != nil {
		return review.DecisionInput{}, err
	}
	if e != nil {
		in.Law, in.Articles = e.Law, e
	}
	return in, nil
}

// edition is that by which the case is judged, nil before a scan has said so.
func (d *Desk) edition(c review.Case) (*law.Edition, error) {
	if c.Made.Law == "" {
		return nil, nil
	}
	e, err := d.Laws(c.Made.Law)
	if err != nil {
		return nil, fmt.Errorf("law of case %s: %w", c.ID, err)
	}
	return e, nil
}

// kept reads the decision that was kept.
func (d *Desk) kept(ctx context.Context, o review.Outcome) (review.Decision, error) {
	c, err := d.one(ctx, o.Case.ID)
	if err != nil {
		return review.Decision{}, err
	}
	i := c.Decision(o.Decision.ID)
	if i < 0 {
		return review.Decision{}, errors.New("decision " + o.Decision.ID + " was not kept")
	}
	return c.Decisions[i], nil
}
