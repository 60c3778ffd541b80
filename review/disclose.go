package review

import (
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/number"
)

// publicLists are the hosts where the public lists stand: a link to one of them
// is the 公示信息链接 of Art. 19 (3).
var publicLists = []string{"beian.cac.gov.cn", "beian.miit.gov.cn", "www.cac.gov.cn", "www.beian.gov.cn"}

// maxLabelText is the length in runes up to which a text reads as a label and not
// as a paragraph that speaks of labels.
const maxLabelText = 40

// Disclose collects what the package itself shows of filings and labels. Each
// list is in order and without repetition; a number stands once, at its first
// place.
func Disclose(f *analyzer.Facts, law *Law) Disclosures {
	var d Disclosures
	seen := map[string]bool{}
	for _, s := range f.Strings {
		switch s.Kind {
		case analyzer.NumberString:
			n, err := number.Parse(s.Value)
			if err == nil && !seen[n.Key()] {
				seen[n.Key()] = true
				d.Numbers = append(d.Numbers, disclosed(n, s))
			}
		case analyzer.URLString, analyzer.HostString:
			if slices.Contains(publicLists, hostOf(s)) {
				d.Links = append(d.Links, s.Value)
			}
		case analyzer.TextString:
			if law.Hints.isLabel(s.Value) {
				d.LabelTexts = append(d.LabelTexts, s.Value)
			}
		}
	}
	slices.Sort(d.Links)
	d.Links = slices.Compact(d.Links)
	slices.Sort(d.LabelTexts)
	d.LabelTexts = slices.Compact(d.LabelTexts)
	return d
}

func hostOf(s analyzer.String) string {
	if s.Kind == analyzer.HostString {
		return strings.ToLower(s.Value)
	}
	host, _ := analyzer.SplitURL(s.Value)
	return host
}

// seriesOf maps the form of a number to the list that holds it.
var seriesOf = map[string]registry.Series{
	number.KindAlgorithm: registry.Algorithm, number.KindFiled: registry.GenAIFiled,
	number.KindRegistered: registry.GenAIListed, number.KindApp: registry.AppFiling,
	number.KindWebsite: registry.WebsiteSite,
}

func disclosed(n number.Number, s analyzer.String) Disclosed {
	d := Disclosed{
		Kind: seriesOf[n.Kind], Number: n.Text, WellFormed: n.WellFormed,
		CheckDigit: registry.OutcomeNotAsked, Where: s.Where,
	}
	switch n.CheckDigit {
	case number.CheckOK:
		d.CheckDigit = registry.Passed
	case number.CheckWrong:
		d.CheckDigit = registry.Advice
	}
	return d
}

// isLabel reports a text that reads as the explicit label of GB 45438-2025 5.1:
// short, with 人工智能 or AI, and 生成 or 合成.
func (h Hints) isLabel(text string) bool {
	if len([]rune(text)) > maxLabelText {
		return false
	}
	text = strings.ToLower(text)
	return containsAny(text, h.LabelAI) && containsAny(text, h.LabelMade)
}

func containsAny(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, strings.ToLower(w)) })
}
