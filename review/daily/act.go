package daily

import (
	"context"
	"errors"

	"github.com/listgate/listgate/review"
)

// one acts on all that is due of a kind in one case, each decision in a transaction
// of its own.
func (d *Daily) one(ctx context.Context, k kind, caseID string, done *Swept) error {
	var errs []error
	tried := map[string]bool{}
	for {
		out, decision, err := d.act(ctx, k, caseID, tried)
		switch {
		case errors.Is(err, review.ErrConflict):
			done.PassedOver++
		case err != nil:
			errs = append(errs, err)
		default:
			done.count(out)
		}
		if decision == "" {
			return errors.Join(errs...)
		}
		tried[decision] = true
	}
}

// act acts on the first decision that is due and was not tried, and names it; empty
// where there is none, or the act concerns the case itself.
func (d *Daily) act(
	ctx context.Context, k kind, caseID string, tried map[string]bool,
) (out review.Outcome, decision string, err error) {
	err = d.Desk.Atomic.Do(ctx, func(ctx context.Context) error {
		out, decision = review.Outcome{}, ""
		in, err := d.Desk.Basis(ctx, caseID)
		if err != nil {
			return err
		}
		in.By = d.Robot
		if k.due != nil {
			for _, made := range in.Case.Decisions {
				if decision == "" && !tried[made.ID] && k.due(made, in.Now) {
					decision = made.ID
				}
			}
			if decision == "" {
				return nil
			}
			in.Decision = decision
		}
		if out, err = k.act(in); err != nil {
			return err
		}
		return d.Desk.Keep(ctx, out)
	})
	return out, decision, err
}

// count adds what an act did.
func (s *Swept) count(out review.Outcome) {
	if len(out.Entries) == 0 {
		return
	}
	switch out.Entries[len(out.Entries)-1].On {
	case review.EventLeaseExpired:
		s.Leases++
	case review.EventSettle:
		s.Settlements++
	case review.EventLapse:
		s.Lapsed++
	case review.EventEscalate:
		s.Escalated++
	case review.EventFellDue:
		s.FellDue++
	case review.EventOverdue:
		s.Overdue++
	case review.EventAnswerDue:
		s.Unanswered++
	}
}
