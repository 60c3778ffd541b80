package dossier

import (
	"fmt"
	"slices"
	"strings"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// fill puts into the form what the report says, where a person asked for it: the
// suggestion with its grounds, the results of the chosen checks as a reason, or the
// remedies of the chosen obligations. All of it is then the person's own to change.
func (in *input) fill(v view, what string) ui.Problems {
	switch what {
	case "suggestion":
		in.adopt(v)
	case "reason":
		text := v.results(*in)
		if text == "" {
			return ui.Problems{problem("reason", "nothing-to-fill", say(
				"没有可填入的核验结果，请先选择依据",
				"there is no result to fill in: choose a ground first"))}
		}
		in.Reason = strings.TrimLeft(strings.TrimRight(in.Reason, " \n")+"\n"+text, "\n")
	default:
		if in.RemedyZH == "" {
			in.RemedyZH = v.remedies(in.Obligations, "zh")
		}
		if in.RemedyEN == "" {
			in.RemedyEN = v.remedies(in.Obligations, "en")
		}
	}
	return nil
}

// proposed is the measure that the report suggests, or a listing where it finds
// nothing; empty where it says neither.
func (v view) proposed() string {
	switch {
	case v.Report == nil:
		return ""
	case v.Report.Suggestion.Measure == "" && v.Report.Route == review.Clear:
		return string(review.MeasureList)
	}
	return v.Report.Suggestion.Measure
}

// adopts is that measure where it is allowed.
func (v view) adopts(allowed []choice) *choice {
	i := slices.IndexFunc(allowed, func(c choice) bool { return c.Value == v.proposed() })
	if i < 0 {
		return nil
	}
	return &allowed[i]
}

// adopt fills in what the report suggests, beside what is there. A listing has the
// grounds and the evidence that the store's policy would give it.
func (in *input) adopt(v view) {
	measure := v.proposed()
	if measure == "" {
		return
	}
	in.Measure = measure
	for _, id := range v.Report.Suggestion.Obligations {
		in.Obligations = with(in.Obligations, id)
		in.cite(v, review.Pointer{Kind: review.PointCheck, ID: id})
	}
	if measure != string(review.MeasureList) {
		return
	}
	in.Articles = with(in.Articles, review.ArticleOfListing)
	in.cite(v, review.Pointer{Kind: review.PointRoute, ID: string(review.Clear)})
	for _, c := range v.Report.Checks {
		if c.Status == review.Met {
			in.cite(v, review.Pointer{Kind: review.PointCheck, ID: c.Obligation})
		}
	}
}

// cite adds a piece of evidence that the case holds.
func (in *input) cite(v view, p review.Pointer) {
	if v.Known.Holds(p) {
		in.Evidence = with(in.Evidence, tokenOf(p))
	}
}

func with(list []string, one string) []string {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// results are what the checks of the chosen obligations came to; for a listing
// without any, that nothing was found, where that is so.
func (v view) results(in input) string {
	if v.Report == nil {
		return ""
	}
	var out []string
	for _, c := range v.Report.Checks {
		if slices.Contains(in.Obligations, c.Obligation) && c.Why.ZH != "" {
			out = append(out, v.obligation(c.Obligation).Title.ZH+"："+c.Why.ZH+"。")
		}
	}
	p := v.Report.Package
	read := len(v.Report.Gaps) == 0 && len(p.Packers) == 0 && !p.Encrypted
	if len(out) == 0 && in.Measure == string(review.MeasureList) && read &&
		v.Report.Route == review.Clear {
		return "安装包中的代码均已读取，没有发现深度合成能力，没有不符合的义务，准予上架。"
	}
	return numbered(out)
}

// remedies are what would cure the chosen obligations.
func (v view) remedies(obligations []string, lang string) string {
	var out []string
	for _, id := range obligations {
		remedy := v.obligation(id).Remedy
		text := remedy.ZH
		if lang == "en" {
			text = remedy.EN
		}
		if text = strings.TrimSpace(text); text != "" {
			out = append(out, text)
		}
	}
	return numbered(out)
}

// numbered writes one a line, with numbers where there are several.
func numbered(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	for i, text := range list {
		list[i] = fmt.Sprintf("%d. %s", i+1, text)
	}
	return strings.Join(list, "\n")
}
