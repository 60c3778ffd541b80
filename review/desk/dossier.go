package desk

import (
	"context"
	"fmt"
	"slices"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/review/report"
)

// Dossier is a case with all that a person sees of it. A developer sees the cases of
// what the account handed in, without what the store keeps for itself: proposals,
// notes, names, the ledger.
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
	// Possible lists the acts that who asks may decide on now, for the form; it is empty
	// for whoever has not claimed the case.
	Possible []review.Act
	// Events lists what who asks may do now beside a decision.
	Events []review.Event
}

// Dossier returns a case with the report in a language, zh or en. A report that is
// missing or damaged is an error.
func (d *Desk) Dossier(
	ctx context.Context, who review.Actor, caseID, lang string,
) (Dossier, error) {
	if err := known(who); err != nil {
		return Dossier{}, err
	}
	in, err := d.Basis(ctx, caseID)
	if err != nil {
		return Dossier{}, err
	}
	out := Dossier{Case: in.Case, App: in.App, Releases: in.Releases}
	if out.Release, err = d.release(ctx, in); err != nil {
		return Dossier{}, err
	}
	if out.Submission, err = d.submission(ctx, caseID); err != nil {
		return Dossier{}, err
	}
	if err := owned(out.Submission, who, caseID); err != nil {
		return Dossier{}, err
	}
	if out.Report, err = d.report(ctx, out.Submission, lang, nil); err != nil {
		return Dossier{}, err
	}
	if out.Edition, err = d.edition(in.Case); err != nil {
		return Dossier{}, err
	}
	if err := d.past(ctx, &out); err != nil {
		return Dossier{}, err
	}
	out.Declaration = declared(out.Submission)
	out.Known = evidence(out.Submission, out.Report)
	in.By = who
	v := view{FollowUp: in, release: out.Release, lease: d.Policy.ClaimLease(),
		appeal: d.inTime(out.Letters, in.Now)}
	out.Possible, out.Events = v.possible(), v.events()
	if who.Role == review.RoleDeveloper {
		return out.forDeveloper(who), nil
	}
	return out, nil
}

// past reads what happened in the case.
func (d *Desk) past(ctx context.Context, out *Dossier) (err error) {
	id := out.Case.ID
	if out.History, err = d.Cases.History(ctx, id); err != nil {
		return fmt.Errorf("history of case %s: %w", id, err)
	}
	if out.Letters, err = d.Letters.Letters(ctx, id); err != nil {
		return fmt.Errorf("letters of case %s: %w", id, err)
	}
	if out.Ledger, err = d.Ledger.Entries(ctx, id); err != nil {
		return fmt.Errorf("ledger of case %s: %w", id, err)
	}
	return nil
}

// release returns that of the case. Where the store does not tell of those that no
// decision acts on any longer, such a one is known by its id alone.
func (d *Desk) release(ctx context.Context, in review.FollowUp) (review.Release, error) {
	for _, r := range in.Releases {
		if r.ID == in.Case.Release {
			return r, nil
		}
	}
	all, ok := d.Apps.(interface {
		Release(ctx context.Context, id string) (review.Release, error)
	})
	if in.Case.Release == "" || !ok {
		return review.Release{ID: in.Case.Release, App: in.Case.App}, nil
	}
	r, err := all.Release(ctx, in.Case.Release)
	if err != nil {
		return review.Release{}, fmt.Errorf("release of case %s: %w", in.Case.ID, err)
	}
	return r, nil
}

// forDeveloper leaves out what the store keeps for itself.
func (out Dossier) forDeveloper(who review.Actor) Dossier {
	c := out.Case
	c.Claim = review.Claim{}
	c.Decisions = nil
	for _, made := range out.Case.Decisions {
		if s := made.Status(); s == review.StatusEffective || s == review.StatusLapsed {
			c.Decisions = append(c.Decisions, outside(made))
		}
	}
	history := make([]review.Entry, 0, len(out.History))
	for _, e := range out.History {
		if !e.By.Same(who) {
			e.By, e.Note = review.Actor{Role: e.By.Role}, ""
		}
		history = append(history, e)
	}
	out.Case, out.History, out.Ledger, out.Known = c, history, nil, nil
	return out
}

// outside is a decision without notes and names.
func outside(made review.Decision) review.Decision {
	made.Note, made.By = "", review.Actor{Role: made.By.Role}
	made.Acts = slices.Clone(made.Acts)
	for i := range made.Acts {
		a := &made.Acts[i]
		a.Note, a.By = "", review.Actor{Role: a.By.Role}
	}
	return made
}

// Find lists cases in the order in which they are to be worked on; next is where to
// go on, empty at the end.
func (d *Desk) Find(
	ctx context.Context, f review.CaseFilter,
) (rows []review.Row, next string, err error) {
	rows, next, err = d.Cases.Find(ctx, f)
	if err != nil {
		return nil, "", fmt.Errorf("find cases: %w", err)
	}
	return rows, next, nil
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
	counts, err := c.Counts(ctx)
	if err != nil {
		return nil, fmt.Errorf("count cases: %w", err)
	}
	return counts, nil
}
