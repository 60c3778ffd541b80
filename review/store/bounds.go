package store

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/listgate/listgate/review"
)

// The bounds of what is kept, in bytes. They keep rows and lists small; what people
// write and packages name is far below them.
const (
	maxID          = 100
	maxLine        = 4000      // a name, a version, the name of a file
	maxText        = 16 << 10  // a note: 4000 characters
	maxList        = 1000      // elements of a list in one outcome
	maxDocument    = 512 << 10 // a JSON document in one column
	maxDeclaration = 1 << 20   // as review/declaration reads them
	maxLetter      = 256 << 10
	maxIndexed     = 2000 // a document in an index, of which Postgres takes no more
)

// sound reports an id that can be there: another is not looked for.
func sound(id string) bool {
	return id != "" && len(id) <= maxID && utf8.ValidString(id) &&
		!strings.ContainsFunc(id, unicode.IsControl)
}

// bounds collects the first problem of texts that are to be kept.
type bounds struct{ err error }

// id asks for a sound id.
func (b *bounds) id(field, id string) {
	if b.err == nil && !sound(id) {
		b.err = invalid(field, "id", "编号缺失或者无效", "the id is missing or not valid")
	}
}

// reference asks for a sound id, or none.
func (b *bounds) reference(field, id string) {
	if id != "" {
		b.id(field, id)
	}
}

// text asks for UTF-8 without NUL, which one of the databases cannot keep.
func (b *bounds) text(field, text string, limit int) {
	if b.err != nil {
		return
	}
	switch {
	case len(text) > limit:
		b.err = invalid(field, "too-long", "内容过长", "it is too long")
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		b.err = invalid(field, "not-text", "含有无法保存的字符", "it holds what is no text")
	}
}

func (b *bounds) actor(field string, a review.Actor) {
	b.text(field, a.ID, maxID)
	b.text(field, a.Name, maxLine)
	b.text(field, string(a.Role), maxID)
}

// list bounds the length of a list.
func (b *bounds) list(field string, n int) {
	if b.err == nil && n > maxList {
		b.err = invalid(field, "too-many", "条目过多", "there are too many")
	}
}

// document returns a value as JSON for a column.
func (b *bounds) document(field string, v any) string {
	if b.err != nil {
		return ""
	}
	text, err := json.Marshal(v)
	switch {
	case err != nil:
		b.err = err
	case len(text) > maxDocument:
		b.err = invalid(field, "too-long", "内容过长", "it is too long")
	case replaced(text):
		b.err = invalid(field, "not-text", "含有无法保存的字符", "it holds what is no text")
	}
	return string(text)
}

// replaced reports a text in which the encoder put U+FFFD for bytes that were no
// UTF-8: only then does it write that character as an escape.
func replaced(text []byte) bool {
	for i := 0; i < len(text)-1; i++ {
		if text[i] != '\\' {
			continue
		}
		if strings.HasPrefix(string(text[i:min(i+6, len(text))]), `\ufffd`) {
			return true
		}
		i++
	}
	return false
}
