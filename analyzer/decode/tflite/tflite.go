// Package tflite decodes a TensorFlow Lite (LiteRT) model: its subgraphs without
// the numbers of its weights, the signatures, and the metadata that models carry
// for applications. The file is a FlatBuffer with the identifier TFL3.
//
// Sources: schema.fbs (version 3) and metadata_schema.fbs of TensorFlow Lite; the
// list of operators is the enumeration BuiltinOperator.
package tflite

import (
	_ "embed"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/flatbuf"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// operators.txt has the name of operator n in line n+1.
//
//go:embed operators.txt
var operators string

// Model is a decoded file.
type Model struct {
	graph.Graph
	Signatures []string // names of the signatures
	Files      []string // packed behind the model: labels, vocabularies
}

// Bounds of what is read of one file.
const (
	maxSubgraphs  = 64
	maxSignatures = 64
	maxFiles      = 32
)

// Fields of the tables.
const (
	modelVersion, modelCodes, modelSubgraphs     = 0, 1, 2
	modelDescription, modelBuffers               = 3, 4
	modelMetadata, modelSignatures               = 6, 7
	graphTensors, graphInputs, graphOutputs      = 0, 1, 2
	graphOperators, graphName                    = 3, 4
	tensorShape, tensorType, tensorBuffer        = 0, 1, 2
	tensorName, tensorSignature                  = 3, 7
	codeOld, codeCustom, codeBuiltin             = 0, 1, 3
	opCode, opInputs, opOutputs, opOptions       = 0, 1, 2, 4
	metadataName, metadataBuffer, bufferContent  = 0, 1, 0
	signatureInputs, signatureOutputs            = 0, 1
	signatureKey, signatureGraph, mapName, mapAt = 2, 4, 0, 1
)

// Match reports that a file begins as a model does.
func Match(head []byte) bool { return len(head) >= 8 && string(head[4:8]) == "TFL3" }

// Decode reads the graph. What a file that breaks has told before is in the model
// beside the error. Data that is no model gives nil.
func Decode(data []byte) (*Model, error) {
	if !Match(data) {
		return nil, budget.Malformed("TFLite model", 4, "no identifier TFL3")
	}
	b, root := flatbuf.Read("TFLite model", data)
	d := &decoder{root: root, codes: operatorNames(root)}
	d.out.Version = strconv.FormatInt(root.Int(modelVersion, 4, 0), 10)
	if s := root.String(modelDescription); s != "" {
		d.out.Meta("description", s)
	}
	d.buffers = root.Vector(modelBuffers, 4)
	graphs := root.Vector(modelSubgraphs, 4)
	for i := range min(graphs.Len(), maxSubgraphs) {
		d.subgraph(graphs.Table(i), i == 0)
	}
	d.signatures(graphs)
	d.metadata()
	for i := range d.buffers.Len() {
		d.buffers.Table(i).Bytes(bufferContent) // checks that it is there
	}
	if err := b.Err(); err != nil {
		return &d.out, err
	}
	if graphs.Len() == 0 {
		return &d.out, budget.Malformed("TFLite model", 0, "no subgraph")
	}
	return &d.out, nil
}

type decoder struct {
	out     Model
	root    flatbuf.Table
	codes   []string
	buffers flatbuf.Vector
	counted map[int64]bool // buffers whose numbers are counted
}

// operatorNames resolves the table of operator codes.
func operatorNames(root flatbuf.Table) []string {
	names := strings.Split(operators, "\n")
	list := root.Vector(modelCodes, 4)
	out := make([]string, 0, min(list.Len(), 1024))
	for i := range min(list.Len(), 1024) {
		t := list.Table(i)
		code := max(t.Int(codeOld, 1, 0), t.Int(codeBuiltin, 4, 0))
		name := "operator " + strconv.FormatInt(code, 10)
		if code >= 0 && code < int64(len(names)) && names[code] != "" {
			name = names[code]
		}
		if custom := t.String(codeCustom); custom != "" {
			name = graph.Text(custom)
		}
		out = append(out, name)
	}
	return out
}

// subgraph reads one subgraph; the first is the model's own.
func (d *decoder) subgraph(t flatbuf.Table, main bool) {
	tensors := t.Vector(graphTensors, 4)
	for i := range tensors.Len() {
		d.tensor(tensors.Table(i))
		if d.out.Tensors+len(d.out.Names) > 4*graph.MaxNames {
			break
		}
	}
	list := t.Vector(graphOperators, 4)
	makers := map[int64]step{}
	for i := range list.Len() {
		d.operator(list.Table(i), tensors, makers)
	}
	if !main {
		return
	}
	d.out.Name = graph.Text(t.String(graphName))
	for _, i := range t.Vector(graphInputs, 4).Ints(graph.MaxPorts) {
		d.out.Input(port(tensors, i))
	}
	for _, i := range t.Vector(graphOutputs, 4).Ints(graph.MaxPorts) {
		p := port(tensors, i)
		p.From = maker(makers, i)
		d.out.Output(p)
	}
}

// tensor counts a tensor whose numbers are in the file.
func (d *decoder) tensor(t flatbuf.Table) {
	buffer := t.Int(tensorBuffer, 4, 0)
	name := t.String(tensorName)
	if buffer <= 0 || d.counted[buffer] || buffer >= int64(d.buffers.Len()) ||
		d.buffers.Table(int(buffer)).Vector(bufferContent, 1).Len() == 0 &&
			!d.buffers.Table(int(buffer)).Has(1) {
		d.out.Label(name)
		return
	}
	if d.counted == nil {
		d.counted = map[int64]bool{}
	}
	d.counted[buffer] = true
	d.out.Weight(name, typeName(t), graph.Product(t.Vector(tensorShape, 4).Ints(16)))
}

func port(tensors flatbuf.Vector, i int64) graph.Port {
	if i < 0 || i >= int64(tensors.Len()) {
		return graph.Port{}
	}
	t := tensors.Table(int(i))
	shape := t.Vector(tensorSignature, 4)
	if shape.Len() == 0 {
		shape = t.Vector(tensorShape, 4)
	}
	list := shape.Ints(16)
	if list == nil {
		list = []int64{}
	}
	return graph.Port{Name: t.String(tensorName), Type: typeName(t), Shape: list}
}

// types are the values of TensorType.
var types = []string{
	"float32", "float16", "int32", "uint8", "int64", "string", "bool", "int16", "complex64",
	"int8", "float64", "complex128", "uint64", "resource", "variant", "uint32", "uint16", "int4",
	"bfloat16",
}

func typeName(t flatbuf.Table) string {
	if n := t.Int(tensorType, 1, 0); n >= 0 && n < int64(len(types)) {
		return types[n]
	}
	return ""
}
