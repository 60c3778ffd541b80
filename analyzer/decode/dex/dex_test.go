package dex

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
)

const (
	app     = "Lcom/example/app/Main;"
	inner   = "Lcom/example/app/Main$1;"
	speech  = "Lcom/vendor/speech/Synthesizer;"
	object  = "Ljava/lang/Object;"
	element = "Lcom/vendor/Element;"
	link    = "https://api.example.com/v1"
)

// sound is a file with each thing that the decoder reads. Its methods sort as
// object, speech: 0 is on speech, 1 on object.
func sound() *written {
	return source{
		strings: []string{link, "语音合成", "a\xc0\x80b", "\xed\xa0\xbd\xed\xb8\x80"},
		types:   []string{"[" + element, "I", "[I", object},
		methods: []string{object, speech},
		classes: []class{
			{descriptor: app, code: []uint16{
				0x1070, 1, 0, // invoke-direct Object.<init>
				0x2071, 0, 0, // invoke-static Synthesizer
				0x3077, 0, 0, // invoke-static/range Synthesizer
				0x0000,
				0x00fa, 0, 0, 0, // invoke-polymorphic Synthesizer
				0x000e,
				0x0100, 1, 0, 0, 0x6e00, 0, // packed-switch payload
				0x0200, 1, 0, 0, 0x6e00, 0, // sparse-switch payload
				0x0300, 1, 3, 0, 0x6e6e, 0x6e, // three bytes of array
				0x006e, 0, 0, // invoke-virtual Synthesizer
			}},
			{descriptor: inner, code: []uint16{0x001a, 4, 0x001b, 4, 0, 0x000e}},
		},
	}.write()
}

func names(f *File, list func(func(Name) bool) error) ([]string, error) {
	var out []string
	err := list(func(n Name) bool {
		end := n.Offset + uint32(len(n.Value))
		if got := strings.ReplaceAll(string(f.data[n.Offset+1:end+1]), "/", "."); got != n.Value {
			out = append(out, "misplaced: "+got)
		}
		out = append(out, n.Value)
		return true
	})
	return out, err
}

func TestDecodeSound(t *testing.T) {
	t.Parallel()
	w := sound()
	f, err := Decode(w.data)
	require.NoError(t, err)
	assert.Equal(t, "035", f.Version)
	assert.Empty(t, f.Anomalies)

	got, err := names(f, f.Classes)
	require.NoError(t, err)
	assert.Equal(t, []string{"com.example.app.Main", "com.example.app.Main$1"}, got)

	got, err = names(f, f.References)
	require.NoError(t, err)
	assert.Equal(t, []string{"com.vendor.speech.Synthesizer", "java.lang.Object",
		"com.vendor.Element"}, got)

	code, err := f.Code()
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff([]Call{
		{"com.example.app", "com.vendor.speech", 4, []string{"Synthesizer"}},
		{"com.example.app", "java.lang", 1, []string{"Object"}},
	}, code.Calls))

	values := map[string]string{}
	require.NoError(t, f.Strings(func(i int, v string, at uint32) bool {
		values[v] = code.Loader(i)
		if v == link {
			assert.Equal(t, link, string(w.data[at:int(at)+len(v)]))
		}
		return true
	}))
	loaded := decodeMUTF8([]byte(w.strings[4]))
	want := map[string]string{link: "", "语音合成": "", "a\x00b": "", "😀": ""}
	if _, ok := want[loaded]; ok {
		want[loaded] = "com.example.app.Main$1"
	}
	assert.Empty(t, cmp.Diff(want, values))
}

func TestMUTF8(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"ascii", "abc", "abc"},
		{"han", "语音", "语音"},
		{"nul", "\xc0\x80", "\x00"},
		{"surrogates", "\xed\xa0\xbd\xed\xb8\x80!", "😀!"},
		{"four_bytes", "😀", "😀"},
		{"lone_surrogate", "x\xed\xa0\xbdy", "x�y"},
		{"cut_short", "x\xe8\xaf", "x��"},
		{"stray_trail", "\x80z", "�z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, decodeMUTF8([]byte(c.in)))
		})
	}
}

func TestWidths(t *testing.T) {
	t.Parallel()
	for op, width := range widths {
		require.NotZero(t, width, "opcode 0x%02x", op)
		if actions[op] == opInvoke || actions[op] == opStringJumbo {
			require.GreaterOrEqual(t, width, uint8(3), "opcode 0x%02x", op)
		}
	}
}

// TestDecodeHostile has one defect each. odd is the offset of the anomaly that is
// expected; fails says which step names the defect.
func TestDecodeHostile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(w *written)
		odd   int64
		kind  AnomalyKind
		fails string
	}{
		{"empty", func(w *written) { w.data = nil }, 0, 0, "decode"},
		{"magic", func(w *written) { w.data[0] = 'c' }, 0, 0, "decode"},
		{"file_size_beyond", func(w *written) { w.put32(offFileSize, len(w.data)+1) }, 0, 0,
			"decode"},
		{"strings_beyond", func(w *written) { w.put32(offStrings, 1<<30) }, 0, 0, "decode"},
		{"strings_wrap", func(w *written) { w.put32(offStrings+4, -1) }, 0, 0, "decode"},
		{"types_beyond", func(w *written) { w.put32(offTypes, 1<<29) }, 0, 0, "decode"},
		{"methods_beyond", func(w *written) { w.put32(offMethods, len(w.data)) }, 0, 0, "decode"},
		{"classes_beyond", func(w *written) { w.put32(offClasses+4, len(w.data)) }, 0, 0,
			"decode"},
		{"unknown_version", func(w *written) { copy(w.data[4:], "036") }, offVersion, OddHeader,
			""},
		{"endian", func(w *written) { w.put32(offEndianTag, 0x78563412) }, offEndianTag, OddHeader,
			""},
		{"header_size", func(w *written) { w.put32(offHeaderSize, 0x80) }, offHeaderSize,
			OddHeader, ""},
		{"checksum", func(w *written) { w.data[offChecksum]++ }, offChecksum, OddHeader, ""},
		{"trailing_bytes", func(w *written) { w.data = append(w.data, 0) }, offFileSize, OddHeader,
			""},
		{"file_size_zero", func(w *written) { w.put32(offFileSize, 0) }, offFileSize, OddHeader,
			""},
		{"strings_unsorted", func(w *written) { w.swap(offStrings) }, headerSize + 4, Unsorted,
			"any"},
		{"types_unsorted", func(w *written) { w.swap(offTypes) }, 0, Unsorted, "any"},
		{"string_beyond", func(w *written) { w.put32(w.table(offStrings), 1<<30) }, 0, 0,
			"strings references"},
		{"string_without_end", func(w *written) {
			w.data[len(w.data)-1] = 1
			w.put32(w.table(offStrings), len(w.data)-2)
		}, 0, 0, "strings references"},
		{"type_beyond", func(w *written) { w.put32(w.table(offTypes), 1<<30) }, 0, 0,
			"references"},
		{"class_beyond", func(w *written) { w.put32(w.table(offClasses), 1<<30) }, 0, 0,
			"classes code"},
		{"class_is_array", func(w *written) { w.put32(w.table(offClasses), len(w.types)-1) }, 0, 0,
			"classes"},
		{"class_data_beyond", func(w *written) { w.put32(w.table(offClasses)+24, len(w.data)) }, 0,
			0, "code"},
		{"code_beyond", func(w *written) { w.put32(w.code[0]+12, 1<<30) }, 0, 0, "code"},
		{"instruction_cut", func(w *written) { w.put32(w.code[0]+12, 2) }, 0, 0, "code"},
		{"payload_beyond", func(w *written) {
			w.put32(w.code[0]+16,
				0xffff0300)
			w.put32(w.code[0]+20, -1)
		}, 0, 0, "code"},
		{"method_beyond", func(w *written) { w.put16(w.code[0]+18, 0xffff) }, 0, 0, "code"},
		{"loaded_string_beyond", func(w *written) { w.put16(w.code[1]+18, 0xffff) }, 0, 0, "code"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := sound()
			c.spoil(w)
			f, err := Decode(w.data)
			if c.fails == "decode" {
				var malformed *budget.FormatError
				require.ErrorAs(t, err, &malformed)
				require.Nil(t, f)
				return
			}
			require.NoError(t, err)
			if c.odd != 0 || c.kind == Unsorted {
				require.NotEmpty(t, f.Anomalies)
				found := false
				for _, a := range f.Anomalies {
					found = found || a.Kind == c.kind && (c.odd == 0 || a.Offset == c.odd)
				}
				assert.True(t, found, "%+v", f.Anomalies)
			}
			if c.fails == "any" {
				return
			}
			for step, err := range walk(f) {
				assert.Equal(t, slices.Contains(strings.Fields(c.fails), step), err != nil,
					"%s: %v", step, err)
			}
		})
	}
}

func (w *written) table(field int) int {
	f := File{data: w.data}
	return f.u32(field + 4)
}

// swap exchanges the first two entries of a table.
func (w *written) swap(field int) {
	f, at := File{data: w.data}, w.table(field)
	a, b := f.u32(at), f.u32(at+4)
	w.put32(at, b)
	w.put32(at+4, a)
}

// walk calls every method and returns the errors by step.
func walk(f *File) map[string]error {
	code, err := f.Code()
	return map[string]error{
		"classes":    f.Classes(func(Name) bool { return true }),
		"references": f.References(func(Name) bool { return true }),
		"strings": f.Strings(func(i int, _ string,
			_ uint32) bool {
			code.Loader(i)
			return true
		}),
		"code": err,
	}
}
