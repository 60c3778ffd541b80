package facts

import (
	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry/number"
)

// keepNumbers keeps each candidate for a public number as it is written; whether
// it is well formed is for a check to say. Every such number has Han characters
// or, where it is generative AI's, letters, hyphens and a date.
func keepNumbers(s string, m marks, put func(analyzer.StringKind, string)) {
	if !m.digit || !m.han && !m.dash {
		return
	}
	for _, found := range number.FindAll(s) {
		put(analyzer.NumberString, found.Text)
	}
}
