package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	analyzers "github.com/listgate/listgate/analyzer/builtin"
	"github.com/listgate/listgate/analyzer/facts"
	"github.com/listgate/listgate/fixtures"
	registries "github.com/listgate/listgate/registry/builtin"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/review/report/json"
)

// swollen is an analysis of a package that makes everything long.
func swollen(t *testing.T) *analyzer.Analysis {
	t.Helper()
	data, err := fixtures.Load("tts-android")
	require.NoError(t, err)
	engine, err := analyzers.Engine()
	require.NoError(t, err)
	a, err := engine.Analyze(t.Context(),
		analyzer.File{Bytes: bytes.NewReader(data), Size: int64(len(data))}, analyzer.Options{})
	require.NoError(t, err)
	long := strings.Repeat("长", 600)
	p, f := &a.Package, a.Facts
	p.Labels = map[string]string{"": long, "zh-CN": "有声书"}
	for i := range 3000 {
		name := fmt.Sprint(i, long)
		p.Permissions = append(p.Permissions, name)
		p.Labels[fmt.Sprintf("aa-%04d", i)] = name
		f.Models = append(f.Models, analyzer.Model{Entry: name, Inputs: []string{name}})
		f.Anomalies = append(f.Anomalies, analyzer.Anomaly{Code: "zip-name", What: name})
		f.Gaps = append(f.Gaps, analyzer.Gap{Reason: analyzer.GapBudget, Detail: name})
		f.Strings = append(f.Strings,
			analyzer.String{Kind: analyzer.TextString, Value: "本内容由人工智能生成" + name},
			analyzer.String{Kind: analyzer.URLString, Value: "https://beian.cac.gov.cn/" + name})
	}
	f.Package = *p
	a.Findings[0].Evidence[0].What = long
	return a
}

// TestReportCostsWhatItsPackageIsWorth reports on a package that has thousands of
// everything: the report says how much it leaves out, and the facts stay whole.
func TestReportCostsWhatItsPackageIsWorth(t *testing.T) {
	t.Parallel()
	a := swollen(t)
	before, err := facts.Digest(a.Facts)
	require.NoError(t, err)
	edition, err := law.Load("2026-11")
	require.NoError(t, err)
	held, err := registries.Embedded()
	require.NoError(t, err)
	d, err := report.Build(report.Input{Tool: "test", Path: "swollen.apk", Lang: "en",
		Analysis: a, Law: edition.Law, Registry: held, AsOf: "2026-11-22"})
	require.NoError(t, err)
	after, err := facts.Digest(a.Facts)
	require.NoError(t, err)
	assert.Equal(t, before, after, "the facts are not cut")
	assert.Equal(t, after, d.Facts.Digest)

	var out bytes.Buffer
	w := json.Form{}.Open(&out, report.Options{Lang: "en"})
	require.NoError(t, w.Write(d))
	require.NoError(t, w.Close())
	assert.Less(t, out.Len(), 16<<20)
	assert.Len(t, d.Package.Permissions, 500)
	assert.Equal(t, "有声书", d.Package.Labels["zh"])
	assert.LessOrEqual(t, len(d.Package.Labels), 502)
	assert.Equal(t, 501, len([]rune(d.Findings[0].Evidence[0].What)))
	said := map[string]string{}
	for _, g := range d.Gaps {
		said[g.Where] = g.Why
	}
	for where, why := range map[string]string{
		"package.permissions": "the report lists 500 of 3002; the facts hold all",
		"package.labels":      "the report lists 502 of 3004; the facts hold all",
		"models":              "the report lists 500 of 3000; the facts hold all",
		"anomalies":           "the report lists 2000 of 3000; the facts hold all",
		"gaps":                "the report lists 2000 of 3000; the facts hold all",
	} {
		assert.Equal(t, why, said[where], where)
	}
}
