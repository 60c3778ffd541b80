package arsc_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/arsc"
)

func decode(data []byte) (*arsc.Table, error) {
	return arsc.Decode(data, budget.New(budget.Limits{}))
}

var forms = map[string]form{"wide": wide, "narrow": narrow, "sparse": sparse, "compact": compact}

func TestResolve(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		id   uint32
		lang string
		want string
		ok   bool
	}{
		{"plain", 0x7f010000, "", "App", true},
		{"language", 0x7f010000, "zh", "应用", true},
		{"parent_language", 0x7f010000, "zh-SG", "应用", true},
		{"script_and_region", 0x7f010000, "zh-Hant-TW", "應用", true},
		{"unknown_language_takes_the_default", 0x7f010000, "fr", "App", true},
		{"reference", 0x7f010001, "", "App", true},
		{"reference_in_a_language", 0x7f010001, "zh", "应用", true},
		{"circle", 0x7f010003, "", "", false},
		{"empty_slot", 0x7f010002, "", "", false},
		{"entry_out_of_range", 0x7f010099, "", "", false},
		{"no_such_type", 0x7f090000, "", "", false},
		{"other_package", 0x01010000, "", "", false},
		{"bag", 0x7f020000, "", "", false},
		{"fall_back_where_the_language_lacks_it", 0x7f010005, "zh", "Only default", true},
	}
	for name, f := range forms {
		table, err := decode(sample(f))
		require.NoError(t, err)
		require.Empty(t, table.Anomalies, name)
		for _, c := range cases {
			got, ok := table.Resolve(c.id, c.lang)
			assert.Equal(t, c.ok, ok, "%s %s", name, c.name)
			if ok {
				assert.Equal(t, c.want, got.Str, "%s %s", name, c.name)
			}
		}
		n, ok := table.Resolve(0x7f040000, "")
		assert.True(t, ok)
		assert.Equal(t, arsc.Value{Type: 0x10, Data: 42}, n)
	}
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	for name, f := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, err := decode(sample(f))
			require.NoError(t, err)
			got := map[string]string{}
			for lang, v := range table.Languages(0x7f010000) {
				got[lang] = v.Str
			}
			want := map[string]string{"": "App", "zh": "应用", "zh-Hant-TW": "應用"}
			assert.Empty(t, cmp.Diff(want, got))
		})
	}
}

func TestStrings(t *testing.T) {
	t.Parallel()
	for name, f := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := sample(f)
			table, err := decode(data)
			require.NoError(t, err)
			var got []string
			for s := range table.Strings {
				got = append(got, fmt.Sprintf("%08x %s %s %v", s.ID, s.Lang, s.Value, s.Bag))
				assert.Positive(t, s.Offset)
				if f != narrow {
					assert.True(t, bytes.HasPrefix(data[s.Offset+2:], []byte(s.Value)), s.Value)
				}
			}
			require.NoError(t, table.Err())
			want := []string{"7f010000  App false", "7f010005  Only default false",
				"7f010000 zh 应用 false", "7f010000 zh-Hant-TW 應用 false", "7f010005 zh-CN 大陆 false",
				"7f010000  App, wide false", "7f020000  one true", "7f020000  两个 true"}
			assert.Empty(t, cmp.Diff(want, got))
		})
	}
}

func TestSharedLibraryAndSecondPackage(t *testing.T) {
	t.Parallel()
	w := &writer{}
	one := func(s string) typeChunk {
		return typeChunk{id: 1, count: 1, entries: map[int]value{0: {text: s}}}
	}
	packages := [][]byte{w.resPackage(0, one("library")), w.resPackage(0x7e, one("feature"))}
	table, err := decode(w.table(true, packages...))
	require.NoError(t, err)
	for id, want := range map[uint32]string{0x00010000: "library", 0x7e010000: "feature"} {
		v, ok := table.Resolve(id, "")
		assert.True(t, ok)
		assert.Equal(t, want, v.Str)
	}
}

// TestLabelsBehindAReference has an application's name that is an alias: its
// translations stand at the resource that it refers to.
func TestLabelsBehindAReference(t *testing.T) {
	t.Parallel()
	const reference = 0x01
	w := &writer{}
	p := w.resPackage(0x7f,
		typeChunk{id: 1, count: 2, entries: map[int]value{
			0: {kind: reference, data: 0x7f010001}, 1: {text: "Name"}}},
		typeChunk{id: 1, locale: "zh", count: 2, entries: map[int]value{1: {text: "名称"}}},
		typeChunk{id: 1, locale: "ja", count: 2, entries: map[int]value{
			0: {kind: reference, data: 0x7f010000}}})
	table, err := decode(w.table(true, p))
	require.NoError(t, err)
	got := map[string]string{}
	for lang, v := range table.Languages(0x7f010000) {
		got[lang] = v.Str
	}
	assert.Empty(t, cmp.Diff(map[string]string{"": "Name", "zh": "名称"}, got))
}

func TestSurrogatesInUTF8(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ raw, want string }{
		"four_bytes":   {"A😀", "A😀"},
		"pair":         {"A\xed\xa0\xbd\xed\xb8\x80中", "A😀中"},
		"lone_high":    {"\xed\xa0\xbdA", "\ufffd\ufffd\ufffdA"},
		"wrong_order":  {"\xed\xb8\x80\xed\xa0\xbd", strings.Repeat("\ufffd", 6)},
		"cut_short":    {"A\xed\xa0", "A\ufffd\ufffd"},
		"other_damage": {"A\xff中", "A\ufffd中"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &writer{}
			p := w.resPackage(0x7f,
				typeChunk{id: 1, count: 1, entries: map[int]value{0: {text: c.raw}}})
			table, err := decode(w.table(true, p))
			require.NoError(t, err)
			v, ok := table.Resolve(0x7f010000, "")
			assert.True(t, ok)
			assert.Equal(t, c.want, v.Str)
		})
	}
}

func TestThreeLetterLanguage(t *testing.T) {
	t.Parallel()
	w := &writer{}
	filipino := string([]byte{0x80 | ('l'-'a')<<2 | ('i'-'a')>>3, ('i'-'a')<<5&0xff | ('f' - 'a')})
	p := w.resPackage(0x7f,
		typeChunk{id: 1, locale: filipino, count: 1, entries: map[int]value{0: {text: "x"}}},
		typeChunk{id: 1, locale: "iw", count: 1, entries: map[int]value{0: {text: "y"}}})
	table, err := decode(w.table(true, p))
	require.NoError(t, err)
	langs := table.Languages(0x7f010000)
	assert.Contains(t, langs, "fil")
	assert.Contains(t, langs, "he")
}

func TestTolerated(t *testing.T) {
	t.Parallel()
	w := &writer{}
	p := w.resPackage(0x7f, typeChunk{id: 1, count: 1, entries: map[int]value{0: {text: "App"}}})
	unknown := block(0x0999, nil, words(1, 2))
	badType := block(0x0201, words(9, 1<<20, 84), config("", false))
	grow := func(pkg []byte, chunk []byte) []byte {
		g := append(bytes.Clone(pkg), chunk...)
		le.PutUint32(g[4:], uint32(len(g)))
		return g
	}
	pool := stringPool(true, w.strs)
	cases := []struct {
		name string
		data []byte
	}{
		{"bytes_after_the_table", append(w.table(true, p), "junk"...)},
		{"unknown_chunk", block(0x0002, words(1), pool, unknown, p)},
		{"second_pool", block(0x0002, words(1), pool, pool, p)},
		{"more_packages_declared", block(0x0002, words(5), pool, p)},
		{"unknown_chunk_in_the_package", w.table(true, grow(p, unknown))},
		{"type_with_a_false_count", w.table(true, grow(p, badType))},
		{"last_chunk_ends_past_the_package", w.table(true, grow(p, words(0x00080201, 1<<20)))},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			table, err := decode(c.data)
			require.NoError(t, err)
			v, ok := table.Resolve(0x7f010000, "")
			assert.True(t, ok)
			assert.Equal(t, "App", v.Str)
			assert.NotEmpty(t, table.Anomalies)
			assert.Error(t, arsc.Validate(c.data), "the library must not see it")
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	patch := func(off int, v uint32) []byte {
		d := sample(wide)
		le.PutUint32(d[off:], v)
		return d
	}
	pkg := 12 + int(le.Uint32(sample(wide)[16:]))
	cases := []struct {
		name string
		data []byte
	}{
		{"empty", nil},
		{"no_table", block(0x0003, words(0))},
		{"larger_than_the_file", patch(4, 1<<30)},
		{"chunk_of_size_zero", patch(pkg+4, 0)},
		{"four_gigabytes_of_strings", patch(12+8, 1<<30)},
		{"package_id_of_nine_bits", patch(pkg+8, 0x1ff)},
		{"short_package", block(0x0002, words(1), stringPool(true, []string{"a"}),
			block(0x0200, words(0x7f)))},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			table, err := decode(c.data)
			var format *budget.FormatError
			require.ErrorAs(t, err, &format)
			assert.Nil(t, table)
			assert.Error(t, arsc.Validate(c.data))
		})
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	assert.NoError(t, arsc.Validate(sample(wide)))
	for _, f := range []form{narrow, sparse, compact} {
		assert.Error(t, arsc.Validate(sample(f)), "the library knows plain entries only")
	}
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	data := sample(wide)
	for n := range len(data) {
		table, err := decode(data[:n])
		assert.Error(t, err, "%d of %d bytes", n, len(data))
		assert.Nil(t, table)
		assert.Error(t, arsc.Validate(data[:n]))
	}
}

func TestSharedBagIsBounded(t *testing.T) {
	t.Parallel()
	w := &writer{}
	bag := make([]value, 4000)
	for i := range bag {
		bag[i] = value{kind: 0x10}
	}
	c := w.typeChunk(typeChunk{id: 2, count: 1, entries: map[int]value{0: {bag: bag}}})
	const n = 30000 // slots that all point at the one bag
	head := slices.Concat(words(2, n, 84+4*n), config("", false))
	many := block(0x0201, head, make([]byte, 4*n), c[88:])
	p := w.resPackage(0x7f)
	p = append(p, many...)
	le.PutUint32(p[4:], uint32(len(p)))
	table, err := decode(w.table(true, p))
	require.NoError(t, err)
	for range table.Strings {
		t.Fatal("no texts here")
	}
	assert.Error(t, table.Err())
}
