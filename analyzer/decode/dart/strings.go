package dart

import (
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// Strings yields the strings of all snapshots in their order until yield returns
// false. Those of one or two characters may be chance.
func (f *File) Strings(yield func(String) bool) {
	for _, s := range f.Snapshots {
		found, more := f.imaged(s.image, yield)
		if !found {
			more = f.clustered(s.clusters, yield)
		}
		if !more {
			return
		}
	}
}

// What follows without a gap is taken for strings if there are so many, if half of
// them are ASCII, as the names of every program are, and if these have so many
// characters together. Numbers of objects are read as characters of all scripts.
const (
	seenStrings      = 24 // how many are looked at
	fewestStrings    = 6
	fewestCharacters = 32
)

// maxString bounds one string, in characters.
const maxString = 1 << 20

// clustered yields the strings of clusters.
func (f *File) clustered(s span, yield func(String) bool) bool {
	t := newText(f.data[:s.to])
	for at := s.from; at < s.to; {
		if !t.chain(at) {
			at++
			continue
		}
		for at < s.to {
			str, after := t.counted(at)
			if after < 0 {
				break
			}
			if !yield(str.String(f.data)) {
				return false
			}
			at = after
		}
	}
	return true
}

// chain reports whether the strings that follow each other from a place on are taken
// for such, by the first of them.
func (t *text) chain(at int) bool {
	count, plain, characters := 0, 0, 0
	for range seenStrings {
		p, after := t.counted(at)
		if after < 0 {
			break
		}
		at = after
		count++
		if p.size > 1 && !p.wide && isASCII(t.data[p.at:p.at+p.size]) {
			plain++
			characters += p.size
		}
	}
	return count >= fewestStrings && 2*plain >= count && characters >= fewestCharacters
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// place is where a string lies.
type place struct {
	at, size int // size in characters
	wide     bool
}

// String decodes the characters.
func (p place) String(data []byte) String {
	s := String{At: p.at}
	if p.wide {
		units := make([]uint16, p.size)
		for i := range units {
			units[i] = binary.LittleEndian.Uint16(data[p.at+2*i:])
		}
		s.Text = string(utf16.Decode(units))
		return s
	}
	if text := data[p.at : p.at+p.size]; isASCII(text) {
		s.Text = string(text)
	} else {
		s.Text = latin(text)
	}
	return s
}

func latin(b []byte) string {
	out := make([]rune, len(b))
	for i, c := range b {
		out[i] = rune(c)
	}
	return string(out)
}

// counted reads a string with its length before it, at a place; after is negative
// where none is.
func (t *text) counted(at int) (p place, after int) {
	// Seven bits a byte, the lowest first; the last one has the eighth bit set.
	encoded, shift := 0, 0
	for ; at < len(t.data) && t.data[at] < 0x80 && shift < 21; at++ {
		encoded |= int(t.data[at]) << shift
		shift += 7
	}
	if at >= len(t.data) || t.data[at] < 0x80 {
		return place{}, -1
	}
	encoded |= int(t.data[at]-0x80) << shift
	p = place{at: at + 1, size: encoded >> 1, wide: encoded&1 != 0}
	if !t.holds(p) {
		return place{}, -1
	}
	if p.wide {
		return p, p.at + 2*p.size
	}
	return p, p.at + p.size
}

// holds reports whether characters that can be read lie there.
func (t *text) holds(p place) bool {
	if p.size > maxString {
		return false
	}
	if p.wide {
		return p.size > 0 && p.at+2*p.size <= len(t.data) && t.wideEnd(p.at) >= p.at+2*p.size
	}
	return p.at+p.size <= len(t.data) && t.narrowEnd(p.at) >= p.at+p.size
}

// text knows where runs of characters end. It keeps for each block of bytes where the
// next byte or unit is that is none, so that every question costs one block at most,
// in whatever order they are asked.
type text struct {
	data   []byte
	narrow []int32    // by block: the first byte from its beginning on that is no character
	wide   [2][]int32 // likewise for units at even and at odd places
}

// blockSize is the length of a block in bytes; it is even.
const blockSize = 64

func newText(data []byte) *text {
	t := &text{data: data}
	blocks := len(data)/blockSize + 2
	end := int32(len(data))
	t.narrow = slices.Repeat([]int32{end}, blocks)
	t.wide = [2][]int32{slices.Clone(t.narrow), slices.Clone(t.narrow)}
	for b := len(data) / blockSize; b >= 0; b-- {
		from := b * blockSize
		t.narrow[b] = int32(t.narrowIn(from, t.narrow[b+1]))
		for odd := range t.wide {
			t.wide[odd][b] = int32(t.wideIn(from+odd, t.wide[odd][b+1]))
		}
	}
	return t
}

// narrowIn looks for the end in one block from a place on; next is where it is behind
// the block.
func (t *text) narrowIn(at int, next int32) int {
	last := min(len(t.data), (at/blockSize+1)*blockSize)
	for ; at < last; at++ {
		if !narrow[t.data[at]] {
			return at
		}
	}
	return int(next)
}

func (t *text) wideIn(at int, next int32) int {
	last := min(len(t.data)-1, (at/blockSize+1)*blockSize)
	for ; at < last; at += 2 {
		if !isUnit(binary.LittleEndian.Uint16(t.data[at:])) {
			return at
		}
	}
	return int(next)
}

// narrowEnd returns where the run of Latin-1 characters ends that begins at a place.
func (t *text) narrowEnd(at int) int { return t.narrowIn(at, t.narrow[at/blockSize+1]) }

// wideEnd is narrowEnd for UTF-16.
func (t *text) wideEnd(at int) int { return t.wideIn(at, t.wide[at&1][at/blockSize+1]) }

// narrow are the bytes that are characters.
var narrow = func() (t [256]bool) {
	for c := range 256 {
		t[c] = c >= ' ' && c < 0x7f || c >= 0xa0 || c == '\n' || c == '\t' || c == '\r'
	}
	return t
}()

// isUnit reports a code unit of text; lone surrogates are not told apart.
func isUnit(u uint16) bool {
	return u >= ' ' && (u < 0x7f || u >= 0xa0) && (u < 0xe000 || u >= 0xf900) && u < 0xfffe ||
		u == '\n' || u == '\t' || u == '\r'
}
