package analyzer_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
)

// constants returns the values of the constants of a type in catalog.go.
func constants(t *testing.T, typeName string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "catalog.go", nil, 0)
	require.NoError(t, err)
	var values []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == typeName {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			values = append(values, value)
		}
		return true
	})
	require.NotEmpty(t, values)
	return values
}

func TestEveryGapReasonHasASentence(t *testing.T) {
	t.Parallel()
	for _, reason := range constants(t, "GapReason") {
		text := analyzer.GapText(analyzer.GapReason(reason))
		assert.NotEmpty(t, text.ZH, reason)
		assert.NotEmpty(t, text.EN, reason)
	}
}

func TestEveryAnomalyIsDescribed(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../docs/anomalies.md")
	require.NoError(t, err)
	for _, code := range constants(t, "AnomalyCode") {
		text, evasion := analyzer.AnomalyText(analyzer.AnomalyCode(code))
		assert.NotEmpty(t, text.ZH, code)
		answer := map[bool]string{true: "yes", false: "no"}[evasion]
		assert.Contains(t, string(doc), fmt.Sprintf("| `%s` | %s | %s |", code, text.EN, answer))
	}
	rows := strings.Count(string(doc), "\n| `")
	assert.Equal(
		t,
		len(constants(t, "AnomalyCode")),
		rows,
		"docs/anomalies.md has a row without a code",
	)
}
