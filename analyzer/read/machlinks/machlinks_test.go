package machlinks_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/read/machlinks"
	"github.com/listgate/listgate/analyzer/read/readtest"
	"github.com/listgate/listgate/fixtures/machofile"
)

const root = "Payload/Demo.app/"

// app is a package of files below the application's folder.
func app(files map[string][]byte) *analyzer.Contents {
	c := &analyzer.Contents{Format: analyzer.IPA, Root: root}
	for name, data := range files {
		c.Entries = append(c.Entries, readtest.File(root+name, data))
	}
	slices.SortFunc(c.Entries, func(a, b analyzer.Entry) int {
		return strings.Compare(a.Name(),
			b.Name())
	})
	return c
}

func image() machofile.Image {
	return machofile.Image{
		Archs:   []string{"armv7", "arm64"},
		Dylibs:  []machofile.Dylib{{Name: "@rpath/DeepAR.framework/DeepAR", Weak: true}},
		Classes: []string{"DemoVoice"}, Imports: []machofile.Import{{Class: "DeepAR",
			From: "@rpath/DeepAR.framework/DeepAR"}},
		Swift: []string{"Demo.Model"}, Symbols: []string{"_$s4Demo3runyyF", "__Z4demov",
			"_demo_run"},
		Selectors: []string{"requestPersonalVoiceAuthorization"},
		Strings:   []string{"https://api.example.com/v1/tts", "语音合成", "plain"},
	}
}

func build(t *testing.T, im machofile.Image) []byte {
	t.Helper()
	data, err := machofile.Build(im)
	require.NoError(t, err)
	return data
}

func TestReadBinary(t *testing.T) {
	t.Parallel()
	for _, fixups := range []string{"", "chained"} {
		im := image()
		im.Fixups = fixups
		if fixups != "" {
			im.Archs = []string{"arm64"}
		}
		facts := readtest.Run(t, machlinks.Reader{}, app(map[string][]byte{"Demo": build(t, im)}))
		require.Len(t, facts.Binaries, 1)
		b := facts.Binaries[0]
		assert.Equal(t, im.Archs, b.Archs)
		assert.Len(t, b.SHA256, 64)
		assert.False(t, b.Encrypted)
		assert.Equal(t, []string{"DemoVoice"}, b.Classes.Names)
		assert.Contains(t, b.Imports.Names, "DeepAR")
		assert.Equal(t, []string{"Demo.Model"}, b.Swift.Names)
		assert.Equal(t, im.Selectors, b.Selectors.Names)
		names := slices.DeleteFunc(slices.Clone(b.Symbols.Names),
			func(s string) bool { return !strings.Contains(strings.ToLower(s), "demo") })
		require.GreaterOrEqual(t, len(names), 3)
		assert.Equal(t, "demo_run", names[0], "names that are not mangled stand first")
		i := slices.IndexFunc(b.Dylibs,
			func(d analyzer.Dylib) bool { return strings.Contains(d.Name, "DeepAR") })
		require.GreaterOrEqual(t, i, 0)
		assert.True(t, b.Dylibs[i].Weak)
		var kept []string
		for _, s := range facts.Strings {
			kept = append(kept, string(s.Kind)+" "+s.Value)
			assert.Positive(t, s.Where.Offset)
		}
		assert.Empty(t, cmp.Diff([]string{"url https://api.example.com/v1/tts", "text 语音合成"}, kept))
		assert.Empty(t, facts.Gaps)
		assert.Empty(t, facts.Anomalies)
	}
}

func TestReadEncrypted(t *testing.T) {
	t.Parallel()
	im := image()
	im.CryptID, im.Stripped = 1, true
	facts := readtest.Run(t, machlinks.Reader{}, app(map[string][]byte{"Demo": build(t, im)}))
	assert.True(t, facts.Package.Encrypted)
	b := facts.Binaries[0]
	assert.True(t, b.Encrypted)
	assert.NotEmpty(t, b.Dylibs)
	assert.Empty(t, b.Classes.Names, "enciphered names are no names")
	assert.Contains(t, b.Imports.Names, "DeepAR")
	assert.Empty(t, facts.Strings)
	require.Len(t, facts.Gaps, 2, "one a slice")
	for _, g := range facts.Gaps {
		assert.Equal(t, analyzer.GapEncrypted, g.Reason)
		assert.True(t, g.Code)
	}
}

func TestReadFramework(t *testing.T) {
	t.Parallel()
	im := image()
	im.FileType, im.InstallName = "dylib", "@rpath/Voice.framework/Voice"
	data := build(t, im)
	facts := readtest.Run(
		t,
		machlinks.Reader{},
		app(map[string][]byte{"Frameworks/Voice.framework/Voice": data,
			"Frameworks/Named.framework/Named":      data,
			"Frameworks/Named.framework/Info.plist": []byte("{}")}),
	)
	assert.Len(t, facts.Binaries, 2)
	require.Len(t, facts.Frameworks, 1, "the other one is named by its Info.plist")
	assert.Equal(t, "Voice", facts.Frameworks[0].Name)
}

func TestReadDamaged(t *testing.T) {
	t.Parallel()
	im := image()
	im.Archs = []string{"arm64"}
	data := build(t, im)
	binary.LittleEndian.PutUint32(data[16:], 0xffff) // count of load commands
	facts := readtest.Run(t, machlinks.Reader{}, app(map[string][]byte{"Demo": data}))
	require.Len(t, facts.Anomalies, 1)
	assert.Equal(t, analyzer.MachOLoadCommand, facts.Anomalies[0].Code)
	require.Len(t, facts.Gaps, 1)
	assert.True(t, facts.Gaps[0].Code)
	assert.Equal(t, []string{"DemoVoice"}, facts.Binaries[0].Classes.Names)
}

func TestReadTruncated(t *testing.T) {
	t.Parallel()
	data := build(t, image())
	for n := 0; n < len(data); n += 61 {
		c := app(map[string][]byte{"Demo": data[:n]})
		facts := &analyzer.Facts{}
		err := machlinks.Reader{}.Read(t.Context(), analyzer.Input{Contents: c,
			Entry: c.Entries[0], Data: data[:n],
			Budget: budget.New(budget.Limits{})}, func(r analyzer.Record) { facts.Add(r) })
		require.True(t, err != nil || len(facts.Gaps) > 0, "cut to %d of %d", n, len(data))
	}
}

func TestWant(t *testing.T) {
	t.Parallel()
	c := &analyzer.Contents{Format: analyzer.IPA, Root: root}
	for _, w := range []struct {
		name, head string
		want       bool
	}{
		{root + "Demo", "\xcf\xfa\xed\xfe\x0c\x00\x00\x01", true}, {root + "picture.png",
			"\xce\xfa\xed\xfe\x0c\x00\x00\x00", true},
		{root + "Fat", "\xca\xfe\xba\xbe\x00\x00\x00\x02", true}, {root + "A.class",
			"\xca\xfe\xba\xbe\x00\x00\x00\x34", false},
		{root + "lib.a", "!<arch>\n", true}, {root + "text", "#!/bin/sh", false}, {root + "short",
			"\xcf\xfa", false},
		{"SwiftSupport/a.dylib", "\xcf\xfa\xed\xfe\x0c\x00\x00\x01", false},
	} {
		assert.Equal(
			t,
			w.want,
			machlinks.Reader{}.Want(c, readtest.File(w.name, []byte(w.head))),
			w.name,
		)
	}
}
