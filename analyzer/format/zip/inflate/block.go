package inflate

// Block types of RFC 1951, section 3.2.3.
const (
	typeStored  = 0
	typeFixed   = 1
	typeDynamic = 2
)

// header reads the head of a block.
func (d *Decoder) header() error {
	h, ok := d.take(3)
	if !ok {
		return d.cut()
	}
	d.final = h&1 != 0
	switch h >> 1 {
	case typeStored:
		return d.stored()
	case typeFixed:
		d.codes = fixed()
	case typeDynamic:
		if err := d.dynamic(); err != nil {
			return err
		}
	default:
		return d.broken(errBlockType)
	}
	d.phase = inCodes
	return nil
}

func (d *Decoder) stored() error {
	d.drop(d.n & 7)
	v, ok := d.take(16)
	if !ok {
		return d.cut()
	}
	inverse, ok := d.take(16)
	if !ok {
		return d.cut()
	}
	if v != inverse^0xffff {
		return d.broken(errStored)
	}
	d.phase, d.left = inStored, v
	return nil
}

// copyStored hands out the whole bytes among the bits first.
func (d *Decoder) copyStored() error {
	for d.left > 0 {
		if d.n == 0 && d.pos == len(d.in) && !d.more() {
			return d.cut()
		}
		if d.at == len(d.out) {
			return errFull
		}
		n := 1
		if d.n > 0 {
			d.out[d.at] = byte(d.bits)
			d.drop(8)
		} else {
			n = copy(d.out[d.at:], d.in[d.pos:min(len(d.in), d.pos+d.left)])
			d.pos += n
			d.bits = 0 // above n were bits of the bytes that are copied
		}
		d.at += n
		d.left -= n
	}
	d.phase = betweenBlocks
	return nil
}

const (
	maxLiterals  = 286
	maxDistances = 30
	blockEnd     = 256
)

// dynamic reads the codes of a block.
func (d *Decoder) dynamic() error {
	h, ok := d.take(14)
	if !ok {
		return d.cut()
	}
	literals, distances := h&31+257, h>>5&31+1
	if literals > maxLiterals || distances > maxDistances {
		return d.broken(errCounts)
	}
	b := &d.builder
	if err := d.lengthCode(h>>10 + 4); err != nil {
		return err
	}
	if err := d.lengths(b.lengths[:literals+distances]); err != nil {
		return err
	}
	if b.lengths[blockEnd] == 0 {
		return d.broken(errNoEnd)
	}
	if !b.build(d.own.literals[:], b.lengths[:literals], &literalCode) {
		return d.broken(errLiterals)
	}
	if !b.build(d.own.distances[:], b.lengths[literals:literals+distances], &distanceCode) {
		return d.broken(errDistances)
	}
	d.codes = &d.own
	return nil
}

// lengthOrder is the order in which the lengths of the code length code stand.
var lengthOrder = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// lengthCode reads the code in which the lengths of the others are written.
func (d *Decoder) lengthCode(n int) error {
	var lengths [len(lengthOrder)]uint8
	for _, symbol := range lengthOrder[:n] {
		v, ok := d.take(3)
		if !ok {
			return d.cut()
		}
		lengths[symbol] = uint8(v)
	}
	if !d.builder.build(d.builder.table[:], lengths[:], &lengthsCode) {
		return d.broken(errLengths)
	}
	return nil
}

// repeats are the symbols 16, 17 and 18: how many bits follow, and the least count.
var repeats = [3]struct{ bits, least uint8 }{{2, 3}, {3, 3}, {7, 11}}

// lengths reads the code lengths of both codes, which repeats may join.
func (d *Decoder) lengths(out []uint8) error {
	for i := 0; i < len(out); {
		if d.n < 14 {
			d.fill()
		}
		e := d.builder.table[d.bits&(1<<lengthsRoot-1)]
		symbol, n, repeat := uint8(e>>valueShift), uint64(e&consumed), 1
		if symbol >= 16 {
			r := repeats[symbol-16]
			repeat = int(r.least) + int(d.bits>>n&(1<<r.bits-1))
			n += uint64(r.bits)
		}
		if n > d.n {
			return d.cut()
		}
		if symbol == 16 && i == 0 || repeat > len(out)-i {
			return d.broken(errRepeat)
		}
		d.drop(n)
		switch {
		case symbol < 16:
		case symbol == 16:
			symbol = out[i-1]
		default:
			symbol = 0
		}
		for ; repeat > 0; repeat-- {
			out[i] = symbol
			i++
		}
	}
	return nil
}
