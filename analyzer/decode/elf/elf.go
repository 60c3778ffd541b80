// Package elf reads little-endian ELF files of both widths (System V ABI, "Object
// Files" and "Dynamic Linking"; GNU hash table as the glibc and bionic loaders
// read it): what the file is for, what it needs, and what it exports.
//
// It reads as a device's loader does, through the program headers and the dynamic
// segment, which cannot lie without the library failing to load. The section
// headers, which loaders hardly look at and which packers strip or falsify, serve
// only where there is no dynamic segment, and to find read-only data; where they
// are missing, end past the file or contradict the segments they are listed as
// anomalies and not used.
//
// The input is hostile. debug/elf allocates by the sizes that sections declare,
// compressed ones included; this package allocates for what it returns only, which
// is bounded by a small multiple of the file however names overlap. Every error is
// a *budget.FormatError, and nothing is returned beside it.
package elf

import (
	"encoding/binary"
	"fmt"

	"github.com/listgate/listgate/analyzer/budget"
)

// Magic is how every ELF file begins.
const Magic = "\x7fELF"

// File is a decoded file.
type File struct {
	Bits    int // 32 or 64
	Machine Machine
	Type    Type
	SONAME  string
	Needed  []string // in the order of the dynamic section
	BuildID string   // GNU build id in lower-case hex, "" where there is none
	// Exports are the defined global and weak symbols of the dynamic symbol table
	// that other objects see, in its order; of a relocatable file, those of its
	// symbol table.
	Exports []Symbol
	// ReadOnly is where constant data lie: sections .rodata*, or without usable
	// sections the segments that are not writable, code ones only where there is
	// no other. Ranges are in order and apart.
	ReadOnly []Range
	// Anomalies say what is wrong with the section headers or with counts.
	Anomalies []Anomaly
}

// Symbol is an exported name and the byte offset of its first character.
type Symbol struct {
	Name   string
	Offset uint32
}

// Range is a part of the file, in bytes, inside its bounds.
type Range struct{ Offset, Size int }

// Anomaly is something that no linker writes and that reading survived.
type Anomaly struct {
	Offset int64
	Detail string
	// Lost is set where exported names may be behind it that could not be read.
	Lost bool
}

// Type is e_type.
type Type uint16

// The types of files with code.
const (
	Relocatable Type = 1
	Executable  Type = 2
	Shared      Type = 3
)

// Machine is e_machine.
type Machine uint16

// The machines of Android and of its signal processors.
const (
	X86     Machine = 3
	MIPS    Machine = 8
	ARM     Machine = 40
	X8664   Machine = 62
	Hexagon Machine = 164
	ARM64   Machine = 183
	RISCV   Machine = 243
)

// String returns the machine's usual name, "arm64", or "machine-N".
func (m Machine) String() string {
	switch m {
	case X86:
		return "x86"
	case MIPS:
		return "mips"
	case ARM:
		return "arm"
	case X8664:
		return "x86_64"
	case Hexagon:
		return "hexagon"
	case ARM64:
		return "arm64"
	case RISCV:
		return "riscv"
	default:
		return fmt.Sprintf("machine-%d", uint16(m))
	}
}

// maxTextShare bounds the bytes of names returned for each byte of the file.
// Linkers let names share their tails, so that sound files come near one.
const maxTextShare = 2

// decoder holds the input and what is known of it while decoding.
type decoder struct {
	File
	data     []byte
	wide     bool // ELF64
	header   layout
	segments []segment
	sections []section
	dynamic  dynamic
	text     int // bytes of names still allowed
}

// layout is the part of the file header that places the tables.
type layout struct {
	phoff, shoff                       uint64
	phentsize, phnum, shentsize, shnum int
	shstrndx, phSize, shSize, symSize  int
}

// Decode reads a whole file. A segment that ends past data is an error, as it is to
// the loader; broken section headers are anomalies.
func Decode(data []byte) (*File, error) {
	d := &decoder{data: data, text: maxTextShare*len(data) + 4096}
	for _, step := range []func() error{d.ident, d.readSegments, d.readDynamic} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	d.readSections()
	d.readNames()
	d.readExports()
	d.readBuildID()
	d.readReadOnly()
	return &d.File, nil
}

// ident reads the file header.
func (d *decoder) ident() error {
	if len(d.data) < 16 || string(d.data[:4]) != Magic {
		return budget.Malformed("header", 0, "no ELF magic")
	}
	switch d.data[4] {
	case 1:
		d.Bits = 32
	case 2:
		d.Bits, d.wide = 64, true
	default:
		return budget.Malformed("header", 4, "class %d", d.data[4])
	}
	if d.data[5] != 1 {
		return budget.Malformed("header", 5, "not little-endian")
	}
	size := 52
	d.header = layout{phSize: 32, shSize: 40, symSize: 16}
	if d.wide {
		size = 64
		d.header = layout{phSize: 56, shSize: 64, symSize: 24}
	}
	if len(d.data) < size {
		return budget.Malformed("header", 0, "%d bytes, a header has %d", len(d.data), size)
	}
	d.Type, d.Machine = Type(d.u16(16)), Machine(d.u16(18))
	h := &d.header
	tail := size - 12 // the counts end the header in both widths
	h.phoff, h.shoff = d.word(28, 32), d.word(32, 40)
	h.phentsize, h.phnum = d.u16(tail+2), d.u16(tail+4)
	h.shentsize, h.shnum, h.shstrndx = d.u16(tail+6), d.u16(tail+8), d.u16(tail+10)
	return nil
}

func (d *decoder) u16(at int) int    { return int(binary.LittleEndian.Uint16(d.data[at:])) }
func (d *decoder) u32(at int) uint32 { return binary.LittleEndian.Uint32(d.data[at:]) }

// word reads an address or offset: four bytes at narrow, or eight at wide.
func (d *decoder) word(narrow, wide int) uint64 {
	if d.wide {
		return binary.LittleEndian.Uint64(d.data[wide:])
	}
	return uint64(d.u32(narrow))
}

// span turns an offset and a size of the file into ints, or reports that they do
// not lie inside the data.
func (d *decoder) span(off, size uint64) (Range, bool) {
	n := uint64(len(d.data))
	if off > n || size > n-off {
		return Range{}, false
	}
	return Range{int(off), int(size)}, true
}

func (d *decoder) anomaly(at uint64, format string, args ...any) {
	d.Anomalies = append(d.Anomalies, Anomaly{int64(at), fmt.Sprintf(format, args...), false})
}

// loss is an anomaly with exported names behind it.
func (d *decoder) loss(at uint64, format string, args ...any) {
	d.Anomalies = append(d.Anomalies, Anomaly{int64(at), fmt.Sprintf(format, args...), true})
}
