package inflate

import (
	"math/bits"
	"math/rand/v2"
)

// bitWriter writes bits, the first lowest.
type bitWriter struct {
	out  []byte
	last uint64
	n    uint
}

func (w *bitWriter) put(v uint64, n uint) {
	w.last |= v & (1<<n - 1) << w.n
	for w.n += n; w.n >= 8; w.n -= 8 {
		w.out = append(w.out, byte(w.last))
		w.last >>= 8
	}
}

func (w *bitWriter) align() {
	if w.n > 0 {
		w.put(0, 8-w.n)
	}
}

func (w *bitWriter) bytes() []byte {
	w.align()
	return w.out
}

// reverse returns a code of n bits as it stands in the stream.
func reverse(code uint64, n uint) uint64 { return bits.Reverse64(code) >> (64 - n) }

// stored writes a stored block.
func (w *bitWriter) stored(b []byte, final bool) {
	w.put(flag(final), 3)
	w.align()
	w.put(uint64(len(b)), 16)
	w.put(^uint64(len(b)), 16)
	for _, c := range b {
		w.put(uint64(c), 8)
	}
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// canon gives every symbol its canonical code, nonsense for a set that is no code.
func canon(lengths []uint8) []uint64 {
	codes, code := make([]uint64, len(lengths)), uint64(0)
	for n := uint8(1); n <= maxLength; n++ {
		for symbol, length := range lengths {
			if length == n {
				codes[symbol] = reverse(code, uint(n))
				code++
			}
		}
		code <<= 1
	}
	return codes
}

// complete returns lengths of a complete code of n symbols, two at the least, in a
// random order among size.
func complete(random *rand.Rand, n, size, longest int) []uint8 {
	lengths := []uint8{1, 1}
	for len(lengths) < n {
		i := random.IntN(len(lengths))
		if random.IntN(3) == 0 { // make the longest longer
			for k := range lengths {
				if lengths[k] > lengths[i] && int(lengths[k]) < longest {
					i = k
				}
			}
		}
		if int(lengths[i]) < longest {
			lengths[i]++
			lengths = append(lengths, lengths[i])
		}
	}
	lengths = append(lengths, make([]uint8, size-n)...)
	random.Shuffle(size, func(i, j int) { lengths[i], lengths[j] = lengths[j], lengths[i] })
	return lengths
}

// header writes the head of a dynamic block, each length with five bits.
func (w *bitWriter) header(literals, distances []uint8, final bool) {
	w.put(flag(final)|typeDynamic<<1, 3)
	w.put(uint64(len(literals)-257), 5)
	w.put(uint64(len(distances)-1), 5)
	w.put(15, 4)
	var own [19]uint8
	for i := range own {
		own[i] = 5
		if i < 13 {
			own[i] = 4
		}
	}
	for _, symbol := range lengthOrder {
		w.put(uint64(own[symbol]), 3)
	}
	codes := canon(own[:])
	for _, n := range append(append([]uint8{}, literals...), distances...) {
		w.put(codes[n], uint(own[n]))
	}
}

// block writes random symbols of two codes and returns what they mean behind out.
func (w *bitWriter) block(random *rand.Rand, literals, distances []uint8, out []byte) []byte {
	codes, farCodes := canon(literals), canon(distances)
	var symbols, far []int
	for symbol, n := range literals {
		if n > 0 && symbol != blockEnd {
			symbols = append(symbols, symbol)
		}
	}
	for symbol, n := range distances {
		if n > 0 {
			far = append(far, symbol)
		}
	}
	for range random.IntN(2000) {
		symbol := symbols[random.IntN(len(symbols))]
		if symbol < blockEnd {
			w.put(codes[symbol], uint(literals[symbol]))
			out = append(out, byte(symbol))
			continue
		}
		d := far[random.IntN(len(far))]
		base := distanceCode.symbols[d]
		extra := random.Uint64() & (1<<(base&consumed) - 1)
		distance := int(base>>valueShift) + int(extra)
		if distance > len(out) {
			continue
		}
		w.put(codes[symbol], uint(literals[symbol]))
		base = literalCode.symbols[symbol]
		more := random.Uint64() & (1<<(base&consumed) - 1)
		w.put(more, uint(base&consumed))
		w.put(farCodes[d], uint(distances[d]))
		w.put(extra, uint(distanceCode.symbols[d]&consumed))
		for range int(base>>valueShift&lengthMask) + int(more) {
			out = append(out, out[len(out)-distance])
		}
	}
	w.put(codes[blockEnd], uint(literals[blockEnd]))
	return out
}
