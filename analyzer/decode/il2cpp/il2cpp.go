// Package il2cpp decodes the metadata that Unity ships beside code which it compiled
// from C# to native: global-metadata.dat with the literals of the program and the
// names of its assemblies and types. The header begins with a magic number and a
// version, then says of each table where it lies and how long it is; newer versions
// say how many records it has, too. Which of both it is shows in the places: tables
// follow each other.
//
// The layout of a record has changed often. Literals and the heap of names have not;
// the length of a type's record is found by trying which of the known ones makes
// every name of a type one of the heap's.
package il2cpp

import (
	"bytes"
	"encoding/binary"

	"github.com/listgate/listgate/analyzer/budget"
)

// Magic begins every file, little-endian 0xfab11baf.
const Magic = "\xaf\x1b\xb1\xfa"

// Tables of the header, by their order.
const (
	tableLiterals   = 0
	tableLiteralsOf = 1 // their bytes
	tableNames      = 2
	tableTypes      = 19
	tableCount      = 20
)

// File is the head of a file and where its tables lie.
type File struct {
	Version int

	data   []byte
	tables [tableCount]table
	text   int // bytes of names still allowed
}

// table is a part of the file; count is 0 where the header does not say it.
type table struct{ at, size, count int }

// String is one literal or name. At is where its first byte lies.
type String struct {
	Text string
	At   int
}

// maxTextShare bounds the bytes of what is yielded for each byte of the file.
const maxTextShare = 2

// Decode reads the header. Every error is a *budget.FormatError.
func Decode(data []byte) (*File, error) {
	if !bytes.HasPrefix(data, []byte(Magic)) {
		return nil, budget.Malformed("magic", 0, "no IL2CPP metadata")
	}
	if len(data) < 8+12*tableCount {
		return nil, budget.Malformed("header", 0, "%d bytes", len(data))
	}
	f := &File{Version: int(binary.LittleEndian.Uint32(data[4:])), data: data}
	for _, fields := range []int{2, 3} {
		if f.readTables(fields) {
			return f, nil
		}
	}
	return nil, budget.Malformed("header", 8, "version %d: tables that do not follow each other",
		f.Version)
}

// readTables reads the tables with so many fields each, and reports whether the first
// ones follow each other and all lie in the file.
func (f *File) readTables(fields int) bool {
	for i := range f.tables {
		field := func(n int) uint64 {
			return uint64(binary.LittleEndian.Uint32(f.data[8+4*(i*fields+n):]))
		}
		at, size := field(0), field(1)
		if at+size > uint64(len(f.data)) {
			return false
		}
		t := table{at: int(at), size: int(size)}
		if fields == 3 {
			t.count = int(field(2))
		}
		if i > 0 && i <= tableNames {
			before := f.tables[i-1]
			gap := t.at - before.at - before.size
			if gap < 0 || gap > 16 {
				return false
			}
		}
		f.tables[i] = t
	}
	return f.tables[0].at >= 8+4*fields*tableCount
}

// bytes returns the content of a table.
func (f *File) bytes(i int) []byte {
	t := f.tables[i]
	return f.data[t.at : t.at+t.size]
}

// compactLiterals is the version from which a literal's record has no length: it ends
// where the next begins.
const compactLiterals = 35

// Literals yields the literals of the program in their order until yield returns
// false.
func (f *File) Literals(yield func(String) bool) error {
	records, text := f.bytes(tableLiterals), f.bytes(tableLiteralsOf)
	base := f.tables[tableLiteralsOf].at
	left := maxTextShare*len(f.data) + 4096
	step := 8
	if f.Version >= compactLiterals {
		step = 4
	}
	for i := 0; i+step <= len(records); i += step {
		start, end := literal(records[i:], step, len(text))
		if start > end || end > uint64(len(text)) {
			return budget.Malformed("literals", int64(f.tables[tableLiterals].at+i),
				"a literal ends past the table")
		}
		if left -= int(end - start); left < 0 {
			return budget.Malformed("literals", int64(f.tables[tableLiterals].at+i),
				"literals longer than the file")
		}
		if !yield(String{string(text[start:end]), base + int(start)}) {
			return nil
		}
	}
	return nil
}

// literal returns where the first of the records lies in the text.
func literal(records []byte, step, size int) (start, end uint64) {
	first := uint64(binary.LittleEndian.Uint32(records))
	if step == 8 {
		start = uint64(binary.LittleEndian.Uint32(records[4:]))
		return start, start + first
	}
	if len(records) < 8 {
		return first, uint64(size)
	}
	return first, uint64(binary.LittleEndian.Uint32(records[4:]))
}

// Assemblies yields the names of the assemblies that the program was made of, without
// their ending, in the order of the heap.
func (f *File) Assemblies(yield func(String) bool) {
	names := f.bytes(tableNames)
	ending := []byte(".dll\x00")
	for at := 0; ; {
		i := bytes.Index(names[at:], ending)
		if i < 0 {
			return
		}
		end := at + i
		start := bytes.LastIndexByte(names[at:end], 0) + 1 + at
		s := String{string(names[start:end]), f.tables[tableNames].at + start}
		if s.Text != "" && !yield(s) {
			return
		}
		at = end + len(ending)
	}
}
