package tflite

import (
	"github.com/listgate/listgate/analyzer/decode/flatbuf"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// step is the operator that makes a tensor, and its first input.
type step struct {
	operator string
	input    int64
}

const maxSteps = 1 << 16

func (d *decoder) operator(t flatbuf.Table, tensors flatbuf.Vector, makers map[int64]step) {
	name := ""
	if i := t.Int(opCode, 4, 0); i >= 0 && i < int64(len(d.codes)) {
		name = d.codes[i]
	}
	if name == "" {
		return
	}
	d.out.Operator(name)
	inputs := t.Vector(opInputs, 4).Ints(4)
	outputs := t.Vector(opOutputs, 4).Ints(64)
	first := int64(-1)
	if len(inputs) > 0 {
		first = inputs[0]
	}
	for _, o := range outputs {
		if len(makers) < maxSteps {
			makers[o] = step{name, first}
		}
	}
	d.shape(name, t.Sub(opOptions), flow{tensors, inputs, outputs})
}

// flow is what goes into an operator and out of it.
type flow struct {
	tensors         flatbuf.Vector
	inputs, outputs []int64
}

// dim returns a dimension of an input, or of the first output for -1.
func (f flow) dim(input, dimension int) int64 {
	list := f.outputs
	if input >= 0 {
		list = f.inputs
		if input >= len(list) {
			return 0
		}
		list = list[input:]
	}
	if len(list) == 0 || list[0] < 0 || list[0] >= int64(f.tensors.Len()) {
		return 0
	}
	return f.tensors.Table(int(list[0])).Vector(tensorShape, 4).Int(dimension)
}

// shape notes what the operator does to the size of a picture, which is stored as
// batch, height, width, channels. Strides are fields 1 and 2 of the options of
// convolutions and pools alike.
func (d *decoder) shape(name string, options flatbuf.Table, f flow) {
	stride := func() int64 { return max(options.Int(1, 4, 1), options.Int(2, 4, 1)) }
	switch name {
	case "CONV_2D":
		d.out.Convolution(f.dim(1, 3), f.dim(1, 0))
		d.out.Scale(stride(), true)
	case "DEPTHWISE_CONV_2D", "MAX_POOL_2D", "AVERAGE_POOL_2D":
		d.out.Scale(stride(), true)
	case "TRANSPOSE_CONV":
		d.out.Convolution(f.dim(1, 3), f.dim(1, 0))
		d.out.Scale(stride(), false)
	case "RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR":
		if in := f.dim(0, 1); in > 0 {
			d.out.Scale(f.dim(-1, 1)/in, false)
		}
	case "DEPTH_TO_SPACE":
		d.out.Shuffle(options.Int(0, 4, 1))
	case "SPACE_TO_DEPTH":
		d.out.Scale(options.Int(0, 4, 1), true)
	}
}

// maker returns the operator that a tensor comes from, past those that only move,
// scale or clip numbers.
func maker(makers map[int64]step, tensor int64) string {
	name := ""
	for range 32 {
		s, ok := makers[tensor]
		if !ok {
			return name
		}
		name = s.operator
		if !passing[name] {
			return name
		}
		tensor = s.input
	}
	return name
}

var passing = map[string]bool{
	"RESHAPE": true, "CAST": true, "DEQUANTIZE": true, "QUANTIZE": true, "MUL": true, "ADD": true,
	"SUB": true, "DIV": true, "TRANSPOSE": true, "SQUEEZE": true, "EXPAND_DIMS": true,
	"MAXIMUM": true, "MINIMUM": true, "RELU": true, "SLICE": true, "STRIDED_SLICE": true,
}

// signatures reads the names under which an application runs the graphs, and puts
// those of the first graph in place of its tensors' names.
func (d *decoder) signatures(graphs flatbuf.Vector) {
	list := d.root.Vector(modelSignatures, 4)
	for i := range min(list.Len(), maxSignatures) {
		t := list.Table(i)
		d.out.Signatures = append(d.out.Signatures, graph.Text(t.String(signatureKey)))
		at := t.Int(signatureGraph, 4, 0)
		if at < 0 || at >= int64(graphs.Len()) {
			continue
		}
		g := graphs.Table(int(at))
		in := names(t.Vector(signatureInputs, 4))
		out := names(t.Vector(signatureOutputs, 4))
		if at == 0 && i == 0 {
			rename(d.out.Inputs, g.Vector(graphInputs, 4), in)
			rename(d.out.Outputs, g.Vector(graphOutputs, 4), out)
		}
		for _, n := range in {
			d.out.Label(n)
		}
		for _, n := range out {
			d.out.Label(n)
		}
	}
}

// names reads the pairs of a name and a tensor.
func names(list flatbuf.Vector) map[int64]string {
	out := map[int64]string{}
	for i := range min(list.Len(), 4*graph.MaxPorts) {
		t := list.Table(i)
		out[t.Int(mapAt, 4, 0)] = graph.Text(t.String(mapName))
	}
	return out
}

func rename(ports []graph.Port, at flatbuf.Vector, names map[int64]string) {
	for i := range ports {
		if n := names[at.Int(i)]; n != "" {
			ports[i].Name = n
		}
	}
}
