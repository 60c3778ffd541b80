// Package review holds what Article 13 of the Deep Synthesis Provisions asks of
// a store, as types and pure functions: obligations, checks, the route of a
// package and the measure that is suggested.
//
// A check holds one obligation against the findings, the developer's declaration
// and the registry. It proposes; only a person decides, and nothing outside a
// decision speaks of a violation. Where a fact that a check needs was not read,
// the check is unclear, never unmet. The package knows neither files nor clocks:
// review/law fills the obligations, the as-of date is an argument.
package review

import "github.com/listgate/listgate/analyzer"

// Severity grades an obligation, from A (stop now) to E (note).
type Severity string

// The severities of review/law.
const (
	SeverityA Severity = "A"
	SeverityB Severity = "B"
	SeverityC Severity = "C"
	SeverityD Severity = "D"
	SeverityE Severity = "E"
)

// Status is the outcome of a check. The zero value is not a status.
type Status string

// The statuses of listgate.report/v1.
const (
	Met           Status = "met"
	Unmet         Status = "unmet"
	Unclear       Status = "unclear"
	NotApplicable Status = "not-applicable"
)

// Step is one verification step of a check. Outcome is one of registry.Outcome's
// values: passed, failed, unclear, advice, not-asked.
type Step struct {
	Step    string        `json:"step"`
	Outcome string        `json:"outcome"`
	Why     analyzer.Text `json:"why"`
}

// Check is one obligation held against what is known.
type Check struct {
	Obligation string        `json:"obligation"`
	Articles   []string      `json:"articles"` // "dsp 19(1)", "algo 24"
	Status     Status        `json:"status"`
	Steps      []Step        `json:"steps"`
	Why        analyzer.Text `json:"why"`
	Remedy     analyzer.Text `json:"remedy"` // empty where nothing is to be done
	Severity   Severity      `json:"severity"`
	// Rests says what the status rests on, for the route.
	Rests Basis `json:"-"`
}

// Basis says what the status of a check rests on.
type Basis struct {
	Confirmed   bool     // every finding it needed is confirmed
	Declaration bool     // it cannot be answered without a declaration
	Findings    []string // rule ids
}

// Route is where a package goes next. It is advice to the pipeline, not a decision.
type Route string

// The routes, in the order in which they are tried.
const (
	Blocked    Route = "blocked"
	CannotTell Route = "cannot-tell"
	Review     Route = "review"
	Clear      Route = "clear"
)

// Stage is where an application stands; it chooses the suggested measure.
type Stage string

// The stages.
const (
	StageSubmission Stage = "submission"
	StageListed     Stage = "listed"
)

// Suggestion is the measure that the obligations name for what is unmet, with
// those obligations; Measure is empty where nothing is unmet.
type Suggestion struct {
	Measure     string   `json:"measure"`
	Obligations []string `json:"obligations"`
}
