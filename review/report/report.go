// Package report is the document listgate.report/v1: everything that is known of
// one package on one day, from facts to the route, with the exact rules, edition
// of the law and registry snapshots that it was made with.
//
// A Document is plain data with a field for each key of the published form; the
// output forms below this folder print it. The same analysis, law, registry,
// declaration and day give the same document, Package.Path and Stats aside.
package report

import (
	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// Schema names the form of the document.
const Schema = "listgate.report/v1"

// Document is one report. No list in it is null.
type Document struct {
	Schema string `json:"schema"`
	Tool   string `json:"tool"`
	AsOf   string `json:"as_of"` // YYYY-MM-DD
	// Facts names the facts that the report rests on; Digest is the SHA-256 of
	// their canonical document.
	Facts struct {
		Schema string `json:"schema"`
		Digest string `json:"digest"`
	} `json:"facts"`
	Rules analyzer.RuleSet `json:"rules"`
	// Law names the edition of the law.
	Law struct {
		Edition string `json:"edition"`
		Digest  string `json:"digest"`
	} `json:"law"`
	// Registry names the lists that were asked and says what of them is held.
	Registry struct {
		Snapshots []Snapshot `json:"snapshots"`
		Coverage  string     `json:"coverage"`
	} `json:"registry"`
	Package      Package           `json:"package"`
	Parts        []analyzer.Part   `json:"parts,omitempty"` // packages inside the package
	Findings     []Finding         `json:"findings"`
	Capabilities []Capability      `json:"capabilities"`
	Models       []Model           `json:"models"`
	Disclosures  Disclosures       `json:"disclosures"`
	Checks       []Check           `json:"checks"`
	Route        review.Route      `json:"route"`
	Suggestion   review.Suggestion `json:"suggestion"`
	Anomalies    []Anomaly         `json:"anomalies"`
	Gaps         []Gap             `json:"gaps"`
	// Stats is what the run cost; it differs from run to run.
	Stats struct {
		Seconds       float64 `json:"seconds"`
		Bytes         int64   `json:"bytes"`
		BytesInflated int64   `json:"bytes_inflated"`
	} `json:"stats"`

	failed  bool
	waiting map[string]bool // obligations that wait for a declaration
	// The edition's words, for forms that people read.
	obligations  map[string]review.Obligation
	capabilities map[analyzer.CapabilityID]analyzer.Text
	measures     map[string]analyzer.Text
}

// Snapshot is one list.
type Snapshot struct {
	Source    string `json:"source"`
	Published string `json:"published"`
	SHA256    string `json:"sha256"`
}

// Package is the identity with the path under which the package was given; the
// path is the one field that does not come from its bytes. Labels always has zh
// and en: the names that devices set to these languages show.
type Package struct {
	Path string `json:"path"`
	analyzer.Package
}

// Finding is a finding with its evidence as places in words.
type Finding struct {
	Rule       string               `json:"rule"`
	Vendor     string               `json:"vendor"`
	Product    analyzer.Text        `json:"product"`
	Kind       analyzer.Kind        `json:"kind"`
	Techniques []analyzer.Technique `json:"techniques"`
	Features   []string             `json:"features"`
	Confidence analyzer.Confidence  `json:"confidence"`
	Use        analyzer.Use         `json:"use"`
	Version    string               `json:"version"`
	Evidence   []Evidence           `json:"evidence"`
}

// Evidence points at the bytes: "classes.dex@0x1f40", "Info.plist#CFBundleName".
type Evidence struct {
	Type  analyzer.TermKind `json:"type"`
	Where string            `json:"where"`
	What  string            `json:"what"`
}

// Capability is a capability with the articles that the edition gives it.
type Capability struct {
	ID         analyzer.CapabilityID `json:"id"`
	Technique  analyzer.Technique    `json:"technique"`
	Articles   []string              `json:"articles"`
	Confidence analyzer.Confidence   `json:"confidence"`
	Use        analyzer.Use          `json:"use"`
	Findings   []string              `json:"findings"`
}

// Model is one model file. Confidence is that of its task, and where no task is told,
// that of its format; Reason says what tells it.
type Model struct {
	Path         string              `json:"path"`
	Format       string              `json:"format"`
	SHA256       string              `json:"sha256"`
	Size         int64               `json:"size"`
	Architecture string              `json:"architecture"`
	Inputs       []string            `json:"inputs"`
	Outputs      []string            `json:"outputs"`
	Task         string              `json:"task"`
	Confidence   analyzer.Confidence `json:"confidence"`
	Reason       string              `json:"reason,omitempty"`
}

// Disclosures is what the package shows of filings and labels.
type Disclosures struct {
	Numbers    []Number `json:"numbers"`
	LabelTexts []string `json:"label_texts"`
	Links      []string `json:"links"`
}

// Number is one number found in the package.
type Number struct {
	Kind       string `json:"kind"`
	Number     string `json:"number"`
	WellFormed bool   `json:"wellformed"`
	CheckDigit string `json:"check_digit"`
	Where      string `json:"where"`
}

// Check is a check with its steps; why of a step is in the language of the report.
type Check struct {
	Obligation string          `json:"obligation"`
	Articles   []string        `json:"articles"`
	Status     review.Status   `json:"status"`
	Steps      []Step          `json:"steps"`
	Why        analyzer.Text   `json:"why"`
	Remedy     analyzer.Text   `json:"remedy"`
	Severity   review.Severity `json:"severity"`
}

// Step is one step of a check.
type Step struct {
	Step    string `json:"step"`
	Outcome string `json:"outcome"`
	Why     string `json:"why"`
}

// Anomaly is something that a sound package does not have.
type Anomaly struct {
	Code  analyzer.AnomalyCode `json:"code"`
	Where string               `json:"where"`
	What  string               `json:"what"`
}

// Gap is what was not read, and why.
type Gap struct {
	Where string `json:"where"`
	Why   string `json:"why"`
}

// Failed reports that the package could not be analysed: nothing is known of it
// but its bytes. It is not part of the document.
func (d *Document) Failed() bool { return d.failed }

// Waits reports a check that cannot be answered before the developer makes a
// declaration. It is not part of the document.
func (d *Document) Waits(obligation string) bool { return d.waiting[obligation] }

// ObligationTitle returns the title of an obligation of the report's edition.
func (d *Document) ObligationTitle(id string) analyzer.Text { return d.obligations[id].Title }

// StepName returns what the report's edition calls a step of an obligation's check.
func (d *Document) StepName(obligation, step string) analyzer.Text {
	return d.obligations[obligation].StepName(step)
}

// CapabilityName returns the name of a capability in the report's edition.
func (d *Document) CapabilityName(
	id analyzer.CapabilityID,
) analyzer.Text {
	return d.capabilities[id]
}

// MeasureName returns the name of a measure in the report's edition.
func (d *Document) MeasureName(id string) analyzer.Text { return d.measures[id] }
