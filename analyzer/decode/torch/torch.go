// Package torch scans the pickles of PyTorch for names. A pickle is a program
// for a small machine that calls whatever it names: it is never run here. The
// opcodes are stepped over one by one, the texts and class names among their
// arguments are kept, and each tensor is counted by the reference to its storage.
//
// Sources: Lib/pickletools.py of CPython (opcodes of protocols 0 to 5) and
// torch/serialization.py (storages as persistent identifiers, the magic number of
// the form before zip archives).
package torch

import (
	"bytes"
	"encoding/binary"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/graph"
)

// Pickle is what a pickle names.
type Pickle struct {
	graph.Graph          // Names are the texts, Tensors the references to storages
	Classes     []string // module and name of what it would call, in order
}

const (
	maxClasses = 256
	maxOpcodes = 1 << 24
)

// legacyMagic is the number 0x1950a86a20f9469cfc6c as torch.save pickled it at the
// start of a file before 2020.
var legacyMagic = []byte("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.")

// Legacy reports a file of several pickles in a row, as torch.save wrote before it
// took to zip archives.
func Legacy(head []byte) bool { return bytes.HasPrefix(head, legacyMagic) }

// legacyPickles are the magic, the protocol, the system and the model.
const legacyPickles = 4

// DecodeLegacy scans the pickles of a legacy file.
func DecodeLegacy(data []byte) (*Pickle, error) {
	if !Legacy(data) {
		return nil, budget.Malformed("pickle", 0, "no magic number of PyTorch")
	}
	s := &scanner{data: data}
	for range legacyPickles {
		if err := s.pickle(); err != nil {
			return s.result(err)
		}
	}
	return s.result(nil)
}

// Decode scans one pickle. What one that breaks has named before is there beside
// the error. Data that is no pickle gives nil.
func Decode(data []byte) (*Pickle, error) {
	if len(data) < 2 || data[0] != protocol || data[1] < 2 || data[1] > 5 {
		return nil, budget.Malformed("pickle", 0, "no protocol from 2 to 5")
	}
	s := &scanner{data: data}
	return s.result(s.pickle())
}

// scanner steps over opcodes.
type scanner struct {
	data    []byte
	at      int
	opcodes int
	out     Pickle
	number  int64  // the last integer
	storage string // the last class that is a storage
	texts   [2]string
}

func (s *scanner) result(err error) (*Pickle, error) {
	for _, c := range s.out.Classes {
		if rest, ok := strings.CutPrefix(c, "__torch__."); ok && s.out.Architecture == "" &&
			!strings.HasPrefix(rest, "torch.") {
			s.out.Architecture = rest[strings.LastIndexByte(rest, '.')+1:]
		}
	}
	return &s.out, err
}

// pickle steps through one pickle to its STOP.
func (s *scanner) pickle() error {
	for {
		if s.at >= len(s.data) {
			return budget.Malformed("pickle", int64(s.at), "no STOP")
		}
		if s.opcodes++; s.opcodes > maxOpcodes {
			return budget.Malformed("pickle", int64(s.at), "more than %d opcodes", maxOpcodes)
		}
		op := s.data[s.at]
		s.at++
		if op == stop {
			return nil
		}
		if err := s.argument(op); err != nil {
			return err
		}
	}
}

// argument steps over the argument of an opcode and keeps what it says.
func (s *scanner) argument(op byte) error {
	form, known := forms[op]
	if !known {
		return budget.Malformed("pickle", int64(s.at-1), "opcode 0x%02x", op)
	}
	b, err := s.bytes(form)
	if err != nil {
		return err
	}
	switch op {
	case binUnicode, shortBinUnicode, binUnicode8, unicode, shortBinString, binString:
		s.text(b)
	case binInt, binInt1, binInt2, long1:
		s.number = integer(b)
	case global:
		module, name, _ := strings.Cut(string(b), "\n")
		s.class(module, strings.TrimSuffix(name, "\n"))
	case stackGlobal:
		s.class(s.texts[0], s.texts[1])
	case binPersID:
		s.out.Weight("", storageTypes[s.storage], s.number)
	}
	return nil
}

// text keeps a text that can be a name.
func (s *scanner) text(b []byte) {
	if len(b) > graph.MaxText {
		return
	}
	t := graph.Text(string(b))
	s.texts[0], s.texts[1] = s.texts[1], t
	if t != "storage" && t != "cpu" && len(t) > 1 {
		s.out.Label(t)
	}
}

func (s *scanner) class(module, name string) {
	if strings.HasSuffix(name, "Storage") {
		s.storage = name
	}
	if full := graph.Text(module + "." + name); len(s.out.Classes) < maxClasses {
		s.out.Classes = append(s.out.Classes, full)
	}
}

func integer(b []byte) int64 {
	switch len(b) {
	case 1:
		return int64(b[0])
	case 2:
		return int64(binary.LittleEndian.Uint16(b))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(b)))
	}
	var n int64
	for i, c := range b[:min(len(b), 8)] {
		n |= int64(c) << (8 * i)
	}
	return n
}

var storageTypes = map[string]string{
	"FloatStorage": "float32", "HalfStorage": "float16", "DoubleStorage": "float64",
	"BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32",
	"ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8",
	"BoolStorage": "bool", "QInt8Storage": "qint8", "QUInt8Storage": "quint8",
	"QInt32Storage": "qint32",
}
