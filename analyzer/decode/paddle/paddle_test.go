package paddle_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/paddle"
)

const recogniser = `
format: paddle
version: 1
producer: v2.9
inputs: [{name: x, shape: [-1, 3, 32, 320]}]
outputs: [{name: softmax_0.tmp_0, shape: [-1, 40, 6625]}]
nodes: [{op: conv2d, repeat: 2}, {op: softmax}]
weights: [{name: conv2d_0.w_0, type: int8, shape: [16, 3, 3, 3]}]
`

func decode(data []byte) (bool, error) {
	g, err := paddle.Decode(data)
	return g != nil, err
}

func TestDecode(t *testing.T) {
	t.Parallel()
	got, err := paddle.Decode(decodetest.Model(t, recogniser))
	require.NoError(t, err)
	want := &graph.Graph{
		Version: "1", Producer: "opt v2.9",
		Inputs: []graph.Port{{Name: "x", Type: "float32", Shape: []int64{-1, 3, 32, 320}}},
		Outputs: []graph.Port{
			{Name: "softmax_0.tmp_0", Type: "float32", Shape: []int64{-1, 40, 6625}},
		},
		Operators: map[string]int{"conv2d": 2, "softmax": 1},
		Tensors:   1, Parameters: 432, Types: map[string]int64{"int8": 432},
		Names: []string{"conv2d_0.w_0"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeReadsTheHeadOfVersion0(t *testing.T) {
	t.Parallel()
	got, err := paddle.Decode(decodetest.Model(t, "{format: paddle, producer: v2.3.0}"))
	require.NoError(t, err)
	assert.Equal(t, &graph.Graph{Version: "0", Producer: "opt v2.3.0"}, got)
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	made := func(description string) []byte {
		return decodetest.Model(t, "{format: paddle, "+description+"}")
	}
	decodetest.Refused(t, map[string][]byte{
		"empty":                   nil,
		"zeros":                   make([]byte, 128),
		"version_of_another_tool": made("version: 1, producer: x"),
		"a_later_version":         made("version: 7, producer: v2.9"),
		"topology_behind_the_file": append([]byte("\x01\x00v2.9"),
			append(make([]byte, 12), "\xff\xff\x00\x00\x00\x00\x00\x00"...)...),
	}, decode)
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, decodetest.Model(t, recogniser), 64, decode)
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{
		decodetest.Model(f, recogniser),
		decodetest.Model(f, "{format: paddle, producer: v2.3.0}"),
	}, decode)
}
