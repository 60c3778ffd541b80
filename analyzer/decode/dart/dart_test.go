package dart_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/dart"
	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/fixtures/programfile"
)

const hash = "ee1eb666c76a5cb7746faf39d0b97547"

var texts = []string{"package:flutter_tts/flutter_tts.dart", "swapFace",
	"https://api.deepseek.com/v1/chat/completions", "一键换脸", "café con leche",
	"package:face/main.dart", "package:llama_cpp_dart/llama.dart", "智能配音 AI",
	"https://long.example.com/" + strings.Repeat("path/", 60), "getTemporaryDirectory"}

// library sets a snapshot into other bytes, as a linker does.
func library(pointers string) []byte {
	snapshot := programfile.BuildSnapshot(programfile.Dart{Hash: hash, Pointers: pointers,
		Features: "product arm64 android", Strings: texts})
	return append(append(make([]byte, 256), snapshot...), make([]byte, 100)...)
}

func read(data []byte) (map[string]int, error) {
	f, err := dart.Decode(data)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	f.Strings(func(s dart.String) bool {
		out[s.Text] = s.At
		return true
	})
	return out, nil
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for _, pointers := range []string{"compressed", "wide", "narrow"} {
		t.Run(pointers, func(t *testing.T) {
			t.Parallel()
			data := library(pointers)
			f, err := dart.Decode(data)
			require.NoError(t, err)
			require.Len(t, f.Snapshots, 1)
			s := f.Snapshots[0]
			assert.Equal(t, []any{256, 3, hash, []string{"product", "arm64", "android"}},
				[]any{s.At, s.Kind, s.Hash, s.Features})
			got, err := read(data)
			require.NoError(t, err)
			for _, want := range texts {
				require.Contains(t, got, want)
			}
			at := got[texts[0]]
			assert.Equal(t, "package:flutter_tts", string(data[at:at+19]), "where it lies")
		})
	}
}

func TestTwoSnapshotsInOneFile(t *testing.T) {
	t.Parallel()
	f, err := dart.Decode(append(library("wide"), library("compressed")...))
	require.NoError(t, err)
	assert.Len(t, f.Snapshots, 2)
}

func decode(data []byte) (bool, error) {
	got, err := read(data)
	return err == nil && got != nil, err
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	head := func(length, kind string) string {
		zero := strings.Repeat("\x00", 7)
		return "\xf5\xf5\xdc\xdc" + length + zero[:4] + kind + zero
	}
	short := "\x20\x00\x00\x00"
	decodetest.Refused(t, map[string][]byte{
		"nothing":      nil,
		"magic_alone":  []byte("\xf5\xf5\xdc\xdc"),
		"longer":       []byte(head("\xff\xff\xff\xff", "\x03") + strings.Repeat("0", 99)),
		"no_hash":      []byte(head(short, "\x03") + strings.Repeat("\x00", 99)),
		"no_features":  []byte(head(short, "\x03") + hash),
		"another_kind": []byte(head(short, "\xff") + hash + "\x00"),
	}, decode)
}

// TestCut takes bytes off the end: whatever is cut off, what is left is read as it is.
func TestCut(t *testing.T) {
	t.Parallel()
	for _, pointers := range []string{"compressed", "wide", "narrow"} {
		data := library(pointers)
		whole, err := read(data)
		require.NoError(t, err)
		for n := range len(data) {
			got, err := read(data[:n])
			if err != nil {
				continue
			}
			for text, at := range got {
				assert.Equal(t, whole[text], at, "%s: the first %d bytes: %q", pointers, n, text)
			}
		}
	}
}

// TestCostIsLinear gives bytes that each could begin a string.
func TestCostIsLinear(t *testing.T) {
	t.Parallel()
	data := library("compressed")
	data = append(data, []byte(strings.Repeat("\x7f\x7f\xfeabc", 1<<18))...)
	for i := range 8 { // all of it counts as clusters
		data[256+4+i] = byte((len(data) - 256 - 4) >> (8 * i))
	}
	_, err := read(data)
	require.NoError(t, err)
}

func TestKernelStrings(t *testing.T) {
	t.Parallel()
	one := programfile.BuildKernel(texts[:2])
	data := append(programfile.BuildKernel(texts), one...)
	var got []string
	require.NoError(t, dart.KernelStrings(data, func(s dart.String) bool {
		got = append(got, s.Text)
		assert.True(t, strings.HasPrefix(string(data[s.At:]), s.Text))
		return true
	}))
	assert.Equal(t, append([]string{""}, texts[:2]...), got[:3], "the last component first")
	assert.Equal(t, texts, got[4:])
}

func kernel(data []byte) (bool, error) {
	n := 0
	err := dart.KernelStrings(data, func(dart.String) bool { n++; return true })
	return err == nil && n > 0, err
}

func TestKernelTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, programfile.BuildKernel(texts), 0, kernel)
	many := append([]byte{}, programfile.BuildKernel(texts[:1])...)
	for range 10 {
		many = append(many, many...)
	}
	err := dart.KernelStrings(many, func(dart.String) bool { return true })
	var format *budget.FormatError
	require.ErrorAs(t, err, &format)
	assert.Contains(t, fmt.Sprint(err), "components")
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{library("compressed"), library("wide"), library("narrow")}, decode)
}

func FuzzKernelStrings(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{programfile.BuildKernel(texts)}, func(data []byte) (bool, error) {
		err := dart.KernelStrings(data, func(dart.String) bool { return true })
		return err == nil, err
	})
}
