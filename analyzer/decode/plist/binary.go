package plist

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"

	"github.com/listgate/listgate/analyzer/budget"
)

// Markers, the high nibble of an object's first byte.
const (
	markSingle  = 0x0 // null, false, true, fill
	markInt     = 0x1
	markReal    = 0x2
	markDate    = 0x3
	markData    = 0x4
	markASCII   = 0x5
	markUTF16   = 0x6
	markUID     = 0x8
	markArray   = 0xa
	markDict    = 0xd
	trailerSize = 32
	headerSize  = 8
)

// cost is what an object and all below it become once every reference is a copy.
type cost struct {
	nodes, memory int64
	height        int
}

// binaryWalk visits each reachable object of a binary list once.
type binaryWalk struct {
	data             []byte
	table            uint64 // place of the offset table, which ends the objects
	count, top       uint64
	offSize, refSize int
	open             []bool // on the path from the root: a reference to it is a cycle
	costs            []cost // zero height: not visited
	references       int64
}

func decodeBinary(data []byte, b *budget.Budget) (*List, error) {
	w, err := newBinaryWalk(data, b)
	if err != nil {
		return nil, err
	}
	total, err := w.object(w.top, 1)
	if err != nil {
		return nil, err
	}
	l := &List{Form: Binary, keys: map[string]int64{}}
	if err := w.topKeys(l); err != nil {
		return nil, err
	}
	if err := b.Take(total.memory + int64(len(data))); err != nil {
		return nil, err
	}
	if data[7] != '0' && data[7] != '1' {
		// A device looks at the first seven bytes only.
		l.odd("unknown version of the binary form")
		data = bytes.Clone(data)
		data[7] = '0'
	}
	l.Root, err = unmarshal(data, "binary plist")
	return l, err
}

// newBinaryWalk checks header, trailer and offset table as CoreFoundation does.
func newBinaryWalk(data []byte, b *budget.Budget) (*binaryWalk, error) {
	const part = "binary plist trailer"
	at := int64(len(data)) - trailerSize
	if at < headerSize+2 {
		return nil, budget.Malformed("binary plist", -1, "%d bytes are too few", len(data))
	}
	if data[6] != '0' {
		return nil, budget.Malformed("binary plist", 6, "version %q", data[6:8])
	}
	t := data[at:]
	w := &binaryWalk{
		data: data, offSize: int(t[6]), refSize: int(t[7]),
		count: binary.BigEndian.Uint64(t[8:]), top: binary.BigEndian.Uint64(t[16:]),
		table: binary.BigEndian.Uint64(t[24:]),
	}
	if w.offSize < 1 || w.offSize > 8 || w.refSize < 1 || w.refSize > 8 {
		return nil, budget.Malformed(part, at+6, "offsets of %d and references of %d bytes",
			w.offSize, w.refSize)
	}
	if w.count == 0 || w.count > maxObjects || w.top >= w.count {
		return nil, budget.Malformed(part, at+8, "root %d of %d objects", w.top, w.count)
	}
	if w.table <= headerSize || w.table+w.count*uint64(w.offSize) != uint64(at) ||
		w.table >= uint64(at) {
		return nil, budget.Malformed(part, at+24, "an offset table at 0x%x of %d entries",
			w.table, w.count)
	}
	if err := b.Take(int64(w.count) * 32); err != nil {
		return nil, err
	}
	w.open, w.costs = make([]bool, w.count), make([]cost, w.count)
	for i := range w.count {
		if off := w.offset(i); off < headerSize || off >= w.table {
			return nil, budget.Malformed("binary plist offset table", int64(w.table),
				"object %d at 0x%x", i, off)
		}
	}
	return w, nil
}

func (w *binaryWalk) sized(off uint64, n int) uint64 {
	var v uint64
	for _, c := range w.data[off : off+uint64(n)] {
		v = v<<8 | uint64(c)
	}
	return v
}

func (w *binaryWalk) offset(i uint64) uint64 {
	return w.sized(w.table+i*uint64(w.offSize), w.offSize)
}

// object returns the cost of object i. Its depth is that of the path by which it
// was first reached; height covers the other paths.
func (w *binaryWalk) object(i uint64, depth int) (cost, error) {
	off := w.offset(i)
	switch {
	case depth > maxDepth:
		return cost{}, budget.Malformed("binary plist", int64(off), "nested deeper than %d",
			maxDepth)
	case w.open[i]:
		return cost{}, budget.Malformed("binary plist", int64(off), "object %d contains itself", i)
	case w.costs[i].height > 0:
		return w.costs[i], nil
	}
	c, err := w.measure(i, off, depth)
	if err != nil {
		return cost{}, err
	}
	w.costs[i] = c
	return c, nil
}

// measure checks the object at off, which is inside the object area.
func (w *binaryWalk) measure(i, off uint64, depth int) (cost, error) {
	mark, low := w.data[off]>>4, uint64(w.data[off]&0xf)
	fixed := func(n uint64) (cost, error) {
		if n > 16 || n > w.table-off-1 {
			return cost{}, budget.Malformed("binary plist object", int64(off),
				"a number of %d bytes", n)
		}
		return cost{nodes: 1, memory: 48, height: 1}, nil
	}
	switch mark {
	case markSingle:
		if low != 8 && low != 9 {
			return cost{}, budget.Malformed("binary plist object", int64(off), "marker 0x%02x",
				w.data[off])
		}
		return fixed(0)
	case markInt:
		return fixed(1 << low)
	case markReal:
		if low != 2 && low != 3 {
			return cost{}, budget.Malformed("binary plist object", int64(off),
				"a real of 2^%d bytes", low)
		}
		return fixed(1 << low)
	case markDate:
		return fixed(8)
	case markUID:
		return fixed(low + 1)
	case markData, markASCII, markUTF16:
		return w.run(off)
	case markArray, markDict:
		return w.container(i, off, depth)
	default:
		return cost{}, budget.Malformed("binary plist object", int64(off), "marker 0x%02x",
			w.data[off])
	}
}

// counted returns the element count of the object at off and where its elements
// begin; size bytes for each lie inside the object area.
func (w *binaryWalk) counted(off, size uint64) (n, start uint64, err error) {
	n, start = uint64(w.data[off]&0xf), off+1
	if n == 0xf {
		if start >= w.table || w.data[start]>>4 != markInt || w.data[start]&0xf > 3 {
			return 0, 0, budget.Malformed("binary plist object", int64(off), "no count follows")
		}
		width := 1 << (w.data[start] & 0xf)
		if uint64(width) >= w.table-start {
			return 0, 0, budget.Malformed("binary plist object", int64(off), "no count follows")
		}
		n, start = w.sized(start+1, width), start+1+uint64(width)
	}
	if n > (w.table-start)/size {
		return 0, 0, budget.Malformed("binary plist object", int64(off),
			"%d elements end past the objects", n)
	}
	return n, start, nil
}

// run measures a string or data object.
func (w *binaryWalk) run(off uint64) (cost, error) {
	size, copies := uint64(1), uint64(2)
	if w.data[off]>>4 == markUTF16 {
		size, copies = 2, 9 // code units, runes and UTF-8 side by side
	}
	n, _, err := w.counted(off, size)
	if err != nil {
		return cost{}, err
	}
	return cost{nodes: 1, memory: int64(48 + n*copies), height: 1}, nil
}

// container measures an array, or a dictionary: all keys, then all values.
func (w *binaryWalk) container(i, off uint64, depth int) (cost, error) {
	size, each, isDict := uint64(w.refSize), int64(32), w.data[off]>>4 == markDict
	if isDict {
		size, each = size*2, 128
	}
	n, start, err := w.counted(off, size)
	if err != nil {
		return cost{}, err
	}
	sum := cost{nodes: 1, memory: 64 + int64(n)*each}
	w.open[i] = true
	refs := n * size / uint64(w.refSize)
	for k := range refs {
		ref := w.sized(start+k*uint64(w.refSize), w.refSize)
		if ref >= w.count {
			return cost{}, budget.Malformed("binary plist object", int64(off),
				"reference to object %d of %d", ref, w.count)
		}
		if isDict && k < n && !w.isString(ref) {
			return cost{}, budget.Malformed("binary plist object", int64(off),
				"key %d is no string", k)
		}
		below, err := w.object(ref, depth+1)
		if err != nil {
			return cost{}, err
		}
		sum.add(below)
		w.references++
		if sum.nodes > maxObjects || sum.memory > maxMemory || w.references > maxObjects {
			return cost{}, budget.Malformed("binary plist", int64(off),
				"expands past %d objects or %d bytes", maxObjects, maxMemory)
		}
	}
	w.open[i] = false
	sum.height++
	if depth+sum.height-1 > maxDepth {
		return cost{}, budget.Malformed("binary plist", int64(off), "nested deeper than %d",
			maxDepth)
	}
	return sum, nil
}

func (c *cost) add(below cost) {
	c.nodes += below.nodes
	c.memory += below.memory
	c.height = max(c.height, below.height)
}

func (w *binaryWalk) isString(i uint64) bool {
	mark := w.data[w.offset(i)] >> 4
	return mark == markASCII || mark == markUTF16
}

// topKeys records where the keys of the root lie.
func (w *binaryWalk) topKeys(l *List) error {
	off := w.offset(w.top)
	if w.data[off]>>4 != markDict {
		return budget.Malformed("binary plist", int64(off), "the root is no dictionary")
	}
	n, start, err := w.counted(off, 2*uint64(w.refSize))
	if err != nil {
		return err
	}
	for k := range n {
		at := w.offset(w.sized(start+k*uint64(w.refSize), w.refSize))
		name, err := w.text(at)
		if err != nil {
			return err
		}
		l.addKey(name, int64(at), 0)
	}
	return nil
}

func (w *binaryWalk) text(off uint64) (string, error) {
	if w.data[off]>>4 == markASCII {
		n, start, err := w.counted(off, 1)
		return string(w.data[start : start+n]), err
	}
	n, start, err := w.counted(off, 2)
	units := make([]uint16, n)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(w.data[start+2*uint64(i):])
	}
	return string(utf16.Decode(units)), err
}
