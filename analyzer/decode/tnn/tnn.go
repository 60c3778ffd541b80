// Package tnn decodes the network description of TNN (.tnnproto): inputs, outputs
// and layers. It is text: each line stands in quotes and ends in a comma. The
// weights lie in a second file, .tnnmodel.
//
// Source: source/tnn/interpreter/tnn/model_interpreter.cc of Tencent/TNN.
package tnn

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// The magics as the fourth word of the first line, 0xFABC0002 and 0xFABC0004, and
// as the first bytes of the weights.
const (
	magic     = "4206624770"
	magic2    = "4206624772"
	maxFile   = 16 << 20
	maxLine   = 1 << 20
	maxInputs = graph.MaxPorts
)

// lines before the layers: the magic, inputs, blobs, outputs, the number of layers.
const headLines = 5

// Match reports that a file begins as a description does.
func Match(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	words := strings.Fields(strings.Trim(string(line), "\r\", "))
	return len(words) >= 4 && head[0] == '"' && (words[3] == magic || words[3] == magic2)
}

// Decode reads the layers. What a file that breaks has told before is in the graph
// beside the error. Data that is no description gives nil.
func Decode(data []byte) (*graph.Graph, error) {
	if len(data) == 0 || !Match(data) {
		return nil, budget.Malformed("TNN description", 0, "no magic")
	}
	g := &graph.Graph{Version: "text"}
	number, want, got := 0, -1, 0
	at := int64(0)
	for raw := range bytes.Lines(data[:min(len(data), maxFile)]) {
		if len(raw) > maxLine {
			return g, budget.Malformed("TNN description", at, "a line of %d bytes", len(raw))
		}
		line := strings.Trim(string(raw), "\r\n\", ")
		switch number {
		case 0, 2:
		case 1:
			inputs(g, line)
		case 3:
			for _, name := range strings.Fields(line) {
				g.Output(graph.Port{Name: name})
			}
		case 4:
			n, err := strconv.Atoi(line)
			if err != nil || n < 0 {
				return g, budget.Malformed("TNN description", at, "%.40q layers", line)
			}
			want = n
		default:
			if layer(g, strings.Fields(line)) {
				got++
			}
		}
		number++
		at += int64(len(raw))
	}
	if want < 0 || got < want {
		return g, budget.Malformed("TNN description", at, "%d of %d layers", got, want)
	}
	return g, nil
}

// inputs reads "name n c h w", several joined by colons; newer files put the number
// of dimensions before and the type behind them.
func inputs(g *graph.Graph, line string) {
	for part := range strings.SplitSeq(line, ":") {
		words := strings.Fields(part)
		if len(words) == 0 || len(g.Inputs) == maxInputs {
			continue
		}
		p := graph.Port{Name: words[0], Shape: []int64{}}
		list := words[1:]
		if n, err := strconv.Atoi(first(list)); err == nil && len(list) == n+2 {
			list = list[1 : n+1]
		}
		for _, w := range list {
			if n, err := strconv.ParseInt(w, 10, 64); err == nil {
				p.Shape = append(p.Shape, n)
			}
		}
		g.Input(p)
	}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// Numbers of a convolution's parameters.
const (
	convIn, convOut, convStride = 1, 2, 5
)

// layer reads "type name inputs outputs …": the names of both, then numbers.
func layer(g *graph.Graph, words []string) bool {
	if len(words) < 4 {
		return false
	}
	g.Operator(words[0])
	g.Label(words[1])
	in, err1 := strconv.Atoi(words[2])
	out, err2 := strconv.Atoi(words[3])
	if err1 != nil || err2 != nil || in < 0 || out < 0 || in > len(words) ||
		4+in+out > len(words) {
		return false
	}
	p := words[4+in+out:]
	parameter := func(i int) int64 {
		if i >= len(p) {
			return 0
		}
		n, _ := strconv.ParseInt(p[i], 10, 64)
		return n
	}
	switch words[0] {
	case "Convolution", "QuantizedConvolution":
		g.Convolution(parameter(convIn), parameter(convOut))
		g.Scale(parameter(convStride), true)
	case "Deconvolution":
		g.Convolution(parameter(convIn), parameter(convOut))
		g.Scale(parameter(convStride), false)
	case "Upsample", "PixelShuffle":
		g.Scale(2, false)
	}
	return true
}
