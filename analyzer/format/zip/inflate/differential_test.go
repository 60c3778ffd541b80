package inflate

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
)

// maxOutput is how far a stream is compared.
const maxOutput = 1 << 17

// comparison inflates by compress/flate, by Next in one piece, and by Next and Windows
// in small ones. It keeps its memory, for the many streams of a test.
type comparison struct {
	std        io.ReadCloser
	whole, bit *Decoder
	want, out  []byte
}

func newComparison() *comparison {
	return &comparison{flate.NewReader(nil), New(0), New(0),
		make([]byte, maxOutput), make([]byte, maxOutput)}
}

func (c *comparison) agree(t *testing.T, packed []byte) {
	t.Helper()
	require.NoError(t, c.std.(flate.Resetter).Reset(bytes.NewReader(packed), nil))
	k, wantErr := io.ReadFull(c.std, c.want)
	if errors.Is(wantErr, io.ErrUnexpectedEOF) { // of ReadFull or of the stream: ask again
		_, wantErr = c.std.Read(make([]byte, 1))
	}
	c.whole.Reset(bytes.NewReader(packed))
	n, err := c.whole.Next(c.out, 0)
	common := min(n, k)
	require.True(t, bytes.Equal(c.want[:common], c.out[:common]), "%x", packed)
	switch {
	case n == maxOutput || k == maxOutput:
		require.Equal(t, k, n, "%x", packed)
	case errors.Is(err, io.EOF):
		require.ErrorIs(t, wantErr, io.EOF, "%x", packed)
		require.Equal(t, k, n, "%x", packed)
	case errors.Is(wantErr, io.EOF): // zlib takes no incomplete code length code
		require.ErrorIs(t, err, errLengths, "%x", packed)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		var malformed *budget.FormatError
		require.ErrorAs(t, err, &malformed)
		require.LessOrEqual(t, malformed.Offset, int64(len(packed)))
		require.GreaterOrEqual(t, malformed.Offset, int64(0))
	}
	c.pieces(t, packed, c.out[:n], err)
}

// errEnough stops Windows.
var errEnough = errors.New("enough")

// pieces inflates once more with little input and room at a time: nothing changes.
func (c *comparison) pieces(t *testing.T, packed, want []byte, wantErr error) {
	t.Helper()
	c.bit.Reset(iotest.HalfReader(bytes.NewReader(packed)))
	got := c.want[:len(want)]
	n, step := 0, 1
	var err error
	for err == nil && n <= len(want)/2 {
		step = step*3%1021 + 1
		n, err = c.bit.Next(got[:min(len(got), n+step)], n)
		if n == len(got) {
			break
		}
	}
	require.True(t, bytes.Equal(want[:n], got[:n]), "%x", packed)
	if err == nil {
		err = c.bit.Windows(got[:n], func(piece []byte) error {
			if n+len(piece) > len(want) && wantErr == nil {
				return errEnough
			}
			require.True(t, bytes.HasPrefix(want[n:], piece), "%x", packed)
			n += len(piece)
			return nil
		})
	}
	switch {
	case wantErr == nil:
		require.True(t, err == nil || errors.Is(err, errEnough), "%x", packed)
	case errors.Is(wantErr, io.EOF):
		require.True(t, err == nil || errors.Is(err, io.EOF), "%x", packed)
	default:
		require.Equal(t, wantErr, err, "%x", packed)
	}
	if wantErr != nil {
		require.Equal(t, len(want), n, "%x", packed)
	}
}

// TestTruncated cuts sound streams everywhere: what is left inflates to a part of the
// whole, and is never taken for sound.
func TestTruncated(t *testing.T) {
	t.Parallel()
	d, out := New(0), make([]byte, maxOutput*4)
	for _, s := range streams(t) {
		step := 1 + len(s.packed)/400
		for n := 0; n < len(s.packed); n += step {
			d.Reset(bytes.NewReader(s.packed[:n]))
			got, err := d.Next(out[:len(s.want)], 0)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%s[:%d]", s.name, n)
			require.True(t, bytes.HasPrefix(s.want, out[:got]), "%s[:%d]", s.name, n)
		}
	}
}

func TestFlipped(t *testing.T) {
	t.Parallel()
	count, c := 0, newComparison()
	for _, s := range streams(t) {
		if len(s.packed) > 400 {
			continue
		}
		for i := range 8 * len(s.packed) {
			b := bytes.Clone(s.packed)
			b[i/8] ^= 1 << (i % 8)
			c.agree(t, b)
			count++
		}
	}
	require.Greater(t, count, 1000)
}

// TestRandomCodes decodes blocks of codes of every shape.
func TestRandomCodes(t *testing.T) {
	t.Parallel()
	c := newComparison()
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 5))
		var w bitWriter
		var want []byte
		for i := range 1 + random.IntN(4) {
			if random.IntN(4) == 0 {
				noise := mixture(random.IntN(3000))
				w.stored(noise, false)
				want = append(want, noise...)
			}
			literals := complete(random, 3+random.IntN(284), maxLiterals, maxLength)
			used := slices.IndexFunc(literals, func(n uint8) bool { return n > 0 })
			if literals[blockEnd] == 0 {
				literals[blockEnd], literals[used] = literals[used], 0
			}
			distances := complete(random, 2+random.IntN(29), maxDistances, maxLength)
			if i == 1 { // a code of one bit, and half of nothing
				distances = []uint8{0, 0, 1}
			}
			w.header(literals, distances, false)
			want = w.block(random, literals, distances, want)
		}
		w.stored(nil, true)
		out, err := whole(w.bytes(), len(want))
		require.ErrorIs(t, err, io.EOF, "seed %d", seed)
		require.True(t, bytes.Equal(want, out), "seed %d", seed)
		c.agree(t, w.bytes())
	}
}

// TestSets is the table of the sets that zlib takes and refuses.
func TestSets(t *testing.T) {
	t.Parallel()
	set := func(size int, lengths map[int]uint8) []uint8 {
		out := make([]uint8, size)
		for symbol, n := range lengths {
			out[symbol] = n
		}
		return out
	}
	end := map[int]uint8{blockEnd: 1, 'a': 1}
	cases := []struct {
		name                string
		literals, distances map[int]uint8
		want                error
	}{
		{"no_distance", end, nil, io.EOF},
		{"one_distance_of_one_bit", end, map[int]uint8{3: 1}, io.EOF},
		{"one_distance_of_two_bits", end, map[int]uint8{3: 2}, errDistances},
		{"two_distances_of_two_bits", end, map[int]uint8{0: 2, 3: 2}, errDistances},
		{"three_distances_of_one_bit", end, map[int]uint8{0: 1, 1: 1, 2: 1}, errDistances},
		{"end_alone", map[int]uint8{blockEnd: 1}, nil, io.EOF},
		{"end_alone_of_two_bits", map[int]uint8{blockEnd: 2}, nil, errLiterals},
		{"no_end", map[int]uint8{'a': 1, 'b': 1}, nil, errNoEnd},
		{"no_literal_at_all", nil, nil, errNoEnd},
		{"incomplete_literals", map[int]uint8{blockEnd: 2, 'a': 1}, nil, errLiterals},
		{"too_many_literals", map[int]uint8{blockEnd: 1, 'a': 1, 'b': 15}, nil, errLiterals},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var w bitWriter
			literals := set(258, c.literals)
			w.header(literals, set(5, c.distances), true)
			w.put(canon(literals)[blockEnd], uint(literals[blockEnd]))
			_, err := whole(w.bytes(), 10)
			require.ErrorIs(t, err, c.want)
			newComparison().agree(t, w.bytes())
		})
	}
}

// TestMatches copies every length from every near distance and some far ones.
func TestMatches(t *testing.T) {
	t.Parallel()
	distances := []int{255, 256, 4097, History - 1, History}
	for d := 1; d < 70; d++ {
		distances = append(distances, d)
	}
	history := mixture(History)
	for _, distance := range distances {
		var w bitWriter
		w.stored(history, false)
		w.put(1|typeFixed<<1, 3)
		want := bytes.Clone(history)
		for length := 3; length <= 258; length++ {
			want = w.fixedMatch(want, length, distance)
			w.put(reverse(0x30+'m', 8), 8)
			want = append(want, 'm')
		}
		w.put(0, 7)
		out, err := whole(w.bytes(), len(want))
		require.ErrorIs(t, err, io.EOF)
		require.True(t, bytes.Equal(want, out), "from %d before", distance)
	}
}

// TestLastMatches ends a stream with a match, at the end of the room and before it.
func TestLastMatches(t *testing.T) {
	t.Parallel()
	history := mixture(70)
	for distance := 1; distance <= len(history); distance++ {
		for length := 3; length <= 258; length += 1 + length/20 {
			var w bitWriter
			w.stored(history, false)
			w.put(1|typeFixed<<1, 3)
			want := w.fixedMatch(bytes.Clone(history), length, distance)
			w.put(0, 7)
			w.out = append(w.bytes(), make([]byte, 2*inputMargin)...) // so that run runs
			for room := range 5 {
				room *= roomMargin / 4
				out, err := whole(w.bytes(), len(want)+room)
				require.ErrorIs(t, err, io.EOF)
				require.True(t, bytes.Equal(want, out), "%d from %d before", length, distance)
			}
		}
	}
}

// fixedMatch writes a match in the fixed code, and appends what it means.
func (w *bitWriter) fixedMatch(out []byte, length, distance int) []byte {
	find := func(c code, first, v int, mask uint32) (symbol int, extra uint64) {
		for symbol = len(c.symbols) - 1; ; symbol-- {
			base := int(c.symbols[symbol] >> valueShift & mask)
			if symbol < first || c.symbols[symbol]&special == 0 && base <= v {
				return symbol, uint64(v - base)
			}
		}
	}
	symbol, extra := find(literalCode, blockEnd+1, length, lengthMask)
	if symbol < 280 {
		w.put(reverse(uint64(symbol-blockEnd), 7), 7)
	} else {
		w.put(reverse(uint64(symbol-280+0xc0), 8), 8)
	}
	w.put(extra, uint(literalCode.symbols[symbol]&consumed))
	symbol, extra = find(distanceCode, 0, distance, 1<<15-1)
	w.put(reverse(uint64(symbol), 5), 5)
	w.put(extra, uint(distanceCode.symbols[symbol]&consumed))
	for range length {
		out = append(out, out[len(out)-distance])
	}
	return out
}

func TestTooFar(t *testing.T) {
	t.Parallel()
	for _, before := range []int{0, 1, 100, History - 1, History} {
		for _, distance := range []int{before + 1, before + 2, History} {
			if distance > History || distance <= before {
				continue
			}
			var w bitWriter
			w.stored(make([]byte, before), false)
			w.put(1|typeFixed<<1, 3)
			w.fixedMatch(make([]byte, History), 3, distance)
			w.put(0, 64-1)
			out, err := whole(w.bytes(), History+1000)
			require.ErrorIs(t, err, errTooFar, "%d from %d", distance, before)
			assert.Len(t, out, before)
			newComparison().agree(t, w.bytes())
		}
	}
}

// TestStored puts stored blocks of every alignment behind codes.
func TestStored(t *testing.T) {
	t.Parallel()
	for literals := range 20 {
		for _, n := range []int{0, 1, 2, 7, 8, 9, 600, 0xffff} {
			var w bitWriter
			content := mixture(n)
			w.put(typeFixed<<1, 3)
			for range literals {
				w.put(reverse(0x190+uint64(literals), 9), 9)
			}
			w.put(0, 7)
			w.stored(content, false)
			w.stored(nil, false)
			w.stored(content, true)
			want := bytes.Repeat([]byte{byte(144 + literals)}, literals)
			want = append(append(want, content...), content...)
			for _, block := range []int{0, 4 << 10} {
				d, out := New(block), make([]byte, len(want))
				d.Reset(bytes.NewReader(w.bytes()))
				_, err := d.Next(out, 0)
				require.ErrorIs(t, err, io.EOF)
				require.True(t, bytes.Equal(want, out), "%d literals, %d stored", literals, n)
			}
		}
	}
}

func FuzzNext(f *testing.F) {
	seeds := streams(f)
	for _, s := range seeds {
		if len(s.packed) < 4<<10 {
			f.Add(s.packed)
		}
	}
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 6))
		literals := complete(random, 3+random.IntN(284), maxLiterals, maxLength)
		var w bitWriter
		w.header(literals, complete(random, 2+random.IntN(29), maxDistances, maxLength), true)
		f.Add(w.bytes())
	}
	c := newComparison()
	f.Fuzz(func(t *testing.T, packed []byte) { c.agree(t, packed) })
}

// FuzzCodes makes a block of a code that the input draws, so that most inputs decode.
func FuzzCodes(f *testing.F) {
	for i := range 64 {
		f.Add(uint64(i), uint16(3+4*i), uint16(2+i%28), uint16(i*i))
	}
	c := newComparison()
	f.Fuzz(func(t *testing.T, seed uint64, literals, distances, damage uint16) {
		random := rand.New(rand.NewPCG(seed, 7))
		var w bitWriter
		set := complete(random, 3+int(literals)%284, maxLiterals, maxLength)
		if set[blockEnd] == 0 {
			used := slices.IndexFunc(set, func(n uint8) bool { return n > 0 })
			set[blockEnd], set[used] = set[used], 0
		}
		far := complete(random, 2+int(distances)%29, maxDistances, maxLength)
		noise := mixture(int(seed % 40000))
		w.stored(noise, false)
		w.header(set, far, true)
		want := w.block(random, set, far, noise)
		packed := w.bytes()
		out, err := whole(packed, len(want)+int(damage)%300)
		require.ErrorIs(t, err, io.EOF)
		require.True(t, bytes.Equal(want, out))
		packed[len(noise)+int(damage)%(len(packed)-len(noise))] ^= byte(1 << (damage >> 13))
		c.agree(t, packed)
	})
}
