package ncnn_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/ncnn"
)

const upscaler = `7767517
6 7
Input            data    0 1 data 0=64 1=48 2=3
Split            s       1 2 data a b
Convolution      first   1 1 a c 0=64 1=3 4=1 5=1 6=1728 -23310=1,0.2
Convolution      last    1 1 c d 0=12 1=3 3=2 6=6912
PixelShuffle     up      1 1 d e 0=2
BinaryOp         add     2 1 e b output 0=0
`

func decode(data []byte) (bool, error) {
	m, err := ncnn.Decode(data)
	return m != nil, err
}

func TestDecodeText(t *testing.T) {
	t.Parallel()
	got, err := ncnn.Decode([]byte(upscaler))
	require.NoError(t, err)
	want := &ncnn.Model{Graph: graph.Graph{
		Version: "text",
		Inputs:  []graph.Port{{Name: "data", Shape: []int64{3, 48, 64}}},
		Outputs: []graph.Port{{Name: "output", From: "PixelShuffle"}},
		Operators: map[string]int{"Split": 1, "Convolution": 2, "PixelShuffle": 1,
			"BinaryOp": 1},
		Tensors: 2, Parameters: 8640, Types: map[string]int64{"": 8640},
		Names:   []string{"s", "first", "last", "up", "add"},
		Picture: graph.Picture{In: 3, Out: 3, Down: 1, Up: 1},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// binaryOf writes words of 32 bits.
func binaryOf(words ...int32) []byte {
	var b bytes.Buffer
	_ = binary.Write(&b, binary.LittleEndian, words)
	return b.Bytes()
}

// compact is an input, a convolution with an array parameter, and a softmax.
func compact() []byte {
	return binaryOf(7767517, 3, 3,
		16, 0, 1, 0, 0, 64, 1, 48, 2, 3, -233,
		6, 1, 1, 0, 1, 0, 8, 1, 3, 3, 2, 6, 216, -23310, 2, 1, 2, -233,
		32, 1, 1, 1, 2, -233)
}

func TestDecodeBinary(t *testing.T) {
	t.Parallel()
	got, err := ncnn.Decode(compact())
	require.NoError(t, err)
	want := &ncnn.Model{Binary: true, Graph: graph.Graph{
		Version:   "binary",
		Inputs:    []graph.Port{{Name: "0", Shape: []int64{3, 48, 64}}},
		Outputs:   []graph.Port{{Name: "2", From: "Softmax"}},
		Operators: map[string]int{"Convolution": 1, "Softmax": 1}, Tensors: 1, Parameters: 216,
		Types: map[string]int64{"": 216}, Picture: graph.Picture{In: 3, Out: 8, Down: 1},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	assert.True(t, ncnn.Match([]byte("7767517\r\n75 83\r\n")))
	assert.True(t, ncnn.Match([]byte(" 7767517 \n")))
	assert.True(t, ncnn.Match(compact()))
	assert.False(t, ncnn.Match([]byte("77675170\n")))
	assert.False(t, ncnn.Match([]byte("7767517")))
	assert.False(t, ncnn.Match(binaryOf(7767517, -1, 3, 0, 0, 0, 0)), "a negative count")
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	decodetest.Refused(t, map[string][]byte{
		"empty":           nil,
		"text":            []byte("some text"),
		"no_counts":       []byte("7767517\nInput data 0 1 data\n"),
		"counts_too_high": []byte("7767517\n99999999 1\n"),
		"negative_count":  []byte("7767517\n-3 1\n"),
		"no_layers":       []byte("7767517\n3 3\n"),
		"no_such_inputs":  []byte("7767517\n1 1\nConvolution c 9 9 a b\n"),
		"negative_inputs": []byte("7767517\n1 1\nConvolution c -1 1 a\n"),
		"a_line_too_long": append([]byte("7767517\n1 1\n"), bytes.Repeat([]byte("x "), 1<<20)...),
		"blob_outside":    binaryOf(7767517, 1, 1, 6, 1, 1, 7, 0, -233),
		"endless_array":   binaryOf(7767517, 1, 1, 6, 0, 1, 0, -23310, 1<<30, 0, 0),
	}, decode)
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, []byte(upscaler), len("output 0=0\n"), decode)
	decodetest.Truncated(t, compact(), 0, decode)
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{[]byte(upscaler), compact()}, decode)
}
