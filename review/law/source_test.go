package law

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reference is the collection that the edition was written from.
type reference struct {
	Instruments  map[string]map[string]any `yaml:"instruments"`
	Capabilities map[string]map[string]any `yaml:"capabilities"`
	Flags        map[string]map[string]any `yaml:"flags"`
	Roles        map[string]map[string]any `yaml:"roles"`
	Evidence     []map[string]any          `yaml:"evidence_kinds"`
	Measures     []map[string]any          `yaml:"measures"`
	Severities   map[string]map[string]any `yaml:"severities"`
	Obligations  []map[string]any          `yaml:"obligations"`
}

// ours reads a file of the edition into a plain map for comparison.
func ours[T any](t *testing.T, name string) T {
	t.Helper()
	b, err := os.ReadFile("editions/2026-11/" + name)
	require.NoError(t, err)
	var v T
	require.NoError(t, yaml.Unmarshal(b, &v))
	return v
}

func TestEditionEqualsReference(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../../shared/law/obligations.yaml")
	if err != nil {
		t.Log("the reference collection is not here; the edition is not compared with it")
		return
	}
	var ref reference
	require.NoError(t, yaml.Unmarshal(b, &ref))
	require.Len(t, ref.Obligations, 62)

	e, err := Load("2026-11")
	require.NoError(t, err)
	var order []string
	for i, o := range ref.Obligations {
		id := o["id"].(string)
		order = append(order, e.Law.Obligations[i].ID)
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			got := ours[map[string]any](t, "obligations/"+id+".yaml")
			assert.Empty(t, cmp.Diff(normalise(o), normaliseOurs(got)))
		})
	}
	assert.True(t, slices.IsSortedFunc(order, func(a, b string) int {
		return indexOf(ref, a) - indexOf(ref, b)
	}), "the edition lists obligations in the order of the reference")

	caps := ours[map[string]map[string]any](t, "capabilities.yaml")
	for id, c := range ref.Capabilities {
		if c["biometric"] == true {
			c["biometric"] = "yes"
		}
		assert.Empty(t, cmp.Diff(rejoin(c, "en"), caps[id]), id)
	}
	assert.Empty(t, cmp.Diff(ref.Instruments, ours[map[string]map[string]any](t,
		"instruments.yaml")))
	assert.Empty(t, cmp.Diff(sortedKeys(ref.Roles),
		sortedKeys(ours[map[string]map[string]any](t, "roles.yaml"))))
	subset(t, ref.Flags, ours[map[string]map[string]any](t, "flags.yaml"))
	subset(t, ref.Severities, ours[map[string]map[string]any](t, "severities.yaml"))
	subset(t, byID(ref.Evidence), byID(ours[[]map[string]any](t, "evidence.yaml")))
	subset(t, byID(ref.Measures), byID(ours[[]map[string]any](t, "measures.yaml")))
}

func indexOf(ref reference, id string) int {
	return slices.IndexFunc(ref.Obligations, func(o map[string]any) bool { return o["id"] == id })
}

func subset(t *testing.T, want, got map[string]map[string]any) {
	t.Helper()
	require.NotEmpty(t, want)
	assert.Equal(t, sortedKeys(want), sortedKeys(got))
	for id, fields := range want {
		for k, v := range fields {
			if _, ok := got[id][k]; v == nil && !ok { // the end of the sentence, see rejoin
				end, _, _ := strings.Cut(k, ";")
				assert.Contains(t, got[id]["en"], ", "+end, id)
				continue
			}
			if en, ok := v.(string); ok && k == "en" {
				assert.Regexp(t, "^"+regexp.QuoteMeta(en), got[id][k], id)
				continue
			}
			assert.Empty(t, cmp.Diff(v, got[id][k]), "%s.%s", id, k)
		}
	}
}

func sortedKeys(m map[string]map[string]any) []string { return slices.Sorted(maps.Keys(m)) }

func byID(list []map[string]any) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, m := range list {
		out[m["id"].(string)] = m
	}
	return out
}

// normalise gives an obligation of the reference the field names of an edition.
func normalise(o map[string]any) map[string]any {
	out := maps.Clone(o)
	if one, ok := o["bearer"].(string); ok {
		out["bearer"] = []any{one}
	}
	var basis []any
	for _, c := range o["basis"].([]any) {
		to := map[string]any{}
		for k, v := range c.(map[string]any) {
			to[map[string]string{"i": "instrument", "a": "article", "quote": "quote",
				"source": "source"}[k]] = v
		}
		basis = append(basis, to)
	}
	out["basis"] = basis
	if _, ok := o["enabled"]; !ok {
		out["enabled"] = true
	}
	out["applies"] = rejoin(o["applies"].(map[string]any), "only_if")
	out["verify"] = sentence(o["verify"].([]any))
	return out
}

// sentence joins steps: the reference has some several in one, with semicolons
// between them, and one split at its commas.
func sentence(steps []any) string {
	var parts []string
	for _, s := range steps {
		parts = append(parts, strings.Split(s.(string), "; ")...)
	}
	return strings.Join(parts, ", ")
}

// rejoin mends a sentence that a comma split: in the reference it stands unquoted
// in a flow map, so that its end reads as a key without a value.
func rejoin(m map[string]any, sentence string) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		if v != nil {
			out[k] = v
		}
	}
	for k, v := range m {
		if v == nil {
			out[sentence] = out[sentence].(string) + ", " + k
		}
	}
	return out
}

// normaliseOurs drops what the reference does not have.
func normaliseOurs(o map[string]any) map[string]any {
	out := maps.Clone(o)
	out["en"] = o["title"].(map[string]any)["en"]
	var steps []any
	for _, s := range o["verify"].([]any) {
		steps = append(steps, s.(map[string]any)["en"])
	}
	out["verify"] = sentence(steps)
	out["applies"] = maps.Clone(o["applies"].(map[string]any))
	if only, ok := out["applies"].(map[string]any)["only_if"].(map[string]any); ok {
		out["applies"].(map[string]any)["only_if"] = only["en"]
	}
	delete(out, "title")
	delete(out, "remedy")
	if note, ok := out["note"].(string); ok {
		out["note"] = strings.TrimSpace(note)
	}
	return out
}
