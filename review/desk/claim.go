package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/listgate/listgate/review"
)

// Claim claims a case, or renews the claim of who has it, and returns it as it
// stands then. It is a *review.ClaimedError where another has it.
func (d *Desk) Claim(
	ctx context.Context, caseID string, who review.Actor,
) (review.Case, error) {
	return d.hold(ctx, caseID, who, func(c review.Case, now time.Time) (review.Outcome, error) {
		return review.TakeClaim(c, who, now, d.Policy.ClaimLease())
	})
}

// Renew is a sign of life: it renews the lease of who has the case, and returns
// until when it runs. The version of the case stays, so that a form that is open
// can still be sent.
func (d *Desk) Renew(
	ctx context.Context, caseID string, who review.Actor,
) (until time.Time, err error) {
	c, err := d.hold(ctx, caseID, who, func(c review.Case, now time.Time) (review.Outcome,
		error) {
		return review.KeepClaim(c, who, now, d.Policy.ClaimLease())
	})
	return c.Claim.Until, err
}

// Drop gives a claimed case back.
func (d *Desk) Drop(ctx context.Context, caseID string, who review.Actor) error {
	_, err := d.hold(ctx, caseID, who, func(c review.Case, now time.Time) (review.Outcome,
		error) {
		return review.DropClaim(c, who, now)
	})
	return err
}

// hold runs an act on the claim of a case, and returns the case as it stands then.
func (d *Desk) hold(
	ctx context.Context, caseID string, who review.Actor,
	act func(c review.Case, now time.Time) (review.Outcome, error),
) (held review.Case, err error) {
	if err := known(who); err != nil {
		return held, err
	}
	err = d.do(ctx, func(ctx context.Context) error {
		c, err := d.one(ctx, caseID)
		if err != nil {
			return err
		}
		out, err := act(c, d.now())
		if err != nil {
			return err
		}
		if err := d.store(ctx, out); err != nil {
			return err
		}
		held, err = d.one(ctx, caseID)
		return err
	})
	if err != nil {
		return review.Case{}, err
	}
	return held, nil
}

// maxNext bounds how many cases ClaimNext tries: others take some while it looks, and
// some are appeals against what the person decided.
const maxNext = 200

// claimable are the states in which a case waits for a person.
var claimable = []review.CaseState{
	review.CaseWaiting, review.CaseScanFailed, review.CaseReopened, review.CaseAppealed,
}

// ClaimNext claims the case that is due first of those that this person may claim. It
// is a review.ErrNotFound where there is none.
func (d *Desk) ClaimNext(ctx context.Context, who review.Actor) (review.Case, error) {
	waiting := review.Place{State: review.CaseWaiting}
	if _, err := waiting.After(review.EventClaim, who.Role); err != nil {
		return review.Case{}, err
	}
	f := review.CaseFilter{States: claimable}
	for tried := 0; tried < maxNext; {
		rows, next, err := d.Cases.Find(ctx, f)
		if err != nil {
			return review.Case{}, fmt.Errorf("find the next case: %w", err)
		}
		for _, row := range rows {
			tried++
			c, err := d.Claim(ctx, row.ID, who)
			if !passed(err) {
				return c, err
			}
		}
		if f.After = next; next == "" {
			break
		}
	}
	return review.Case{}, fmt.Errorf("a case to claim: %w", review.ErrNotFound)
}

// passed reports a case that is not for this person now: another has it, or it is an
// appeal against what the person decided.
func passed(err error) bool {
	var refusal *review.Refusal
	return errors.Is(err, review.ErrConflict) || errors.Is(err, review.ErrNotFound) ||
		errors.As(err, &refusal) && refusal.Has("own-decision")
}
