// Package onnx decodes an ONNX model: its graph without the numbers of its
// weights. A model is a Protocol Buffers message, ModelProto of onnx.proto3 (IR
// versions 1 to 13); it has no magic, so Match looks for the first fields of one
// and Decode asks for a graph whose nodes have operators.
package onnx

import (
	"strconv"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/protobuf"
)

// Model is a decoded file.
type Model struct {
	graph.Graph
	External []string // names of the files that hold the weights
}

// Field numbers of ModelProto.
const (
	modelVersion  = 1
	modelProducer = 2
	modelRelease  = 3
	modelDomain   = 4
	modelDoc      = 6
	modelGraph    = 7
	modelOpset    = 8
	modelMetadata = 14
	modelLast     = 25 // functions; training_info is 20
)

const (
	maxVersion  = 64 // of the IR: the published ones end at 13
	maxExternal = 16
)

// Decode reads the graph. What a file that breaks has told before is in the model
// beside the error. Data that is no ONNX model gives nil.
func Decode(data []byte) (*Model, error) {
	d := &decoder{conv: map[string]*convolution{}}
	err := protobuf.Walk("ModelProto", 0, data, d.model)
	if !d.nodes {
		if err == nil {
			err = budget.Malformed("ModelProto", 0, "no graph with nodes")
		}
		return nil, err
	}
	d.finish()
	if err == nil && !d.opset {
		err = budget.Malformed("ModelProto", int64(len(data)), "no opset_import")
	}
	return &d.out, err
}

type decoder struct {
	out    Model
	nodes  bool // a node with an operator was read
	opset  bool
	labels int
	inputs []graph.Port
	weight map[string]bool
	conv   map[string]*convolution // by the name of the weight
	order  []*convolution
	last   []node // the end of the list of nodes
}

func (d *decoder) model(f protobuf.Field) error {
	if f.Number > modelLast {
		return budget.Malformed("ModelProto", f.At, "no field has the number %d", f.Number)
	}
	switch f.Number {
	case modelVersion:
		if f.Type != protobuf.Varint || f.Value == 0 || f.Value > maxVersion {
			return budget.Malformed("ModelProto", f.At, "IR version %d", f.Value)
		}
		d.out.Version = strconv.FormatUint(f.Value, 10)
	case modelProducer:
		d.out.Producer = graph.Text(f.Text())
	case modelRelease:
		if v := graph.Text(f.Text()); v != "" {
			d.out.Producer += " " + v
		}
	case modelDomain:
		d.meta("domain", f.Text())
	case modelDoc:
		d.meta("doc_string", f.Text())
	case modelOpset:
		d.opset = true
		return d.pair(f, func(domain, _ string, version uint64) {
			if domain == "" {
				domain = "ai.onnx"
			}
			d.meta("opset "+domain, strconv.FormatUint(version, 10))
		})
	case modelMetadata:
		return d.pair(f, func(k, v string, _ uint64) { d.meta(k, v) })
	case modelGraph:
		return f.Walk("GraphProto", func(f protobuf.Field) error { return d.graph(f, 0) })
	}
	return nil
}

func (d *decoder) meta(key, value string) {
	if value != "" {
		d.out.Meta(key, value)
	}
}

// pair reads a message of a text (1) and a text or a number (2).
func (d *decoder) pair(f protobuf.Field, put func(a, b string, n uint64)) error {
	var a, b string
	var n uint64
	err := f.Walk("entry", func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			a = f.Text()
		case 2:
			b, n = f.Text(), f.Value
		}
		return nil
	})
	if err == nil {
		put(a, b, n)
	}
	return err
}

// maxGraphs is how deep the graphs inside If and Loop are followed.
const maxGraphs = 4

// graph reads a field of GraphProto. Of the graphs inside nodes the operators and
// weights count, the inputs and outputs do not.
func (d *decoder) graph(f protobuf.Field, depth int) error {
	switch f.Number {
	case 1:
		return d.node(f, depth)
	case 5:
		return d.tensor(f)
	case 2:
		if depth == 0 {
			d.out.Name = graph.Text(f.Text())
		}
	case 11, 12:
		if depth > 0 {
			return nil
		}
		p, err := value(f)
		if err != nil {
			return err
		}
		if f.Number == 12 {
			d.out.Output(p)
		} else if len(d.inputs) < graph.MaxNames {
			d.inputs = append(d.inputs, p)
		}
	}
	return nil
}

// finish leaves out of the inputs what is a weight (files before IR version 4 list
// both) and follows the outputs to the operators that make them.
func (d *decoder) finish() {
	for _, p := range d.inputs {
		if !d.weight[p.Name] {
			d.out.Input(p)
		}
	}
	for i := range d.out.Outputs {
		d.out.Outputs[i].From = d.maker(d.out.Outputs[i].Name)
	}
	for _, c := range d.order {
		if c.shuffle > 0 {
			d.out.Shuffle(c.shuffle)
			continue
		}
		d.out.Convolution(c.in, c.out)
	}
}

// maker returns the operator that an output comes from, past those that only
// move, scale or clip numbers.
func (d *decoder) maker(name string) string {
	for i := len(d.last) - 1; i >= 0; i-- {
		n := d.last[i]
		if n.output != name {
			continue
		}
		if !passing[n.operator] || n.input == "" {
			return n.operator
		}
		name = n.input
	}
	return ""
}

// passing are the operators that a result goes through on its way out.
var passing = map[string]bool{
	"Identity": true, "Cast": true, "Reshape": true, "Transpose": true, "Squeeze": true,
	"Unsqueeze": true, "Clip": true, "Mul": true, "Add": true, "Sub": true, "Div": true,
	"Slice": true, "Flatten": true, "Round": true, "Min": true, "Max": true,
	"DequantizeLinear": true, "QuantizeLinear": true,
}
