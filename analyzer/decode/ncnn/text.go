package ncnn

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// decodeText reads the text form: the magic, the counts, then one line a layer:
// type, name, counts of inputs and outputs, their names, and key=value pairs. What
// stands behind the counted layers is not read, as ncnn does not.
func decodeText(data []byte) (*Model, error) {
	n := newNet()
	left := 2 // lines before the layers
	blobs := 0
	at := int64(0)
	for raw := range bytes.Lines(data[:min(len(data), maxText)]) {
		if len(raw) > maxLine {
			return n.broken(at, budget.Malformed("layer", -1, "a line of %d bytes", len(raw)))
		}
		line := string(raw)
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case left == 2:
			n.out.Version = "text"
			left = 1
		case left == 1:
			count, err := strconv.Atoi(words[0])
			if err != nil || len(words) != 2 || count < 0 || count > maxLayers {
				return nil, budget.Malformed("ncnn description", at, "counts %.40q", line)
			}
			left = -count
		case left < 0:
			l, err := parseLayer(words)
			if err != nil {
				return n.broken(at, err)
			}
			if blobs += len(l.out) + len(l.in); blobs > maxBlobs {
				return n.broken(at, budget.Malformed("layer", -1, "over %d blobs", maxBlobs))
			}
			n.add(l)
			left++
		}
		at += int64(len(line))
	}
	if left != 0 {
		return n.broken(at, budget.Malformed("layers", -1, "%d are missing", -left))
	}
	n.finish()
	return &n.out, nil
}

// broken returns what was read before the error.
func (n *net) broken(at int64, err error) (*Model, error) {
	err = budget.Malformed("ncnn description", at, "%w", err)
	if len(n.out.Operators) == 0 {
		return nil, err
	}
	n.finish()
	return &n.out, err
}

func parseLayer(words []string) (l layer, err error) {
	if len(words) < 4 {
		return l, budget.Malformed("layer", -1, "%d words", len(words))
	}
	l.kind, l.name = words[0], words[1]
	in, err1 := strconv.Atoi(words[2])
	out, err2 := strconv.Atoi(words[3])
	words = words[4:]
	if err1 != nil || err2 != nil || in < 0 || out < 0 || in > len(words) ||
		out > len(words)-in {
		return l, budget.Malformed("layer", -1, "%.40q has no %d inputs and %d outputs",
			l.name, in, out)
	}
	for i, w := range words[:in+out] {
		if len(w) > graph.MaxText {
			return l, budget.Malformed("layer", -1, "a name of %d bytes", len(w))
		}
		if i < in {
			l.in = append(l.in, w)
		} else {
			l.out = append(l.out, w)
		}
	}
	l.parameters = parameters(words[in+out:])
	return l, nil
}

// parameters reads the pairs whose key is the number of a parameter that is told
// apart here, and whose value is one integer. Arrays have keys below -23300.
func parameters(pairs []string) map[int]int64 {
	out := map[int]int64{}
	for _, p := range pairs {
		k, v, _ := strings.Cut(p, "=")
		key, err := strconv.Atoi(k)
		if err != nil || key < 0 || key > 32 {
			continue
		}
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			out[key] = n
		}
	}
	return out
}
