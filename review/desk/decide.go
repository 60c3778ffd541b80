package desk

import (
	"context"

	"github.com/listgate/listgate/review"
)

// Missing lists all for which Decide would refuse, for a form; it stores nothing.
func (d *Desk) Missing(
	ctx context.Context, on ActOn, p review.Proposal,
) ([]review.Problem, error) {
	return nil, review.ErrNotFound
}

// Decide makes a decision: effective at once, or proposed where a second person has
// to approve it. The error is a *review.Refusal with all problems.
func (d *Desk) Decide(
	ctx context.Context, on ActOn, p review.Proposal,
) (review.Decision, error) {
	return review.Decision{}, review.ErrNotFound
}
