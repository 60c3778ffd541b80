// Package ncnn decodes the network description of ncnn, as text (.param) or in
// binary (.param.bin): layers, blobs, and what they do to a picture. The weights
// lie in a second file without a magic; the description tells how many there are.
//
// Source: "param and model file structure" of the ncnn wiki and src/net.cpp of
// Tencent/ncnn. In the binary form a layer's type is its number in the list of
// src/CMakeLists.txt, which is layers.txt here. PNNX writes the same text form.
package ncnn

import (
	"bytes"
	_ "embed"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// magic begins both forms: as a decimal number in text, as 32 bits in binary.
const magic = 7767517

// layers.txt has the type of layer n in line n+1.
//
//go:embed layers.txt
var layers string

// Bounds of a sound file: the largest language models have some thousand layers.
const (
	maxLayers = 1 << 16
	maxBlobs  = 1 << 18
	maxText   = 32 << 20 // bytes of the text form
	maxLine   = 1 << 20
)

// Match reports that a file begins as a description in either form does.
func Match(head []byte) bool { return isText(head) || isBinary(head) }

func isText(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	rest, ok := bytes.CutPrefix(head, []byte("7767517"))
	return ok && len(rest) > 0 && strings.IndexByte(" \t\r\n", rest[0]) >= 0
}

// Model is a decoded file.
type Model struct {
	graph.Graph
	Binary bool
}

// Decode reads the layers. What a file that breaks has told before is in the model
// beside the error. Data that is no description gives nil.
func Decode(data []byte) (*Model, error) {
	switch {
	case isText(data):
		return decodeText(data)
	case isBinary(data):
		return decodeBinary(data)
	default:
		return nil, budget.Malformed("ncnn description", 0, "no magic %d", magic)
	}
}

// net gathers the layers of either form.
type net struct {
	out  Model
	made map[string]string // the layer type that makes a blob
	from map[string]string // the first input of the layer that makes it
	used map[string]bool   // blobs that a layer takes
	ends []string          // blobs in the order in which they are made
}

func newNet() *net {
	return &net{made: map[string]string{}, from: map[string]string{}, used: map[string]bool{}}
}

// layer is one layer with its numbered parameters.
type layer struct {
	kind, name string
	in, out    []string
	parameters map[int]int64
}

func (n *net) add(l layer) {
	for _, b := range l.in {
		n.used[b] = true
	}
	kind := strings.TrimPrefix(l.kind, "pnnx.")
	if kind == "Input" {
		for _, b := range l.out {
			n.out.Input(graph.Port{Name: b, Shape: inputShape(l.parameters)})
		}
		return
	}
	n.out.Operator(graph.Text(l.kind))
	n.out.Label(l.name)
	for _, b := range l.out {
		n.made[b] = l.kind
		if len(l.in) > 0 {
			n.from[b] = l.in[0]
		}
		n.ends = append(n.ends, b)
	}
	n.shape(kind, l.parameters)
}

// inputShape returns channels, height and width where the layer fixes them.
func inputShape(p map[int]int64) []int64 {
	if p[0] <= 0 {
		return nil
	}
	out := []int64{p[0]}
	for _, i := range []int{1, 2} {
		if p[i] > 0 {
			out = append([]int64{p[i]}, out...)
		}
	}
	return out
}

// shape notes what the layer does to the size of a picture, and its weights. The
// numbers are those of the wiki's "operation param weight table".
func (n *net) shape(kind string, p map[int]int64) {
	stride := max(p[3], p[13])
	switch kind {
	case "Convolution", "ConvolutionDepthWise":
		n.convolution(kind, p)
		n.out.Scale(stride, true)
	case "Deconvolution", "DeconvolutionDepthWise":
		n.convolution(kind, p)
		n.out.Scale(stride, false)
	case "Pooling":
		if p[4] == 0 {
			n.out.Scale(max(p[2], p[12]), true)
		}
	case "Interp":
		n.out.Scale(2, false)
	case "PixelShuffle":
		n.out.Shuffle(p[0])
	case "Reorg":
		n.out.Scale(p[0], true)
	case "InnerProduct":
		n.out.Weight("", "", p[2])
	}
}

func (n *net) convolution(kind string, p map[int]int64) {
	width := max(p[1], 1)
	height := p[11]
	if height <= 0 {
		height = width
	}
	out := p[0]
	n.out.Weight("", "", p[6])
	if strings.HasSuffix(kind, "DepthWise") {
		return
	}
	area := graph.Product([]int64{width, height, max(out, 1)})
	if area > 0 && out > 0 {
		n.out.Convolution(p[6]/area, out)
	}
}

// finish takes as outputs what no layer takes.
func (n *net) finish() {
	for _, b := range n.ends {
		if !n.used[b] {
			n.out.Output(graph.Port{Name: b, From: n.maker(b)})
		}
	}
}

// maker returns the layer that a blob comes from, past those that only move, scale
// or clip numbers.
func (n *net) maker(blob string) string {
	kind := ""
	for range 32 {
		made, ok := n.made[blob]
		if !ok {
			break
		}
		kind = made
		if !passing[kind] {
			break
		}
		blob = n.from[blob]
	}
	return kind
}

var passing = map[string]bool{
	"Split": true, "Reshape": true, "Permute": true, "BinaryOp": true, "Clip": true,
	"Squeeze": true, "ExpandDims": true, "Cast": true, "Packing": true, "Crop": true,
	"Eltwise": true, "Noop": true, "Flatten": true, "Scale": true,
}

func layerName(n int64) string {
	left := n
	for line := range strings.Lines(layers) {
		if left == 0 {
			return strings.TrimSpace(line)
		}
		left--
	}
	return "layer " + strconv.FormatInt(n, 10)
}
