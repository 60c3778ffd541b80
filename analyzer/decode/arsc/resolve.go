package arsc

import (
	"slices"
	"strings"
)

// Resolve returns the value of a resource for a language ("" is the default
// one), references followed. ok is false where the table has none, where the
// resource is a bag, and where references run in a circle or out of the table;
// the value is then the last reference met.
func (t *Table) Resolve(id uint32, lang string) (v Value, ok bool) {
	v = Value{Type: TypeReference, Data: id}
	for range maxReferences {
		next, ok := t.best(v.Data, lang)
		if !ok {
			return v, false
		}
		v = next
		if !isReference(v) {
			return v, true
		}
	}
	return v, false
}

// Languages returns the values of a resource by the languages that it or a
// resource that it refers to has a value for, references followed and bags left
// out. Of several configurations of one language the least special one counts.
func (t *Table) Languages(id uint32) map[string]Value {
	values := map[string]Value{}
	ids := []uint32{id}
	for i := 0; i < len(ids) && i < maxReferences; i++ {
		for _, r := range t.types[ids[i]>>16] {
			e, ok := t.find(r, int(ids[i]&0xffff))
			if !ok || e.bag {
				continue
			}
			if to := e.value; isReference(to) && !slices.Contains(ids, to.Data) {
				ids = append(ids, to.Data)
			}
			if _, known := values[r.lang]; known {
				continue
			}
			if v, ok := t.Resolve(id, r.lang); ok {
				values[r.lang] = v
			}
		}
	}
	return values
}

func isReference(v Value) bool { return v.Type == TypeReference || v.Type == TypeDynamic }

// best returns the value from the configuration that suits a language best.
func (t *Table) best(id uint32, lang string) (Value, bool) {
	var best *resType
	var value Value
	for _, r := range t.types[id>>16] {
		if best != nil && !better(r, best, lang) {
			continue
		}
		if t.left--; t.left < 0 {
			t.err = errVisits
			return Value{}, false
		}
		if e, ok := t.find(r, int(id&0xffff)); ok && !e.bag {
			best, value = r, e.value
		}
	}
	return value, best != nil
}

// better reports whether a suits the language better than b: the language
// itself, then its parent, then the default, then any; within these the less
// special configuration.
func better(a, b *resType, lang string) bool {
	if x, y := suits(a.lang, lang), suits(b.lang, lang); x != y {
		return x > y
	}
	return a.rank < b.rank
}

func suits(have, want string) int {
	switch {
	case have == want:
		return 3
	case have != "" && strings.HasPrefix(want, have+"-"):
		return 2
	case have == "":
		return 1
	default:
		return 0
	}
}
