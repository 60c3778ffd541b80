package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// tries is how often an act is begun, where others are quicker each time.
const tries = 4

// overtaken is the conflict of a store: what was read was changed since.
type overtaken struct{ error }

// Unwrap returns the conflict.
func (e *overtaken) Unwrap() error { return e.error }

// do runs an act in a transaction, and again where another was quicker. What the
// other did is then seen, and refused where it stands against the act.
func (d *Desk) do(ctx context.Context, act func(ctx context.Context) error) error {
	var err error
	for range tries {
		var lost *overtaken
		if err = d.Atomic.Do(ctx, act); !errors.As(err, &lost) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// Basis is what an act on a decision of a case rests on, as it stands now; the
// caller names decision and actor, and says no more of the rest.
func (d *Desk) Basis(ctx context.Context, caseID string) (review.FollowUp, error) {
	in := review.FollowUp{Calendar: d.Calendar, Now: d.now()}
	var err error
	if in.Case, err = d.one(ctx, caseID); err != nil {
		return review.FollowUp{}, err
	}
	in.Rev = in.Case.Rev
	if in.Case.App == "" {
		return in, nil
	}
	if in.App, err = d.Apps.App(ctx, in.Case.App); err != nil {
		return review.FollowUp{}, fmt.Errorf("application of case %s: %w", caseID, err)
	}
	if in.Releases, err = d.Apps.Releases(ctx, in.Case.App); err != nil {
		return review.FollowUp{}, fmt.Errorf("releases of case %s: %w", caseID, err)
	}
	return in, nil
}

// now is the time of an act, as exactly as all stores keep it.
func (d *Desk) now() time.Time { return d.Now().UTC().Truncate(time.Millisecond) }

// one returns a case. An id that is no text names none.
func (d *Desk) one(ctx context.Context, id string) (review.Case, error) {
	if !sound(id) {
		return review.Case{}, fmt.Errorf("case %.40q: %w", id, review.ErrNotFound)
	}
	c, err := d.Cases.Case(ctx, id)
	if err != nil {
		return review.Case{}, fmt.Errorf("case %s: %w", id, err)
	}
	return c, nil
}

// Keep stores all that an act changes, in the transaction that the context carries:
// the outcome itself, the end of what it closes in other cases, and the letter. It
// is for what happens without a person; a person's acts have methods of their own.
func (d *Desk) Keep(ctx context.Context, o review.Outcome) error { return d.keep(ctx, o, nil) }

// keep stores an outcome with the reports that were read for it.
func (d *Desk) keep(ctx context.Context, o review.Outcome, read reports) error {
	if err := d.store(ctx, o); err != nil {
		return err
	}
	for _, decision := range o.Closes {
		if err := d.cure(ctx, o, decision); err != nil {
			return fmt.Errorf("end decision %s: %w", decision, err)
		}
	}
	return d.write(ctx, o, read)
}

func (d *Desk) store(ctx context.Context, o review.Outcome) error {
	err := d.Cases.Keep(ctx, o)
	if err == nil {
		return nil
	}
	err = fmt.Errorf("keep case %s: %w", o.Case.ID, err)
	if errors.Is(err, review.ErrConflict) {
		return &overtaken{err}
	}
	return err
}

// robot is who ends earlier decisions where a later act does.
var robot = review.Actor{ID: "desk", Name: "desk", Role: review.RolePipeline}

// cure ends a decision of another case in whose place the outcome stands.
func (d *Desk) cure(ctx context.Context, o review.Outcome, decision string) error {
	c, err := d.holding(ctx, o.App.ID, decision)
	if err != nil {
		return err
	}
	by := o.Entries[len(o.Entries)-1]
	ended, err := review.Cure(review.FollowUp{
		Case: c, Decision: decision, Rev: c.Rev, By: robot, Calendar: d.Calendar, Now: by.At,
		Note: "由决定 " + by.Decision + " 了结",
	})
	var refusal *review.Refusal
	if errors.As(err, &refusal) && refusal.Has("already") {
		return nil // an earlier act ended it, and it stands on
	}
	if err != nil {
		return err
	}
	return d.store(ctx, ended)
}

// holding returns the case of the application that holds a decision.
func (d *Desk) holding(ctx context.Context, app, decision string) (review.Case, error) {
	f := review.CaseFilter{App: app}
	for {
		rows, next, err := d.Cases.Find(ctx, f)
		if err != nil {
			return review.Case{}, err
		}
		for _, row := range rows {
			c, err := d.Cases.Case(ctx, row.ID)
			if err != nil {
				return review.Case{}, err
			}
			if c.Decision(decision) >= 0 {
				return c, nil
			}
		}
		if f.After = next; next == "" {
			return review.Case{}, review.ErrNotFound
		}
	}
}

// refuse returns a refusal for one reason.
func refuse(kind error, field, code string, message analyzer.Text) error {
	return &review.Refusal{Problems: []review.Problem{
		{Field: field, Code: code, Message: message, Kind: kind},
	}}
}

// stale refuses who saw another version of the case.
func stale(c review.Case, rev int) error {
	if c.Rev == rev {
		return nil
	}
	return refuse(review.ErrConflict, "rev", "stale", analyzer.Text{
		ZH: "案件已被他人更改，请重新载入", EN: "the case was changed by another; load it again"})
}

// known refuses an actor that has no account or no role.
func known(who review.Actor) error {
	if who.Known() {
		return nil
	}
	return refuse(review.ErrForbidden, "by", "actor", analyzer.Text{
		ZH: "没有操作人", EN: "nobody acts"})
}

// sound reports a text that every store takes.
func sound(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
