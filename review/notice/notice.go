// Package notice writes the letters that tell a developer what was decided, in
// Chinese and in English, from one set of facts: the measure, the grounds with the
// wording of the articles, what was found and where, what would cure it, by when,
// what follows, and how to appeal. The two letters differ in words alone; the
// Chinese one counts.
//
// A letter is plain text. Names and reasons come from packages and people: what
// could break a line, hide or turn text is shown as an escape, and what may have
// several lines is indented, so that nothing of it reads as a part of the letter.
package notice

import (
	"fmt"
	"time"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
)

// Schema names the form of Facts.
const Schema = "listgate.notice/v1"

// Input is what a letter is made from.
type Input struct {
	Store    analyzer.Text // name of the store's operator
	Decision review.Decision
	// On says what the letter tells: empty for the decision itself, else one of
	// lapse, fell-due, extend.
	On  review.Event
	App review.App
	// Versions are the names of the releases concerned.
	Versions []string
	Edition  *law.Edition // in which the decision was made
	// Found holds each piece of evidence of the decision in words; FoundIn makes it.
	Found  []Found
	Appeal Appeal
}

// Appeal is how to appeal. Days is within how many days of what the letter tells, 0
// for no limit.
type Appeal struct {
	Where analyzer.Text // address, page, or both
	Days  int
}

// Facts is all that a letter says. Every text in it is as it was handed in; Letter
// escapes.
type Facts struct {
	Schema    string        `json:"schema"`
	Store     analyzer.Text `json:"store"`
	Kind      review.Event  `json:"kind"` // measure, or lapse, fell-due, extend
	Measure   analyzer.Text `json:"measure"`
	Statutory bool          `json:"statutory"`
	Case      string        `json:"case"`
	Decision  string        `json:"decision"`
	// At is when what the letter tells happened, in China: 2026-11-23 10:00.
	At         string          `json:"at"`
	App        string          `json:"app"`
	Package    string          `json:"package"`
	Provider   string          `json:"provider"`
	Versions   []string        `json:"versions"`
	Function   string          `json:"function,omitempty"`
	Conditions []string        `json:"conditions,omitempty"`
	Cures      bool            `json:"cures,omitempty"`
	Automated  bool            `json:"automated"`
	Order      *review.Order   `json:"order,omitempty"`
	RatifyBy   string          `json:"ratify_by,omitempty"` // in China
	Grounds    []Ground        `json:"grounds"`
	Findings   []Found         `json:"findings"`
	Reason     string          `json:"reason"` // Chinese, in both letters
	Remedies   []analyzer.Text `json:"remedies,omitempty"`
	Deadline   *Term           `json:"deadline,omitempty"`
	Appeal     Route           `json:"appeal"`
	Made       review.MadeOn   `json:"made"`
}

// Term is the deadline; Consequence is what follows, empty where a person looks
// again. Late is by how many hours a consequence took effect late.
type Term struct {
	Day         string        `json:"day"`
	WorkingDays int           `json:"working_days"`
	Missing     []int         `json:"missing,omitempty"` // years, where provisional
	Consequence analyzer.Text `json:"consequence"`
	Late        int           `json:"late_hours,omitempty"`
}

// Route is how to appeal, and until which day; empty for no limit.
type Route struct {
	Where analyzer.Text `json:"where"`
	Until string        `json:"until,omitempty"`
}

// Of gathers the facts of a letter. The error wraps review.ErrInvalid where a
// letter could not say what it has to: evidence without words, an article that the
// edition does not hold, no store, no way to appeal, or a decision without effect.
func Of(in Input) (Facts, error) {
	d := in.Decision
	if what := in.lacks(); what != "" {
		return Facts{}, fmt.Errorf("notice of decision %s: %s: %w", d.ID, what, review.ErrInvalid)
	}
	grounds, err := groundsOf(d.Grounds, in.Edition)
	if err != nil {
		return Facts{}, fmt.Errorf("notice of decision %s: %w", d.ID, err)
	}
	f := Facts{
		Schema: Schema, Store: in.Store, Kind: d.Event(), Measure: d.Event().Name(),
		Statutory: statutory(d.Act, in.Edition),
		Case:      d.Case, Decision: d.ID, App: in.App.Name,
		Package: in.App.Package, Provider: in.App.Provider, Versions: in.Versions,
		Function: d.Function, Conditions: d.Conditions, Cures: d.Cures, Automated: d.Automated,
		Grounds: grounds, Findings: in.found(), Reason: d.Reason, Deadline: termOf(d),
		Remedies: remediesOf(d, in.Edition), Made: d.Made, Appeal: Route{Where: in.Appeal.Where},
	}
	told := d.Times().Decided
	for _, a := range d.Acts {
		if a.On == in.On {
			f.Kind, told = in.On, a.At
		}
	}
	f.At = shown(told)
	if in.On == review.EventLapse {
		f.Deadline, f.Remedies = nil, nil // nothing is asked any longer
	}
	if d.Emergency != nil {
		f.Order = d.Emergency.Order
	}
	if until := d.RatifyBy(); !until.IsZero() {
		f.RatifyBy = shown(until)
	}
	if in.Appeal.Days > 0 {
		until := told.In(review.Zone()).AddDate(0, 0, in.Appeal.Days)
		f.Appeal.Until = until.Format(time.DateOnly)
	}
	return f, nil
}

// lacks says what is missing for a letter.
func (in Input) lacks() string {
	d := in.Decision
	switch {
	case in.Edition == nil || in.Edition.Law == nil || in.Edition.ID != d.Made.Law:
		return "not the edition in which it was decided"
	case in.Store.ZH == "":
		return "no store"
	case in.Appeal.Where.ZH == "":
		return "no way to appeal"
	case in.On == "" && d.Status() != review.StatusEffective:
		return "it is " + string(d.Status())
	case in.On != "" && !hasAct(d, in.On):
		return "no " + string(in.On) + " happened"
	}
	for _, p := range d.Evidence {
		if _, ok := in.words(p); !ok {
			return fmt.Sprintf("no words for the evidence %s %s", p.Kind, p.ID)
		}
	}
	return ""
}

// letters are the kinds beside the measures.
var letters = []review.Event{review.EventLapse, review.EventFellDue, review.EventExtend}

func hasAct(d review.Decision, on review.Event) bool {
	known, happened := false, false
	for _, e := range letters {
		known = known || e == on
	}
	for _, a := range d.Acts {
		happened = happened || a.On == on
	}
	return known && happened
}

func (in Input) words(p review.Pointer) (Found, bool) {
	for _, f := range in.Found {
		if f.Pointer == p {
			return f, f.What != (analyzer.Text{})
		}
	}
	return Found{}, false
}

// found lists the evidence in the order of the decision.
func (in Input) found() []Found {
	var out []Found
	for _, p := range in.Decision.Evidence {
		f, _ := in.words(p)
		out = append(out, f)
	}
	return out
}

func termOf(d review.Decision) *Term {
	deadline := d.Deadline()
	if !deadline.Set() {
		return nil
	}
	t := &Term{Day: deadline.Day, WorkingDays: deadline.WorkingDays, Missing: deadline.Missing}
	if d.Consequence != nil {
		t.Consequence = d.Consequence.Event().Name()
	}
	for _, a := range d.Acts {
		if a.On == review.EventFellDue {
			t.Late = int(a.Late / time.Hour)
		}
	}
	return t
}

// remediesOf lists what would cure it: the person's words, else for what is held
// against the application those of the obligations.
func remediesOf(d review.Decision, e *law.Edition) []analyzer.Text {
	if d.Remedy.ZH != "" {
		return []analyzer.Text{d.Remedy}
	}
	if d.Measure == review.MeasureList || d.Measure == review.MeasureReinstate {
		return nil
	}
	var out []analyzer.Text
	for _, id := range d.Grounds.Obligations {
		if o, ok := e.Law.Obligation(id); ok && o.Remedy.ZH != "" {
			out = append(out, o.Remedy)
		}
	}
	return out
}

// statutory reports a measure that Art. 13 names.
func statutory(a review.Act, e *law.Edition) bool {
	for _, m := range e.Law.Measures {
		if m.ID == string(a.Measure) {
			return m.Statutory
		}
	}
	return false
}

func shown(t time.Time) string { return t.In(review.Zone()).Format("2006-01-02 15:04") }
