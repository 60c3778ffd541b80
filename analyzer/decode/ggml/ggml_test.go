package ggml_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/ggml"
)

const whisper = "{format: ggml, numbers: [51865, 1500, 384, 6, 4, 448, 384, 6, 4, 80, 1]}"

func decode(data []byte) (bool, error) {
	g, err := ggml.Decode(data)
	return g != nil, err
}

func TestDecode(t *testing.T) {
	t.Parallel()
	versioned := func(s string) []byte { return append([]byte("tjgg\x03\x00\x00\x00"), s[4:]...) }
	llama := decodetest.Model(t, "{format: ggml, numbers: [32000, 4096, 256, 32, 32, 128, 2]}")
	cases := []struct {
		name               string
		data               []byte
		version, architect string
	}{
		{"whisper", decodetest.Model(t, whisper), "ggml", "whisper"},
		{"llama", versioned(string(llama)), "ggjt 3", "llama"},
		{"gpt2", decodetest.Model(t, "{format: ggml, numbers: [50257, 1024]}"), "ggml", "gpt2"},
		{"gptj", decodetest.Model(t, "{format: ggml, numbers: [50400, 2048]}"), "ggml", "gptj"},
		{"another", decodetest.Model(t, "{format: ggml, numbers: [7, 7, 7]}"), "ggml", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, err := ggml.Decode(c.data)
			require.NoError(t, err)
			assert.Equal(t, c.version, g.Version)
			assert.Equal(t, c.architect, g.Architecture)
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	decodetest.Refused(t, map[string][]byte{
		"empty": nil, "another_magic": []byte("GGUF\x03\x00\x00\x00"), "cut_magic": []byte("lmg"),
	}, decode)
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, decodetest.Model(t, whisper), 64, decode)
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{decodetest.Model(f, whisper)}, decode)
}
