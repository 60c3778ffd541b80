// Package gguf decodes the head of a GGUF model file: what the model is, the names
// and types of its tensors, not their numbers. The layout is that of the GGUF
// specification, versions 1 to 3: magic, version, counts of tensors and of
// key-value pairs, the pairs, the tensors. Strings are a length and UTF-8 bytes.
//
// Source: docs/gguf.md of ggerganov/ggml; the types are those of ggml.h.
package gguf

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// Architecture is the key of the pair that names it.
const Architecture = "general.architecture"

// Bounds of what a sound file holds. Vocabularies are arrays and are stepped over.
const (
	maxPairs   = 4096
	maxText    = 4096
	maxDepth   = 4 // arrays of arrays
	maxTensors = 1 << 17
	maxDims    = 8
)

// The value types of the specification.
const (
	typeFloat32 = 6
	typeBool    = 7
	typeString  = 8
	typeArray   = 9
	typeFloat64 = 12
)

// sizes are the bytes of the types with a fixed size.
var sizes = map[uint32]uint64{0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}

// Match reports that a file begins as one does.
func Match(head []byte) bool { return bytes.HasPrefix(head, []byte("GGUF")) }

// Decode reads the head. The metadata holds texts of at most 4 KiB, numbers, and
// for arrays how many values they have. A file that ends or breaks gives what was
// read before, and an error. Data without the magic gives nil.
func Decode(data []byte) (*graph.Graph, error) {
	if !Match(data) {
		return nil, budget.Malformed("magic", 0, "not GGUF")
	}
	r := &reader{data: data, at: 4}
	version := r.u32()
	r.out.Version = strconv.FormatUint(uint64(version), 10)
	r.wide = version != 1
	tensors, pairs := r.count(), r.count()
	if r.err == nil && (version < 1 || version > 3) {
		r.fail("version %d", version)
	}
	for range min(pairs, maxPairs) {
		r.pair()
		if r.err != nil {
			break
		}
	}
	if r.err == nil && pairs > maxPairs {
		r.fail("%d pairs, at most %d are read", pairs, maxPairs)
	}
	for range min(tensors, maxTensors) {
		r.tensor()
		if r.err != nil {
			break
		}
	}
	if r.err == nil && tensors > maxTensors {
		r.fail("%d tensors, at most %d are read", tensors, maxTensors)
	}
	r.out.Architecture = r.out.Metadata[Architecture]
	return &r.out, r.err
}

// reader steps through the bytes; after the first error it yields zeroes.
type reader struct {
	data []byte
	at   uint64
	wide bool // counts and lengths have 64 bits (versions 2 and 3)
	out  graph.Graph
	err  error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = budget.Malformed("metadata", int64(min(r.at, math.MaxInt64)), format, args...)
	}
}

// take returns the next n bytes, nil where there are not so many.
func (r *reader) take(n uint64) []byte {
	if r.err != nil {
		return nil
	}
	if n > uint64(len(r.data))-r.at {
		r.fail("%d bytes wanted, %d left", n, uint64(len(r.data))-r.at)
		return nil
	}
	b := r.data[r.at : r.at+n]
	r.at += n
	return b
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) count() uint64 {
	if !r.wide {
		return uint64(r.u32())
	}
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// text reads a string; kept reports that it is short enough to keep.
func (r *reader) text() (s string, kept bool) {
	b := r.take(r.count())
	if len(b) > maxText {
		return "", false
	}
	return string(b), r.err == nil
}

// pair reads a key and its value.
func (r *reader) pair() {
	key, _ := r.text()
	kind := r.u32()
	if r.err != nil {
		return
	}
	switch {
	case kind == typeString:
		if value, ok := r.text(); ok {
			r.out.Meta(key, value)
		}
	case kind == typeArray:
		if n := r.skipArray(0); r.err == nil {
			r.out.Meta(key, strconv.FormatUint(n, 10)+" values")
		}
	default:
		size, fixed := sizes[kind]
		if !fixed {
			r.fail("value of unknown type %d", kind)
			return
		}
		if b := r.take(size); b != nil {
			r.out.Meta(key, number(kind, b))
		}
	}
}

// tensor reads the head of a tensor: name, dimensions, type, offset.
func (r *reader) tensor() {
	name, _ := r.text()
	n := r.u32()
	if r.err == nil && n > maxDims {
		r.fail("tensor of %d dimensions", n)
	}
	var shape []int64
	for range min(n, maxDims) {
		shape = append(shape, int64(min(r.count(), math.MaxInt64)))
	}
	kind := r.u32()
	r.take(8)
	if r.err == nil {
		r.out.Weight(name, typeName(kind), graph.Product(shape))
	}
}

// skip steps over a value.
func (r *reader) skip(kind uint32, depth int) {
	switch size, fixed := sizes[kind]; {
	case fixed:
		r.take(size)
	case kind == typeString:
		r.take(r.count())
	case kind == typeArray:
		r.skipArray(depth)
	default:
		r.fail("value of unknown type %d", kind)
	}
}

// skipArray steps over an array and returns how many values it has.
func (r *reader) skipArray(depth int) uint64 {
	kind, n := r.u32(), r.count()
	if depth >= maxDepth {
		r.fail("arrays nested more than %d deep", maxDepth)
		return 0
	}
	if size, fixed := sizes[kind]; fixed {
		if n > uint64(len(r.data))/size {
			r.fail("array of %d values", n)
			return 0
		}
		r.take(n * size)
		return n
	}
	// Each value takes at least four bytes, so the input bounds the loop.
	for left := n; left > 0 && r.err == nil; left-- {
		r.skip(kind, depth+1)
	}
	return n
}
