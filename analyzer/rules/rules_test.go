package rules_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/rule"
	"github.com/listgate/listgate/analyzer/rules"
)

// folder parses the rule files beside this test; every loop over it fails on an
// empty folder, because ReadDir does.
func folder(t *testing.T) ([]rule.Rule, *rule.Set) {
	t.Helper()
	list, err := rule.ReadDir(os.DirFS("."))
	require.NoError(t, err)
	set, err := rule.Compile(list)
	require.NoError(t, err)
	return list, set
}

func matched(set *rule.Set, e rule.Example) []string {
	var ids []string
	for _, f := range set.Match(e.Facts()) {
		ids = append(ids, f.Rule)
	}
	return ids
}

func TestHitsAndMisses(t *testing.T) {
	t.Parallel()
	list, set := folder(t)
	overlaps := map[string][]string{}
	for _, r := range list {
		overlaps[r.ID] = r.Overlaps
	}
	for _, r := range list {
		for _, hit := range r.Hits {
			ids := matched(set, hit)
			assert.Contains(t, ids, r.ID, "hit of %s: %v", r.ID, hit)
			for _, id := range ids {
				claimed := id != r.ID && !slices.Contains(overlaps[r.ID], id)
				assert.False(t, claimed, "%s claims the hit %v of %s", id, hit, r.ID)
			}
		}
		for _, miss := range r.Misses {
			assert.NotContains(t, matched(set, miss), r.ID, "miss of %s: %v", r.ID, miss)
		}
	}
}

func TestStrongLeavesAreProven(t *testing.T) {
	t.Parallel()
	list, _ := folder(t)
	for _, r := range list {
		proven := map[analyzer.TermKind]bool{}
		for _, hit := range r.Hits {
			for _, term := range hit {
				proven[term.Kind] = true
			}
		}
		for _, kind := range strongFacts(&r.Match) {
			assert.True(t, proven[kind], "rule %s: no hit for its strong %s", r.ID, kind)
		}
	}
}

func strongFacts(c *rule.Cond) []analyzer.TermKind {
	var kinds []analyzer.TermKind
	if c.Fact != "" && c.Strength == "strong" {
		kinds = append(kinds, c.Fact)
	}
	for _, list := range [][]rule.Cond{c.Any, c.All} {
		for i := range list {
			kinds = append(kinds, strongFacts(&list[i])...)
		}
	}
	return kinds
}

func TestEveryFileIsARule(t *testing.T) {
	t.Parallel()
	list, _ := folder(t)
	byID := map[string]rule.Rule{}
	for _, r := range list {
		byID[r.ID] = r
	}
	files := 0
	require.NoError(t, filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if ext := path.Ext(name); ext != ".yaml" && ext != ".yml" {
			return nil
		}
		files++
		id := strings.TrimSuffix(path.Base(name), ".yaml")
		r, ok := byID[id]
		assert.True(t, ok, "%s is not read as a rule", name)
		assert.Equal(t, path.Join(string(r.Kind), id+".yaml"), filepath.ToSlash(name))
		return nil
	}))
	assert.Equal(t, len(list), files)
}

func TestIndexIsNotStale(t *testing.T) {
	t.Parallel()
	list, set := folder(t)
	embedded, err := rules.Load()
	require.NoError(t, err)
	require.Equal(
		t,
		set.RuleSet(),
		embedded.RuleSet(),
		"the index is older than the rules: run go generate ./analyzer/rules",
	)
	for _, r := range list {
		got, ok := embedded.Explain(r.ID)
		require.True(t, ok, r.ID)
		r.Hits, r.Misses = nil, nil
		assert.Empty(t, cmp.Diff(r, got), r.ID)
	}
}

func TestLoadIsQuick(t *testing.T) {
	best := time.Hour
	for range 5 {
		start := time.Now()
		_, err := rules.Load()
		require.NoError(t, err)
		best = min(best, time.Since(start))
	}
	t.Logf("load: %v", best)
	assert.Less(t, best, 100*time.Millisecond, "an order above what loading takes")
}

// TestTraps keeps what the sources warn of: names that prove less than they seem.
func TestTraps(t *testing.T) {
	t.Parallel()
	_, set := folder(t)
	lib := func(name string) *analyzer.Facts {
		return rule.Example{{Kind: analyzer.TermLibrary, Value: name}}.Facts()
	}
	term := func(kind analyzer.TermKind, value string) *analyzer.Facts {
		return rule.Example{{Kind: kind, Value: value}}.Facts()
	}
	tests := []struct {
		name  string
		facts *analyzer.Facts
		want  []string // rule confidence capability…
	}{
		{
			"libmsc_alone_is_speech_only",
			lib("libmsc.so"),
			[]string{"iflytek-msc possible speech_synth"},
		},
		{"libaisound_lower_case_is_another_library", lib("libaisound.so"), nil},
		{
			"libAisound_is_synthesis",
			lib("libAisound.so"),
			[]string{"iflytek-aisound confirmed speech_synth"},
		},
		{"libqueen_is_a_game", lib("libqueen.so"), nil},
		{"libDeepAR_is_no_name_of_the_product", lib("libDeepAR.so"), nil},
		{"libwesteros_is_a_compositor", lib("libwesteros_core.so"), nil},
		{
			"libeffect_is_general",
			lib("libeffect.so"),
			[]string{"bytedance-effects possible face_beautify"},
		},
		{"fmod_in_a_game", lib("libfmod.so"), nil},
		{"unity_makes_nothing", lib("libunity.so"), []string{"unity-engine possible"}},
		{"ggml_makes_nothing", lib("libggml.so"), []string{"ggml possible"}},
		{"whisper_listens", lib("libwhisper.so"), []string{"whisper-cpp confirmed"}},
		{
			"liveness_is_a_check",
			lib("libYTLiveness.so"),
			[]string{"tencent-youtu-liveness confirmed"},
		},
		{"megvii_liveness_is_a_check", lib("libmegface.so"), []string{"megvii-liveness confirmed"}},
		{"baidu_asr_listens", lib("libBaiduSpeechSDK.so"), []string{"baidu-asr confirmed"}},
		{"alibaba_security_hides_nothing", lib("libsgmain.so"), []string{"alibaba-jaq confirmed"}},
		{
			"system_read_aloud",
			term(analyzer.TermClassRef, "android.speech.tts.TextToSpeech"),
			[]string{"android-system-tts possible"},
		},
		{"common_model_alone", term(analyzer.TermAsset, "assets/common_model/a.bin"), nil},
		{"a_weak_word_alone", term(analyzer.TermText, "美白面霜"), nil},
		{
			"app_inventor_runtime",
			term(analyzer.TermHost, "chatbot.appinventor.mit.edu"),
			[]string{"appinventor-chatbot possible"},
		},
		{
			"web_page_of_chatgpt",
			term(analyzer.TermHost, "chat.openai.com"),
			[]string{"openai-web possible text_gen"},
		},
		{
			"relay_of_openai",
			term(analyzer.TermPath, "/proxy/v1/chat/completions"),
			[]string{"openai-compatible probable text_gen"},
		},
		{"ocr_host", term(analyzer.TermHost, "aip.baidubce.com"), []string{"baidu-aip possible"}},
		{
			"face_merge_path",
			term(analyzer.TermPath, "/rest/2.0/face/v1/merge?access_token="),
			[]string{"baidu-aip probable face_swap"},
		},
		{
			"words_in_another_script_and_spacing",
			term(analyzer.TermText, "Ａ\u200bI 換臉"),
			[]string{"face-swap possible face_swap"},
		},
		{"accessibility_menu", term(analyzer.TermText, "App/Text-To-Speech"), nil},
		{"words_inside_words", term(analyzer.TermText, "Thai chats on a surface swap"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range set.Match(tt.facts) {
				line := fmt.Sprintf("%s %s", f.Rule, f.Confidence)
				for _, c := range analyzer.Capabilities([]analyzer.Finding{f}) {
					line += " " + string(c.ID)
				}
				got = append(got, line)
			}
			assert.Empty(t, cmp.Diff(tt.want, got))
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := rules.Load(); err != nil {
			b.Fatal(err)
		}
	}
}
