package rule

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
)

// TestUncalled has a library that both hears and speaks.
func TestUncalled(t *testing.T) {
	t.Parallel()
	tts := []string{"tts"}
	set := setOf(t, Rule{Features: []string{"asr"}, Match: Cond{Any: []Cond{
		{Fact: analyzer.TermClass, Prefix: "com.vendor.voice", Strength: weak},
		{Fact: analyzer.TermClass, Is: "com.vendor.voice.Speaker", Strength: strong,
			Features: tts},
		{Fact: analyzer.TermJNI, Starts: "Java_com_vendor_voice_Speaker_", Strength: weak,
			Features: tts},
		{Fact: analyzer.TermLibrary, Is: "libspeaker.so", Strength: strong, Features: tts},
		{All: []Cond{
			{Fact: analyzer.TermClass, Is: "com.vendor.voice.Singer", Strength: weak},
			{Fact: analyzer.TermAsset, Is: "assets/song.dat", Strength: weak},
		}, Strength: strong, Features: []string{"singing-synthesis"}},
	}}})
	defined := func(names ...string) analyzer.ClassTable {
		l := analyzer.NameList{Names: names, At: make([]uint32, len(names))}
		return analyzer.ClassTable{Entry: "classes.dex", Defined: l}
	}
	classes := defined("com.vendor.voice.Listener", "com.vendor.voice.Speaker")
	calls := func(from string, reached ...string) analyzer.Call {
		return analyzer.Call{Entry: "classes.dex", From: from, To: "com.vendor.voice", Count: 1,
			Classes: reached}
	}
	tests := map[string]struct {
		records []analyzer.Record
		want    []string
	}{
		"hears_only":       {[]analyzer.Record{classes, calls("org.app", "Listener")}, tts},
		"speaks":           {[]analyzer.Record{classes, calls("org.app", "Speaker")}, nil},
		"by_inner_class":   {[]analyzer.Record{classes, calls("org.app", "Speaker$Builder")}, nil},
		"not_called":       {[]analyzer.Record{classes}, nil},
		"called_by_vendor": {[]analyzer.Record{classes, calls("com.vendor.ui", "Listener")}, nil},
		"classes_not_told": {[]analyzer.Record{classes, calls("org.app", "Listener"),
			calls("org.other")}, nil},
		"two_callers": {[]analyzer.Record{classes, calls("org.app", "Listener"),
			calls("org.other", "Speaker")}, nil},
		"symbol_of_the_same_library": {[]analyzer.Record{classes, calls("org.app", "Listener"),
			analyzer.Library{Entry: "lib/x86/libvoice.so", ELF: true, JNI: analyzer.NameList{
				Names: []string{"Java_com_vendor_voice_Speaker_init"}, At: []uint32{1}}}}, tts},
		"library_that_only_speaks": {[]analyzer.Record{classes, calls("org.app", "Listener"),
			analyzer.Library{Entry: "lib/x86/libspeaker.so", ELF: true}}, nil},
		"class_and_data": {[]analyzer.Record{defined("com.vendor.voice.Listener",
			"com.vendor.voice.Singer"), calls("org.app", "Listener"),
			analyzer.Asset{Name: "assets/song.dat"}}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := &analyzer.Facts{Package: analyzer.Package{ID: "org.app"}}
			for _, r := range tt.records {
				f.Add(r)
			}
			found := set.Match(f)
			require.Len(t, found, 1)
			assert.Equal(t, tt.want, found[0].Uncalled)
		})
	}
}

// TestUseFromPrograms has code whose calls are not seen.
func TestUseFromPrograms(t *testing.T) {
	t.Parallel()
	set := setOf(t, Rule{Match: Cond{Any: []Cond{
		{Fact: analyzer.TermClass, Is: "com.vendor.voice.Speaker", Strength: strong},
		{Fact: analyzer.TermLibrary, Is: "libspeaker.so", Strength: strong},
	}}})
	class := analyzer.ClassTable{Entry: "classes.dex", Defined: analyzer.NameList{
		Names: []string{"com.vendor.voice.Speaker"}, At: []uint32{1}}}
	call := analyzer.Call{Entry: "classes.dex", From: "org.app", To: "org.other", Count: 1}
	script := analyzer.Program{Entry: "assets/app.js", Language: analyzer.JavaScript}
	name := func(entry string) analyzer.String {
		return analyzer.String{Kind: analyzer.NameString, Value: "com.vendor.voice.Speaker",
			Where: analyzer.Where{Entry: entry}}
	}
	binds := script
	binds.Needed = []string{"speaker"}
	for what, tt := range map[string]struct {
		records []analyzer.Record
		want    analyzer.Use
	}{
		"no_program": {[]analyzer.Record{class, call}, analyzer.Bundled},
		"a_program":  {[]analyzer.Record{class, call, script}, analyzer.UseUnknown},
		"named_by_it": {[]analyzer.Record{class, call, script, name("assets/app.js")},
			analyzer.Invoked},
		"named_elsewhere": {[]analyzer.Record{class, call, script, name("a.txt")},
			analyzer.UseUnknown},
		"named_in_no_other": {[]analyzer.Record{class, call, name("assets/app.js")},
			analyzer.Bundled},
		"bound": {[]analyzer.Record{analyzer.Library{Entry: "lib/x86/libspeaker.so", ELF: true},
			call, binds}, analyzer.Invoked},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			f := &analyzer.Facts{Package: analyzer.Package{ID: "org.app"}}
			for _, r := range tt.records {
				f.Add(r)
			}
			found := set.Match(f)
			require.Len(t, found, 1)
			assert.Equal(t, tt.want, found[0].Use)
		})
	}
}
