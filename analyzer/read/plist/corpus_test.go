package plist_test

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
)

const corpus = "../../../../shared/corpus"

var appFolder = regexp.MustCompile(`^((?:.*/)?[^/]+\.app/)Info\.plist$`)

// open reads a package as archive/zip does, with the shortest folder that ends in
// .app as its root.
func open(t *testing.T, file string) *analyzer.Contents {
	t.Helper()
	z, err := zip.OpenReader(file)
	require.NoError(t, err)
	defer z.Close()
	c := &analyzer.Contents{Format: analyzer.IPA}
	for _, f := range z.File {
		if m := appFolder.FindStringSubmatch(f.Name); m != nil && !strings.HasPrefix(f.Name,
			"__MACOSX/") &&
			(c.Root == "" || len(m[1]) < len(c.Root)) {
			c.Root = m[1]
		}
		r, err := f.Open()
		require.NoError(t, err)
		// Some packages lie about checksums; their bytes are whole.
		data, _ := io.ReadAll(io.LimitReader(r, 64<<20))
		require.NoError(t, r.Close())
		c.Entries = append(c.Entries, entry{f.Name, data})
	}
	return c
}

func TestCorpusIdentity(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile(filepath.Join(corpus, "MANIFEST.tsv"))
	if err != nil {
		t.Logf("no corpus: %v", err)
		return
	}
	fields := regexp.MustCompile(
		`\tid=([^;]+); version=(.*?) \(([^)]*)\); min=iOS ([\d.]+); macho=([^;]+)`)
	seen := 0
	for _, line := range strings.Split(string(table), "\n") {
		file, _, _ := strings.Cut(line, "\t")
		m := fields.FindStringSubmatch(line)
		if m == nil || !strings.HasPrefix(file, "ipa/") {
			continue
		}
		seen++
		facts := read(t, open(t, filepath.Join(corpus, file)))
		p := facts.Package
		assert.Equal(t, m[1:5], []string{p.ID, p.Version.Name, p.Version.Code, p.OS.Min}, file)
		assert.Empty(t, facts.Anomalies, file)
		assert.Equal(t, m[5] == "no executable", len(facts.Gaps) > 0, "%s: %v", file, facts.Gaps)
		assert.NotEmpty(t, p.Labels[""], file)
		for _, k := range facts.PlistKeys {
			assert.Positive(t, k.Where.Offset, "%s: %s", file, k.Key)
		}
	}
	require.Greater(t, seen, 15)
}

func TestCorpusFrameworks(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(corpus); err != nil {
		t.Logf("no corpus: %v", err)
		return
	}
	for file, want := range map[string]analyzer.Framework{
		"ipa/derived-deepar.ipa":         {Name: "DeepAR", ID: "com.deepar.DeepAR"},
		"ipa/derived-whisper-coreml.ipa": {Name: "rnwhisper"},
		"ipa/digiteka-Demo.ipa":          {Name: "Digiteka"},
	} {
		facts := read(t, open(t, filepath.Join(corpus, file)))
		require.Len(t, facts.Frameworks, 1, file)
		assert.Equal(t, want.Name, facts.Frameworks[0].Name)
		assert.NotEmpty(t, facts.Frameworks[0].Version)
		t.Logf("%+v", facts.Frameworks[0])
	}
	watch := read(t, open(t, filepath.Join(corpus, "ipa/fastlane-ContainsWatchApp.ipa")))
	require.NotEmpty(t, watch.Components)
	assert.Equal(t, "watch-app", watch.Components[0].Kind)
}
