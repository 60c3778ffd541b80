// Package mnn decodes an MNN model: its operators and tensors without the numbers
// of its weights. The file is a FlatBuffer without an identifier, so Match checks
// that the first bytes are the root table of one, and Decode asks for operators
// and for the names of tensors.
//
// Source: schema/default/MNN.fbs and the files it includes, of alibaba/MNN; the
// list of operators is the enumeration OpType.
package mnn

import (
	_ "embed"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/flatbuf"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// operators.txt has a number and a name in each line.
//
//go:embed operators.txt
var operators string

// Fields of the tables.
const (
	netTag, netExtra, netOps, netOutputs         = 0, 2, 3, 4
	netSource, netTensors, netSubgraphs, netUUID = 6, 7, 10, 11
	extraVersion                                 = 2
	opInputs, opKind, opParameter, opName        = 0, 1, 2, 3
	opOutputs, opType                            = 4, 5
	graphOps, graphTensors                       = 4, 3
	inputShape, inputType                        = 0, 1
	convCommon, convWeight, convQuantised        = 0, 1, 3
	convSymmetric, convExternal                  = 4, 6
	kernelX, kernelY, strideX, strideY           = 2, 3, 4, 5
	convGroup, convOut, convIn                   = 9, 10, 11
	poolStrideX, poolStrideY, blockSize          = 5, 6, 0
	quantBuffer, quantType                       = 0, 2
)

// sources are the values of NetSource.
var sources = []string{"caffe", "tensorflow", "tflite", "onnx", "torch"}

const (
	maxOps       = 1 << 18
	maxSubgraphs = 64
	lastField    = 16 // of Net; the schema has twelve
)

// Match reports that a file of so many bytes begins with the root of a Net: a
// table near the front that has operators, with its vtable before it.
func Match(head []byte, size int64) bool {
	if len(head) < 32 {
		return false
	}
	at := int64(binary.LittleEndian.Uint32(head))
	if at < 12 || at > int64(len(head))-4 || at%4 != 0 {
		return false
	}
	vtable := at - int64(int32(binary.LittleEndian.Uint32(head[at:])))
	if vtable < 4 || vtable+4 > at || vtable%2 != 0 {
		return false
	}
	n := int64(binary.LittleEndian.Uint16(head[vtable:]))
	length := int64(binary.LittleEndian.Uint16(head[vtable+2:]))
	fields := (n - 4) / 2
	if n%2 != 0 || fields <= netTensors || fields > lastField || vtable+n > at ||
		at+length > size || length < 12 || length > 128 {
		return false
	}
	for i := range fields {
		off := int64(binary.LittleEndian.Uint16(head[vtable+4+2*i:]))
		needed := i == netOps || i == netTensors
		if off >= length || off != 0 && off < 4 || off == 0 && needed {
			return false
		}
	}
	return true
}

// Model is a decoded file.
type Model struct {
	graph.Graph
	External bool // the weights are in a second file, NAME.weight
}

// Decode reads the graph. What a file that breaks has told before is in the model
// beside the error. Data that is no model gives nil.
func Decode(data []byte) (*Model, error) {
	b, root := flatbuf.Read("MNN model", data)
	d := &decoder{names: operatorNames(), made: map[string]string{}, used: map[int64]bool{}}
	d.net(root)
	err := b.Err()
	if d.known == 0 || d.unknown > d.known || len(d.tensors) == 0 {
		if err == nil {
			err = budget.Malformed("MNN model", 0, "no operators and names of tensors")
		}
		return nil, err
	}
	return &d.out, err
}

type decoder struct {
	out            Model
	names          map[int64]string
	tensors        []string
	known, unknown int               // operators by whether their type is known
	made           map[string]string // the operator that makes a tensor
	used           map[int64]bool    // tensors that an operator takes
}

// loose takes as outputs what no operator takes, where the file names none.
func (d *decoder) loose() {
	for i, name := range d.tensors {
		if from := d.made[name]; from != "" && !d.used[int64(i)] {
			d.out.Output(graph.Port{Name: graph.Text(name), From: from})
		}
	}
}

func operatorNames() map[int64]string {
	out := map[int64]string{}
	for line := range strings.Lines(operators) {
		number, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n, err := strconv.ParseInt(number, 10, 32); err == nil {
			out[n] = name
		}
	}
	return out
}

func (d *decoder) net(t flatbuf.Table) {
	if s := t.Int(netSource, 1, 0); s >= 0 && s < int64(len(sources)) {
		d.out.Producer = "MNN from " + sources[s]
	}
	d.out.Version = graph.Text(t.Sub(netExtra).String(extraVersion))
	for field, key := range map[int]string{netTag: "bizCode", netUUID: "uuid"} {
		if s := t.String(field); s != "" {
			d.out.Meta(key, s)
		}
	}
	list := t.Vector(netTensors, 4)
	for i := range min(list.Len(), graph.MaxNames) {
		d.tensors = append(d.tensors, list.String(i))
	}
	d.operators(t.Vector(netOps, 4), true)
	outputs := t.Vector(netOutputs, 4)
	for i := range min(outputs.Len(), graph.MaxPorts) {
		name := graph.Text(outputs.String(i))
		d.out.Output(graph.Port{Name: name, From: d.made[name]})
	}
	if outputs.Len() == 0 {
		d.loose()
	}
	graphs := t.Vector(netSubgraphs, 4)
	for i := range min(graphs.Len(), maxSubgraphs) {
		d.operators(graphs.Table(i).Vector(graphOps, 4), false)
	}
}

// operators reads a list of operators; main is that of the model itself.
func (d *decoder) operators(list flatbuf.Vector, main bool) {
	for i := range min(list.Len(), maxOps) {
		t := list.Table(i)
		number := t.Int(opType, 4, 0)
		name, ok := d.names[number]
		if !ok {
			d.unknown++
			name = "operator " + strconv.FormatInt(number, 10)
		} else {
			d.known++
		}
		d.out.Operator(name)
		d.out.Label(graph.Text(t.String(opName)))
		if !main {
			continue
		}
		d.wire(name, t)
		d.shape(name, t.Sub(opParameter))
	}
}

// wire notes what an operator takes and makes.
func (d *decoder) wire(name string, t flatbuf.Table) {
	for _, i := range t.Vector(opInputs, 4).Ints(graph.MaxPorts) {
		if len(d.used) < graph.MaxNames {
			d.used[i] = true
		}
	}
	for _, o := range t.Vector(opOutputs, 4).Ints(graph.MaxPorts) {
		if o >= 0 && o < int64(len(d.tensors)) {
			d.result(name, d.tensors[o], t)
		}
	}
}

// result notes what a tensor is made by; an Input makes an input.
func (d *decoder) result(operator, tensor string, t flatbuf.Table) {
	if operator == "Input" {
		p := t.Sub(opParameter)
		shape := p.Vector(inputShape, 4).Ints(16)
		if shape == nil {
			shape = []int64{}
		}
		d.out.Input(graph.Port{Name: tensor, Type: typeName(p.Int(inputType, 4, 1)), Shape: shape})
		return
	}
	if len(d.made) < graph.MaxNames {
		d.made[tensor] = operator
	}
}
