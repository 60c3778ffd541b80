package classes

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/read/readtest"
	"github.com/listgate/listgate/fixtures/dexfile"
)

// read runs the reader over the last of the named entries, all of one content.
func read(t *testing.T, format analyzer.FormatName, data []byte, names ...string) (*analyzer.Facts,
	error) {
	t.Helper()
	c := &analyzer.Contents{Format: format}
	var last readtest.Entry
	for _, n := range names {
		last = readtest.Entry{Path: n, Data: data}
		c.Entries = append(c.Entries, last)
	}
	return readtest.One(t, Reader{}, c, last)
}

func build(t *testing.T, f dexfile.File) []byte {
	t.Helper()
	data, err := dexfile.Build(f)
	require.NoError(t, err)
	return data
}

var app = dexfile.File{
	Strings: []string{"语音合成由人工智能生成", "plain"},
	Classes: []dexfile.Class{{
		Name:    "com.example.app.Main",
		Strings: []string{"https://api.example.com/v1/tts"},
		Calls: []dexfile.Call{
			{Class: "com.iflytek.cloud.SpeechSynthesizer", Method: "createSynthesizer"},
			{Class: "com.iflytek.cloud.SpeechSynthesizer", Method: "startSpeaking"},
			{Class: "android.speech.tts.TextToSpeech", Method: "speak"},
			{Class: "android.app.Activity", Method: "finish"},
			{Class: "com.example.app.Other", Method: "go"},
		},
	}},
}

func TestReadSound(t *testing.T) {
	t.Parallel()
	f, err := read(t, analyzer.APK, build(t, app), "classes.dex")
	require.NoError(t, err)
	assert.Empty(t, f.Anomalies)
	assert.Empty(t, f.Gaps)
	require.Len(t, f.Classes, 1)
	assert.Equal(t, []string{"com.example.app.Main"}, f.Classes[0].Defined.Names)
	assert.Equal(t, []string{"android.speech.tts.TextToSpeech", "com.example.app.Other",
		"com.iflytek.cloud.SpeechSynthesizer"}, f.Classes[0].Referenced.Names)
	assert.Empty(t, cmp.Diff([]analyzer.Call{
		{Entry: "classes.dex", From: "com.example.app", To: "android.speech.tts", Count: 1,
			Classes: []string{"TextToSpeech"}},
		{Entry: "classes.dex", From: "com.example.app", To: "com.iflytek.cloud", Count: 2,
			Classes: []string{"SpeechSynthesizer"}},
	}, f.Calls))
	loaders := map[string]string{}
	for _, s := range f.Strings {
		loaders[string(s.Kind)+" "+s.Value] = s.Where.Part
		assert.NotZero(t, s.Where.Offset)
	}
	assert.Empty(t, cmp.Diff(map[string]string{
		"url https://api.example.com/v1/tts": "com.example.app.Main",
		"text 语音合成由人工智能生成":                   "",
	}, loaders))
}

func TestReadPlaces(t *testing.T) {
	t.Parallel()
	dex := build(t, app)
	odd := append([]byte{}, dex...)
	odd[0x24] = 0x78 // header_size
	for _, c := range []struct {
		name   string
		format analyzer.FormatName
		data   []byte
		names  []string
		want   []analyzer.AnomalyCode
		gaps   int
		fails  bool
	}{
		{"root", analyzer.APK, dex, []string{"classes.dex"}, nil, 0, false},
		{"second", analyzer.APK, dex, []string{"classes.dex", "classes2.dex"}, nil, 0, false},
		{"break_in_sequence", analyzer.APK, dex, []string{"classes.dex", "classes4.dex"},
			[]analyzer.AnomalyCode{analyzer.DEXHidden}, 0, false},
		{"never_loaded_number", analyzer.APK, dex, []string{"classes1.dex"},
			[]analyzer.AnomalyCode{analyzer.DEXHidden}, 0, false},
		{"in_assets", analyzer.APK, dex, []string{"assets/skin.png"},
			[]analyzer.AnomalyCode{analyzer.DEXHidden}, 0, false},
		{"module_of_bundle", analyzer.AAB, dex, []string{"classes.dex"}, nil, 0, false},
		{"module_path_in_apk", analyzer.APK, dex, []string{"base/dex/classes.dex"},
			[]analyzer.AnomalyCode{analyzer.DEXHidden}, 0, false},
		{"no_magic", analyzer.APK, []byte("encrypted"), []string{"classes.dex"},
			[]analyzer.AnomalyCode{analyzer.DEXHeader}, 1, false},
		{"empty", analyzer.APK, nil, []string{"classes.dex"},
			[]analyzer.AnomalyCode{analyzer.DEXHeader}, 1, false},
		{"odd_header", analyzer.APK, odd, []string{"classes.dex"},
			[]analyzer.AnomalyCode{analyzer.DEXHeader, analyzer.DEXHeader}, 0, false},
		{"cut_short", analyzer.APK, dex[:len(dex)-1], []string{"classes.dex"}, nil, 0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := read(t, c.format, c.data, c.names...)
			assert.Equal(t, c.fails, err != nil, "%v", err)
			var codes []analyzer.AnomalyCode
			for _, a := range f.Anomalies {
				codes = append(codes, a.Code)
				assert.Equal(t, c.names[len(c.names)-1], a.Where.Entry)
			}
			assert.Equal(t, c.want, codes)
			require.Len(t, f.Gaps, c.gaps)
			for _, g := range f.Gaps {
				assert.True(t, g.Code)
				assert.Equal(t, analyzer.GapOpaque, g.Reason)
			}
		})
	}
}

func TestReadUnwanted(t *testing.T) {
	t.Parallel()
	dex := build(t, app)
	for _, c := range []struct {
		format analyzer.FormatName
		entry  readtest.Entry
	}{
		{analyzer.IPA, readtest.File("Payload/A.app/classes.dex", dex)},
		{analyzer.APK, readtest.File("assets/classes.dex", []byte("text"))},
		{analyzer.APK, readtest.File("res/raw/a.bin", nil)},
	} {
		assert.False(t, Reader{}.Want(&analyzer.Contents{Format: c.format}, c.entry), c.entry.Path)
	}
}

func TestReadObfuscated(t *testing.T) {
	t.Parallel()
	var f dexfile.File
	for i := range 30 {
		name := fmt.Sprintf("com.example.a%d.b", i)
		switch {
		case i >= 20 && i < 25:
			name = fmt.Sprintf("androidx.c%d.d", i)
		case i >= 25:
			name = fmt.Sprintf("com.example.Readable%d$1", i)
		case i >= 15:
			name = fmt.Sprintf("com.example.Readable%d", i)
		}
		f.Classes = append(f.Classes, dexfile.Class{Name: name})
	}
	facts, err := read(t, analyzer.APK, build(t, f), "classes.dex")
	require.NoError(t, err)
	assert.Equal(t, 0.6, facts.Package.Obfuscated) // 15 of 25

	facts, err = read(t, analyzer.APK, build(t, dexfile.File{Classes: f.Classes[:5]}),
		"classes.dex")
	require.NoError(t, err)
	assert.Zero(t, facts.Package.Obfuscated, "five classes are too few")
}

func TestIsPlatform(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"java.lang.Object": true, "android.app.Activity": true, "androidx.core.App": true,
		"android.speech.tts.TextToSpeech":               false,
		"android.service.voice.VoiceInteractionService": false,
		"com.example.Main":                              false,
		"javassist.Loader":                              false,
		"kotlin.Unit":                                   true,
	} {
		assert.Equal(t, want, isPlatform(name), name)
	}
}
