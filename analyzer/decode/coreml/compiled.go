package coreml

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/graph"
	"github.com/listgate/listgate/analyzer/decode/protobuf"
)

// searched is how far into coremldata.bin the description may begin.
const searched = 4 << 10

// DecodeCompiled reads coremldata.bin: the number of the kind of model at the
// front, and the ModelDescription behind its length wherever the header ends.
// Data without one gives nil.
func DecodeCompiled(data []byte) (*Model, error) {
	if len(data) < 16 {
		return nil, budget.Malformed("coremldata", 0, "%d bytes", len(data))
	}
	kind := kindNames()[strconv.Itoa(int(binary.LittleEndian.Uint32(data)))]
	for at := 4; at+10 <= min(len(data), searched); at++ {
		n := binary.LittleEndian.Uint64(data[at:])
		if n < 8 || n > uint64(len(data)-at-8) {
			continue
		}
		if first := data[at+8]; first != descriptionInput<<3|protobuf.Length {
			continue
		}
		d := &decoder{}
		d.out.Kind = kind
		err := protobuf.Walk("ModelDescription", int64(at+8), data[at+8:at+8+int(n)], d.described)
		if err == nil && len(d.out.Inputs) > 0 && len(d.out.Outputs) > 0 {
			return &d.out, nil
		}
	}
	return nil, budget.Malformed("coremldata", 0, "no description of inputs and outputs")
}

// described is description for bytes that may be none.
func (d *decoder) described(f protobuf.Field) error {
	if f.Number > descriptionMetadata {
		return budget.Malformed("ModelDescription", f.At, "no field has the number %d", f.Number)
	}
	return d.description(f)
}

// Join takes over from another part of the same model what this one does not tell.
func (m *Model) Join(part *Model) {
	if m.Kind == "" {
		m.Kind = part.Kind
	}
	if len(m.Inputs)+len(m.Outputs) == 0 {
		m.Inputs, m.Outputs = part.Inputs, part.Outputs
	}
	if m.Version == "" {
		m.Version = part.Version
	}
	if m.Name == "" {
		m.Name = part.Name
	}
	if len(m.Operators) == 0 {
		m.Operators, m.Picture = part.Operators, part.Picture
	}
	for _, name := range part.Names {
		m.Label(name)
	}
	for key, value := range part.Metadata {
		m.Meta(key, value)
	}
}

// maxJSON bounds metadata.json and model.espresso.net.
const maxJSON = 16 << 20

// about is what is read of metadata.json.
type about struct {
	Inputs     []port            `json:"inputSchema"`
	Outputs    []port            `json:"outputSchema"`
	Program    map[string]int    `json:"mlProgramOperationTypeHistogram"`
	Layers     map[string]int    `json:"neuralNetworkLayerTypeHistogram"`
	User       map[string]string `json:"userDefinedMetadata"`
	Kind       kindName          `json:"modelType"`
	Class      string            `json:"generatedClassName"`
	About      string            `json:"shortDescription"`
	Author     string            `json:"author"`
	Version    int               `json:"specificationVersion"`
	Precision  string            `json:"storagePrecision"`
	Precision2 string            `json:"computePrecision"`
}

type kindName struct {
	Name string `json:"name"`
}

type port struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Kind  string `json:"dataType"`
	Shape string `json:"shape"`
	Color string `json:"colorspace"`
	W     string `json:"width"`
	H     string `json:"height"`
}

// DecodeMetadata reads metadata.json, which the compiler writes for people and
// tools: inputs, outputs, and how often each operation occurs. Data that is no such
// list gives nil.
func DecodeMetadata(data []byte) (*Model, error) {
	if len(data) > maxJSON {
		return nil, budget.Malformed("metadata.json", 0, "%d bytes", len(data))
	}
	var list []about
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, budget.Malformed("metadata.json", 0, "%w", err)
	}
	if len(list) == 0 || len(list[0].Inputs)+len(list[0].Outputs) == 0 {
		return nil, budget.Malformed("metadata.json", 0, "no inputs and outputs")
	}
	a := &list[0]
	m := &Model{Kind: strings.TrimPrefix(a.Kind.Name, "MLModelType_")}
	m.Version, m.Name = strconv.Itoa(a.Version), graph.Text(a.Class)
	for _, p := range a.Inputs {
		m.Input(p.port())
	}
	for _, p := range a.Outputs {
		m.Output(p.port())
	}
	for name, n := range a.Program {
		// "Ios16.conv": the version of the operation set before its name.
		count(&m.Graph, strings.ToLower(name[strings.LastIndexByte(name, '.')+1:]), n)
	}
	for name, n := range a.Layers {
		count(&m.Graph, name, n)
	}
	for key, value := range a.User {
		m.Meta(key, value)
	}
	for key, value := range map[string]string{
		"about": a.About, "author": a.Author, "storage": a.Precision, "compute": a.Precision2,
	} {
		if value != "" {
			m.Meta(key, value)
		}
	}
	return m, nil
}

func (p port) port() graph.Port {
	out := graph.Port{Name: p.Name, Type: strings.ToLower(p.Kind)}
	if p.Type == "Image" {
		out.Type, out.Shape = "image", []int64{3, size(p.H), size(p.W)}
		if strings.HasPrefix(p.Color, "Gray") {
			out.Shape[0] = 1
		}
		return out
	}
	out.Shape = []int64{}
	for _, n := range strings.FieldsFunc(p.Shape, func(r rune) bool { return r < '0' || r > '9' }) {
		out.Shape = append(out.Shape, size(n))
	}
	return out
}

func size(s string) int64 {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	return -1
}

// DecodeProgram counts the operations of model.mil, a program as text.
func DecodeProgram(data []byte) (*Model, error) {
	if !bytes.HasPrefix(data, []byte("program(")) {
		return nil, budget.Malformed("model.mil", 0, "no program")
	}
	m := &Model{Kind: "mlProgram"}
	for line := range bytes.Lines(data[:min(len(data), 4*maxJSON)]) {
		_, call, ok := bytes.Cut(line, []byte(" = "))
		name, _, called := bytes.Cut(call, []byte("("))
		if ok && called && isIdentifier(name) {
			count(&m.Graph, string(name), 1)
		}
	}
	if len(m.Operators) == 0 {
		return nil, budget.Malformed("model.mil", 0, "no operations")
	}
	return m, nil
}

func isIdentifier(b []byte) bool {
	for _, c := range b {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return len(b) > 0 && len(b) < 64
}

// DecodeEspresso counts the layers of model.espresso.net.
func DecodeEspresso(data []byte) (*Model, error) {
	if len(data) > maxJSON {
		return nil, budget.Malformed("model.espresso.net", 0, "%d bytes", len(data))
	}
	var net struct {
		Layers []struct {
			Type string `json:"type"`
			Name string `json:"name"`
		} `json:"layers"`
	}
	if err := json.Unmarshal(data, &net); err != nil {
		return nil, budget.Malformed("model.espresso.net", 0, "%w", err)
	}
	if len(net.Layers) == 0 {
		return nil, budget.Malformed("model.espresso.net", 0, "no layers")
	}
	m := &Model{Kind: "neuralNetwork"}
	for _, l := range net.Layers {
		count(&m.Graph, graph.Text(l.Type), 1)
		m.Label(graph.Text(l.Name))
	}
	return m, nil
}
