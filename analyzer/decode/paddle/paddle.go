// Package paddle decodes a Paddle Lite model (.nb): the version of the tool that
// wrote it, its operators and variables. The file is a version of two bytes, the
// tool's version in sixteen, the length of the topology in eight, the topology and
// the weights. From version 1 on the topology is a FlatBuffer; that of version 0
// has no public description and only its head is read.
//
// Sources: lite/model_parser/model_parser.cc and
// lite/model_parser/flatbuffers/framework.fbs of PaddlePaddle/Paddle-Lite.
package paddle

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strconv"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/flatbuf"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

const (
	versionSize = 16
	headSize    = 2 + versionSize + 8
	maxVersion  = 2
	maxBlocks   = 64
)

// Fields of the tables.
const (
	programBlocks, blockVars, blockOps = 0, 2, 3
	varName, varType, varPersistable   = 0, 1, 2
	typeKind, typeLoD, lodTensor       = 0, 2, 0
	descType, descDims                 = 0, 1
	opType, opInputs, opOutputs        = 0, 1, 2
	slotName, slotArguments            = 0, 1
)

// toolVersion is what the tool writes of itself: a tag or the start of a commit.
var toolVersion = regexp.MustCompile(`^(v?\d+\.\d+[-.\w]*|[0-9a-f]{7,16}|develop[-\w]*)$`)

// Match reports that a file of so many bytes begins as a model does.
func Match(head []byte, size int64) bool {
	if len(head) < headSize || binary.LittleEndian.Uint16(head) > maxVersion {
		return false
	}
	n := binary.LittleEndian.Uint64(head[2+versionSize:])
	return n > 16 && size > headSize && n <= uint64(size-headSize) &&
		toolVersion.Match(tool(head))
}

func tool(head []byte) []byte {
	b := head[2 : 2+versionSize]
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return b
}

// Decode reads the topology. What a file that breaks has told before is in the
// graph beside the error. Data that is no model gives nil.
func Decode(data []byte) (*graph.Graph, error) {
	if !Match(data, int64(len(data))) {
		return nil, budget.Malformed("Paddle Lite model", 0, "no version and topology")
	}
	version := binary.LittleEndian.Uint16(data)
	g := &graph.Graph{Version: strconv.Itoa(int(version)), Producer: "opt " + string(tool(data))}
	if version == 0 {
		return g, nil
	}
	n := binary.LittleEndian.Uint64(data[2+versionSize:])
	b, root := flatbuf.Read("Paddle Lite topology", data[headSize:headSize+n])
	blocks := root.Vector(programBlocks, 4)
	for i := range min(blocks.Len(), maxBlocks) {
		block(g, blocks.Table(i))
	}
	if err := b.Err(); err != nil {
		return g, err
	}
	if len(g.Operators) == 0 {
		return g, budget.Malformed("Paddle Lite topology", headSize, "no operators")
	}
	return g, nil
}

func block(g *graph.Graph, t flatbuf.Table) {
	vars := t.Vector(blockVars, 4)
	ports := map[string]graph.Port{}
	for i := range vars.Len() {
		v := vars.Table(i)
		p := portOf(v)
		if v.Int(varPersistable, 1, 0) != 0 && p.Name != "feed" && p.Name != "fetch" {
			g.Weight(p.Name, p.Type, graph.Product(p.Shape))
		} else if len(ports) < graph.MaxNames {
			ports[p.Name] = p
		}
	}
	ops := t.Vector(blockOps, 4)
	for i := range ops.Len() {
		op := ops.Table(i)
		switch kind := graph.Text(op.String(opType)); kind {
		case "feed":
			g.Input(ports[argument(op.Vector(opOutputs, 4))])
		case "fetch":
			g.Output(ports[argument(op.Vector(opInputs, 4))])
		default:
			g.Operator(kind)
		}
	}
}

// argument returns the first argument of the first slot.
func argument(slots flatbuf.Vector) string {
	if slots.Len() == 0 {
		return ""
	}
	list := slots.Table(0).Vector(slotArguments, 4)
	if list.Len() == 0 {
		return ""
	}
	return graph.Text(list.String(0))
}

func portOf(v flatbuf.Table) graph.Port {
	desc := v.Sub(varType).Sub(typeLoD).Sub(lodTensor)
	shape := desc.Vector(descDims, 8).Ints(16)
	if shape == nil {
		shape = []int64{}
	}
	kind := typeName(desc.Int(descType, 4, -1))
	return graph.Port{Name: graph.Text(v.String(varName)), Type: kind, Shape: shape}
}

// types are those values of VarType.Type that tensors have.
var types = map[int64]string{
	0: "bool", 1: "int16", 2: "int32", 3: "int64", 4: "float16", 5: "float32", 6: "float64",
	20: "uint8", 21: "int8",
}

func typeName(n int64) string { return types[n] }
