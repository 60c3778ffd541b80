package machlinks_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/read/machlinks"
	"github.com/listgate/listgate/analyzer/read/readtest"
)

func find(l analyzer.NameList, name string) bool { return slices.Contains(l.Names, name) }

func TestCorpusArchitectures(t *testing.T) {
	t.Parallel()
	rows := readtest.Corpus(t)
	if rows == nil {
		return
	}
	fields := regexp.MustCompile(`; macho=([^;]+)(?:; cryptid=([^;]+))?`)
	seen := 0
	for _, r := range rows {
		m, file := fields.FindStringSubmatch(r.Expected), r.File
		if m == nil || !strings.HasPrefix(file, "ipa/") {
			continue
		}
		seen++
		c := readtest.OpenIPA(t, r.Path)
		facts := readtest.Run(t, machlinks.Reader{}, c)
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
		lies := slices.ContainsFunc(facts.Anomalies, func(a analyzer.Anomaly) bool {
			return a.Code == analyzer.MachOLoadCommand
		})
		assert.Equal(t, facts.Package.Encrypted, lies, "%s: %v", file, facts.Anomalies)
		checkSignatures(t, file, facts)
		for _, b := range facts.Binaries {
			assert.Equal(t, len(b.Classes.Names), len(b.Classes.At), file)
		}
	}
	require.Positive(t, seen)
}

// checkSignatures holds what signatures of real packages are: all hold, but of the
// packages that were changed after they were signed.
func checkSignatures(t *testing.T, file string, facts *analyzer.Facts) {
	t.Helper()
	changed := strings.HasPrefix(path.Base(file), "derived-") &&
		!strings.HasSuffix(file, "derived-deepar.ipa") // whose host is whole
	broken := slices.ContainsFunc(facts.Anomalies, func(a analyzer.Anomaly) bool {
		return a.Code == analyzer.SignatureInvalid
	})
	assert.Equal(t, changed, broken, "%s: %v", file, facts.Anomalies)
	for _, b := range facts.Binaries {
		require.NotEmpty(t, b.Slices, file)
		for _, s := range b.Slices {
			if s.Signature.Certificate != "" && s.Signature.Team != "" {
				assert.Contains(t, s.Signature.Chain[0], "OU="+s.Signature.Team, file)
				assert.Contains(t, s.Signature.Chain[len(s.Signature.Chain)-1], "CN=Apple Root CA")
			}
		}
	}
}

func TestCorpusProducts(t *testing.T) {
	t.Parallel()
	corpus := readtest.Folder(t)
	if corpus == "" {
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
		facts := readtest.Run(t, machlinks.Reader{},
			readtest.OpenIPA(t, filepath.Join(corpus, c.file)))
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
	corpus := readtest.Folder(t)
	if corpus == "" {
		return
	}
	data, err := os.ReadFile(filepath.Join(corpus, "sdk-libs/ios/GJLDecry.framework/GJLDecry"))
	require.NoError(t, err)
	c := &analyzer.Contents{Format: analyzer.IPA, Root: "Payload/A.app/",
		Entries: []analyzer.Entry{
			readtest.File("Payload/A.app/Frameworks/GJLDecry.framework/GJLDecry",
				data),
		}}
	facts := readtest.Run(t, machlinks.Reader{}, c)
	require.Len(t, facts.Binaries, 1)
	assert.True(t, find(facts.Binaries[0].Classes, "GJLDecryManager"))
	assert.Equal(t, []string{"arm64"}, facts.Binaries[0].Archs)
	require.Len(t, facts.Frameworks, 1)
	assert.Equal(t, "GJLDecry", facts.Frameworks[0].Name)
}
