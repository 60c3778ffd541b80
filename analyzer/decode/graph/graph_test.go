package graph_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/listgate/listgate/analyzer/decode/graph"
)

func TestPort(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]graph.Port{
		"x float32[1,?,3]": {Name: "x", Type: "float32", Shape: []int64{1, -1, 3}},
		"x":                {Name: "x"},
		"x int64[]":        {Name: "x", Type: "int64", Shape: []int64{}},
		"float32[2]":       {Type: "float32", Shape: []int64{2}},
	} {
		assert.Equal(t, strings.TrimSpace(want), strings.TrimSpace(p.String()))
	}
}

// TestBounds adds more of everything than a sound model has.
func TestBounds(t *testing.T) {
	t.Parallel()
	var g graph.Graph
	for i := range 1 << 15 {
		name := fmt.Sprint("n", i)
		g.Input(graph.Port{Name: name, Shape: make([]int64, 99)})
		g.Output(graph.Port{Name: strings.Repeat("x", 1<<16)})
		g.Operator(name)
		g.Weight(name, name, math.MaxInt64/4)
		g.Meta(name, strings.Repeat("\xff", 1<<13))
	}
	g.Label(strings.Repeat("x", 1<<16))
	assert.Len(t, g.Inputs, graph.MaxPorts)
	assert.Len(t, g.Inputs[0].Shape, 16)
	assert.LessOrEqual(t, len(g.Outputs[0].Name), graph.MaxText)
	assert.Len(t, g.Operators, 512)
	assert.Len(t, g.Names, graph.MaxNames)
	assert.Len(t, g.Metadata, 256)
	assert.LessOrEqual(t, len(g.Types), graph.MaxPorts)
	assert.Positive(t, g.Parameters, "the sum does not turn over")
	assert.Equal(t, 1<<15, g.Tensors)
}

func TestPicture(t *testing.T) {
	t.Parallel()
	var g graph.Graph
	g.Convolution(3, 64)
	g.Convolution(64, 48)
	g.Scale(1, true)
	g.Scale(2, true)
	g.Shuffle(4)
	assert.Equal(t, graph.Picture{In: 3, Out: 3, Down: 1, Up: 1}, g.Picture)
}

func TestProduct(t *testing.T) {
	t.Parallel()
	assert.Equal(t, int64(24), graph.Product([]int64{2, 3, 4}))
	assert.Equal(t, int64(1), graph.Product(nil))
	assert.Equal(t, int64(0), graph.Product([]int64{2, -1}))
	assert.Equal(t, int64(0), graph.Product([]int64{math.MaxInt64, math.MaxInt64}))
}

func TestStored(t *testing.T) {
	t.Parallel()
	g := graph.Graph{Types: map[string]int64{"f32": 1, "q4_k": 9, "a": 1}}
	assert.Equal(t, "q4_k, a, f32", g.Stored())
}
