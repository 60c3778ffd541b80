package builtin_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/builtin"
	"github.com/listgate/listgate/analyzer/facts"
	"github.com/listgate/listgate/fixtures"
)

// open are hostile fixtures whose trick changes nothing of what is read.
var open = map[string]bool{
	"hostile/inflates-enormously":     true,
	"hostile/so-only-one-abi-differs": true,
	"hostile/script-in-utf16":         true,
	"hostile/script-without-ending":   true,
}

func analyseFixture(t *testing.T, name string, workers int) *analyzer.Analysis {
	t.Helper()
	engine, err := builtin.Engine()
	require.NoError(t, err)
	b, err := fixtures.Load(name)
	require.NoError(t, err)
	f := analyzer.File{Bytes: bytes.NewReader(b), Size: int64(len(b))}
	a, err := engine.Analyze(t.Context(), f, analyzer.Options{Workers: workers})
	require.NoError(t, err)
	return a
}

// TestHostileFixturesAreNotSilent holds every hostile fixture to what all have in
// common: the trick is named, no reader fails, the facts are the same however
// they are read, and come back from their stored form as they were.
func TestHostileFixturesAreNotSilent(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, name := range fixtures.Names() {
		if !strings.HasPrefix(name, "hostile/") {
			continue
		}
		seen++
		t.Run(strings.ReplaceAll(name, "-", "_"), func(t *testing.T) {
			t.Parallel()
			f := analyseFixture(t, name, 1).Facts
			assert.Equal(t, open[name], len(f.Anomalies)+len(f.Gaps) == 0, "silent")
			for _, g := range f.Gaps {
				assert.NotEqual(t, analyzer.GapPanic, g.Reason, g.Detail)
			}
			assert.Empty(t, cmp.Diff(f, analyseFixture(t, name, 4).Facts))
			doc, err := facts.Marshal(f)
			require.NoError(t, err)
			back, err := facts.Read(bytes.NewReader(doc))
			require.NoError(t, err)
			again, err := facts.Marshal(back)
			require.NoError(t, err)
			assert.Equal(t, string(doc), string(again))
		})
	}
	require.NotZero(t, seen)
}

// TestHiddenPartsAreGapsOverCode names, for each place where code can be and
// cannot be read, the entry that the gap is over.
func TestHiddenPartsAreGapsOverCode(t *testing.T) {
	t.Parallel()
	for name, entry := range map[string]string{
		"dex-in-archive":            "assets/effects.dat!/classes.dex",
		"so-in-archive":             "assets/icons.png!/plugin/sealed.so",
		"archive-encrypted":         "assets/sealed.dat",
		"archives-deep":             "assets/deep.zip!/deep.zip!/deep.zip!/deep.zip",
		"aab-manifest-cut":          "base/manifest/AndroidManifest.xml",
		"set-without-base":          "base.apk",
		"dex-in-picture":            "assets/logo.png",
		"so-in-gzip":                "assets/voice.dat",
		"so-in-xz":                  "assets/libs.dat",
		"data-broken":               "assets/settings.json",
		"macho-no-load-commands":    "Payload/Hostile.app/Hostile",
		"macho-fat-like-java":       "Payload/Hostile.app/Frameworks/Voice.framework/Voice",
		"macho-outside-application": "Payload/Other.app/Other",
		"macho-extension-not-macho": "Payload/Hostile.app/PlugIns/Share.appex/Share",
		"macho-executable-missing":  "Payload/Hostile.app/Hostile",
		"arsc-zero-chunk":           "resources.arsc",
	} {
		t.Run(strings.ReplaceAll(name, "-", "_"), func(t *testing.T) {
			t.Parallel()
			f := analyseFixture(t, "hostile/"+name, 0).Facts
			over := func(g analyzer.Gap) bool { return g.Where.Entry == entry && g.Code }
			assert.True(t, slices.ContainsFunc(f.Gaps, over), "%v", f.Gaps)
		})
	}
}

func TestHiddenScriptsAreRead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"hostile/script-in-utf16", "hostile/script-without-ending"} {
		f := analyseFixture(t, name, 0).Facts
		address := func(s analyzer.String) bool {
			return s.Kind == analyzer.URLString &&
				s.Value == "https://api.deepseek.com/v1/chat/completions"
		}
		assert.True(t, slices.ContainsFunc(f.Strings, address), name)
	}
}
