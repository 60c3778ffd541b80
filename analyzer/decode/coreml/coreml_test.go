package coreml_test

import (
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/decode/coreml"
	"github.com/listgate/listgate/analyzer/decode/decodetest"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

const stylist = `
format: coreml
producer: A Painter
metadata: {com.github.apple.coremltools.version: "8.1"}
inputs: [{name: image, type: image, shape: [3, 512, 512]}]
outputs: [{name: stylized, type: image, shape: [3, 512, 512]}]
nodes:
  - {code: 100, name: conv1, attributes: {in: 3, out: 32}}
  - {code: 210, name: up}
  - {code: 100, name: conv2, attributes: {in: 32, out: 3}}
  - {code: 130, name: tanh}
`

const program = `
format: coreml
version: 8
kind: 502
inputs: [{name: latent, type: float16, shape: [1, 4, 64, 64]}]
outputs: [{name: image, type: float16, shape: [1, 3, 512, 512]}]
nodes: [{op: const, repeat: 9}, {op: conv, repeat: 2}, {op: upsample_nearest_neighbor}]
`

func decode(data []byte) (bool, error) {
	m, err := coreml.Decode(data)
	return m != nil, err
}

func TestDecode(t *testing.T) {
	t.Parallel()
	data := decodetest.Model(t, stylist)
	assert.True(t, coreml.Match(data[:64]))
	got, err := coreml.Decode(data)
	require.NoError(t, err)
	want := &coreml.Model{
		Kind: "neuralNetwork",
		Graph: graph.Graph{
			Version: "4", Producer: "coremltools 8.1",
			Inputs:  []graph.Port{{Name: "image", Type: "image", Shape: []int64{3, 512, 512}}},
			Outputs: []graph.Port{{Name: "stylized", Type: "image", Shape: []int64{3, 512, 512}}},
			Operators: map[string]int{"convolution": 2, "upsample": 1, "activation": 1,
				"model neuralNetwork": 1},
			Names: []string{"conv1", "up", "conv2", "tanh"},
			Metadata: map[string]string{"author": "A Painter",
				"com.github.apple.coremltools.version": "8.1"},
			Picture: graph.Picture{In: 3, Out: 3, Up: 1},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeProgramOfSpecification(t *testing.T) {
	t.Parallel()
	got, err := coreml.Decode(decodetest.Model(t, program))
	require.NoError(t, err)
	assert.Equal(t, "mlProgram", got.Kind)
	assert.Equal(t, map[string]int{"conv": 2, "upsample_nearest_neighbor": 1,
		"model mlProgram": 1}, got.Operators, "constants are no operators")
	assert.Equal(t, "latent float16[1,4,64,64]", got.Inputs[0].String())
}

func TestMatch(t *testing.T) {
	t.Parallel()
	assert.False(t, coreml.Match([]byte("\x08\x03\x12\x07pytorch\x1a\x030.3:")), "ONNX")
	assert.False(t, coreml.Match([]byte("\x08\x00\x12\x2b\x0a\x13\x0a\x06input1")), "version 0")
	assert.False(t, coreml.Match([]byte("\x08\x01\x12")))
	assert.False(t, coreml.Match([]byte("just some text, nothing more")))
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	decodetest.Refused(t, map[string][]byte{
		"empty":           nil,
		"text":            []byte("just some text"),
		"no_kind":         []byte("\x08\x01\x12\x09\x0a\x03\x0a\x01x\x52\x02\x0a\x00"),
		"no_description":  []byte("\x08\x01\xa2\x1f\x00"),
		"unknown_kind":    []byte("\x08\x01\x12\x05\x0a\x03\x0a\x01x\xea\x1f\x00"),
		"an_onnx_model":   decodetest.Model(t, "{format: onnx, producer: x, nodes: [{op: Abs}]}"),
		"version_too_new": []byte("\x08\x7f\x12\x05\x0a\x03\x0a\x01x"),
	}, decode)
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	decodetest.Truncated(t, decodetest.Model(t, program), 0, decode)
}

func FuzzDecode(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{decodetest.Model(f, stylist), decodetest.Model(f, program)}, decode)
}

// compiled puts a header before the description of the model.
func compiled(t testing.TB) []byte {
	spec := decodetest.Model(t, stylist)
	n, width := binary.Uvarint(spec[3:])
	description := spec[3+width:][:n]
	out := binary.LittleEndian.AppendUint32(nil, 500)
	out = append(out, make([]byte, 40)...)
	out = binary.LittleEndian.AppendUint64(out, uint64(len(description)))
	return append(append(out, description...), 0xf4, 1, 0, 0)
}

func TestDecodeCompiled(t *testing.T) {
	t.Parallel()
	m, err := coreml.DecodeCompiled(compiled(t))
	require.NoError(t, err)
	assert.Equal(t, "neuralNetwork", m.Kind)
	assert.Equal(t, "image image[3,512,512]", m.Inputs[0].String())
	decodetest.Refused(t, map[string][]byte{
		"empty": nil, "zeros": make([]byte, 512), "text": []byte("a text of some length here"),
	}, decodeCompiled)
	decodetest.Truncated(t, compiled(t), 4, decodeCompiled)
}

func decodeCompiled(data []byte) (bool, error) {
	m, err := coreml.DecodeCompiled(data)
	return m != nil, err
}

func FuzzDecodeCompiled(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{compiled(f)}, decodeCompiled)
}

const metadata = `[{"specificationVersion":7,"generatedClassName":"unet",
"modelType":{"name":"MLModelType_mlProgram"},"storagePrecision":"Float16",
"mlProgramOperationTypeHistogram":{"Ios16.conv":66,"Ios16.const":9,"UpsampleNearestNeighbor":3},
"userDefinedMetadata":{"com.github.apple.coremltools.version":"6.1"},
"inputSchema":[{"name":"sample","type":"MultiArray","dataType":"Float16","shape":"[2, 4, 64, 64]"}],
"outputSchema":[{"name":"picture","type":"Image","colorspace":"Grayscale","width":"64",
"height":"32"}]}]`

func TestDecodeMetadata(t *testing.T) {
	t.Parallel()
	m, err := coreml.DecodeMetadata([]byte(metadata))
	require.NoError(t, err)
	assert.Equal(t, "mlProgram", m.Kind)
	assert.Equal(t, "unet", m.Name)
	assert.Equal(t, "sample float16[2,4,64,64]", m.Inputs[0].String())
	assert.Equal(t, "picture image[1,32,64]", m.Outputs[0].String())
	assert.Equal(t, map[string]int{"conv": 66, "upsamplenearestneighbor": 3}, m.Operators)
	decodetest.Refused(t, map[string][]byte{
		"empty": nil, "object": []byte("{}"), "empty_list": []byte("[]"),
		"another_list": []byte(`[{"name":"x"}]`), "negative": []byte(`[{"inputSchema":-1}]`),
	}, decodeMetadata)
	decodetest.Truncated(t, []byte(metadata), 0, decodeMetadata)
}

func decodeMetadata(data []byte) (bool, error) {
	m, err := coreml.DecodeMetadata(data)
	return m != nil, err
}

func FuzzDecodeMetadata(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{[]byte(metadata)}, decodeMetadata)
}

func TestDecodeProgram(t *testing.T) {
	t.Parallel()
	m, err := coreml.DecodeProgram([]byte("program(1.0)\n{\n" +
		"  func main<ios16>(tensor<fp16, [1, 10]> x) {\n" +
		"    tensor<fp16, [1]> c = const()[val = (1)];\n" +
		"    tensor<fp16, [1, 10]> y = mul(x = x, y = c)[name = (\"op\")];\n" +
		"    tensor<fp16, [1, 10]> z = upsample_bilinear(x = y)[name = (\"up\")];\n" +
		"  } -> (z);\n}\n"))
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"mul": 1, "upsample_bilinear": 1}, m.Operators)
	assert.Equal(t, 1, m.Picture.Up)
	decodetest.Refused(t, map[string][]byte{
		"empty": nil, "text": []byte("program"), "no_operations": []byte("program(1.0)\n{\n}\n"),
	}, decodeProgram)
}

func decodeProgram(data []byte) (bool, error) {
	m, err := coreml.DecodeProgram(data)
	return m != nil, err
}

func FuzzDecodeProgram(f *testing.F) {
	decodetest.Fuzz(f, [][]byte{[]byte("program(1.0)\n{ t x = mul(x = x)\n }")}, decodeProgram)
}

func TestDecodeEspresso(t *testing.T) {
	t.Parallel()
	const net = `{"storage":"model.espresso.weights","layers":[{"type":"convolution","name":"c1"},
{"type":"upsample","name":"u"}]}`
	m, err := coreml.DecodeEspresso([]byte(net))
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"convolution": 1, "upsample": 1}, m.Operators)
	assert.Equal(t, []string{"c1", "u"}, m.Names)
	decodetest.Refused(t, map[string][]byte{
		"empty": nil, "a_list": []byte("[]"), "no_layers": []byte(`{"layers":[]}`),
	}, func(data []byte) (bool, error) {
		m, err := coreml.DecodeEspresso(data)
		return m != nil, err
	})
}
