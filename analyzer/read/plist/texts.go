package plist

import (
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/facts"
)

// keeper keeps texts of one language, up to a bound.
type keeper struct {
	reading
	lang string
	kept int
}

// keep keeps one text, and what facts.Keep finds in it; false where no more is kept.
func (k *keeper) keep(key, value string) bool {
	if value == "" {
		return true
	}
	where := k.where(key)
	if k.kept >= maxKept {
		k.emit(analyzer.Gap{Reason: analyzer.GapBudget, Where: where,
			Detail: "more strings than are kept of one file", Code: true})
		return false
	}
	isText := false
	facts.Keep(value, k.lang, where, func(r analyzer.Record) {
		s, ok := r.(analyzer.String)
		isText = isText || ok && s.Kind == analyzer.TextString
		k.kept++
		k.emit(r)
	})
	if !isText { // without Han characters it is a text all the same
		k.kept++
		k.emit(analyzer.String{Kind: analyzer.TextString,
			Value: cut(strings.ToValidUTF8(value, "�")), Lang: k.lang, Where: where})
	}
	return true
}

// texts keeps every value of a .strings file as a text of its language.
func (l reading) texts() {
	k := keeper{reading: l, lang: langOf(path.Dir(l.entry))}
	for _, key := range l.keys() {
		if value, ok := l.Root[key].(string); ok && !k.keep(key, value) {
			return
		}
	}
}

// formatKeys are values of a .stringsdict that no person reads.
var formatKeys = map[string]bool{"NSStringFormatSpecTypeKey": true,
	"NSStringFormatValueTypeKey": true}

// plurals keeps the texts of a .stringsdict file: the format of each, and its
// wording for each number of things, width or device.
func (l reading) plurals() {
	k := keeper{reading: l, lang: langOf(path.Dir(l.entry))}
	for _, key := range l.keys() {
		if !k.wordings(key, l.Root[key]) {
			return
		}
	}
}

// wordings walks one entry; the decoder has bounded its depth.
func (k *keeper) wordings(key string, v any) bool {
	switch v := v.(type) {
	case string:
		return k.keep(key, v)
	case map[string]any:
		for _, name := range sorted(v) {
			if !formatKeys[name] && !k.wordings(key, v[name]) {
				return false
			}
		}
	}
	return true
}
