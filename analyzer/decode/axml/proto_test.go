package axml_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/axml"
	"github.com/listgate/listgate/fixtures/resfile"
)

// field is a field of Protocol Buffers: a number, or bytes.
func field(number int, value any) []byte {
	switch v := value.(type) {
	case int:
		return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(number)<<3), uint64(int64(v)))
	case string:
		return field(number, []byte(v))
	case []byte:
		out := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(number)<<3|2), uint64(len(v)))
		return append(out, v...)
	}
	return nil
}

func join(parts ...[]byte) []byte { return []byte(strings.Join(texts(parts), "")) }

func texts(parts [][]byte) (out []string) {
	for _, p := range parts {
		out = append(out, string(p))
	}
	return out
}

// attribute is an XmlAttribute of the platform with a compiled value.
func attribute(name string, id int, raw string, item []byte) []byte {
	a := join(field(1, axml.AndroidNS), field(2, name), field(3, raw), field(5, id))
	if item != nil {
		a = append(a, field(6, item)...)
	}
	return field(4, a)
}

// document is an element of that name in a node.
func document(name string, parts ...[]byte) []byte {
	return field(1, join(append([][]byte{field(3, name)}, parts...)...))
}

func TestDecodeProto(t *testing.T) {
	t.Parallel()
	root := resfile.Element{Name: "manifest", Attributes: []resfile.Attribute{
		{Name: "versionCode", Value: 7}, {Name: "versionName", Value: "1.2"},
		{Name: "package", Value: "com.example.app"}},
		Children: []resfile.Element{{Name: "application", Attributes: []resfile.Attribute{
			{Name: "label", Value: resfile.StringID(3)}, {Name: "debuggable", Value: true},
			{Name: "hasCode", Value: false}}}}}
	data, err := resfile.ProtoXML(root)
	require.NoError(t, err)
	doc, err := axml.DecodeProto(data, budget.New(budget.Limits{}))
	require.NoError(t, err)
	binaryData, err := resfile.AXML(root)
	require.NoError(t, err)
	want, err := axml.Decode(binaryData, budget.New(budget.Limits{}))
	require.NoError(t, err)
	byName := cmpopts.SortSlices(func(a, b axml.Attribute) bool { return a.Name < b.Name })
	places := cmpopts.IgnoreFields(axml.Element{}, "Offset")
	raw := cmpopts.IgnoreFields(axml.Attribute{}, "Offset", "RawValue")
	values := cmp.Comparer(func(a, b axml.Value) bool { // a text has no index here
		return a.Type == b.Type && a.Str == b.Str && (a.Type == axml.TypeString || a.Data == b.Data)
	})
	assert.Empty(t, cmp.Diff(want.Root, doc.Root, byName, places, raw, values),
		"the same document in both forms")
	assert.Empty(t, doc.Anomalies)
	name, ok := doc.Root.Attr("versionName")
	require.True(t, ok)
	assert.Equal(t, "1.2", string(data[name.Offset:][:3]), "an offset points at the text")
}

func TestDecodeProtoValues(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		item []byte
		want axml.Value
	}{
		{"not_compiled", nil, axml.Value{Type: axml.TypeString, Str: "raw"}},
		{"empty", []byte{}, axml.Value{}},
		{"text", field(2, field(1, "语音")), axml.Value{Type: axml.TypeString, Str: "语音"}},
		{"raw_text", field(3, field(1, "a")), axml.Value{Type: axml.TypeString, Str: "a"}},
		{"styled_text", field(4, join(field(1, "a"), field(2, ""))),
			axml.Value{Type: axml.TypeString, Str: "a"}},
		{"file", field(5, field(1, "res/a.xml")),
			axml.Value{Type: axml.TypeString, Str: "res/a.xml"}},
		{"reference", field(1, join(field(2, 0x7f010002), field(3, "string/a"))),
			axml.Value{Type: axml.TypeReference, Data: 0x7f010002}},
		{"reference_by_name", field(1, field(3, "string/a")),
			axml.Value{Type: axml.TypeString, Str: "@string/a"}},
		{"attribute_of_the_theme", field(1, join(field(1, 1), field(2, 0x01010001))),
			axml.Value{Type: 2, Data: 0x01010001}},
		{"negative_number", field(7, field(6, -1)),
			axml.Value{Type: axml.TypeInt, Data: 0xffffffff}},
		{"flags", field(7, field(7, 0x1f)), axml.Value{Type: axml.TypeHex, Data: 0x1f}},
		{"true", field(7, field(8, 1)), axml.Value{Type: axml.TypeBool, Data: 0xffffffff}},
		{"false", field(7, field(8, 0)), axml.Value{Type: axml.TypeBool}},
		{"null", field(7, field(1, "")), axml.Value{}},
		{"not_utf8", field(2, field(1, "a\xffb")),
			axml.Value{Type: axml.TypeString, Str: "a\uFFFDb"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			data := document("manifest", attribute("value", 0x01010024, "raw", c.item))
			doc, err := axml.DecodeProto(data, budget.New(budget.Limits{}))
			require.NoError(t, err)
			a, ok := doc.Root.Attr("value")
			require.True(t, ok)
			assert.Empty(t, cmp.Diff(c.want, a.Value))
		})
	}
}

// TestDecodeProtoGoesByID reads an attribute by its id, as the APK that is built of the
// bundle has it.
func TestDecodeProtoGoesByID(t *testing.T) {
	t.Parallel()
	data := document("manifest", attribute("versionName", 0x0101021b, "7", field(7, field(6, 7))))
	doc, err := axml.DecodeProto(data, budget.New(budget.Limits{}))
	require.NoError(t, err)
	_, ok := doc.Root.Attr("versionName")
	assert.False(t, ok)
	code, ok := doc.Root.Attr("versionCode")
	require.True(t, ok)
	assert.Equal(t, uint32(7), code.Value.Data)
}

func TestDecodeProtoRefuses(t *testing.T) {
	t.Parallel()
	deep := document("a")
	for range 300 {
		deep = document("a", field(5, deep))
	}
	for name, data := range map[string][]byte{
		"empty": nil, "a_text": field(2, "text"), "plain_xml": []byte("<manifest/>"),
		"length_behind_the_end": []byte("\x0a\xff\xff\xff\xff\x0f"), "deep": deep,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, err := axml.DecodeProto(data, budget.New(budget.Limits{}))
			var format *budget.FormatError
			require.ErrorAs(t, err, &format)
			assert.Nil(t, doc)
		})
	}
	_, err := axml.DecodeProto(document("a"), budget.New(budget.Limits{Bytes: 64}))
	assert.ErrorIs(t, err, budget.ErrExhausted)
}

func TestDecodeProtoTruncated(t *testing.T) {
	t.Parallel()
	whole := document("manifest", attribute("value", 0x01010024, "raw", field(7, field(6, 7))),
		field(5, document("application")))
	for n := range whole {
		_, err := axml.DecodeProto(whole[:n], budget.New(budget.Limits{}))
		require.Error(t, err, "%d of %d bytes", n, len(whole))
	}
}

func FuzzDecodeProto(f *testing.F) {
	f.Add(document("manifest", attribute("value", 0x01010024, "raw", field(7, field(6, 7))),
		field(5, document("application"))))
	f.Add(document("a", field(4, field(6, field(1, field(3, "string/a")))),
		field(5, field(2, "b"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := axml.DecodeProto(data, budget.New(budget.Limits{Bytes: 64 << 20}))
		if (err == nil) != (doc != nil) {
			t.Fatalf("document %v beside error %v", doc, err)
		}
		if err == nil && doc.Root == nil {
			t.Fatal("a document without a root")
		}
	})
}
