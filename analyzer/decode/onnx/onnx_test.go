package onnx_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/onnx"
)

const upscaler = `
format: onnx
producer: pytorch
name: main_graph
inputs: [{name: input, shape: [1, 3, -1, -1]}, {name: first.weight, shape: [16, 3, 3, 3]}]
outputs: [{name: output, shape: [1, 3, -1, -1]}]
nodes:
  - {op: Conv, name: /body/Conv, in: [input, first.weight], out: [a]}
  - {op: Relu, in: [a], out: [b]}
  - {op: Conv, in: [b, last.weight], out: [c], attributes: {strides: 2}}
  - {op: DepthToSpace, in: [c], out: [d], attributes: {blocksize: 2}}
  - {op: Clip, in: [d], out: [output]}
weights:
  - {name: first.weight, shape: [16, 3, 3, 3]}
  - {name: last.weight, type: float16, shape: [12, 16, 1, 1]}
`

func decode(data []byte) (bool, error) {
	m, err := onnx.Decode(data)
	return m != nil, err
}

func TestDecode(t *testing.T) {
	t.Parallel()
	got, err := onnx.Decode(decodetest.Model(t, upscaler))
	require.NoError(t, err)
	want := &onnx.Model{Graph: graph.Graph{
		Version: "8", Producer: "pytorch", Name: "main_graph",
		Inputs: []graph.Port{{Name: "input", Type: "float32", Shape: []int64{1, 3, -1, -1}}},
		Outputs: []graph.Port{{Name: "output", Type: "float32", Shape: []int64{1, 3, -1, -1},
			From: "DepthToSpace"}},
		Operators:  map[string]int{"Conv": 2, "Relu": 1, "DepthToSpace": 1, "Clip": 1},
		Tensors:    2,
		Parameters: 624,
		Types:      map[string]int64{"float32": 432, "float16": 192},
		Names:      []string{"/body/Conv", "first.weight", "last.weight"},
		Metadata:   map[string]string{"opset ai.onnx": "17"},
		Picture:    graph.Picture{In: 3, Out: 3, Down: 1, Up: 1},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	model := decodetest.Model(t, upscaler)
	cases := []struct {
		name string
		head string
		want bool
	}{
		{"model", string(model[:64]), true},
		{"model_without_a_producer", "\x08\x07\x3a\x20\x0a\x1e\x0a\x01x\x12", true},
		{"text", "just a text that is long enough", false},
		{"text_field_of_binary", "\x08\x03\x12\x08\x00\x01\x02\x03\x04\x05\x06\x07", false},
		{"core_ml", "\x08\x04\x12\x2b\x0a\x13\x0a\x06input1\x1a\x09", false},
		{"wrong_order", "\x08\x03\x1a\x01a\x12\x01b\x22\x00\x22\x00", false},
		{"version_0", "\x08\x00\x12\x07pytorch\x1a", false},
		{"graph_longer_than_the_file", "\x08\x07\x3a\xff\xff\x7f\x0a\x1e\x0a\x01x", false},
		{"graph_of_something_else", "\x08\x07\x3a\x20\xff\x1e\x0a\x01x\x12", false},
		{"short", "\x08\x07\x12", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, onnx.Match([]byte(c.head), int64(len(model))))
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	decodetest.Refused(t, map[string][]byte{
		"empty":                     nil,
		"text":                      []byte("just some text"),
		"no_graph":                  []byte("\x08\x07\x12\x02lg"),
		"graph_without_nodes":       []byte("\x08\x07\x3a\x04\x12\x02ab"),
		"node_without_an_operator":  []byte("\x08\x07\x3a\x05\x0a\x03\x0a\x01x"),
		"version_0":                 []byte("\x08\x00\x3a\x05\x0a\x03\x22\x01x"),
		"field_of_another_message":  []byte("\x08\x07\xa2\x1f\x00"),
		"group_that_is_not_allowed": []byte("\x08\x07\x3b"),
		"graph_ends_behind":         []byte("\x08\x07\x3a\x7f\x00"),
		"endless_number":            []byte("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
	}, decode)
}

// TestDecodeGraphsInside counts operators of branches, down to a bound.
func TestDecodeGraphsInside(t *testing.T) {
	t.Parallel()
	graphOf := func(node string) string {
		return "\x0a" + string(rune(len(node))) + node
	}
	node := "\x22\x03Abs"
	for range 6 {
		inner := graphOf(node)
		attribute := "\x32" + string(rune(len(inner))) + inner
		node = "\x22\x02If" + "\x2a" + string(rune(len(attribute))) + attribute
	}
	g := graphOf(node)
	m, err := onnx.Decode([]byte("\x08\x07\x3a" + string(rune(len(g))) + g + "\x42\x02\x10\x11"))
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"If": 5}, m.Operators)
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, decodetest.Model(t, upscaler), 0, decode)
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{
		decodetest.Model(f, upscaler),
		[]byte("\x08\x07\x3a\x05\x0a\x03\x22\x01x\x42\x02\x10\x11"),
	}, decode)
}
