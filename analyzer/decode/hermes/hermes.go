// Package hermes decodes the strings of Hermes bytecode, the form into which React
// Native compiles a program for the engine of that name: literals, and the names of
// functions and properties. The layout is that of BytecodeFileFormat.h, versions 59 to
// 99: a header of 128 bytes, headers of functions, runs of kinds, hashes of
// identifiers, a table of small entries, one of entries that overflow these, and the
// storage, where a string is bytes below 128 or UTF-16.
//
// The size of a function's header has changed and is not told; where the runs of
// kinds cover all strings, which they do at one place by chance hardly ever, it was
// guessed right. A version that is not known is read if that holds.
package hermes

import (
	"bytes"
	"encoding/binary"

	"github.com/listgate/listgate/analyzer/budget"
)

// Magic begins every file.
const Magic = "\xc6\x1f\xbc\x03\xc1\x03\x19\x1f"

// Versions whose layout was compared with what compilers of theirs write.
const (
	FirstVersion = 59
	LastVersion  = 99
)

// File is the head of a file and where its strings lie.
type File struct {
	Version   int
	Functions int
	Count     int // strings

	data                     []byte
	small, overflow, storage []byte
	at                       int // of the storage
	kinds                    []run
}

// String is one string; Text is UTF-8.
type String struct {
	Text       string
	Identifier bool // a name of a function or property, not a literal alone
	At         int  // where its first byte lies
}

// run is how many strings that follow each other are of one kind.
type run struct {
	count      int
	identifier bool
}

const (
	headerSize = 128
	// minHeader and maxHeader are the sizes of a function's small header.
	minHeader, maxHeader = 8, 32
	// overflows is the length of a small entry that stands for one that is longer.
	overflows = 0xff
	// mergedKinds is the version from which kinds have one bit and not two.
	mergedKinds = 71
)

// Decode reads the tables. Every error is a *budget.FormatError.
func Decode(data []byte) (*File, error) {
	if !bytes.HasPrefix(data, []byte(Magic)) {
		return nil, budget.Malformed("magic", 0, "no Hermes bytecode")
	}
	if len(data) < headerSize {
		return nil, budget.Malformed("header", 0, "%d bytes, a header has %d", len(data),
			headerSize)
	}
	u32 := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(data[at:])) }
	f := &File{Version: int(u32(8)), data: data}
	if length := u32(32); length > uint64(len(data)) {
		return nil, budget.Malformed("header", 32, "%d bytes declared, %d there", length,
			len(data))
	}
	h := header{functions: u32(40), kinds: u32(44), identifiers: u32(48), strings: u32(52),
		overflow: u32(56), storage: u32(60)}
	sizes := []uint64{16, 12}
	if f.Version >= 97 {
		sizes = []uint64{12, 16}
	}
	if f.Version < FirstVersion || f.Version > LastVersion {
		for n := uint64(minHeader); n <= maxHeader; n += 4 {
			sizes = append(sizes, n)
		}
	}
	for _, size := range sizes {
		if f.place(h, size) {
			f.Functions, f.Count = int(h.functions), int(h.strings)
			return f, nil
		}
	}
	return nil, budget.Malformed("string kinds", headerSize,
		"version %d: no place where %d runs cover %d strings", f.Version, h.kinds, h.strings)
}

// header is the part of the header that places the strings: counts, and bytes of the
// storage.
type header struct{ functions, kinds, identifiers, strings, overflow, storage uint64 }

// place finds the tables where a function's header has so many bytes, and reports
// whether they are there.
func (f *File) place(h header, size uint64) bool {
	kinds := uint64(headerSize) + h.functions*size
	small := kinds + 4*h.kinds + 4*h.identifiers
	overflow := small + 4*h.strings
	storage := overflow + 8*h.overflow
	// Counts have 32 bits each, so the sums cannot wrap.
	if storage+h.storage > uint64(len(f.data)) {
		return false
	}
	if f.kinds = f.runs(f.data[kinds:kinds+4*h.kinds], h); f.kinds == nil && h.strings > 0 {
		return false
	}
	f.small, f.overflow = f.data[small:overflow], f.data[overflow:storage]
	f.storage, f.at = f.data[storage:storage+h.storage], int(storage)
	return f.entriesFit(h)
}

// runs reads the runs of kinds, nil where they do not cover the strings.
func (f *File) runs(table []byte, h header) (runs []run) {
	var all, identifiers uint64
	bits := 31
	if f.Version < mergedKinds {
		bits = 30
	}
	for ; len(table) > 0; table = table[4:] {
		v := binary.LittleEndian.Uint32(table)
		r := run{count: int(v & (1<<bits - 1)), identifier: v>>bits != 0}
		all += uint64(r.count)
		if r.identifier {
			identifiers += uint64(r.count)
		}
		if all > h.strings {
			return nil
		}
		runs = append(runs, r)
	}
	merged := f.Version >= mergedKinds
	if all != h.strings || merged && identifiers != h.identifiers {
		return nil
	}
	return runs
}

// entriesFit reports that the first entries lie inside the storage.
func (f *File) entriesFit(h header) bool {
	for i := range min(int(h.strings), 16) {
		if _, _, _, ok := f.entry(i); !ok {
			return false
		}
	}
	return true
}

// entry returns where string i lies in the storage.
func (f *File) entry(i int) (at, size int, wide, ok bool) {
	v := binary.LittleEndian.Uint32(f.small[4*i:])
	wide = v&1 != 0
	offset, length := uint64(v>>1&0x7fffff), uint64(v>>24)
	if length == overflows {
		if 8*offset+8 > uint64(len(f.overflow)) {
			return 0, 0, wide, false
		}
		e := f.overflow[8*offset:]
		offset = uint64(binary.LittleEndian.Uint32(e))
		length = uint64(binary.LittleEndian.Uint32(e[4:]))
	}
	if wide {
		length *= 2
	}
	if offset+length > uint64(len(f.storage)) {
		return 0, 0, wide, false
	}
	return int(offset), int(length), wide, true
}
