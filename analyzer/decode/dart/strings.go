package dart

import (
	"encoding/binary"
	"unicode/utf16"
)

// Strings yields the strings of all snapshots in their order until yield returns
// false. Those of one or two characters may be chance.
func (f *File) Strings(yield func(String) bool) {
	for _, s := range f.Snapshots {
		if s.clusters.from < s.clusters.to && !f.clustered(s.clusters, yield) {
			return
		}
		if !f.imaged(s.image, yield) {
			return
		}
	}
}

// What follows without a gap is taken for strings if there are so many, of so many
// characters together.
const (
	fewestStrings    = 4
	fewestCharacters = 32
)

// maxString bounds one string, in characters.
const maxString = 1 << 20

// clustered yields the strings of clusters.
func (f *File) clustered(s span, yield func(String) bool) bool {
	t := newText(f.data[:s.to])
	for at := s.from; at < s.to; {
		end, count, characters := at, 0, 0
		for {
			str, after := t.counted(end)
			if after < 0 {
				break
			}
			end, count, characters = after, count+1, characters+str.size
		}
		if count < fewestStrings || characters < fewestCharacters {
			at++
			continue
		}
		for at < end {
			str, after := t.counted(at)
			if !yield(str.String(f.data)) {
				return false
			}
			at = after
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
	for _, c := range data[p.at : p.at+p.size] {
		if c >= 0x80 {
			s.Text = latin(data[p.at : p.at+p.size])
			return s
		}
	}
	s.Text = string(data[p.at : p.at+p.size])
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

// text knows where runs of characters end; each byte is looked at once for each width
// and alignment, however often it is asked for.
type text struct {
	data   []byte
	narrow run
	wide   [2]run
}

// run is a range that holds characters only, and no character at its end.
type run struct{ from, to int }

func newText(data []byte) *text {
	none := run{-1, -1}
	return &text{data: data, narrow: none, wide: [2]run{none, none}}
}

// narrowEnd returns where the run of Latin-1 characters ends that begins at a place.
func (t *text) narrowEnd(at int) int {
	if r := t.narrow; at >= r.from && at < r.to {
		return r.to
	}
	end := at
	for end < len(t.data) && narrow[t.data[end]] {
		end++
	}
	t.narrow = run{at, end}
	return end
}

// narrow are the bytes that are characters.
var narrow = func() (t [256]bool) {
	for c := range 256 {
		t[c] = c >= ' ' && c < 0x7f || c >= 0xa0 || c == '\n' || c == '\t' || c == '\r'
	}
	return t
}()

// wideEnd is narrowEnd for UTF-16.
func (t *text) wideEnd(at int) int {
	known := &t.wide[at&1]
	if at >= known.from && at < known.to {
		return known.to
	}
	end := at
	for end+1 < len(t.data) && isUnit(binary.LittleEndian.Uint16(t.data[end:])) {
		end += 2
	}
	*known = run{at, end}
	return end
}

// isUnit reports a code unit of text; lone surrogates are not told apart.
func isUnit(u uint16) bool {
	return u >= ' ' && (u < 0x7f || u >= 0xa0) && (u < 0xe000 || u >= 0xf900) && u < 0xfffe ||
		u == '\n' || u == '\t' || u == '\r'
}
