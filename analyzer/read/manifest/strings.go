package manifest

import (
	"context"
	"strings"
	"unicode"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/arsc"
	"github.com/listgate/listgate/analyzer/decode/axml"
	"github.com/listgate/listgate/analyzer/facts"
)

// maxText is how many runes of one resource text are kept.
const maxText = 2000

// strings keeps what is worth it of the values that no typed record holds. The
// decoder has bounded the depth of the tree.
func (r *reading) strings(e *axml.Element) {
	for _, a := range e.Attributes {
		if a.Value.Type != axml.TypeString || isRecorded(e.Name, a.Name) {
			continue
		}
		if r.kept[a.Value.Str] { // a million attributes can share one string
			continue
		}
		r.kept[a.Value.Str] = true
		where := analyzer.Where{Entry: manifestEntry, Offset: a.Offset, Part: e.Name}
		facts.Keep(a.Value.Str, "", where, r.emit)
	}
	for _, c := range e.Children {
		r.strings(c)
	}
}

// isRecorded reports whether the attribute went into a record of its own.
func isRecorded(element, attribute string) bool {
	switch attribute {
	case "name":
		return element != "package" && element != "uses-library" && element != "uses-native-library"
	case "package":
		return element == "manifest"
	default:
		return false
	}
}

// tableStrings keeps the texts of the resource table: whatever facts.Keep knows in
// every language, and any text in the default language, in English and in Chinese.
func (r *reading) tableStrings(ctx context.Context) error {
	if r.table == nil {
		return nil
	}
	n := 0
	for text := range r.table.Strings {
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if key := (resourceText{text.Value, text.Lang}); !r.texts[key] {
			r.texts[key] = true
			r.tableText(text)
		}
	}
	if err := r.table.Err(); err != nil {
		r.gap(err, analyzer.GapMalformed)
	}
	return nil
}

// resourceText is a text in one language; entries of many configurations share it.
type resourceText struct{ value, lang string }

func (r *reading) tableText(text arsc.Text) {
	where := analyzer.Where{Entry: r.tableEntry, Offset: text.Offset}
	kept, shown := false, false
	facts.Keep(text.Value, text.Lang, where, func(rec analyzer.Record) {
		if s, ok := rec.(analyzer.String); ok {
			kept = true
			shown = shown || s.Kind == analyzer.TextString
		}
		r.emit(rec)
	})
	value := strings.TrimSpace(text.Value)
	isWord := !strings.ContainsAny(value, " \n") // an address or a name rather than a text
	if shown || kept && isWord || !isReviewed(text.Lang) || !isText(value) {
		return
	}
	r.emit(analyzer.String{Kind: analyzer.TextString, Value: firstRunes(value, maxText),
		Lang: text.Lang, Where: where})
}

// isReviewed reports the languages that rules and reviewers read.
func isReviewed(lang string) bool {
	base, _, _ := strings.Cut(lang, "-")
	return base == "" || base == "en" || base == "zh"
}

// isText wants two letters at least and no path into the package.
func isText(s string) bool {
	letters := 0
	for _, c := range s {
		if unicode.IsLetter(c) {
			letters++
		}
		if letters == 2 {
			return !strings.HasPrefix(s, "res/")
		}
	}
	return false
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
