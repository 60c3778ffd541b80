package arsc

import (
	"github.com/listgate/listgate/analyzer/budget"
)

// Validate walks a whole table and returns nil where every size, count, offset
// and index in it holds, and where all entries are plain: no sparse types, no
// 16-bit offsets, no compact entries. A library that trusts its input reads such
// a table in time and memory in proportion to its size. An error wraps a
// *budget.FormatError.
func Validate(data []byte) error {
	outer, err := chunkAt(data, 0, len(data))
	if err != nil {
		return err
	}
	if outer.kind != chunkTable || outer.head != 12 || outer.size != len(data) {
		return budget.Malformed("resource table", 0, "type 0x%04x, header %d, size %d of %d",
			outer.kind, outer.head, outer.size, len(data))
	}
	v := validator{data: data}
	if err := v.each(outer.head, outer.end(), v.top); err != nil {
		return err
	}
	if v.strings == nil || v.packages != le.Uint32(data[8:]) {
		return budget.Malformed("resource table", 0, "no string pool, or not the packages declared")
	}
	return nil
}

type validator struct {
	data     []byte
	strings  *pool
	packages uint32
}

func (v *validator) each(off, end int, check func(chunk) error) error {
	for off < end {
		c, err := chunkAt(v.data, off, end)
		if err != nil {
			return err
		}
		if err := check(c); err != nil {
			return err
		}
		off = c.end()
	}
	return nil
}

func (v *validator) top(c chunk) (err error) {
	switch {
	case c.kind == chunkPool && v.strings == nil:
		v.strings, err = checkPool(v.data, c)
		return err
	case c.kind == chunkPackage && v.strings != nil:
		return v.onePackage(c)
	default:
		return budget.Malformed("resource table", int64(c.off), "type 0x%04x out of place", c.kind)
	}
}

func (v *validator) onePackage(c chunk) error {
	if c.head < 284 || le.Uint32(v.data[c.off+8:]) > 0xff {
		return budget.Malformed("package", int64(c.off), "header %d, or a false id", c.head)
	}
	v.packages++
	for _, at := range []int{268, 276} { // the pools of type names and of keys
		off := int(le.Uint32(v.data[c.off+at:]))
		if off < c.head || off >= c.size {
			return budget.Malformed("package", int64(c.off), "pool at %d of %d bytes", off, c.size)
		}
		names, err := chunkAt(v.data, c.off+off, c.end())
		if err != nil {
			return err
		}
		if names.kind != chunkPool {
			return budget.Malformed("package", int64(names.off), "no string pool")
		}
		if _, err := checkPool(v.data, names); err != nil {
			return err
		}
	}
	return v.each(c.off+c.head, c.end(), func(c chunk) error {
		switch c.kind {
		case chunkSpec:
			return v.spec(c)
		case chunkType:
			return v.oneType(c)
		case chunkPool, chunkLibrary:
			return nil
		default:
			return budget.Malformed("package", int64(c.off), "chunk of unknown type 0x%04x", c.kind)
		}
	})
}

func (v *validator) spec(c chunk) error {
	if c.head < 16 {
		return budget.Malformed("type spec", int64(c.off), "header of %d bytes", c.head)
	}
	if n := int64(le.Uint32(v.data[c.off+12:])); n > int64(c.size-c.head)/4 {
		return budget.Malformed("type spec", int64(c.off), "%d entries in %d bytes", n, c.size)
	}
	return nil
}

func (v *validator) oneType(c chunk) error {
	bad := func(format string, args ...any) error {
		return budget.Malformed("type", int64(c.off), format, args...)
	}
	if c.head < 24 {
		return bad("header of %d bytes", c.head)
	}
	h := v.data[c.off:]
	count, start := int64(le.Uint32(h[12:])), int64(le.Uint32(h[16:]))
	switch {
	case h[8] == 0 || h[9] != 0:
		return bad("id %d, flags 0x%x", h[8], h[9])
	case count > int64(c.size-c.head)/4:
		return bad("%d entries in %d bytes", count, c.size)
	case start < int64(c.head)+4*count || start > int64(c.size) || start&3 != 0:
		return bad("entries start at %d of %d bytes", start, c.size)
	}
	for i := range int(count) {
		rel := int64(le.Uint32(h[c.head+4*i:]))
		if rel == 0xffffffff {
			continue
		}
		if rel&3 != 0 || rel+16 > int64(c.size)-start {
			return bad("entry %d at %d of %d bytes", i, rel, c.size)
		}
		if err := v.entry(c.off+int(start+rel), c.end()); err != nil {
			return err
		}
	}
	return nil
}

// entry checks one entry that has 16 bytes of room at least.
func (v *validator) entry(off, end int) error {
	b := v.data[off:end]
	size, flags := int(le.Uint16(b)), le.Uint16(b[2:])
	switch {
	case flags&entryCompact != 0:
		return budget.Malformed("entry", int64(off), "compact")
	case flags&entryComplex == 0:
		if size != 8 || b[11] == TypeString && int64(le.Uint32(b[12:])) >= int64(v.strings.count) {
			return budget.Malformed("entry", int64(off), "size %d, or a string out of range", size)
		}
	case size != 16 || int64(le.Uint32(b[12:])) > int64(len(b)-size)/12:
		return budget.Malformed("entry", int64(off), "a bag of %d items", le.Uint32(b[12:]))
	}
	return nil
}
