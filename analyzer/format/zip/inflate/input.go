package inflate

import (
	"encoding/binary"
	"io"
)

const (
	// minBlock is the least that is read at a time: it must hold what a symbol needs.
	minBlock  = 512
	pieceSize = 64 << 10
	// emptyReads is how often a source may give nothing without an error.
	emptyReads = 100
)

var order = binary.LittleEndian

// input is a window over the compressed bytes, and the bits taken out of it.
type input struct {
	src    io.Reader
	block  int
	buffer []byte
	in     []byte // what buffer holds
	pos    int    // the first byte that is not in bits
	before int64  // bytes of the stream before in
	failed error  // of src, io.EOF included
	// bits has the next n bits of the stream, the first lowest. Above them may be
	// more of the stream, or nothing.
	bits uint64
	n    uint64
}

// fill loads bits until there are 56 at the least, or all that are left.
func (i *input) fill() {
	if len(i.in)-i.pos >= 8 {
		i.pos, i.bits, i.n = load(i.in, i.pos, i.bits, i.n)
		return
	}
	i.bits &= 1<<i.n - 1
	for i.n < 56 && (i.pos < len(i.in) || i.more()) {
		i.bits |= uint64(i.in[i.pos]) << i.n
		i.pos++
		i.n += 8
	}
}

// load fills up the n bits from the eight bytes at pos. Only the last six bits of n
// are looked at; the n that it returns has more, where that one had. The bits above
// n are those of the byte at the new pos, which the next load sets once more.
func load(in []byte, pos int, bits, n uint64) (int, uint64, uint64) {
	bits |= order.Uint64(in[pos:pos+8:pos+8]) << (n & 63)
	return pos + int((63-n)>>3&7), bits, n | 56
}

// more drops what was used and reads a block behind what was not. It reports whether
// there is anything new.
func (i *input) more() bool {
	if i.failed != nil {
		return false
	}
	if i.buffer == nil {
		i.buffer = make([]byte, i.block)
	}
	i.before += int64(i.pos)
	kept := copy(i.buffer, i.in[i.pos:])
	i.pos = 0
	for range emptyReads {
		n, err := i.src.Read(i.buffer[kept:])
		i.in, i.failed = i.buffer[:kept+n], err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	i.failed = io.ErrNoProgress
	return false
}

// take returns the next n bits, 32 at the most; false where they are not there.
func (i *input) take(n uint64) (int, bool) {
	if i.n < n {
		if i.fill(); i.n < n {
			return 0, false
		}
	}
	v := i.bits & (1<<n - 1)
	i.drop(n)
	return int(v), true
}

func (i *input) drop(n uint64) {
	i.bits >>= n
	i.n -= n
}

// offset is the byte of the stream that has the next bit.
func (i *input) offset() int64 {
	return i.before + int64(i.pos) - int64(i.n+7)/8
}
