package rule

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
)

// setOf compiles rules that say only what the case needs.
func setOf(t testing.TB, rules ...Rule) *Set {
	t.Helper()
	for i := range rules {
		if rules[i].ID == "" {
			rules[i].ID = fmt.Sprintf("rule-%d", i)
		}
		if rules[i].Kind == "" {
			rules[i].Kind = analyzer.KindSDK
		}
	}
	s, err := Compile(rules)
	require.NoError(t, err)
	return s
}

func term(kind analyzer.TermKind, value string) analyzer.Term {
	return analyzer.Term{Kind: kind, Value: value}
}

func TestLeaves(t *testing.T) {
	t.Parallel()
	const (
		class = analyzer.TermClass
		lib   = analyzer.TermLibrary
		asset = analyzer.TermAsset
		host  = analyzer.TermHost
		url   = analyzer.TermPath
		text  = analyzer.TermText
	)
	tests := []struct {
		name   string
		cond   Cond
		hits   []analyzer.Term
		misses []analyzer.Term
	}{
		{"class_is", Cond{Fact: class, Is: "com.a.B"},
			[]analyzer.Term{term(class, "com.a.B")},
			[]analyzer.Term{
				term(class, "com.a.B$C"),
				term(class, "com.a.b"),
				term(analyzer.TermClassRef, "com.a.B"),
			}},
		{"class_prefix", Cond{Fact: class, Prefix: "com.a.wrapper"},
			[]analyzer.Term{
				term(class, "com.a.wrapper"),
				term(class, "com.a.wrapper.x"),
				term(class, "com.a.wrapper$x"),
			},
			[]analyzer.Term{
				term(class, "com.a.wrapperx"),
				term(class, "com.a"),
				term(class, "x.com.a.wrapper"),
			}},
		{"symbol_starts", Cond{Fact: analyzer.TermExport, Starts: "bef_effect_"},
			[]analyzer.Term{
				term(analyzer.TermExport, "bef_effect_ai_init"),
				term(analyzer.TermExport, "bef_effect_"),
			},
			[]analyzer.Term{
				term(analyzer.TermExport, "bef_effect"),
				term(analyzer.TermExport, "xbef_effect_ai"),
			}},
		{"library_glob", Cond{Fact: lib, Glob: "libshell*-*.so"},
			[]analyzer.Term{
				term(lib, "libshella-2.so"),
				term(analyzer.TermSONAME, "libshellx-a.so"),
			},
			[]analyzer.Term{term(lib, "libshell.so"), term(lib, "libshella-2.so.1")}},
		{"library_is_also_its_soname", Cond{Fact: lib, Is: "libmsc.so"},
			[]analyzer.Term{term(lib, "libmsc.so"), term(analyzer.TermSONAME, "libmsc.so")},
			[]analyzer.Term{term(lib, "libMSC.so"), term(analyzer.TermNeeded, "libmsc.so")}},
		{"asset_at_any_directory", Cond{Fact: asset, Glob: "graphics/face.bundle"},
			[]analyzer.Term{
				term(asset, "graphics/face.bundle"),
				term(asset, "base/assets/graphics/face.bundle"),
			},
			[]analyzer.Term{
				term(asset, "assets/xgraphics/face.bundle"),
				term(asset, "assets/graphics/sub/face.bundle"),
			}},
		{"asset_folder", Cond{Fact: asset, Glob: "**/LightCore/**"},
			[]analyzer.Term{term(asset, "assets/LightCore/a/b.bin")},
			[]analyzer.Term{
				term(asset, "assets/lightcore/a.bin"),
				term(asset, "assets/xLightCore/a.bin"),
			}},
		{"asset_star_stays_in_its_segment", Cond{Fact: asset, Glob: "human_*_v2/*.bin"},
			[]analyzer.Term{term(asset, "assets/human_anna_v2/a.bin")},
			[]analyzer.Term{
				term(asset, "assets/human_anna_v2/sub/a.bin"),
				term(asset, "assets/human_a/b_v2/a.bin"),
			}},
		{"asset_ending", Cond{Fact: asset, Glob: "**/*.deepar"},
			[]analyzer.Term{term(asset, "assets/effects/lion.deepar")},
			[]analyzer.Term{term(asset, "assets/lion.deepar.txt")}},
		{"asset_two_stars_within", Cond{Fact: asset, Glob: "mx/**/libacc.so"},
			[]analyzer.Term{
				term(asset, "assets/mx/libacc.so"),
				term(asset, "assets/mx/arm/v7/libacc.so"),
			},
			[]analyzer.Term{term(asset, "assets/libacc.so")}},
		{"host_is", Cond{Fact: host, Is: "api.a.com"},
			[]analyzer.Term{term(host, "api.a.com"), term(host, "API.A.com")},
			[]analyzer.Term{term(host, "x.api.a.com"), term(host, "api.a.com.cn")}},
		{"host_below", Cond{Fact: host, Glob: "*.a.com"},
			[]analyzer.Term{term(host, "x.a.com"), term(host, "y.x.a.com")},
			[]analyzer.Term{term(host, "a.com"), term(host, "xa.com")}},
		{"path_is", Cond{Fact: url, Is: "/v1/tts"},
			[]analyzer.Term{
				term(url, "/v1/tts"),
				term(url, "/v1/tts/"),
				term(url, "/v1/tts?voice=1#x"),
			},
			[]analyzer.Term{term(url, "/api/v1/tts"), term(url, "/v1/ttsx")}},
		{"path_glob", Cond{Fact: url, Glob: "**/v1/chat/completions"},
			[]analyzer.Term{
				term(url, "/v1/chat/completions"),
				term(url, "/proxy/x/v1/chat/completions?a"),
			},
			[]analyzer.Term{
				term(url, "/v1/chat/completions/x"),
				term(url, "/v11/chat/completions"),
			}},
		{"path_prefix", Cond{Fact: url, Prefix: "/rpc/x"},
			[]analyzer.Term{term(url, "/rpc/x"), term(url, "/rpc/x/chat?y")},
			[]analyzer.Term{term(url, "/rpc/xy")}},
		{"chinese_text", Cond{Fact: text, Is: "换脸"},
			[]analyzer.Term{term(text, "一键换脸特效"), term(text, "換 臉"), term(text, "换\u200b脸")},
			[]analyzer.Term{term(text, "换头像，瘦脸")}},
		{"mixed_text", Cond{Fact: text, Is: "AI换脸"},
			[]analyzer.Term{term(text, "ａｉ 换脸"), term(text, "A I换脸!"), term(text, "来玩AI换脸")},
			[]analyzer.Term{term(text, "OpenAI换脸"), term(text, "换脸")}},
		{"latin_text", Cond{Fact: text, Is: "text to image"},
			[]analyzer.Term{
				term(text, "Text-to-Image"),
				term(text, "The best TEXT TO IMAGE tool"),
				term(text, "文生图texttoimage功能"),
			},
			[]analyzer.Term{
				term(text, "context to image"),
				term(text, "text to images"),
				term(text, "text2image"),
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.cond.Strength = strong
			set := setOf(t, Rule{Match: Cond{Any: []Cond{tt.cond}}})
			for _, h := range tt.hits {
				assert.Len(t, set.Match(Example{h}.Facts()), 1, "%v", h)
			}
			for _, m := range tt.misses {
				assert.Empty(t, set.Match(Example{m}.Facts()), "%v", m)
			}
		})
	}
}

func TestTree(t *testing.T) {
	t.Parallel()
	leaf := func(name string) Cond {
		return Cond{Fact: analyzer.TermLibrary, Is: name, Strength: weak, Features: []string{name}}
	}
	not := func(c Cond) Cond { return Cond{Not: &c} }
	a, b, c := leaf("liba.so"), leaf("libb.so"), leaf("libc.so")
	tests := []struct {
		name     string
		match    Cond
		libs     string
		features string // "-" for no finding
	}{
		{"any_joins_what_holds", Cond{Any: []Cond{a, b, c}}, "liba.so libc.so", "liba.so libc.so"},
		{"any_of_none", Cond{Any: []Cond{a, b}}, "libc.so", "-"},
		{
			"all_holds",
			Cond{All: []Cond{a, b}, Features: []string{"both"}},
			"liba.so libb.so",
			"liba.so libb.so both",
		},
		{"all_lacks_one", Cond{All: []Cond{a, b}}, "liba.so", "-"},
		{
			"failed_all_leaves_no_trace",
			Cond{Any: []Cond{{All: []Cond{a, b}}, c}},
			"liba.so libc.so",
			"libc.so",
		},
		{"not_is_absent", Cond{All: []Cond{a, not(b)}}, "liba.so", "liba.so"},
		{"not_is_present", Cond{All: []Cond{a, not(b)}}, "liba.so libb.so", "-"},
		{"not_alone_is_no_hit", Cond{All: []Cond{a, not(b)}}, "libc.so", "-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var e Example
			for _, l := range strings.Fields(tt.libs) {
				e = append(e, term(analyzer.TermLibrary, l))
			}
			found := setOf(t, Rule{Match: tt.match}).Match(e.Facts())
			if tt.features == "-" {
				assert.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			assert.Equal(t, tt.features, strings.Join(found[0].Features, " "))
		})
	}
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	set := setOf(t, Rule{Match: Cond{Any: []Cond{
		{Fact: analyzer.TermClass, Prefix: "com.a", Strength: strong},
		{Fact: analyzer.TermAsset, Glob: "a.bin", Strength: strong},
		{Fact: analyzer.TermLibrary, Is: "liba.so", Strength: weak},
	}}})
	f := &analyzer.Facts{
		Libraries: []analyzer.Library{
			{Entry: "lib/x86/liba.so", ELF: true},
			{Entry: "lib/arm/liba.so", ELF: true},
		},
		Assets: []analyzer.Asset{{Name: "assets/a.bin"}},
	}
	table := analyzer.ClassTable{Entry: "classes.dex"}
	for i := range 100 {
		table.Defined.Add(fmt.Sprintf("com.a.C%02d", 99-i), uint32(i+1))
	}
	f.Add(table)
	f.Add(
		analyzer.ClassTable{
			Entry:   "classes2.dex",
			Defined: analyzer.NameList{Names: []string{"com.a.C00"}, At: []uint32{1}},
		},
	)
	found := set.Match(f)
	require.Len(t, found, 1)
	e := found[0].Evidence
	require.Len(t, e, maxEvidence)
	assert.Empty(t, cmp.Diff([]analyzer.Evidence{
		{
			Type:   analyzer.TermClass,
			Where:  analyzer.Where{Entry: "classes.dex", Offset: 100},
			What:   "com.a.C00",
			Strong: true,
		},
		{
			Type:   analyzer.TermAsset,
			Where:  analyzer.Where{Entry: "assets/a.bin"},
			What:   "assets/a.bin",
			Strong: true,
		},
		{
			Type:   analyzer.TermClass,
			Where:  analyzer.Where{Entry: "classes.dex", Offset: 99},
			What:   "com.a.C01",
			Strong: true,
		},
	}, e[:3]))
	f.Classes = nil
	e = set.Match(f)[0].Evidence
	assert.Equal(
		t,
		analyzer.Evidence{
			Type:  analyzer.TermLibrary,
			Where: analyzer.Where{Entry: "lib/arm/liba.so"},
			What:  "liba.so",
		},
		e[1],
	)
}

func TestFindings(t *testing.T) {
	t.Parallel()
	lib := func(name string) Cond {
		return Cond{Any: []Cond{{Fact: analyzer.TermLibrary, Is: name, Strength: strong}}}
	}
	word := func(w, strength string) Cond {
		return Cond{Fact: analyzer.TermText, Is: w,
			Strength: strength}
	}
	set := setOf(
		t,
		Rule{ID: "packer", Kind: analyzer.KindPacker, Effect: HidesDEX, Match: lib("libpack.so")},
		Rule{ID: "guard", Kind: analyzer.KindPacker, Effect: NoEffect, Match: lib("libguard.so")},
		Rule{ID: "apple", Platform: analyzer.IOS, Match: lib("liba.so")},
		Rule{ID: "android", Platform: analyzer.Android, Match: lib("liba.so")},
		Rule{
			ID:    "words",
			Kind:  analyzer.KindText,
			Match: Cond{Any: []Cond{word("换脸", strong), word("变脸", weak)}},
		},
		Rule{
			ID:      "versioned",
			Version: &VersionPattern{Fact: analyzer.TermString, Pattern: `^Voice/([0-9.]+)$`},
			Match:   lib("libvoice.so"),
		},
	)
	tests := []struct {
		name  string
		facts *analyzer.Facts
		want  string // rule features version
	}{
		{
			"packer_hides_code",
			Example{term(analyzer.TermLibrary, "libpack.so")}.Facts(),
			"packer [hides-code] ",
		},
		{
			"protector_hides_nothing",
			Example{term(analyzer.TermLibrary, "libguard.so")}.Facts(),
			"guard [none] ",
		},
		{"platform_of_the_package", &analyzer.Facts{Package: analyzer.Package{Format: analyzer.APK},
			Libraries: []analyzer.Library{{Entry: "lib/arm/liba.so", ELF: true}}}, "android [] "},
		{"weak_word_alone", Example{term(analyzer.TermText, "变脸")}.Facts(), ""},
		{"strong_word", Example{term(analyzer.TermText, "换脸")}.Facts(), "words [] "},
		{
			"version_of_a_banner",
			Example{
				term(analyzer.TermLibrary, "libvoice.so"),
				term(analyzer.TermString, "Voice/3.2.1"),
			}.Facts(),
			"versioned [] 3.2.1",
		},
		{"nothing", &analyzer.Facts{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range set.Match(tt.facts) {
				got = append(got, fmt.Sprintf("%s %v %s", f.Rule, f.Features, f.Version))
			}
			assert.Equal(t, tt.want, strings.Join(got, "; "))
		})
	}
}

func TestLongTextIsShownByItsWord(t *testing.T) {
	t.Parallel()
	set := setOf(
		t,
		Rule{Match: Cond{Any: []Cond{{Fact: analyzer.TermText, Is: "换脸", Strength: strong}}}},
	)
	found := set.Match(Example{term(analyzer.TermText, strings.Repeat("隐私政策", 30)+"换脸")}.Facts())
	require.Len(t, found, 1)
	assert.Equal(t, "换脸", found[0].Evidence[0].What)
}

func TestMatchIsDeterministic(t *testing.T) {
	t.Parallel()
	set, facts := synthetic(t, 300), syntheticFacts(5000)
	first := set.Match(facts)
	require.NotEmpty(t, first)
	for range 3 {
		require.Empty(t, cmp.Diff(first, set.Match(facts)))
	}
	for i := 1; i < len(first); i++ {
		assert.Less(t, first[i-1].Rule, first[i].Rule)
	}
}
