package api

import (
	"time"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// state is the document listgate.submission/v1, which docs/schema describes.
type state struct {
	Schema   string           `json:"schema"`
	ID       string           `json:"id"`
	Case     string           `json:"case"`
	State    review.CaseState `json:"state"`
	Received string           `json:"received"`
	Package  packageOf        `json:"package"`
	// Scanned is true once there is a report, or the reason why there is none.
	Scanned      bool                    `json:"scanned"`
	Failure      *analyzer.Text          `json:"failure,omitempty"`
	Route        review.Route            `json:"route,omitempty"`
	Severity     review.Severity         `json:"severity,omitempty"`
	Capabilities []analyzer.CapabilityID `json:"capabilities"`
	Decisions    []decision              `json:"decisions"`
	Links        links                   `json:"links"`
}

type packageOf struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// decision is one that took effect; a proposal is nobody's business outside.
type decision struct {
	ID        string                `json:"id"`
	Measure   review.Measure        `json:"measure"`
	Scope     review.Scope          `json:"scope,omitempty"`
	Status    review.DecisionStatus `json:"status"`
	At        string                `json:"at"`
	Automated bool                  `json:"automated"`
	Deadline  string                `json:"deadline,omitempty"` // last day, in China
}

type links struct {
	Self    string `json:"self"`
	Report  string `json:"report,omitempty"`
	Letters string `json:"letters"`
	Case    string `json:"case"` // page of the workbench
}

func stateOf(s review.Submission, c review.Case) state {
	self := at(s.Case)
	out := state{
		Schema: "listgate.submission/v1", ID: s.ID, Case: s.Case, State: c.State,
		Received: rfc3339(s.Received), Package: packageOf{s.File, s.SHA256, s.Size},
		Scanned: s.Scan != nil && !pending(c), Route: c.Route, Severity: c.Severity,
		Capabilities: append([]analyzer.CapabilityID{}, c.Capabilities...),
		Decisions:    []decision{},
		Links:        links{Self: self, Letters: self + "/letters", Case: "/cases/" + s.Case},
	}
	if out.Scanned && s.Scan.Failed() {
		out.Failure = &s.Scan.Failure
	}
	if s.Scan != nil && len(s.Scan.Reports) > 0 {
		out.Links.Report = self + "/report"
	}
	for _, d := range c.Decisions {
		if st := d.Status(); st == review.StatusEffective || st == review.StatusLapsed {
			out.Decisions = append(out.Decisions, decision{ID: d.ID, Measure: d.Measure,
				Scope: d.Scope, Status: st, At: rfc3339(d.Times().Decided),
				Automated: d.Automated, Deadline: d.Deadline().Day})
		}
	}
	return out
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
