package reschunk

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// write builds a pool of the strings, UTF-8 or UTF-16, without styles.
func write(wide bool, strings ...string) []byte {
	var offsets, data []byte
	for _, s := range strings {
		offsets = le.AppendUint32(offsets, uint32(len(data)))
		if wide {
			units := utf16.Encode([]rune(s))
			data = le.AppendUint16(data, uint16(len(units)))
			for _, u := range units {
				data = le.AppendUint16(data, u)
			}
			data = append(data, 0, 0)
			continue
		}
		data = append(data, byte(len([]rune(s))), byte(len(s)))
		data = append(append(data, s...), 0)
	}
	for len(data)%4 != 0 {
		data = append(data, 0)
	}
	flags := uint32(flagUTF8)
	if wide {
		flags = 0
	}
	start := 28 + len(offsets)
	head := []uint32{
		28<<16 | PoolKind,
		uint32(start + len(data)),
		uint32(len(strings)),
		0,
		flags,
		uint32(start),
		0,
	}
	var out []byte
	for _, h := range head {
		out = le.AppendUint32(out, h)
	}
	return append(append(out, offsets...), data...)
}

func open(t *testing.T, data []byte) (*Pool, error) {
	t.Helper()
	c, err := ChunkAt(data, 0, len(data))
	require.NoError(t, err)
	return NewPool(data, c)
}

func TestPool(t *testing.T) {
	t.Parallel()
	for _, wide := range []bool{false, true} {
		data := write(wide, "name", "变脸", "")
		p, err := open(t, data)
		require.NoError(t, err)
		for i, want := range []string{"name", "变脸", ""} {
			s, at, ok := p.At(uint32(i))
			assert.True(t, ok)
			assert.Equal(t, want, s)
			assert.Less(t, at, int64(len(data)))
		}
		_, _, ok := p.At(3)
		assert.False(t, ok)
		_, err = CheckPool(data, p.Chunk)
		assert.NoError(t, err)
	}
}

func TestPoolRefuses(t *testing.T) {
	t.Parallel()
	put := func(at int, v uint32) []byte {
		data := write(false, "name", "label")
		binary.LittleEndian.PutUint32(data[at:], v)
		return data
	}
	for name, data := range map[string][]byte{
		"count_past_the_chunk":  put(8, 1<<30),
		"strings_past_the_end":  put(20, 1<<30),
		"styles_before_strings": put(12, 1),
	} {
		_, err := open(t, data)
		assert.Error(t, err, name)
	}
	for name, at := range map[string]int{"header_too_short": 2, "size_not_aligned": 4} {
		data := write(false, "name")
		data[at] = 7
		_, err := ChunkAt(data, 0, len(data))
		assert.Error(t, err, name)
	}
}

// TestOverlappingStrings has many indexes that name one long string: what is
// decoded stays in proportion to the pool.
func TestOverlappingStrings(t *testing.T) {
	t.Parallel()
	names := make([]string, 2000)
	for i := range names {
		names[i] = "x"
	}
	data := write(true, names...)
	for i := range names {
		le.PutUint32(data[28+4*i:], uint32(6*(i%7)))
	}
	p, err := open(t, data)
	require.NoError(t, err)
	for i := range names {
		p.At(uint32(i))
	}
	assert.LessOrEqual(t, len(p.strings), 7)
}

func FuzzPool(f *testing.F) {
	f.Add(write(false, "name", "变脸"))
	f.Add(write(true, "name", "变脸"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ChunkAt(data, 0, len(data))
		if err != nil {
			return
		}
		p, err := NewPool(data, c)
		if (p == nil) == (err == nil) {
			t.Fatal("a pool beside an error, or neither")
		}
		if err != nil {
			return
		}
		total := 0
		for i := range min(p.Count, 1<<16) {
			s, at, ok := p.At(uint32(i))
			if ok && (at < 0 || at >= int64(len(data))) {
				t.Fatalf("string %d at %d", i, at)
			}
			total += len(s)
		}
		if checked, err := CheckPool(data, c); err == nil && checked.Count != p.Count {
			t.Fatal("the strict walk reads another pool")
		}
	})
}
