package safetensors_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/safetensors"
)

const language = `
format: safetensors
metadata: {format: pt}
weights:
  - {name: model.embed_tokens.weight, type: float16, shape: [64, 16]}
  - {name: lm_head.weight, shape: [64, 16]}
`

func decode(data []byte) (bool, error) {
	g, err := safetensors.Decode(data)
	return g != nil, err
}

// file puts the length before a header.
func file(header string) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
}

func TestDecode(t *testing.T) {
	t.Parallel()
	data := decodetest.Model(t, language)
	got, err := safetensors.Decode(data)
	require.NoError(t, err)
	want := &graph.Graph{
		Tensors: 2, Parameters: 2048, Types: map[string]int64{"float16": 1024, "float32": 1024},
		Names:    []string{"lm_head.weight", "model.embed_tokens.weight"},
		Metadata: map[string]string{"format": "pt"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	head := data[:safetensors.Header(data[:64], int64(len(data)))]
	got, err = safetensors.Decode(head)
	require.Error(t, err, "the numbers are missing")
	assert.Equal(t, 2, got.Tensors, "the head tells all the same")
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	tensor := `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`
	decodetest.Refused(t, map[string][]byte{
		"empty":                nil,
		"zeros":                make([]byte, 64),
		"header_too_long":      append([]byte{99, 0, 0, 0, 0, 0, 0, 0}, `{"a":1}`...),
		"an_array":             file(`["a"]`),
		"a_tensor_is_a_number": file(`{"a":1}`),
		"no_shape":             file(`{"a":{"dtype":"F32","data_offsets":[0,4]}}`),
		"no_offsets":           file(`{"a":{"dtype":"F32","shape":[1]}}`),
		"negative_offsets":     file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[-1,4]}}`),
		"deep":                 file(`{"a":` + strings.Repeat("[", 1<<16)),
	}, decode)
	for name, data := range map[string][]byte{
		"numbers_missing": file(tensor + "}"), "open_at_the_end": file(tensor + "    "),
	} {
		g, err := safetensors.Decode(data)
		require.Error(t, err, name)
		assert.Equal(t, 1, g.Tensors, name)
	}
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, decodetest.Model(t, language), 0, decode)
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{decodetest.Model(f, language), file(`{"a":1}`)}, decode)
}
