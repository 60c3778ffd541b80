package ncnn

import (
	"encoding/binary"
	"strconv"

	"github.com/listgate/listgate/analyzer/budget"
)

// lastParameter ends a layer's parameters; array keys lie below it.
const (
	lastParameter  = -233
	firstArray     = -23300
	maxParameters  = 64
	maxArray       = 1 << 16
	headerLength   = 12
	smallestLayer  = 16
	largestInCount = 1 << 12
)

// isBinary reports the magic and counts that the format can have.
func isBinary(head []byte) bool {
	if len(head) < headerLength+smallestLayer || binary.LittleEndian.Uint32(head) != magic {
		return false
	}
	n := binary.LittleEndian.Uint32(head[4:])
	return n > 0 && n <= maxLayers && binary.LittleEndian.Uint32(head[8:]) <= maxBlobs
}

// words reads 32-bit integers; after the end it yields zeroes and keeps the error.
type words struct {
	data []byte
	at   int
	err  error
}

func (w *words) next() int64 {
	if w.err != nil || len(w.data)-w.at < 4 {
		if w.err == nil {
			w.err = budget.Malformed("ncnn description", int64(w.at), "it ends here")
		}
		return 0
	}
	v := int32(binary.LittleEndian.Uint32(w.data[w.at:]))
	w.at += 4
	return int64(v)
}

func (w *words) fail(format string, args ...any) {
	if w.err == nil {
		w.err = budget.Malformed("ncnn description", int64(w.at), format, args...)
	}
}

// decodeBinary reads the binary form. Blobs are numbers there.
func decodeBinary(data []byte) (*Model, error) {
	n := newNet()
	n.out.Binary, n.out.Version = true, "binary"
	w := &words{data: data, at: 4}
	count, blobs := w.next(), w.next()
	for range count {
		l := w.layer(blobs)
		if w.err != nil {
			break
		}
		n.add(l)
	}
	if w.err != nil && len(n.out.Operators) == 0 {
		return nil, w.err
	}
	n.finish()
	return &n.out, w.err
}

func (w *words) layer(blobs int64) (l layer) {
	kind, in, out := w.next(), w.next(), w.next()
	if kind < 0 || in < 0 || out < 0 || in > largestInCount || out > largestInCount {
		w.fail("layer %d with %d inputs and %d outputs", kind, in, out)
		return l
	}
	l.kind = layerName(kind)
	l.in, l.out = w.blobs(in, blobs), w.blobs(out, blobs)
	l.parameters = w.parameters()
	return l
}

func (w *words) blobs(n, limit int64) []string {
	var list []string
	for range n {
		b := w.next()
		if b < 0 || b >= limit {
			w.fail("blob %d of %d", b, limit)
		}
		if w.err != nil {
			return nil
		}
		list = append(list, strconv.FormatInt(b, 10))
	}
	return list
}

func (w *words) parameters() map[int]int64 {
	out := map[int]int64{}
	for range maxParameters {
		key := w.next()
		switch {
		case w.err != nil, key == lastParameter:
			return out
		case key <= firstArray:
			n := w.next()
			if n < 0 || n > maxArray {
				w.fail("array of %d parameters", n)
			}
			for range n {
				w.next()
			}
		case key < 0 || key > 32:
			w.fail("parameter %d", key)
		default:
			out[int(key)] = w.next()
		}
	}
	w.fail("more than %d parameters", maxParameters)
	return out
}
