package arsc

import (
	"errors"

	"github.com/listgate/listgate/analyzer/budget"
)

var errVisits = &budget.FormatError{Part: "resource table", Offset: -1,
	Err: errors.New("entries overlap so often that they exceed the table")}

// Strings yields the texts of the table in file order: values of type string and
// the strings in arrays and plurals. Each string is given once for a language,
// whatever the number of resources that share it. References are not followed:
// what they lead to is itself in the table. Err tells whether the walk was cut
// short.
func (t *Table) Strings(yield func(Text) bool) {
	w := walk{Table: t, seen: map[seenKey]struct{}{}, yield: yield}
	for _, p := range t.packages {
		for _, r := range p.types {
			if r.textual && !w.typeChunk(p, r) {
				return
			}
		}
	}
}

type seenKey struct {
	index uint32
	lang  string
}

type walk struct {
	*Table
	seen  map[seenKey]struct{}
	yield func(Text) bool
}

// typeChunk returns false when the walk is over.
func (w walk) typeChunk(p *resPackage, r *resType) bool {
	for i := range r.count {
		index, off, ok := w.slot(r, i)
		if !ok {
			continue
		}
		e, ok := w.entryAt(r, off)
		if !ok {
			continue
		}
		id := p.id<<24 | uint32(r.id)<<16 | uint32(index)
		if !w.entry(Text{ID: id, Lang: r.lang, Bag: e.bag}, e) {
			return false
		}
	}
	return true
}

func (w walk) entry(text Text, e entry) bool {
	if !e.bag {
		return w.text(text, e.value.Type, e.value.Data)
	}
	for items := e.items; len(items) >= 12; items = items[12:] {
		if !w.text(text, items[7], le.Uint32(items[8:])) {
			return false
		}
	}
	return true
}

func (w walk) text(text Text, kind uint8, index uint32) bool {
	if w.left--; w.left < 0 {
		w.err = errVisits
		return false
	}
	key := seenKey{index, text.Lang}
	if _, seen := w.seen[key]; kind != TypeString || seen {
		return true
	}
	w.seen[key] = struct{}{}
	var ok bool
	if text.Value, text.Offset, ok = w.strings.At(index); !ok {
		return w.strings == nil || w.strings.Err == nil
	}
	return w.yield(text)
}
