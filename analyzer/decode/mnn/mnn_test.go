package mnn_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/mnn"
)

const detector = `
format: mnn
inputs: [{name: input, shape: [1, 3, 240, 320]}]
nodes:
  - code: 12
    name: conv
    in: [input]
    out: [a]
    attributes: {in: 3, out: 16, kernel: 3, stride: 2}
  - {code: 13, in: [a], out: [b], attributes: {in: 16, out: 16, group: 16, kernel: 3}}
  - {code: 80, in: [b], out: [scores]}
  - {code: 9999, in: [b], out: [boxes]}
`

func decode(data []byte) (bool, error) {
	m, err := mnn.Decode(data)
	return m != nil, err
}

func TestDecode(t *testing.T) {
	t.Parallel()
	data := decodetest.Model(t, detector)
	assert.True(t, mnn.Match(data[:64], int64(len(data))))
	got, err := mnn.Decode(data)
	require.NoError(t, err)
	want := &mnn.Model{Graph: graph.Graph{
		Version: "3.0.0", Producer: "MNN from onnx",
		Inputs: []graph.Port{{Name: "input", Type: "float32", Shape: []int64{1, 3, 240, 320}}},
		Outputs: []graph.Port{
			{Name: "scores", From: "Shape"}, {Name: "boxes", From: "operator 9999"},
		},
		Operators: map[string]int{"Input": 1, "Convolution": 1, "ConvolutionDepthwise": 1,
			"Shape": 1, "operator 9999": 1},
		Tensors: 2, Parameters: 576, Types: map[string]int64{"": 576},
		Names: []string{"input", "conv"}, Picture: graph.Picture{In: 3, Out: 16, Down: 1},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	sound := decodetest.Model(t, detector)
	for name, data := range map[string][]byte{
		"zeros":               make([]byte, 64),
		"text":                []byte("a text of more than thirty-two bytes, enough for a head"),
		"another_flatbuffer":  decodetest.Model(t, "{format: tflite, name: x}"),
		"root_outside_head":   append([]byte{99, 0, 0, 0}, sound[4:]...),
		"short":               sound[:20],
		"a_paddle_lite_model": decodetest.Model(t, "{format: paddle, version: 1, producer: v2.9}"),
	} {
		assert.False(t, mnn.Match(data[:min(len(data), 64)], int64(len(data))), name)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	decodetest.Refused(t, map[string][]byte{
		"empty":            nil,
		"zeros":            make([]byte, 64),
		"no_operators":     decodetest.Model(t, "{format: mnn, name: x}"),
		"no_known_ones":    decodetest.Model(t, "{format: mnn, nodes: [{code: 9999, out: [a]}]}"),
		"another_format":   decodetest.Model(t, "{format: tflite, name: x}"),
		"an_offset_behind": {4, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f},
	}, decode)
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, decodetest.Model(t, detector), 64, decode)
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{decodetest.Model(f, detector)}, decode)
}
