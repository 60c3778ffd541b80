package review_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
)

// statuses is what changes when only one input does.
func statuses(in review.Input) map[string]review.Status {
	out := map[string]review.Status{}
	for _, c := range review.Assess(in) {
		out[c.Obligation] = c.Status
	}
	return out
}

func TestOnlyTheDeclarationChanges(t *testing.T) {
	t.Parallel()
	before, after := sound(t), sound(t)
	after.Declaration.Filings = after.Declaration.Filings[1:]
	after.Disclosures.Numbers, before.Disclosures.Numbers = nil, nil
	assert.Equal(t, review.Met, statuses(before)["FI-01"])
	assert.Equal(t, review.Unmet, statuses(after)["FI-01"])
	assert.Equal(t, review.NotApplicable, statuses(after)["FI-02"], "one gap, one accusation")
}

func TestOnlyTheRowsChange(t *testing.T) {
	t.Parallel()
	before, after := sound(t), sound(t)
	after.Registry = lists(func(held map[registry.Series]*registry.Snapshot) {
		held[registry.Algorithm].Records[0].Role = registry.Supporter
	})
	assert.Equal(t, review.Met, statuses(before)["FI-02"])
	assert.Equal(t, review.Unmet, statuses(after)["FI-02"])
	assert.Equal(t, review.NotApplicable, statuses(after)["FI-04"])

	after.Registry = lists(func(held map[registry.Series]*registry.Snapshot) {
		held[registry.Algorithm].Records = held[registry.Algorithm].Records[1:]
	})
	assert.Equal(t, review.Unclear, statuses(after)["FI-01"],
		"a number that is not in the lists held is no reproach")
}

func TestOnlyTheEditionChanges(t *testing.T) {
	t.Parallel()
	in := sound(t)
	numbers()(&in)
	full := statuses(in)
	require.Equal(t, review.Unmet, full["FI-01"])
	assert.Equal(t, review.Blocked, review.RouteOf(in, review.Assess(in)))

	in.Law = tiny(t)
	assert.Empty(t, cmp.Diff(map[string]review.Status{"FI-01": review.Unmet,
		"FI-03": review.NotApplicable}, statuses(in)))
	checks := review.Assess(in)
	assert.Equal(t, review.SeverityC, checks[0].Severity)
	assert.Equal(t, "make it good", checks[0].Remedy.EN)
	assert.Equal(t, review.Review, review.RouteOf(in, checks))
	assert.Equal(t, review.Suggestion{Measure: "ask", Obligations: []string{"FI-01"}},
		review.Suggest(in, checks))

	in.Declaration.Synthesis.Capabilities = []analyzer.CapabilityID{analyzer.TextGen}
	in.Capabilities = nil
	assert.Equal(t, review.NotApplicable, statuses(in)["FI-01"],
		"the tiny edition asks it of face swapping alone")
}

// tiny is an edition with two obligations in force and one that is not: a filing
// is asked of face swapping alone and is a matter of display.
func tiny(t *testing.T) *review.Law {
	t.Helper()
	files := fstest.MapFS{}
	folder := os.DirFS("law/editions/2026-11")
	require.NoError(t, fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, "obligations/") {
			return err
		}
		b, err := fs.ReadFile(folder, name)
		files[name] = &fstest.MapFile{Data: b}
		return err
	}))
	require.NotEmpty(t, files)
	edition := string(files["edition.yaml"].Data)
	files["edition.yaml"].Data = []byte(strings.Replace(edition, "2026-11", "2099-01", 1))
	add := func(id, applies, enabled string) {
		files["obligations/"+id+".yaml"] = &fstest.MapFile{Data: []byte(strings.NewReplacer(
			"ID", id, "APPLIES", applies, "ENABLED", enabled).Replace(`id: ID
title: {zh: 试, en: trial}
bearer: [provider]
basis: [{instrument: dsp, article: "19(1)"}]
applies: APPLIES
verify:
- {zh: 形式, en: form}
- {zh: 校验位, en: digit}
- {zh: 清单, en: list}
- {zh: 未注销, en: live}
- {zh: 类别, en: class}
evidence: {registry: required}
severity: C
measure: {submission: ask, listed: warn}
remedy: {zh: 补正, en: make it good}
enabled: ENABLED
`))}
	}
	add("FI-01", "{capabilities: [face_swap]}", "true")
	add("FI-03", "{any_of: [claims_filing]}", "true")
	add("CO-01", "{all: true}", "false")
	e, err := law.Compile(files)
	require.NoError(t, err)
	assert.Equal(t, "2099-01", e.Law.Edition)
	return e.Law
}

// The same input gives the same checks.
func TestAssessIsPure(t *testing.T) {
	t.Parallel()
	in := sound(t)
	in.Capabilities = append(in.Capabilities, textGen(analyzer.Probable))
	first := review.Assess(in)
	for range 5 {
		assert.Empty(t, cmp.Diff(first, review.Assess(in)))
	}
	assert.Nil(t, review.Assess(review.Input{}))
	in.Registry = nil
	assert.Equal(t, review.Unclear, statuses(in)["FI-01"],
		"with no list held nothing is held against the number")
}
