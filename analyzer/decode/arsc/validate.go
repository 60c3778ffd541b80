package arsc

import (
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/reschunk"
)

// Validate walks a whole table and returns nil where every size, count, offset
// and index in it holds, and where all entries are plain: no sparse types, no
// 16-bit offsets, no compact entries. A library that trusts its input reads such
// a table in time and memory in proportion to its size. An error wraps a
// *budget.FormatError.
func Validate(data []byte) error {
	outer, err := reschunk.ChunkAt(data, 0, len(data))
	if err != nil {
		return err
	}
	if outer.Kind != chunkTable || outer.Head != 12 || outer.Size != len(data) {
		return budget.Malformed("resource table", 0, "type 0x%04x, header %d, size %d of %d",
			outer.Kind, outer.Head, outer.Size, len(data))
	}
	v := validator{data: data}
	if err := v.each(outer.Head, outer.End(), v.top); err != nil {
		return err
	}
	if v.strings == nil || v.packages != le.Uint32(data[8:]) {
		return budget.Malformed("resource table", 0, "no string pool, or not the packages declared")
	}
	return nil
}

type validator struct {
	data     []byte
	strings  *reschunk.Pool
	packages uint32
}

func (v *validator) each(off, end int, check func(reschunk.Chunk) error) error {
	for off < end {
		c, err := reschunk.ChunkAt(v.data, off, end)
		if err != nil {
			return err
		}
		if err := check(c); err != nil {
			return err
		}
		off = c.End()
	}
	return nil
}

func (v *validator) top(c reschunk.Chunk) (err error) {
	switch {
	case c.Kind == reschunk.PoolKind && v.strings == nil:
		v.strings, err = reschunk.CheckPool(v.data, c)
		return err
	case c.Kind == chunkPackage && v.strings != nil:
		return v.onePackage(c)
	default:
		return budget.Malformed("resource table", int64(c.Off), "type 0x%04x out of place", c.Kind)
	}
}

func (v *validator) onePackage(c reschunk.Chunk) error {
	if c.Head < 284 || le.Uint32(v.data[c.Off+8:]) > 0xff {
		return budget.Malformed("package", int64(c.Off), "header %d, or a false id", c.Head)
	}
	v.packages++
	for _, at := range []int{268, 276} { // the pools of type names and of keys
		off := int(le.Uint32(v.data[c.Off+at:]))
		if off < c.Head || off >= c.Size {
			return budget.Malformed("package", int64(c.Off), "pool at %d of %d bytes", off, c.Size)
		}
		names, err := reschunk.ChunkAt(v.data, c.Off+off, c.End())
		if err != nil {
			return err
		}
		if names.Kind != reschunk.PoolKind {
			return budget.Malformed("package", int64(names.Off), "no string pool")
		}
		if _, err := reschunk.CheckPool(v.data, names); err != nil {
			return err
		}
	}
	return v.each(c.Off+c.Head, c.End(), func(c reschunk.Chunk) error {
		switch c.Kind {
		case chunkSpec:
			return v.spec(c)
		case chunkType:
			return v.oneType(c)
		case reschunk.PoolKind, chunkLibrary:
			return nil
		default:
			return budget.Malformed("package", int64(c.Off), "chunk of unknown type 0x%04x", c.Kind)
		}
	})
}

func (v *validator) spec(c reschunk.Chunk) error {
	if c.Head < 16 {
		return budget.Malformed("type spec", int64(c.Off), "header of %d bytes", c.Head)
	}
	if n := int64(le.Uint32(v.data[c.Off+12:])); n > int64(c.Size-c.Head)/4 {
		return budget.Malformed("type spec", int64(c.Off), "%d entries in %d bytes", n, c.Size)
	}
	return nil
}

func (v *validator) oneType(c reschunk.Chunk) error {
	bad := func(format string, args ...any) error {
		return budget.Malformed("type", int64(c.Off), format, args...)
	}
	if c.Head < 24 {
		return bad("header of %d bytes", c.Head)
	}
	h := v.data[c.Off:]
	count, start := int64(le.Uint32(h[12:])), int64(le.Uint32(h[16:]))
	switch {
	case h[8] == 0 || h[9] != 0:
		return bad("id %d, flags 0x%x", h[8], h[9])
	case count > int64(c.Size-c.Head)/4:
		return bad("%d entries in %d bytes", count, c.Size)
	case start < int64(c.Head)+4*count || start > int64(c.Size) || start&3 != 0:
		return bad("entries start at %d of %d bytes", start, c.Size)
	}
	for i := range int(count) {
		rel := int64(le.Uint32(h[c.Head+4*i:]))
		if rel == 0xffffffff {
			continue
		}
		if rel&3 != 0 || rel+16 > int64(c.Size)-start {
			return bad("entry %d at %d of %d bytes", i, rel, c.Size)
		}
		if err := v.entry(c.Off+int(start+rel), c.End()); err != nil {
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
		if size != 8 || b[11] == TypeString && int64(le.Uint32(b[12:])) >= int64(v.strings.Count) {
			return budget.Malformed("entry", int64(off), "size %d, or a string out of range", size)
		}
	case size != 16 || int64(le.Uint32(b[12:])) > int64(len(b)-size)/12:
		return budget.Malformed("entry", int64(off), "a bag of %d items", le.Uint32(b[12:]))
	}
	return nil
}
