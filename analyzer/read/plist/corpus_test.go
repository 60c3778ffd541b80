package plist_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/read/readtest"
)

func TestCorpusIdentity(t *testing.T) {
	t.Parallel()
	rows := readtest.Corpus(t)
	if rows == nil {
		return
	}
	fields := regexp.MustCompile(
		`(?:^|; )id=([^;]+); version=(.*?) \(([^)]*)\); min=iOS ([\d.]+); macho=([^;]+)`)
	seen := 0
	for _, r := range rows {
		m, file := fields.FindStringSubmatch(r.Expected), r.File
		if m == nil || !strings.HasPrefix(file, "ipa/") {
			continue
		}
		seen++
		facts := read(t, readtest.OpenIPA(t, r.Path))
		p := facts.Package
		assert.Equal(t, m[1:5], []string{p.ID, p.Version.Name, p.Version.Code, p.OS.Min}, file)
		added := file == "ipa/derived-deepar.ipa" || file == "ipa/derived-whisper-coreml.ipa"
		assert.Equal(t, added, len(facts.Anomalies) > 0, "%s: %v", file, facts.Anomalies)
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
	corpus := readtest.Folder(t)
	if corpus == "" {
		return
	}
	for file, want := range map[string]analyzer.Framework{
		"ipa/derived-deepar.ipa":         {Name: "DeepAR", ID: "com.deepar.DeepAR"},
		"ipa/derived-whisper-coreml.ipa": {Name: "rnwhisper"},
		"ipa/digiteka-Demo.ipa":          {Name: "Digiteka"},
	} {
		facts := read(t, readtest.OpenIPA(t, filepath.Join(corpus, file)))
		require.Len(t, facts.Frameworks, 1, file)
		assert.Equal(t, want.Name, facts.Frameworks[0].Name)
		assert.NotEmpty(t, facts.Frameworks[0].Version)
		t.Logf("%+v", facts.Frameworks[0])
	}
	watch := read(
		t,
		readtest.OpenIPA(t, filepath.Join(corpus, "ipa/fastlane-ContainsWatchApp.ipa")),
	)
	require.NotEmpty(t, watch.Components)
	assert.Equal(t, "watch-app", watch.Components[0].Kind)
}

func TestCorpusProfiles(t *testing.T) {
	t.Parallel()
	corpus := readtest.Folder(t)
	if corpus == "" {
		return
	}
	for file, want := range map[string]string{
		"ipa/digiteka-Demo.ipa":           "ad-hoc MLCD93QQ8G",
		"ipa/todotrackr-Payload.ipa":      "development SJJ26F8CM7",
		"ipa/cordova_test-HelloWorld.ipa": "ad-hoc NC49A8FD69",
	} {
		facts := read(t, readtest.OpenIPA(t, filepath.Join(corpus, file)))
		require.Len(t, facts.Profiles, 1, file)
		p := facts.Profiles[0]
		assert.Equal(t, want, string(p.Type)+" "+p.Team, file)
		assert.True(t, p.Verified, file)
		assert.NotEmpty(t, p.Expires, file)
		assert.NotEmpty(t, p.Certificates, file)
	}
}
