package inflate

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
)

// stream is a sound one, and what it holds.
type stream struct {
	name         string
	packed, want []byte
}

// streams are those of testdata, which compressors in C made, and Go's own.
func streams(tb testing.TB) (all []stream) {
	tb.Helper()
	paths, err := filepath.Glob("testdata/streams/*.gz")
	require.NoError(tb, err)
	require.NotEmpty(tb, paths)
	for _, path := range paths {
		b, err := os.ReadFile(path)
		require.NoError(tb, err)
		s := stream{filepath.Base(path), b[10 : len(b)-8], nil}
		s.want, err = io.ReadAll(flate.NewReader(bytes.NewReader(s.packed)))
		require.NoError(tb, err)
		require.Equal(tb, binary.LittleEndian.Uint32(b[len(b)-8:]), crc32.ChecksumIEEE(s.want))
		require.Equal(tb, binary.LittleEndian.Uint32(b[len(b)-4:]), uint32(len(s.want)))
		all = append(all, s)
	}
	for i, want := range [][]byte{all[0].want, nil, []byte("a"), mixture(300 << 10)} {
		for level := flate.HuffmanOnly; level <= flate.BestCompression; level++ {
			var b bytes.Buffer
			w, err := flate.NewWriter(&b, level)
			require.NoError(tb, err)
			_, err = w.Write(want)
			require.NoError(tb, err)
			require.NoError(tb, w.Close())
			name := fmt.Sprintf("go_%d_level_%d", i, level)
			all = append(all, stream{name, b.Bytes(), want})
		}
	}
	return all
}

// mixture is n bytes with matches of every kind: words, runs, tables and noise.
func mixture(n int) []byte {
	random := rand.New(rand.NewPCG(19, 51))
	var out []byte
	for len(out) < n {
		switch random.IntN(5) {
		case 0:
			for range random.IntN(200) {
				out = append(out, byte(random.UintN(256)))
			}
		case 1:
			out = append(out, bytes.Repeat([]byte{byte(len(out))}, random.IntN(700))...)
		case 2:
			for i := range random.IntN(90) {
				out = binary.LittleEndian.AppendUint32(out, uint32(len(out)+i*24))
			}
		default:
			from := max(0, len(out)-random.IntN(40000)-1)
			out = append(out, out[from:min(len(out), from+random.IntN(400))]...)
		}
	}
	return out[:n]
}

// whole inflates with room for so many bytes.
func whole(packed []byte, room int) ([]byte, error) {
	d := New(0)
	d.Reset(bytes.NewReader(packed))
	out := make([]byte, room)
	n, err := d.Next(out, 0)
	return out[:n], err
}

func TestNextSound(t *testing.T) {
	t.Parallel()
	d := New(4 << 10)
	for _, s := range streams(t) {
		d.Reset(bytes.NewReader(s.packed))
		out := make([]byte, len(s.want))
		n, err := d.Next(out, 0)
		require.ErrorIs(t, err, io.EOF, s.name)
		require.Equal(t, len(s.want), n, s.name)
		require.True(t, bytes.Equal(s.want, out), s.name)
		n, err = d.Next(out, n)
		require.ErrorIs(t, err, io.EOF, "asked again: %s", s.name)
		require.Equal(t, len(s.want), n, s.name)
	}
}

// TestNextRoom gives less and more room than there are bytes.
func TestNextRoom(t *testing.T) {
	t.Parallel()
	for _, s := range streams(t) {
		for _, room := range []int{0, 1, 64, 257, len(s.want) - 300, len(s.want) - 1,
			len(s.want) + 1, len(s.want) + 1000} {
			if room < 0 {
				continue
			}
			out, err := whole(s.packed, room)
			if room < len(s.want) {
				require.NoError(t, err, "%s goes on after %d bytes", s.name, room)
			} else {
				require.ErrorIs(t, err, io.EOF, s.name)
			}
			require.True(t, bytes.Equal(s.want[:min(room, len(s.want))], out), s.name)
		}
	}
}

// TestNextResumes stops at random places, with all or the least of the history at
// hand, and goes on.
func TestNextResumes(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	d := New(0)
	for _, s := range streams(t) {
		d.Reset(iotest.OneByteReader(bytes.NewReader(s.packed)))
		out, n, kept := make([]byte, len(s.want)), 0, 0
		var err error
		for err == nil {
			if n-kept > 2*History && random.IntN(2) == 0 {
				kept = n - History - random.IntN(100)
			}
			room := min(len(out), n+random.IntN(1<<random.IntN(15)))
			n, err = d.Next(out[kept:room], n-kept)
			n += kept
			require.True(t, err != nil || n == room, "%s: stopped before the room ended", s.name)
		}
		require.ErrorIs(t, err, io.EOF, s.name)
		require.True(t, bytes.Equal(s.want, out[:n]), s.name)
	}
}

func TestNextWithoutHistory(t *testing.T) {
	t.Parallel()
	d := New(0)
	d.Reset(bytes.NewReader(streams(t)[0].packed))
	out := make([]byte, 100)
	n, err := d.Next(out, 0)
	require.NoError(t, err)
	_, err = d.Next(out, n-1)
	require.Error(t, err)
	require.NotErrorIs(t, err, io.EOF)
	n, err = d.Next(append(out, 0), n)
	require.NoError(t, err, "the refusal breaks nothing")
	assert.Equal(t, 101, n)
}

func TestWindows(t *testing.T) {
	t.Parallel()
	d := New(0)
	for _, s := range streams(t) {
		for _, prefix := range []int{0, 1, 64, History, History + 1, len(s.want)} {
			prefix = min(prefix, len(s.want))
			d.Reset(bytes.NewReader(s.packed))
			got := make([]byte, prefix, len(s.want))
			_, err := d.Next(got, 0)
			require.True(t, err == nil || errors.Is(err, io.EOF), s.name)
			require.NoError(t, d.Windows(got, func(piece []byte) error {
				require.LessOrEqual(t, len(piece), History+pieceSize)
				got = append(got, piece...)
				return nil
			}), s.name)
			require.True(t, bytes.Equal(s.want, got), "%s after %d", s.name, prefix)
		}
	}
}

func TestWindowsStops(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	d := New(0)
	d.Reset(bytes.NewReader(pack(t, mixture(1<<20))))
	calls := 0
	err := d.Windows(nil, func([]byte) error {
		calls++
		return enough
	})
	require.ErrorIs(t, err, enough)
	assert.Equal(t, 1, calls)
}

// TestWindowsBomb inflates 128 MiB of zeros in the memory of a window.
func TestWindowsBomb(t *testing.T) { // counts allocations: not parallel
	var b bitWriter
	b.put(1|typeFixed<<1, 3)
	b.put(reverse(0x30, 8), 8) // the literal 0
	const matches = 1 << 19
	for range matches {
		b.put(reverse(0xc5, 8), 8) // 258 bytes
		b.put(0, 5)                // from one byte before
	}
	b.put(0, 7)
	d, total := New(0), 0
	allocated := testing.AllocsPerRun(1, func() {
		d.Reset(bytes.NewReader(b.bytes()))
		total = 0
		err := d.Windows(nil, func(piece []byte) error {
			total += len(piece)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	assert.Equal(t, 1+258*matches, total)
	assert.Less(t, allocated, 20.0)
}

func pack(tb testing.TB, b []byte) []byte {
	tb.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	require.NoError(tb, err)
	_, err = w.Write(b)
	require.NoError(tb, err)
	require.NoError(tb, w.Close())
	return out.Bytes()
}

func TestResetKeepsMemory(t *testing.T) { // counts allocations: not parallel
	want := mixture(100 << 10)
	packed, out, d := pack(t, want), make([]byte, len(want)), New(0)
	source := bytes.NewReader(packed)
	allocated := testing.AllocsPerRun(10, func() {
		source.Reset(packed)
		d.Reset(source)
		if n, err := d.Next(out, 0); n != len(want) || !errors.Is(err, io.EOF) {
			t.Error(n, err)
		}
	})
	assert.Zero(t, allocated)
}

// TestVerdicts holds the decoder to what zlib said of the same bytes: whether, after
// how much output, and why it refuses them.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/verdicts.txt")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, f.Close()) })
	lines, count := bufio.NewScanner(f), 0
	d, out := New(0), make([]byte, 1<<18)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		count++
		fields := strings.SplitN(lines.Text(), " ", 5)
		packed, err := hex.DecodeString(strings.Trim(fields[0], "-"))
		require.NoError(t, err)
		for _, wrap := range []func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.DataErrReader,
		} {
			d.Reset(wrap(bytes.NewReader(packed)))
			n, err := d.Next(out, 0)
			require.Error(t, err)
			used := int64(0)
			if errors.Is(err, io.EOF) {
				used = d.before + int64(d.pos) - int64(d.n/8)
			}
			got := fmt.Sprintf("%d %d %08x %s", used, n, crc32.ChecksumIEEE(out[:n]), says(t, err))
			require.Equal(t, strings.Join(fields[1:], " "), got, lines.Text())
		}
	}
	require.NoError(t, lines.Err())
	require.Greater(t, count, 1000)
}

// says puts an error in the words of verdicts.txt.
func says(t *testing.T, err error) string {
	t.Helper()
	switch {
	case errors.Is(err, io.EOF):
		return "ok"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "cut"
	}
	var malformed *budget.FormatError
	require.ErrorAs(t, err, &malformed)
	require.GreaterOrEqual(t, malformed.Offset, int64(0))
	return malformed.Err.Error()
}

func TestErrorOffsets(t *testing.T) {
	t.Parallel()
	sound := pack(t, mixture(50<<10))
	cases := []struct {
		name   string
		packed []byte
		offset int64
		err    error
	}{
		{"empty", nil, 0, io.ErrUnexpectedEOF},
		{"cut", sound[:4000], 4000, io.ErrUnexpectedEOF},
		{"block_type", []byte{7}, 0, errBlockType},
		{"second_block_type", []byte{0, 1, 0, 0xfe, 0xff, 'a', 7}, 6, errBlockType},
		{"stored_lengths", []byte{1, 1, 0, 0, 0}, 5, errStored},
		{"counts", []byte{0xfd, 0xff, 0xff}, 2, errCounts},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := whole(c.packed, 1<<16)
			require.ErrorIs(t, err, c.err)
			var malformed *budget.FormatError
			require.ErrorAs(t, err, &malformed)
			assert.Equal(t, c.offset, malformed.Offset)
		})
	}
}

func TestSourceFails(t *testing.T) {
	t.Parallel()
	packed, broken := pack(t, mixture(200<<10)), errors.New("a disk that fails")
	for _, n := range []int{0, 1, 100, 5000} {
		d := New(0)
		d.Reset(io.MultiReader(bytes.NewReader(packed[:n]), iotest.ErrReader(broken)))
		_, err := d.Next(make([]byte, 200<<10), 0)
		require.ErrorIs(t, err, broken)
		_, err = d.Next(make([]byte, 200<<10), History)
		require.ErrorIs(t, err, broken, "a broken stream stays broken")
	}
	d := New(0)
	d.Reset(silent{})
	_, err := d.Next(make([]byte, 1), 0)
	require.ErrorIs(t, err, io.ErrNoProgress)
}

// silent is a source that neither gives nor fails.
type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }
