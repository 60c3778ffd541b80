package axml_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/axml"
)

func decode(data []byte) (*axml.Document, error) {
	return axml.Decode(data, budget.New(budget.Limits{}))
}

func TestDecode(t *testing.T) {
	t.Parallel()
	want := &axml.Element{Name: "manifest",
		Attributes: []axml.Attribute{
			{Namespace: axml.AndroidNS, Name: "versionCode", ID: 0x0101021b,
				Value: axml.Value{Type: axml.TypeInt, Data: 7}},
			{Namespace: axml.AndroidNS, Name: "versionName", ID: 0x0101021c, RawValue: "1.0 测试",
				Value: axml.Value{Type: axml.TypeString, Str: "1.0 测试"}},
			{Name: "package", RawValue: "com.example",
				Value: axml.Value{Type: axml.TypeString, Str: "com.example"}},
		},
		Children: []*axml.Element{
			{Name: "uses-sdk", Attributes: []axml.Attribute{{Namespace: axml.AndroidNS,
				Name: "minSdkVersion", ID: 0x0101020c,
				Value: axml.Value{Type: axml.TypeInt, Data: 21}}}},
			{Name: "note", Text: []string{"hello"}},
		}}
	for name, utf8 := range map[string]bool{"utf8": true, "utf16": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := sample(utf8).bytes()
			doc, err := decode(data)
			require.NoError(t, err)
			assert.Empty(t, doc.Anomalies)
			require.NoError(t, axml.Validate(data))
			ignore := cmpopts.IgnoreFields(axml.Attribute{}, "Offset")
			strOnly := cmpopts.IgnoreFields(axml.Element{}, "Offset")
			got := withoutStringIndex(doc.Root)
			assert.Empty(t, cmp.Diff(want, got, ignore, strOnly, cmpopts.EquateEmpty()))
		})
	}
}

// withoutStringIndex clears the pool index of string values.
func withoutStringIndex(e *axml.Element) *axml.Element {
	for i := range e.Attributes {
		if e.Attributes[i].Value.Type == axml.TypeString {
			e.Attributes[i].Value.Data = 0
		}
	}
	for _, c := range e.Children {
		withoutStringIndex(c)
	}
	return e
}

func TestSurrogatesInUTF8(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ raw, want string }{
		"four_bytes": {"A😀", "A😀"},
		"pair":       {"A\xed\xa0\xbd\xed\xb8\x80中", "A😀中"},
		"lone_high":  {"\xed\xa0\xbdA", "\ufffd\ufffd\ufffdA"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWriter(true)
			w.start("manifest", attr{name: "versionName", value: c.raw})
			w.end("manifest")
			doc, err := decode(w.bytes())
			require.NoError(t, err)
			a, ok := doc.Root.Attr("versionName")
			require.True(t, ok)
			assert.Equal(t, c.want, a.Value.Str)
		})
	}
}

func TestOffsets(t *testing.T) {
	t.Parallel()
	data := sample(true).bytes()
	doc, err := decode(data)
	require.NoError(t, err)
	pkg, ok := doc.Root.Plain("package")
	require.True(t, ok)
	assert.Equal(t, "com.example", string(data[pkg.Offset+2:pkg.Offset+2+11]))
	assert.Equal(t, uint16(0x0102), le.Uint16(data[doc.Root.Offset:]))
	code, ok := doc.Root.Attr("versionCode")
	require.True(t, ok)
	assert.Equal(t, uint32(7), le.Uint32(data[code.Offset+16:]))
}

// patched returns the sample with one change.
func patched(change func(data []byte) []byte) []byte {
	return change(bytes.Clone(sample(true).bytes()))
}

// where returns the offset of the first chunk of this type.
func where(data []byte, kind uint16) int {
	for off := 8; off < len(data); off += int(le.Uint32(data[off+4:])) {
		if le.Uint16(data[off:]) == kind {
			return off
		}
	}
	return -1
}

func TestTolerated(t *testing.T) {
	t.Parallel()
	unknown := block(0x0777, words(1, none), words(1, 2, 3))
	cases := []struct {
		name string
		data []byte
		want axml.Kind
	}{
		{"document_type_zero", patched(func(d []byte) []byte {
			d[0] = 0
			return d
		}), axml.KindChunk},
		{"bytes_after_the_document", append(sample(true).bytes(), "junk"...), axml.KindChunk},
		{"unknown_chunk_before_the_nodes", sample(true).bytes(unknown), axml.KindChunk},
		{"unknown_chunk_between_the_nodes", func() []byte {
			w := sample(true)
			first := int(le.Uint32(w.nodes[4:]))
			w.nodes = slices.Insert(w.nodes, first, unknown...)
			return w.bytes()
		}(), axml.KindChunk},
		{"second_pool", sample(true).bytes(stringPool(true, sample(true).strs)),
			axml.KindStrings},
		{"count_reaches_into_the_strings", patched(func(d []byte) []byte {
			d[where(d, 1)+8] += 3
			return d
		}), axml.KindStrings},
		{"name_denies_the_id", func() []byte {
			w := sample(true)
			w.strs[slices.Index(w.strs, "versionCode")] = "harmless"
			return w.bytes()
		}(), axml.KindStrings},
		{"raw_value_differs", patched(func(d []byte) []byte {
			at := where(d, 0x0102) + 16 + 20 + 20 // the second attribute
			le.PutUint32(d[at+8:], 0)
			return d
		}), axml.KindStrings},
		{"attributes_of_24_bytes", wideAttributes(), axml.KindChunk},
		{"root_not_closed", func() []byte {
			w := newWriter(true)
			w.start("manifest", attr{name: "versionCode", kind: axml.TypeInt, value: uint32(7)},
				attr{name: "package", value: "com.example", plain: true})
			return w.bytes()
		}(), axml.KindChunk},
		{"second_root", func() []byte {
			w := sample(true)
			w.start("manifest", attr{name: "package", value: "com.other", plain: true})
			w.end("manifest")
			return w.bytes()
		}(), axml.KindChunk},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, err := decode(c.data)
			require.NoError(t, err)
			pkg, _ := doc.Root.Plain("package")
			code, ok := doc.Root.Attr("versionCode")
			require.True(t, ok)
			assert.Equal(t, "com.example", pkg.Value.String())
			assert.Equal(t, uint32(7), code.Value.Data)
			require.NotEmpty(t, doc.Anomalies)
			assert.Equal(t, c.want, doc.Anomalies[0].Kind)
		})
	}
}

// wideAttributes is a document whose attributes take 24 bytes each.
func wideAttributes() []byte {
	w := newWriter(true)
	ns, pkg := w.str(axml.AndroidNS), w.str("com.example")
	ext := slices.Concat(words(none, w.str("manifest")), halves(20, 24, 2, 0, 0, 0),
		words(ns, w.str("versionCode"), none, 8|axml.TypeInt<<24, 7, 0xdead),
		words(none, w.str("package"), pkg, 8|axml.TypeString<<24, pkg, 0xdead))
	w.node(0x0102, ext)
	w.end("manifest")
	return w.bytes()
}

func TestStrippedNames(t *testing.T) {
	t.Parallel()
	w := sample(true)
	for name := range ids {
		w.strs[slices.Index(w.strs, name)] = ""
	}
	doc, err := decode(w.bytes())
	require.NoError(t, err)
	a, ok := doc.Root.Attr("versionName")
	require.True(t, ok)
	assert.Equal(t, "1.0 测试", a.Value.String())
	assert.Empty(t, doc.Anomalies)
}

func TestIDGoesBeforeName(t *testing.T) {
	t.Parallel()
	w := newWriter(true)
	w.strs = append(w.strs, "versionName2")
	w.start("manifest", attr{name: "decoy", value: "9.9"}, attr{name: "versionName", value: "1.0"})
	w.strs[slices.Index(w.strs, "decoy")] = "versionName"
	w.end("manifest")
	doc, err := decode(w.bytes())
	require.NoError(t, err)
	a, _ := doc.Root.Attr("versionName")
	assert.Equal(t, "1.0", a.Value.String())
}

func TestRefused(t *testing.T) {
	t.Parallel()
	put := func(kind uint16, rel int, v uint32) []byte {
		return patched(func(d []byte) []byte { le.PutUint32(d[where(d, kind)+rel:], v); return d })
	}
	cases := []struct {
		name string
		data []byte
	}{
		{"empty", nil},
		{"document_larger_than_the_file", patched(func(d []byte) []byte {
			le.PutUint32(d[4:], 1<<30)
			return d
		})},
		{"chunk_of_size_zero", put(0x0100, 4, 0)},
		{"chunk_ends_past_the_document", put(0x0102, 4, 1<<20)},
		{"odd_chunk_size", put(0x0102, 4, 61)},
		{"four_gigabytes_of_strings", put(0x0001, 8, 1<<30)},
		{"strings_start_past_the_pool", put(0x0001, 20, 1<<31)},
		{"no_pool", block(0x0003, nil, sample(true).nodes)},
		{"no_node", block(0x0003, nil, stringPool(true, []string{"a"}))},
		{"attributes_past_the_chunk", patched(func(d []byte) []byte {
			d[where(d, 0x0102)+16+12] = 200
			return d
		})},
		{"too_deep", func() []byte {
			w := newWriter(true)
			for range 300 {
				w.start("a")
			}
			return w.bytes()
		}()},
		{"text_too_deep", []byte(strings.Repeat("<a>", 300))},
		{"text_not_closed", []byte("<manifest>")},
		{"text_without_element", []byte("<?xml version='1.0'?>")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, err := decode(c.data)
			var format *budget.FormatError
			require.ErrorAs(t, err, &format)
			assert.Nil(t, doc)
			assert.Error(t, axml.Validate(c.data))
		})
	}
}

func TestBudgetIsAsked(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{"binary": sample(true).bytes(), "text": []byte(plain)}
	for name, data := range files {
		doc, err := axml.Decode(data, budget.New(budget.Limits{Bytes: 200}))
		require.ErrorIs(t, err, budget.ErrExhausted, name)
		assert.Nil(t, doc)
	}
}

const plain = `<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.example"
    android:versionCode="7"><note>hello</note></manifest>`

func TestPlainXML(t *testing.T) {
	t.Parallel()
	_, body, _ := strings.Cut(plain, "?>")
	for _, data := range []string{plain, "\uFEFF \n" + body} {
		doc, err := decode([]byte(data))
		require.NoError(t, err)
		code, ok := doc.Root.Attr("versionCode")
		require.True(t, ok)
		n, ok := code.Value.Int()
		assert.True(t, ok)
		assert.Equal(t, int32(7), n)
		require.Len(t, doc.Root.Children, 1)
		assert.Equal(t, []string{"hello"}, doc.Root.Children[0].Text)
		require.Len(t, doc.Anomalies, 1)
		assert.Equal(t, axml.KindText, doc.Anomalies[0].Kind)
		assert.Error(t, axml.Validate([]byte(data)))
	}
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	for _, data := range [][]byte{sample(true).bytes(), sample(false).bytes(), []byte(plain)} {
		for n := range len(data) {
			doc, err := decode(data[:n])
			assert.Error(t, err, "%d of %d bytes", n, len(data))
			assert.Nil(t, doc)
			assert.Error(t, axml.Validate(data[:n]))
		}
	}
}

func TestOverlappingStringsAreBounded(t *testing.T) {
	t.Parallel()
	const n = 4000
	var data []byte // every unit is a length that reaches to the one terminator
	for i := range n {
		data = le.AppendUint16(data, uint16(n-1-i))
	}
	data = append(data, 0, 0, 0, 0)
	var offsets []byte
	for i := range n {
		offsets = le.AppendUint32(offsets, uint32(2*i))
	}
	pool := block(0x0001, words(n, 0, 0, 28+4*n, 0), offsets, data)
	w := newWriter(false)
	for i := range uint32(n) {
		w.node(0x0102, words(none, i), halves(20, 20, 0, 0, 0, 0))
		w.node(0x0103, words(none, i))
	}
	open := block(0x0102, words(1, none), words(none, none), halves(20, 20, 0, 0, 0, 0))
	file := block(0x0003, nil, pool, open, w.nodes)
	_, err := decode(file)
	require.Error(t, err)
	assert.Error(t, axml.Validate(file))
}

func TestValue(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		value axml.Value
		text  string
		n     int32
		isInt bool
	}{
		{"null", axml.Value{}, "", 0, false},
		{"string", axml.Value{Type: axml.TypeString, Str: "a"}, "a", 0, false},
		{"string_number", axml.Value{Type: axml.TypeString, Str: "0x1F"}, "0x1F", 31, true},
		{"int", axml.Value{Type: axml.TypeInt, Data: 0xffffffff}, "-1", -1, true},
		{"hex", axml.Value{Type: axml.TypeHex, Data: 0x1f}, "0x1f", 31, true},
		{"bool", axml.Value{Type: axml.TypeBool, Data: 0xffffffff}, "true", -1, true},
		{"reference", axml.Value{Type: axml.TypeReference, Data: 0x7f010001}, "@0x7f010001",
			0, false},
		{"float", axml.Value{Type: axml.TypeFloat, Data: 0x3f800000}, "1.0", 0, false},
		{"fraction", axml.Value{Type: axml.TypeFloat, Data: 0x3fc00000}, "1.5", 0, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.text, c.value.String())
			n, ok := c.value.Int()
			assert.Equal(t, c.isInt, ok)
			if ok {
				assert.Equal(t, c.n, n)
			}
		})
	}
}
