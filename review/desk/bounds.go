package desk

import (
	"fmt"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// What a person may hand in: entries of a list, characters of a text that is a name,
// and of one that is prose.
const (
	maxEntries = 200
	maxName    = 500
	maxProse   = review.MaxReason
)

// given is one text or list that was handed in.
type given struct {
	field string
	texts []string
	most  int // characters of each
}

// bounds lists what of a proposal is too long, or no text. The rest of it, whether
// it makes sense, is for package review.
func bounds(p review.Proposal) []review.Problem {
	evidence := make([]string, 0, 2*len(p.Evidence))
	for _, e := range p.Evidence {
		evidence = append(evidence, string(e.Kind)+e.ID)
	}
	all := []given{
		{"measure", []string{string(p.Measure)}, maxName},
		{"scope", []string{string(p.Scope)}, maxName},
		{"versions", p.Versions, maxName},
		{"function", []string{p.Function}, maxName},
		{"conditions", p.Conditions, maxName},
		{"grounds", p.Grounds.Articles, maxName},
		{"grounds", p.Grounds.Obligations, maxName},
		{"evidence", evidence, 4 * maxName}, // a gap's id is a place in a package
		// How long a reason is package review says.
		{"reason", []string{p.Reason}, 1 << 20},
		{"remedy", []string{p.Remedy.ZH, p.Remedy.EN}, maxProse},
		{"note", []string{p.Note}, maxProse},
	}
	if p.Consequence != nil {
		all = append(all, given{"consequence",
			[]string{string(p.Consequence.Measure), string(p.Consequence.Scope)}, maxName})
	}
	if p.Emergency != nil && p.Emergency.Order != nil {
		o := p.Emergency.Order
		all = append(all, given{"emergency", []string{o.Authority, o.Reference}, maxName})
	}
	return wrong(all...)
}

// wrong lists what is beyond its bounds, each field once.
func wrong(all ...given) []review.Problem {
	var out []review.Problem
	for _, g := range all {
		if code, message := g.wrong(); code != "" {
			out = append(out, review.Problem{Field: g.field, Code: code, Message: message,
				Kind: review.ErrInvalid})
		}
	}
	return out
}

func (g given) wrong() (code string, message analyzer.Text) {
	if len(g.texts) > maxEntries {
		return "too-many", analyzer.Text{ZH: fmt.Sprintf("至多 %d 项", maxEntries),
			EN: fmt.Sprintf("%d entries at most", maxEntries)}
	}
	for _, s := range g.texts {
		switch {
		case !sound(s):
			return "not-text", analyzer.Text{ZH: "含有不能保存的字符",
				EN: "holds characters that cannot be kept"}
		case utf8.RuneCountInString(s) > g.most:
			return "too-long", analyzer.Text{ZH: fmt.Sprintf("过长，至多 %d 个字符", g.most),
				EN: fmt.Sprintf("too long: %d characters at most", g.most)}
		}
	}
	return "", analyzer.Text{}
}
