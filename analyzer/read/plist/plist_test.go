package plist_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/read/plist"
	"github.com/listgate/listgate/analyzer/read/readtest"
)

// read runs the reader over every entry that it wants.
func read(t *testing.T, c *analyzer.Contents) *analyzer.Facts {
	t.Helper()
	facts := readtest.Run(t, plist.Reader{}, c)
	facts.Sort()
	return facts
}

const root = "Payload/Demo.app/"

// app is a package of text files: names below the application's folder and pairs.
func app(files map[string]string) *analyzer.Contents {
	c := &analyzer.Contents{Format: analyzer.IPA, Root: root}
	for name, text := range files {
		c.Entries = append(c.Entries, readtest.File(root+name, []byte(text)))
	}
	return c
}

const (
	list = `{CFBundleIdentifier = "com.example.demo"; CFBundleShortVersionString = "1.2";
CFBundleVersion = 34; CFBundleName = Demo; CFBundleExecutable = Demo; MinimumOSVersion = "13.0";
NSCameraUsageDescription = "用于换脸";
Feedback = "https://api.example.com/v1"; Nested = ({ url = "wss://rt.example.com/s"; }); }`
	program = "\xcf\xfa\xed\xfe\x0c\x00\x00\x01"
)

func TestReadApplication(t *testing.T) {
	t.Parallel()
	facts := read(t, app(map[string]string{
		"Info.plist": list, "Demo": program,
		"zh-Hans.lproj/InfoPlist.strings": `CFBundleDisplayName = "示例";
NSCameraUsageDescription = "用于拍照";`,
		"ja.lproj/InfoPlist.strings":        `CFBundleName = "デモ";`,
		"zh_TW.lproj/Localizable.strings":   `start = "開始";`,
		"en.lproj/Localizable.strings":      `start = "Start"; terms = "See https://www.example.com/terms";`,
		"fr.lproj/Localizable.strings":      `start = "Commencer";`,
		"Base.lproj/Main.storyboardc/x.nib": "bplist",
	}))
	p := facts.Package
	assert.Equal(t, []string{"com.example.demo", "1.2", "34", "13.0"}, []string{p.ID,
		p.Version.Name, p.Version.Code, p.OS.Min})
	assert.Empty(t, cmp.Diff(map[string]string{"": "Demo", "zh-Hans": "示例", "ja": "デモ"}, p.Labels))
	assert.Empty(t, facts.Gaps)
	assert.Empty(t, facts.Anomalies)
	require.Len(t, facts.PlistKeys, 9)
	assert.Equal(t, analyzer.PlistKey{Key: "CFBundleExecutable", Value: "Demo",
		Where: analyzer.Where{Entry: root + "Info.plist",
			Offset: int64(strings.Index(list, "CFBundleExecutable")), Part: "CFBundleExecutable"}},
		facts.PlistKeys[0])
	assert.Len(t, facts.Usages, 2)
	got := map[string]string{}
	for _, s := range facts.Strings {
		got[s.Value] = string(s.Kind) + " " + s.Lang
	}
	assert.Empty(t, cmp.Diff(map[string]string{
		"用于换脸": "text ", "用于拍照": "text zh-Hans", "示例": "text zh-Hans", "開始": "text zh-TW",
		"Start":                             "text en",
		"See https://www.example.com/terms": "text en", "https://www.example.com/terms": "url ",
		"https://api.example.com/v1": "url ", "wss://rt.example.com/s": "url ",
	}, got))
}

func TestReadNestedBundles(t *testing.T) {
	t.Parallel()
	facts := read(t, app(map[string]string{
		"Info.plist": list, "Demo": program,
		"Frameworks/DeepAR.framework/Info.plist": `CFBundleIdentifier = "ai.deepar.ar";
CFBundleShortVersionString = "5.6";`,
		"Frameworks/DeepAR.framework/X.bundle/en": "",
		"iflyMSC.bundle/Info.plist":               `CFBundleIdentifier = "com.example.bundle";`,
		"PlugIns/Share.appex/Info.plist": `CFBundleIdentifier = "com.example.demo.share";
NSExtension = {NSExtensionPointIdentifier = "com.apple.share-services";};`,
		"Watch/W.app/Info.plist":    `CFBundleIdentifier = "com.example.demo.watch";`,
		"AppClips/C.app/Info.plist": `CFBundleName = "no identifier";`,
	}))
	names := map[string]string{}
	for _, f := range facts.Frameworks {
		names[f.Name] = f.ID + " " + f.Version
	}
	assert.Empty(t, cmp.Diff(map[string]string{"DeepAR": "ai.deepar.ar 5.6",
		"iflyMSC.bundle": "com.example.bundle "}, names))
	kinds := map[string]string{}
	for _, c := range facts.Components {
		kinds[c.Kind] = c.Name + " " + strings.Join(c.Actions, ",")
	}
	assert.Empty(t,
		cmp.Diff(map[string]string{
			"app-extension": "com.example.demo.share com.apple.share-services",
			"watch-app":     "com.example.demo.watch ", "app-clip": " "}, kinds))
	require.Len(t, facts.Gaps, 1)
	assert.Equal(t, analyzer.GapMissing, facts.Gaps[0].Reason)
}

func TestReadGaps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		files  map[string]string
		reason analyzer.GapReason
		entry  string
	}{
		{"no_executable", map[string]string{"Info.plist": list}, analyzer.GapMissing, "Demo"},
		{"executable_is_a_script", map[string]string{"Info.plist": list, "Demo": "#!/bin/sh\n"},
			analyzer.GapOpaque, "Demo"},
		{"executable_by_the_folder", map[string]string{"Info.plist": "CFBundleIdentifier = a;"},
			analyzer.GapMissing, "Demo"},
		{"no_identifier", map[string]string{"Info.plist": "{}", "Demo": program},
			analyzer.GapMissing, "Info.plist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			facts := read(t, app(c.files))
			require.Len(t, facts.Gaps, 1)
			g := facts.Gaps[0]
			assert.Equal(t, c.reason, g.Reason)
			assert.Equal(t, root+c.entry, g.Where.Entry)
			assert.True(t, g.Code)
		})
	}
}

func TestReadMalformed(t *testing.T) {
	t.Parallel()
	twice := app(map[string]string{
		"Info.plist": `{CFBundleIdentifier = a; CFBundleIdentifier = b;
CFBundleExecutable = Demo;}`, "Demo": program})
	facts := read(t, twice)
	require.Len(t, facts.Anomalies, 1)
	assert.Equal(t, analyzer.PlistMalformed, facts.Anomalies[0].Code)
	c := app(map[string]string{"Info.plist": "bplist00junk"})
	emitted := 0
	err := plist.Reader{}.Read(t.Context(), analyzer.Input{Contents: c, Entry: c.Entries[0],
		Data:   []byte("bplist00junk"),
		Budget: budget.New(budget.Limits{})}, func(analyzer.Record) { emitted++ })
	var malformed *budget.FormatError
	require.ErrorAs(t, err, &malformed)
	assert.Zero(t, emitted)
}

func TestWant(t *testing.T) {
	t.Parallel()
	c := &analyzer.Contents{Format: analyzer.IPA, Root: root}
	for name, want := range map[string]bool{
		root + "Info.plist": true, root + "Base.lproj/Main.storyboardc/Info.plist": false,
		"Payload/Other.app/Info.plist":             false,
		root + "Frameworks/A.framework/Info.plist": true, root +
			"A.bundle/zh-Hans.lproj/A.strings": true,
		root + "A.bundle/zh-Hans.lproj/InfoPlist.strings": true, root +
			"fr.lproj/InfoPlist.strings": true,
		root + "fr.lproj/A.strings": false, root + "English.lproj/A.strings": true, root +
			"tts/tts.strings": false,
	} {
		assert.Equal(t, want, plist.Reader{}.Want(c, readtest.Entry{Path: name}), name)
	}
	apk := &analyzer.Contents{Format: analyzer.APK}
	assert.False(t, plist.Reader{}.Want(apk, readtest.Entry{Path: "Info.plist"}))
}
