package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/listgate/listgate/analyzer"
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

// followUps are the rules by which decisions are followed.
var followUps = map[review.Event]func(review.FollowUp) (review.Outcome, error){
	review.EventApprove: review.Approve, review.EventReject: review.Reject,
	review.EventRetract: review.Retract, review.EventRatify: review.Ratify,
	review.EventExtend: review.Extend, review.EventEffect: review.ConfirmEffect,
}

// Follow acts on a decision and returns it as it is kept then.
func (d *Desk) Follow(ctx context.Context, f FollowUp) (then review.Decision, err error) {
	rule, ok := followUps[f.On]
	if !ok {
		return then, unknown(f.On)
	}
	if err := admitted(f.Who, f.Note); err != nil {
		return then, err
	}
	var read reports
	if f.On == review.EventApprove { // its letter is the first on the decision
		if read, err = d.ahead(ctx, f.Case); err != nil {
			return then, err
		}
	}
	err = d.do(ctx, func(ctx context.Context) error {
		in, err := d.Basis(ctx, f.Case)
		if err != nil {
			return err
		}
		in.Decision, in.Rev, in.By = f.Decision, f.Rev, f.Who
		in.Note, in.WorkingDays = f.Note, f.WorkingDays
		out, err := rule(in)
		if errors.Is(err, review.ErrNotFound) {
			return fmt.Errorf("decision %.40q of case %s: %w", f.Decision, f.Case, err)
		}
		if err != nil {
			return err
		}
		if err := d.keep(ctx, out, read); err != nil {
			return err
		}
		then, err = d.kept(ctx, out)
		return err
	})
	if err != nil {
		return review.Decision{}, err
	}
	return then, nil
}

// Move is an event without a decision. On is one of answered, recall, close, reopen,
// appeal, hold, resume and withdraw. An answer, an appeal, a hold and a reopening
// say in Note what is answered, or why.
type Move struct {
	ActOn
	On   review.Event
	Note string
}

// moves are the events of Move.
var moves = []review.Event{
	review.EventAnswered, review.EventRecall, review.EventClose, review.EventReopen,
	review.EventAppeal, review.EventHold, review.EventResume, review.EventWithdraw,
}

// explained are those that say why.
var explained = []review.Event{
	review.EventAnswered, review.EventReopen, review.EventAppeal, review.EventHold,
}

// Move brings the event about. A developer moves cases of what the account handed
// in; of others there is none (review.ErrNotFound).
func (d *Desk) Move(ctx context.Context, m Move) error {
	if !slices.Contains(moves, m.On) {
		return unknown(m.On)
	}
	if err := admitted(m.Who, m.Note); err != nil {
		return err
	}
	if slices.Contains(explained, m.On) && strings.TrimSpace(m.Note) == "" {
		return refuse(review.ErrInvalid, "note", "note-missing", analyzer.Text{
			ZH: "没有写明理由", EN: "no reason is given"})
	}
	return d.do(ctx, func(ctx context.Context) error {
		in, err := d.Basis(ctx, m.Case)
		if err != nil {
			return err
		}
		if err := d.owns(ctx, m.Who, m.Case); err != nil {
			return err
		}
		if err := stale(in.Case, m.Rev); err != nil {
			return err
		}
		out, err := d.moved(ctx, in, review.Entry{On: m.On, By: m.Who, At: in.Now, Note: m.Note})
		if err != nil {
			return err
		}
		return d.keep(ctx, out, nil)
	})
}

func (d *Desk) moved(
	ctx context.Context, in review.FollowUp, e review.Entry,
) (review.Outcome, error) {
	switch e.On {
	case review.EventWithdraw:
		return withdrawn(in.Case, in.Releases, e)
	case review.EventHold:
		if err := heldByOther(in.Case, e.By, e.At); err != nil {
			return review.Outcome{}, err
		}
	case review.EventAppeal:
		letters, err := d.Letters.Letters(ctx, in.Case.ID)
		if err != nil {
			return review.Outcome{}, fmt.Errorf("letters of case %s: %w", in.Case.ID, err)
		}
		if err := d.inTime(letters, e.At); err != nil {
			return review.Outcome{}, err
		}
	}
	return in.Case.Move(e)
}

// withdrawn takes a submission back with its release. Before a scan has told the
// release there is none, and the case alone is closed.
func withdrawn(c review.Case, releases []review.Release, e review.Entry) (review.Outcome, error) {
	r := review.Release{State: review.ReleaseSubmitted}
	if c.Release != "" {
		i := slices.IndexFunc(releases, func(r review.Release) bool { return r.ID == c.Release })
		if i < 0 {
			return review.Outcome{}, refuse(review.ErrConflict, "release", "release-missing",
				analyzer.Text{ZH: "该版本已撤回或者已被替代",
					EN: "the release is withdrawn or superseded already"})
		}
		r = releases[i]
	}
	out, err := review.Withdraw(c, r, e)
	if c.Release == "" {
		out.Releases = nil
	}
	return out, err
}

// inTime refuses an appeal after the days that the last letter on the case gave.
func (d *Desk) inTime(letters []review.Letter, now time.Time) error {
	if d.Policy.AppealDays == 0 || len(letters) == 0 {
		return nil
	}
	last := letters[len(letters)-1].At.In(review.Zone()).AddDate(0, 0, d.Policy.AppealDays)
	until := last.Format(time.DateOnly)
	if now.In(review.Zone()).Format(time.DateOnly) <= until {
		return nil
	}
	return refuse(review.ErrConflict, "case", "appeal-late", analyzer.Text{
		ZH: "申诉期限已过：" + until, EN: "the time to appeal has passed: " + until})
}

// owns keeps developers to what their accounts handed in.
func (d *Desk) owns(ctx context.Context, who review.Actor, caseID string) error {
	if who.Role != review.RoleDeveloper {
		return nil
	}
	s, err := d.submission(ctx, caseID)
	if err != nil {
		return err
	}
	return owned(s, who, caseID)
}

// owned returns review.ErrNotFound for a developer who did not hand it in.
func owned(s review.Submission, who review.Actor, caseID string) error {
	if who.Role == review.RoleDeveloper && !s.By.Same(who) {
		return fmt.Errorf("case %s: %w", caseID, review.ErrNotFound)
	}
	return nil
}

// admitted refuses an actor that is nobody, and a note that cannot be kept.
func admitted(who review.Actor, note string) error {
	if err := known(who); err != nil {
		return err
	}
	if found := wrong(given{"note", []string{note}, maxProse}); len(found) > 0 {
		return &review.Refusal{Problems: found}
	}
	return nil
}

func unknown(on review.Event) error {
	return refuse(review.ErrInvalid, "on", "event", analyzer.Text{
		ZH: fmt.Sprintf("没有这种操作：%.40q", on), EN: fmt.Sprintf("there is no act %.40q", on)})
}
