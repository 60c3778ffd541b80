// Package reschunk decodes what Android's two compiled resource formats, binary XML
// and resource tables, share: the chunk header and the string pool (AOSP,
// ResourceTypes.h).
package reschunk

import (
	"encoding/binary"
	"errors"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer/budget"
)

// PoolKind is the type of a chunk that is a string pool.
const PoolKind = 0x0001

const flagUTF8 = 1 << 8

var le = binary.LittleEndian

// Chunk is a ResChunkheader that lies inside its parent.
type Chunk struct {
	Kind            uint16
	Off, Head, Size int // bytes; size counts the header
}

// End is the offset behind the chunk.
func (c Chunk) End() int { return c.Off + c.Size }

// ChunkAt reads the header at off of a chunk that must end before end, with the
// conditions of the device's loader: the header has eight bytes, fits into the
// chunk, and both sizes are multiples of four.
func ChunkAt(data []byte, off, end int) (Chunk, error) {
	if off < 0 || end > len(data) || end-off < 8 {
		return Chunk{}, budget.Malformed("chunk", int64(off), "no room for a header")
	}
	b := data[off:end]
	c := Chunk{le.Uint16(b), off, int(le.Uint16(b[2:])), int(le.Uint32(b[4:]))}
	what := ""
	switch {
	case c.Head < 8:
		what = "header too short"
	case c.Size < c.Head:
		what = "size smaller than the header"
	case (c.Head|c.Size)&3 != 0:
		what = "sizes are no multiples of four"
	case c.Size > end-off:
		what = "size ends past its parent"
	default:
		return c, nil
	}
	return c, budget.Malformed("chunk", int64(off), "%s: header %d, size %d", what, c.Head, c.Size)
}

var errOverlap = errors.New("strings overlap so often that they exceed the pool")

// Pool is a ResStringPool whose strings are decoded when they are asked for.
type Pool struct {
	data         []byte
	Chunk        Chunk
	Count        int // strings
	table        int // offset of the string offsets
	start, limit int // bytes of the strings: data[start:limit]
	utf8         bool
	strings      map[uint32]string // by offset into the strings
	left         int               // bytes that may still be decoded
	Err          error             // set when left is used up
	Junk         string            // what a sound pool does not have
}

// NewPool reads the header of a string pool and refuses what the device refuses.
func NewPool(data []byte, c Chunk) (*Pool, error) {
	bad := func(format string, args ...any) error {
		return budget.Malformed("string pool", int64(c.Off), format, args...)
	}
	if c.Head < 28 {
		return nil, bad("header of %d bytes", c.Head)
	}
	h := data[c.Off:c.End()]
	count, styles := int(le.Uint32(h[8:])), int(le.Uint32(h[12:]))
	start, styleStart := int(le.Uint32(h[20:])), int(le.Uint32(h[24:]))
	p := &Pool{data: data, Chunk: c, Count: count, table: c.Off + c.Head,
		utf8: le.Uint32(h[16:])&flagUTF8 != 0, strings: map[uint32]string{}, left: 4*c.Size + 4096}
	if count == 0 {
		return p, nil
	}
	limit := c.Size
	switch {
	case count > (c.Size-c.Head)/4:
		return nil, bad("%d strings do not fit into %d bytes", count, c.Size)
	case start >= c.Size-2:
		return nil, bad("strings start at %d of %d bytes", start, c.Size)
	case styles > 0 && (styleStart <= start || styleStart >= c.Size-2):
		return nil, bad("styles start at %d, strings at %d of %d bytes", styleStart, start, c.Size)
	case styles > 0:
		limit = styleStart
	}
	if !p.utf8 {
		limit -= (limit - start) & 1
	}
	p.start, p.limit = c.Off+start, c.Off+limit
	if limit <= start || data[p.limit-1] != 0 || !p.utf8 && data[p.limit-2] != 0 {
		return nil, bad("the last string is not terminated")
	}
	if want := int64(c.Head) + 4*(int64(count)+int64(styles)); want != int64(start) {
		p.Junk = "strings start elsewhere than their offsets end"
	}
	return p, nil
}

// At returns string i and its offset in the file; ok is false where the device
// would find none.
func (p *Pool) At(i uint32) (s string, off int64, ok bool) {
	if p == nil || int64(i) >= int64(p.Count) {
		return "", 0, false
	}
	rel := le.Uint32(p.data[p.table+4*int(i):])
	if int64(rel) >= int64(p.limit-p.start-1) {
		return "", 0, false
	}
	off = int64(p.start) + int64(rel)
	if s, ok = p.strings[rel]; ok {
		return s, off, true
	}
	raw, ok := p.raw(p.start + int(rel))
	if !ok {
		return "", 0, false
	}
	if p.left -= len(raw); p.left < 0 {
		p.Err = budget.Malformed("string pool", int64(p.Chunk.Off), "%w", errOverlap)
		return "", 0, false
	}
	s = p.decode(raw)
	p.strings[rel] = s
	return s, off, true
}

// raw returns the bytes of the string at off, without its lengths and its zero.
func (p *Pool) raw(off int) ([]byte, bool) {
	if !p.utf8 {
		off -= (off - p.start) & 1
		n, off := lengthUTF16(p.data[:p.limit], off)
		if n < 0 || 2*n > p.limit-off-2 || p.data[off+2*n] != 0 || p.data[off+2*n+1] != 0 {
			return nil, false
		}
		return p.data[off : off+2*n], true
	}
	_, off = lengthUTF8(p.data[:p.limit], off)
	n, off := lengthUTF8(p.data[:p.limit], off)
	if n < 0 {
		return nil, false
	}
	// Old builders cut lengths over 0x7fff down to their low bits.
	for ; n < p.limit-off; n += 0x8000 {
		if p.data[off+n] == 0 {
			return p.data[off : off+n], true
		}
	}
	return nil, false
}

func (p *Pool) decode(raw []byte) string {
	if p.utf8 {
		return decodeUTF8(raw)
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = le.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units))
}

// decodeUTF8 also takes a character beyond the basic plane as two encoded
// surrogates, which is how builders write an emoji and the device reads one.
func decodeUTF8(raw []byte) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	out := make([]byte, 0, len(raw))
	for len(raw) > 0 {
		r, n := utf8.DecodeRune(raw)
		second := raw[min(3, len(raw)):]
		if pair := utf16.DecodeRune(surrogate(raw), surrogate(second)); pair != utf8.RuneError {
			r, n = pair, 6
		}
		out, raw = utf8.AppendRune(out, r), raw[n:]
	}
	return string(out)
}

// surrogate returns the surrogate that b begins with, U+FFFD where it does not.
func surrogate(b []byte) rune {
	if len(b) < 3 || b[0] != 0xed || b[1]&0xe0 != 0xa0 || b[2]&0xc0 != 0x80 {
		return utf8.RuneError
	}
	return 0xd000 | rune(b[1]&0x3f)<<6 | rune(b[2]&0x3f)
}

// lengthUTF8 reads a length of one or two bytes; n is negative past the end.
func lengthUTF8(b []byte, off int) (n, next int) {
	if off+2 > len(b) {
		return -1, off
	}
	if b[off]&0x80 == 0 {
		return int(b[off]), off + 1
	}
	return int(b[off]&0x7f)<<8 | int(b[off+1]), off + 2
}

// lengthUTF16 reads a length of one or two units; n is negative past the end.
func lengthUTF16(b []byte, off int) (n, next int) {
	if off+4 > len(b) {
		return -1, off
	}
	v := int(le.Uint16(b[off:]))
	if v&0x8000 == 0 {
		return v, off + 2
	}
	return (v&0x7fff)<<16 | int(le.Uint16(b[off+2:])), off + 4
}
