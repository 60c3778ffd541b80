package analyzer_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
)

// TestReadCutsEndlessTexts reads texts that no name has: they are cut where a
// character begins, and say so.
func TestReadCutsEndlessTexts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("p", 64<<10)
	han := "x" + strings.Repeat("长", 20<<10)
	tell := func(in analyzer.Input, emit func(analyzer.Record)) error {
		where := analyzer.Where{Entry: in.Entry.Name()}
		emit(analyzer.Permission{Name: long, Where: where})
		emit(analyzer.Usage{Key: "short", Text: han, Where: where})
		emit(analyzer.Usage{Key: "broken", Text: strings.Repeat("\x80", 64<<10), Where: where})
		emit(analyzer.Identity{Package: analyzer.Package{
			Labels: map[string]string{"": long, "zh": "短", long: "language"}}})
		return nil
	}
	f := analyse(t, container{made{name: "a.json"}}, analyzer.Options{}, reader{read: tell}).Facts
	require.Len(t, f.Permissions, 1)
	require.Len(t, f.Usages, 2)
	for _, s := range []string{f.Permissions[0].Name, f.Usages[0].Text, f.Usages[1].Text,
		f.Package.Permissions[0], f.Package.Labels[""]} {
		assert.LessOrEqual(t, len(s), 8<<10)
		assert.True(t, utf8.ValidString(s))
		assert.True(t, strings.HasSuffix(s, "…"), "%.20q", s)
	}
	assert.Equal(t, "短", f.Package.Labels["zh"])
	assert.Len(t, f.Package.Labels, 2, "a language of 64 KiB is none")
}
