// Package cli decodes the metadata of managed code: assemblies as compilers of C# and
// its relatives write them (ECMA-335, Partition II, §§22–24). It reads what an
// assembly is called, which types it defines, which assemblies and native libraries
// it refers to, and the literals of its programs.
//
// Metadata begins with a signature of its own, wherever it lies: in a file of the
// Portable Executable form, or in a store of many assemblies. It is looked for by
// that, so that no header before it can hide it.
package cli

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/listgate/listgate/analyzer/budget"
)

// signature begins the root of metadata; version numbers 1.1 follow in all of them.
const signature = "BSJB\x01\x00\x01\x00"

// Metadata is that of one module.
type Metadata struct {
	Runtime    string // the runtime that it wants: v4.0.30319
	Module     string // its file name
	Name       string // of the assembly; "" for a module without a manifest
	Version    string
	References []Reference
	Libraries  []string // native ones, as it names them
	Types      []Type   // that are not nested

	data    []byte // from the root on
	at      int    // of the root
	text    int    // bytes of names still allowed
	strings heap
	users   heap
	tables  tables
}

// Reference is an assembly that is referred to.
type Reference struct{ Name, Version string }

// Type is one defined type. At is where its name lies.
type Type struct {
	Namespace, Name string
	At              int
}

// String is one literal. At is where its first code unit lies.
type String struct {
	Text string
	At   int
}

// heap is a stream of a root, which lies at base of the data.
type heap struct {
	bytes []byte
	base  int
}

// Find returns where the next root of metadata begins from a place on, negative where
// there is none.
func Find(data []byte, from int) int {
	if i := bytes.Index(data[from:], []byte(signature)); i >= 0 {
		return from + i
	}
	return -1
}

// Decode reads the metadata whose root lies at a place. Every error is a
// *budget.FormatError; the literals can be read beside it where there are any.
func Decode(data []byte, at int) (*Metadata, error) {
	m := &Metadata{data: data[at:], at: at, text: maxTextShare*len(data) + 4096}
	if !bytes.HasPrefix(m.data, []byte(signature)) {
		return m, budget.Malformed("metadata root", int64(at), "no signature")
	}
	found, err := m.streams()
	if err != nil {
		return m, err
	}
	if !found {
		return m, budget.Malformed("metadata root", int64(at), "no tables")
	}
	if err := m.tables.layOut(); err != nil {
		return m, err
	}
	return m, m.describe()
}

// maxStreams is how many streams of a root are looked at; there are five kinds.
const maxStreams = 32

// streams finds the streams by their names, and reports whether there are tables.
func (m *Metadata) streams() (found bool, err error) {
	bad := func(format string, args ...any) (bool, error) {
		return false, budget.Malformed("metadata root", int64(m.at), format, args...)
	}
	if len(m.data) < 20 {
		return bad("%d bytes", len(m.data))
	}
	length := binary.LittleEndian.Uint32(m.data[12:])
	if length > 255 || int(length)+20 > len(m.data) {
		return bad("a version of %d bytes", length)
	}
	m.Runtime = string(bytes.TrimRight(m.data[16:16+length], "\x00"))
	at := 16 + int(length)
	count := int(binary.LittleEndian.Uint16(m.data[at+2:]))
	at += 4
	for range min(count, maxStreams) {
		if at+9 > len(m.data) {
			return bad("streams end past the data")
		}
		offset := uint64(binary.LittleEndian.Uint32(m.data[at:]))
		size := uint64(binary.LittleEndian.Uint32(m.data[at+4:]))
		rest := m.data[at+8:]
		end := bytes.IndexByte(rest[:min(len(rest), 32)], 0)
		if end < 0 || offset+size > uint64(len(m.data)) {
			return bad("stream at 0x%x of %d bytes ends past the data", offset, size)
		}
		h := heap{m.data[offset : offset+size], m.at + int(offset)}
		switch string(rest[:end]) {
		case "#Strings":
			m.strings = h
		case "#US":
			m.users = h
		case "#~", "#-":
			m.tables.heap, found = h, true
		}
		at += 8 + (end+4)&^3
	}
	return found, nil
}

// name reads a name of the heap of strings.
func (m *Metadata) name(index uint32) (string, int) {
	if uint64(index) >= uint64(len(m.strings.bytes)) {
		return "", 0
	}
	rest := m.strings.bytes[index:]
	end := bytes.IndexByte(rest[:min(len(rest), maxName)], 0)
	if m.text -= end; end < 0 || m.text < 0 {
		return "", 0
	}
	return string(rest[:end]), m.strings.base + int(index)
}

// Size returns how many bytes of the data the names, the literals and the tables take.
func (m *Metadata) Size() int {
	return len(m.strings.bytes) + len(m.users.bytes) + len(m.tables.bytes)
}

// maxName bounds a name, as the runtime does; maxTextShare the bytes of all for each
// byte of the file, since rows can share the longest.
const (
	maxName      = 1024
	maxTextShare = 2
)

// nested are the bits of a type's visibility whose value is above one for nested types.
const nested = 7

// describe reads the tables that say what the module is.
func (m *Metadata) describe() error {
	t := &m.tables
	m.Module, _ = m.name(t.cell(tableModule, 0, 1))
	if t.rows[tableAssembly] > 0 {
		m.Name, _ = m.name(t.cell(tableAssembly, 0, 7))
		m.Version = t.version(tableAssembly, 0, 1)
	}
	for row := range t.rows[tableAssemblyRef] {
		name, _ := m.name(t.cell(tableAssemblyRef, row, 6))
		m.References = append(m.References, Reference{name, t.version(tableAssemblyRef, row, 0)})
	}
	for row := range t.rows[tableModuleRef] {
		if name, _ := m.name(t.cell(tableModuleRef, row, 0)); name != "" {
			m.Libraries = append(m.Libraries, name)
		}
	}
	for row := range t.rows[tableTypeDef] {
		if t.cell(tableTypeDef, row, 0)&nested > 1 {
			continue
		}
		y := Type{}
		y.Name, y.At = m.name(t.cell(tableTypeDef, row, 1))
		y.Namespace, _ = m.name(t.cell(tableTypeDef, row, 2))
		if y.Name != "" && y.Name != "<Module>" {
			m.Types = append(m.Types, y)
		}
	}
	if m.text < 0 {
		return budget.Malformed("metadata tables", int64(t.base), "names longer than the file")
	}
	return nil
}

// version joins four numbers of a row.
func (t *tables) version(table, row, column int) string {
	return fmt.Sprintf("%d.%d.%d.%d", t.cell(table, row, column), t.cell(table, row, column+1),
		t.cell(table, row, column+2), t.cell(table, row, column+3))
}
