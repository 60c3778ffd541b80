package text

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

// shown bounds the evidence of one finding and the places of one list: the JSON
// form has them all.
const shown = 6

func (w *writer) head(d *report.Document) {
	p := d.Package
	name := p.ID
	if name == "" {
		name = w.word("unnamed")
	}
	if label := w.label(p.Labels); label != "" {
		name += "  " + label
	}
	w.line(0, w.style(bold, Clean(name)))
	facts := []string{Clean(string(p.Format))}
	if p.Split != "" {
		facts = append(facts, w.word("split")+" "+Clean(p.Split))
	}
	if p.Version.Name != "" || p.Version.Code != "" {
		version := strings.TrimSpace(p.Version.Name + " (" + p.Version.Code + ")")
		facts = append(facts, w.word("version")+" "+Clean(version))
	}
	facts = append(facts, size(p.Size))
	if len(p.ABIs) > 0 {
		facts = append(facts, Clean(strings.Join(p.ABIs, " ")))
	}
	if p.Encrypted {
		facts = append(facts, w.style(red, w.word("encrypted")))
	}
	w.line(1, strings.Join(facts, " · "))
	w.line(1, w.style(dim, Clean(p.Path)+" · sha256 "+Clean(p.SHA256[:min(16, len(p.SHA256))])))
	w.parts(d.Parts)
	w.origin(d.Package)
	w.line(1, w.word("route")+": ", w.style(routeStyle(d.Route), w.word(string(d.Route))))
	if d.Suggestion.Measure != "" {
		w.line(1, w.word("suggestion")+": ", d.MeasureName(d.Suggestion.Measure).In(w.lang),
			" ("+strings.Join(d.Suggestion.Obligations, " ")+")")
	}
}

// parts prints where there are packages inside, and of one that is not installed with
// the rest which it is.
func (w *writer) parts(parts []analyzer.Part) {
	var names []string
	for _, p := range parts[:min(shown, len(parts))] {
		name := Clean(p.Entry)
		if p.Role == analyzer.Carried && p.ID != "" {
			name += " (" + Clean(p.ID) + ")"
		}
		names = append(names, name)
	}
	if more := len(parts) - len(names); more > 0 {
		names = append(names, fmt.Sprintf(w.word("more"), more))
	}
	if len(names) > 0 {
		w.line(1, w.word("parts"), ": ", w.style(dim, strings.Join(names, w.word("and"))))
	}
}

// origin prints who signed the package and what hides its code.
func (w *writer) origin(p report.Package) {
	for _, s := range p.Signers {
		state := w.style(yellow, w.word("unverified"))
		if s.Verified {
			state = w.word("verified")
		}
		w.line(1, w.word("signers"), " ", s.Scheme, " ", state, w.style(dim, "  "+Clean(s.Subject)))
	}
	if len(p.Packers) > 0 {
		w.line(1, w.word("packers"), ": ", w.style(yellow, strings.Join(p.Packers, w.word("and"))))
	}
}

func (w *writer) label(labels map[string]string) string {
	order := []string{"", "zh-CN", "zh", "zh-Hans", "en"}
	if w.lang != "en" {
		order = []string{"zh-CN", "zh", "zh-Hans", "", "en"}
	}
	for _, lang := range order {
		if s := labels[lang]; s != "" {
			return s
		}
	}
	return ""
}

func routeStyle(r review.Route) string {
	switch r {
	case review.Clear:
		return green
	case review.Blocked:
		return red
	default:
		return yellow
	}
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	default:
		return fmt.Sprintf("%d B", n)
	}
}

func (w *writer) title(key string) {
	w.line(0, "")
	w.line(0, w.style(bold, w.word(key)))
}

func (w *writer) capabilities(d *report.Document) {
	w.title("capabilities")
	if len(d.Capabilities) == 0 {
		w.line(1, w.word(nothingFound(d)))
	}
	for _, c := range d.Capabilities {
		w.line(
			1,
			w.style(confidenceStyle(c.Confidence), w.word(string(c.Confidence))),
			" ",
			d.CapabilityName(c.ID).
				In(w.lang),
			w.style(dim, " "+string(c.ID)),
			" · ",
			w.word(string(c.Use)),
			w.style(dim, " · "+strings.Join(c.Articles, w.word("and"))),
		)
	}
}

// nothingFound chooses the words for an empty list: what was not read is never
// called clean.
func nothingFound(d *report.Document) string {
	switch {
	case d.Failed():
		return "not analysed"
	case d.Route == review.CannotTell:
		return "rest unknown"
	default:
		return "no capability"
	}
}

func confidenceStyle(c analyzer.Confidence) string {
	switch c {
	case analyzer.Confirmed:
		return red
	case analyzer.Probable:
		return yellow
	default:
		return plain
	}
}

func (w *writer) findings(d *report.Document) {
	if len(d.Findings) == 0 {
		return
	}
	w.title("findings")
	findings := slices.Clone(d.Findings)
	slices.SortStableFunc(findings, func(a, b report.Finding) int {
		return cmp.Compare(b.Confidence.Rank(), a.Confidence.Rank())
	})
	for _, f := range findings {
		name := f.Product.In(w.lang)
		if f.Version != "" {
			name += " " + Clean(f.Version)
		}
		w.line(
			1,
			w.style(confidenceStyle(f.Confidence), w.word(string(f.Confidence))),
			" ",
			name,
			" · ",
			w.word(string(f.Kind)),
			" · ",
			w.word(string(f.Use)),
			w.style(dim, "  "+f.Rule),
		)
		for _, e := range f.Evidence[:min(shown, len(f.Evidence))] {
			w.line(2, string(e.Type), " ", Clean(e.What), w.style(dim, "  "+Clean(e.Where)))
		}
		w.more(2, len(f.Evidence))
	}
}

func (w *writer) more(level, n int) {
	if n > shown {
		w.line(level, w.style(dim, fmt.Sprintf(w.word("more"), n-shown)))
	}
}

func (w *writer) disclosures(d *report.Document) {
	if len(d.Disclosures.Numbers)+len(d.Disclosures.LabelTexts)+len(d.Disclosures.Links) == 0 {
		return
	}
	w.title("disclosures")
	for _, n := range d.Disclosures.Numbers {
		note := ""
		if !n.WellFormed {
			note = " · " + w.style(yellow, w.word("malformed"))
		} else if n.CheckDigit == "advice" {
			note = " · " + w.style(yellow, w.word("check digit")+" "+w.word("advice"))
		}
		w.line(1, w.word(n.Kind), " ", Clean(n.Number), note, w.style(dim, "  "+Clean(n.Where)))
	}
	for _, t := range d.Disclosures.LabelTexts[:min(shown, len(d.Disclosures.LabelTexts))] {
		w.line(1, w.word("label text"), " ", Clean(t))
	}
	w.more(1, len(d.Disclosures.LabelTexts))
	for _, l := range d.Disclosures.Links[:min(shown, len(d.Disclosures.Links))] {
		w.line(1, w.word("link"), " ", Clean(l))
	}
	w.more(1, len(d.Disclosures.Links))
}

// checks prints what is unmet or unclear in full, gravest first; what only waits
// for a declaration in a line each; the others by id.
func (w *writer) checks(d *report.Document) {
	w.title("checks")
	var open, waiting []report.Check
	for _, c := range d.Checks {
		switch {
		case c.Status == review.Met || c.Status == review.NotApplicable:
		case d.Waits(c.Obligation):
			waiting = append(waiting, c)
		default:
			open = append(open, c)
		}
	}
	slices.SortStableFunc(open, func(a, b report.Check) int {
		return cmp.Or(strings.Compare(string(b.Status), string(a.Status)), // unmet before unclear
			strings.Compare(string(a.Severity), string(b.Severity)))
	})
	for _, c := range open {
		w.open(d, c)
	}
	if len(waiting) > 0 {
		w.line(1, w.style(yellow, w.word("waiting")))
		for _, c := range waiting {
			w.line(2, w.check(d, c))
		}
	}
	w.closed(d, review.Met, "met list")
	w.closed(d, review.NotApplicable, "not applicable list")
}

// open prints one open check with its reason and remedy.
func (w *writer) open(d *report.Document, c report.Check) {
	style := yellow
	if c.Status == review.Unmet {
		style = red
	}
	w.line(1, w.style(style, w.word(string(c.Status))), " ", w.check(d, c))
	w.line(2, Clean(c.Why.In(w.lang)))
	w.steps(d, c)
	if r := c.Remedy.In(w.lang); r != "" {
		w.line(2, w.style(green, w.word("remedy")+": "), Clean(r))
	}
}

// steps prints how far a check came: each step with its outcome. Where none was asked
// the reason has said it all.
func (w *writer) steps(d *report.Document, c report.Check) {
	var steps []string
	asked := false
	for _, s := range c.Steps {
		name := d.StepName(c.Obligation, s.Step).In(w.lang)
		steps = append(steps, fmt.Sprintf(w.word("step"), name, w.word(s.Outcome)))
		asked = asked || s.Outcome != string(registry.OutcomeNotAsked)
	}
	if asked {
		w.line(2, w.style(dim, w.word("steps")+": "+strings.Join(steps, " · ")))
	}
}

// check names a check: id, title, severity and articles.
func (w *writer) check(d *report.Document, c report.Check) string {
	return c.Obligation + " " + d.ObligationTitle(c.Obligation).In(w.lang) +
		w.style(dim, " · "+string(c.Severity)+" · "+strings.Join(c.Articles, w.word("and")))
}

func (w *writer) closed(d *report.Document, status review.Status, key string) {
	var ids []string
	for _, c := range d.Checks {
		if c.Status == status {
			ids = append(ids, c.Obligation)
		}
	}
	if len(ids) > 0 {
		w.line(1, w.style(dim, w.word(key)+": "+strings.Join(ids, " ")))
	}
}

// places prints a list of places with a sentence each.
func (w *writer) places(key string, n int, at func(int) (where, what string)) {
	if n == 0 {
		return
	}
	w.title(key)
	for i := range min(n, shown) {
		where, what := at(i)
		if where != "" {
			where = w.style(dim, "  "+Clean(where))
		}
		w.line(1, Clean(what), where)
	}
	w.more(1, n)
}

func (w *writer) foot(d *report.Document) {
	w.line(0, "")
	w.line(
		1,
		w.style(
			dim,
			fmt.Sprintf("%s · %s %s · %s %s (%d) · %s %s", d.Tool, w.word("law"), d.Law.Edition,
				w.word("rules"), d.Rules.Version, d.Rules.Count, w.word("as of"), d.AsOf),
		),
	)
	var lists []string
	for _, l := range d.Registry.Snapshots {
		lists = append(lists, Clean(l.Source)+" "+Clean(l.Published))
	}
	w.line(1, w.style(dim, w.word("registry")+": "+strings.Join(lists, w.word("and"))))
}
