package builtin_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
)

// benchPackages are packages to time beside a fixture: those of the folder that
// LISTGATE_BENCH names.
func benchPackages(b *testing.B) []string {
	b.Helper()
	dir := os.Getenv("LISTGATE_BENCH")
	if dir == "" {
		b.Log("LISTGATE_BENCH names no folder of packages: the fixture alone is timed")
		return nil
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(b, err)
	require.NotEmpty(b, paths)
	return paths
}

// BenchmarkAnalyze reads a package and runs the rules over it, in one goroutine;
// beside it, inflate is what a look at the entries costs at the least.
func BenchmarkAnalyze(b *testing.B) {
	e := engine(b)
	time := func(name string, f analyzer.File) {
		b.Run(name+"/analyse", func(b *testing.B) {
			b.SetBytes(f.Size)
			b.ReportAllocs()
			for b.Loop() {
				_, err := e.Analyze(b.Context(), f, analyzer.Options{Workers: 1})
				require.NoError(b, err)
			}
		})
		b.Run(name+"/inflate", func(b *testing.B) {
			b.SetBytes(f.Size)
			for b.Loop() {
				inflate(b, e, f)
			}
		})
	}
	time("fixture", fixture(b, "tts-android"))
	for _, path := range benchPackages(b) {
		f, err := os.Open(path)
		require.NoError(b, err)
		defer f.Close()
		st, err := f.Stat()
		require.NoError(b, err)
		if st.Mode().IsRegular() {
			time(filepath.Base(path), analyzer.File{Bytes: f, Size: st.Size()})
		}
	}
}

// inflate reads every entry that some reader wants, once, and drops it.
func inflate(b *testing.B, e *analyzer.Engine, f analyzer.File) {
	b.Helper()
	c, err := e.Lister.List(f, budget.New(budget.Limits{}))
	require.NoError(b, err)
	at := slices.IndexFunc(e.Formats, func(f analyzer.Format) bool { return f.Match(c) })
	require.GreaterOrEqual(b, at, 0)
	c, err = e.Formats[at].Open(c)
	require.NoError(b, err)
	for _, entry := range c.Entries {
		wanted := func(r analyzer.Reader) bool { return r.Want(c, entry) }
		if slices.ContainsFunc(e.Readers, wanted) {
			_, err := entry.Read(b.Context())
			require.NoError(b, err)
		}
	}
}

// BenchmarkJudge runs the rules over facts that are there already.
func BenchmarkJudge(b *testing.B) {
	e := engine(b)
	a, err := e.Analyze(b.Context(), fixture(b, "tts-android"), analyzer.Options{})
	require.NoError(b, err)
	for b.Loop() {
		e.Judge(a.Facts)
	}
}

// BenchmarkEngine is what a process pays before its first package.
func BenchmarkEngine(b *testing.B) {
	for b.Loop() {
		engine(b)
	}
}
