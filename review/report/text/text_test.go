package text_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/review/report/reporttest"
	"github.com/listgate/listgate/review/report/text"
)

func printed(t *testing.T, o report.Options, docs ...*report.Document) string {
	t.Helper()
	var out bytes.Buffer
	w := text.Form{}.Open(&out, o)
	for _, d := range docs {
		d.Rules.Version, d.Rules.Count = "2026-11-22", 1 // the rules change without this form
		require.NoError(t, w.Write(d))
	}
	require.NoError(t, w.Close())
	return out.String()
}

const declared = `
schema: listgate.declaration/v1
app: {id: com.example.facecam, name: 变脸相机}
synthesis: {offered: yes, capabilities: [face_swap, face_beautify], role: provider}
flags: {public_opinion: yes}
filings:
  - {series: algorithm, number: 网信算备110108105858001230019号}
`

func TestText(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, fixture, lang, declared string }{
		{"capability_without_declaration_zh", "faceswap-android", "zh", ""},
		{"capability_with_declaration_en", "faceswap-android", "en", declared},
		{"capability_with_declaration_zh", "faceswap-android", "zh", declared},
		{"clear_en", "plain-ios", "en", ""},
		{"packed_zh", "packed-android", "zh", ""},
		{"gap_and_anomaly_zh", "hostile/so-not-elf", "zh", ""},
		{"not_analysed_en", "hostile/plist-missing", "en", ""},
		{"models_zh", "models-android", "zh", ""},
		{"models_en", "models-ios", "en", ""},
		{"set_en", "set-android", "en", ""},
		{"bundle_zh", "aab-android", "zh", ""},
		{"split_alone_zh", "split-android", "zh", ""},
		{"set_mismatch_en", "hostile/set-mismatch", "en", ""},
		{"package_inside_zh", "hostile/nested-apk", "zh", ""},
		{"archives_too_deep_en", "hostile/archives-deep", "en", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := reporttest.Document(t, c.fixture, c.lang, c.declared)
			reporttest.Golden(t, c.name, printed(t, report.Options{Lang: c.lang}, d))
		})
	}
}

// TestHostileNames prints a report whose every name tries to deceive.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	const trick = "a\x1b[31m\u202etxt.exe\r\n\x07\u200b"
	d := reporttest.Document(t, "faceswap-android", "en", "")
	d.Package.ID, d.Package.Path = trick, trick
	d.Package.Labels = map[string]string{"": trick}
	d.Package.Version.Name = trick
	d.Package.ABIs = []string{trick}
	d.Package.Format, d.Package.SHA256 = trick, trick // a stored document may say anything
	d.Findings[0].Evidence[0].What, d.Findings[0].Evidence[0].Where = trick, trick
	d.Findings[0].Version = trick
	d.Disclosures.Links = []string{trick}
	d.Models = []report.Model{{Path: trick, Format: trick, Architecture: trick, Task: trick,
		Reason: trick}}
	d.Disclosures.LabelTexts = []string{trick}
	d.Disclosures.Numbers[0].Number = trick
	d.Gaps = []report.Gap{{Where: trick, Why: trick}}
	d.Anomalies = []report.Anomaly{{Where: trick, What: trick}}
	out := printed(t, report.Options{Lang: "en"}, d)
	for _, r := range "\x1b\u202e\r\x07\u200b" {
		assert.NotContains(t, out, string(r))
	}
	assert.Contains(t, out, `a\u{1b}[31m\u{202e}txt.exe\u{d}\u{a}\u{7}\u{200b}`)
}

func TestColourOnlyWhereItShows(t *testing.T) {
	t.Parallel()
	d := reporttest.Document(t, "faceswap-android", "zh", "")
	assert.Contains(t, printed(t, report.Options{Lang: "zh", Color: true}, d), "\x1b[")
	assert.NotContains(t, printed(t, report.Options{Lang: "zh"}, d), "\x1b[")
}

func TestSeveralReportsAreApart(t *testing.T) {
	t.Parallel()
	d := reporttest.Document(t, "plain-android", "en", "")
	out := printed(t, report.Options{Lang: "en"}, d, d)
	assert.Equal(
		t,
		2,
		strings.Count(out, "com.example.notes\n")+strings.Count(out, "com.example.notes  Notes\n"),
	)
	assert.Equal(t, 2, strings.Count(out, "  clear  com.example.notes  plain-android\n"))
	assert.Empty(t, printed(t, report.Options{Lang: "en"}))
}
