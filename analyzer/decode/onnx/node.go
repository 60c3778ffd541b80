package onnx

import (
	"slices"

	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/protobuf"
)

// node is what is kept of a NodeProto to follow an output back.
type node struct{ operator, input, output string }

const (
	maxLast  = 256                // nodes at the end of the list
	maxConvs = 1 << 14            // convolutions whose channels are looked up
	maxLabel = graph.MaxNames / 2 // names of nodes; the rest is for weights
)

// convolution is one Conv or ConvTranspose, whose channels are those of its weight,
// which stands behind all nodes.
type convolution struct {
	in, out   int64
	transpose bool
	shuffle   int64 // of a DepthToSpace among them; 0 for a convolution
}

// attributes are those that say what a node does to a picture.
type attributes struct {
	stride, block, group int64
}

func (d *decoder) node(f protobuf.Field, depth int) error {
	n, weight, name := node{}, "", ""
	at := attributes{stride: 1, block: 1, group: 1}
	inputs := 0
	err := f.Walk("NodeProto", func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			switch inputs {
			case 0:
				n.input = f.Text()
			case 1:
				weight = f.Text()
			}
			inputs++
		case 2:
			if n.output == "" {
				n.output = f.Text()
			}
		case 3:
			name = f.Text()
		case 4:
			n.operator = f.Text()
		case 5:
			return d.attribute(f, &at, depth)
		}
		return nil
	})
	if err != nil || n.operator == "" {
		return err
	}
	d.nodes = true
	d.out.Operator(n.operator)
	if d.labels++; d.labels < maxLabel {
		d.out.Label(name)
	}
	d.shape(n, weight, at)
	if depth == 0 {
		if len(d.last) == maxLast {
			d.last = slices.Delete(d.last, 0, maxLast/2)
		}
		d.last = append(d.last, n)
	}
	return nil
}

// shape notes what the node does to the size of a picture.
func (d *decoder) shape(n node, weight string, at attributes) {
	switch n.operator {
	case "Conv", "ConvTranspose", "ConvInteger", "QLinearConv":
		transpose := n.operator == "ConvTranspose"
		d.out.Scale(at.stride, !transpose)
		if at.group > 1 || len(d.order) == maxConvs || weight == "" || d.conv[weight] != nil {
			return
		}
		c := &convolution{transpose: transpose}
		d.conv[weight] = c
		d.order = append(d.order, c)
	case "MaxPool", "AveragePool":
		d.out.Scale(at.stride, true)
	case "SpaceToDepth":
		d.out.Scale(at.block, true)
	case "DepthToSpace":
		if len(d.order) < maxConvs {
			d.order = append(d.order, &convolution{shuffle: at.block})
		}
	case "Resize", "Upsample":
		d.out.Scale(2, false)
	}
}

func (d *decoder) attribute(f protobuf.Field, at *attributes, depth int) error {
	var name string
	return f.Walk("AttributeProto", func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			name = string(f.Bytes[:min(len(f.Bytes), 64)])
		case 3:
			switch name {
			case "blocksize":
				at.block = f.Int()
			case "group":
				at.group = f.Int()
			}
		case 8:
			if name == "strides" {
				if list := f.Ints(nil, 4); len(list) > 0 {
					at.stride = max(at.stride, slices.Max(list))
				}
			}
		case 6, 11:
			if depth < maxGraphs {
				return f.Walk("GraphProto", func(f protobuf.Field) error {
					return d.graph(f, depth+1)
				})
			}
		}
		return nil
	})
}

// tensor reads the head of a TensorProto: name, type and dimensions.
func (d *decoder) tensor(f protobuf.Field) error {
	var name string
	var shape []int64
	var kind uint64
	err := f.Walk("TensorProto", func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			shape = f.Ints(shape, 16)
		case 2:
			kind = f.Value
		case 8:
			name = f.Text()
		case 13:
			return d.pair(f, d.external)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if d.weight == nil {
		d.weight = map[string]bool{}
	}
	if len(d.weight) < graph.MaxNames {
		d.weight[name] = true
	}
	d.out.Weight(name, typeName(kind), graph.Product(shape))
	if c := d.conv[name]; c != nil && len(shape) >= 2 {
		c.out, c.in = shape[0], shape[1]
		if c.transpose {
			c.out, c.in = c.in, c.out
		}
	}
	return nil
}

// external keeps the file that holds a weight.
func (d *decoder) external(key, value string, _ uint64) {
	if key == "location" && len(d.out.External) < maxExternal &&
		!slices.Contains(d.out.External, value) {
		d.out.External = append(d.out.External, graph.Text(value))
	}
}

// value reads a ValueInfoProto: a name and the type of a tensor.
func value(f protobuf.Field) (p graph.Port, err error) {
	err = f.Walk("ValueInfoProto", func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			p.Name = f.Text()
		case 2:
			return f.Walk("TypeProto", func(f protobuf.Field) error {
				if f.Number != 1 {
					return nil
				}
				return f.Walk("TypeProto.Tensor", tensorType(&p))
			})
		}
		return nil
	})
	return p, err
}

// tensorType reads the element type and the shape of a TypeProto.Tensor.
func tensorType(p *graph.Port) func(protobuf.Field) error {
	return func(f protobuf.Field) error {
		switch f.Number {
		case 1:
			p.Type = typeName(f.Value)
		case 2:
			p.Shape = []int64{}
			return f.Walk("TensorShapeProto", func(f protobuf.Field) error {
				if f.Number != 1 || len(p.Shape) == 16 {
					return nil
				}
				n := int64(-1)
				err := f.Walk("Dimension", func(f protobuf.Field) error {
					if f.Number == 1 && f.Type == protobuf.Varint && f.Int() > 0 {
						n = f.Int()
					}
					return nil
				})
				p.Shape = append(p.Shape, n)
				return err
			})
		}
		return nil
	}
}

// types are the element types of TensorProto.DataType, from 1 on.
var types = []string{
	"", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool",
	"float16", "float64", "uint32", "uint64", "complex64", "complex128", "bfloat16",
	"float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4", "int4",
	"float4e2m1",
}

func typeName(kind uint64) string {
	if kind < uint64(len(types)) {
		return types[kind]
	}
	return ""
}
