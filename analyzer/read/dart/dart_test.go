package dart_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/read/dart"
	"github.com/listgate/listgate/analyzer/read/nativelibs"
	"github.com/listgate/listgate/analyzer/read/readtest"
	"github.com/listgate/listgate/fixtures/programfile"
)

var texts = []string{"package:flutter_tts/flutter_tts.dart", "package:face/main.dart",
	"https://api.deepseek.com/v1/chat/completions", "一键换脸", "getTemporaryDirectory",
	"package:flutter_tts/src/voice.dart", "Image.network of something"}

const hash = "80a49c7111088100a233b2ae788e1f48"

func said(f *analyzer.Facts) (out []string) {
	for _, p := range f.Programs {
		out = append(out, strings.TrimSpace(
			fmt.Sprintf("program %s %s %s", p.Framework, p.Form, p.Version)))
	}
	for _, m := range f.Modules {
		out = append(out, fmt.Sprintf("module %s:%s", m.Ecosystem, m.Name))
	}
	for _, s := range f.Strings {
		out = append(out, string(s.Kind)+" "+s.Value)
	}
	for _, g := range f.Gaps {
		out = append(out, fmt.Sprintf("gap %s %v", g.Reason, g.Code))
	}
	return out
}

var wanted = []string{"program flutter snapshot 3.24", "module pub:flutter_tts", "module pub:face",
	"text 一键换脸", "url https://api.deepseek.com/v1/chat/completions"}

func library(name, pointers string) string {
	return fmt.Sprintf("-- lib/arm64-v8a/%s.yaml --\nexports: [_kDartIsolateSnapshotData]\n"+
		"dart:\n  hash: %s\n  features: product arm64\n  pointers: %s\n  strings: [%s]\n",
		name, hash, pointers, `"`+strings.Join(texts, `", "`)+`"`)
}

func TestLibrary(t *testing.T) {
	t.Parallel()
	for _, pointers := range []string{"compressed", "wide", "narrow"} {
		for _, name := range []string{"libapp.so", "librenamed.so"} {
			facts := readtest.Facts(t, readtest.Manifest+library(name, pointers), dart.Reader{},
				nativelibs.Reader{})
			assert.Empty(t, cmp.Diff(wanted, said(facts)), "%s in %s", pointers, name)
			require.Len(t, facts.Libraries, 1, "the library itself has its own reader")
		}
	}
}

func TestOtherLibrary(t *testing.T) {
	t.Parallel()
	facts := readtest.Facts(t, readtest.Manifest+"-- lib/arm64-v8a/libapp.so.yaml --\n"+
		"strings: [\"https://api.deepseek.com/v1\"]\n", dart.Reader{}, nativelibs.Reader{})
	assert.Equal(t, []string{"url https://api.deepseek.com/v1"}, said(facts))
}

func snapshot(strings []string) []byte {
	return programfile.BuildSnapshot(programfile.Dart{Hash: hash, Features: "product",
		Strings: strings})
}

func TestFramework(t *testing.T) {
	t.Parallel()
	c := &analyzer.Contents{Format: analyzer.IPA, Root: "Payload/A.app/"}
	file := readtest.File("Payload/A.app/Frameworks/App.framework/App",
		append(make([]byte, 64), snapshot(texts)...))
	facts, err := readtest.One(t, dart.Reader{}, c, file)
	require.NoError(t, err)
	facts.Sort()
	assert.Empty(t, cmp.Diff(wanted, said(facts)))
}

func TestNoStringsAreAGap(t *testing.T) {
	t.Parallel()
	c := &analyzer.Contents{Format: analyzer.APK}
	facts, err := readtest.One(t, dart.Reader{}, c,
		readtest.File("assets/flutter_assets/isolate_snapshot_data", snapshot(nil)))
	require.NoError(t, err)
	assert.Equal(t, []string{"program flutter snapshot 3.24", "gap unsupported-format true"},
		said(facts))
	c.Entries = []analyzer.Entry{readtest.File("assets/flutter_assets/kernel_blob.bin", nil)}
	facts, err = readtest.One(t, dart.Reader{}, c,
		readtest.File("assets/flutter_assets/isolate_snapshot_data", snapshot(nil)))
	require.NoError(t, err)
	assert.Empty(t, facts.Gaps, "the program lies beside the runtime")
}

func TestKernel(t *testing.T) {
	t.Parallel()
	facts := readtest.Facts(t, readtest.Manifest+
		"-- assets/flutter_assets/kernel_blob.bin.yaml --\nstrings: [\""+
		strings.Join(texts, `", "`)+"\"]\n", dart.Reader{})
	want := append([]string{"program flutter kernel"}, wanted[1:]...)
	assert.Empty(t, cmp.Diff(want, said(facts)))
}

func TestLists(t *testing.T) {
	t.Parallel()
	licences := "abseil-cpp\n\nApache\n" + strings.Repeat("-", 80) +
		"\nflutter_tts\nface_swap\n\nMIT\n" + strings.Repeat("-", 80) + "\nno licence behind it"
	cases := map[string][]string{
		"NOTICES.Z.gzip --\n" + licences: {"module pub:flutter_tts", "module pub:face_swap"},
		"NOTICES --\n" + licences:        {"module pub:flutter_tts", "module pub:face_swap"},
		"AssetManifest.json --\n{\"packages/live2d/a.moc3\":[],\"packages/live2d/b\":[]," +
			"\"packages/\":1}\n": {"module pub:live2d"},
		"AssetManifest.bin.hex --\n0d0107 \"packages/live2d/a.moc3\"\n": {"module pub:live2d"},
	}
	for file, want := range cases {
		facts := readtest.Facts(t, readtest.Manifest+"-- assets/flutter_assets/"+file,
			dart.Reader{})
		assert.Equal(t, want, said(facts), file)
	}
	facts := readtest.Facts(t, readtest.Manifest+"-- assets/NOTICES --\n"+licences, dart.Reader{})
	assert.Empty(t, said(facts), "of another application")
}

func TestHostileLists(t *testing.T) {
	t.Parallel()
	c := &analyzer.Contents{Format: analyzer.APK}
	for name, data := range map[string]string{
		"short":      "\x1f\x8b",
		"huge":       "\x1f\x8b\x08" + strings.Repeat("\x00", 20) + "\xff\xff\xff\xff",
		"not_packed": strings.Repeat("a", 20) + "\x01\x00\x00\x00",
	} {
		_, err := readtest.One(t, dart.Reader{}, c,
			readtest.File("assets/flutter_assets/NOTICES.Z", []byte(data)))
		require.Error(t, err, name)
	}
}
