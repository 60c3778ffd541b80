// Package executorch decodes an ExecuTorch program: its methods with their inputs,
// outputs and operators, and the backends that parts were compiled for. The file
// is a FlatBuffer with the identifier ET12 (ET13 in forks), its weights in
// segments behind it.
//
// Source: schema/program.fbs and schema/scalar_type.fbs of pytorch/executorch.
package executorch

import (
	"slices"
	"strconv"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/flatbuf"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// Program is a decoded file.
type Program struct {
	graph.Graph
	Methods  []string
	Backends []string // that run parts of it: XnnpackBackend, CoreMLBackend
}

// Fields of the tables.
const (
	programVersion, programPlans          = 0, 1
	planName, planValues, planInputs      = 0, 2, 3
	planOutputs, planChains, planOps      = 4, 5, 6
	planDelegates                         = 7
	valueKind, valueItem                  = 0, 1
	tensorType, tensorSizes, tensorBuffer = 0, 2, 5
	tensorExtra, extraName                = 9, 1
	chainInstructions                     = 2
	kernelCall                            = 1 // of InstructionArguments
	tensorKind                            = 5 // of KernelTypes
)

const (
	maxPlans     = 64
	maxOperators = 1 << 12
)

// Match reports that a file begins as a program does.
func Match(head []byte) bool {
	return len(head) >= 8 && (string(head[4:8]) == "ET12" || string(head[4:8]) == "ET13")
}

// Decode reads the methods. What a file that breaks has told before is in the
// program beside the error. Data that is none gives nil.
func Decode(data []byte) (*Program, error) {
	if !Match(data) {
		return nil, budget.Malformed("ExecuTorch program", 4, "no identifier ET12")
	}
	b, root := flatbuf.Read("ExecuTorch program", data)
	d := &decoder{}
	d.out.Version = strconv.FormatInt(root.Int(programVersion, 4, 0), 10)
	plans := root.Vector(programPlans, 4)
	for i := range min(plans.Len(), maxPlans) {
		d.plan(plans.Table(i))
	}
	if err := b.Err(); err != nil {
		return &d.out, err
	}
	if plans.Len() == 0 {
		return &d.out, budget.Malformed("ExecuTorch program", 0, "no method")
	}
	return &d.out, nil
}

type decoder struct {
	out  Program
	main bool // the method forward was read
}

func (d *decoder) plan(t flatbuf.Table) {
	name := graph.Text(t.String(planName))
	d.out.Methods = append(d.out.Methods, name)
	values := t.Vector(planValues, 4)
	if !d.main && (name == "forward" || len(d.out.Methods) == 1) {
		d.main = name == "forward"
		d.out.Name, d.out.Inputs, d.out.Outputs = name, nil, nil
		for _, i := range t.Vector(planInputs, 4).Ints(graph.MaxPorts) {
			d.out.Input(port(values, i))
		}
		for _, i := range t.Vector(planOutputs, 4).Ints(graph.MaxPorts) {
			d.out.Output(port(values, i))
		}
	}
	for i := range values.Len() {
		d.value(values.Table(i))
	}
	list := t.Vector(planDelegates, 4)
	for i := range min(list.Len(), maxOperators) {
		id := graph.Text(list.Table(i).String(0))
		d.out.Operator("delegate " + id)
		if !slices.Contains(d.out.Backends, id) && len(d.out.Backends) < graph.MaxPorts {
			d.out.Backends = append(d.out.Backends, id)
		}
	}
	d.chains(t)
}

// value counts a tensor whose numbers the file holds or names.
func (d *decoder) value(t flatbuf.Table) {
	if t.Int(valueKind, 1, 0) != tensorKind {
		return
	}
	v := t.Sub(valueItem)
	name := graph.Text(v.Sub(tensorExtra).String(extraName))
	if v.Int(tensorBuffer, 4, 0) == 0 && name == "" {
		return
	}
	d.out.Weight(name, typeName(v), graph.Product(v.Vector(tensorSizes, 4).Ints(16)))
}

// chains counts the calls of operators.
func (d *decoder) chains(t flatbuf.Table) {
	var names []string
	ops := t.Vector(planOps, 4)
	for i := range min(ops.Len(), maxOperators) {
		names = append(names, graph.Text(ops.Table(i).String(0)))
	}
	chains := t.Vector(planChains, 4)
	for i := range chains.Len() {
		list := chains.Table(i).Vector(chainInstructions, 4)
		for j := range list.Len() {
			in := list.Table(j)
			if in.Int(0, 1, 0) != kernelCall {
				continue
			}
			if n := in.Sub(1).Int(0, 4, 0); n >= 0 && n < int64(len(names)) {
				d.out.Operator(names[n])
			}
		}
	}
}

func port(values flatbuf.Vector, i int64) graph.Port {
	if i < 0 || i >= int64(values.Len()) {
		return graph.Port{}
	}
	t := values.Table(int(i))
	if t.Int(valueKind, 1, 0) != tensorKind {
		return graph.Port{}
	}
	v := t.Sub(valueItem)
	shape := v.Vector(tensorSizes, 4).Ints(16)
	if shape == nil {
		shape = []int64{}
	}
	return graph.Port{Name: graph.Text(v.Sub(tensorExtra).String(extraName)), Type: typeName(v),
		Shape: shape}
}

// types are the values of ScalarType.
var types = []string{
	"uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "complex32",
	"complex64", "complex128", "bool", "qint8", "quint8", "qint32", "bfloat16",
}

func typeName(t flatbuf.Table) string {
	if n := t.Int(tensorType, 1, 0); n >= 0 && n < int64(len(types)) {
		return types[n]
	}
	return ""
}
