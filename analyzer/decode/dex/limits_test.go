package dex

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDecodeTruncated cuts a sound file everywhere: no prefix passes.
func TestDecodeTruncated(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{"file": sound().data,
		"container": container().data} {
		require.NotEmpty(t, data)
		for n := range data {
			f, err := Decode(data[:n])
			require.Error(t, err, "%s: %d of %d bytes", name, n, len(data))
			require.Nil(t, f)
		}
	}
}

// container puts two logical files with one data area into one physical file: the
// first header's tables are those of sound, the second has strings and types only.
func container() *written {
	w := sound()
	f := File{data: w.data}
	shift := func(at int) { w.put32(at, f.u32(at)+containerHeaderSize-headerSize) }
	for _, field := range []int{offStrings, offTypes, offMethods, offClasses} {
		shift(field + 4)
	}
	for i := range w.strings {
		shift(headerSize + 4*i)
	}
	classes := f.u32(offClasses+4) - containerHeaderSize + headerSize
	for i, code := range w.code {
		shift(classes + 32*i + 24)
		w.code[i] = code + containerHeaderSize - headerSize
	}
	w.data = slices.Insert(w.data, headerSize, make([]byte, containerHeaderSize-headerSize)...)
	w.moveCode()
	for len(w.data)%4 != 0 {
		w.data = append(w.data, 0)
	}
	first := len(w.data)
	w.data = append(w.data, w.data[:containerHeaderSize]...)
	second := written{data: w.data}
	copy(w.data[4:], containerVersion)
	copy(w.data[first+4:], containerVersion)
	w.put32(offFileSize, first)
	second.put32(first+offFileSize, containerHeaderSize)
	second.put32(first+offClasses, 0)
	for _, at := range []int{0, first} {
		w.put32(at+offHeaderSize, containerHeaderSize)
		w.put32(at+offContainer, len(w.data))
		w.put32(at+offThisHeader, at)
	}
	return w
}

// moveCode writes the code offsets of the class data anew after a shift.
func (w *written) moveCode() {
	f := File{data: w.data}
	classes := f.u32(offClasses + 4)
	for i, code := range w.code {
		at := f.u32(classes+32*i+24) + 6 // after six numbers of one byte
		copy(w.data[at:], uleb(code))
	}
}

func TestDecodeContainer(t *testing.T) {
	t.Parallel()
	f, err := Decode(container().data)
	require.NoError(t, err)
	require.Len(t, f.units, 2)
	for _, a := range f.Anomalies {
		assert.Contains(t, a.Detail, "checksum")
	}
	for step, err := range walk(f) {
		assert.NoError(t, err, step)
	}
	refs, err := names(f, f.References)
	require.NoError(t, err)
	assert.Equal(t, []string{"com.vendor.speech.Synthesizer", "java.lang.Object",
		"com.vendor.Element"}, refs)
	code, err := f.Code()
	require.NoError(t, err)
	assert.Len(t, code.Calls, 2)
}

// TestBoundedWork has files whose parts overlap so that reading each would take
// the square of their size: the walk ends early and says so.
func TestBoundedWork(t *testing.T) {
	t.Parallel()
	const many = 20000
	for _, c := range []struct {
		name  string
		build func() *written
		step  string
	}{
		{"strings_share_bytes", func() *written {
			w := source{strings: append(numbered(many), strings.Repeat("~", 1<<20))}.write()
			last := File{data: w.data}
			at := last.u32(headerSize + 4*(len(w.strings)-1))
			for i := range w.strings {
				w.put32(headerSize+4*i, at+4+2*(len(w.strings)-i))
			}
			return w
		}, "strings"},
		{"types_share_a_name", func() *written {
			long := "L" + strings.Repeat("a", 1<<20) + ";"
			w := source{strings: numbered(many), types: []string{long}}.write()
			w.put32(offTypes, len(w.strings))
			return w.typesAre(slices.Index(w.strings, long))
		}, "references"},
		{"classes_share_code", func() *written {
			s := source{}
			for i := range many {
				s.classes = append(s.classes, class{descriptor: fmt.Sprintf("La%05d/A;", i)})
			}
			s.classes[0].code = make([]uint16, 1<<19)
			w := s.write()
			f := File{data: w.data}
			for i := range many {
				w.put32(w.table(offClasses)+32*i+24, f.u32(w.table(offClasses)+24))
			}
			return w
		}, "code"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := c.build()
			f, err := Decode(w.data)
			require.NoError(t, err)
			assert.Error(t, walk(f)[c.step])
		})
	}
}

func numbered(n int) []string {
	var s []string
	for i := range n {
		s = append(s, fmt.Sprintf("%05d", i))
	}
	return s
}

// typesAre appends a table of types that all have the name string i.
func (w *written) typesAre(i int) *written {
	table := make([]byte, 4*len(w.strings))
	w.put32(offTypes+4, len(w.data))
	w.data = append(w.data, table...)
	for j := range w.strings {
		w.put32(len(w.data)-len(table)+4*j, i)
	}
	return w.seal()
}

// FuzzDecode holds: no panic, an error beside nothing, and work in proportion.
func FuzzDecode(f *testing.F) {
	seeds := [][]byte{sound().data, container().data, source{}.write().data}
	require.NotEmpty(f, seeds)
	for _, s := range seeds {
		f.Add(s)
		f.Add(s[:len(s)-1])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Decode(data)
		if err != nil {
			require.Nil(t, file)
			return
		}
		code, _ := file.Code()
		total := 0
		file.Strings(func(i int, v string, at uint32) bool {
			require.Less(t, int(at), len(data)+1)
			code.Loader(0)
			total += len(v)
			return true
		})
		count := func(n Name) bool {
			require.Less(t, int(n.Offset), len(data))
			total += len(n.Value)
			return true
		}
		file.Classes(count)
		file.References(count)
		require.LessOrEqual(t, total, 3*3*(maxTextShare*len(data)+4096))
	})
}
