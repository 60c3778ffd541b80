// Package flatbuf reads FlatBuffers without a schema: tables, vectors and strings
// by field number. Each offset is checked before it is followed and each length
// before it is used; the first that lies is the buffer's error, and everything
// after it is empty. So a decoder reads what it wants and asks for the error once.
//
// Tables and vectors may be referred to more than once: a kilobyte can describe
// millions of tables. The number of tables that are entered is bounded.
//
// Source: "FlatBuffer Internals" of the FlatBuffers documentation.
package flatbuf

import (
	"encoding/binary"
	"math"

	"github.com/listgate/listgate/analyzer/budget"
)

const (
	maxTables = 1 << 20 // entered over the whole buffer
	maxString = 4096    // bytes of a string that are kept
)

// Buffer is one FlatBuffer.
type Buffer struct {
	data   []byte
	part   string
	tables int
	err    error
}

// Read returns the buffer and its root table. Part names the format in errors.
func Read(part string, data []byte) (*Buffer, Table) {
	b := &Buffer{data: data, part: part}
	at, ok := b.follow(0)
	if !ok {
		return b, Table{}
	}
	return b, b.table(at)
}

// Err returns the first thing that was wrong.
func (b *Buffer) Err() error { return b.err }

func (b *Buffer) fail(at int64, format string, args ...any) {
	if b.err == nil {
		b.err = budget.Malformed(b.part, at, format, args...)
	}
}

// has reports n bytes at an offset.
func (b *Buffer) has(at, n int64) bool {
	if b.err != nil {
		return false
	}
	if at < 0 || n < 0 || n > int64(len(b.data))-at {
		b.fail(at, "%d bytes wanted, the buffer has %d", n, len(b.data))
		return false
	}
	return true
}

func (b *Buffer) u32(at int64) int64 { return int64(binary.LittleEndian.Uint32(b.data[at:])) }

func (b *Buffer) u16(at int64) int64 { return int64(binary.LittleEndian.Uint16(b.data[at:])) }

// follow returns what the offset at a place refers to.
func (b *Buffer) follow(at int64) (int64, bool) {
	if !b.has(at, 4) {
		return 0, false
	}
	to := at + b.u32(at)
	if to <= at || !b.has(to, 4) {
		b.fail(at, "an offset leads to 0x%x", to)
		return 0, false
	}
	return to, true
}

// Table is one table; the zero value is one without fields.
type Table struct {
	b      *Buffer
	at     int64
	length int64 // of the table's own bytes
	vtable int64
	fields int64 // bytes of the vtable
}

func (b *Buffer) table(at int64) Table {
	if !b.has(at, 4) {
		return Table{}
	}
	if b.tables++; b.tables > maxTables {
		b.fail(at, "more than %d tables", maxTables)
		return Table{}
	}
	vtable := at - int64(int32(binary.LittleEndian.Uint32(b.data[at:])))
	if !b.has(vtable, 4) {
		return Table{}
	}
	t := Table{b: b, at: at, vtable: vtable, fields: b.u16(vtable), length: b.u16(vtable + 2)}
	if t.fields < 4 || t.fields%2 != 0 || t.length < 4 ||
		!b.has(vtable, t.fields) || !b.has(at, t.length) {
		b.fail(vtable, "a vtable of %d bytes for a table of %d", t.fields, t.length)
		return Table{}
	}
	return t
}

// field returns the place of a field of size bytes, 0 where the table has none.
func (t Table) field(number int, size int64) int64 {
	slot := 4 + 2*int64(number)
	if t.b == nil || t.b.err != nil || slot+2 > t.fields {
		return 0
	}
	off := t.b.u16(t.vtable + slot)
	if off == 0 {
		return 0
	}
	if off < 4 || off+size > t.length {
		t.b.fail(t.vtable+slot, "field %d of %d bytes at %d of %d", number, size, off, t.length)
		return 0
	}
	return t.at + off
}

// Has reports that the table has the field.
func (t Table) Has(number int) bool { return t.field(number, 1) != 0 }

// Int returns a signed integer of size bytes, or def where the table has none.
func (t Table) Int(number, size int, def int64) int64 {
	at := t.field(number, int64(size))
	if at == 0 {
		return def
	}
	return integer(t.b.data[at:], size)
}

func integer(b []byte, size int) int64 {
	switch size {
	case 1:
		return int64(int8(b[0]))
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(b)))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(b)))
	default:
		return int64(binary.LittleEndian.Uint64(b))
	}
}

// Float returns a 32-bit number, or def where the table has none.
func (t Table) Float(number int, def float32) float32 {
	at := t.field(number, 4)
	if at == 0 {
		return def
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(t.b.data[at:]))
}

// Sub returns the table that a field refers to.
func (t Table) Sub(number int) Table {
	at := t.field(number, 4)
	if at == 0 {
		return Table{}
	}
	to, ok := t.b.follow(at)
	if !ok {
		return Table{}
	}
	return t.b.table(to)
}

// String returns a string, cut to 4 KiB.
func (t Table) String(number int) string {
	b := t.Bytes(number)
	return string(b[:min(len(b), maxString)])
}

// Bytes returns a string or a vector of bytes where it lies.
func (t Table) Bytes(number int) []byte {
	v := t.Vector(number, 1)
	if v.n == 0 {
		return nil
	}
	return v.b.data[v.at : v.at+v.n]
}

// Vector is one vector; the zero value is empty.
type Vector struct {
	b     *Buffer
	at, n int64
	size  int64
}

// Vector returns a vector of elements of size bytes; tables and strings have 4.
func (t Table) Vector(number, size int) Vector {
	at := t.field(number, 4)
	if at == 0 {
		return Vector{}
	}
	to, ok := t.b.follow(at)
	if !ok {
		return Vector{}
	}
	return t.b.vector(to, int64(size))
}

func (b *Buffer) vector(at, size int64) Vector {
	n := b.u32(at)
	if n > (int64(len(b.data))-at-4)/size {
		b.fail(at, "%d elements of %d bytes", n, size)
		return Vector{}
	}
	return Vector{b: b, at: at + 4, n: n, size: size}
}

// Len returns the number of elements.
func (v Vector) Len() int { return int(v.n) }

// Table returns the table that element i refers to.
func (v Vector) Table(i int) Table {
	to, ok := v.refer(i)
	if !ok {
		return Table{}
	}
	return v.b.table(to)
}

// String returns the string that element i refers to, cut to 4 KiB.
func (v Vector) String(i int) string {
	to, ok := v.refer(i)
	if !ok {
		return ""
	}
	s := v.b.vector(to, 1)
	if s.n == 0 {
		return ""
	}
	return string(s.b.data[s.at : s.at+min(s.n, maxString)])
}

func (v Vector) refer(i int) (int64, bool) {
	if v.b == nil || i < 0 || int64(i) >= v.n || v.size != 4 {
		return 0, false
	}
	return v.b.follow(v.at + 4*int64(i))
}

// Int returns element i as a signed integer, 0 where there is none.
func (v Vector) Int(i int) int64 {
	if v.b == nil || i < 0 || int64(i) >= v.n {
		return 0
	}
	return integer(v.b.data[v.at+int64(i)*v.size:], int(v.size))
}

// Ints returns the first elements, at most limit.
func (v Vector) Ints(limit int) []int64 {
	var out []int64
	for i := range min(v.Len(), limit) {
		out = append(out, v.Int(i))
	}
	return out
}
