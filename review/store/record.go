package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/review"
)

// decisionSchema names the body of an entry about a decision.
const decisionSchema = "listgate.decision/v1"

// kinds are the kinds of the ledger by act; those that are not here are effects.
var kinds = map[review.Event]string{
	review.EventPropose: ledger.Decision, review.EventEmergency: ledger.Decision,
	review.EventApprove: ledger.Approval, review.EventReject: ledger.Approval,
	review.EventRetract: ledger.Approval, review.EventRatify: ledger.Approval,
}

// record appends what is new in decisions to the ledger, one entry an act.
func (t tables) record(ctx context.Context, grown []growth) error {
	var entries []ledger.Entry
	for _, g := range grown {
		app, release, err := t.subject(ctx, g.Decision)
		if err != nil {
			return fmt.Errorf("decision %s: %w", g.ID, err)
		}
		for i := g.kept; i < len(g.Acts); i++ {
			d := g.Decision
			d.Acts = d.Acts[:i+1]
			body, err := json.Marshal(recordOf(d, app, release))
			if err != nil {
				return fmt.Errorf("decision %s for the ledger: %w", d.ID, err)
			}
			act := d.Acts[i]
			kind, ok := kinds[act.On]
			switch {
			case i == 0:
				kind = ledger.Decision
			case !ok:
				kind = ledger.Effect
			}
			entries = append(entries,
				ledger.Entry{Kind: kind, Time: act.At, Subject: d.Case, Body: body})
		}
	}
	return t.append(ctx, entries...)
}

// append adds to the ledger. What the ledger cannot hold is an ErrInvalid.
func (t tables) append(ctx context.Context, entries ...ledger.Entry) error {
	_, err := t.log.Append(ctx, entries...)
	if errors.Is(err, ledger.TooLarge) || errors.Is(err, ledger.NotCanonical) {
		return fmt.Errorf("%w: %w", err, invalid("decision", "ledger", "内容过长或者无法记入台账",
			"it is too long for the ledger, or cannot stand in it"))
	}
	return err
}

// subject returns what a decision is about, as it is in the transaction. A look at an
// application that is listed need not be about one release.
func (t tables) subject(
	ctx context.Context, d review.Decision,
) (app review.App, release review.Release, err error) {
	if app, err = t.app(ctx, d.App); err != nil {
		return app, release, fmt.Errorf("its application: %w", err)
	}
	if d.Release != "" {
		if release, err = t.release(ctx, d.Release); err != nil {
			return app, release, fmt.Errorf("its release: %w", err)
		}
	}
	return app, release, nil
}

// record is the document listgate.decision/v1: a decision, and one of its acts with
// what stood behind it. The ledger holds integers alone: times are texts, by the
// millisecond and in UTC.
type record struct {
	Schema      string                `json:"schema"`
	Case        string                `json:"case"`
	App         recordedApp           `json:"app"`
	Release     recordedRelease       `json:"release"`
	Decision    string                `json:"decision"`
	Status      review.DecisionStatus `json:"status"` // behind the act
	Measure     review.Measure        `json:"measure"`
	Scope       review.Scope          `json:"scope,omitempty"`
	Versions    []string              `json:"versions,omitempty"`
	Function    string                `json:"function,omitempty"`
	Conditions  []string              `json:"conditions,omitempty"`
	Cures       bool                  `json:"cures,omitempty"`
	Consequence *review.Act           `json:"consequence,omitempty"`
	Emergency   *review.Emergency     `json:"emergency,omitempty"`
	Grounds     review.Grounds        `json:"grounds"`
	Evidence    []review.Pointer      `json:"evidence"`
	Reason      string                `json:"reason"`
	Remedy      analyzer.Text         `json:"remedy"`
	Severity    review.Severity       `json:"severity,omitempty"`
	WorkingDays int                   `json:"working_days"` // the term
	Made        review.MadeOn         `json:"made"`
	Automated   bool                  `json:"automated,omitempty"`
	Sampled     bool                  `json:"sampled,omitempty"`
	By          review.Actor          `json:"by"`
	At          string                `json:"at"`
	Second      *review.Actor         `json:"second,omitempty"`
	Act         recordedAct           `json:"act"`
	Times       recordedTimes         `json:"times"`
}

// recordedApp is the application with its standing behind the act.
type recordedApp struct {
	ID       string          `json:"id"`
	Package  string          `json:"package"`
	Name     string          `json:"name"`
	Standing review.Standing `json:"standing"`
}

// recordedRelease is the release with its state behind the act.
type recordedRelease struct {
	ID       string              `json:"id"`
	Platform review.Platform     `json:"platform"`
	Version  string              `json:"version"`
	State    review.ReleaseState `json:"state"`
}

type recordedAct struct {
	On       review.Event      `json:"on"`
	By       review.Actor      `json:"by"`
	At       string            `json:"at"`
	Note     string            `json:"note,omitempty"`
	Deadline *recordedDeadline `json:"deadline,omitempty"`
	Before   *review.Standing  `json:"before,omitempty"`
	After    *review.Standing  `json:"after,omitempty"`
	Changed  []review.Change   `json:"changed,omitempty"`
	LateMS   int64             `json:"late_ms,omitempty"`
}

type recordedDeadline struct {
	From        string `json:"from"`
	WorkingDays int    `json:"working_days"`
	At          string `json:"at"`
	Day         string `json:"day"`
	Missing     []int  `json:"missing,omitempty"`
}

// recordedTimes are the times from which 及时 is judged.
type recordedTimes struct {
	Received  string `json:"received,omitempty"`
	Published string `json:"published,omitempty"`
	Known     string `json:"known,omitempty"`
	Opened    string `json:"opened,omitempty"`
	Decided   string `json:"decided,omitempty"`
	Effected  string `json:"effected,omitempty"`
}

// recordOf is the record of the last act of a decision.
func recordOf(d review.Decision, a review.App, r review.Release) record {
	times := d.Times()
	out := record{
		Schema: decisionSchema, Case: d.Case,
		App:      recordedApp{a.ID, a.Package, a.Name, a.Standing},
		Release:  recordedRelease{r.ID, r.Platform, r.Version, r.State},
		Decision: d.ID, Status: d.Status(),
		Measure: d.Measure, Scope: d.Scope, Versions: d.Versions, Function: d.Function,
		Conditions: d.Conditions, Cures: d.Cures, Consequence: d.Consequence,
		Emergency: d.Emergency,
		Grounds: review.Grounds{Articles: listed(d.Grounds.Articles),
			Obligations: listed(d.Grounds.Obligations)},
		Evidence: listed(d.Evidence), Reason: d.Reason, Remedy: d.Remedy,
		Severity: d.Severity, WorkingDays: d.Days, Made: d.Made,
		Automated: d.Automated, Sampled: d.Sampled, By: d.By, At: stamp(d.At),
		Act: recordedActOf(d.Acts[len(d.Acts)-1]),
		Times: recordedTimes{
			Received: stamp(times.Received), Published: stamp(times.Published),
			Known: stamp(times.Known), Opened: stamp(times.Opened),
			Decided: stamp(times.Decided), Effected: stamp(times.Effected),
		},
	}
	out.Made.Snapshots = listed(d.Made.Snapshots)
	if second, ok := d.Second(); ok {
		out.Second = &second
	}
	return out
}

func recordedActOf(a review.DecisionAct) recordedAct {
	out := recordedAct{
		On: a.On, By: a.By, At: stamp(a.At), Note: a.Note, Before: a.Before, After: a.After,
		Changed: a.Changed, LateMS: a.Late.Milliseconds(),
	}
	if d := a.Deadline; d != nil {
		out.Deadline = &recordedDeadline{stamp(d.From), d.WorkingDays, stamp(d.At), d.Day,
			d.Missing}
	}
	return out
}

// stamp is a time as the ledger writes it; empty for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// listed is a list that is written as one even where it is empty.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
