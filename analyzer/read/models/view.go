package models

import (
	_ "embed"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/listgate/listgate/analyzer/decode/graph"
)

// view is a model as the conditions of tasks.txt look at it.
type view struct {
	*sketch
	inputs, outputs         []string       // their names, in small letters
	weights                 []string       // names of weights and layers, collapsed
	operators               map[string]int // by the words of operators.txt
	inputForms, outputForms [][]string
	change                  string // of the picture: larger, same, smaller
}

// operators.txt has one word for what formats call differently.
//
//go:embed operators.txt
var operatorWords string

var operatorWord = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(operatorWords) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		for _, w := range words[1:] {
			out[w] = words[0]
		}
	}
	return out
})

func viewOf(s *sketch) *view {
	v := &view{sketch: s, weights: collapsed(s.Names), operators: map[string]int{}}
	for name, n := range s.Operators {
		if word := operatorWord()[name]; word != "" {
			v.operators[word] += n
		}
	}
	v.derive()
	for _, p := range s.Inputs {
		v.inputs = append(v.inputs, plainName(p.Name))
		v.inputForms = append(v.inputForms, v.formsOf(p, s.Picture.In, ""))
	}
	for _, p := range s.Outputs {
		from := p.From
		if word := operatorWord()[from]; word != "" {
			from = word
		}
		v.outputs = append(v.outputs, plainName(p.Name))
		v.outputForms = append(v.outputForms, v.formsOf(p, s.Picture.Out, from))
	}
	v.compare()
	return v
}

// derive adds the operators that formats spell out: normalisation over each picture
// in TensorFlow Lite, attention out of products and shares.
func (v *view) derive() {
	o := v.operators
	o["instancenorm"] += min(o["mean"]/2, o["squareddifference"], o["rsqrt"])
	if o["softmax"] >= 2 && o["matmul"] >= 8*o["softmax"]/2 {
		o["attention"] += o["softmax"]
	}
	o["down"], o["up"] = v.Picture.Down, v.Picture.Up
}

// formsOf returns the forms of a port. One without a shape is taken for a picture
// of the channels that the convolutions show, where all that is made of it says so.
func (v *view) formsOf(p graph.Port, channels int64, from string) []string {
	if p.Shape != nil || channels == 0 {
		return forms(p, from)
	}
	p.Shape = []int64{1, channels, -1, -1}
	if from != "" && !pictureMakers[from] {
		return nil
	}
	return forms(p, from)
}

// pictureMakers are the operators that a picture comes out of.
var pictureMakers = map[string]bool{
	"conv": true, "deconv": true, "shuffle": true, "resize": true, "tanh": true,
	"sigmoid": true, "softmax": true, "argmax": true,
}

// compare tells whether the picture that comes out is larger than the one that went
// in: by their heights where both are fixed, else by what the operators do.
func (v *view) compare() {
	in, out := heightOf(v.Inputs, v.inputForms), heightOf(v.Outputs, v.outputForms)
	up, down := v.Picture.Up, v.Picture.Down
	switch {
	case in > 0 && out > 0:
		up, down = 0, 0
		if 2*out >= 3*in {
			up = 1
		}
		if 3*out <= 2*in {
			down = 1
		}
	case in == 0 && !hasForm(v.inputForms, "picture") && out > 0:
		up, down = 1, 0
	}
	switch {
	case up > down:
		v.change = "larger"
	case up < down:
		v.change = "smaller"
	default:
		v.change = "same"
	}
}

func heightOf(ports []graph.Port, forms [][]string) int64 {
	for i, p := range ports {
		if slices.Contains(forms[i], "picture") {
			return side(p)
		}
	}
	return 0
}

func hasForm(forms [][]string, form string) bool {
	return slices.ContainsFunc(forms, func(list []string) bool {
		return slices.Contains(list, form)
	})
}

// plainName drops what tools add to the names of inputs and outputs.
func plainName(name string) string {
	name = strings.ToLower(name)
	for _, prefix := range []string{"serving_default_", "main/", "sig_"} {
		name = strings.TrimPrefix(name, prefix)
	}
	return strings.TrimSuffix(name, ":0")
}

// collapse writes a name in small letters with a star for each run of digits, so
// that the layers of one kind have one name.
func collapse(name string) string {
	out := make([]byte, 0, len(name))
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c >= '0' && c <= '9' {
			if n := len(out); n == 0 || out[n-1] != '*' {
				out = append(out, '*')
			}
			continue
		}
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		out = append(out, c)
	}
	return string(out)
}

// collapsed returns the collapsed names, each once, in the order of their first.
func collapsed(names []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, n := range names {
		if c := collapse(n); !seen[c] {
			seen[c] = true
			out = append(out, c)
		}
	}
	return out
}

// baseName is the file's name in small letters.
func (v *view) baseName() string { return strings.ToLower(path.Base(v.name)) }

// metaPairs are the metadata as KEY=VALUE in small letters, in order.
func (v *view) metaPairs() []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(v.Metadata)) {
		out = append(out, strings.ToLower(k+"="+v.Metadata[k]))
	}
	for _, t := range v.tags {
		out = append(out, strings.ToLower(t))
	}
	return out
}
