package dossier

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/report"
)

// How much of a list the page shows; the report has all of it.
const (
	maxRows       = 200
	maxEvidence   = 40 // of one finding
	firstRows     = 12 // of findings and gaps; the others are folded
	firstEvidence = 4
	restEvidence  = 8 // of a finding that is folded itself
)

// seen is the report in words.
type seen struct {
	*report.Document
	Labels       few[label]
	Permissions  few[string]
	Anomalies    few[report.Anomaly]
	Gaps         few[report.Gap]
	Capabilities []capability
	Findings     few[finding]
	Models       few[model]
	Numbers      few[number]
	LabelTexts   few[string]
	Links        few[string]
	Checks       []group
	Brief        brief
	Packers      []source
	// Unread is how much could not be read: parts, packed and encrypted code. Unknown
	// says that something is not known, whatever was or was not found.
	Unread     int
	Unknown    bool
	Stale      []review.SnapshotRef
	Suggested  []duty
	Measure    analyzer.Text
	Obfuscated string
}

// label is the name that devices set to a language show.
type label struct{ Lang, Name string }

// duty is an obligation by its id and title.
type duty struct {
	ID    string
	Title analyzer.Text
}

type capability struct {
	report.Capability
	Name, Technique, Confidence, Use analyzer.Text
	Tone                             string
	Law                              []article
	Shown                            []source
}

// source is a finding that shows a capability, or a packer.
type source struct {
	Rule string
	Name analyzer.Text
}

type finding struct {
	report.Finding
	Kind, Confidence, Use analyzer.Text
	Tone                  string
	Techniques            []analyzer.Text
	Evidence              few[proof]
}

// proof is one fact with its place.
type proof struct {
	Type        analyzer.Text
	Where, What string
}

type model struct {
	report.Model
	Inputs, Outputs few[string]
}

type number struct {
	report.Number
	Kind, Digit analyzer.Text
	Tone        string
}

// group are the checks of one status.
type group struct {
	ID     string // in the page
	Status review.Status
	Checks []check
	// Waiting marks those that a declaration would answer and nothing else speaks for
	// or against.
	Waiting bool
	Open    bool
}

type check struct {
	report.Check
	Title analyzer.Text
	Law   []article
	Steps []step
	// Unasked are the last steps where one reason keeps all of them from being asked.
	Unasked []analyzer.Text
	Reason  string
}

type step struct {
	report.Step
	Name    analyzer.Text
	Outcome analyzer.Text
	Tone    string
}

func (v view) seen() *seen {
	d := v.Report
	s := &seen{
		Document: d, Labels: fewOf(labelsOf(d), maxRows),
		Permissions: fewOf(d.Package.Permissions, maxRows),
		Anomalies:   fewOf(d.Anomalies, maxRows), Gaps: folded(d.Gaps, firstRows, maxRows),
		Links:      fewOf(d.Disclosures.Links, maxRows),
		LabelTexts: fewOf(d.Disclosures.LabelTexts, maxRows),
		Unread:     len(d.Gaps) + len(d.Package.Packers),
		Checks:     v.groups(), Obfuscated: fmt.Sprintf("%.0f %%", d.Package.Obfuscated*100),
	}
	if d.Package.Encrypted {
		s.Unread++
	}
	s.Unknown = s.Unread > 0 || d.Route == review.CannotTell
	for _, rule := range d.Package.Packers {
		s.Packers = append(s.Packers, source{rule, v.product(rule)})
	}
	s.Findings = folded(findingsOf(d), firstRows, maxRows)
	for _, c := range d.Capabilities {
		s.Capabilities = append(s.Capabilities, v.capability(c))
	}
	var models []model
	for _, m := range d.Models {
		models = append(models,
			model{m, fewOf(m.Inputs, maxEvidence), fewOf(m.Outputs, maxEvidence)})
	}
	s.Models = fewOf(models, maxRows)
	var numbers []number
	for _, n := range d.Disclosures.Numbers {
		numbers = append(numbers, numberOf(n))
	}
	s.Numbers = fewOf(numbers, maxRows)
	for _, ref := range v.Case.Made.Snapshots {
		if ref.Stale {
			s.Stale = append(s.Stale, ref)
		}
	}
	for _, id := range d.Suggestion.Obligations {
		s.Suggested = append(s.Suggested, v.duty(id))
	}
	s.Measure = v.measure(d.Suggestion.Measure)
	s.Brief = s.brief()
	return s
}

// findingsOf lists the findings, the surest first; those that are folded show less of
// their evidence.
func findingsOf(d *report.Document) []finding {
	var out []finding
	for i, f := range byConfidence(d.Findings) {
		most := maxEvidence
		if i >= firstRows {
			most = restEvidence
		}
		out = append(out, findingOf(f, most))
	}
	return out
}

// labelsOf lists the names in the order of their languages, those of devices set to
// Chinese and English first.
func labelsOf(d *report.Document) []label {
	var out []label
	for lang, text := range d.Package.Labels {
		if text != "" {
			out = append(out, label{lang, text})
		}
	}
	rank := map[string]int{"zh": -2, "en": -1}
	slices.SortFunc(out, func(a, b label) int {
		return cmp.Or(cmp.Compare(rank[a.Lang], rank[b.Lang]), strings.Compare(a.Lang, b.Lang))
	})
	return out
}

func byConfidence(list []report.Finding) []report.Finding {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b report.Finding) int {
		return cmp.Compare(b.Confidence.Rank(), a.Confidence.Rank())
	})
	return list
}

func findingOf(f report.Finding, most int) finding {
	out := finding{
		Finding: f, Kind: name(kinds, f.Kind), Confidence: name(confidences, f.Confidence),
		Use: name(uses, f.Use), Tone: confidenceTone(f.Confidence),
		Techniques: names(techniques, f.Techniques),
	}
	var proofs []proof
	for _, e := range f.Evidence {
		proofs = append(proofs, proof{name(terms, e.Type), e.Where, e.What})
	}
	out.Evidence = folded(proofs, firstEvidence, most)
	return out
}

func confidenceTone(c analyzer.Confidence) string {
	switch c {
	case analyzer.Confirmed:
		return "bad"
	case analyzer.Probable:
		return "warn"
	}
	return "idle"
}

func (v view) capability(c report.Capability) capability {
	out := capability{
		Capability: c, Name: v.capabilityName(c.ID), Technique: name(techniques, c.Technique),
		Confidence: name(confidences, c.Confidence), Use: name(uses, c.Use),
		Tone: confidenceTone(c.Confidence), Law: v.cite(c.Articles, unquoted),
	}
	for _, rule := range c.Findings {
		out.Shown = append(out.Shown, source{rule, v.product(rule)})
	}
	return out
}

// capabilityName falls back to the id.
func (v view) capabilityName(id analyzer.CapabilityID) analyzer.Text {
	if v.Edition != nil && v.Edition.Law != nil {
		if n := v.Edition.Law.Capabilities[id].Name; n != (analyzer.Text{}) {
			return n
		}
	}
	return analyzer.Text{ZH: string(id), EN: string(id)}
}

// product is what a rule finds, or the rule.
func (v view) product(rule string) analyzer.Text {
	for _, f := range v.Report.Findings {
		if f.Rule == rule && f.Product != (analyzer.Text{}) {
			return f.Product
		}
	}
	return analyzer.Text{ZH: rule, EN: rule}
}

func numberOf(n report.Number) number {
	out := number{Number: n, Kind: name(series, n.Kind)}
	switch registry.Outcome(n.CheckDigit) {
	case registry.Passed:
		out.Digit, out.Tone = analyzer.Text{ZH: "校验位相符", EN: "check digit fits"}, "good"
	case registry.Advice:
		out.Digit = analyzer.Text{ZH: "校验位不符（仅供参考）", EN: "check digit does not fit (advice)"}
		out.Tone = "warn"
	}
	return out
}

// groups sorts the checks: what is unmet first, then what is unclear, gravest first;
// what only waits for a declaration stands by itself, for it would bury the rest.
func (v view) groups() []group {
	all := []group{
		{Status: review.Unmet, Open: true}, {Status: review.Unclear, Open: true},
		{Status: review.Unclear, Waiting: true}, {Status: review.Met},
		{Status: review.NotApplicable},
	}
	for _, c := range v.Report.Checks {
		i := slices.IndexFunc(all, func(g group) bool {
			return g.Status == c.Status && g.Waiting == v.waits(c)
		})
		if i < 0 {
			i = 1 // a status that nobody knows is not clear
		}
		all[i].Checks = append(all[i].Checks, v.check(c))
	}
	all = slices.DeleteFunc(all, func(g group) bool { return len(g.Checks) == 0 })
	for i, g := range all {
		all[i].ID = "checks-" + string(g.Status)
		if g.Waiting {
			all[i].ID += "-waiting"
		}
		slices.SortStableFunc(g.Checks, func(a, b check) int {
			return strings.Compare(string(a.Severity), string(b.Severity))
		})
	}
	return all
}

// undeclared is how checks say that there is no declaration. What the package itself
// tells, such as whose a number is, says more, and stands among what is unclear.
const undeclared = "没有开发者声明"

// waits reports a check that only a declaration can answer, and of which nothing else
// is known.
func (v view) waits(c report.Check) bool {
	return v.Declaration == nil && c.Status == review.Unclear &&
		strings.Contains(c.Why.ZH, undeclared)
}

func (v view) check(c report.Check) check {
	o := v.obligation(c.Obligation)
	out := check{Check: c, Title: o.Title, Law: v.cite(c.Articles, quotes(o))}
	for i, s := range c.Steps {
		if unasked(c.Steps[i:]) {
			for _, s := range c.Steps[i:] {
				out.Unasked = append(out.Unasked, o.StepName(s.Step))
			}
			out.Reason = s.Why
			return out
		}
		out.Steps = append(out.Steps,
			step{s, o.StepName(s.Step), name(outcomes, s.Outcome), stepTone(s.Outcome)})
	}
	return out
}

// unasked reports steps that were not asked for one reason.
func unasked(steps []report.Step) bool {
	return !slices.ContainsFunc(steps, func(s report.Step) bool {
		return s.Outcome != string(registry.OutcomeNotAsked) || s.Why != steps[0].Why
	})
}

func stepTone(outcome string) string {
	switch registry.Outcome(outcome) {
	case registry.Passed:
		return "good"
	case registry.Failed:
		return "bad"
	case registry.Unclear, registry.Advice:
		return "warn"
	}
	return "idle"
}

// quotes returns the operative wording that an obligation names for an article.
func quotes(o review.Obligation) func(citation string) string {
	return func(citation string) string {
		for _, c := range o.Basis {
			if c.Instrument+" "+c.Article == citation {
				return c.Quote
			}
		}
		return ""
	}
}

// obligation is that of the edition, or one with nothing but its id.
func (v view) obligation(id string) review.Obligation {
	if v.Edition != nil && v.Edition.Law != nil {
		if o, ok := v.Edition.Law.Obligation(id); ok {
			return o
		}
	}
	return review.Obligation{ID: id}
}

func (v view) duty(id string) duty { return duty{id, v.obligation(id).Title} }

// measure names a measure as the edition does.
func (v view) measure(id string) analyzer.Text {
	if v.Edition != nil && v.Edition.Law != nil {
		for _, m := range v.Edition.Law.Measures {
			if m.ID == id {
				return m.Name
			}
		}
	}
	return analyzer.Text{ZH: id, EN: id}
}
