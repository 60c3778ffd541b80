package arsc

import "sort"

// The flags of an entry.
const (
	entryComplex = 1
	entryCompact = 8
)

// entry is one entry of a type: a value, or a bag of values.
type entry struct {
	bag   bool
	value Value
	items []byte // of a bag: ResTable_map, 12 bytes each
}

// slot returns the entry index and the offset in the file of the entry in slot i
// of the offset table; ok is false where the slot is empty.
func (t *Table) slot(r *resType, i int) (index, off int, ok bool) {
	at := r.chunk.Off + r.chunk.Head
	switch {
	case r.sparse:
		b := t.data[at+4*i:]
		return int(le.Uint16(b)), r.entries + 4*int(le.Uint16(b[2:])), true
	case r.narrow:
		rel := le.Uint16(t.data[at+2*i:])
		return i, r.entries + 4*int(rel), rel != 0xffff
	default:
		rel := le.Uint32(t.data[at+4*i:])
		return i, r.entries + int(rel), rel != 0xffffffff
	}
}

// find returns the entry of this index in one type chunk.
func (t *Table) find(r *resType, index int) (entry, bool) {
	if !r.sparse {
		if index >= r.count {
			return entry{}, false
		}
		_, off, ok := t.slot(r, index)
		if !ok {
			return entry{}, false
		}
		return t.entryAt(r, off)
	}
	i := sort.Search(r.count, func(i int) bool { // as the device looks for it
		got, _, _ := t.slot(r, i)
		return got >= index
	})
	if i == r.count {
		return entry{}, false
	}
	got, off, _ := t.slot(r, i)
	if got != index {
		return entry{}, false
	}
	return t.entryAt(r, off)
}

// entryAt reads the entry at an offset in the file that must lie in the chunk.
func (t *Table) entryAt(r *resType, off int) (entry, bool) {
	end := r.chunk.End()
	if off < r.entries || off+8 > end {
		return entry{}, false
	}
	b := t.data[off:end]
	size, flags := int(le.Uint16(b)), le.Uint16(b[2:])
	if flags&entryCompact != 0 { // the size field is the key, the type the flags' high byte
		return entry{value: t.value(uint8(flags>>8), le.Uint32(b[4:]))}, true
	}
	if flags&entryComplex == 0 {
		if size < 8 || size+8 > len(b) {
			return entry{}, false
		}
		return entry{value: t.value(b[size+3], le.Uint32(b[size+4:]))}, true
	}
	if size < 16 || size > len(b) {
		return entry{}, false
	}
	count := int64(le.Uint32(b[12:]))
	if count*12 > int64(len(b)-size) {
		return entry{}, false
	}
	return entry{bag: true, items: b[size : size+int(count)*12]}, true
}

func (t *Table) value(kind uint8, data uint32) Value {
	v := Value{Type: kind, Data: data}
	if kind == TypeString {
		v.Str, _, _ = t.strings.At(data)
	}
	return v
}
