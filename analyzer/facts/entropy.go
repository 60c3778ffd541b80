package facts

import "math"

// entropySample is how much of data Entropy looks at.
const entropySample = 1 << 20

// Entropy returns how many bits a byte of the data says: text and code say about five,
// what is encrypted or compressed nearly eight.
func Entropy(data []byte) float64 {
	data = data[:min(len(data), entropySample)]
	var counts [256]int
	for _, c := range data {
		counts[c]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(data))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
