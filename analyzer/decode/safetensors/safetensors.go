// Package safetensors decodes the header of a safetensors file: the names, types
// and shapes of its tensors, not their numbers. The file is the length of a JSON
// object (eight bytes, little endian), the object, and the numbers.
//
// Source: README.md of huggingface/safetensors.
package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

const (
	maxHeader  = 100 << 20 // the reference reader's own limit
	maxTensors = 1 << 18
	lengthSize = 8
)

// Match reports that a file of so many bytes begins with the length of a header
// that fits, and with a JSON object.
func Match(head []byte, size int64) bool {
	if len(head) < lengthSize+2 {
		return false
	}
	n := binary.LittleEndian.Uint64(head)
	return n >= 2 && size >= lengthSize && n <= uint64(size-lengthSize) && n <= maxHeader &&
		head[8] == '{' && (head[9] == '"' || head[9] == ' ' || head[9] == '\n' || n == 2)
}

// Header returns how many bytes of the file are its head, 0 where it has none.
func Header(head []byte, size int64) int64 {
	if !Match(head, size) {
		return 0
	}
	return lengthSize + int64(binary.LittleEndian.Uint64(head))
}

// Decode reads the header. What a file that breaks has told before is in the graph
// beside the error. Data without a header gives nil.
func Decode(data []byte) (*graph.Graph, error) {
	if !Match(data, int64(len(data))) {
		return nil, budget.Malformed("safetensors header", 0, "no length and JSON object")
	}
	n := binary.LittleEndian.Uint64(data)
	r := &reader{dec: json.NewDecoder(bytes.NewReader(data[lengthSize : lengthSize+n]))}
	r.dec.UseNumber()
	err := r.header()
	if err != nil {
		at := lengthSize + r.dec.InputOffset()
		err = budget.Malformed("safetensors header", at, "%w", err)
		if r.out.Tensors == 0 && r.out.Metadata == nil {
			return nil, err
		}
	}
	if want := lengthSize + n + r.end; err == nil && want > uint64(len(data)) {
		err = budget.Malformed("safetensors numbers", int64(len(data)), "%d bytes wanted", want)
	}
	return &r.out, err
}

type reader struct {
	dec *json.Decoder
	out graph.Graph
	end uint64 // of the numbers, behind the header
}

var (
	errForm    = errors.New("a tensor is an object of dtype, shape and data_offsets")
	errTensors = errors.New("too many tensors")
)

func (r *reader) header() error {
	if err := r.delimiter('{'); err != nil {
		return err
	}
	for r.dec.More() {
		key, err := r.dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if name == "__metadata__" {
			err = r.metadata()
		} else {
			err = r.tensor(name)
		}
		if err != nil {
			return err
		}
		if r.out.Tensors > maxTensors {
			return errTensors
		}
	}
	return r.delimiter('}')
}

func (r *reader) delimiter(want json.Delim) error {
	t, err := r.dec.Token()
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	if t != want {
		return errForm
	}
	return nil
}

func (r *reader) metadata() error {
	var pairs map[string]string
	if err := r.dec.Decode(&pairs); err != nil {
		return err
	}
	for k, v := range pairs {
		r.out.Meta(k, v)
	}
	return nil
}

func (r *reader) tensor(name string) error {
	var t struct {
		Type  string   `json:"dtype"`
		Shape []int64  `json:"shape"`
		Data  []uint64 `json:"data_offsets"`
	}
	if err := r.dec.Decode(&t); err != nil {
		return err
	}
	if t.Type == "" || t.Shape == nil || len(t.Data) != 2 || t.Data[1] > 1<<62 {
		return errForm
	}
	kind, ok := types[t.Type]
	if !ok {
		kind = graph.Text(t.Type)
	}
	r.end = max(r.end, t.Data[1])
	r.out.Weight(name, kind, graph.Product(t.Shape))
	return nil
}

// types are the names of element types in the words that other formats use.
var types = map[string]string{
	"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64",
	"I32": "int32", "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool",
	"U16": "uint16", "U32": "uint32", "U64": "uint64", "F8_E5M2": "float8e5m2",
	"F8_E4M3": "float8e4m3fn",
}
