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
	"github.com/listgate/listgate/fixtures/resfile"
)

type el = resfile.Element

func attrs(pairs ...any) []resfile.Attribute {
	var all []resfile.Attribute
	for i := 0; i+1 < len(pairs); i += 2 {
		all = append(all, resfile.Attribute{Name: pairs[i].(string), Value: pairs[i+1]})
	}
	return all
}

// build writes a manifest and, where there are strings, a table.
func build(t *testing.T, root el, strs ...resfile.String) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	var err error
	files[manifestEntry], err = resfile.AXML(root)
	require.NoError(t, err)
	if len(strs) > 0 {
		files[tableEntry], err = resfile.ARSC("com.example.app", strs)
		require.NoError(t, err)
	}
	return files
}

// root is a manifest element with this package and these children.
func root(children ...el) el {
	return el{Name: "manifest", Children: children,
		Attributes: attrs("package", "com.example.app", "versionCode", 7, "versionName", "1.2")}
}

func app(children ...el) el { return el{Name: "application", Children: children} }

func named(element, name string, children ...el) el {
	return el{Name: element, Attributes: attrs("name", name), Children: children}
}

func read(t *testing.T, files map[string][]byte) *analyzer.Facts {
	t.Helper()
	facts, err := readFiles(t.Context(), files)
	require.NoError(t, err)
	return facts
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	name := resfile.String{Name: "name",
		Texts: map[string]string{"": "Voice", "zh": "语音", "zh-CN": "语音助手"}}
	version := resfile.String{Name: "version", Texts: map[string]string{"": "2.0-beta"}}
	sdk := func(pairs ...any) el { return el{Name: "uses-sdk", Attributes: attrs(pairs...)} }
	pkg := func(pairs ...any) []resfile.Attribute {
		return append(attrs("package", "com.example.app"), attrs(pairs...)...)
	}
	cases := []struct {
		name string
		root el
		want analyzer.Package
	}{
		{"literals", root(sdk("minSdkVersion", 21, "targetSdkVersion", 34)),
			analyzer.Package{Version: analyzer.Version{Name: "1.2", Code: "7"},
				OS: analyzer.OS{Min: "21", Target: "34"}}},
		{"nothing_but_the_package", el{Name: "manifest", Attributes: pkg()}, analyzer.Package{}},
		{"version_name_in_the_table", el{Name: "manifest",
			Attributes: pkg("versionCode", 7, "versionName", resfile.StringID(1))},
			analyzer.Package{Version: analyzer.Version{Name: "2.0-beta", Code: "7"}}},
		{"version_name_not_in_the_table", el{Name: "manifest",
			Attributes: pkg("versionName", resfile.StringID(99))}, analyzer.Package{}},
		{"code_name", root(sdk("minSdkVersion", "VanillaIceCream", "targetSdkVersion", "Baklava")),
			analyzer.Package{Version: analyzer.Version{Name: "1.2", Code: "7"},
				OS: analyzer.OS{Min: "VanillaIceCream", Target: "Baklava"}}},
		{"last_uses_sdk_wins",
			root(sdk("minSdkVersion", 9, "targetSdkVersion", 9), sdk("minSdkVersion", 24)),
			analyzer.Package{Version: analyzer.Version{Name: "1.2", Code: "7"},
				OS: analyzer.OS{Min: "24"}}},
		{"label", root(el{Name: "application", Attributes: attrs("label", "Voice")}),
			analyzer.Package{Version: analyzer.Version{Name: "1.2", Code: "7"},
				Labels: map[string]string{"": "Voice"}}},
		{"label_in_every_language",
			root(el{Name: "application", Attributes: attrs("label", resfile.StringID(0))}),
			analyzer.Package{Version: analyzer.Version{Name: "1.2", Code: "7"},
				Labels: map[string]string{"": "Voice", "zh": "语音", "zh-CN": "语音助手"}}},
		{"negative_code_is_unsigned", el{Name: "manifest", Attributes: pkg("versionCode", -1)},
			analyzer.Package{Version: analyzer.Version{Code: "4294967295"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			facts := read(t, build(t, c.root, name, version))
			c.want.ID = "com.example.app"
			assert.Empty(t, cmp.Diff(c.want, facts.Package, cmpopts.EquateEmpty()))
			assert.Empty(t, facts.Anomalies)
			assert.Empty(t, facts.Gaps)
		})
	}
}

func TestVersionCodeMajor(t *testing.T) {
	t.Parallel()
	facts := read(t, map[string][]byte{manifestEntry: []byte(`<manifest package="a.b"
		xmlns:android="http://schemas.android.com/apk/res/android"
		android:versionCode="5" android:versionCodeMajor="2"/>`)})
	assert.Equal(t, "8589934597", facts.Package.Version.Code)
}

func TestComponents(t *testing.T) {
	t.Parallel()
	filter := el{Name: "intent-filter", Children: []el{
		named("action", "android.intent.action.MAIN"),
		named("category", "android.intent.category.LAUNCHER"),
		named("action", "com.example.OPEN")}}
	hidden := el{Name: "service", Children: []el{filter},
		Attributes: attrs("name", "com.vendor.tts.TtsService", "exported", false)}
	facts := read(t, build(t, root(app(
		named("activity", ".Main", filter), named("activity", "Second"), hidden,
		named("receiver", "com.vendor.Boot"), named("provider", ".Files"),
		named("activity-alias", ".Alias")))))
	want := []analyzer.Component{
		{Kind: "activity", Name: "com.example.app.Main", Exported: true,
			Actions: []string{"android.intent.action.MAIN", "com.example.OPEN"},
			Where:   analyzer.Where{Entry: manifestEntry, Part: "application/activity[1]"}},
		{Kind: "activity", Name: "com.example.app.Second",
			Where: analyzer.Where{Entry: manifestEntry, Part: "application/activity[2]"}},
		{Kind: "service", Name: "com.vendor.tts.TtsService",
			Actions: []string{"android.intent.action.MAIN", "com.example.OPEN"},
			Where:   analyzer.Where{Entry: manifestEntry, Part: "application/service[1]"}},
		{Kind: "receiver", Name: "com.vendor.Boot",
			Where: analyzer.Where{Entry: manifestEntry, Part: "application/receiver[1]"}},
		{Kind: "provider", Name: "com.example.app.Files",
			Where: analyzer.Where{Entry: manifestEntry, Part: "application/provider[1]"}},
		{Kind: "activity-alias", Name: "com.example.app.Alias",
			Where: analyzer.Where{Entry: manifestEntry, Part: "application/activity-alias[1]"}},
	}
	offset := cmpopts.IgnoreFields(analyzer.Where{}, "Offset")
	assert.Empty(t, cmp.Diff(want, facts.Components, offset))
	for _, c := range facts.Components {
		assert.Positive(t, c.Where.Offset)
	}
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	bounded := el{Name: "uses-permission",
		Attributes: attrs("name", "android.permission.CAMERA", "maxSdkVersion", 28)}
	facts := read(t, build(t, root(
		named("uses-permission", "android.permission.RECORD_AUDIO"), bounded,
		named("uses-permission", "android.permission.RECORD_AUDIO"),
		named("uses-permission", "android.permission.CAMERA"),
		named("uses-permission-sdk-23", "android.permission.INTERNET"),
		named("permission", "com.example.app.OWN"))))
	want := []analyzer.Permission{{Name: "android.permission.RECORD_AUDIO"},
		{Name: "android.permission.CAMERA", MaxSDK: "28"}, {Name: "android.permission.CAMERA"},
		{Name: "android.permission.INTERNET"}}
	place := cmpopts.IgnoreFields(analyzer.Permission{}, "Where")
	assert.Empty(t, cmp.Diff(want, facts.Permissions, place))
	require.Len(t, facts.Anomalies, 1)
	assert.Equal(t, analyzer.ManifestDuplicate, facts.Anomalies[0].Code)
	assert.Equal(t, "uses-permission[3]", facts.Anomalies[0].Where.Part)
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	meta := func(name string, pairs ...any) el {
		return el{Name: "meta-data", Attributes: append(attrs("name", name), attrs(pairs...)...)}
	}
	key := resfile.String{Name: "key", Texts: map[string]string{"": "AppKey123"}}
	facts := read(t, build(t, root(app(
		meta("text", "value", "abc"), meta("number", "value", 42), meta("flag", "value", true),
		meta("in_table", "value", resfile.StringID(0)),
		meta("nowhere", "value", resfile.StringID(9)),
		meta("file", "resource", resfile.StringID(0)),
		named("service", ".S", meta("inner", "value", "x")))), key))
	want := []analyzer.Metadata{{Name: "text", Value: "abc"}, {Name: "number", Value: "42"},
		{Name: "flag", Value: "true"}, {Name: "in_table", Value: "AppKey123"},
		{Name: "nowhere", Value: "@0x7f010009"}, {Name: "file", Value: "@0x7f010000"},
		{Name: "inner", Value: "x", Component: "com.example.app.S"}}
	place := cmpopts.IgnoreFields(analyzer.Metadata{}, "Where")
	assert.Empty(t, cmp.Diff(want, facts.Metadata, place))
}

func TestStrings(t *testing.T) {
	t.Parallel()
	facts := read(t, build(t, root(app(el{Name: "meta-data",
		Attributes: attrs("name", "k", "value", "https://api.example.com/v1/tts")})),
		resfile.String{Name: "a",
			Texts: map[string]string{"": "Swap faces", "zh": "一键换脸", "fr": "Échange"}},
		resfile.String{Name: "b",
			Texts: map[string]string{"": "https://open.example.cn/chat", "ja": "顔交換する"}}))
	type kept struct {
		Kind               analyzer.StringKind
		Value, Lang, Entry string
	}
	var got []kept
	for _, s := range facts.Strings {
		got = append(got, kept{s.Kind, s.Value, s.Lang, s.Where.Entry})
		assert.Positive(t, s.Where.Offset)
	}
	want := []kept{
		{analyzer.TextString, "Swap faces", "", tableEntry},
		{analyzer.TextString, "一键换脸", "zh", tableEntry},
		{analyzer.TextString, "顔交換する", "ja", tableEntry},
		{analyzer.URLString, "https://api.example.com/v1/tts", "", manifestEntry},
		{analyzer.URLString, "https://open.example.cn/chat", "", tableEntry},
	}
	assert.Empty(t, cmp.Diff(want, got))
}

func TestTableThatCannotBeRead(t *testing.T) {
	t.Parallel()
	manifest := root(el{Name: "application", Attributes: attrs("label", resfile.StringID(0))})
	str := resfile.String{Name: "name", Texts: map[string]string{"": "Voice"}}
	cases := []struct {
		name   string
		change func([]byte) []byte
	}{
		{"truncated", func(b []byte) []byte { return b[:len(b)-4] }},
		{"no_table", func([]byte) []byte { return []byte("not a table") }},
		{"four_gigabytes_of_strings", func(b []byte) []byte { b[12+8+3] = 0xff; return b }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files := build(t, manifest, str)
			files[tableEntry] = c.change(bytes.Clone(files[tableEntry]))
			facts := read(t, files)
			assert.Equal(t, "com.example.app", facts.Package.ID)
			assert.Equal(t, "7", facts.Package.Version.Code)
			require.Len(t, facts.Gaps, 1)
			assert.Equal(t, analyzer.GapMalformed, facts.Gaps[0].Reason)
			assert.Equal(t, tableEntry, facts.Gaps[0].Where.Entry)
		})
	}
}

func TestTruncatedManifest(t *testing.T) {
	t.Parallel()
	files := build(t, root(app(named("service", ".S"))))
	whole := files[manifestEntry]
	for n := range len(whole) {
		_, err := readFiles(t.Context(), map[string][]byte{manifestEntry: whole[:n]})
		assert.Error(t, err, "%d of %d bytes", n, len(whole))
	}
}

func TestOtherRoot(t *testing.T) {
	t.Parallel()
	files := build(t, el{Name: "resources", Attributes: attrs("package", "com.example.app")})
	facts, err := readFiles(t.Context(), files)
	var format *budget.FormatError
	require.ErrorAs(t, err, &format)
	assert.Empty(t, facts.Package.ID)
}

func TestAnomalies(t *testing.T) {
	t.Parallel()
	junk := build(t, root(app()))
	junk[manifestEntry] = append(junk[manifestEntry], "junk"...)
	table := build(t, root(app()), resfile.String{Name: "a", Texts: map[string]string{"": "b"}})
	table[tableEntry] = append(table[tableEntry], "junk"...)
	plain := map[string][]byte{manifestEntry: []byte(`<manifest package="com.example.app"/>`)}
	cases := []struct {
		name  string
		files map[string][]byte
		want  analyzer.AnomalyCode
	}{
		{"bytes_after_the_manifest", junk, analyzer.ManifestChunk},
		{"plain_xml", plain, analyzer.ManifestText},
		{"bytes_after_the_table", table, analyzer.ResourceTable},
		{"second_application", build(t, root(app(), app(named("service", ".Hidden")))),
			analyzer.ManifestDuplicate},
		{"component_twice", build(t, root(app(named("service", ".S"), named("service", ".S")))),
			analyzer.ManifestDuplicate},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			facts := read(t, c.files)
			assert.Equal(t, "com.example.app", facts.Package.ID)
			require.Len(t, facts.Anomalies, 1)
			assert.Equal(t, c.want, facts.Anomalies[0].Code)
		})
	}
}

func TestWant(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		format analyzer.FormatName
		entry  string
		want   bool
	}{
		{"manifest_of_an_apk", analyzer.APK, "AndroidManifest.xml", true},
		{"not_at_the_root", analyzer.APK, "assets/AndroidManifest.xml", false},
		{"another_case", analyzer.APK, "androidmanifest.xml", false},
		{"module_of_a_bundle", analyzer.AAB, "AndroidManifest.xml", true},
		{"ios", analyzer.IPA, "AndroidManifest.xml", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			contents := &analyzer.Contents{Format: c.format}
			assert.Equal(t, c.want, Reader{}.Want(contents, entry{name: c.entry}))
		})
	}
}
