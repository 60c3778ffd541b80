package inflate

// run decodes symbols while there is as much input and room as one can need. It does
// not go past what is wrong or ends the block: symbol finds out which.
//
// The entry behind a literal is looked up in the bits that are left, and the entry
// behind a match before the match is copied: neither waits for the other. The bits of
// a match are dropped when all of it is known to be sound.
func (d *Decoder) run() {
	in, out := d.in[:len(d.in):len(d.in)], d.out[:len(d.out):len(d.out)]
	literals, distances := &d.codes.literals, &d.codes.distances
	pos, bits, n := load(in, d.pos, d.bits, d.n)
	at, e := d.at, literals[bits&literalsMask]
	for pos <= len(in)-inputMargin && at <= len(out)-roomMargin {
		if e&literal != 0 {
			out[at] = byte(e >> valueShift)
			at, bits, n = at+1, bits>>(e&consumed), n-uint64(e)
			e = literals[bits&literalsMask]
		}
		if e&literal != 0 {
			out[at] = byte(e >> valueShift)
			pos, bits, n = load(in, pos, bits>>(e&consumed), n-uint64(e))
			at, e = at+1, literals[bits&literalsMask]
			continue
		}
		pos, bits, n = load(in, pos, bits, n)
		if e&special != 0 {
			e = find(literals[:], literalRoot, bits)
			if e&literal != 0 {
				continue
			}
			if e&special != 0 {
				break
			}
		}
		rest := bits >> (e & consumed)
		f := distances[rest&distancesMask]
		if f&pointer != 0 {
			f = find(distances[:], distanceRoot, rest)
		}
		from, end := at-distanceOf(f, rest), at+lengthOf(e, bits)
		if from < 0 || f&special != 0 {
			break
		}
		pos, bits, n = load(in, pos, rest>>(f&consumed), n-uint64(e)-uint64(f))
		e = literals[bits&literalsMask]
		if at-from >= chunk {
			copyFar(out, from, at, end)
		} else {
			copyNear(out, from, at, end)
		}
		at = end
	}
	d.pos, d.at, d.bits, d.n = pos, at, bits&(1<<(n&63)-1), n&63
}

const (
	literalsMask  = 1<<literalRoot - 1
	distancesMask = 1<<distanceRoot - 1
)

// copyFar copies from there to at until end, in chunks that may go beyond end.
func copyFar(out []byte, from, at, end int) {
	for ; at < end; at += chunk {
		copyChunk(out, from, at)
		from += chunk
	}
}

func copyChunk(out []byte, from, at int) {
	*(*[chunk]byte)(out[at : at+chunk : at+chunk]) =
		*(*[chunk]byte)(out[from : from+chunk : from+chunk])
}

// steps are multiples of the distances below eight that are not below eight.
var steps = [8]int{0, 8, 8, 9, 8, 10, 12, 14}

// copyNear copies where less than a chunk is between.
func copyNear(out []byte, from, at, end int) {
	distance := at - from
	if distance == 1 {
		v := uint64(out[from]) * 0x0101010101010101
		for ; at < end; at += 8 {
			order.PutUint64(out[at:], v)
		}
		return
	}
	if distance < 8 {
		for far := at + 8; at < far; at++ {
			out[at] = out[from]
			from++
		}
		from = at - steps[distance]
	}
	for ; at < end; at += 8 {
		*(*[8]byte)(out[at : at+8 : at+8]) = *(*[8]byte)(out[from : from+8 : from+8])
		from += 8
	}
}
