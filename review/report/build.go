package report

import (
	"cmp"
	"fmt"
	"maps"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/facts"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
)

// Input is what a report is made from.
type Input struct {
	Tool        string // name and version of the program
	Path        string // as the package was given
	Lang        string // language of single sentences, zh or en
	Analysis    *analyzer.Analysis
	Law         *review.Law
	Registry    registry.Lookup
	Coverage    analyzer.Text // what of the lists is held
	Declaration *review.Declaration
	AsOf        string // YYYY-MM-DD
	Stage       review.Stage
	Seconds     float64
}

// Basis is what the checks of the report rest on.
func (in Input) Basis() review.Input {
	a := in.Analysis
	return review.Input{
		Law: in.Law, Facts: a.Facts, Findings: a.Findings, Capabilities: a.Capabilities,
		Disclosures: review.Disclose(a.Facts, in.Law), Declaration: in.Declaration,
		Registry: in.Registry, AsOf: in.AsOf, Stage: in.Stage,
	}
}

// Build runs the checks and puts the report together.
func Build(in Input) (*Document, error) {
	a := in.Analysis
	digest, err := facts.Digest(a.Facts)
	if err != nil {
		return nil, fmt.Errorf("report on %s: %w", in.Path, err)
	}
	basis := in.Basis()
	checks := review.Assess(basis)
	d := &Document{
		Schema: Schema, Tool: in.Tool, AsOf: in.AsOf,
		Rules:        a.Rules,
		Package:      Package{in.Path, withLists(a.Package)},
		Parts:        a.Facts.Parts,
		Findings:     each(a.Findings, finding),
		Capabilities: each(a.Capabilities, capabilityIn(in.Law)),
		Models:       each(a.Facts.Models, model),
		Disclosures:  disclosures(basis.Disclosures),
		Checks:       each(checks, checkIn(in.Lang)),
		Route:        review.RouteOf(basis, checks),
		Suggestion:   review.Suggest(basis, checks),
		Anomalies:    each(a.Facts.Anomalies, anomalyIn(in.Lang)),
		Gaps:         each(a.Facts.Gaps, gapIn(in.Lang)),
		failed:       !a.Analysed(),
	}
	d.Facts.Schema, d.Facts.Digest = a.Facts.Schema, digest
	d.Law.Edition, d.Law.Digest = in.Law.Edition, in.Law.Digest
	d.Registry.Snapshots, d.Registry.Coverage = snapshots(in.Registry), in.Coverage.In(in.Lang)
	d.Stats.Seconds, d.Stats.Bytes, d.Stats.BytesInflated = in.Seconds, a.Package.Size, a.Inflated
	d.Suggestion.Obligations = list(d.Suggestion.Obligations)
	d.bound(in.Lang)
	d.name(in.Law)
	d.waiting = map[string]bool{}
	for _, c := range checks {
		if in.Declaration == nil && c.Status == review.Unclear && c.Rests.Declaration {
			d.waiting[c.Obligation] = true
		}
	}
	return d, nil
}

// name takes over the edition's words for what the report names by id.
func (d *Document) name(law *review.Law) {
	d.obligations = map[string]review.Obligation{}
	for _, o := range law.Obligations {
		d.obligations[o.ID] = o
	}
	d.capabilities = map[analyzer.CapabilityID]analyzer.Text{}
	for id, c := range law.Capabilities {
		d.capabilities[id] = c.Name
	}
	d.measures = map[string]analyzer.Text{}
	for _, m := range law.Measures {
		d.measures[m.ID] = m.Name
	}
}

// each maps a list; the result is never nil, so that JSON shows [] and not null.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, 0, len(in))
	for _, a := range in {
		out = append(out, f(a))
	}
	return out
}

func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

func withLists(p analyzer.Package) analyzer.Package {
	p.ABIs, p.Signers = list(p.ABIs), list(p.Signers)
	p.Permissions, p.Packers = list(p.Permissions), list(p.Packers)
	p.Labels = shownLabels(p.Labels)
	return p
}

// shownLabels adds the names that a device set to Chinese and one set to English
// show, which fall back to the default language; both are always there.
func shownLabels(labels map[string]string) map[string]string {
	out := map[string]string{"zh": "", "en": ""}
	maps.Copy(out, labels)
	for lang, order := range map[string][]string{
		"zh": {"zh", "zh-CN", "zh-Hans", "zh-Hans-CN", ""},
		"en": {"en", "en-US", "en-GB", ""},
	} {
		for _, tag := range order {
			if out[lang] == "" {
				out[lang] = labels[tag]
			}
		}
	}
	return out
}

func snapshots(l registry.Lookup) []Snapshot {
	return each(l.Snapshots(), func(s registry.Snapshot) Snapshot {
		return Snapshot{s.Source, s.Published, s.SHA256}
	})
}

func finding(f analyzer.Finding) Finding {
	return Finding{
		Rule: f.Rule, Vendor: f.Vendor, Product: f.Product, Kind: f.Kind,
		Techniques: list(f.Techniques), Features: list(f.Features), Confidence: f.Confidence,
		Use: f.Use, Version: f.Version,
		Evidence: each(f.Evidence, func(e analyzer.Evidence) Evidence {
			return Evidence{e.Type, e.Where.String(), e.What}
		}),
	}
}

func capabilityIn(law *review.Law) func(analyzer.Capability) Capability {
	return func(c analyzer.Capability) Capability {
		return Capability{
			ID: c.ID, Technique: c.Technique, Articles: list(law.Capabilities[c.ID].Articles),
			Confidence: c.Confidence, Use: c.Use, Findings: list(c.Findings),
		}
	}
}

func model(m analyzer.Model) Model {
	return Model{
		Path: m.Entry, Format: m.Format, SHA256: m.SHA256, Size: m.Size,
		Architecture: m.Architecture, Inputs: list(m.Inputs), Outputs: list(m.Outputs),
		Task: m.Task, Confidence: cmp.Or(m.Confidence, analyzer.Confirmed), Reason: m.Reason,
	}
}

func disclosures(d review.Disclosures) Disclosures {
	return Disclosures{
		Numbers: each(d.Numbers, func(n review.Disclosed) Number {
			return Number{
				string(n.Kind),
				n.Number,
				n.WellFormed,
				string(n.CheckDigit),
				n.Where.String(),
			}
		}),
		LabelTexts: list(d.LabelTexts),
		Links:      list(d.Links),
	}
}

func checkIn(lang string) func(review.Check) Check {
	return func(c review.Check) Check {
		return Check{
			Obligation: c.Obligation, Articles: list(c.Articles), Status: c.Status, Why: c.Why,
			Remedy: c.Remedy, Severity: c.Severity,
			Steps: each(
				c.Steps,
				func(s review.Step) Step { return Step{s.Step, s.Outcome, s.Why.In(lang)} },
			),
		}
	}
}

func anomalyIn(lang string) func(analyzer.Anomaly) Anomaly {
	return func(a analyzer.Anomaly) Anomaly {
		text, _ := analyzer.AnomalyText(a.Code)
		return Anomaly{a.Code, a.Where.String(), withDetail(text.In(lang), a.What)}
	}
}

func gapIn(lang string) func(analyzer.Gap) Gap {
	return func(g analyzer.Gap) Gap {
		return Gap{g.Where.String(), withDetail(analyzer.GapText(g.Reason).In(lang), g.Detail)}
	}
}

func withDetail(sentence, detail string) string {
	if detail == "" {
		return sentence
	}
	return strings.Join([]string{sentence, detail}, ": ")
}
