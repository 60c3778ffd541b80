package inflate

// What run needs before it: the bytes that two loads look at, and the room for a
// literal, the longest match and what the last copy writes beyond it.
const (
	inputMargin = 16
	chunk       = 16
	roomMargin  = 1 + 258 + chunk
)

// symbols decodes until the block ends or there is no room.
func (d *Decoder) symbols() error {
	if err := d.copyMatch(); err != nil {
		return err
	}
	for d.phase == inCodes {
		if len(d.in)-d.pos < inputMargin && d.failed == nil {
			d.more()
		}
		if len(d.in)-d.pos >= inputMargin && len(d.out)-d.at >= roomMargin {
			d.run()
		}
		if err := d.symbol(); err != nil {
			return err
		}
	}
	return nil
}

// symbol decodes one symbol and looks at each step.
func (d *Decoder) symbol() error {
	d.fill() // 48 bits are enough for a length and a distance
	e := find(d.codes.literals[:], literalRoot, d.bits)
	n := uint64(e & consumed)
	switch {
	case n > d.n:
		return d.cut()
	case e&literal != 0:
		if d.at == len(d.out) {
			return errFull
		}
		d.out[d.at] = byte(e >> valueShift)
		d.at++
	case e&special == 0:
		return d.match(e)
	case e&blockEnds == 0:
		return d.broken(errLiteral)
	default:
		d.phase = betweenBlocks
	}
	d.drop(n)
	return nil
}

// find returns the entry for the next bits.
func find(table []uint32, root uint, bits uint64) uint32 {
	e := table[bits&(1<<root-1)]
	if e&(literal|pointer) == pointer {
		e = table[e>>valueShift+uint32(bits>>root)&(1<<(e>>codeShift&codeMask)-1)]
	}
	return e
}

// match decodes the distance that belongs to a length and begins to copy.
func (d *Decoder) match(e uint32) error {
	n := uint64(e & consumed)
	bits := d.bits >> n
	f := find(d.codes.distances[:], distanceRoot, bits)
	if n += uint64(f & consumed); n > d.n {
		return d.cut()
	}
	distance := distanceOf(f, bits)
	switch {
	case f&special != 0:
		return d.broken(errDistance)
	case distance > d.at:
		return d.broken(errTooFar)
	}
	d.left, d.distance = lengthOf(e, d.bits), distance
	d.drop(n)
	return d.copyMatch()
}

// lengthOf returns the length of an entry that the bits begin with.
func lengthOf(e uint32, bits uint64) int {
	return int(e>>valueShift&lengthMask + uint32(bits>>(e>>codeShift&63))&(e>>extraShift))
}

// distanceOf returns the distance of an entry that the bits begin with.
func distanceOf(e uint32, bits uint64) int {
	return int(e>>valueShift) + int(bits&(1<<(e&consumed)-1)>>(e>>codeShift&codeMask))
}

// copyMatch gives what a match has left, as far as there is room.
func (d *Decoder) copyMatch() error {
	from := d.at - d.distance
	end := d.at + min(d.left, len(d.out)-d.at)
	d.left -= end - d.at
	for d.at < end { // twice as much each time, where the match reaches into itself
		d.at += copy(d.out[d.at:end], d.out[from:d.at])
	}
	if d.left > 0 {
		return errFull
	}
	return nil
}
