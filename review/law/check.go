package law

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// check reports the first thing of an edition that does not resolve.
func check(e *Edition, groups []string) error {
	l := e.Law
	if e.ID == "" || len(l.Obligations) == 0 {
		return fmt.Errorf("no id or no obligations")
	}
	for id := range analyzer.CapabilityTechniques() {
		if _, ok := l.Capabilities[id]; !ok {
			return fmt.Errorf("capability %s: missing", id)
		}
	}
	for id, c := range l.Capabilities {
		if _, ok := analyzer.CapabilityTechniques()[id]; !ok {
			return fmt.Errorf("capability %s: unknown to the analyzer", id)
		}
		if c.Name.ZH == "" || c.Name.EN == "" || len(c.Modalities) == 0 || len(c.Uses) == 0 {
			return fmt.Errorf("capability %s: names, modalities or uses missing", id)
		}
	}
	for id, i := range e.Instruments {
		if len(i.Articles) == 0 {
			return fmt.Errorf("instrument %s: no articles", id)
		}
		if err := checkArticles(i.Articles); err != nil {
			return fmt.Errorf("instrument %s: %w", id, err)
		}
	}
	for _, o := range l.Obligations {
		if !slices.Contains(groups, group(o.ID)) {
			return fmt.Errorf("%s: its group is not in edition.yaml", o.ID)
		}
		if err := checkObligation(e, o); err != nil {
			return fmt.Errorf("%s: %w", o.ID, err)
		}
	}
	return nil
}

// checkArticles asks of each that Chinese can say where it stands and what it says.
func checkArticles(articles []Article) error {
	for _, a := range articles {
		if a.Place == "" && !startsWithDigit(a.Number) {
			return fmt.Errorf("article %s: no number, so that it needs a place", a.Number)
		}
		if a.Content != (analyzer.Text{}) && !inBoth(a.Content) {
			return fmt.Errorf("article %s: content needs zh and en", a.Number)
		}
	}
	return nil
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// inBoth reports a text that is there in both languages, the Chinese one in Chinese.
func inBoth(t analyzer.Text) bool {
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	return strings.ContainsFunc(t.ZH, han) && strings.TrimSpace(t.EN) != ""
}

func checkObligation(e *Edition, o review.Obligation) error {
	if !inBoth(o.Title) || !inBoth(o.Remedy) {
		return fmt.Errorf("title and remedy need zh and en")
	}
	if err := checkSteps(o.Verify); err != nil {
		return err
	}
	if _, ok := e.Law.Severities[o.Severity]; !ok {
		return fmt.Errorf("severity %q: unknown", o.Severity)
	}
	if len(o.Bearer) == 0 || len(o.Basis) == 0 {
		return fmt.Errorf("bearer or basis missing")
	}
	for _, c := range o.Basis {
		if err := resolve(e, c); err != nil {
			return err
		}
	}
	for kind := range o.Evidence {
		if !slices.ContainsFunc(e.Evidence, func(k EvidenceKind) bool { return k.ID == kind }) {
			return fmt.Errorf("evidence %q: unknown kind", kind)
		}
	}
	for stage, id := range o.Measure {
		if err := checkMeasure(e.Law, stage, id); err != nil {
			return err
		}
	}
	return checkTrigger(e.Law, o.Applies)
}

// checkSteps asks of each step a name in both languages and, since reports know it
// by the English one, that no two share that.
func checkSteps(steps []analyzer.Text) error {
	if len(steps) == 0 {
		return fmt.Errorf("verify missing")
	}
	for i, s := range steps {
		if !inBoth(s) {
			return fmt.Errorf("verify: step %d needs zh and en", i+1)
		}
		same := func(o analyzer.Text) bool { return o.EN == s.EN }
		if slices.ContainsFunc(steps[:i], same) {
			return fmt.Errorf("verify: step %q stands there twice", s.EN)
		}
	}
	return nil
}

func checkMeasure(l *review.Law, stage review.Stage, id string) error {
	i := slices.IndexFunc(l.Measures, func(m review.MeasureTerms) bool { return m.ID == id })
	switch {
	case stage != review.StageSubmission && stage != review.StageListed:
		return fmt.Errorf("measure: stage %q unknown", stage)
	case i < 0:
		return fmt.Errorf("measure %q: unknown", id)
	case l.Measures[i].Stage != "both" && l.Measures[i].Stage != string(stage):
		return fmt.Errorf("measure %q: not of stage %s", id, stage)
	case l.Measures[i].Weight == 0:
		return fmt.Errorf("measure %q: has no weight, so no obligation can name it", id)
	}
	return nil
}

func checkTrigger(l *review.Law, t review.Trigger) error {
	if t.OnlyIf != (analyzer.Text{}) && !inBoth(t.OnlyIf) {
		return fmt.Errorf("applies: only_if needs zh and en")
	}
	if !t.All && !t.AnyCapability && len(t.Capabilities)+len(t.Flags)+len(t.AnyOf) == 0 {
		return fmt.Errorf("applies: never holds")
	}
	for _, id := range t.Capabilities {
		if _, ok := l.Capabilities[id]; !ok {
			return fmt.Errorf("applies: capability %q unknown", id)
		}
	}
	for _, f := range t.Flags {
		if _, ok := l.Flags[f]; !ok {
			return fmt.Errorf("applies: flag %q unknown", f)
		}
	}
	for _, id := range t.AnyOf {
		o, ok := l.Obligation(id)
		if !ok && id != review.ClaimsFiling {
			return fmt.Errorf("applies: any_of %q unknown", id)
		}
		if len(o.Applies.AnyOf) > 0 {
			return fmt.Errorf("applies: any_of %q itself rests on any_of", id)
		}
	}
	return nil
}

// resolve reports a citation whose article the instrument does not list, or
// whose quote is not in the wording that is known.
func resolve(e *Edition, c review.Citation) error {
	i, ok := e.Instruments[c.Instrument]
	if !ok {
		return fmt.Errorf("basis: instrument %q unknown", c.Instrument)
	}
	for _, number := range articlesOf(c.Article) {
		if _, ok := i.Article(number); !ok {
			return fmt.Errorf("basis: %s has no article %q", c.Instrument, number)
		}
	}
	a, _ := i.Article(c.Article)
	if c.Quote == "" || c.Source == "" && a.Text == "" {
		return nil
	}
	within := func(a Article) bool { return strings.Contains(a.Text, c.Quote) }
	found := within(a) || c.Source != "" && slices.ContainsFunc(i.Articles, within)
	if !found && !a.Extract {
		return fmt.Errorf("basis: %s %s does not hold %q", c.Instrument, c.Article, c.Quote)
	}
	return nil
}

// articlesOf splits "6.1, Annex E" and gives the ends of "5.1-5.6".
func articlesOf(cited string) []string {
	var out []string
	for part := range strings.SplitSeq(cited, ", ") {
		from, to, ok := strings.Cut(part, "-")
		if ok && strings.Contains(from, ".") && strings.Contains(to, ".") {
			out = append(out, from, to)
			continue
		}
		out = append(out, part)
	}
	return out
}
