// Package dex reads Dalvik executables (source.android.com, "Dalvik executable
// format", versions 035 to 041): strings, classes defined and named, and which
// package's code calls which. It knows nothing of applications.
//
// It reads what the Android runtime would: names come from the tables, never from
// a search over the bytes, and what is odd but readable is listed as an anomaly
// instead of refused. The input is hostile. Decode allocates a few structs only;
// every other method does work, and allocates, in proportion to the size of the
// file, however its offsets lie: what overlaps so often that a constant multiple
// of the file would have to be read ends the walk with an error.
//
// Decode returns a *budget.FormatError and nothing else for a file whose header
// or tables are unusable. A single string, class or method that cannot be read
// does not hide the rest: the methods go on and name the first such place in the
// error that they return at the end.
package dex

import (
	"encoding/binary"
	"fmt"

	"github.com/listgate/listgate/analyzer/budget"
)

// Magic is how every file that Decode accepts begins.
const Magic = "dex\n0"

// File is a decoded file: one logical DEX, or all of a version 041 container.
// Its methods keep a reference to the input and are safe for concurrent use.
type File struct {
	// Version is the three digits of the first header: "035".
	Version string
	// Anomalies are the oddities that reading survived, in order of discovery.
	Anomalies []Anomaly

	data  []byte
	units []unit
}

// AnomalyKind tells an odd header from unsorted tables.
type AnomalyKind int

// The kinds of anomalies.
const (
	OddHeader AnomalyKind = iota // a header field that no tool writes
	Unsorted                     // a table that the format sorts and this file does not
)

// Anomaly is something that the format forbids and that reading survived.
type Anomaly struct {
	Kind   AnomalyKind
	Offset int64  // into the file
	Detail string // what stands there and what was expected
}

// unit is one logical DEX. Its tables lie inside data as a whole; what their
// entries point to is checked at each use.
type unit struct {
	strings, types, methods, classes table
	base                             int // index of its first string over all units
}

// table is count entries of size bytes from off on.
type table struct{ off, count, size int }

func (t table) at(i int) int { return t.off + i*t.size }

// Decode reads the header and checks that the tables lie inside data, which must
// not change afterwards. A file cut short is an error, as it is to the runtime.
func Decode(data []byte) (*File, error) {
	f := &File{data: data}
	end, err := f.header(0)
	if err != nil {
		return nil, err
	}
	f.Version = string(data[4:7])
	tables := 0
	for pos := end; f.Version >= containerVersion && hasMagic(data[pos:]); pos = end {
		if end, err = f.header(pos); err != nil {
			return nil, err
		}
		last := f.units[len(f.units)-1]
		tables += last.strings.count + last.types.count + last.methods.count + last.classes.count
		if tables > maxCodeShare*len(data) {
			return nil, budget.Malformed("container", int64(pos),
				"the same tables serve too many headers")
		}
	}
	if end != len(data) {
		f.anomaly(OddHeader, offFileSize, "file_size ends at %d of %d bytes", end, len(data))
	}
	f.checkOrder()
	return f, nil
}

func hasMagic(b []byte) bool { return len(b) >= len(Magic) && string(b[:len(Magic)]) == Magic }

func (f *File) anomaly(k AnomalyKind, at int, format string, args ...any) {
	f.Anomalies = append(f.Anomalies, Anomaly{k, int64(at), fmt.Sprintf(format, args...)})
}

func (f *File) u16(at int) int { return int(binary.LittleEndian.Uint16(f.data[at:])) }
func (f *File) u32(at int) int { return int(binary.LittleEndian.Uint32(f.data[at:])) }

// uleb reads an unsigned LEB128 number of at most five bytes and returns where
// it ends; ok is false where the data end first.
func (f *File) uleb(at int) (value, end int, ok bool) {
	for shift := 0; shift < 35 && at < len(f.data); shift += 7 {
		b := f.data[at]
		at++
		value |= int(b&0x7f) << shift
		if b < 0x80 {
			return value, at, true
		}
	}
	return 0, at, false
}

// The work of each method is bounded by a multiple of the file's size, which sound
// files stay below although their parts share strings and code.
const (
	maxTextShare = 2 // bytes of names and strings for each byte of the file
	maxCodeShare = 8 // bytes of instructions, and table entries of a container
)

// meter counts that work down.
type meter struct{ left int }

func (f *File) meter(share int) *meter { return &meter{left: share*len(f.data) + 4096} }

// spend takes n and reports whether there was as much.
func (m *meter) spend(n int) bool {
	m.left -= n
	return m.left >= 0
}

// problems remembers the first thing that could not be read and counts the rest.
type problems struct {
	first error
	count int
}

func (p *problems) add(part string, at int, format string, args ...any) {
	if p.count++; p.first == nil {
		p.first = budget.Malformed(part, int64(at), format, args...)
	}
}

func (p *problems) err() error {
	if p.count > 1 {
		return fmt.Errorf("%w (and %d more)", p.first, p.count-1)
	}
	return p.first
}
