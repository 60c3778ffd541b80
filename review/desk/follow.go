package desk

import (
	"context"

	"github.com/listgate/listgate/review"
)

// FollowUp is an act on a decision that was made. On is one of approve, reject,
// retract, ratify, extend and effect.
type FollowUp struct {
	ActOn
	Decision    string // id
	On          review.Event
	Note        string // the reason, of a rejection and an extension
	WorkingDays int    // by how many an extension extends
}

// Follow acts on a decision and returns it as it is then.
func (d *Desk) Follow(ctx context.Context, f FollowUp) (review.Decision, error) {
	return review.Decision{}, review.ErrNotFound
}

// Move is an event without a decision. On is one of answered, recall, close, reopen,
// appeal, hold, resume and withdraw.
type Move struct {
	ActOn
	On   review.Event
	Note string
}

// Move brings the event about.
func (d *Desk) Move(ctx context.Context, m Move) error { return review.ErrNotFound }
