package law

import "strings"

// Cited returns the instrument and the articles that a citation names, written as
// reports write it: "dsp 19(1)"; of a range such as "gb45438 5.1-5.6" its ends. ok
// is false where the edition does not hold one of them.
func (e *Edition) Cited(citation string) (i Instrument, articles []Article, ok bool) {
	id, cited, _ := strings.Cut(citation, " ")
	i, ok = e.Instruments[id]
	if !ok {
		return Instrument{}, nil, false
	}
	for _, number := range articlesOf(cited) {
		a, ok := i.Article(number)
		if !ok {
			return Instrument{}, nil, false
		}
		articles = append(articles, a)
	}
	return i, articles, true
}

// Cites reports whether the edition holds the article; it makes an edition what
// decisions are checked against.
func (e *Edition) Cites(citation string) bool {
	_, _, ok := e.Cited(citation)
	return ok
}
