package gguf_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/gguf"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// model writes a file: each part is a number, a string with its length, or bytes.
func model(version uint32, parts ...any) []byte {
	var b bytes.Buffer
	b.WriteString("GGUF")
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) }
	put(version)
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			if version == 1 {
				put(uint32(len(p)))
			} else {
				put(uint64(len(p)))
			}
			b.WriteString(p)
		default:
			put(p)
		}
	}
	return b.Bytes()
}

func sound() []byte {
	return model(3, uint64(2), uint64(7),
		"general.architecture", uint32(8), "qwen2",
		"general.file_type", uint32(4), uint32(7),
		"tokenizer.ggml.tokens", uint32(9), uint32(8), uint64(2), "a", "b",
		"qwen2.rope.freq_base", uint32(6), float32(10000.5),
		"tokenizer.ggml.add_bos_token", uint32(7), uint8(1),
		"x.negative", uint32(1), int8(-2),
		"general.name", uint32(8), "Tiny",
		"token_embd.weight", uint32(2), uint64(256), uint64(32), uint32(12), uint64(0),
		"output_norm.weight", uint32(1), uint64(32), uint32(0), uint64(4608))
}

func TestDecode(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		data []byte
		want *graph.Graph
	}{
		{"version_3", sound(), &graph.Graph{
			Version: "3", Architecture: "qwen2",
			Metadata: map[string]string{
				"general.architecture": "qwen2", "general.name": "Tiny", "general.file_type": "7",
				"qwen2.rope.freq_base": "10000.5", "tokenizer.ggml.add_bos_token": "true",
				"tokenizer.ggml.tokens": "2 values", "x.negative": "-2",
			},
			Tensors: 2, Parameters: 8224, Types: map[string]int64{"q4_k": 8192, "f32": 32},
			Names: []string{"token_embd.weight", "output_norm.weight"},
		}},
		{"version_1", model(1, uint32(0), uint32(1), "general.architecture", uint32(8), "llama"),
			&graph.Graph{Version: "1", Architecture: "llama",
				Metadata: map[string]string{"general.architecture": "llama"}}},
		{"no_pairs", model(2, uint64(0), uint64(0)), &graph.Graph{Version: "2"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := gguf.Decode(c.data)
			require.NoError(t, err)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	cases := map[string][]byte{
		"another_magic":   []byte("GGML\x01\x00\x00\x00"),
		"unknown_version": model(9, uint64(0), uint64(0)),
		"huge_string":     model(3, uint64(0), uint64(1), uint64(1)<<63),
		"huge_array": model(
			3,
			uint64(0),
			uint64(1),
			"k",
			uint32(9),
			uint32(12),
			uint64(1)<<62,
		),
		"unknown_type":    model(3, uint64(0), uint64(1), "k", uint32(99)),
		"too_many_pairs":  model(3, uint64(0), uint64(1)<<60),
		"many_tensors":    model(3, uint64(1)<<60, uint64(0)),
		"many_dimensions": model(3, uint64(1), uint64(0), "t", uint32(99), uint64(1)),
		"nested_too_deep": model(3, uint64(0), uint64(1), "k", uint32(9), nest(9)),
		"endless_of_empty": model(
			3,
			uint64(0),
			uint64(1),
			"k",
			uint32(9),
			uint32(8),
			uint64(1)<<60,
		),
	}
	for name, data := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := gguf.Decode(data)
			var f *budget.FormatError
			require.True(t, errors.As(err, &f), "%v", err)
		})
	}
}

// nest writes arrays of one array each.
func nest(depth int) []byte {
	var b bytes.Buffer
	for range depth {
		_ = binary.Write(&b, binary.LittleEndian, uint32(9))
		_ = binary.Write(&b, binary.LittleEndian, uint64(1))
	}
	return b.Bytes()
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	data := sound()
	for n := range len(data) {
		_, err := gguf.Decode(data[:n])
		assert.Error(t, err, "the first %d bytes", n)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(sound())
	f.Add(model(1, uint32(0), uint32(0)))
	f.Add(model(3, uint64(0), uint64(1), "k", uint32(9), nest(3)))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := gguf.Decode(data)
		if file == nil && err == nil {
			t.Fatal("neither a file nor an error")
		}
	})
}
