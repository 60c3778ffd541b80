package rule

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
)

// sound is a rule without defects; the lint cases change one thing in it.
const sound = `id: example
kind: sdk
name: {zh: 示例, en: Example}
vendor: Example Co.
techniques: [speech]
features: [tts]
match:
  any:
    - {fact: class, prefix: com.example.voice, strength: strong}
    - {fact: host, is: api.example.com, strength: weak, memory: true}
    - all:
        - {fact: asset, glob: "**/voice.bin", strength: weak, features: [voice-clone]}
        - not: {fact: library, is: libother.so, strength: weak}
      strength: strong
version: {fact: string, pattern: "^Example/([0-9.]+)$"}
sources: ["https://example.com/sdk"]
checked: {by: lg, on: 2026-11-22}
note: >-
  One line of
  prose.
overlaps: [other]
hits:
  - {class: com.example.voice.Engine}
  - {all: [{asset: assets/voice.bin}, {host: api.example.com}]}
misses:
  - {class: com.example.voices.Engine}
`

func TestParse(t *testing.T) {
	t.Parallel()
	got, err := Parse("sdk/example.yaml", []byte(sound))
	require.NoError(t, err)
	want := Rule{
		ID: "example", Kind: analyzer.KindSDK, Name: analyzer.Text{ZH: "示例", EN: "Example"},
		Vendor:     "Example Co.",
		Techniques: []analyzer.Technique{analyzer.TechniqueSpeech}, Features: []string{"tts"},
		Match: Cond{Any: []Cond{
			{Fact: analyzer.TermClass, Prefix: "com.example.voice", Strength: strong},
			{Fact: analyzer.TermHost, Is: "api.example.com", Strength: weak, Memory: true},
			{All: []Cond{
				{
					Fact:     analyzer.TermAsset,
					Glob:     "**/voice.bin",
					Strength: weak,
					Features: []string{"voice-clone"},
				},
				{Not: &Cond{Fact: analyzer.TermLibrary, Is: "libother.so", Strength: weak}},
			}, Strength: strong},
		}},
		Version: &VersionPattern{Fact: analyzer.TermString, Pattern: "^Example/([0-9.]+)$"},
		Sources: []string{"https://example.com/sdk"}, Checked: Checked{By: "lg", On: "2026-11-22"},
		Note: "One line of prose.\n", Overlaps: []string{"other"},
		Hits: []Example{
			{{Kind: analyzer.TermClass, Value: "com.example.voice.Engine"}},
			{
				{Kind: analyzer.TermAsset, Value: "assets/voice.bin"},
				{Kind: analyzer.TermHost, Value: "api.example.com"},
			},
		},
		Misses: []Example{{{Kind: analyzer.TermClass, Value: "com.example.voices.Engine"}}},
	}
	got.Note = strings.TrimSpace(got.Note) + "\n"
	assert.Empty(t, cmp.Diff(want, got))
}

// TestLint changes one thing of a sound rule and wants exactly the defects named.
func TestLint(t *testing.T) {
	t.Parallel()
	leaf := `{fact: host, is: api.example.com, strength: weak, memory: true}`
	tests := []struct {
		name, old, new string
		want           string
	}{
		{"unknown_field", "vendor:", "vendors:", `sdk/example.yaml:4: unknown field "vendors"`},
		{
			"unknown_field_of_a_leaf",
			"memory: true}",
			"memorised: true}",
			`sdk/example.yaml:10: unknown field "memorised"`,
		},
		{
			"key_twice",
			"vendor: Example Co.",
			"vendor: A\nvendor: B",
			`sdk/example.yaml:5: mapping key "vendor" already defined at [4:1]`,
		},
		{
			"wrong_type",
			"features: [tts]",
			"features: tts",
			`sdk/example.yaml:6: string was used where sequence is expected`,
		},
		{
			"broken_yaml",
			"techniques: [speech]",
			"techniques: [speech",
			`sdk/example.yaml:6: ',' or ']' must be specified`,
		},
		{
			"alias",
			"features: [tts]",
			"features: &f [tts]",
			`sdk/example.yaml:6: anchors and aliases are not used in rules`,
		},
		{
			"id_is_not_the_file",
			"id: example",
			"id: Example",
			`sdk/example.yaml:1: id: "Example" must be lower-case words joined by hyphens ` +
				`and equal the file's name`,
		},
		{
			"kind_is_not_the_folder",
			"kind: sdk",
			"kind: engine",
			`sdk/example.yaml:2: kind: "engine" must be a known kind and equal the folder`,
		},
		{
			"name_in_one_language",
			"en: Example}",
			`en: ""}`,
			`sdk/example.yaml:3: name: needs zh and en`,
		},
		{"no_vendor", "vendor: Example Co.", `vendor: ""`, `sdk/example.yaml:4: vendor: is empty`},
		{
			"unknown_technique",
			"[speech]",
			"[singing]",
			`sdk/example.yaml:5: techniques[0]: unknown technique "singing"`,
		},
		{
			"enabler_beside_another",
			"[speech]",
			"[speech, enabler]",
			`sdk/example.yaml:5: techniques: enabler stands alone`,
		},
		{
			"unknown_feature",
			"[tts]",
			"[ttx]",
			`sdk/example.yaml:6: features[0]: unknown feature "ttx"`,
		},
		{
			"feature_twice",
			"[tts]",
			"[tts, tts]",
			`sdk/example.yaml:6: features[1]: feature "tts" twice`,
		},
		{
			"effect_outside_packers",
			"features: [tts]",
			"features: [tts]\neffect: none",
			`sdk/example.yaml:7: effect: belongs to packers`,
		},
		{
			"unknown_platform",
			"features: [tts]",
			"features: [tts]\nplatform: windows",
			`sdk/example.yaml:7: platform: "windows" is neither android nor ios`,
		},
		{
			"unknown_fact",
			"fact: class,",
			"fact: clas,",
			`sdk/example.yaml:9: match.any[0].fact: unknown fact "clas"`,
		},
		{
			"no_operation",
			"prefix: com.example.voice, ",
			"",
			`sdk/example.yaml:9: match.any[0]: want exactly one of is, prefix, starts and ` +
				`glob, and a value`,
		},
		{
			"two_operations",
			"prefix: com.example.voice,",
			"prefix: com.example.voice, is: com.example.A,",
			`sdk/example.yaml:9: match.any[0]: want exactly one of is, prefix, starts and ` +
				`glob, and a value`,
		},
		{
			"no_strength",
			"voice, strength: strong}",
			"voice}",
			`sdk/example.yaml:9: match.any[0].strength: "" is neither strong nor weak`,
		},
		{
			"leaf_twice",
			"    - " + leaf,
			"    - " + leaf + "\n    - " + leaf,
			`sdk/example.yaml:11: match.any[2]: written twice: host is "api.example.com"`,
		},
		{
			"prefix_ends_in_a_dot",
			"com.example.voice,",
			"com.example.voice.,",
			`sdk/example.yaml:9: match.any[0].prefix: a prefix is whole segments and does ` +
				`not end in a separator`,
		},
		{
			"prefix_of_a_symbol",
			"{fact: class, prefix: com.example.voice,",
			"{fact: export, prefix: voice_,",
			`sdk/example.yaml:9: match.any[0].prefix: export has no segments; use starts`,
		},
		{
			"star_outside_glob",
			"prefix: com.example.voice,",
			`is: "com.example.*",`,
			`sdk/example.yaml:9: match.any[0].is: a * is only read by glob`,
		},
		{
			"glob_without_literal",
			`"**/voice.bin"`,
			`"**/*"`,
			`sdk/example.yaml:12: match.any[2].all[0].glob: has no literal part`,
		},
		{
			"glob_of_half_segments",
			`"**/voice.bin"`,
			`"a**b/voice.bin"`,
			`sdk/example.yaml:12: match.any[2].all[0].glob: ** stands for whole segments`,
		},
		{
			"host_with_scheme",
			"is: api.example.com",
			`is: "https://api.example.com"`,
			`sdk/example.yaml:10: match.any[1].is: a host is written in lower case, ` +
				`without scheme, port and path`,
		},
		{
			"host_glob_in_the_middle",
			"is: api.example.com",
			`glob: "api.*.com"`,
			`sdk/example.yaml:10: match.any[1].glob: a glob over hosts is *. and a name`,
		},
		{
			"text_too_short",
			leaf,
			"{fact: text, is: AI, strength: weak}",
			`sdk/example.yaml:10: match.any[1].is: too short for a text: it would be found ` +
				`everywhere`,
		},
		{
			"all_of_nots",
			`{fact: asset, glob: "**/voice.bin", strength: weak, features: [voice-clone]}`,
			"not: {fact: library, is: liba.so, strength: weak}",
			`sdk/example.yaml:11: match.any[2]: all holds only not`,
		},
		{
			"not_in_any",
			leaf,
			"not: " + leaf,
			`sdk/example.yaml:10: match.any[1]: not stands only in all, beside what must be there`,
		},
		{
			"any_beside_fact",
			leaf,
			"{any: [" + leaf + "], fact: class}",
			`sdk/example.yaml:10: match.any[1]: want exactly one of any, all, not and fact`,
		},
		{
			"weak_all",
			"      strength: strong",
			"      strength: weak",
			`sdk/example.yaml:14: match.any[2].strength: on all it is strong or absent`,
		},
		{
			"nested_too_deep",
			leaf,
			"{any: [{any: [{any: [{any: [" + leaf + "]}]}]}]}",
			`sdk/example.yaml:10: match.any[1].any[0].any[0].any[0]: nested more than 4 deep`,
		},
		{
			"version_without_group",
			"([0-9.]+)",
			"[0-9.]+",
			`sdk/example.yaml:15: version.pattern: has 0 groups, want one`,
		},
		{
			"version_pattern_broken",
			"([0-9.]+)",
			"([0-9.]+",
			"sdk/example.yaml:15: version.pattern: error parsing regexp: missing closing " +
				"): `^Example/([0-9.]+$`",
		},
		{
			"no_source",
			`sources: ["https://example.com/sdk"]`,
			"sources: []",
			`sdk/example.yaml:16: sources: needs at least one place where a person read this`,
		},
		{"no_checker", "by: lg", `by: ""`, `sdk/example.yaml:17: checked: needs by`},
		{
			"no_date",
			"on: 2026-11-22",
			"on: soon",
			`sdk/example.yaml:17: checked: on "soon" is no date of the form YYYY-MM-DD`,
		},
		{
			"overlaps_itself",
			"[other]",
			"[example]",
			`sdk/example.yaml:21: overlaps[0]: "example" is the rule itself or named twice`,
		},
		{
			"hit_of_unknown_fact",
			"- {class: com.example.voice.Engine}",
			"- {clas: a.B}",
			`sdk/example.yaml:23: hits[0]: unknown fact "clas"`,
		},
		{
			"hit_of_two_facts",
			"- {class: com.example.voice.Engine}",
			"- {class: a.B, host: c.d}",
			`sdk/example.yaml:23: hits[0]: want one {fact: value} or {all: […]}`,
		},
		{
			"no_miss",
			"misses:\n  - {class: com.example.voices.Engine}",
			"misses: []",
			`sdk/example.yaml:25: misses: needs at least one near miss`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, 1, strings.Count(sound, tt.old), "the case must change one place")
			r, err := Parse("sdk/example.yaml", []byte(strings.Replace(sound, tt.old, tt.new, 1)))
			require.Error(t, err)
			assert.Equal(t, tt.want, err.Error())
			assert.Empty(t, cmp.Diff(Rule{}, r), "nothing stands beside an error")
		})
	}
}

func TestParseRefusesLargeAndEmptyFiles(t *testing.T) {
	t.Parallel()
	_, err := Parse("sdk/example.yaml", []byte(strings.Repeat("#", maxFile+1)))
	assert.EqualError(t, err, "sdk/example.yaml: 65537 bytes, at most 65536")
	_, err = Parse("sdk/example.yaml", nil)
	assert.EqualError(t, err, "sdk/example.yaml: want one YAML document")
}

func TestReadDir(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := ReadDir(os.DirFS(dir))
	require.Error(t, err, "an empty folder is no knowledge base")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "sdk"), 0o755))
	require.NoError(
		t,
		os.WriteFile(filepath.Join(dir, "sdk", "example.yaml"), []byte(sound), 0o644),
	)
	list, err := ReadDir(os.DirFS(dir))
	require.NoError(t, err)
	require.Len(t, list, 1)
	assert.Equal(t, "example", list[0].ID)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sound))
	for i := 0; i < len(sound); i += 97 {
		f.Add([]byte(sound[:i]))
	}
	f.Add([]byte("match: {any: [{not: {all: []}}]}"))
	f.Add([]byte(strings.Repeat("[", 200)))
	f.Add([]byte("techniques: !00\n000: 0"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4<<10 {
			return // deep nesting is slow in the YAML parser, not wrong
		}
		r, err := Parse("sdk/example.yaml", data)
		if err != nil {
			if r.ID != "" || r.Sources != nil {
				t.Fatalf("a rule beside an error: %v", err)
			}
			return
		}
		if _, err := compile([]Rule{r}, nil); err != nil {
			t.Fatalf("linted and does not compile: %v", err)
		}
	})
}
