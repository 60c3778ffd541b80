package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/notice"
)

// WriteLetter writes the letter on what an outcome made take effect, in the
// transaction that the context carries; an outcome that tells the developer nothing
// has none. It is for who keeps an outcome by himself, such as a listing by the
// policy; it comes after Cases.Keep, because the ledger is appended to last.
func (d *Desk) WriteLetter(ctx context.Context, o review.Outcome) error {
	return d.write(ctx, o, nil)
}

func (d *Desk) write(ctx context.Context, o review.Outcome, read reports) error {
	on, tells := tellsOf(o)
	if !tells {
		return nil
	}
	l, err := d.letter(ctx, o, on, read)
	if err != nil {
		return err
	}
	if err := d.Letters.Add(ctx, l); err != nil {
		return fmt.Errorf("keep the letter on decision %s: %w", o.Decision.ID, err)
	}
	return nil
}

// tellsOf says what of an outcome the developer is told: on is empty for the
// decision itself. Nothing is told of a proposal, of what the second person or the
// store does with a decision that is in force, and of a consequence that could not
// take effect.
func tellsOf(o review.Outcome) (on review.Event, tells bool) {
	if o.Decision == nil || len(o.Decision.Acts) == 0 {
		return "", false
	}
	switch last := o.Decision.Acts[len(o.Decision.Acts)-1]; last.On {
	case review.EventExtend, review.EventLapse:
		return last.On, true
	case review.EventFellDue:
		return last.On, last.After != nil
	case review.EventApprove, review.EventEmergency, o.Decision.Event():
		return "", true
	}
	return "", false
}

// letter puts the letter together, in both languages from one set of facts.
func (d *Desk) letter(
	ctx context.Context, o review.Outcome, on review.Event, read reports,
) (review.Letter, error) {
	of := *o.Decision
	in := notice.Input{Store: d.Office.Store, Decision: of, On: on,
		Appeal: notice.Appeal{Where: d.Office.Appeal, Days: d.Policy.AppealDays}}
	var err error
	if in.Edition, err = d.Laws(of.Made.Law); err != nil {
		return review.Letter{}, err
	}
	if in.App, err = d.Apps.App(ctx, of.App); err != nil {
		return review.Letter{}, fmt.Errorf("application of decision %s: %w", of.ID, err)
	}
	if in.Versions, err = d.versions(ctx, of); err != nil {
		return review.Letter{}, err
	}
	if in.Found, err = d.words(ctx, of, in.Edition, read); err != nil {
		return review.Letter{}, err
	}
	facts, err := notice.Of(in)
	if err != nil {
		return review.Letter{}, err
	}
	l := review.Letter{ID: d.NewID(), Case: of.Case, Decision: of.ID, On: on,
		At: of.Acts[len(of.Acts)-1].At}
	if l.Facts, err = json.Marshal(facts); err != nil {
		return review.Letter{}, fmt.Errorf("letter on decision %s: %w", of.ID, err)
	}
	for lang, text := range map[string]*string{"zh-CN": &l.ZH, "en": &l.EN} {
		if *text, err = facts.Letter(lang); err != nil {
			return review.Letter{}, err
		}
	}
	return l, nil
}

// versions names the releases that the decision concerns: the one of a listing, a
// question or a refusal, those that a suspension names, else those that changed.
func (d *Desk) versions(ctx context.Context, of review.Decision) ([]string, error) {
	var ids []string
	switch of.Measure {
	case review.MeasureList, review.MeasureAsk, review.MeasureRefuse:
		ids = []string{of.Release}
	default:
		ids = slices.Clone(of.Versions)
		for _, a := range of.Acts {
			for _, c := range a.Changed {
				ids = append(ids, c.Release)
			}
		}
	}
	releases, err := d.Apps.Releases(ctx, of.App)
	if err != nil {
		return nil, fmt.Errorf("releases of decision %s: %w", of.ID, err)
	}
	var out []string
	for _, r := range releases {
		if slices.Contains(ids, r.ID) {
			out = append(out, r.Version+" ("+platforms[r.Platform]+")")
		}
	}
	return out, nil
}

// platforms are named alike in both languages.
var platforms = map[review.Platform]string{review.Android: "Android", review.IOS: "iOS"}
