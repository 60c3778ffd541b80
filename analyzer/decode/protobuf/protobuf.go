// Package protobuf walks the wire format of Protocol Buffers without a schema.
// A field is found by its number and followed where the caller asks for it; bytes
// are not copied. What ends early or has no meaning is an error with its place.
//
// Source: the "Encoding" page of the Protocol Buffers documentation.
package protobuf

import (
	"encoding/binary"

	"github.com/listgate/listgate/analyzer/budget"
)

// The wire types.
const (
	Varint = 0
	Fixed8 = 1 // eight bytes
	Length = 2 // a length and so many bytes
	Fixed4 = 5 // four bytes
)

// maxString is how much of a text is kept.
const maxString = 4096

// maxField is the largest field number of the format.
const maxField = 1<<29 - 1

// Field is one field of a message. Bytes is set for Length, Value for the others.
type Field struct {
	Number int
	Type   int
	Value  uint64
	Bytes  []byte
	At     int64 // of the bytes or the value, from the start of the file
}

// Walk calls visit for each field of the message in data, which begins at base,
// in the order in which they stand. It ends with the first error.
func Walk(part string, base int64, data []byte, visit func(Field) error) error {
	for at := 0; at < len(data); {
		f, next, err := read(part, base, data, at)
		if err != nil {
			return err
		}
		if err := visit(f); err != nil {
			return err
		}
		at = next
	}
	return nil
}

func read(part string, base int64, data []byte, at int) (f Field, next int, err error) {
	key, n := binary.Uvarint(data[at:])
	if n <= 0 || key>>3 == 0 || key>>3 > maxField {
		return f, 0, budget.Malformed(part, base+int64(at), "no field begins here")
	}
	at += n
	f = Field{Number: int(key >> 3), Type: int(key & 7), At: base + int64(at)}
	left := len(data) - at
	switch f.Type {
	case Varint:
		if f.Value, n = binary.Uvarint(data[at:]); n <= 0 {
			return f, 0, budget.Malformed(part, f.At, "field %d has no end", f.Number)
		}
		return f, at + n, nil
	case Fixed8:
		if left >= 8 {
			f.Value = binary.LittleEndian.Uint64(data[at:])
			return f, at + 8, nil
		}
	case Fixed4:
		if left >= 4 {
			f.Value = uint64(binary.LittleEndian.Uint32(data[at:]))
			return f, at + 4, nil
		}
	case Length:
		size, n := binary.Uvarint(data[at:])
		if n > 0 && size <= uint64(left-n) {
			at += n
			f.At = base + int64(at)
			f.Bytes = data[at : at+int(size)]
			return f, at + int(size), nil
		}
	default:
		return f, 0, budget.Malformed(part, f.At, "field %d of wire type %d", f.Number, f.Type)
	}
	return f, 0, budget.Malformed(part, f.At, "field %d ends behind the message", f.Number)
}

// Walk calls visit for each field of the message that the field holds.
func (f Field) Walk(part string, visit func(Field) error) error {
	return Walk(part, f.At, f.Bytes, visit)
}

// Text returns the field's text, cut to 4 KiB.
func (f Field) Text() string { return string(f.Bytes[:min(len(f.Bytes), maxString)]) }

// Int returns the field's value as a signed integer.
func (f Field) Int() int64 { return int64(f.Value) }

// Ints appends the integers of a repeated field, packed or one by one, up to limit.
func (f Field) Ints(list []int64, limit int) []int64 {
	if f.Type != Length {
		if len(list) < limit {
			list = append(list, f.Int())
		}
		return list
	}
	for data := f.Bytes; len(data) > 0 && len(list) < limit; {
		v, n := binary.Uvarint(data)
		if n <= 0 {
			break
		}
		list, data = append(list, int64(v)), data[n:]
	}
	return list
}
