// Package macho reads Mach-O files: thin and universal, 32 and 64 bit, either byte
// order, and static archives of objects. It gives what tells which code is inside:
// load commands, symbols, the names of Objective-C classes and Swift types, and
// where the strings lie.
//
// A damaged or lying part is an Oddity and the rest is still read, because a
// loader that never looks at the part would start the program all the same.
// Every count is checked against the bytes that would hold it, every name is
// withdrawn from the budget, and nothing is followed twice.
//
// Sources: <mach-o/loader.h>, <mach-o/fat.h>, <mach-o/nlist.h>,
// <mach-o/fixup-chains.h> of Apple's cctools and dyld; objc-runtime-new.h of
// objc4; docs/ABI/TypeMetadata.rst of Swift.
package macho

import (
	"encoding/binary"
	"fmt"

	"github.com/listgate/listgate/analyzer/budget"
)

// File is one Mach-O file with all its slices. All offsets count from the start
// of the file.
type File struct {
	Universal bool
	Slices    []Slice
	Oddities  []Oddity

	work int64 // steps that are left; see spend
}

// Oddity is a breach of the format.
type Oddity struct {
	At   int64
	What string
	// Lost is set where code or names may be behind it that could not be read.
	Lost bool
}

// Slice is the program for one architecture, or one object of a static archive.
type Slice struct {
	Range
	Arch     string // "arm64", "armv7"; "cpu 0x12/0x3" where it has no name
	Type     string // "execute", "dylib", "bundle", "object", …
	Platform string // "ios", "iossimulator", …; empty where it is not said
	MinOS    string // "12.0"
	UUID     string // lower-case hexadecimal
	ID       string // install name of a library
	Version  string // of the library, as it says of itself
	Dylibs   []Dylib
	RPaths   []string // where @rpath is looked for
	CryptID  uint32
	// Encryptable is the range that a store encrypts, Encrypted the one that CryptID
	// is for: empty where it is 0.
	Encryptable, Encrypted Range
	// Plain is set where the encrypted range is marked so but is in the clear.
	Plain     bool
	Signature Range
	Info      Range     // section __info_plist
	Classes   []Name    // Objective-C classes defined here
	Selectors []Name    // messages that the code sends
	Imports   []Name    // Objective-C classes bound from elsewhere
	Swift     []Name    // nominal types, Module.Type
	Symbols   []Name    // defined external symbols without their first underscore, classes left out
	Strings   []Section // sections with readable strings
}

// Range is a run of bytes of the file.
type Range struct{ At, Size int64 }

// holds reports whether the byte at off lies in r.
func (r Range) holds(off int64) bool { return off >= r.At && off-r.At < r.Size }

// Name is a name and where its bytes lie.
type Name struct {
	Name string
	At   int64
}

// Dylib is one load command that names a library.
type Dylib struct {
	Name    string // install name
	Weak    bool   // the program starts without it
	Version string // that it was linked against, "1.2.3"
	At      int64  // of the load command
}

// Section is one section that holds strings.
type Section struct {
	Range
	Segment, Name string
	Wide          bool // UTF-16
}

// Magic numbers, as read in big-endian order.
const (
	magic32     = 0xfeedface
	magic64     = 0xfeedfacf
	magicFat    = 0xcafebabe
	magicFat64  = 0xcafebabf
	maxSlices   = 44 // a Java class has its version, 45 or more, in this place
	maxOddities = 64
	workFloor   = 1 << 20
	workPerByte = 8
	archiveMark = "!<arch>\n"
)

// Match reports whether the first bytes of a file are those of a Mach-O file or of
// a static archive; it needs eight.
func Match(head []byte) bool {
	if len(head) < 8 {
		return false
	}
	if string(head[:8]) == archiveMark {
		return true
	}
	count := binary.BigEndian.Uint32(head[4:])
	switch binary.BigEndian.Uint32(head) {
	case magic32, magic64:
		return true
	case magicFat, magicFat64:
		return count <= maxSlices
	}
	m := binary.LittleEndian.Uint32(head)
	return m == magic32 || m == magic64
}

// Decode reads all slices. The error is a *budget.FormatError where nothing could
// be read, and wraps budget.ErrExhausted where b refuses; the file is nil then.
func Decode(data []byte, b *budget.Budget) (*File, error) {
	if !Match(data) {
		return nil, budget.Malformed("Mach-O header", 0, "no magic number of a Mach-O file")
	}
	f := &File{work: workFloor + workPerByte*int64(len(data))}
	whole := Range{0, int64(len(data))}
	var err error
	switch binary.BigEndian.Uint32(data) {
	case magicFat, magicFat64:
		err = f.universal(data, b)
	default:
		err = f.slice(data, whole, b)
	}
	if err != nil {
		return nil, err
	}
	if len(f.Slices) == 0 {
		what := "no slice can be read"
		if len(f.Oddities) > 0 {
			what = f.Oddities[0].What
		}
		return nil, budget.Malformed("Mach-O", 0, "%s", what)
	}
	return f, nil
}

// spend counts n steps of work and reports whether they are allowed. Tables that
// point to the same bytes over and over would cost more than linear time; no
// compiler writes them.
func (f *File) spend(n int) bool {
	if f.work < 0 {
		return false
	}
	if f.work -= int64(n); f.work < 0 {
		f.odd(0, true, "tables refer to the same bytes past all measure")
	}
	return f.work >= 0
}

func (f *File) odd(at int64, lost bool, format string, args ...any) {
	if len(f.Oddities) < maxOddities {
		f.Oddities = append(f.Oddities, Oddity{at, fmt.Sprintf(format, args...), lost})
	}
}

// universal reads the table of slices, which is big-endian whatever they are.
func (f *File) universal(data []byte, b *budget.Budget) error {
	f.Universal = true
	wide := binary.BigEndian.Uint32(data) == magicFat64
	count, step := int(binary.BigEndian.Uint32(data[4:])), 20
	if wide {
		step = 32
	}
	if len(data) < 8+count*step {
		return budget.Malformed("universal header", 4, "%d slices in a file of %d bytes", count,
			len(data))
	}
	var before []Range
	for i := range count {
		at := 8 + i*step
		off, size := uint64(binary.BigEndian.Uint32(data[at+8:])),
			uint64(binary.BigEndian.Uint32(data[at+12:]))
		if wide {
			off, size = binary.BigEndian.Uint64(data[at+8:]), binary.BigEndian.Uint64(data[at+16:])
		}
		if off > uint64(len(data)) || size > uint64(len(data))-off {
			f.odd(int64(at), true, "slice %d ends past the file", i)
			continue
		}
		r := Range{int64(off), int64(size)}
		for _, o := range before {
			if r.At < o.At+o.Size && o.At < r.At+r.Size {
				f.odd(int64(at), false, "slice %d overlaps another", i)
				break
			}
		}
		before = append(before, r)
		if err := f.slice(data, r, b); err != nil {
			return err
		}
	}
	return nil
}

// slice reads one program or archive. An unreadable one is an oddity; the error
// is the budget's.
func (f *File) slice(data []byte, r Range, b *budget.Budget) error {
	part := data[r.At : r.At+r.Size]
	if len(part) >= 8 && string(part[:8]) == archiveMark {
		return f.archive(data, r, b)
	}
	w := newWalk(part, r, f, b)
	if w == nil {
		f.odd(r.At, true, "no Mach-O header in a slice of %d bytes", r.Size)
		return nil
	}
	w.commands()
	if len(w.segments) == 0 {
		w.odd(16, true, "no segment: nothing says where its code is")
	}
	w.encryption()
	steps := []func() error{w.symbols, w.exports, w.binds, w.chainedImports, w.classes,
		w.selectors, w.swiftTypes}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	w.strings()
	if s, ok := w.find("__info_plist"); ok && !w.hidden(s.off) {
		w.s.Info = Range{w.s.At + int64(s.off), int64(s.size)}
	}
	f.Slices = append(f.Slices, w.s)
	return nil
}
