package declaration

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

func full(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile("testdata/full.yaml")
	require.NoError(t, err)
	return string(b)
}

func TestParseFull(t *testing.T) {
	t.Parallel()
	d, err := Parse(strings.NewReader(full(t)))
	require.NoError(t, err)
	assert.Equal(t, "1.10", d.App.Version, "scalars stay as written")
	assert.Equal(t, review.No, d.App.TargetMinors)
	assert.Equal(t, "91110000MA0000000X", d.Provider.USCC)
	assert.Equal(t, review.Yes, d.Synthesis.Offered)
	assert.Equal(t, []analyzer.CapabilityID{analyzer.FaceSwap}, d.Synthesis.Capabilities)
	assert.Equal(t, review.Yes, d.Flags[review.PublicOpinion])
	assert.Equal(t, review.Unknown, d.Flags[review.Paid])
	assert.Equal(t, "2026-11-10", d.ChangeFiling.Since)
	assert.Equal(t, review.SeriesApp, d.Filings[1].Series)
	assert.Equal(t, "label.png", d.Labels.Explicit["image"].Screenshot)
	assert.Equal(t, review.DocLicence, d.Documents[0].Kind)
}

func TestParseJSON(t *testing.T) {
	t.Parallel()
	const text = `{"schema": "listgate.declaration/v1", "app": {"id": "a.b"},
		"synthesis": {"offered": "no"}}`
	d, err := Parse(strings.NewReader(text))
	require.NoError(t, err)
	assert.Equal(t, "a.b", d.App.ID)
	assert.Equal(t, review.No, d.Synthesis.Offered)
}

func TestParseRejects(t *testing.T) {
	t.Parallel()
	const head = "schema: listgate.declaration/v1\napp: {id: a.b}\n"
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "declaration: empty"},
		{"comment_only", "# nothing\n", "empty"},
		{"not_utf8", head + "purpose: \xff\n", "not UTF-8"},
		{"not_yaml", "schema: [\n", "not YAML"},
		{"scalar", "yes\n", "text, want a group of fields"},
		{"two_documents", head + "---\n" + head, "2 documents, want one"},
		{"no_schema", "app: {id: a}\n", "schema: missing"},
		{"no_app", "schema: listgate.declaration/v1\n", "app: missing"},
		{"other_schema", "schema: listgate.declaration/v9\napp: {}\n",
			`line 1: schema: "listgate.declaration/v9", want "listgate.declaration/v1"`},
		{"unknown_field", head + "colour: red\n", "line 3: colour: unknown field"},
		{"unknown_inner_field", "schema: listgate.declaration/v1\napp:\n  id: a.b\n  colour: red\n",
			"line 4: app.colour: unknown field"},
		{"given_twice", head + "purpose: a\npurpose: b\n", "line 4"},
		{"answer", head + "synthesis: {offered: maybe}\n",
			`line 3: synthesis.offered: "maybe" is none of yes, no`},
		{"answer_as_boolean", head + "synthesis: {offered: true}\n", `"true" is none of yes, no`},
		{"capability", head + "synthesis:\n  capabilities:\n    - face_swap\n    - face_swop\n",
			`line 6: synthesis.capabilities[1]: "face_swop" is none of text_gen`},
		{"capability_twice", head + "synthesis: {capabilities: [face_swap, face_swap]}\n",
			"synthesis.capabilities: an entry is given twice"},
		{"flag", head + "flags: {public_opinions: yes}\n", "flags.public_opinions: unknown field"},
		{"series", head + "filings: [{series: algo, number: x}]\n",
			`filings[0].series: "algo" is none of`},
		{"number_missing", head + "filings:\n  - series: algorithm\n",
			"line 4: filings[0].number: missing"},
		{"not_a_list", head + "filings: x\n", "filings: text, want a list"},
		{"date", head + "signed: {on: 2026-13-01}\n", `signed.on: "2026-13-01" is no date`},
		{"date_words", head + "change_filing: {since: yesterday}\n", "is no date"},
		{"empty_text", head + "purpose: \"\"\n", "purpose: empty"},
		{"nothing", head + "purpose:\n", "purpose: nothing, want text"},
		{"too_long", head + "app2: 1\npurpose: " + strings.Repeat("长", 4001) + "\n",
			"4001 characters, at most 4000"},
		{"label_key", head + "labels: {explicit: {smell: {description: x}}}\n",
			`"smell" is none of`},
		{"modality", head + "labels: {samples: [{modality: smell, file: x}]}\n",
			"labels.samples[0].modality"},
		{"anchor", head + "purpose: &a x\n", "line 3: purpose: anchors"},
		{"alias", head + "purpose: &a x\nprovider: {name: *a}\n", "anchors"},
		{"tag", head + "purpose: !!binary aGk=\n", "tags"},
		{"merge", head + "<<: {purpose: x}\n", "plain text"},
		{"deep_brackets", head + "purpose: " + strings.Repeat("[", 100),
			"line 3: nested too deeply"},
		{"deep_dashes", strings.Repeat("- ", 200) + "a", "line 1: nested too deeply"},
		{"many_quotes", strings.Repeat("\"", 30_000), "too many"},
		{"many_entries", head + "purpose: [" + strings.Repeat("a,", 30_000) + "]", "too many"},
		{"long_name", head + strings.Repeat("k", 70) + ": 1",
			"line 3: a field's name must be plain"},
		{"name_of_marks", head + strings.Repeat(":", 5000), "line 3: a field's name must be plain"},
		{"name_turns_the_text", head + "\u202egnp: 1", "line 3: a field's name must be plain"},
		{"name_colours_the_terminal", head + `"\x1b[31mred": 1`,
			"line 3: a field's name must be plain"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, err := Parse(strings.NewReader(tt.text))
			require.Error(t, err)
			assert.Nil(t, d)
			var invalid *Error
			require.ErrorAs(t, err, &invalid)
			assert.NotEmpty(t, invalid.Problems)
			assert.ErrorContains(t, err, tt.want)
			for _, p := range invalid.Problems {
				assert.Less(t, len(p.Text().ZH)+len(p.Text().EN), 2000, "it quotes too much")
				assert.Regexp(t, `\p{Han}`, p.ZH, "%s has no words in Chinese", p)
			}
		})
	}
}

func TestProblemText(t *testing.T) {
	t.Parallel()
	p := Problem{3, "app.colour", "unknown field", "未知字段"}
	assert.Equal(t, analyzer.Text{ZH: "第 3 行：app.colour：未知字段",
		EN: "line 3: app.colour: unknown field"}, p.Text())
	assert.Equal(t, analyzer.Text{ZH: "broken", EN: "broken"}, Problem{What: "broken"}.Text(),
		"the parser's words stand for both")
}

func TestParseListsAllProblems(t *testing.T) {
	t.Parallel()
	const text = "schema: listgate.declaration/v1\napp: {colour: red}\nflags: {paid: 1}\nsize: 3\n"
	_, err := Parse(strings.NewReader(text))
	var invalid *Error
	require.ErrorAs(t, err, &invalid)
	require.Len(t, invalid.Problems, 3)
	assert.Equal(t, []int{2, 3, 4}, []int{invalid.Problems[0].Line, invalid.Problems[1].Line,
		invalid.Problems[2].Line})
}

// TestParseFlood gives the parser what it would read in quadratic time.
func TestParseFlood(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"blank_lines_of_a_block": "a: |\n" + strings.Repeat(" \n", 450_000),
		"old_line_breaks":        "a: |\r" + strings.Repeat(" \r", 450_000),
		"fields":                 strings.Repeat("k: 1\n", 20_000),
	} {
		_, err := Parse(strings.NewReader(text))
		assert.ErrorContains(t, err, "too many lines", name)
	}
}

// TestParseCostsWhatItWeighs has a long name around many entries: written out at each,
// it would take gigabytes.
func TestParseCostsWhatItWeighs(t *testing.T) {
	long := strings.Repeat("k", 900<<10)
	many := "[" + strings.Repeat("a,", 19_000) + "]"
	for name, text := range map[string]string{
		"entries_below_a_long_name": long[:500<<10] + ": " + many,
		"entries_deep_down": strings.Repeat("{"+long[:63]+": ", 6) + many +
			strings.Repeat("}", 6),
		"one_long_name":     long + ": 1",
		"a_long_name_asked": "? " + long[:500<<10] + "\n: " + many,
		"a_long_name_in_quotes": `"` + strings.Repeat("k, ", 6000) + `": [` +
			strings.Repeat("a,", 12_000) + "]",
		"a_long_block":      "? |\n " + long[:500<<10] + "\n: " + many,
		"a_comment_between": long[:500<<10] + " # no\n: " + many,
		"one_long_value":    "purpose: " + long,
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Parse(strings.NewReader(text))
		runtime.ReadMemStats(&after)
		require.Error(t, err, name)
		assert.Less(t, len(err.Error()), 4000, name)
		assert.Less(t, (after.TotalAlloc-before.TotalAlloc)>>20, uint64(200), "MiB for %s", name)
	}
}

func TestParseTellsTheFirstProblems(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 500 {
		fmt.Fprintf(&text, "field%d: 1\n", i)
	}
	_, err := Parse(strings.NewReader(text.String()))
	var invalid *Error
	require.ErrorAs(t, err, &invalid)
	require.Len(t, invalid.Problems, 101)
	assert.Equal(t, Problem{What: "402 more problems", ZH: "另有 402 处问题"}, invalid.Problems[100])
}

func TestParseSize(t *testing.T) {
	t.Parallel()
	_, err := Parse(io.LimitReader(endless{}, 2*MaxSize))
	assert.ErrorContains(t, err, "longer than 1 MiB")
	_, err = Parse(broken{})
	assert.ErrorIs(t, err, io.ErrClosedPipe)
	var invalid *Error
	assert.False(t, errors.As(err, &invalid),
		"an error of the reader says nothing of the declaration")
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '#'
	}
	return len(p), nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestPublishedSchemaIsTheSame(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../docs/schema/declaration.v1.schema.json")
	require.NoError(t, err)
	assert.True(t, bytes.Equal(b, Schema),
		"docs/schema/declaration.v1.schema.json differs from the one that is embedded")
}

// The schema names the capabilities, flags and modalities that the types have.
func TestSchemaEqualsTypes(t *testing.T) {
	t.Parallel()
	var s struct {
		Defs struct {
			Capabilities struct {
				Items struct{ Enum []analyzer.CapabilityID }
			}
		} `json:"$defs"`
		Properties struct {
			Flags struct{ Properties map[review.Flag]any }
		}
	}
	require.NoError(t, json.Unmarshal(Schema, &s))
	assert.ElementsMatch(t, slices.Collect(maps.Keys(analyzer.CapabilityTechniques())),
		s.Defs.Capabilities.Items.Enum)
	assert.ElementsMatch(t, []review.Flag{
		review.PublicOpinion, review.CallsFiledModel, review.OwnModel, review.OnDeviceModel,
		review.PublishesUserContent, review.ExportsFiles, review.OffersUnlabelled,
		review.ServesMinors, review.Paid,
	}, slices.Collect(maps.Keys(s.Properties.Flags.Properties)))
}

// What is read can be written as JSON and read again to the same.
func FuzzParse(f *testing.F) {
	f.Add([]byte(full(f)))
	f.Add([]byte("schema: listgate.declaration/v1\napp: {}\n"))
	f.Add([]byte(`{"schema":"listgate.declaration/v1","app":{},"flags":{"paid":"unknown"}}`))
	f.Add([]byte("a: [b, {c: |\n  d\n}]"))
	f.Add([]byte("? [x]\n: y"))
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Parse(bytes.NewReader(text))
		if err != nil {
			if d != nil {
				t.Fatal("a declaration beside an error")
			}
			return
		}
		again, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fill(json.RawMessage(again)); err != nil {
			t.Fatalf("%s: %v", again, err)
		}
	})
}

func TestTruncatedIsNoPanic(t *testing.T) {
	t.Parallel()
	text := full(t)
	for i := 0; i < len(text); i += 11 {
		d, err := Parse(strings.NewReader(text[:i]))
		if err == nil {
			assert.NotNil(t, d)
		}
	}
}
