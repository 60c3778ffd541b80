package elf

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
)

func TestDecodeSound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		change    func(*source)
		anomalies int
	}{
		{"hash", func(*source) {}, 0},
		{"gnu_hash", func(s *source) { s.gnuHash = true }, 0},
		{"no_sections", func(s *source) { s.noSHdr = true }, 1},
		{"gnu_hash_no_sections", func(s *source) { s.gnuHash, s.noSHdr = true, true }, 1},
		{"no_hash", func(s *source) { s.noLookup = true }, 0},
		{"no_hash_no_sections", func(s *source) { s.noLookup, s.noSHdr = true, true }, 1},
	} {
		for _, wide := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s_%v", c.name, wide), func(t *testing.T) {
				s := sound(wide)
				c.change(&s)
				w := s.write()
				f, err := Decode(w.data)
				require.NoError(t, err)
				assert.Len(t, f.Anomalies, c.anomalies, "%v", f.Anomalies)
				assert.Equal(t, s.machine, f.Machine)
				assert.Equal(t, Shared, f.Type)
				assert.Equal(t, w.half(32, 64), f.Bits)
				assert.Equal(t, "libsound.so", f.SONAME)
				assert.Equal(t, s.needed, f.Needed)
				assert.Equal(t, hex.EncodeToString([]byte(s.buildID)), f.BuildID)
				want := append(append([]string{}, s.exports...), s.weak...)
				assert.Empty(t, cmp.Diff(want, exported(f)))
				for _, x := range f.Exports {
					assert.Equal(t, x.Name, string(w.data[x.Offset:int(x.Offset)+len(x.Name)]))
				}
				require.NotEmpty(t, f.ReadOnly)
				r := f.ReadOnly[0]
				assert.Contains(t, string(w.data[r.Offset:r.Offset+r.Size]), "https://")
				if c.anomalies == 0 {
					assert.Equal(t, Range{w.rodata, len(s.rodata)}, r)
				}
			})
		}
	}
}

// TestDecodeHostile has one defect each, in a 64-bit library: either it is refused,
// or an anomaly names it and the exports are as many as before.
func TestDecodeHostile(t *testing.T) {
	t.Parallel()
	const shoff, shnum, phnum = 40, 60, 56
	load := 64
	for _, c := range []struct {
		name    string
		spoil   func(w *written)
		refused bool
		exports int
	}{
		{"empty", func(w *written) { w.data = nil }, true, 0},
		{"magic", func(w *written) { w.data[1] = 'e' }, true, 0},
		{"class", func(w *written) { w.data[4] = 3 }, true, 0},
		{"big_endian", func(w *written) { w.data[5] = 2 }, true, 0},
		{"program_headers_beyond", func(w *written) { le.PutUint16(w.data[phnum:], 0xffff) }, true,
			0},
		{"program_headers_many", func(w *written) { le.PutUint16(w.data[phnum:], maxSegments+1) },
			true, 0},
		{"program_header_size", func(w *written) { le.PutUint16(w.data[phnum-2:], 1) }, true, 0},
		{"segment_beyond", func(w *written) { le.PutUint64(w.data[load+32:], 1<<40) }, true, 0},
		{"segment_wraps", func(w *written) { le.PutUint64(w.data[load+8:], ^uint64(0)) }, true, 0},
		{"no_string_table", func(w *written) { w.tag(dtStrtab, 1<<40) }, true, 0},
		{"no_symbol_table", func(w *written) { w.tag(dtSymtab, 0) }, true, 0},
		{"string_size_beyond", func(w *written) { w.tag(dtStrsz, 1<<40) }, false, 3},
		{"symbol_count_lies", func(w *written) { w.put32(w.hash+4, -1) }, false, 3},
		{"name_beyond", func(w *written) { w.put32(w.symtab+24*4, 1<<30) }, false, 2},
		{"sections_beyond", func(w *written) { le.PutUint64(w.data[shoff:], 1<<40) }, false, 3},
		{"section_count_lies", func(w *written) { le.PutUint16(w.data[shnum:], 0xffff) }, false,
			3},
		{"section_beyond", func(w *written) { le.PutUint64(w.data[w.shdr+3*64+32:], 1<<40) },
			false, 3},
		{"section_names_beyond", func(w *written) { le.PutUint16(w.data[shnum+2:], 5) }, false, 3},
		{"dynsym_is_a_decoy", func(w *written) { le.PutUint64(w.data[w.shdr+64+24:], 0) }, false,
			3},
		{"rodata_is_a_decoy", func(w *written) { le.PutUint64(w.data[w.shdr+3*64+24:], 0) }, false,
			3},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := sound(true).write()
			c.spoil(w)
			f, err := Decode(w.data)
			if c.refused {
				var malformed *budget.FormatError
				require.ErrorAs(t, err, &malformed)
				require.Nil(t, f)
				return
			}
			require.NoError(t, err)
			assert.NotEmpty(t, f.Anomalies)
			// A count that lies makes symbols of what follows; the first stay.
			require.GreaterOrEqual(t, len(f.Exports), c.exports)
			assert.Equal(t, c.exports == 3, f.Exports[0].Name == "JNI_OnLoad")
			require.NotEmpty(t, f.ReadOnly)
		})
	}
}

// tag changes the value of a dynamic tag of a 64-bit file.
func (w *written) tag(tag, value int) {
	for at := w.dynamic; ; at += 16 {
		if le.Uint64(w.data[at:]) == uint64(tag) {
			le.PutUint64(w.data[at+8:], uint64(value))
			return
		}
	}
}

func TestDecodeTruncated(t *testing.T) {
	t.Parallel()
	for _, wide := range []bool{false, true} {
		data := sound(wide).write().data
		require.NotEmpty(t, data)
		for n := range data {
			f, err := Decode(data[:n])
			if err == nil {
				require.NotEmpty(t, f.Anomalies, "%d of %d bytes", n, len(data))
			} else {
				require.Nil(t, f)
			}
		}
	}
}

// TestBoundedWork has many symbols that share one long name.
func TestBoundedWork(t *testing.T) {
	t.Parallel()
	s := sound(true)
	s.exports = append(make([]string, 20000), strings.Repeat("a", 1<<20))
	for i := range 20000 {
		s.exports[i] = "b"
	}
	w := s.write()
	long := int(le.Uint32(w.data[w.symtab+24*(4+20000):]))
	for i := range 20000 {
		w.put32(w.symtab+24*(4+i), long)
	}
	f, err := Decode(w.data)
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(f.Anomalies, func(a Anomaly) bool { return a.Lost }))
	assert.Less(t, len(f.Exports), 10)
}

func TestMerged(t *testing.T) {
	t.Parallel()
	got := merged([]Range{{40, 10}, {0, 20}, {5, 5}, {20, 1}, {45, 10}})
	assert.Empty(t, cmp.Diff([]Range{{0, 21}, {40, 15}}, got))
}

func TestMachine(t *testing.T) {
	t.Parallel()
	for m, want := range map[Machine]string{ARM64: "arm64", ARM: "arm", X86: "x86",
		X8664: "x86_64",
		MIPS:  "mips", Hexagon: "hexagon", RISCV: "riscv", 77: "machine-77"} {
		assert.Equal(t, want, m.String())
	}
}

// FuzzDecode holds: no panic, an error beside nothing, ranges inside the file, and
// names in proportion to it.
func FuzzDecode(f *testing.F) {
	seeds := 0
	for _, wide := range []bool{false, true} {
		for _, change := range []func(*source){func(*source) {},
			func(s *source) { s.gnuHash = true },
			func(s *source) { s.noSHdr, s.noLookup = true, true }} {
			s := sound(wide)
			change(&s)
			f.Add(s.write().data)
			seeds++
		}
	}
	require.NotZero(f, seeds)
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Decode(data)
		if err != nil {
			require.Nil(t, file)
			return
		}
		total := len(file.SONAME)
		for _, s := range file.Exports {
			require.LessOrEqual(t, int(s.Offset)+len(s.Name), len(data))
			total += len(s.Name)
		}
		for _, n := range file.Needed {
			total += len(n)
		}
		for _, r := range file.ReadOnly {
			require.True(t, r.Offset >= 0 && r.Size > 0 && r.Offset+r.Size <= len(data))
		}
		require.LessOrEqual(t, total, maxTextShare*len(data)+4096)
	})
}

func BenchmarkDecode(b *testing.B) {
	s := sound(true)
	for i := range 10000 {
		s.exports = append(s.exports, fmt.Sprintf("_ZN7example5Class%d6methodEv", i))
	}
	data := s.write().data
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		_, err := Decode(data)
		require.NoError(b, err)
	}
}
