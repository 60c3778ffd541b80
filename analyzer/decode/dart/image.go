package dart

import "encoding/binary"

// tagged says where an image's strings have their lengths and tags, and the class
// behind so many bits of the tags.
type tagged struct {
	length, tags int // how far before the characters
	shift        int
	class        uint32
}

// layouts are those of runtimes with wide pointers and with narrow ones, where the
// hash and the length have changed places, and of two ages of the tags.
var layouts = []tagged{
	{length: 8, tags: 16, shift: 12}, {length: 8, tags: 16, shift: 16},
	{length: 4, tags: 12, shift: 12}, {length: 4, tags: 12, shift: 16},
	{length: 8, tags: 12, shift: 12}, {length: 8, tags: 12, shift: 16},
}

// longEnough is the length from which a run of characters behind its own doubled
// length is a string and no chance.
const longEnough = 16

// fewestAlike is how many strings it takes to know their tags, maxVotes how many
// different ones are counted.
const (
	fewestAlike = 4
	maxVotes    = 1 << 14
)

// imaged yields the strings of an image; found is false where it has none.
func (f *File) imaged(s span, yield func(String) bool) (found, more bool) {
	t := newText(f.data[:s.to])
	layout, found := f.layout(s, t)
	if !found {
		return false, true
	}
	for at := (s.from + 19) &^ 3; at < s.to; at += 4 {
		p, ok := f.sized(at, layout.length)
		if !ok {
			continue
		}
		class := binary.LittleEndian.Uint32(f.data[at-layout.tags:]) >> layout.shift
		p.wide = class == layout.class+1
		if class != layout.class && !p.wide || !t.holds(p) {
			continue
		}
		if !yield(p.String(f.data)) {
			return true, false
		}
	}
	return true, true
}

// sized reads the doubled length of the string whose characters lie at a place.
func (f *File) sized(at, back int) (place, bool) {
	size := binary.LittleEndian.Uint32(f.data[at-back:])
	return place{at: at, size: int(size >> 1)}, size&1 == 0 && size > 0 && size < 2*maxString
}

// layout finds out how strings lie, by those that are narrow and long.
func (f *File) layout(s span, t *text) (best tagged, ok bool) {
	votes, most := map[tagged]int{}, 0
	for at := (s.from + 19) &^ 3; at < s.to; at += 4 {
		for _, l := range layouts {
			p, ok := f.sized(at, l.length)
			if !ok || p.size < longEnough || !t.holds(p) {
				continue
			}
			l.class = binary.LittleEndian.Uint32(f.data[at-l.tags:]) >> l.shift
			if l.class == 0 || len(votes) >= maxVotes && votes[l] == 0 {
				continue
			}
			if votes[l]++; votes[l] > most {
				best, most = l, votes[l]
			}
		}
	}
	return best, most >= fewestAlike
}
