// Package gguf decodes the metadata at the head of a GGUF model file: what the
// model is, not its weights. The layout is that of the GGUF specification,
// versions 1 to 3: magic, version, counts of tensors and of key-value pairs, then
// the pairs. Strings are a length and UTF-8 bytes.
package gguf

import (
	"bytes"
	"encoding/binary"
	"math"

	"github.com/listgate/listgate/analyzer/budget"
)

// File is the metadata of a model.
type File struct {
	Version int
	Tensors uint64
	// Texts are the pairs whose value is a string of at most 4 KiB, by key:
	// general.architecture, general.name, tokenizer.ggml.model.
	Texts map[string]string
}

// Bounds of what a sound file holds. Vocabularies are arrays and are stepped over.
const (
	maxPairs = 4096
	maxText  = 4096
	maxDepth = 4 // arrays of arrays
)

// The value types of the specification.
const (
	typeString = 8
	typeArray  = 9
)

// sizes are the bytes of the types with a fixed size.
var sizes = map[uint32]uint64{0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}

// Decode reads the metadata. A file that ends or breaks within its pairs gives
// what was read before, and an error. Data without the magic gives nil.
func Decode(data []byte) (*File, error) {
	if !bytes.HasPrefix(data, []byte("GGUF")) {
		return nil, budget.Malformed("magic", 0, "not GGUF")
	}
	r := &reader{data: data, at: 4}
	f := &File{Texts: map[string]string{}}
	f.Version = int(r.u32())
	r.wide = f.Version != 1
	f.Tensors = r.count()
	pairs := r.count()
	if r.err == nil && (f.Version < 1 || f.Version > 3) {
		r.fail("version %d", f.Version)
	}
	for range min(pairs, maxPairs) {
		key, _ := r.text()
		kind := r.u32()
		if r.err != nil {
			break
		}
		if kind == typeString {
			if value, ok := r.text(); ok {
				f.Texts[key] = value
			}
			continue
		}
		r.skip(kind, 0)
	}
	if r.err == nil && pairs > maxPairs {
		r.fail("%d pairs, at most %d are read", pairs, maxPairs)
	}
	return f, r.err
}

// reader steps through the bytes; after the first error it yields zeroes.
type reader struct {
	data []byte
	at   uint64
	wide bool // counts and lengths have 64 bits (versions 2 and 3)
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

func (r *reader) skipArray(depth int) {
	kind, n := r.u32(), r.count()
	if depth >= maxDepth {
		r.fail("arrays nested more than %d deep", maxDepth)
		return
	}
	if size, fixed := sizes[kind]; fixed {
		if n > uint64(len(r.data))/size {
			r.fail("array of %d values", n)
			return
		}
		r.take(n * size)
		return
	}
	// Each value takes at least four bytes, so the input bounds the loop.
	for ; n > 0 && r.err == nil; n-- {
		r.skip(kind, depth+1)
	}
}
