package dossier

import (
	"slices"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// brief is the beginning of what matters most, for the head of the page.
type brief struct {
	Gaps, Anomalies few[string]
	Capabilities    few[capability]
	Unmet           few[check]
}

// How much of each the head of the page has room for.
const (
	briefLines = 3
	briefRows  = 6
)

func (s *seen) brief() brief {
	var gaps, anomalies []string
	for _, g := range s.Document.Gaps {
		if !slices.Contains(gaps, g.Why) {
			gaps = append(gaps, g.Why)
		}
	}
	for _, a := range s.Document.Anomalies {
		if !slices.Contains(anomalies, a.What) {
			anomalies = append(anomalies, a.What)
		}
	}
	return brief{
		fewOf(gaps, briefLines), fewOf(anomalies, 1), fewOf(s.Capabilities, briefRows),
		fewOf(s.of(review.Unmet), briefRows),
	}
}

// of lists the checks of a status, gravest first.
func (s *seen) of(status review.Status) []check {
	var out []check
	for _, g := range s.Checks {
		if g.Status == status {
			out = append(out, g.Checks...)
		}
	}
	return out
}

// Unclear is where the first of what is unclear stands in the page.
func (v view) Unclear() string {
	for _, g := range v.Scan.Checks {
		if g.Status == review.Unclear {
			return g.ID
		}
	}
	return "checks"
}

// Count is how many checks have the status.
func (s *seen) Count(status string) int { return len(s.of(review.Status(status))) }

// telling are the events that say why a case is before people again.
var telling = []review.Event{
	review.EventAnswered, review.EventAppeal, review.EventReopen, review.EventHold,
	review.EventRecall, review.EventReject, review.EventRetract, review.EventLapse,
	review.EventOverdue,
}

// why returns the last of these events, nil where a decision was made since, or
// nobody has to do anything.
func (v view) why() *review.Entry {
	if !open(v.Case.State) {
		return nil
	}
	for _, e := range slices.Backward(v.History) {
		if slices.Contains(telling, e.On) {
			return &e
		}
		if e.Decision != "" {
			return nil
		}
	}
	return nil
}

// HeldBack reports the entry of the history that says of this scan that it counts as
// failed for another case.
func (v view) HeldBack(entry int) bool {
	last := -1
	for i, e := range v.History {
		if e.On == review.EventScanFailed {
			last = i
		}
	}
	return v.Case.Rival != "" && entry == last
}

// scopes are how far the application is suspended, in words.
func (v view) scopes() []analyzer.Text {
	var out []analyzer.Text
	for _, s := range v.App.Standing.Scopes {
		act := review.Act{Measure: review.MeasureSuspend, Scope: s}
		out = append(out, act.Event().Name())
	}
	return out
}
