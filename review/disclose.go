package review

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/number"
)

// A label is short: a longer text speaks about labels.
const longestLabel = 40

// Bounds on what a hostile package can put into a report.
const (
	maxNumbers    = 200
	maxLabelTexts = 50
	maxLinks      = 50
)

var seriesOfKind = map[string]registry.Series{
	number.KindAlgorithm: registry.Algorithm, number.KindFiled: registry.GenAIFiled,
	number.KindRegistered: registry.GenAIListed, number.KindApp: registry.AppFiling,
	number.KindWebsite: registry.WebsiteSite,
}

// Disclose reads from the facts what the package shows of filings and labels:
// each number once, at its first place, well-formed ones first. Without facts or
// a law there is nothing.
func Disclose(f *analyzer.Facts, law *Law) Disclosures {
	var d Disclosures
	if f == nil || law == nil {
		return d
	}
	b := disclosing{hints: law.Hints, seen: map[string]bool{}, out: &d}
	for _, s := range f.Strings {
		switch s.Kind {
		case analyzer.NumberString, analyzer.TextString:
			b.numbers(s)
			b.label(s)
		case analyzer.URLString, analyzer.HostString:
			b.link(s)
		}
	}
	slices.SortStableFunc(d.Numbers, func(a, b Disclosed) int {
		return cmp.Compare(malformed(a), malformed(b))
	})
	d.Numbers = d.Numbers[:min(len(d.Numbers), maxNumbers)]
	return d
}

// disclosing takes each thing once.
type disclosing struct {
	hints Hints
	seen  map[string]bool
	out   *Disclosures
}

func (b disclosing) first(kind, what string) bool {
	key := kind + " " + what
	if b.seen[key] {
		return false
	}
	b.seen[key] = true
	return true
}

func (b disclosing) numbers(s analyzer.String) {
	for _, n := range number.FindAll(s.Value) {
		if b.first(n.Kind, n.Key()) {
			b.out.Numbers = append(b.out.Numbers, disclosed(n.Number, s.Where))
		}
	}
}

func (b disclosing) label(s analyzer.String) {
	text := strings.TrimSpace(s.Value)
	if isLabel(text, b.hints) && len(b.out.LabelTexts) < maxLabelTexts && b.first("label", text) {
		b.out.LabelTexts = append(b.out.LabelTexts, text)
	}
}

func (b disclosing) link(s analyzer.String) {
	listed := slices.Contains(b.hints.PublicLists, hostOf(s.Value))
	if listed && len(b.out.Links) < maxLinks && b.first("link", s.Value) {
		b.out.Links = append(b.out.Links, s.Value)
	}
}

func malformed(d Disclosed) int {
	if d.WellFormed {
		return 0
	}
	return 1
}

func disclosed(n number.Number, at analyzer.Where) Disclosed {
	check := map[string]registry.Outcome{
		number.CheckOK: registry.Passed, number.CheckWrong: registry.Advice,
		number.CheckNone: registry.OutcomeNotAsked,
	}
	return Disclosed{
		Kind: seriesOfKind[n.Kind], Number: n.Text, WellFormed: n.WellFormed,
		CheckDigit: check[n.CheckDigit], Where: at,
	}
}

func isLabel(text string, h Hints) bool {
	return utf8.RuneCountInString(text) <= longestLabel && containsAny(text, h.LabelPhrases)
}
