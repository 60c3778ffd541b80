package arsc_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/arsc"
	"github.com/listgate/listgate/fixtures/resfile"
)

// field is a field of Protocol Buffers: a number, or the bytes of all values joined.
func field(number int, values ...any) []byte {
	var body []byte
	for _, value := range values {
		switch v := value.(type) {
		case int:
			return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(number)<<3), uint64(v))
		case string:
			body = append(body, v...)
		case []byte:
			body = append(body, v...)
		}
	}
	out := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(number)<<3|2), uint64(len(body)))
	return append(out, body...)
}

// valueIn is a ConfigValue in a language with an Item.
func valueIn(lang string, item []byte) []byte {
	return field(6, field(1, field(3, lang)), field(2, field(4, item)))
}

func textItem(s string) []byte { return field(2, field(1, s)) }
func reference(id int) []byte  { return field(1, field(2, id)) }
func tableOf(types ...any) []byte {
	return field(2, append([]any{field(1, field(1, 0x7f))}, types...)...)
}
func typeOf(id int, name string, entries ...any) []byte {
	return field(3, append([]any{field(1, field(1, id)), field(2, name)}, entries...)...)
}

func entryOf(id int, values ...any) []byte {
	return field(3, append([]any{field(1, field(1, id)), field(2, "name")}, values...)...)
}

// sampleProto has texts, references, an array, plurals, and a type without texts.
func sampleProto() []byte {
	array := field(6, field(1, field(3, "zh")), field(2, field(5,
		field(4, field(1, field(3, textItem("一"))), field(1, field(3, textItem("二")))))))
	plurals := field(6, field(2, field(5, field(5,
		field(1, field(3, 1), field(4, textItem("one"))), field(1, field(4, textItem("many")))))))
	crowded := field(6, field(1, field(3, "fr"), field(5, 320)),
		field(2, field(4, textItem("Gros"))))
	return append(tableOf(
		typeOf(1, "string",
			entryOf(0, valueIn("", textItem("Voice")), valueIn("zh-CN", textItem("语音")),
				crowded, valueIn("fr", textItem("Voix"))),
			entryOf(1, valueIn("", reference(0x7f010000)), valueIn("iw", textItem("קול"))),
			entryOf(2, valueIn("", reference(0x7f010002)))),
		typeOf(2, "array", entryOf(0, array)),
		typeOf(3, "plurals", entryOf(0, plurals)),
		typeOf(4, "drawable", entryOf(0, valueIn("", field(5, field(1, "res/a.png"))),
			valueIn("", textItem("not shown")))),
		typeOf(5, "integer", entryOf(0, valueIn("", field(7, field(6, 42)))))),
		field(4, field(1, "aapt2"))...)
}

func decodeProto(t *testing.T, data []byte) *arsc.ProtoTable {
	t.Helper()
	table, err := arsc.DecodeProto(data, budget.New(budget.Limits{}))
	require.NoError(t, err)
	return table
}

func TestProtoTable_Resolve(t *testing.T) {
	t.Parallel()
	table := decodeProto(t, sampleProto())
	cases := []struct {
		id   uint32
		lang string
		want string
	}{
		{0x7f010000, "", "Voice"}, {0x7f010000, "zh-CN", "语音"}, {0x7f010000, "zh", "Voice"},
		{0x7f010000, "zh-CN-x", "语音"}, {0x7f010000, "fr", "Voix"}, {0x7f010001, "", "Voice"},
		{0x7f010001, "he", "קול"}, {0x7f010001, "zh-CN", "语音"},
	}
	for _, c := range cases {
		v, ok := table.Resolve(c.id, c.lang)
		assert.True(t, ok)
		assert.Equal(t, c.want, v.Str, "0x%x in %q", c.id, c.lang)
	}
	for _, id := range []uint32{0, 0x7f010002, 0x7f010003, 0x7f020000, 0x7f060000, 0x01010000} {
		_, ok := table.Resolve(id, "")
		assert.False(t, ok, "0x%x: a circle, a bag or nothing", id)
	}
	number, ok := table.Resolve(0x7f050000, "")
	assert.True(t, ok)
	assert.Equal(t, arsc.Value{Type: 0x10, Data: 42}, number)
	assert.NoError(t, table.Err())
}

func TestProtoTable_Languages(t *testing.T) {
	t.Parallel()
	table := decodeProto(t, sampleProto())
	got := map[string]string{}
	for lang, v := range table.Languages(0x7f010001) {
		got[lang] = v.Str
	}
	want := map[string]string{"": "Voice", "he": "קול", "zh-CN": "语音", "fr": "Voix"}
	assert.Empty(t, cmp.Diff(want, got))
	assert.Empty(t, table.Languages(0x7f020000))
}

func TestProtoTable_Strings(t *testing.T) {
	t.Parallel()
	data := sampleProto()
	var got []string
	for s := range decodeProto(t, data).Strings {
		got = append(got, fmt.Sprintf("0x%x %q %s %v", s.ID, s.Lang, s.Value, s.Bag))
		assert.Equal(t, s.Value, string(data[s.Offset:][:len(s.Value)]))
	}
	want := []string{`0x7f010000 "" Voice false`, `0x7f010000 "zh-CN" 语音 false`,
		`0x7f010000 "fr" Gros false`, `0x7f010000 "fr" Voix false`, `0x7f010001 "he" קול false`,
		`0x7f020000 "zh" 一 true`, `0x7f020000 "zh" 二 true`, `0x7f030000 "" one true`,
		`0x7f030000 "" many true`}
	assert.Empty(t, cmp.Diff(want, got))
	for range decodeProto(t, data).Strings {
		break
	}
}

// TestProtoTable_AgreesWithTable reads the same resources in both forms.
func TestProtoTable_AgreesWithTable(t *testing.T) {
	t.Parallel()
	strs := []resfile.String{
		{Name: "a", Texts: map[string]string{"": "Voice", "zh-CN": "语音", "zh-Hans-CN": "声"}},
		{Name: "b", Texts: map[string]string{"en": "Only here"}}}
	proto, err := resfile.ProtoTable("com.example", strs)
	require.NoError(t, err)
	binaryData, err := resfile.ARSC("com.example", strs)
	require.NoError(t, err)
	table, err := arsc.Decode(binaryData, budget.New(budget.Limits{}))
	require.NoError(t, err)
	for _, id := range []uint32{0x7f010000, 0x7f010001} {
		assert.Empty(t, cmp.Diff(table.Languages(id), decodeProto(t, proto).Languages(id),
			cmpopts.IgnoreFields(arsc.Value{}, "Data"))) // a text has no index here
	}
}

func TestDecodeProtoRefuses(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"cut":               sampleProto()[:40],
		"no_protocol":       []byte("\x02\x00\x0c\x00 a table in binary form"),
		"package_too_large": field(2, field(1, field(1, 0x100))),
		"type_too_large":    tableOf(typeOf(0x100, "string")),
		"entry_too_large":   tableOf(typeOf(1, "string", entryOf(0x10000))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, err := arsc.DecodeProto(data, budget.New(budget.Limits{}))
			var format *budget.FormatError
			require.ErrorAs(t, err, &format)
			assert.Nil(t, table)
		})
	}
	_, err := arsc.DecodeProto(sampleProto(), budget.New(budget.Limits{Bytes: 100}))
	assert.ErrorIs(t, err, budget.ErrExhausted)
}

// TestProtoTable_BrokenValue ends a reading, and says so.
func TestProtoTable_BrokenValue(t *testing.T) {
	t.Parallel()
	broken := field(6, field(2, "\x22\xff"))
	table := decodeProto(t, tableOf(typeOf(1, "string",
		entryOf(0, valueIn("", textItem("Voice"))), entryOf(1, broken),
		entryOf(2, valueIn("", textItem("behind"))))))
	var got []string
	for s := range table.Strings {
		got = append(got, s.Value)
	}
	assert.Equal(t, []string{"Voice"}, got)
	var format *budget.FormatError
	require.ErrorAs(t, table.Err(), &format)
	_, ok := table.Resolve(0x7f010000, "")
	assert.False(t, ok)
}

// TestProtoTable_Bounded lets one resource have more values than are compared, and
// values refer to each other in a circle, without end or cost.
func TestProtoTable_Bounded(t *testing.T) {
	t.Parallel()
	var values []any
	for i := range 20_000 {
		values = append(values, valueIn(fmt.Sprintf("x%d", i), reference(0x7f010000)))
	}
	table := decodeProto(t, tableOf(typeOf(1, "string", entryOf(0, values...))))
	_, ok := table.Resolve(0x7f010000, "")
	assert.False(t, ok)
	assert.Empty(t, table.Languages(0x7f010000))
	assert.Error(t, table.Err())
}

func TestDecodeProtoTruncated(t *testing.T) {
	t.Parallel()
	whole := sampleProto()
	all := 0
	for range decodeProto(t, whole).Strings {
		all++
	}
	for n := range whole {
		table, err := arsc.DecodeProto(whole[:n], budget.New(budget.Limits{}))
		if err != nil {
			continue
		}
		read := 0
		for range table.Strings {
			read++
		}
		whole := read == all || n == 0 || table.Err() != nil
		require.True(t, whole, "%d bytes", n)
	}
}

func FuzzDecodeProto(f *testing.F) {
	f.Add(sampleProto())
	f.Add(tableOf(typeOf(1, "string", entryOf(0, valueIn("", reference(0x7f010000))))))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := arsc.DecodeProto(data, budget.New(budget.Limits{Bytes: 64 << 20}))
		if (err == nil) != (table != nil) {
			t.Fatalf("table %v beside error %v", table, err)
		}
		if err != nil {
			return
		}
		size := 0
		for s := range table.Strings {
			size += len(s.Value)
			table.Resolve(s.ID, s.Lang)
		}
		if size > 3*len(data) { // a byte that is not UTF-8 becomes three
			t.Fatalf("%d bytes of text out of %d", size, len(data))
		}
		table.Languages(0x7f010000)
	})
}
