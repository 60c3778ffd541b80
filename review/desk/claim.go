package desk

import (
	"context"
	"time"

	"github.com/listgate/listgate/review"
)

// Claim claims a case, or renews the claim of who has it.
func (d *Desk) Claim(
	ctx context.Context, caseID string, who review.Actor,
) (review.Case, error) {
	return review.Case{}, review.ErrNotFound
}

// ClaimNext claims the case that is due first of those that this person may claim;
// review.ErrNotFound where there is none.
func (d *Desk) ClaimNext(ctx context.Context, who review.Actor) (review.Case, error) {
	return review.Case{}, review.ErrNotFound
}

// Renew is a sign of life: it renews the lease of who has the case, and returns
// until when it runs.
func (d *Desk) Renew(
	ctx context.Context, caseID string, who review.Actor,
) (until time.Time, err error) {
	return time.Time{}, review.ErrNotFound
}

// Drop gives a claimed case back.
func (d *Desk) Drop(ctx context.Context, caseID string, who review.Actor) error {
	return review.ErrNotFound
}
