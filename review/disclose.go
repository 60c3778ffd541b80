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
	seen := map[string]bool{}
	first := func(key string) bool {
		if seen[key] {
			return false
		}
		seen[key] = true
		return true
	}
	for _, s := range f.Strings {
		switch s.Kind {
		case analyzer.NumberString, analyzer.TextString:
			for _, n := range number.FindAll(s.Value) {
				if first("number " + n.Kind + " " + n.Key()) {
					d.Numbers = append(d.Numbers, disclosed(n.Number, s.Where))
				}
			}
			if isLabel(s.Value, law.Hints) && len(d.LabelTexts) < maxLabelTexts && first("label "+s.Value) {
				d.LabelTexts = append(d.LabelTexts, strings.TrimSpace(s.Value))
			}
		case analyzer.URLString, analyzer.HostString:
			listed := slices.Contains(law.Hints.PublicLists, hostOf(s.Value))
			if listed && len(d.Links) < maxLinks && first("link "+s.Value) {
				d.Links = append(d.Links, s.Value)
			}
		}
	}
	slices.SortStableFunc(d.Numbers, func(a, b Disclosed) int {
		return cmp.Compare(malformed(a), malformed(b))
	})
	d.Numbers = d.Numbers[:min(len(d.Numbers), maxNumbers)]
	return d
}

func malformed(d Disclosed) int {
	if d.WellFormed {
		return 0
	}
	return 1
}

func disclosed(n number.Number, at analyzer.Where) Disclosed {
	check := map[string]registry.Outcome{
		number.CheckOK: registry.Passed, number.CheckWrong: registry.Advice, number.CheckNone: registry.OutcomeNotAsked,
	}
	return Disclosed{
		Kind: seriesOfKind[n.Kind], Number: n.Text, WellFormed: n.WellFormed,
		CheckDigit: check[n.CheckDigit], Where: at,
	}
}

func isLabel(text string, h Hints) bool {
	text = strings.TrimSpace(text)
	return utf8.RuneCountInString(text) <= longestLabel && containsAny(text, h.LabelPhrases)
}
