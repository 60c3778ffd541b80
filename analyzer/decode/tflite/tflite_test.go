package tflite_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/tflite"
)

const segmenter = `
format: tflite
producer: MLIR Converted.
name: main
signature: serving_default
metadata: {name: Selfie segmenter, about: Tells people from their background.}
inputs: [{name: "x:0", shape: [1, 64, 64, 3]}]
outputs: [{name: "y:0", shape: [1, 64, 64, 1]}]
nodes:
  - {code: 3, in: ["x:0", w1], out: [a], attributes: {stride: 2}}
  - {code: 4, in: [a, w2], out: [b]}
  - {code: 67, in: [shape, w3, b], out: [c], attributes: {stride: 2}}
  - {code: 14, in: [c], out: [d]}
  - {code: 22, in: [d], out: ["y:0"]}
  - {code: 150, in: [d], out: [e]}
weights:
  - {name: w1, shape: [8, 3, 3, 3]}
  - {name: w2, type: int8, shape: [1, 3, 3, 8]}
  - {name: w3, shape: [1, 2, 2, 8]}
`

func decode(data []byte) (bool, error) {
	m, err := tflite.Decode(data)
	return m != nil, err
}

func TestDecode(t *testing.T) {
	t.Parallel()
	got, err := tflite.Decode(decodetest.Model(t, segmenter))
	require.NoError(t, err)
	assert.Subset(t, got.Names, []string{"w1", "w2", "w3", "sig_x:0"})
	got.Names = nil
	want := &tflite.Model{
		Graph: graph.Graph{
			Version: "3", Name: "main",
			Inputs: []graph.Port{{Name: "sig_x:0", Type: "float32", Shape: []int64{1, 64, 64, 3}}},
			Outputs: []graph.Port{{Name: "sig_y:0", Type: "float32", Shape: []int64{1, 64, 64, 1},
				From: "LOGISTIC"}},
			Operators: map[string]int{"CONV_2D": 1, "DEPTHWISE_CONV_2D": 1, "TRANSPOSE_CONV": 1,
				"LOGISTIC": 1, "RESHAPE": 1, "GELU": 1},
			Tensors: 3, Parameters: 320, Types: map[string]int64{"float32": 248, "int8": 72},
			Metadata: map[string]string{"description": "MLIR Converted.",
				"name": "Selfie segmenter", "about": "Tells people from their background."},
			Picture: graph.Picture{In: 3, Out: 1, Down: 1, Up: 1},
		},
		Signatures: []string{"serving_default"}, Files: []string{"labels.txt"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	decodetest.Refused(t, map[string][]byte{
		"empty":                 nil,
		"another_identifier":    []byte("\x1c\x00\x00\x00TFL2 and more bytes"),
		"identifier_at_the_end": []byte("TFL3"),
	}, decode)
}

// TestDecodeBroken gives what was there, and says what is wrong.
func TestDecodeBroken(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"root_outside":   "\xff\xff\xff\x7fTFL3 and more bytes",
		"root_at_itself": "\x00\x00\x00\x00TFL3 and more bytes",
		"vtable_outside": "\x08\x00\x00\x00TFL3\xff\xff\xff\x7f",
		"no_subgraph":    "\x0c\x00\x00\x00TFL3\x04\x00\x04\x00\x04\x00\x00\x00",
	} {
		m, err := tflite.Decode([]byte(data))
		require.Error(t, err, name)
		require.NotNil(t, m, name)
	}
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, decodetest.Model(t, segmenter), 128, decode)
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{decodetest.Model(f, segmenter)}, decode)
}
