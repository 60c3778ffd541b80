package analyzer

import (
	"reflect"
	"strings"
	"unicode/utf8"
)

// valid makes every text of the facts valid UTF-8. Names come from the package as
// its bytes are; the stored form is JSON, which has no other: without this, facts
// that are read back would differ from those that were stored.
func (f *Facts) valid() { validate(reflect.ValueOf(f).Elem()) }

// validate replaces invalid bytes in the strings of v. The types of the facts are
// finite trees, so it ends.
func validate(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); !utf8.ValidString(s) {
			v.SetString(strings.ToValidUTF8(s, "\uFFFD"))
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
			if !utf8.ValidString(s) {
				list[i] = strings.ToValidUTF8(s, "\uFFFD")
			}
		}
	case []uint32:
	default:
		for i := range v.Len() {
			validate(v.Index(i))
		}
	}
}

// validateMap drops a key that is not valid: two such keys could become one.
func validateMap(v reflect.Value) {
	for _, key := range v.MapKeys() {
		value := v.MapIndex(key)
		if !utf8.ValidString(key.String()) {
			v.SetMapIndex(key, reflect.Value{})
			continue
		}
		if s := value.String(); !utf8.ValidString(s) {
			v.SetMapIndex(key, reflect.ValueOf(strings.ToValidUTF8(s, "\uFFFD")))
		}
	}
}
