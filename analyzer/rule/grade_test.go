package rule

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
)

func TestGrade(t *testing.T) {
	t.Parallel()
	h := func(kind analyzer.TermKind, marks string) hit {
		out := hit{term: analyzer.Term{Kind: kind, Value: "x"}}
		for _, m := range marks {
			out.strong = out.strong || m == 's'
			out.memory = out.memory || m == 'm'
			out.hollow = out.hollow || m == 'h'
		}
		return out
	}
	tests := []struct {
		name string
		kind analyzer.Kind
		hits []hit
		want analyzer.Confidence
	}{
		{"strong_class", analyzer.KindSDK, []hit{h(analyzer.TermClass, "s")}, analyzer.Confirmed},
		{"strong_soname", analyzer.KindSDK, []hit{h(analyzer.TermSONAME, "s")}, analyzer.Confirmed},
		{
			"strong_component",
			analyzer.KindSDK,
			[]hit{h(analyzer.TermComponent, "s")},
			analyzer.Confirmed,
		},
		{
			"strong_framework",
			analyzer.KindOSFramework,
			[]hit{h(analyzer.TermFramework, "s")},
			analyzer.Confirmed,
		},
		{
			"strong_model",
			analyzer.KindModelFormat,
			[]hit{h(analyzer.TermModel, "s")},
			analyzer.Confirmed,
		},
		{
			"strong_asset_is_a_name",
			analyzer.KindSDK,
			[]hit{h(analyzer.TermAsset, "s")},
			analyzer.Probable,
		},
		{
			"strong_class_ref_is_a_name",
			analyzer.KindSDK,
			[]hit{h(analyzer.TermClassRef, "s")},
			analyzer.Probable,
		},
		{
			"strong_needed_is_a_name",
			analyzer.KindSDK,
			[]hit{h(analyzer.TermNeeded, "s")},
			analyzer.Probable,
		},
		{
			"strong_host_in_an_sdk",
			analyzer.KindSDK,
			[]hit{h(analyzer.TermHost, "s")},
			analyzer.Probable,
		},
		{"weak_class", analyzer.KindSDK, []hit{h(analyzer.TermClass, "")}, analyzer.Possible},
		{
			"weak_library_and_class",
			analyzer.KindSDK,
			[]hit{h(analyzer.TermLibrary, ""), h(analyzer.TermClass, "")},
			analyzer.Probable,
		},
		{
			"weak_library_and_its_soname",
			analyzer.KindSDK,
			[]hit{h(analyzer.TermLibrary, ""), h(analyzer.TermSONAME, "")},
			analyzer.Possible,
		},
		{
			"weak_class_and_component",
			analyzer.KindSDK,
			[]hit{h(analyzer.TermClass, ""), h(analyzer.TermComponent, "")},
			analyzer.Possible,
		},
		{
			"weak_names_only",
			analyzer.KindSDK,
			[]hit{h(analyzer.TermAsset, ""), h(analyzer.TermHost, "")},
			analyzer.Possible,
		},
		{
			"memory_proves_nothing",
			analyzer.KindSDK,
			[]hit{h(analyzer.TermClass, "m"), h(analyzer.TermLibrary, "m")},
			analyzer.Possible,
		},
		{
			"memory_does_not_help_another",
			analyzer.KindSDK,
			[]hit{h(analyzer.TermClass, "m"), h(analyzer.TermLibrary, "")},
			analyzer.Possible,
		},
		{
			"library_that_is_no_elf",
			analyzer.KindSDK,
			[]hit{h(analyzer.TermLibrary, "h"), h(analyzer.TermAsset, "")},
			analyzer.Possible,
		},
		{
			"endpoint_is_capped",
			analyzer.KindEndpoint,
			[]hit{h(analyzer.TermHost, "s")},
			analyzer.Probable,
		},
		{
			"endpoint_weak",
			analyzer.KindEndpoint,
			[]hit{h(analyzer.TermHost, "")},
			analyzer.Possible,
		},
		{
			"text_is_capped",
			analyzer.KindText,
			[]hit{h(analyzer.TermText, "s"), h(analyzer.TermText, "s")},
			analyzer.Possible,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, grade(tt.kind, tt.hits))
		})
	}
}

// TestGradeOfMatches checks what the matcher hands to grade.
func TestGradeOfMatches(t *testing.T) {
	t.Parallel()
	part := func(glob string, memory bool) Cond {
		return Cond{Fact: analyzer.TermAsset, Glob: glob, Strength: weak, Memory: memory}
	}
	set := setOf(
		t,
		Rule{
			ID:    "parts",
			Match: Cond{All: []Cond{part("a.mnn", false), part("b.mnn", true)}, Strength: strong},
		},
		Rule{
			ID:    "library",
			Match: Cond{Any: []Cond{{Fact: analyzer.TermLibrary, Is: "liba.so", Strength: strong}}},
		},
	)
	tests := []struct {
		name  string
		facts *analyzer.Facts
		want  analyzer.Confidence
	}{
		{
			"parts_are_strong_together",
			Example{term(analyzer.TermAsset, "a.mnn"), term(analyzer.TermAsset, "b.mnn")}.Facts(),
			analyzer.Probable,
		},
		{"library", Example{term(analyzer.TermLibrary, "liba.so")}.Facts(), analyzer.Confirmed},
		{
			"library_full_of_zeros",
			&analyzer.Facts{Libraries: []analyzer.Library{{Entry: "lib/arm/liba.so"}}},
			analyzer.Possible,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			found := set.Match(tt.facts)
			require.Len(t, found, 1)
			assert.Equal(t, tt.want, found[0].Confidence)
		})
	}
}

func TestUse(t *testing.T) {
	t.Parallel()
	set := setOf(t, Rule{Match: Cond{Any: []Cond{
		{Fact: analyzer.TermClass, Prefix: "com.vendor.voice", Strength: strong},
		{Fact: analyzer.TermLibrary, Is: "libvoice.so", Strength: strong},
		{Fact: analyzer.TermComponent, Prefix: "com.vendor.voice", Strength: strong},
		{Fact: analyzer.TermFramework, Is: "Voice", Strength: strong},
		{Fact: analyzer.TermObjCClass, Is: "VoiceEngine", Strength: strong},
		{Fact: analyzer.TermObjCRef, Is: "AVVoice", Strength: weak},
		{Fact: analyzer.TermHost, Is: "api.voice.com", Strength: strong},
	}}})
	const main, dylib = "Payload/A.app/A", "Payload/A.app/Frameworks/Voice.framework/Voice"
	class := analyzer.ClassTable{
		Entry:   "classes.dex",
		Defined: analyzer.NameList{Names: []string{"com.vendor.voice.Engine"}, At: []uint32{1}},
	}
	call := func(from, to string) analyzer.Call {
		return analyzer.Call{Entry: "classes.dex", From: from, To: to, Count: 1}
	}
	names := func(n string) analyzer.NameList {
		return analyzer.NameList{Names: []string{n},
			At: []uint32{1}}
	}
	embedded := analyzer.Framework{
		Name:  "Voice",
		Where: analyzer.Where{Entry: "Payload/A.app/Frameworks/Voice.framework/Info.plist"},
	}
	load := []analyzer.Dylib{{Name: "@rpath/Voice.framework/Voice", At: 64}}
	tests := []struct {
		name    string
		app     string
		records []analyzer.Record
		want    analyzer.Use
	}{
		{
			"called_by_the_application",
			"org.app",
			[]analyzer.Record{class, call("org.app.ui", "com.vendor.voice")},
			analyzer.Invoked,
		},
		{
			"called_by_shrunk_code",
			"org.app",
			[]analyzer.Record{class, call("a.b", "com.vendor.voice")},
			analyzer.Invoked,
		},
		{
			"called_within_the_vendor",
			"org.app",
			[]analyzer.Record{class, call("com.vendor.core", "com.vendor.voice")},
			analyzer.Bundled,
		},
		{
			"called_by_the_vendors_own_application",
			"com.vendor.demo",
			[]analyzer.Record{class, call("com.vendor.demo.ui", "com.vendor.voice")},
			analyzer.Invoked,
		},
		{
			"another_package_is_called",
			"org.app",
			[]analyzer.Record{class, call("org.app", "com.vendor.voicebox")},
			analyzer.Bundled,
		},
		{"no_calls_were_read", "org.app", []analyzer.Record{class}, analyzer.UseUnknown},
		{
			"library_without_classes",
			"org.app",
			[]analyzer.Record{
				analyzer.Library{Entry: "lib/arm/libvoice.so", ELF: true},
				call("a.b", "c.d"),
			},
			analyzer.Bundled,
		},
		{
			"library_that_is_no_elf",
			"org.app",
			[]analyzer.Record{analyzer.Library{Entry: "lib/arm/libvoice.so"}, call("a.b", "c.d")},
			analyzer.UseUnknown,
		},
		{
			"component_of_a_merged_manifest",
			"org.app",
			[]analyzer.Record{
				analyzer.Component{Kind: "activity", Name: "com.vendor.voice.A"},
				call("a.b", "c.d"),
			},
			analyzer.Bundled,
		},
		{
			"host_only",
			"org.app",
			[]analyzer.Record{
				analyzer.String{Kind: analyzer.HostString, Value: "api.voice.com"},
				call("a.b", "c.d"),
			},
			analyzer.UseUnknown,
		},
		{
			"linked_by_the_main_binary",
			"",
			[]analyzer.Record{embedded, analyzer.Binary{Entry: main, Dylibs: load}},
			analyzer.Invoked,
		},
		{
			"linked_by_another_framework",
			"",
			[]analyzer.Record{
				embedded,
				analyzer.Binary{Entry: main},
				analyzer.Binary{Entry: "Payload/A.app/Frameworks/B.framework/B", Dylibs: load},
			},
			analyzer.Bundled,
		},
		{
			"embedded_and_not_linked",
			"",
			[]analyzer.Record{embedded, analyzer.Binary{Entry: main}},
			analyzer.Bundled,
		},
		{
			"class_bound_by_another_binary",
			"",
			[]analyzer.Record{
				analyzer.Binary{Entry: dylib, Classes: names("VoiceEngine")},
				analyzer.Binary{Entry: main, Imports: names("VoiceEngine")},
			},
			analyzer.Invoked,
		},
		{
			"class_of_the_system_bound",
			"",
			[]analyzer.Record{analyzer.Binary{Entry: main, Imports: names("AVVoice")}},
			analyzer.Invoked,
		},
		{
			"class_nobody_binds",
			"",
			[]analyzer.Record{
				analyzer.Binary{Entry: dylib, Classes: names("VoiceEngine")},
				analyzer.Binary{Entry: main},
			},
			analyzer.Bundled,
		},
		{
			"linked_statically",
			"",
			[]analyzer.Record{analyzer.Binary{Entry: main, Classes: names("VoiceEngine")}},
			analyzer.UseUnknown,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := &analyzer.Facts{Package: analyzer.Package{ID: tt.app}}
			for _, r := range tt.records {
				f.Add(r)
			}
			found := set.Match(f)
			require.Len(t, found, 1)
			assert.Equal(t, tt.want, found[0].Use)
		})
	}
}

func TestFrameworkVersion(t *testing.T) {
	t.Parallel()
	set := setOf(
		t,
		Rule{
			Match: Cond{Any: []Cond{{Fact: analyzer.TermFramework, Is: "Voice", Strength: strong}}},
		},
	)
	f := &analyzer.Facts{
		Frameworks: []analyzer.Framework{
			{Name: "Other", Version: "9"},
			{Name: "Voice", Version: "1.2"},
		},
	}
	found := set.Match(f)
	require.Len(t, found, 1)
	assert.Equal(t, "1.2", found[0].Version)
}

func TestEveryTermKindHasAFamilyAndAnExample(t *testing.T) {
	t.Parallel()
	for _, kind := range termKinds {
		_, ok := termFamilies[kind]
		assert.True(t, ok, kind)
		value := "com.example.Value"
		if kind == analyzer.TermModule {
			value = "npm:value"
		}
		yielded := false
		for got := range (Example{{Kind: kind, Value: value}}).Facts().Terms {
			yielded = yielded || got.Kind == kind && got.Value == value
		}
		assert.True(
			t,
			yielded || kind == analyzer.TermHost,
			"%s: the example's facts do not yield it",
			kind,
		)
	}
	for _, f := range plainFeatures {
		assert.Nil(t, analyzer.FeatureCapabilities(f), "%s makes something", f)
	}
}
