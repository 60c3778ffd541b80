package notice

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
)

// Ground is one article, with the obligation for which it is cited, if any.
type Ground struct {
	Citation   string        `json:"citation"` // dsp 19(1)
	Instrument analyzer.Text `json:"instrument"`
	Place      analyzer.Text `json:"place"` // 第十九条第一款, Article 19(1)
	// Wording is the Chinese text, empty where the edition knows the number alone;
	// Gist is then what it says in our words, and may be empty too.
	Wording    string        `json:"wording,omitempty"`
	Gist       analyzer.Text `json:"gist,omitzero"`
	Obligation string        `json:"obligation,omitempty"`
	Title      analyzer.Text `json:"title"` // of the obligation
}

// groundsOf lists the articles of the obligations, then those that stand alone.
func groundsOf(g review.Grounds, e *law.Edition) ([]Ground, error) {
	var out []Ground
	for _, id := range g.Obligations {
		o, ok := e.Law.Obligation(id)
		if !ok {
			return nil, fmt.Errorf("obligation %s: %w", id, review.ErrInvalid)
		}
		for _, c := range o.Basis {
			one, err := groundOf(c.Instrument+" "+c.Article, c.Quote, e)
			if err != nil {
				return nil, err
			}
			one.Obligation, one.Title = o.ID, o.Title
			out = append(out, one)
		}
	}
	for _, citation := range g.Articles {
		cited := func(g Ground) bool { return g.Citation == citation }
		if slices.ContainsFunc(out, cited) {
			continue
		}
		one, err := groundOf(citation, "", e)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// Cite puts a citation of an edition into words, as letters do. Where the quote is
// empty, the wording is that of the article.
func Cite(citation, quote string, e *law.Edition) (Ground, error) {
	return groundOf(citation, quote, e)
}

func groundOf(citation, quote string, e *law.Edition) (Ground, error) {
	instrument, articles, ok := e.Cited(citation)
	if !ok {
		return Ground{}, fmt.Errorf("article %s: %w", citation, review.ErrInvalid)
	}
	_, cited, _ := strings.Cut(citation, " ")
	out := Ground{Citation: citation, Instrument: instrument.Name, Wording: quote}
	paragraph, inWords := place(cited, instrument, articles)
	out.Place = inWords
	if out.Wording == "" {
		out.Wording = paragraph
	}
	for _, a := range articles {
		if out.Wording == "" && len(articles) == 1 {
			out.Wording = strings.TrimSpace(a.Text)
		}
		out.Gist = joined(out.Gist, a.Content)
	}
	return out, nil
}

// joined puts two sentences into one.
func joined(a, b analyzer.Text) analyzer.Text {
	switch {
	case a == analyzer.Text{}:
		return b
	case b == analyzer.Text{}:
		return a
	}
	return text(a.ZH+"；"+b.ZH, a.EN+"; "+b.EN)
}

// statute matches the names of what is divided into 条 and 款.
var statute = regexp.MustCompile(`(规定|办法|条例|法)$`)

var (
	articleForm = regexp.MustCompile(`^(\d+)(?:\((\d+)\))?(?:\(([一二三四五六七八九十]+)\))?$`)
	itemForm    = regexp.MustCompile(`^（[一二三四五六七八九十]+）`)
)

// place says where a citation stands in words. A number in brackets is a paragraph
// only where the edition's wording has that many; else it stays as it is written,
// for it may be an item. paragraph is its wording, where it has no items.
func place(cited string, i law.Instrument, articles []law.Article) (paragraph string,
	t analyzer.Text) {
	m := articleForm.FindStringSubmatch(cited)
	if m == nil || !statute.MatchString(i.Name.ZH) {
		return "", text(placeInChinese(cited, articles), cited)
	}
	a := articles[0]
	number, _ := strconv.Atoi(m[1])
	t = analyzer.Text{ZH: "第" + chinese(number) + "条", EN: "Article " + cited}
	if m[2] != "" {
		n, _ := strconv.Atoi(m[2])
		paragraphs := paragraphsOf(a)
		if n < 1 || n > len(paragraphs) || a.Extract {
			t.ZH += "（" + m[2] + "）"
		} else {
			t.ZH += "第" + chinese(n) + "款"
			paragraph = paragraphs[n-1]
		}
	}
	if m[3] != "" {
		t.ZH += "第（" + m[3] + "）项"
		paragraph = ""
	}
	return paragraph, t
}

// placeInChinese puts what is no article of a statute as the edition does.
func placeInChinese(cited string, articles []law.Article) string {
	for _, a := range articles {
		if a.Place != "" {
			cited = strings.Replace(cited, a.Number, a.Place, 1)
		}
	}
	return strings.ReplaceAll(cited, ", ", "、")
}

// paragraphsOf splits an article; its items belong to the paragraph before them.
func paragraphsOf(a law.Article) []string {
	var out []string
	for _, p := range strings.Split(a.Text, "\n") {
		p = strings.TrimSpace(p)
		switch {
		case p == "":
		case itemForm.MatchString(p) && len(out) > 0:
			out[len(out)-1] += "\n" + p
		default:
			out = append(out, p)
		}
	}
	return out
}

// chinese writes 1 to 199 as articles are numbered.
func chinese(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	switch {
	case n < 1 || n > 199:
		return strconv.Itoa(n)
	case n < 10:
		return digits[n]
	case n < 20:
		return "十" + digits[n%10]
	case n < 100:
		return digits[n/10] + "十" + digits[n%10]
	case n == 100:
		return "一百"
	case n < 110:
		return "一百零" + digits[n%10]
	}
	return "一百" + digits[n/10%10] + "十" + digits[n%10]
}
