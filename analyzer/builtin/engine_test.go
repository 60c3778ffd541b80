package builtin_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/builtin"
	"github.com/listgate/listgate/analyzer/facts"
	"github.com/listgate/listgate/fixtures"
)

func engine(t testing.TB) *analyzer.Engine {
	t.Helper()
	e, err := builtin.Engine()
	require.NoError(t, err)
	return e
}

func fixture(t testing.TB, name string) analyzer.File {
	t.Helper()
	data, err := fixtures.Load(name)
	require.NoError(t, err)
	return analyzer.File{Bytes: bytes.NewReader(data), Size: int64(len(data))}
}

// failing is a reader that breaks on one entry, as a defect of ours would.
type failing struct{ entry string }

func (failing) Name() string { return "failing" }
func (failing) Version() int { return 1 }

func (f failing) Want(_ *analyzer.Contents, e analyzer.Entry) bool { return e.Name() == f.entry }

func (failing) Read(_ context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	emit(analyzer.Usage{Key: "before", Where: analyzer.Where{Entry: in.Entry.Name()}})
	var none []int
	emit(analyzer.Asset{Size: int64(none[len(in.Data)])})
	return nil
}

func TestAPanicCostsOneEntry(t *testing.T) {
	t.Parallel()
	e := engine(t)
	want, err := e.Analyze(t.Context(), fixture(t, "tts-android"), analyzer.Options{})
	require.NoError(t, err)
	e.Readers = append(e.Readers, failing{"classes.dex"})
	got, err := e.Analyze(t.Context(), fixture(t, "tts-android"), analyzer.Options{})
	require.NoError(t, err)
	require.Len(t, got.Facts.Gaps, 1)
	gap := got.Facts.Gaps[0]
	assert.Equal(t, analyzer.GapPanic, gap.Reason)
	assert.Equal(t, "classes.dex", gap.Where.Entry)
	assert.Contains(t, gap.Detail, "failing: ")
	assert.True(t, gap.Code)
	assert.Len(t, got.Facts.Usages, 1, "what was emitted before stays")
	if diff := cmp.Diff(want.Findings, got.Findings); diff != "" {
		t.Error(diff)
	}
}

func TestWhatTheBudgetRefusesIsAGap(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for _, limits := range []budget.Limits{{Bytes: 3000}, {Entry: 500}, {Entries: 1}} {
		t.Run(fmt.Sprintf("%+v", limits), func(t *testing.T) {
			t.Parallel()
			first, err := e.Analyze(
				t.Context(),
				fixture(t, "faceswap-android"),
				analyzer.Options{Limits: limits},
			)
			require.NoError(t, err)
			require.NotEmpty(t, first.Facts.Gaps)
			for _, g := range first.Facts.Gaps {
				assert.Equal(t, analyzer.GapBudget, g.Reason, "%v", g)
			}
			for workers := range 4 {
				o := analyzer.Options{Limits: limits, Workers: workers + 1}
				again, err := e.Analyze(t.Context(), fixture(t, "faceswap-android"), o)
				require.NoError(t, err)
				assert.Equal(t, first.Facts, again.Facts, "%d workers read as far", workers+1)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a, err := engine(t).Analyze(ctx, fixture(t, "tts-android"), analyzer.Options{})
	require.ErrorIs(t, err, context.Canceled)
	assert.False(t, a.Analysed())
}

// broken is a file whose bytes end in an error, as a failing disk's do.
type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errBroken }

var errBroken = errors.New("input/output error")

func TestUnreadableFile(t *testing.T) {
	t.Parallel()
	a, err := engine(
		t,
	).Analyze(t.Context(), analyzer.File{Bytes: broken{}, Size: 100}, analyzer.Options{})
	require.ErrorIs(t, err, errBroken)
	assert.False(t, a.Analysed())
	require.Len(t, a.Facts.Gaps, 1)
	assert.Equal(t, analyzer.GapUnreadable, a.Facts.Gaps[0].Reason)
}

func TestProgressEndsWhole(t *testing.T) {
	t.Parallel()
	var last, total atomic.Int64
	_, err := engine(t).Analyze(t.Context(), fixture(t, "tts-android"), analyzer.Options{
		Progress: func(d, n int64) {
			last.Store(max(last.Load(), d))
			total.Store(n)
		}, Workers: 1})
	require.NoError(t, err)
	assert.Positive(t, total.Load())
	assert.Equal(t, total.Load(), last.Load())
}

// TestTruncated cuts sound packages at every length: never a clean result.
func TestTruncated(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for _, name := range []string{"plain-android", "plain-ios", "set-android", "aab-android"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := fixtures.Load(name)
			require.NoError(t, err)
			for n := 0; n < len(data); n += 7 {
				f := analyzer.File{Bytes: bytes.NewReader(data[:n]), Size: int64(n)}
				a, err := e.Analyze(t.Context(), f, analyzer.Options{Workers: 1})
				require.NoError(t, err)
				// A set may end where one of its packages does: that one, with bytes before it.
				oddities := len(a.Facts.Gaps) + len(a.Facts.Anomalies)
				require.Positive(t, oddities, "the first %d bytes", n)
				for _, g := range a.Facts.Gaps {
					require.NotEqual(t, analyzer.GapPanic, g.Reason, g.Detail)
				}
			}
		})
	}
}

func TestRecognise(t *testing.T) {
	t.Parallel()
	e := engine(t)
	for name, want := range map[string]analyzer.FormatName{
		"plain-android": analyzer.APK, "plain-ios": analyzer.IPA, "set-android": analyzer.APKS,
		"aab-android": analyzer.AAB, "apkm-android": analyzer.APKS,
		"hostile/plist-missing": analyzer.Unknown,
	} {
		assert.Equal(t, want, e.Recognise(fixture(t, name)), name)
	}
	text := strings.NewReader("no archive")
	assert.Equal(t, analyzer.Unknown, e.Recognise(analyzer.File{Bytes: text, Size: text.Size()}))
}

func TestFactsAreStoredWhole(t *testing.T) {
	t.Parallel()
	e := engine(t)
	names := fixtures.Names()
	require.NotEmpty(t, names)
	for _, name := range names {
		a, err := e.Analyze(t.Context(), fixture(t, name), analyzer.Options{})
		require.NoError(t, err)
		var stored bytes.Buffer
		require.NoError(t, facts.Write(&stored, a.Facts))
		back, err := facts.Read(&stored)
		require.NoError(t, err, name)
		first, err := facts.Digest(a.Facts)
		require.NoError(t, err)
		second, err := facts.Digest(back)
		require.NoError(t, err)
		assert.Equal(t, first, second, name)
	}
}

func FuzzAnalyze(f *testing.F) {
	names := fixtures.Names()
	for _, name := range names {
		data, err := fixtures.Load(name)
		if err != nil {
			f.Fatal(err)
		}
		if len(data) < 64<<10 {
			f.Add(data)
		}
	}
	e := engine(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		file := analyzer.File{Bytes: bytes.NewReader(data), Size: int64(len(data))}
		a, err := e.Analyze(
			t.Context(),
			file,
			analyzer.Options{Limits: budget.Limits{Bytes: 64 << 20}},
		)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range a.Facts.Gaps {
			if g.Reason == analyzer.GapPanic {
				t.Fatal(g.Detail)
			}
		}
	})
}
