package inflate

import (
	"math/bits"
	"sync"
)

// A table entry says what the next bits mean:
//
//	bits 0–5    how many bits it takes, extra bits included
//	bits 8–11   how many of them are the code; of a pointer, the bits of its index
//	bits 13–15  blockEnds, pointer, special
//	bits 16–30  the value: a literal, the least length or distance, or the index in
//	            the table that a pointer adds to
//	bits 25–29  of a length, a mask for the extra bits
//	bit 31      literal
//
// The first 1<<root entries of a table are found by the next root bits. Longer codes
// have a pointer there, and are found by the bits behind these.
const (
	consumed   = 1<<6 - 1
	codeShift  = 8
	codeMask   = 1<<4 - 1
	blockEnds  = 1 << 13
	pointer    = 1 << 14 // always with special
	special    = 1 << 15 // no literal, length or distance
	valueShift = 16
	lengthMask = 1<<9 - 1
	extraShift = 25
	literal    = 1 << 31
)

// The roots are those that proved fastest, the sizes the most that any complete code
// takes with them (zlib's examples/enough.c).
const (
	literalRoot  = 11
	literalSize  = 2342
	distanceRoot = 8
	distanceSize = 402
	lengthsRoot  = 7
	maxLength    = 15
)

// codes are the two codes of a block.
type codes struct {
	literals  [literalSize]uint32
	distances [distanceSize]uint32
}

// code is what the symbols of a code mean, and how it is laid out.
type code struct {
	symbols []uint32
	root    uint
	// sparse allows that there is one code of one bit, or none.
	sparse bool
	// none is the entry where there is no code at all.
	none uint32
}

var (
	literalCode  = code{literalSymbols(), literalRoot, true, special | 1}
	distanceCode = code{distanceSymbols(), distanceRoot, true, special | 1}
	// zlib reads zeros where the code length code is empty, and fails later.
	lengthsCode = code{plainSymbols(len(lengthOrder)), lengthsRoot, false, 1}
)

func plainSymbols(n int) []uint32 {
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32(i) << valueShift
	}
	return out
}

func literalSymbols() []uint32 {
	out := plainSymbols(288)
	for i := range blockEnd {
		out[i] |= literal
	}
	out[blockEnd] = special | blockEnds
	const first, last = 257, 285
	least := uint32(3)
	for i := first; i < last; i++ {
		extra := uint32(max(0, i-first-4) / 4)
		out[i] = least<<valueShift | (1<<extra-1)<<extraShift | extra
		least += 1 << extra
	}
	out[last] = 258 << valueShift
	out[286], out[287] = special, special
	return out
}

func distanceSymbols() []uint32 {
	out := make([]uint32, 32)
	least := uint32(1)
	for i := range maxDistances {
		extra := uint32(max(0, i-2) / 2)
		out[i] = least<<valueShift | extra
		least += 1 << extra
	}
	out[30], out[31] = special, special
	return out
}

// fixed returns the codes of RFC 1951, section 3.2.6.
var fixed = sync.OnceValue(func() *codes {
	var c codes
	var b builder
	var lengths [288]uint8
	for i := range lengths {
		switch {
		case i < 144, i >= 280:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		default:
			lengths[i] = 7
		}
	}
	b.build(c.literals[:], lengths[:], &literalCode)
	for i := range 32 {
		lengths[i] = 5
	}
	b.build(c.distances[:], lengths[:32], &distanceCode)
	return &c
})

// builder is the memory that making tables takes.
type builder struct {
	lengths [maxLiterals + maxDistances]uint8
	table   [1 << lengthsRoot]uint32 // of the code length code
	count   [maxLength + 1]int       // of codes, by their length
	sorted  [288]uint16              // symbols by length, then by value
}

// build fills the table for a code that is given by the lengths of its symbols. It
// is false for a code with more symbols than its lengths can tell apart, and for one
// with fewer unless it is sparse.
func (b *builder) build(table []uint32, lengths []uint8, c *code) bool {
	b.count = [maxLength + 1]int{}
	for _, n := range lengths {
		b.count[n&maxLength]++
	}
	b.count[0] = 0
	left, used := 1, 0
	var next [maxLength + 1]int
	for n := 1; n <= maxLength; n++ {
		next[n] = used
		used += b.count[n]
		if left = left<<1 - b.count[n]; left < 0 {
			return false
		}
	}
	for symbol, n := range lengths {
		if n != 0 {
			b.sorted[next[n&maxLength]] = uint16(symbol)
			next[n&maxLength]++
		}
	}
	switch {
	case left == 0:
		b.fill(table, c)
	case used == 0:
		fillWith(table[:1<<c.root], c.none, c.none)
	case c.sparse && used == 1 && b.count[1] == 1:
		fillWith(table[:1<<c.root], entryOf(c.symbols[b.sorted[0]], 1), special|1)
	default:
		return false
	}
	return true
}

func fillWith(table []uint32, even, odd uint32) {
	for i := 0; i < len(table); i += 2 {
		table[i], table[i+1] = even, odd
	}
}

// entryOf completes what a symbol means by the length of its code.
func entryOf(symbol uint32, n uint) uint32 {
	if symbol&(literal|special) != 0 {
		return symbol + uint32(n)
	}
	return symbol + uint32(n)<<codeShift + uint32(n)
}

// following returns the code after one of n bits; ok is false after the last. Codes
// stand with their first bit lowest, so a carry goes down.
func following(code uint32, n uint) (next uint32, ok bool) {
	zeros := code ^ (1<<n - 1)
	if zeros == 0 {
		return 0, false
	}
	bit := uint32(1) << (bits.Len32(zeros) - 1)
	return code&(bit-1) | bit, true
}

// fill lays a complete code out. The table of codes up to n bits is doubled to that
// of n+1, and what is longer comes behind.
func (b *builder) fill(table []uint32, c *code) {
	at, size, ok := uint32(0), 1, true
	next := 0
	for n := uint(1); n <= c.root; n++ {
		copy(table[size:2*size], table[:size])
		size *= 2
		for range b.count[n] {
			table[at] = entryOf(c.symbols[b.sorted[next]], n)
			next++
			at, ok = following(at, n)
		}
	}
	if ok {
		b.fillLong(table, c, at, next)
	}
}

// fillLong lays out the codes beyond the root, from the next of the symbols on. Each
// group with the same first bits has its part of the table, as wide as its longest.
func (b *builder) fillLong(table []uint32, c *code, at uint32, next int) {
	const none = ^uint32(0)
	mask, prefix := uint32(1)<<c.root-1, none
	start, end := 0, 1<<c.root
	for n, ok := c.root+1, true; ok; n++ {
		for left := b.count[n]; left > 0; left-- {
			if at&mask != prefix {
				width := b.width(c.root, n, left)
				prefix, start, end = at&mask, end, end+1<<width
				table[prefix] = special | pointer |
					uint32(start)<<valueShift | uint32(width)<<codeShift
			}
			e := entryOf(c.symbols[b.sorted[next]], n)
			for i := start + int(at>>c.root); i < end; i += 1 << (n - c.root) {
				table[i] = e
			}
			next++
			at, ok = following(at, n)
		}
	}
}

// width returns how many bits tell the codes of a group apart whose first has n bits,
// where left codes of that length are still to come.
func (b *builder) width(root, n uint, left int) uint {
	for left < 1<<(n-root) {
		n++
		left = left<<1 + b.count[n]
	}
	return n - root
}
