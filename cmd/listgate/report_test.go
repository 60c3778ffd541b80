package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/fixtures"
)

// packageFile writes a fixture to a folder of the test.
func packageFile(t *testing.T, name string) string {
	t.Helper()
	data, err := fixtures.Load(name)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), filepath.Base(name))
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// output runs the command on a fixed day and returns what it printed.
func output(t *testing.T, args ...string) (stdout []byte, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), &process{
		args: args, in: strings.NewReader(""), out: &out, err: &errs,
		now: func() time.Time { return time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC) },
		env: func(string) string { return "" },
	})
	if status == exitUsage {
		t.Fatalf("listgate %s: %s", strings.Join(args, " "), errs.String())
	}
	return out.Bytes(), status
}

// document is a report as a stranger reads it.
type document map[string]any

func scanned(t *testing.T, args ...string) document {
	t.Helper()
	out, _ := output(t, append([]string{"scan", "--format", "json"}, args...)...)
	var d document
	require.NoError(t, json.Unmarshal(out, &d))
	return d
}

// statuses maps each obligation to the status of its check.
func (d document) statuses() map[string]string {
	out := map[string]string{}
	for _, c := range d["checks"].([]any) {
		check := c.(map[string]any)
		out[check["obligation"].(string)] = check["status"].(string)
	}
	return out
}

// stable drops what may differ between two runs.
func (d document) stable() document {
	delete(d, "stats")
	delete(d["package"].(map[string]any), "path")
	return d
}

func TestSameInputSameReport(t *testing.T) {
	t.Parallel()
	names := fixtures.Names()
	require.NotEmpty(t, names)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := packageFile(t, name)
			first := scanned(t, path)
			for range 3 {
				if diff := cmp.Diff(first.stable(), scanned(t, path).stable()); diff != "" {
					t.Fatal(diff)
				}
			}
		})
	}
}

// TestFactsAreEnough judges stored facts with the package gone.
func TestFactsAreEnough(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := packageFile(t, name)
			stored := filepath.Join(t.TempDir(), "facts")
			want := scanned(t, "--facts-out", stored, path)
			require.NoError(t, os.Remove(path))
			if diff := cmp.Diff(want.stable(), scanned(t, "--from-facts",
				stored).stable()); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("../../docs/schema", name))
	require.NoError(t, err)
	return s
}

// TestPublishedSchemas holds every fixture's report and facts to docs/schema.
func TestPublishedSchemas(t *testing.T) {
	t.Parallel()
	report, facts := schema(t, "report.v1.schema.json"), schema(t, "facts.v1.schema.json")
	for _, name := range fixtures.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := packageFile(t, name)
			for command, s := range map[string]*jsonschema.Schema{"scan": report, "facts": facts} {
				args := []string{command, path}
				if command == "scan" {
					args = append(args, "--format", "json")
				}
				out, _ := output(t, args...)
				doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(out))
				require.NoError(t, err)
				require.NoError(t, s.Validate(doc), command)
			}
		})
	}
}

// declared is a declaration that answers for the face-swap fixture.
const declared = `
schema: listgate.declaration/v1
app: {id: com.example.facecam, name: 变脸相机, version: "8.8"}
synthesis: {offered: yes, capabilities: [face_swap, face_beautify], role: provider}
flags: {public_opinion: yes}
filings:
  - {series: algorithm, number: 网信算备110108105858001230019号}
`

func TestOnlyTheDeclarationChanges(t *testing.T) {
	t.Parallel()
	path := packageFile(t, "faceswap-android")
	none := scanned(t, path)
	yes := scanned(t, "--declaration", writeFile(t, "d.yaml", declared), path)
	denied := strings.Replace(
		declared,
		"offered: yes, capabilities: [face_swap, face_beautify]",
		"offered: no",
		1,
	)
	no := scanned(t, "--declaration", writeFile(t, "d.yaml", denied), path)
	assert.Equal(t, none["findings"], yes["findings"], "findings know no declaration")
	assert.Equal(t, "unclear", none.statuses()["TR-01"])
	assert.Equal(t, "met", yes.statuses()["TR-01"])
	assert.Equal(t, "unmet", no.statuses()["TR-01"], "the SDK is in the package and called")
	assert.Equal(t, "review", none["route"])
	assert.Equal(t, "blocked", yes["route"], "no assessment is declared")
}

// header is that of the public lists of filings and of cancellations.
const (
	filingHeader = "批次,期次,序号,算法名称,角色,主体名称,应用产品,主要用途,备案编号,备注,公告页,数据来源\n"
	filingRow    = "第一批,2023-06,3,合成算法,服务提供者,示例科技有限公司,变脸相机（APP）,应用于人脸融合与美颜场景。," +
		"网信算备110108105858001230019号,,https://example.com/notice,synthetic\n"
	cancelHeader = "公告日期,算法名称,角色或类别,主体名称,应用产品,备案编号,注销时间,公告附件,数据来源\n" +
		"2026-07-17,另一算法,服务提供者,另一科技有限公司,另一应用(APP),网信算备320114586731201240019号," +
		"2026年7月,https://example.com/notice,synthetic\n"
	cancelRow = "2026-07-17,合成算法,服务提供者,示例科技有限公司,变脸相机(APP),网信算备110108105858001230019号," +
		"2026年7月,https://example.com/notice,synthetic\n"
)

func TestOnlyTheRegistryChanges(t *testing.T) {
	t.Parallel()
	path := packageFile(t, "faceswap-android")
	declaration := writeFile(t, "d.yaml", declared)
	with := func(filings, cancellations string) map[string]string {
		return scanned(
			t,
			"--declaration",
			declaration,
			"--registry",
			writeFile(t, "filings.csv", filings),
			"--registry",
			writeFile(t, "cancellations.csv", cancellations),
			path,
		).statuses()
	}
	held := with(filingHeader+filingRow, cancelHeader)
	absent := with(
		filingHeader+strings.Replace(
			filingRow,
			"110108105858001230019",
			"110101128387701230011",
			1,
		),
		cancelHeader,
	)
	cancelled := with(filingHeader+filingRow, cancelHeader+cancelRow)
	supporter := with(
		filingHeader+strings.Replace(strings.Replace(filingRow, "服务提供者", "服务技术支持者", 1),
			"变脸相机（APP）", "--", 1),
		cancelHeader,
	)
	assert.Equal(t, "met", held["FI-01"])
	assert.Equal(t, "met", held["FI-06"])
	assert.Equal(t, "unclear", absent["FI-01"], "a number outside the lists held is never unfiled")
	assert.Equal(t, "unmet", cancelled["FI-06"])
	assert.Equal(t, "unmet", supporter["FI-02"])
}

// TestOnlyTheLawChanges judges by an edition in which an obligation is switched off
// and another is graver.
func TestOnlyTheLawChanges(t *testing.T) {
	t.Parallel()
	path := packageFile(t, "faceswap-android")
	edition := t.TempDir()
	require.NoError(t, os.CopyFS(edition, os.DirFS("../../review/law/editions/2026-11")))
	change(t, filepath.Join(edition, "edition.yaml"), "2026-11", "2027-01")
	change(t, filepath.Join(edition, "obligations", "CO-01.yaml"), "severity: C", "severity: A")
	change(
		t,
		filepath.Join(edition, "obligations", "LB-08.yaml"),
		"enabled: true",
		"enabled: false",
	)
	declaration := writeFile(t, "d.yaml", declared)
	today := scanned(t, "--declaration", declaration, path)
	later := scanned(t, "--declaration", declaration, "--law", edition, path)
	assert.Contains(t, today.statuses(), "LB-08")
	assert.NotContains(t, later.statuses(), "LB-08")
	assert.NotEqual(t, today["law"], later["law"])
	assert.Equal(t, today["findings"], later["findings"], "findings know no law")
}

// change replaces text in a file that must hold it.
func change(t *testing.T, path, from, to string) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(text), from)
	require.NoError(
		t,
		os.WriteFile(path, []byte(strings.ReplaceAll(string(text), from, to)), 0o600),
	)
}
