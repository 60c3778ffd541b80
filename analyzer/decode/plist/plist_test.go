package plist

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const doctype = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
`

const soundXML = doctype + `<plist version="1.0"><dict><!-- c -->
<key>CFBundleIdentifier</key><string>com.example.demo</string>
<key>n</key><integer> 0x102 </integer><key>ok</key><true/>
<key>d</key><data>QUJD</data><key>t</key><date>2022-12-11T00:00:00Z</date>
<key>list</key><array><string>应&amp;用<![CDATA[<a>]]></string>
<real>2.5</real><integer>-3</integer></array>
</dict></plist>
`

const soundText = "\ufeff" + `/* c */ "CFBundleIdentifier" = "com.example.demo"; // x
name = '应用\n\U4e2d\101'; bare; data = <41 42>; list = ( a, "b", { c = d; } );`

func utf16le(s string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

func TestDecode(t *testing.T) {
	t.Parallel()
	xmlRoot := map[string]any{"CFBundleIdentifier": "com.example.demo", "n": uint64(0x102),
		"ok": true,
		"d":  []byte("ABC"), "t": time.Date(2022, 12, 11, 0, 0, 0, 0, time.UTC),
		"list": []any{"应&用<a>", 2.5, int64(-3)}}
	textRoot := map[string]any{"CFBundleIdentifier": "com.example.demo", "name": "应用\n中A",
		"bare": "bare",
		"data": []byte("AB"), "list": []any{"a", "b", map[string]any{"c": "d"}}}
	odd := sound().bytes()
	odd[7] = 'Z'
	binRoot := map[string]any{"CFBundleIdentifier": "com.example.demo", "a": "应用", "n": uint64(258),
		"list": []any{"com.example.demo", uint64(258), 3.125}, "ok": true}
	for _, c := range []struct {
		name  string
		data  []byte
		form  Form
		want  map[string]any
		odd   int
		keyAt int // of CFBundleIdentifier; -1 none
	}{
		{"binary", sound().bytes(), Binary, binRoot, 0, 19},
		{"binary_unknown_version", odd, Binary, binRoot, 1, 19},
		{"xml", []byte(soundXML), XML, xmlRoot, 0, strings.Index(soundXML, "CFBundleId")},
		{"xml_utf16", utf16le(strings.Replace(soundXML, "UTF-8", "UTF-16", 1)), XML, xmlRoot, 0,
			-1},
		{"xml_trailing_bytes", []byte(soundXML + "<x>"), XML, xmlRoot, 1, strings.Index(soundXML,
			"CFBundleId")},
		{"xml_stray_text", []byte(strings.Replace(soundXML, "<dict>", "<dict>x", 1)), XML,
			xmlRoot, 1,
			strings.Index(soundXML, "CFBundleId") + 1},
		{"xml_key_twice",
			[]byte(`<plist><dict><key>a</key><true/><key>a</key><false/></dict></plist>`), XML,
			map[string]any{"a": false}, 1, -1},
		{"strings", []byte(soundText), Text, textRoot, 0, strings.Index(soundText, `"CFBundleId`)},
		{"strings_utf16", utf16le(soundText), Text, textRoot, 0, -1},
		{"text_braces", []byte("{a=b;}"), Text, map[string]any{"a": "b"}, 0, -1},
		{"text_holding_xml", []byte(`"a" = "<plist><dict/></plist>";`), Text,
			map[string]any{"a": "<plist><dict/></plist>"}, 0, -1},
		{"text_empty", nil, Text, map[string]any{}, 0, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, err := Decode(c.data, budget.New(budget.Limits{}))
			require.NoError(t, err)
			assert.Equal(t, c.form, l.Form)
			assert.Empty(t, cmp.Diff(c.want, l.Root))
			assert.Len(t, l.Oddities, c.odd)
			at, ok := l.KeyOffset("CFBundleIdentifier")
			assert.Equal(t, c.keyAt >= 0, ok)
			if ok {
				assert.EqualValues(t, c.keyAt, at)
			}
		})
	}
}

func TestDecodeHostile(t *testing.T) {
	t.Parallel()
	change := func(at int, to byte) []byte {
		data := sound().bytes()
		if at < 0 {
			at += len(data)
		}
		data[at] = to
		return data
	}
	nest := func(open, end string, n int) string {
		return strings.Repeat(open, n) +
			strings.Repeat(end, n)
	}
	deep := objects{ref(markDict, 1, 2), ascii("k")}
	for i := range maxDepth {
		deep = append(deep, ref(markArray, byte(i+3)))
	}
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"shared_references_expand", bomb(6, 14)},
		{"shared_references_expand_more", bomb(40, 2)},
		{"array_contains_itself", objects{ref(markDict, 1, 2), ascii("k"), ref(markArray,
			2)}.bytes()},
		{"arrays_contain_each_other", objects{ref(markDict, 1, 2), ascii("k"), ref(markArray, 3),
			ref(markArray, 2)}.bytes()},
		{"nested_too_deep", append(deep, ref(markArray)).bytes()},
		{"reference_out_of_range", objects{ref(markDict, 1, 9), ascii("k")}.bytes()},
		{"key_is_a_number", objects{ref(markDict, 1, 1), {markInt << 4, 1}}.bytes()},
		{"root_is_an_array", objects{ref(markArray)}.bytes()},
		{"string_past_the_objects", objects{ref(markDict, 1, 1), {markASCII<<4 | 9, 'x'}}.bytes()},
		{"array_of_4_billion", objects{ref(markDict, 1, 2), ascii("k"), {markArray<<4 | 0xf,
			markInt<<4 | 2, 0xff, 0xff, 0xff, 0xff}}.bytes()},
		{"count_of_minus_one", objects{ref(markDict, 1, 2), ascii("k"),
			append([]byte{markArray<<4 | 0xf, markInt<<4 | 3}, bytes.Repeat([]byte{0xff},
				8)...)}.bytes()},
		{"count_missing", objects{ref(markDict, 1, 2), ascii("k"), {markASCII<<4 | 0xf}}.bytes()},
		{"integer_of_32_bytes", objects{ref(markDict, 1, 2), ascii("k"),
			append([]byte{markInt<<4 | 5}, make([]byte, 32)...)}.bytes()},
		{"unknown_marker", objects{ref(markDict, 1, 2), ascii("k"), {0x70}}.bytes()},
		{"offset_size_0", change(-26, 0)},
		{"reference_size_0", change(-25, 0)},
		{"count_huge", change(-24, 0x7f)},
		{"root_out_of_range", change(-9, 0xfe)},
		{"table_past_the_end", change(-3, 0xff)},
		{"table_in_the_header", change(-1, 3)},
		{"object_in_the_header", change(sound().tableAt()+1, 0)},
		{"version_15", change(6, '1')},
		{"xml_deep", []byte("<plist><dict><key>k</key>" + nest("<array>", "</array>", 1_000_000))},
		{"xml_deep_strings", []byte("<plist><dict><key>k</key>" + nest("<string>", "</string>",
			1_000_000))},
		{"xml_many_dictionaries", []byte("<plist><dict><key>k</key><array>" +
			strings.Repeat("<dict/>", 100_000) + "</array></dict></plist>")},
		{"xml_entities",
			[]byte(`<!DOCTYPE plist [<!ENTITY a "b">]>
<plist><dict><key>k</key><string>&a;</string></dict></plist>`)},
		{"xml_unknown_entity",
			[]byte(`<plist><dict><key>k</key><string>&a;</string></dict></plist>`)},
		{"xml_unknown_element", []byte(`<plist><dict><key>k</key><set/></dict></plist>`)},
		{"xml_key_without_value", []byte(`<plist><dict><key>k</key></dict></plist>`)},
		{"xml_value_without_key", []byte(`<plist><dict><true/></dict></plist>`)},
		{"xml_two_keys", []byte(`<plist><dict><key>k</key><key>k</key><true/></dict></plist>`)},
		{"xml_two_roots", []byte(`<plist><dict/><dict/></plist>`)},
		{"xml_not_a_number",
			[]byte(`<plist><dict><key>k</key><integer>x</integer></dict></plist>`)},
		{"xml_root_is_an_array", []byte(`<plist><array/></plist>`)},
		{"xml_encoding", []byte(`<?xml version="1.0" encoding="EBCDIC"?><plist><dict/></plist>`)},
		{"text_deep", []byte("a = " + nest("(", ")", 1_000_000) + ";")},
		{"text_is_prose", []byte("hello world")},
		{"text_binary", []byte("a = \x00;")},
		{"text_latin1", []byte("a = \"\xe9\";")},
		{"text_open_string", []byte(`a = "b`)},
		{"text_open_comment", []byte(`a = b; /* `)},
		{"text_half_a_byte", []byte(`a = <abc>;`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l, err := Decode(c.data, budget.New(budget.Limits{}))
			var malformed *budget.FormatError
			require.ErrorAs(t, err, &malformed)
			assert.Nil(t, l)
		})
	}
}

func (o objects) tableAt() int {
	data := o.bytes()
	return int(binary.BigEndian.Uint64(data[len(data)-8:]))
}

// A list of this size once cost a plain decoder 603 MiB.
func TestDecodeSmallBomb(t *testing.T) {
	t.Parallel()
	data := bomb(5, 11)
	require.LessOrEqual(t, len(data), 132)
	tight := budget.New(budget.Limits{Bytes: 1 << 20})
	_, err := Decode(data, tight)
	require.ErrorIs(t, err, budget.ErrExhausted)
	assert.Less(t, tight.Used(), int64(1<<20))
}

func TestDecodeLarge(t *testing.T) {
	t.Parallel()
	l, err := Decode(make([]byte, maxInput+1), budget.New(budget.Limits{}))
	require.ErrorIs(t, err, budget.ErrExhausted)
	assert.Nil(t, l)
}

func TestDecodeTruncated(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{"binary": sound().bytes(),
		"xml":       []byte(strings.TrimSpace(soundXML)),
		"xml_utf16": utf16le(strings.TrimSpace(soundXML)),
		"text":      []byte("{a = \"b\"; c = (d, <ab>);}")} {
		for n := 3; n < len(data); n++ { // two bytes may be a mark and an empty text
			l, err := Decode(data[:n], budget.New(budget.Limits{}))
			if !assert.Error(t, err, "%s cut to %d bytes", name, n) {
				t.Logf("%v", l)
				break
			}
		}
	}
}

func TestSniff(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]Form{"bplist00": Binary, " \n<?xml ": XML, "<plist>": XML,
		"<!-- ":  XML,
		"<abcd>": Text, `"a"="b";`: Text, "": Text, string(utf16le("<?xml")): XML} {
		assert.Equal(t, want, Sniff([]byte(data)), "%q", data)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range [][]byte{sound().bytes(), bomb(5, 11), bomb(40, 2), []byte(soundXML),
		[]byte(soundText),
		utf16le(soundXML), utf16le(soundText)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b := budget.New(budget.Limits{Bytes: 256 << 20})
		l, err := Decode(data, b)
		if err != nil {
			var malformed *budget.FormatError
			require.True(t, errors.As(err, &malformed) || errors.Is(err, budget.ErrExhausted),
				"%v", err)
			require.Nil(t, l)
			return
		}
		require.NotNil(t, l.Root)
		for key := range l.Root {
			if at, ok := l.KeyOffset(key); ok {
				require.Less(t, at, int64(len(data)))
			}
		}
		again, err := Decode(data, budget.New(budget.Limits{}))
		require.NoError(t, err)
		require.Equal(t, l.Oddities, again.Oddities)
	})
}
