package models

import (
	"slices"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer/decode/graph"
)

// forms says what an input or output can be, by its type and shape, and for an
// output by the operator that makes it:
//
//	picture, picture:C   height and width of at least 16 and C channels: 1, 3 or 6
//	photo                declared as a colour picture
//	strip                a picture as low as a line of text
//	latent               four or sixteen channels over a grid
//	mask                 as large as a picture, a share or a class for each point
//	vector, vector:N     N numbers
//	classes              a vector of shares that sum up to one
//	number               one number, or a shape without dimensions
//	ids                  integers in a row
//	boxes                some hundred candidates of five numbers or more
//	characters           a row of places with a share for each of 90 characters or more
//	alphabet             the same with a thousand or more
//	form:AxB             exactly these dimensions, the first of one left out
func forms(p graph.Port, from string) []string {
	dims := squeeze(p.Shape)
	out := []string{"form:" + join(dims)}
	if p.Shape == nil {
		return nil
	}
	switch {
	case p.Type == "image":
		out = append(out, pictureForms(p.Shape[0], p.Shape[1:])...)
		if p.Shape[0] == 3 {
			out = append(out, "photo")
		}
	case len(dims) == 0:
		out = append(out, "number")
	case len(dims) == 1 && integers[p.Type]:
		out = append(out, "ids", "vector:"+strconv.FormatInt(dims[0], 10))
	case len(dims) == 1:
		out = append(out, "vector", "vector:"+strconv.FormatInt(dims[0], 10))
		if from == "softmax" && dims[0] > 1 {
			out = append(out, "classes")
		}
	case integers[p.Type] && len(dims) == 2 && len(p.Shape) == 2:
		out = append(out, "ids")
	default:
		out = append(out, gridForms(p.Shape, from)...)
	}
	return out
}

var integers = map[string]bool{"int64": true, "int32": true}

// squeeze drops a batch of one or of any size, and dimensions of one. What is left
// of a picture has its channels first.
func squeeze(shape []int64) []int64 {
	var out []int64
	for i, d := range shape {
		if i == 0 && d < 0 && len(shape) > 1 || d == 1 {
			continue
		}
		out = append(out, d)
	}
	if len(out) == 3 && out[2] > 0 && out[2] <= 4 && (out[0] > 16 || out[0] < 0) {
		out = []int64{out[2], out[0], out[1]}
	}
	return out
}

func join(dims []int64) string {
	words := make([]string, len(dims))
	for i, d := range dims {
		words[i] = strconv.FormatInt(d, 10)
	}
	return strings.Join(words, "x")
}

const (
	minSide       = 16  // of a picture
	minGrey       = 100 // of one with a single channel that is not square: spectra are smaller
	maxStrip      = 64
	minCandidates = 300
	minBox        = 5
	maxBox        = 300
	minAlphabet   = 90
	maxPlaces     = 160
	largeAlphabet = 1000
)

// gridForms serves shapes of two dimensions and more.
func gridForms(shape []int64, from string) []string {
	if len(shape) == 3 {
		a, b := shape[1], shape[2]
		var out []string
		if low, high := min(a, b), max(a, b); high >= minCandidates && low >= minBox &&
			low <= maxBox {
			out = append(out, "boxes")
		}
		if b >= minAlphabet && a <= maxPlaces {
			out = append(out, "characters")
			if b >= largeAlphabet {
				out = append(out, "alphabet")
			}
		}
		if c := shape[0]; c != 1 && c != 3 && c != 6 || min(b, a) < minSide && min(b, a) > 0 {
			return out
		}
		return append(out, channelForms(shape[0], shape[1:], from)...)
	}
	if len(shape) != 4 {
		return nil
	}
	channels, sides := shape[3], shape[1:3]
	if c := shape[1]; c > 0 && c <= 16 && (shape[3] < 0 || shape[3] > 16) || channels < 0 {
		channels, sides = shape[1], shape[2:]
	}
	return channelForms(channels, sides, from)
}

// channelForms tells pictures from masks and latents.
func channelForms(channels int64, sides []int64, from string) []string {
	for _, s := range sides {
		if s >= 0 && s < 8 {
			return nil
		}
	}
	shares := from == "softmax" || from == "argmax"
	switch {
	case shares:
		return []string{"mask"}
	case channels == 1 || channels == 3 || channels == 6:
		out := pictureForms(channels, sides)
		if channels == 1 && from != "" {
			out = append(out, "mask")
		}
		return out
	case channels == 4 || channels == 16:
		return []string{"latent"}
	case channels == 2 || channels > 6 && slices.Min(sides) >= minSide:
		return []string{"mask"}
	}
	return nil
}

func pictureForms(channels int64, sides []int64) []string {
	for _, s := range sides {
		if s >= 0 && s < minSide {
			return nil
		}
	}
	if h, w := sides[0], sides[1]; channels == 1 && h != w && h > 0 && h < minGrey {
		return nil
	}
	out := []string{"picture", "picture:" + strconv.FormatInt(channels, 10)}
	if h, w := sides[0], sides[1]; h > 0 && h <= maxStrip && (w < 0 || w >= 2*h) {
		out = append(out, "strip")
	}
	return out
}

// side returns the height of a picture, 0 where it is not fixed.
func side(p graph.Port) int64 {
	dims := squeeze(p.Shape)
	if len(dims) == 3 {
		dims = dims[1:]
	}
	if len(dims) == 2 && dims[0] > 0 {
		return dims[0]
	}
	return 0
}
