package nativelibs

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/read/readtest"
	"github.com/listgate/listgate/fixtures/elffile"
)

func read(
	t *testing.T, format analyzer.FormatName, e readtest.Entry,
) (*analyzer.Facts, error) {
	t.Helper()
	c := &analyzer.Contents{Format: format, Entries: []analyzer.Entry{e}}
	return readtest.One(t, Reader{}, c, e)
}

func build(t *testing.T, abi string, lib elffile.Library) []byte {
	t.Helper()
	data, err := elffile.Build(abi, lib)
	require.NoError(t, err)
	return data
}

var speech = elffile.Library{
	SONAME: "libmsc.so", Needed: []string{"liblog.so"}, BuildID: []byte{0xab, 0xcd},
	Exports: []string{"QTTSSessionBegin", "Java_com_iflytek_msc_MSC_QTTSTextPut", "JNI_OnLoad"},
	Imports: []string{"malloc"},
	Strings: []string{"https://tts.example.com/v1", "short", "合成失败", "https://tts.example.com/v1"},
}

func TestReadSound(t *testing.T) {
	t.Parallel()
	for abi, machine := range map[string]string{"arm64-v8a": "arm64", "armeabi-v7a": "arm",
		"armeabi": "arm",
		"x86":     "x86", "x86_64": "x86_64"} {
		t.Run(abi, func(t *testing.T) {
			data := build(t, abi, speech)
			name := "lib/" + abi + "/libcore.so"
			f, err := read(t, analyzer.APK, readtest.File(name, data))
			require.NoError(t, err)
			assert.Empty(t, f.Anomalies)
			assert.Empty(t, f.Gaps)
			require.Len(t, f.Libraries, 1)
			sum := sha256.Sum256(data)
			got := f.Libraries[0]
			assert.ElementsMatch(t, speech.Exports, got.Exports.Names)
			assert.ElementsMatch(t, speech.Exports[1:], got.JNI.Names)
			for i, n := range got.Exports.Names {
				assert.True(t, bytes.HasPrefix(data[got.Exports.At[i]:], []byte(n)))
			}
			got.Exports, got.JNI = analyzer.NameList{}, analyzer.NameList{}
			assert.Empty(t, cmp.Diff(analyzer.Library{Entry: name, ABI: abi, Machine: machine,
				ELF:  true,
				Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), SONAME: "libmsc.so",
				Needed: []string{"liblog.so"}, BuildID: "abcd"}, got))
			var kept []string
			for _, s := range f.Strings {
				kept = append(kept, s.Value)
				assert.True(t, bytes.HasPrefix(data[s.Where.Offset:], []byte(s.Value)))
			}
			assert.Equal(t, []string{"https://tts.example.com/v1", "合成失败"}, kept)
		})
	}
}

func TestReadPlaces(t *testing.T) {
	t.Parallel()
	lib := build(t, "arm64-v8a", speech)
	cut := lib[:len(lib)-1] // the section headers end the file
	for _, c := range []struct {
		name   string
		format analyzer.FormatName
		entry  readtest.Entry
		abi    string
		elf    bool
		want   []analyzer.AnomalyCode
		gaps   int
		fails  bool
	}{
		{"assets", analyzer.APK, readtest.File("assets/a.dat", lib), "", true, nil, 0, false},
		{"module_of_bundle", analyzer.AAB, readtest.File("lib/arm64-v8a/a.so", lib),
			"arm64-v8a",
			true, nil, 0, false},
		{"module_path_in_apk", analyzer.APK, readtest.File("base/lib/arm64-v8a/a.so", lib), "",
			true, nil,
			0, false},
		{"unknown_abi", analyzer.APK, readtest.File("lib/riscv128/a.so", lib), "", true, nil, 0,
			false},
		{"other_name", analyzer.APK, readtest.File("lib/arm64-v8a/gdbserver", lib), "arm64-v8a",
			true, nil,
			0, false},
		{"other_machine", analyzer.APK, readtest.File("lib/x86_64/a.so", lib), "x86_64", true,
			[]analyzer.AnomalyCode{analyzer.LibraryMachine}, 0, false},
		{"no_elf", analyzer.APK, readtest.File("lib/arm64-v8a/a.so", []byte("PK\x03\x04")),
			"arm64-v8a",
			false,
			[]analyzer.AnomalyCode{analyzer.LibraryNotELF}, 1, false},
		{"empty", analyzer.APK, readtest.File("lib/x86/a.so", nil), "x86", false,
			[]analyzer.AnomalyCode{analyzer.LibraryNotELF}, 1, false},
		{"sections_cut", analyzer.APK, readtest.File("lib/arm64-v8a/a.so", cut), "arm64-v8a", true,
			[]analyzer.AnomalyCode{analyzer.ELFSections}, 0, false},
		{"malformed", analyzer.APK, readtest.File("lib/arm64-v8a/a.so", lib[:20]), "arm64-v8a",
			true, nil,
			0, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := read(t, c.format, c.entry)
			assert.Equal(t, c.fails, err != nil, "%v", err)
			require.Len(t, f.Libraries, 1)
			assert.Equal(t, c.abi, f.Libraries[0].ABI)
			assert.Equal(t, c.elf, f.Libraries[0].ELF)
			assert.Len(t, f.Libraries[0].SHA256, 64)
			var codes []analyzer.AnomalyCode
			for _, a := range f.Anomalies {
				codes = append(codes, a.Code)
			}
			assert.Equal(t, c.want, codes)
			require.Len(t, f.Gaps, c.gaps)
			for _, g := range f.Gaps {
				assert.True(t, g.Code)
			}
		})
	}
}

func TestReadUnwanted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format analyzer.FormatName
		entry  readtest.Entry
	}{
		{analyzer.APK, readtest.File("lib/arm64-v8a/.DS_Store", []byte{0, 0, 0, 1})},
		{analyzer.APK, readtest.File("lib/arm64-v8a/wrap.sh", []byte("#!/system/bin/sh"))},
		{analyzer.APK, readtest.File("assets/a.so", []byte("text"))},
		{analyzer.IPA, readtest.File("Payload/A.app/lib/arm64-v8a/a.so", []byte("\x7fELF"))},
	} {
		assert.False(t, Reader{}.Want(&analyzer.Contents{Format: c.format}, c.entry), c.entry.Path)
	}
}

func TestManyExports(t *testing.T) {
	t.Parallel()
	lib := elffile.Library{SONAME: "libmany.so"}
	for i := range 6000 {
		lib.Exports = append(lib.Exports, fmt.Sprintf("_ZN4Many%04dEv", i))
	}
	lib.Exports = append(lib.Exports, "many_create", "Java_com_example_Many_create")
	f, err := read(
		t,
		analyzer.APK,
		readtest.File("lib/arm64-v8a/libmany.so", build(t, "arm64-v8a", lib)),
	)
	require.NoError(t, err)
	got := f.Libraries[0]
	assert.Len(t, got.Exports.Names, maxExports+1)
	assert.Len(t, got.Exports.At, maxExports+1)
	assert.Contains(t, got.Exports.Names, "many_create")
	assert.Contains(t, got.Exports.Names, "_ZN4Many0000Ev")
	assert.NotContains(t, got.Exports.Names, "_ZN4Many5999Ev")
	assert.Equal(t, []string{"Java_com_example_Many_create"}, got.JNI.Names)
}

func TestLostExportsAreAGapOverCode(t *testing.T) {
	t.Parallel()
	var lib elffile.Library
	for i := range maxPlain + 1 {
		lib.Exports = append(lib.Exports, fmt.Sprintf("padding_%05d", i))
	}
	f, err := read(t, analyzer.APK, readtest.File("lib/x86/libpadded.so", build(t, "x86", lib)))
	require.NoError(t, err)
	assert.Len(t, f.Libraries[0].Exports.Names, maxPlain)
	require.Len(t, f.Gaps, 1)
	assert.True(t, f.Gaps[0].Code)
}

func TestIsText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, data, value string
		want              bool
	}{
		{"ends_in_zero", "合成失败\x00", "合成失败", true},
		{"blank_trimmed", "  合成失败 \x00", "合成失败", true},
		{"ends_in_bytes", "合成失败\x80", "合成失败", false},
		{"long_without_end", "语音合成语音合成\x80", "语音合成语音合成", true},
		{"one_character", "abcd语\x00", "abcd语", false},
		{"at_the_end", "合成失败", "合成失败", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, isText([]byte(c.data), analyzer.String{Value: c.value}))
		})
	}
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	lib := elffile.Library{SONAME: "libdictionary.so"}
	for i := range quotas[analyzer.NameString] + 100 {
		lib.Strings = append(lib.Strings, fmt.Sprintf("libplugin%d.so", i),
			fmt.Sprintf("v -0.%d 1.5", i))
	}
	lib.Strings = append(lib.Strings, "https://api.example.com/", "DeepAR 5.2.0")
	f, err := read(t, analyzer.APK, readtest.File("lib/x86/libdictionary.so", build(t, "x86", lib)))
	require.NoError(t, err)
	kinds := map[analyzer.StringKind]int{}
	for _, s := range f.Strings {
		kinds[s.Kind]++
	}
	assert.Empty(t, cmp.Diff(map[analyzer.StringKind]int{
		analyzer.NameString: quotas[analyzer.NameString], analyzer.URLString: 1,
		analyzer.ProductString: 1}, kinds))
	require.Len(t, f.Gaps, 1)
	assert.Equal(t, analyzer.GapBudget, f.Gaps[0].Reason)
	assert.False(t, f.Gaps[0].Code)
}

func TestLostAddressesAreAGapOverCode(t *testing.T) {
	t.Parallel()
	lib := elffile.Library{SONAME: "libpadded.so"}
	for i := range quotas[analyzer.URLString] + 1 {
		lib.Strings = append(lib.Strings, fmt.Sprintf("https://h%d.example.com/", i))
	}
	f, err := read(t, analyzer.APK, readtest.File("lib/x86/libpadded.so", build(t, "x86", lib)))
	require.NoError(t, err)
	require.Len(t, f.Gaps, 1)
	assert.True(t, f.Gaps[0].Code)
}
