package dossier

import (
	"strings"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// input is what a person filled in to decide a case, as it was sent.
type input struct {
	Rev         int
	Measure     string
	Scope       string
	Versions    []string
	Function    string
	Conditions  string // one a line
	Obligations []string
	Articles    []string
	Evidence    []string // tokens of pointers
	Reason      string
	RemedyZH    string
	RemedyEN    string
	Note        string
	WorkingDays string
	Consequence string // an act as the state tables name it
	Cures       bool
	Emergency   bool
	Authority   string
	Reference   string
}

// readInput takes the fields; their names are those of review.Proposal.
func readInput(in *reader) input {
	return input{
		Rev: in.number("rev"), Measure: in.word("measure"), Scope: in.word("scope"),
		Versions: in.list("versions"), Function: in.word("function"),
		Conditions: in.prose("conditions"), Obligations: in.list("obligations"),
		Articles: in.articles("articles"), Evidence: in.list("evidence"),
		Reason: in.prose("reason"), RemedyZH: in.prose("remedy_zh"),
		RemedyEN: in.prose("remedy_en"), Note: in.prose("note"),
		WorkingDays: in.word("working_days"), Consequence: in.word("consequence"),
		Cures: in.ticked("cures"), Emergency: in.ticked("emergency"),
		Authority: in.word("authority"), Reference: in.word("reference"),
	}
}

// articles is a list whose fields hold several articles each.
func (in *reader) articles(name string) []string {
	var out []string
	had := map[string]bool{}
	for _, field := range in.list(name) {
		for one := range strings.FieldsFuncSeq(field, between) {
			if one = strings.TrimSpace(one); one == "" || had[one] {
				continue
			}
			if len(out) == maxValues {
				in.tooMany(name)
				return out
			}
			had[one], out = true, append(out, one)
		}
	}
	return out
}

func between(r rune) bool { return strings.ContainsRune(",;，；、\n", r) }

// proposal is what the input comes to. Fields of which the chosen measure has none
// are left out: a form without a script cannot take them away once another measure
// was chosen, and the page says what is recorded.
func (in input) proposal(known review.Known) (review.Proposal, ui.Problems) {
	p := review.Proposal{
		Act:     review.Act{Measure: review.Measure(in.Measure)},
		Grounds: review.Grounds{Articles: in.Articles, Obligations: in.Obligations},
		Reason:  strings.TrimSpace(in.Reason), Note: strings.TrimSpace(in.Note),
	}
	tokens := tokensOf(known)
	for _, token := range in.Evidence {
		p.Evidence = append(p.Evidence, tokens.pointer(token))
	}
	needs := p.Measure.Needs()
	if p.Measure == review.MeasureSuspend {
		in.scope(&p)
	}
	if p.Measure == review.MeasureList {
		p.Conditions, p.Cures = linesOf(in.Conditions), in.Cures
	}
	if p.Measure != review.MeasureList && p.Measure != review.MeasureReinstate {
		p.Remedy.ZH, p.Remedy.EN = strings.TrimSpace(in.RemedyZH), strings.TrimSpace(in.RemedyEN)
	}
	if needs.Emergency && in.Emergency {
		p.Emergency = &review.Emergency{}
		if in.Authority != "" || in.Reference != "" {
			p.Emergency.Order = &review.Order{Authority: in.Authority, Reference: in.Reference}
		}
	}
	var wrong ui.Problems
	if needs.Term {
		wrong = in.term(&p)
	}
	return p, wrong
}

// scope fills in how far a suspension reaches.
func (in input) scope(p *review.Proposal) {
	p.Scope = review.Scope(in.Scope)
	switch p.Scope {
	case review.ScopeVersions:
		p.Versions = in.Versions
	case review.ScopeFunction:
		p.Function = in.Function
	}
}

// term fills in the days, and what follows them.
func (in input) term(p *review.Proposal) ui.Problems {
	if in.Consequence != "" && p.Measure != review.MeasureAsk {
		measure, scope, _ := strings.Cut(in.Consequence, "/")
		p.Consequence = &review.Act{Measure: review.Measure(measure), Scope: review.Scope(scope)}
	}
	if in.WorkingDays == "" {
		return nil
	}
	days, ok := whole(in.WorkingDays)
	if !ok {
		return ui.Problems{problem("working_days", "term-not-a-number",
			say("工作日数须为整数", "the working days are a whole number"))}
	}
	p.WorkingDays = &days
	return nil
}

func linesOf(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
