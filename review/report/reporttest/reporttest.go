// Package reporttest makes reports on fixtures for the tests of output forms.
package reporttest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	analyzers "github.com/listgate/listgate/analyzer/builtin"
	"github.com/listgate/listgate/fixtures"
	registries "github.com/listgate/listgate/registry/builtin"
	"github.com/listgate/listgate/review/declaration"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/review/report"
)

// Document reports on a fixture as of 2026-11-22. With a declaration (YAML) its
// answers count; empty means that the developer made none.
func Document(t *testing.T, fixture, lang, declared string) *report.Document {
	t.Helper()
	data, err := fixtures.Load(fixture)
	require.NoError(t, err)
	engine, err := analyzers.Engine()
	require.NoError(t, err)
	edition, err := law.Load("2026-11")
	require.NoError(t, err)
	held, err := registries.Embedded()
	require.NoError(t, err)
	file := analyzer.File{Bytes: bytes.NewReader(data), Size: int64(len(data))}
	analysis, err := engine.Analyze(t.Context(), file, analyzer.Options{})
	require.NoError(t, err)
	in := report.Input{
		Tool: "listgate test", Path: fixture, Lang: lang, Analysis: analysis, Law: edition.Law,
		Registry: held, AsOf: "2026-11-22",
	}
	if declared != "" {
		in.Declaration, err = declaration.Parse(strings.NewReader(declared))
		require.NoError(t, err)
	}
	d, err := report.Build(in)
	require.NoError(t, err)
	return d
}

// Golden holds what a form prints against testdata/NAME.golden, less the digests,
// which change with every rule. UPDATE_GOLDEN rewrites the file.
func Golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}
