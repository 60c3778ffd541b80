// Package graph is what a model file tells of its network, in the terms that all
// formats share: what goes in and comes out, which operators it is made of, how
// many weights of which type, and the names that tell one architecture from
// another. It keeps every list within a bound, so that a decoder needs none of
// its own.
package graph

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of what is kept of one model.
const (
	MaxPorts    = 64      // inputs, and outputs
	MaxNames    = 1 << 14 // names of weights and layers
	MaxText     = 4096    // bytes of one text
	maxOps      = 512     // kinds of operators
	maxMetadata = 256
	maxShape    = 16
	maxLabel    = 512 // bytes of a name
)

// Graph is one model. Its zero value is a model of which nothing is known.
type Graph struct {
	Version      string // of the format
	Producer     string // the tool that wrote the file
	Name         string // of the graph
	Architecture string // where the format names it
	Inputs       []Port
	Outputs      []Port
	Operators    map[string]int   // how often each occurs
	Tensors      int              // weights
	Parameters   int64            // numbers in all weights
	Types        map[string]int64 // numbers by the type that they are stored in
	Names        []string         // of weights and layers, as they stand in the file
	Metadata     map[string]string
	Picture      Picture
}

// Port is one input or output. A dimension that is not fixed is -1. From is the
// operator that an output comes from, where that is known.
type Port struct {
	Name  string
	Type  string
	Shape []int64
	From  string
}

// Picture is what the convolutions of a network do with a picture: how many
// channels go into the first and come out of the last, and how many operators
// make it smaller and larger.
type Picture struct {
	In, Out  int64
	Down, Up int
}

// String reads "input float32[1,3,224,224]".
func (p Port) String() string {
	var b strings.Builder
	b.WriteString(p.Name)
	if p.Type == "" && p.Shape == nil {
		return b.String()
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	b.WriteString(p.Type)
	b.WriteByte('[')
	for i, n := range p.Shape {
		if i > 0 {
			b.WriteByte(',')
		}
		if n < 0 {
			b.WriteByte('?')
			continue
		}
		b.WriteString(strconv.FormatInt(n, 10))
	}
	b.WriteByte(']')
	return b.String()
}

// Input adds an input.
func (g *Graph) Input(p Port) { g.Inputs = add(g.Inputs, p) }

// Output adds an output.
func (g *Graph) Output(p Port) { g.Outputs = add(g.Outputs, p) }

func add(list []Port, p Port) []Port {
	if len(list) == MaxPorts {
		return list
	}
	p.Name, p.Type = Text(p.Name), Text(p.Type)
	if len(p.Shape) > maxShape {
		p.Shape = p.Shape[:maxShape]
	}
	return append(list, p)
}

// Operator counts an operator.
func (g *Graph) Operator(name string) {
	if g.Operators == nil {
		g.Operators = map[string]int{}
	}
	if _, known := g.Operators[name]; known || len(g.Operators) < maxOps {
		g.Operators[Text(name)]++
	}
}

// Weight counts a weight of so many numbers of a type, and keeps its name.
func (g *Graph) Weight(name, kind string, numbers int64) {
	g.Tensors++
	g.Label(name)
	if numbers <= 0 || g.Parameters+numbers < 0 {
		return
	}
	g.Parameters += numbers
	if g.Types == nil {
		g.Types = map[string]int64{}
	}
	if _, known := g.Types[kind]; known || len(g.Types) < MaxPorts {
		g.Types[kind] += numbers
	}
}

// Label keeps the name of a weight or of a layer.
func (g *Graph) Label(name string) {
	if name != "" && len(g.Names) < MaxNames && len(name) <= maxLabel {
		g.Names = append(g.Names, name)
	}
}

// Meta keeps a pair of the metadata; a value that is too long is cut.
func (g *Graph) Meta(key, value string) {
	if g.Metadata == nil {
		g.Metadata = map[string]string{}
	}
	if _, known := g.Metadata[key]; known || len(g.Metadata) < maxMetadata {
		g.Metadata[Text(key)] = Text(value)
	}
}

// Convolution notes a convolution from in to out channels; 0 is not known.
func (g *Graph) Convolution(in, out int64) {
	if g.Picture.In == 0 {
		g.Picture.In = in
	}
	if out > 0 {
		g.Picture.Out = out
	}
}

// Scale notes an operator that makes a picture so many times as large, or as
// small where down is set.
func (g *Graph) Scale(factor int64, down bool) {
	switch {
	case factor < 2:
	case down:
		g.Picture.Down++
	default:
		g.Picture.Up++
	}
}

// Shuffle notes an operator that makes a picture larger by taking its pixels from
// channels.
func (g *Graph) Shuffle(factor int64) {
	g.Scale(factor, false)
	if area := factor * factor; factor > 1 && factor < 64 && g.Picture.Out%area == 0 {
		g.Picture.Out /= area
	}
}

// Stored names the types of the weights, the most common first: "q4_k, f32".
func (g *Graph) Stored() string {
	kinds := slices.SortedFunc(maps.Keys(g.Types), func(a, b string) int {
		if g.Types[a] != g.Types[b] {
			if g.Types[a] > g.Types[b] {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return strings.Join(kinds[:min(len(kinds), 4)], ", ")
}

// Text cuts a text to what is kept of one, and makes it valid.
func Text(s string) string {
	if len(s) > MaxText {
		s = s[:MaxText]
	}
	if !utf8.ValidString(s) {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return s
}

// Product returns the numbers in a tensor of a shape, 0 where a dimension is not
// fixed or they are more than fit.
func Product(shape []int64) int64 {
	n := int64(1)
	for _, d := range shape {
		if d <= 0 || n > (1<<62)/d {
			return 0
		}
		n *= d
	}
	return n
}
