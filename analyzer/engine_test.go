package analyzer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
)

// made is an entry with content, or with the error of reading it.
type made struct {
	name string
	data []byte
	err  error
}

func (e made) Name() string { return e.name }
func (e made) Size() int64  { return int64(len(e.data)) }
func (e made) Head() []byte { return e.data[:min(len(e.data), 64)] }

func (e made) Read(context.Context) ([]byte, error) { return e.data, e.err }

// container lists and opens the entries it is made of.
type container []analyzer.Entry

func (c container) List(analyzer.File, *budget.Budget) (*analyzer.Contents, error) {
	return &analyzer.Contents{Entries: c}, nil
}
func (container) Name() analyzer.FormatName     { return analyzer.APK }
func (container) Match(*analyzer.Contents) bool { return true }
func (container) Open(a *analyzer.Contents) (*analyzer.Contents, error) {
	c := *a
	c.Format = analyzer.APK
	return &c, nil
}

// reader wants what begins with its prefix and does what read says.
type reader struct {
	prefix string
	read   func(analyzer.Input, func(analyzer.Record)) error
}

func (r reader) Name() string { return "made" }
func (reader) Version() int   { return 1 }
func (r reader) Want(_ *analyzer.Contents, e analyzer.Entry) bool {
	return strings.HasPrefix(e.Name(), r.prefix)
}
func (r reader) Read(_ context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	return r.read(in, emit)
}

// lister is a reader whose records only list what is there.
type lister struct{ reader }

func (lister) ListsOnly(analyzer.Entry) bool { return true }

type nothing struct{}

func (nothing) Match(*analyzer.Facts) []analyzer.Finding { return nil }
func (nothing) RuleSet() analyzer.RuleSet                { return analyzer.RuleSet{} }

func analyse(t *testing.T, c container, o analyzer.Options,
	readers ...analyzer.Reader) *analyzer.Analysis {
	t.Helper()
	e := &analyzer.Engine{Lister: c, Formats: []analyzer.Format{c}, Readers: readers,
		Matcher: nothing{}}
	a, err := e.Analyze(t.Context(), analyzer.File{Bytes: bytes.NewReader(nil)}, o)
	require.NoError(t, err)
	return a
}

func quiet(analyzer.Input, func(analyzer.Record)) error { return nil }

func TestAnalyze_GapOverWhatWasWanted(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		entry  made
		reader analyzer.Reader
		limits budget.Limits
		want   analyzer.Gap
	}{
		{"unreadable_data", made{name: "a.json", err: errors.New("broken")}, reader{read: quiet},
			budget.Limits{}, analyzer.Gap{Reason: analyzer.GapUnreadable, Detail: "broken",
				Code: true}},
		{"beyond_the_limits", made{name: "a.gguf", data: make([]byte, 9)}, reader{read: quiet},
			budget.Limits{Entry: 8}, analyzer.Gap{Reason: analyzer.GapBudget, Code: true,
				Detail: "budget exhausted: 9 bytes, one entry may have 8"}},
		{"listed_only", made{name: "a.bin", data: make([]byte, 9)}, lister{reader{read: quiet}},
			budget.Limits{Entry: 8}, analyzer.Gap{Reason: analyzer.GapBudget,
				Detail: "budget exhausted: 9 bytes, one entry may have 8"}},
		{"code_listed_only", made{name: "lib/a.so", data: make([]byte, 9)},
			lister{reader{read: quiet}}, budget.Limits{Entry: 8},
			analyzer.Gap{Reason: analyzer.GapBudget, Code: true,
				Detail: "budget exhausted: 9 bytes, one entry may have 8"}},
		{"panic", made{name: "a.json"}, reader{read: func(analyzer.Input,
			func(analyzer.Record)) error {
			panic("index out of range")
		}}, budget.Limits{}, analyzer.Gap{Reason: analyzer.GapPanic, Code: true,
			Detail: "made: reader panicked: index out of range"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := analyse(t, container{c.entry}, analyzer.Options{Limits: c.limits}, c.reader)
			c.want.Where = analyzer.Where{Entry: c.entry.name}
			assert.Empty(t, cmp.Diff([]analyzer.Gap{c.want}, a.Facts.Gaps))
		})
	}
}

// TestAnalyze_SpentTogether draws the line behind which entries are unread at the
// same place however many goroutines read them.
func TestAnalyze_SpentTogether(t *testing.T) {
	t.Parallel()
	var c container
	for i := range 40 {
		c = append(c, made{name: fmt.Sprintf("e%02d", i)})
	}
	spend := reader{read: func(in analyzer.Input, emit func(analyzer.Record)) error {
		emit(analyzer.Permission{Name: in.Entry.Name()})
		return in.Budget.Take(10)
	}}
	for _, workers := range []int{1, 2, 16} {
		a := analyse(t, c, analyzer.Options{Workers: workers,
			Limits: budget.Limits{Bytes: 100, Entry: 100}}, spend)
		assert.Len(t, a.Package.Permissions, 10)
		require.Len(t, a.Facts.Gaps, 30)
		assert.Equal(t, "e10", a.Facts.Gaps[0].Where.Entry)
		assert.Equal(t, analyzer.GapBudget, a.Facts.Gaps[0].Reason)
		assert.EqualValues(t, 100, a.Inflated)
	}
}

func TestAnalyze_FloodIsCounted(t *testing.T) {
	t.Parallel()
	a := analyse(t, container{made{name: "e"}}, analyzer.Options{},
		reader{read: func(_ analyzer.Input, emit func(analyzer.Record)) error {
			for i := range 1000 {
				emit(analyzer.Anomaly{Code: analyzer.DEXHeader,
					Where: analyzer.Where{Entry: "e", Offset: int64(i)}})
				emit(analyzer.Gap{Reason: analyzer.GapMalformed, Code: true,
					Where: analyzer.Where{Entry: "e", Offset: int64(i)}})
			}
			emit(analyzer.Anomaly{Code: analyzer.ZipPrefix})
			return nil
		}})
	require.Len(t, a.Facts.Anomalies, 502)
	assert.Equal(t, analyzer.Anomaly{Code: analyzer.DEXHeader, What: "500 more"},
		a.Facts.Anomalies[501])
	require.Len(t, a.Facts.Gaps, 501)
	last := a.Facts.Gaps[500]
	assert.Equal(t, "500 more", last.Detail)
	assert.True(t, last.Code)
	assert.True(t, a.Analysed(), "a count of gaps is no gap over the whole package")
}

func TestAnalyze_TextIsUTF8(t *testing.T) {
	t.Parallel()
	const bad, good = "a\xffb", "a\uFFFDb"
	a := analyse(t, container{made{name: "e"}}, analyzer.Options{},
		reader{read: func(_ analyzer.Input, emit func(analyzer.Record)) error {
			var names analyzer.NameList
			names.Add(bad, 1)
			emit(analyzer.Identity{Package: analyzer.Package{ID: bad,
				Labels: map[string]string{"": bad, bad: "x"}}})
			emit(analyzer.ClassTable{Entry: bad, Defined: names})
			emit(analyzer.Component{Name: bad, Actions: []string{"ok", bad}})
			emit(analyzer.PlistKey{Key: bad, Where: analyzer.Where{Part: bad}})
			return nil
		}})
	f := a.Facts
	assert.Equal(t, good, f.Package.ID)
	assert.Equal(t, map[string]string{"": good}, f.Package.Labels)
	assert.Equal(t, good, f.Classes[0].Entry)
	assert.Equal(t, []string{good}, f.Classes[0].Defined.Names)
	assert.Equal(t, []string{"ok", good}, f.Components[0].Actions)
	assert.Equal(t, analyzer.PlistKey{Key: good, Where: analyzer.Where{Part: good}},
		f.PlistKeys[0])
}

func TestFind_FirstOfAName(t *testing.T) {
	t.Parallel()
	first, second := made{name: "a", data: []byte("1")}, made{name: "a", data: []byte("2")}
	check := func(in analyzer.Input, emit func(analyzer.Record)) error {
		assert.Equal(t, first, in.Contents.Find("a"))
		assert.Nil(t, in.Contents.Find("b"))
		return nil
	}
	analyse(t, container{first, second}, analyzer.Options{}, reader{read: check})
}
