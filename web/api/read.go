package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// state is the document listgate.submission/v1.
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
	self := Prefix + "/submissions/" + s.Case
	out := state{
		Schema: "listgate.submission/v1", ID: s.ID, Case: s.Case, State: c.State,
		Received: rfc3339(s.Received), Package: packageOf{s.File, s.SHA256, s.Size},
		Scanned: s.Scan != nil, Route: c.Route, Severity: c.Severity,
		Capabilities: append([]analyzer.CapabilityID{}, c.Capabilities...),
		Decisions:    []decision{},
		Links:        links{Self: self, Letters: self + "/letters", Case: "/cases/" + s.Case},
	}
	if s.Scan != nil {
		if s.Scan.Failed() {
			out.Failure = &s.Scan.Failure
		}
		if len(s.Scan.Reports) > 0 {
			out.Links.Report = self + "/report"
		}
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

func (a *api) status(c *call) error {
	s, err := a.submission(c)
	if err != nil {
		return err
	}
	kept, err := a.Cases.Case(c.Request.Context(), s.Case)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, stateOf(s, kept))
	return nil
}

// maxReport bounds a report in bytes.
const maxReport = 64 << 20

// report answers with the stored report, byte for byte.
func (a *api) report(c *call) error {
	s, err := a.submission(c)
	if err != nil {
		return err
	}
	if s.Scan == nil {
		return conflict("report", "not-scanned", "尚未检测完成", "the scan has not ended yet")
	}
	digest, ok := s.Scan.Reports[language(c.Context)]
	if !ok {
		return review.ErrNotFound
	}
	body, err := a.Files.Read(c.Request.Context(), digest, maxReport)
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, "application/json", body)
	return nil
}

// letter is one letter as a developer is to get it.
type letter struct {
	ID       string       `json:"id"`
	Decision string       `json:"decision"`
	On       review.Event `json:"on,omitempty"`
	At       string       `json:"at"`
	ZH       string       `json:"zh"`
	EN       string       `json:"en"`
	SHA256   string       `json:"sha256"` // of zh, which counts
}

func (a *api) letters(c *call) error {
	s, err := a.submission(c)
	if err != nil {
		return err
	}
	all, err := a.Letters.Letters(c.Request.Context(), s.Case)
	if err != nil {
		return err
	}
	out := make([]letter, len(all))
	for i, l := range all {
		sum := sha256.Sum256([]byte(l.ZH))
		out[i] = letter{l.ID, l.Decision, l.On, rfc3339(l.At), l.ZH, l.EN,
			hex.EncodeToString(sum[:])}
	}
	c.JSON(http.StatusOK, struct {
		Letters []letter `json:"letters"`
	}{out})
	return nil
}

func conflict(field, code, zh, en string) error {
	return &review.Refusal{Problems: []review.Problem{{Field: field, Code: code,
		Message: analyzer.Text{ZH: zh, EN: en}, Kind: review.ErrConflict}}}
}
