package machlinks_test

import (
	"archive/zip"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/read/machlinks"
)

const corpus = "../../../../shared/corpus"

// entry is a file in memory.
type entry struct {
	name string
	data []byte
}

func (e entry) Name() string                         { return e.name }
func (e entry) Size() int64                          { return int64(len(e.data)) }
func (e entry) Head() []byte                         { return e.data[:min(64, len(e.data))] }
func (e entry) Read(context.Context) ([]byte, error) { return e.data, nil }

// read runs the reader over every entry that it wants.
func read(t *testing.T, c *analyzer.Contents) *analyzer.Facts {
	t.Helper()
	facts, b := &analyzer.Facts{}, budget.New(budget.Limits{})
	for _, e := range c.Entries {
		if !(machlinks.Reader{}).Want(c, e) {
			continue
		}
		data, err := e.Read(t.Context())
		require.NoError(t, err)
		in := analyzer.Input{Contents: c, Entry: e, Data: data, Budget: b}
		require.NoError(t, machlinks.Reader{}.Read(t.Context(), in,
			func(r analyzer.Record) { facts.Add(r) }), e.Name())
	}
	return facts
}

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
		if m := appFolder.FindStringSubmatch(f.Name); m != nil && (c.Root == "" ||
			len(m[1]) < len(c.Root)) {
			c.Root = m[1]
		}
		r, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(io.LimitReader(r, 64<<20))
		if err != nil {
			t.Logf("%s: %s: %v", file, f.Name, err) // one package lies about a checksum
		}
		require.NoError(t, r.Close())
		c.Entries = append(c.Entries, entry{f.Name, data})
	}
	return c
}

func find(l analyzer.NameList, name string) bool { return slices.Contains(l.Names, name) }

func TestCorpusArchitectures(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile(filepath.Join(corpus, "MANIFEST.tsv"))
	if err != nil {
		t.Logf("no corpus: %v", err)
		return
	}
	fields := regexp.MustCompile(`; macho=([^;]+)(?:; cryptid=([^;]+))?`)
	seen := 0
	for _, line := range strings.Split(string(table), "\n") {
		m := fields.FindStringSubmatch(line)
		file, _, _ := strings.Cut(line, "\t")
		if m == nil || !strings.HasPrefix(file, "ipa/") {
			continue
		}
		seen++
		c := open(t, filepath.Join(corpus, file))
		facts := read(t, c)
		main := slices.IndexFunc(facts.Binaries, func(b analyzer.Binary) bool {
			return !strings.Contains(strings.TrimPrefix(b.Entry, c.Root), "/")
		})
		if m[1] == "no executable" {
			assert.Equal(t, -1, main, file)
			continue
		}
		require.GreaterOrEqual(t, main, 0, file)
		assert.Equal(t, m[1], strings.Join(facts.Binaries[main].Archs, "+"), file)
		assert.Equal(t, strings.Contains(m[2], "1"), facts.Package.Encrypted, file)
		assert.Equal(t, facts.Package.Encrypted, len(facts.Anomalies) > 0, "%s: %v", file,
			facts.Anomalies)
		for _, b := range facts.Binaries {
			assert.Equal(t, len(b.Classes.Names), len(b.Classes.At), file)
		}
	}
	require.Positive(t, seen)
}

func TestCorpusProducts(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(corpus); err != nil {
		t.Logf("no corpus: %v", err)
		return
	}
	for _, c := range []struct {
		file, entry string
		classes     []string
	}{
		{"ipa/msc-iflytek-MSCDemo.ipa", "MSCDemo", []string{"IFlySpeechSynthesizer",
			"IFlySpeechRecognizer", "IFlyISERecognizer"}},
		{"ipa/derived-deepar.ipa", "Frameworks/DeepAR.framework/DeepAR", []string{"DeepAR",
			"ARView"}},
		{"ipa/derived-whisper-coreml.ipa", "Frameworks/rnwhisper.framework/rnwhisper",
			[]string{"whisper_encoder_impl", "WSPGGMLMetalClass"}},
	} {
		facts := read(t, open(t, filepath.Join(corpus, c.file)))
		i := slices.IndexFunc(facts.Binaries,
			func(b analyzer.Binary) bool { return strings.HasSuffix(b.Entry, c.entry) })
		require.GreaterOrEqual(t, i, 0, c.file)
		for _, class := range c.classes {
			assert.True(t, find(facts.Binaries[i].Classes, class), "%s: %s of %v", c.file, class,
				facts.Binaries[i].Classes.Names)
		}
		t.Logf("%s %v %d kept %v", c.file, facts.Package.Signers, len(facts.Strings), facts.Gaps)
	}
}

// A static library inside a framework folder is read like a linked one.
func TestCorpusStaticLibrary(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(corpus, "sdk-libs/ios/GJLDecry.framework/GJLDecry"))
	if err != nil {
		t.Logf("no corpus: %v", err)
		return
	}
	c := &analyzer.Contents{Format: analyzer.IPA, Root: "Payload/A.app/",
		Entries: []analyzer.Entry{entry{"Payload/A.app/Frameworks/GJLDecry.framework/GJLDecry",
			data}}}
	facts := read(t, c)
	require.Len(t, facts.Binaries, 1)
	assert.True(t, find(facts.Binaries[0].Classes, "GJLDecryManager"))
	assert.Equal(t, []string{"arm64"}, facts.Binaries[0].Archs)
	require.Len(t, facts.Frameworks, 1)
	assert.Equal(t, "GJLDecry", facts.Frameworks[0].Name)
}
