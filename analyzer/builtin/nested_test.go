package builtin_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/apksig/apksigtest"
	"github.com/listgate/listgate/fixtures"
	"github.com/listgate/listgate/fixtures/zipfile"
)

// analyse reads an archive of the entries.
func analyse(t *testing.T, o analyzer.Options, entries ...zipfile.Entry) *analyzer.Analysis {
	t.Helper()
	data, err := zipfile.Write(zipfile.Archive{Entries: entries})
	require.NoError(t, err)
	f := analyzer.File{Bytes: bytes.NewReader(data), Size: int64(len(data))}
	a, err := engine(t).Analyze(t.Context(), f, o)
	require.NoError(t, err)
	return a
}

func load(t *testing.T, name string) []byte {
	t.Helper()
	data, err := fixtures.Load(name)
	require.NoError(t, err)
	return data
}

// parts writes each part on a line: place, role, identity and split, and what it is
// the same as.
func parts(f *analyzer.Facts) (out []string) {
	for _, p := range f.Parts {
		line := fmt.Sprintf("%s %s %s %s %s", p.Entry, p.Role, p.Format, p.ID, p.Version.Code)
		if p.Split != "" {
			line += " split " + p.Split
		}
		if p.Same != "" {
			line += " same as " + p.Same
		}
		out = append(out, line)
	}
	return out
}

func codes(f *analyzer.Facts) (out []string) {
	for _, a := range f.Anomalies {
		out = append(out, string(a.Code)+" "+a.Where.String())
	}
	return out
}

func capabilities(a *analyzer.Analysis) (out []string) {
	for _, c := range a.Capabilities {
		out = append(out, fmt.Sprintf("%s %s %s", c.ID, c.Confidence, c.Use))
	}
	return out
}

// TestNestedFixtures states what each fixture with packages inside is.
func TestNestedFixtures(t *testing.T) {
	t.Parallel()
	speech := []string{"speech_synth confirmed invoked"}
	cases := []struct {
		name         string
		format       analyzer.FormatName
		id, code     string
		labels       map[string]string
		abis         []string
		parts        []string
		capabilities []string
		anomalies    []string
		gaps         []string
	}{
		{name: "set-android", format: analyzer.APKS, id: "com.example.voicebox", code: "7",
			labels: map[string]string{"": "Voice box", "zh": "声音盒子"}, abis: []string{"arm64-v8a"},
			parts: []string{
				"splits/base-master.apk installed apk com.example.voicebox 7",
				"splits/base-zh.apk installed apk com.example.voicebox 7 split config.zh",
				"splits/base-arm64_v8a.apk installed apk com.example.voicebox 7" +
					" split config.arm64_v8a",
				"standalones/standalone-arm64_v8a.apk installed apk com.example.voicebox 7",
				"universal.apk installed apk com.example.voicebox 7" +
					" same as standalones/standalone-arm64_v8a.apk",
			}, capabilities: speech},
		{name: "apkm-android", format: analyzer.APKS, id: "com.example.voicebox", code: "7",
			labels: map[string]string{"": "Voice box"}, abis: []string{"arm64-v8a"},
			parts: []string{
				"one installed apk com.example.voicebox 7 split config.arm64_v8a",
				"two installed apk com.example.voicebox 7",
			}, capabilities: speech},
		{name: "bundle-android", format: analyzer.XAPK, id: "com.example.audiobook", code: "301",
			labels: map[string]string{"": "Audio books", "zh-CN": "有声书"},
			abis:   []string{"arm64-v8a"},
			parts: []string{
				"base.apk installed apk com.example.audiobook 301",
				"config.arm64_v8a.apk installed apk com.example.audiobook 301" +
					" split config.arm64_v8a",
			}, capabilities: append(speech, "text_gen confirmed unknown")},
		{name: "aab-android", format: analyzer.AAB, id: "com.example.diary", code: "31",
			labels: map[string]string{"": "Diary", "zh-CN": "日记"}, abis: []string{"arm64-v8a"},
			parts: []string{
				"base/ installed aab com.example.diary 31",
				"voice/ installed aab com.example.diary  split voice",
			}, capabilities: speech},
		{name: "extensions-ios", format: analyzer.IPA, id: "com.example.coach", code: "20",
			labels: map[string]string{"": "Coach"}, abis: []string{"arm64"},
			capabilities: []string{"speech_synth confirmed bundled"}},
		{name: "split-android", format: analyzer.APK, id: "com.example.audiobook", code: "301",
			abis: []string{"arm64-v8a"}, capabilities: []string{"speech_synth probable unknown"},
			gaps: []string{"missing base.apk"}},
		{name: "hostile/set-mismatch", format: analyzer.APKS, id: "com.example.voicebox", code: "7",
			labels: map[string]string{"": "Voice box"},
			parts: []string{
				"splits/base-master.apk installed apk com.example.voicebox 7",
				"splits/base-en.apk installed apk com.example.stranger 8 split config.en",
			}, capabilities: speech, anomalies: []string{"split-mismatch splits/base-en.apk",
				"split-mismatch splits/base-en.apk"}},
		{name: "hostile/set-without-base", format: analyzer.XAPK, id: "com.example.voicebox",
			code: "7", abis: []string{"arm64-v8a"}, parts: []string{"config.arm64_v8a.apk " +
				"installed apk com.example.voicebox 7 split config.arm64_v8a"},
			capabilities: []string{"speech_synth probable unknown"},
			gaps:         []string{"missing base.apk", "missing base.apk"}},
		{name: "hostile/set-other-claim", format: analyzer.XAPK, id: "com.example.voicebox",
			code: "7", labels: map[string]string{"": "Voice box"},
			parts: []string{"app.apk installed apk com.example.voicebox 7"}, capabilities: speech,
			anomalies: []string{"split-mismatch manifest.json", "split-mismatch manifest.json"}},
		{name: "hostile/nested-apk", format: analyzer.APK, id: "com.example.hostile", code: "1",
			labels:       map[string]string{"": "Hostile", "zh": "示例"},
			parts:        []string{"assets/update.dat carried apk com.example.audiobook 301"},
			capabilities: speech, anomalies: []string{"nested-package assets/update.dat"}},
		{name: "hostile/archive-contains-itself", format: analyzer.APK, id: "com.example.hostile",
			code: "1", labels: map[string]string{"": "Hostile", "zh": "示例"},
			anomalies: []string{"contains-itself assets/data.zip!/data.zip"}},
		{name: "hostile/ipa-second-application", format: analyzer.IPA, id: "com.example.hostile",
			code: "1", abis: []string{"arm64"},
			parts:        []string{"Payload/HostileToo.app/ carried ipa com.example.other 99"},
			capabilities: []string{"speech_synth confirmed unknown"},
			anomalies:    []string{"nested-package Payload/HostileToo.app/"}},
	}
	for _, c := range cases {
		t.Run(strings.ReplaceAll(c.name, "-", "_"), func(t *testing.T) {
			t.Parallel()
			a := analyseFixture(t, c.name, 1)
			p := a.Package
			assert.Equal(t, c.format, p.Format)
			assert.Equal(t, []string{c.id, c.code}, []string{p.ID, p.Version.Code})
			assert.Equal(t, c.labels, p.Labels)
			assert.Equal(t, c.abis, p.ABIs)
			assert.Empty(t, cmp.Diff(c.parts, parts(a.Facts)))
			assert.Empty(t, cmp.Diff(c.capabilities, capabilities(a)))
			assert.Empty(t, cmp.Diff(c.anomalies, codes(a.Facts)))
			var gaps []string
			for _, g := range a.Facts.Gaps {
				gaps = append(gaps, string(g.Reason)+" "+g.Where.String())
			}
			assert.Empty(t, cmp.Diff(c.gaps, gaps))
			assert.Empty(t, cmp.Diff(a.Facts, analyseFixture(t, c.name, 4).Facts))
			for _, f := range a.Findings {
				for _, ev := range f.Evidence {
					assertIn(t, load(t, c.name), ev)
				}
			}
		})
	}
}

// assertIn follows the path of evidence through the archives and looks at the bytes.
func assertIn(t *testing.T, data []byte, ev analyzer.Evidence) {
	t.Helper()
	for _, name := range strings.Split(ev.Where.Entry, analyzer.Inside) {
		r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		require.NoError(t, err)
		f, err := r.Open(name)
		require.NoError(t, err, "%s", ev.Where)
		data, err = io.ReadAll(f)
		require.NoError(t, err)
	}
	if ev.Where.Offset == 0 {
		return
	}
	rest := data[ev.Where.Offset:]
	rest = rest[:min(len(rest), 512)]
	assert.True(t, slices.ContainsFunc(forms(ev.What), func(form []byte) bool {
		return bytes.Contains(rest, form)
	}), "%s: no %q there", ev.Where, ev.What)
}

// TestSetIsCountedOnce holds the facts of a set to what one of its devices loads: the
// package for older devices has the same code again.
func TestSetIsCountedOnce(t *testing.T) {
	t.Parallel()
	f := analyseFixture(t, "set-android", 2).Facts
	require.Len(t, f.Classes, 1)
	assert.Equal(t, "splits/base-master.apk!/classes.dex", f.Classes[0].Entry)
	require.Len(t, f.Libraries, 1)
	assert.Equal(t, "splits/base-arm64_v8a.apk!/lib/arm64-v8a/libmsc.so", f.Libraries[0].Entry)
	names := map[string]int{}
	for _, a := range f.Assets {
		names[path.Base(a.Name)]++
	}
	assert.Equal(t, 1, names["classes.dex"])
	assert.Equal(t, 1, names["libmsc.so"])
	assert.Equal(t, []string{"android.permission.INTERNET"}, f.Package.Permissions)
}

// TestBundleEntriesHaveInstalledNames lets rules ask for the paths that a device has.
func TestBundleEntriesHaveInstalledNames(t *testing.T) {
	t.Parallel()
	f := analyseFixture(t, "aab-android", 1).Facts
	want := map[string]string{
		"voice/assets/voices.json": "assets/voices.json", "base/dex/classes.dex": "classes.dex",
		"base/root/META-INF/notice.txt":      "META-INF/notice.txt",
		"voice/manifest/AndroidManifest.xml": "AndroidManifest.xml",
		"BundleConfig.pb":                    "BundleConfig.pb",
	}
	got := map[string]string{}
	for term := range f.Terms {
		if _, ok := want[term.Where.Entry]; ok && term.Kind == analyzer.TermAsset {
			got[term.Where.Entry] = term.Value
		}
	}
	assert.Empty(t, cmp.Diff(want, got))
	host := func(s analyzer.String) bool { return s.Where.Entry == "voice/assets/voices.json" }
	assert.True(t, slices.ContainsFunc(f.Strings, host), "assets of modules are data files")
}

// TestCarriedPackagesAreNotTheApplication keeps what an inner package says of itself
// apart, and its facts.
func TestCarriedPackagesAreNotTheApplication(t *testing.T) {
	t.Parallel()
	a := analyse(t, analyzer.Options{},
		append(entriesOf(t, "plain-android"),
			zipfile.Entry{Name: "assets/set.bin", Data: load(t, "set-android")})...)
	f := a.Facts
	assert.Equal(t, "com.example.notes", f.Package.ID)
	assert.Equal(t, map[string]string{"": "Notes", "zh-CN": "记事本"}, f.Package.Labels)
	assert.Equal(t, []string{"arm64-v8a", "armeabi-v7a"}, f.Package.ABIs)
	assert.NotContains(t, parts(f), "installed")
	assert.Contains(t, parts(f),
		"assets/set.bin!/splits/base-zh.apk carried apk com.example.voicebox 7 split config.zh")
	assert.Empty(t, f.Gaps)
	assert.Equal(t, []string{"speech_synth confirmed invoked"}, capabilities(a))
	assert.Contains(t, codes(f), "nested-package assets/set.bin")
}

// entriesOf returns the entries of a fixture.
func entriesOf(t *testing.T, name string) (out []zipfile.Entry) {
	t.Helper()
	data := load(t, name)
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	for _, f := range r.File {
		rc, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(rc)
		require.NoError(t, err)
		out = append(out, zipfile.Entry{Name: f.Name, Data: content, Method: f.Method})
	}
	return out
}

// TestTricksInsideAreNamed opens an inner package by the same reader as the outer.
func TestTricksInsideAreNamed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"unknown-method":         "zip-method splits/base.apk!/classes.dex",
		"encryption-flag":        "zip-encryption-flag splits/base.apk!/classes.dex",
		"two-entries-same-name":  "zip-duplicate splits/base.apk!/classes.dex",
		"bytes-before-archive":   "zip-prefix splits/base.apk",
		"local-header-disagrees": "zip-local-header splits/base.apk!/classes.dex",
	} {
		for _, method := range []uint16{zipfile.Stored, zipfile.Deflated} {
			if name == "bytes-before-archive" {
				continue // what does not begin as an archive is not taken for one
			}
			a := analyse(t, analyzer.Options{}, zipfile.Entry{Name: "splits/base.apk",
				Data: load(t, "hostile/"+name), Method: method})
			assert.Equal(t, analyzer.APKS, a.Package.Format)
			assert.Equal(t, "com.example.hostile", a.Package.ID)
			assert.Contains(t, codes(a.Facts), want)
		}
	}
}

// TestSignersOfASet compares certificates: one split of another signer, one of none.
func TestSignersOfASet(t *testing.T) {
	t.Parallel()
	own, other := apksigtest.EC(t, "own"), apksigtest.EC(t, "other")
	signed := func(name string, key *apksigtest.Key) zipfile.Entry {
		var files []apksigtest.File
		for _, e := range entriesOf(t, name) {
			files = append(files, apksigtest.File{Name: e.Name, Content: e.Data})
		}
		if key != nil {
			files = apksigtest.SignJAR(t, files, apksigtest.JARSigner{Key: key, Name: "CERT"})
		}
		return zipfile.Entry{Name: path.Base(name) + ".apk", Data: apksigtest.Archive(t, files)}
	}
	cases := []struct {
		name      string
		split     *apksigtest.Key
		anomalies []string
		signers   int
	}{
		{"same", own, nil, 1},
		{"another", other, []string{"split-mismatch abi.apk"}, 2},
		{"none", nil, []string{"split-mismatch abi.apk"}, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := analyse(t, analyzer.Options{}, signed("set/base", own), signed("set/abi", c.split))
			assert.Equal(t, c.anomalies, codes(a.Facts))
			assert.Len(t, a.Package.Signers, c.signers)
			require.Len(t, a.Facts.Parts, 2)
			assert.Equal(t, own.SHA256(), a.Facts.Parts[0].Signers[0].SHA256)
			assert.Equal(t, c.split != nil, len(a.Facts.Parts[1].Signers) == 1)
		})
	}
}

// TestOneWrappedPackage reads what an archive holds where that is one package.
func TestOneWrappedPackage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fixture string
		format  analyzer.FormatName
		id      string
	}{
		{"plain-ios", analyzer.IPA, "com.example.notes"},
		{"aab-android", analyzer.AAB, "com.example.diary"},
		{"bundle-android", analyzer.XAPK, "com.example.audiobook"},
	} {
		a := analyse(t, analyzer.Options{}, zipfile.Entry{Name: "a.bin", Data: load(t, c.fixture)},
			zipfile.Entry{Name: "readme.txt", Data: []byte("Read me.")})
		assert.Equal(t, c.format, a.Package.Format)
		assert.Equal(t, c.id, a.Package.ID)
		assert.Empty(t, a.Facts.Gaps)
		assert.Empty(t, a.Facts.Anomalies)
	}
	for _, entries := range [][]zipfile.Entry{
		{{Name: "a.bin", Data: load(t, "set/voices")}},
		{{Name: "a.bin", Data: load(t, "plain-ios")}, {Name: "b.bin", Data: load(t, "tts-ios")}},
	} {
		a := analyse(t, analyzer.Options{}, entries...)
		assert.Equal(t, analyzer.Unknown, a.Package.Format)
		assert.False(t, a.Analysed())
	}
}
