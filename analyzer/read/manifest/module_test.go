package manifest

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/axml"
	"github.com/listgate/listgate/fixtures/resfile"
)

// module writes a manifest and a table as a bundle holds them.
func module(t testing.TB, root el, strs ...resfile.String) map[string][]byte {
	t.Helper()
	xml, err := resfile.ProtoXML(root)
	require.NoError(t, err)
	table, err := resfile.ProtoTable("com.example.app", strs)
	require.NoError(t, err)
	return map[string][]byte{manifestEntry: xml, protoTable: table}
}

func readModule(t testing.TB, files map[string][]byte) (*analyzer.Facts, error) {
	t.Helper()
	c := &analyzer.Contents{Format: analyzer.AAB}
	for name, data := range files {
		c.Entries = append(c.Entries, entry{name, data})
	}
	facts := &analyzer.Facts{}
	in := analyzer.Input{Contents: c, Entry: c.Find(manifestEntry), Data: files[manifestEntry],
		Budget: budget.New(budget.Limits{Bytes: 64 << 20})}
	err := Reader{}.Read(t.Context(), in, func(r analyzer.Record) { facts.Add(r) })
	facts.Sort()
	return facts, err
}

// TestModuleReadsAsItsAPK reads one manifest in both forms: the facts are the same but
// for their places.
func TestModuleReadsAsItsAPK(t *testing.T) {
	t.Parallel()
	manifest := el{Name: "manifest", Attributes: attrs("package", "com.example.app",
		"versionCode", 7, "versionName", resfile.StringID(1), "split", "camera"),
		Children: []el{
			{Name: "uses-sdk", Attributes: attrs("minSdkVersion", 24,
				"targetSdkVersion", "Baklava")},
			{Name: "uses-permission", Attributes: attrs("name", "android.permission.CAMERA",
				"maxSdkVersion", 28)},
			{Name: "application", Attributes: attrs("label", resfile.StringID(0)), Children: []el{
				named("activity", ".Main", el{Name: "intent-filter", Children: []el{
					named("action", "android.intent.action.MAIN")}}),
				{Name: "service", Attributes: attrs("name", "com.vendor.S", "exported", true)},
				{Name: "meta-data", Attributes: attrs("name", "level", "value", 3)},
				{Name: "meta-data", Attributes: attrs("name", "key", "value",
					"https://a.example.com/v1")},
			}},
		}}
	strs := []resfile.String{
		{Name: "name", Texts: map[string]string{"": "Voice", "zh-CN": "语音"}},
		{Name: "version", Texts: map[string]string{"": "1.2"}},
		{Name: "shown", Texts: map[string]string{"zh": "由人工智能生成", "fr": "par une machine"}}}
	got, err := readModule(t, module(t, manifest, strs...))
	require.NoError(t, err)
	want := read(t, build(t, manifest, strs...))
	assert.Equal(t, "1.2", got.Package.Version.Name)
	assert.Equal(t, "camera", got.Package.Split)
	assert.NotEmpty(t, got.Strings)
	assert.Empty(t, cmp.Diff(want, got, cmpopts.IgnoreFields(analyzer.Where{}, "Offset", "Entry")))
	for _, s := range got.Strings {
		assert.Contains(t, []string{manifestEntry, protoTable}, s.Where.Entry)
		assert.Positive(t, s.Where.Offset)
	}
}

func TestModuleWithoutATableThatCanBeRead(t *testing.T) {
	t.Parallel()
	files := module(t, root(el{Name: "application", Attributes: attrs("label", "Voice")}),
		resfile.String{Name: "a", Texts: map[string]string{"": "b"}})
	files[protoTable] = files[protoTable][:9]
	facts, err := readModule(t, files)
	require.NoError(t, err)
	assert.Equal(t, "com.example.app", facts.Package.ID)
	require.Len(t, facts.Gaps, 1)
	assert.Equal(t, protoTable, facts.Gaps[0].Where.Entry)
	require.Len(t, facts.Anomalies, 1)
	assert.Equal(t, analyzer.ResourceTable, facts.Anomalies[0].Code)
	delete(files, protoTable)
	facts, err = readModule(t, files)
	require.NoError(t, err)
	assert.Empty(t, facts.Gaps)
}

// TestSplitTranslatesTheLabel resolves the label of the base in the split's own table.
func TestSplitTranslatesTheLabel(t *testing.T) {
	t.Parallel()
	files := build(t, root(app()), resfile.String{Name: "name",
		Texts: map[string]string{"zh": "语音"}})
	c := &analyzer.Contents{Format: analyzer.APK, Label: uint32(resfile.StringID(0))}
	for name, data := range files {
		c.Entries = append(c.Entries, entry{name, data})
	}
	facts := &analyzer.Facts{}
	in := analyzer.Input{Contents: c, Entry: c.Find(manifestEntry), Data: files[manifestEntry],
		Budget: budget.New(budget.Limits{})}
	require.NoError(t, Reader{}.Read(t.Context(), in, func(r analyzer.Record) {
		if id, ok := r.(analyzer.Identity); ok {
			assert.Zero(t, id.Label, "it has none of its own")
		}
		facts.Add(r)
	}))
	assert.Equal(t, map[string]string{"zh": "语音"}, facts.Package.Labels)
}

// TestBinaryManifestInABundle is refused, as the build tools refuse it.
func TestBinaryManifestInABundle(t *testing.T) {
	t.Parallel()
	_, err := readModule(t, build(t, root(app())))
	var format *budget.FormatError
	require.ErrorAs(t, err, &format)
}

// TestToolsSlip leaves alone what bundletool writes into every APK that it builds.
func TestToolsSlip(t *testing.T) {
	t.Parallel()
	files := build(t, root(app(el{Name: "meta-data",
		Attributes: attrs("name", "splits", "resource", resfile.StringID(0))})))
	rename := func(to string) []byte { // in the string pool, of UTF-16
		var from, wide []byte
		for _, c := range "resource" {
			from = append(from, byte(c), 0)
		}
		for _, c := range to {
			wide = append(wide, byte(c), 0)
		}
		from, wide = append([]byte{8, 0}, from...), append([]byte{byte(len(to)), 0}, wide...)
		require.Equal(t, 1, bytes.Count(files[manifestEntry], from))
		wide = append(wide, make([]byte, len(from)-len(wide))...)
		return bytes.Replace(files[manifestEntry], from, wide, 1)
	}
	for name, odd := range map[string]bool{"value": false, "extra": true} {
		doc, err := axml.Decode(rename(name), budget.New(budget.Limits{}))
		require.NoError(t, err)
		assert.Equal(t, odd, len(doc.Anomalies) > 0, name)
	}
}

func FuzzReadModule(f *testing.F) {
	files := module(f, root(app(named("service", ".S"))),
		resfile.String{Name: "a", Texts: map[string]string{"": "Voice", "zh": "语音"}})
	f.Add(files[manifestEntry], files[protoTable])
	f.Fuzz(func(t *testing.T, manifest, table []byte) {
		facts, err := readModule(t, map[string][]byte{manifestEntry: manifest, protoTable: table})
		if err != nil && facts.Package.ID != "" {
			t.Fatalf("identity %q beside %v", facts.Package.ID, err)
		}
	})
}
