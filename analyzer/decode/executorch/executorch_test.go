package executorch_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/executorch"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

const chat = `
format: executorch
name: forward
inputs: [{name: tokens, type: int64, shape: [1, 1]}, {name: pos, type: int64, shape: [1]}]
outputs: [{name: logits, shape: [1, 32000]}]
metadata: {get_max_seq_len: "", use_kv_cache: ""}
nodes:
  - {op: "aten::embedding"}
  - {op: "aten::mm", repeat: 3}
weights: [{name: output.weight, type: int8, shape: [32, 16]}]
`

func decode(data []byte) (bool, error) {
	p, err := executorch.Decode(data)
	return p != nil, err
}

func TestDecode(t *testing.T) {
	t.Parallel()
	got, err := executorch.Decode(decodetest.Model(t, chat))
	require.NoError(t, err)
	want := &executorch.Program{
		Graph: graph.Graph{
			Version: "0", Name: "forward",
			Inputs: []graph.Port{{Type: "int64", Shape: []int64{1, 1}},
				{Type: "int64", Shape: []int64{1}}},
			Outputs: []graph.Port{{Type: "float32", Shape: []int64{1, 32000}}},
			Operators: map[string]int{"aten::embedding": 1, "aten::mm": 3,
				"delegate XnnpackBackend": 1},
			Tensors: 1, Parameters: 512, Types: map[string]int64{"int8": 512},
			Names: []string{"output.weight"},
		},
		Methods:  []string{"forward", "get_max_seq_len", "use_kv_cache"},
		Backends: []string{"XnnpackBackend"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	decodetest.Refused(t, map[string][]byte{
		"empty":              nil,
		"another_identifier": []byte("\x1c\x00\x00\x00ET99 and more bytes"),
	}, decode)
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, decodetest.Model(t, chat), 32, decode)
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{decodetest.Model(f, chat)}, decode)
}
