package desk

import (
	"context"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/review/report"
)

// Dossier is a case with all that a person sees of it.
type Dossier struct {
	Case        review.Case
	App         review.App     // zero before the scan told it
	Release     review.Release // likewise
	Releases    []review.Release
	Submission  review.Submission
	Report      *report.Document    // in the language asked; nil where no scan left one
	Declaration *review.Declaration // nil where none was made, or it cannot be read
	Edition     *law.Edition        // by which the case is judged; nil before the scan
	History     []review.Entry
	Letters     []review.Letter
	Ledger      []LedgerEntry
	Known       review.Known // what evidence can point at
	// Possible lists the acts that who asks may decide on now, for the form.
	Possible []review.Act
	// Events lists what who asks may do now beside a decision.
	Events []review.Event
}

// Dossier returns a case with the report in a language, zh or en.
func (d *Desk) Dossier(
	ctx context.Context, who review.Actor, caseID, lang string,
) (Dossier, error) {
	return Dossier{}, review.ErrNotFound
}

// Find lists cases as review.Cases does.
func (d *Desk) Find(ctx context.Context, f review.CaseFilter) ([]review.Row, string, error) {
	return d.Cases.Find(ctx, f)
}

// Counts returns how many cases are in each state, for the tabs of a queue; a count
// may be capped. It is nil where the store does not count.
func (d *Desk) Counts(ctx context.Context) (map[review.CaseState]int, error) {
	c, ok := d.Cases.(interface {
		Counts(ctx context.Context) (map[review.CaseState]int, error)
	})
	if !ok {
		return nil, nil
	}
	return c.Counts(ctx)
}
