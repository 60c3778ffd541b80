package dossier

import (
	"cmp"
	"slices"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/web/ui"
)

// form is the form of a decision.
type form struct {
	input
	Rev          int
	Measures     []choice
	Scopes       []choice
	Releases     []choice
	Likely       []choice // obligations that are unmet or unclear by themselves, or chosen
	Others       []choice
	Citations    []choice // articles to choose from
	Pointers     []shelf
	Consequences []choice
	MayEmergency bool
	MayCure      bool
	Min, Max     int // characters of the reason
	Han          int // Chinese characters in it
	MaxTerm      int
	Adopts       *choice // the measure that can be adopted with its grounds
	Sent         bool    // the form holds what a person wrote
	Filled       string  // what was put into it now

	Wrong   ui.Problems
	Checked bool // and nothing is missing
	Outcome *outcome
	lang    string
}

// choice is one of the values of a field.
type choice struct {
	Value  string
	Label  analyzer.Text
	Hint   string
	Tone   string // of the hint
	Anchor string
	Chosen bool
}

// shelf is the evidence of one kind.
type shelf struct {
	Kind    analyzer.Text
	Choices []choice
	Open    bool
}

// outcome says what the input comes to.
type outcome struct {
	What     analyzer.Text
	Second   bool
	Evidence int
	Grounds  []string
	Term     bool // the person set one
	Days     int
	Follows  analyzer.Text
}

// place is a part of the form beside which it shows what is wrong, with the fields of
// problems that belong there.
type place struct {
	ID     string
	Label  ui.Sentence
	fields []string
}

// places are all parts, in their order. What the states of application and release do
// not allow is said of the measure.
func places() []place {
	return []place{
		{"f-measure", ui.Sentence("处置措施"), []string{"measure", "app", "release"}},
		{"f-scope", ui.Sentence("暂停的范围"), []string{"scope", "versions", "function"}},
		{"f-conditions", ui.Sentence("上架条件"), []string{"conditions", "cures"}},
		{"f-grounds", ui.Sentence("依据"), []string{"grounds", "obligations", "articles"}},
		{"f-evidence", ui.Sentence("证据"), []string{"evidence"}},
		{"f-reason", ui.Sentence("理由"), []string{"reason"}},
		{"f-remedy", ui.Sentence("如何整改"), []string{"remedy", "remedy_zh", "remedy_en"}},
		{"f-term", ui.Sentence("期限（工作日）"), []string{"working_days", "consequence"}},
		{"f-emergency", ui.Sentence("紧急处置"), []string{"emergency", "authority", "reference"}},
		{"f-note", ui.Sentence("内部备注"), []string{"note"}},
	}
}

// At returns what is wrong with any of the fields.
func (f *form) At(fields ...string) []string { return f.Wrong.At(f.lang, fields...) }

// Places lists the parts where something is wrong.
func (f *form) Places() []place {
	return slices.DeleteFunc(places(), func(p place) bool { return len(f.At(p.fields...)) == 0 })
}

// Beside returns what is wrong and belongs to none of the parts.
func (f *form) Beside() []string {
	var all []string
	for _, p := range places() {
		all = append(all, p.fields...)
	}
	return f.Wrong.Beside(f.lang, all...)
}

// Count is how many problems there are.
func (f *form) Count() int { return len(f.Wrong) }

func (v view) form(sent filled) *form {
	f := &form{
		Rev: v.Case.Rev, lang: v.Lang, Wrong: sent.Wrong, Min: review.MinReason,
		Max: review.MaxReason, MaxTerm: review.MaxTerm,
		MayEmergency: v.Who.Role == review.RoleSenior,
		MayCure: v.App.Standing.State == review.AppWarned ||
			v.App.Standing.State == review.AppSuspended,
	}
	if sent.Form != nil {
		f.input, f.Sent, f.Filled = *sent.Form, true, sent.Filled
		f.Checked = sent.Check && len(sent.Wrong) == 0
	}
	f.Han = hanIn(f.Reason)
	v.offerActs(f)
	v.offerGrounds(f)
	v.offerEvidence(f)
	if f.Checked {
		f.Outcome = v.outcome(f.input)
	}
	return f
}

// offerActs lists measures and scopes that the state tables allow; what was sent is
// kept, so that its problem has a place.
func (v view) offerActs(f *form) {
	suggested := ""
	if v.Report != nil {
		suggested = v.Report.Suggestion.Measure
	}
	for _, m := range review.Measures() {
		allowed := slices.ContainsFunc(v.Possible,
			func(a review.Act) bool { return a.Measure == m })
		if !allowed && string(m) != f.Measure {
			continue
		}
		c := choice{Value: string(m), Label: v.measure(string(m)), Chosen: string(m) == f.Measure}
		if string(m) == suggested {
			c.Hint = "suggested"
		}
		f.Measures = append(f.Measures, c)
	}
	f.Adopts = v.adopts(f.Measures)
	for _, s := range review.Scopes() {
		act := review.Act{Measure: review.MeasureSuspend, Scope: s}
		if slices.Contains(v.Possible, act) || string(s) == f.Scope {
			f.Scopes = append(f.Scopes, choice{
				Value: string(s), Label: act.Event().Name(), Chosen: string(s) == f.Scope,
			})
		}
	}
	for _, r := range v.Releases {
		f.Releases = append(f.Releases, choice{
			Value: r.ID, Label: analyzer.Text{ZH: r.Version, EN: r.Version},
			Hint:   name(platforms, r.Platform).In(v.Lang) + " · " + r.State.Name().In(v.Lang),
			Chosen: slices.Contains(f.Versions, r.ID),
		})
	}
	for _, a := range consequences {
		what := a.Event()
		f.Consequences = append(f.Consequences, choice{
			Value: string(what), Label: what.Name(), Chosen: string(what) == f.Consequence,
		})
	}
}

// consequences are what can follow a deadline.
var consequences = []review.Act{
	{Measure: review.MeasureSuspend, Scope: review.ScopeDownloads},
	{Measure: review.MeasureSuspend, Scope: review.ScopeUpdates},
	{Measure: review.MeasureRemove},
}

// offerGrounds lists the obligations of the edition, and the articles that they and
// the checks cite.
func (v view) offerGrounds(f *form) {
	if v.Edition == nil || v.Edition.Law == nil {
		return
	}
	status, waiting := map[string]review.Status{}, map[string]bool{}
	if v.Report != nil {
		for _, c := range v.Report.Checks {
			status[c.Obligation], waiting[c.Obligation] = c.Status, v.waits(c)
		}
	}
	var articles []string
	for _, o := range v.Edition.Law.Obligations {
		articles = append(articles, o.Articles()...)
		chosen := slices.Contains(f.Obligations, o.ID)
		if !o.Enabled && !chosen {
			continue
		}
		c := choice{
			Value: o.ID, Label: o.Title, Hint: string(status[o.ID]), Chosen: chosen,
		}
		if _, shown := status[o.ID]; shown {
			c.Anchor = "#check-" + o.ID
		}
		if chosen || status[o.ID] == review.Unmet || status[o.ID] == review.Unclear &&
			!waiting[o.ID] {
			f.Likely = append(f.Likely, c)
			continue
		}
		f.Others = append(f.Others, c)
	}
	byWeight(f.Likely)
	byWeight(f.Others)
	slices.Sort(articles)
	for _, g := range v.cite(slices.Compact(articles), unquoted) {
		f.Citations = append(f.Citations, choice{Value: g.Citation, Label: analyzer.Text{
			ZH: g.Instrument.ZH + " " + g.Place.ZH, EN: g.Instrument.EN + " " + g.Place.EN,
		}})
	}
}

// shelves is the order in which evidence is offered; registry rows and documents are
// there only where the case has some.
var shelves = []review.PointerKind{
	review.PointFinding, review.PointCapability, review.PointCheck, review.PointAnomaly,
	review.PointGap, review.PointRegistry, review.PointDocument, review.PointRoute,
	review.PointScan,
}

// offerEvidence lists all that the case knows.
func (v view) offerEvidence(f *form) {
	offered := map[string]bool{}
	for _, kind := range shelves {
		s := shelf{Kind: kind.Name(), Open: kind != review.PointCheck}
		for _, id := range v.Known[kind] {
			p := review.Pointer{Kind: kind, ID: id}
			token := tokenOf(p)
			if offered[token] || len(s.Choices) == maxValues {
				continue
			}
			offered[token] = true
			s.Choices = append(s.Choices, v.evidence(p, slices.Contains(f.Evidence, token)))
		}
		byWeight(s.Choices)
		if len(s.Choices) > 0 {
			f.Pointers = append(f.Pointers, s)
		}
	}
}

func byWeight(list []choice) {
	slices.SortStableFunc(list, func(a, b choice) int {
		return cmp.Compare(weight[a.Hint], weight[b.Hint])
	})
}

// weight puts first what is unmet.
var weight = map[string]int{
	string(review.Unmet): -3, string(review.Unclear): -2, string(review.Met): -1,
}

func (v view) evidence(p review.Pointer, chosen bool) choice {
	c := choice{Value: tokenOf(p), Label: v.pointed(p), Anchor: anchor(p), Chosen: chosen}
	if p.Kind == review.PointCheck && v.Report != nil {
		i := slices.IndexFunc(v.Report.Checks,
			func(c report.Check) bool { return c.Obligation == p.ID })
		if i >= 0 {
			c.Hint = string(v.Report.Checks[i].Status)
		}
	}
	return c
}

// outcome says what is recorded where the input is accepted.
func (v view) outcome(in input) *outcome {
	p, _ := in.proposal(v.Known)
	if !p.Act.Known() {
		return nil
	}
	out := &outcome{
		What: p.Event().Name(), Evidence: len(p.Evidence),
		Second:  p.Emergency == nil && (p.Measure.Needs().Second || p.Consequence != nil),
		Grounds: append(slices.Clone(p.Grounds.Obligations), p.Grounds.Articles...),
	}
	if p.WorkingDays != nil {
		out.Term, out.Days = true, *p.WorkingDays
	}
	if p.Consequence != nil {
		out.Follows = p.Consequence.Event().Name()
	}
	return out
}
