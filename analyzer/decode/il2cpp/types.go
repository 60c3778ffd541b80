package il2cpp

import (
	"bytes"
	"encoding/binary"

	"github.com/listgate/listgate/analyzer/budget"
)

// recordSizes are the lengths of a type's record in versions 16 to 35; the first two
// fields of all are its name and its namespace.
var recordSizes = []int{88, 92, 100, 104, 84, 112, 120, 108, 80, 116, 96, 76}

// tried is how many records are looked at to find the length.
const tried = 256

// Type is one type; nested ones have no namespace. At is where its name lies.
type Type struct {
	Namespace, Name string
	At              int
}

// Types yields the types until yield returns false. The error says that their records
// are of no known length, or that their names are longer than the file.
func (f *File) Types(yield func(Type) bool) error {
	records := f.bytes(tableTypes)
	where := int64(f.tables[tableTypes].at)
	if len(records) == 0 {
		return nil
	}
	size := f.recordSize(records)
	if size == 0 {
		return budget.Malformed("types", where, "version %d: records of no known length",
			f.Version)
	}
	f.text = maxTextShare*len(f.data) + 4096
	for i := 0; i+size <= len(records); i += size {
		y := Type{}
		var ok, known bool
		y.Name, y.At, ok = f.name(binary.LittleEndian.Uint32(records[i:]))
		y.Namespace, _, known = f.name(binary.LittleEndian.Uint32(records[i+4:]))
		if !ok || !known {
			return budget.Malformed("types", where+int64(i), "a name that is none of the heap's")
		}
		if !yield(y) {
			return nil
		}
	}
	return nil
}

// recordSize finds the length of a record, 0 where none fits.
func (f *File) recordSize(records []byte) int {
	sizes := recordSizes
	if n := f.tables[tableTypes].count; n > 0 {
		sizes = []int{len(records) / n}
	}
	for _, size := range sizes {
		if size >= 8 && len(records)%size == 0 && f.namesFit(records, size) {
			return size
		}
	}
	return 0
}

func (f *File) namesFit(records []byte, size int) bool {
	for i := range min(tried, len(records)/size) {
		for _, at := range []int{i * size, i*size + 4} {
			if !f.begins(binary.LittleEndian.Uint32(records[at:])) {
				return false
			}
		}
	}
	return true
}

// begins reports whether a name of the heap begins at an index.
func (f *File) begins(index uint32) bool {
	heap := f.bytes(tableNames)
	return uint64(index) < uint64(len(heap)) && (index == 0 || heap[index-1] == 0)
}

// maxName bounds a name.
const maxName = 1024

func (f *File) name(index uint32) (text string, at int, ok bool) {
	if !f.begins(index) {
		return "", 0, false
	}
	rest := f.bytes(tableNames)[index:]
	end := bytes.IndexByte(rest[:min(len(rest), maxName)], 0)
	if f.text -= end; end < 0 || f.text < 0 {
		return "", 0, false
	}
	return string(rest[:end]), f.tables[tableNames].at + int(index), true
}
