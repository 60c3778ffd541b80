package analyzer

import (
	"reflect"
	"strings"
	"unicode/utf8"
)

// maxString bounds one text of the facts, in bytes. Names and paths of real packages
// have hundreds; a small package can say ten thousand times a name of 64 KiB, and
// whoever reads its facts would pay for it.
const maxString = 8 << 10

// valid makes every text of the facts valid UTF-8, and cuts what is far too long for
// a name. Names come from the package as its bytes are; the stored form is JSON, which
// has no other: without this, facts that are read back would differ from those that
// were stored.
func (f *Facts) valid() { validate(reflect.ValueOf(f).Elem()) }

// text returns a string as it is kept. What was cut ends in an ellipsis.
func text(s string) string {
	if len(s) > maxString {
		end := maxString - len("…")
		for end > 0 && !utf8.RuneStart(s[end]) {
			end--
		}
		s = s[:end] + "…"
	}
	if !utf8.ValidString(s) {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return s
}

// validate brings the strings of v into the form that is kept. The types of the facts
// are finite trees, so it ends.
func validate(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); len(s) > maxString || !utf8.ValidString(s) {
			v.SetString(text(s))
		}
	case reflect.Slice:
		validateSlice(v)
	case reflect.Struct:
		for i := range v.NumField() {
			validate(v.Field(i))
		}
	case reflect.Map:
		validateMap(v)
	default:
	}
}

func validateSlice(v reflect.Value) {
	switch list := v.Interface().(type) {
	case []string:
		for i, s := range list {
			list[i] = text(s)
		}
	case []uint32:
	default:
		for i := range v.Len() {
			validate(v.Index(i))
		}
	}
}

// validateMap drops a key that is not valid, or too long: two such keys could become
// one.
func validateMap(v reflect.Value) {
	for _, key := range v.MapKeys() {
		value := v.MapIndex(key)
		if text(key.String()) != key.String() {
			v.SetMapIndex(key, reflect.Value{})
			continue
		}
		if s := value.String(); text(s) != s {
			v.SetMapIndex(key, reflect.ValueOf(text(s)))
		}
	}
}
