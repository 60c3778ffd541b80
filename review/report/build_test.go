package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/review/report/reporttest"
)

func TestLabelsAsDevicesShowThem(t *testing.T) {
	t.Parallel()
	d := reporttest.Document(t, "faceswap-android", "zh", "")
	assert.Equal(t, map[string]string{
		"": "Face Camera", "zh-CN": "变脸相机", "zh": "变脸相机", "en": "Face Camera",
	}, d.Package.Labels)
	d = reporttest.Document(t, "hostile/plist-missing", "zh", "")
	assert.Equal(t, map[string]string{"zh": "", "en": ""}, d.Package.Labels)
}

// TestEveryClaimPointsDown walks from capability to finding to evidence, and from
// check to an obligation of the edition.
func TestEveryClaimPointsDown(t *testing.T) {
	t.Parallel()
	for _, fixture := range []string{"faceswap-android", "tts-ios", "llm-android", "deepar-ios"} {
		d := reporttest.Document(t, fixture, "en", "")
		findings := map[string]report.Finding{}
		for _, f := range d.Findings {
			findings[f.Rule] = f
			assert.NotEmpty(t, f.Evidence, f.Rule)
			for _, e := range f.Evidence {
				assert.NotEmpty(t, e.Where, f.Rule)
			}
		}
		assert.NotEmpty(t, d.Capabilities, fixture)
		for _, c := range d.Capabilities {
			assert.NotEmpty(t, c.Articles, c.ID)
			assert.NotEmpty(t, c.Findings, c.ID)
			for _, rule := range c.Findings {
				assert.Contains(t, findings, rule)
			}
			assert.NotEmpty(t, d.CapabilityName(c.ID).ZH)
		}
		for _, c := range d.Checks {
			assert.NotEmpty(t, d.ObligationTitle(c.Obligation).ZH, c.Obligation)
			assert.NotEmpty(t, c.Articles, c.Obligation)
			assert.NotEmpty(t, c.Why.ZH, c.Obligation)
			assert.NotEmpty(t, c.Why.EN, c.Obligation)
			assert.NotEmpty(t, c.Steps, c.Obligation)
			if c.Status == review.Unmet || c.Status == review.Unclear {
				assert.NotEmpty(t, c.Remedy.ZH, c.Obligation)
				assert.NotEmpty(t, c.Remedy.EN, c.Obligation)
			}
		}
	}
}

func TestOneLanguageAlone(t *testing.T) {
	t.Parallel()
	zh := reporttest.Document(t, "hostile/so-not-elf", "zh", "")
	en := reporttest.Document(t, "hostile/so-not-elf", "en", "")
	assert.NotEqual(t, zh.Gaps[0].Why, en.Gaps[0].Why)
	assert.Equal(t, zh.Checks[0].Why, en.Checks[0].Why, "a check speaks both")
	text, _ := analyzer.AnomalyText(zh.Anomalies[0].Code)
	assert.Contains(t, zh.Anomalies[0].What, text.ZH)
	assert.Contains(t, en.Anomalies[0].What, text.EN)
}

// TestWhatIsUnreadIsNamed asks each check of a package that could not be opened to
// say so, and not to name a place that is empty.
func TestWhatIsUnreadIsNamed(t *testing.T) {
	t.Parallel()
	d := reporttest.Document(t, "hostile/plist-missing", "en", "")
	assert.True(t, d.Failed())
	named := 0
	for _, c := range d.Checks {
		assert.NotContains(t, c.Why.EN, "code in  ", c.Obligation)
		if strings.Contains(c.Why.EN, "the package could not be read") {
			named++
		}
	}
	assert.Positive(t, named)
}
