package macho

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer/budget"
)

// maxName bounds one name; the longest C++ symbols of large applications end
// below it.
const maxName = 4096

// walk reads one slice. Its offsets count from the start of the slice.
type walk struct {
	data  []byte
	order binary.ByteOrder
	wide  bool // 64 bit
	file  *File
	s     Slice
	b     *budget.Budget

	segments []segment
	sections []section
	base     uint64 // address of the slice's first byte
	symtab   [4]uint32
	fixups   Range
	trie     Range
	opcodes  []Range // binding instructions
	pointers []pointerFormat
	seen     map[seenName]bool
}

// seenName keeps each name once in a list, however many tables have it.
type seenName struct {
	list *[]Name
	name string
}

type segment struct {
	addr, size, off, fileSize uint64
	name                      string
}

type section struct {
	addr, size, off uint64
	flags           uint32
	segment, name   string
}

// newWalk reads the header; nil where there is none.
func newWalk(data []byte, r Range, f *File, b *budget.Budget) *walk {
	if len(data) < 28 {
		return nil
	}
	w := &walk{data: data, order: binary.LittleEndian, file: f, b: b, seen: map[seenName]bool{}}
	if m := binary.BigEndian.Uint32(data); m == magic32 || m == magic64 {
		w.order = binary.BigEndian
	}
	switch w.u32(0) {
	case magic32:
	case magic64:
		w.wide = true
	default:
		return nil
	}
	if len(data) < w.header() {
		return nil
	}
	w.s = Slice{Range: r, Arch: archName(w.u32(4), w.u32(8)), Type: typeName(w.u32(12))}
	return w
}

func (w *walk) header() int {
	if w.wide {
		return 32
	}
	return 28
}

// word is the size of a pointer.
func (w *walk) word() uint64 {
	if w.wide {
		return 8
	}
	return 4
}

// u32 and the like return 0 past the end of the slice: no structure read here
// means anything by 0 that a later check would not stop.
func (w *walk) u32(off uint64) uint32 {
	if n := uint64(len(w.data)); off > n || n-off < 4 {
		return 0
	}
	return w.order.Uint32(w.data[off:])
}

func (w *walk) u64(off uint64) uint64 {
	if n := uint64(len(w.data)); off > n || n-off < 8 {
		return 0
	}
	return w.order.Uint64(w.data[off:])
}

// uptr reads a number of the size of a pointer.
func (w *walk) uptr(off uint64) uint64 {
	if w.wide {
		return w.u64(off)
	}
	return uint64(w.u32(off))
}

// inside reports whether n bytes at off lie in the slice.
func (w *walk) inside(off, n uint64) bool {
	size := uint64(len(w.data))
	return off <= size && n <= size-off
}

// text returns the zero-ended name at off, "" where there is none that a compiler
// would write.
func (w *walk) text(off uint64) string {
	if off >= uint64(len(w.data)) {
		return ""
	}
	rest := w.data[off:]
	n := bytes.IndexByte(rest[:min(len(rest), maxName)], 0)
	cost := n
	if n < 0 {
		cost = maxName
	}
	if !w.file.spend(cost+8) || n <= 0 || !isName(rest[:n]) {
		return ""
	}
	return string(rest[:n])
}

// isName keeps bytes that are no name (encrypted ones, or a wrong offset) out of
// the facts.
func isName(s []byte) bool {
	for _, c := range s {
		if c <= ' ' || c == 0x7f {
			return false
		}
		if c >= utf8.RuneSelf {
			return utf8.Valid(s) && bytes.IndexFunc(s,
				func(r rune) bool { return !unicode.IsPrint(r) }) < 0
		}
	}
	return len(s) > 0
}

// fixed returns a name out of a field padded with zeros.
func (w *walk) fixed(off uint64) string {
	return strings.ToValidUTF8(string(bytes.TrimRight(w.data[off:off+16], "\x00")), "")
}

func (w *walk) odd(off uint64, lost bool, format string, args ...any) {
	w.file.odd(w.s.At+int64(off), lost, format, args...)
}

// add appends a name to one of the slice's lists, unless it is there.
func (w *walk) add(list *[]Name, name string, off uint64) error {
	key := seenName{list, name}
	if name == "" || w.seen[key] {
		return nil
	}
	if err := w.b.Take(int64(len(name)) + 128); err != nil {
		return fmt.Errorf("names of Mach-O slice %s: %w", w.s.Arch, err)
	}
	w.seen[key] = true
	*list = append(*list, Name{name, w.s.At + int64(off)})
	return nil
}

// hidden reports whether the bytes at off are encrypted.
func (w *walk) hidden(off uint64) bool {
	return !w.s.Plain && w.s.Encrypted.holds(w.s.At+int64(off))
}

// find returns the first section of this name with bytes in the file.
func (w *walk) find(name string) (section, bool) {
	for _, s := range w.sections {
		if s.name == name && s.size > 0 && w.inside(s.off, s.size) {
			return s, true
		}
	}
	return section{}, false
}

// offset returns where the byte at an address lies in the slice.
func (w *walk) offset(addr uint64) (uint64, bool) {
	for _, s := range w.segments {
		if addr >= s.addr && addr-s.addr < s.fileSize && w.inside(s.off+(addr-s.addr), 1) {
			return s.off + (addr - s.addr), true
		}
	}
	return 0, false
}

var archNames = map[[2]uint32]string{
	{7, 3}: "i386", {0x01000007, 3}: "x86_64", {0x01000007, 8}: "x86_64h",
	{12, 6}: "armv6", {12, 9}: "armv7", {12, 11}: "armv7s", {12, 12}: "armv7k",
	{0x0100000c, 0}: "arm64", {0x0100000c, 1}: "arm64", {0x0100000c, 2}: "arm64e",
	{0x0200000c, 0}: "arm64_32", {0x0200000c, 1}: "arm64_32",
}

// archName names an architecture; the top byte of the subtype holds capabilities.
func archName(cpu, sub uint32) string {
	if name := archNames[[2]uint32{cpu, sub & 0xffffff}]; name != "" {
		return name
	}
	return fmt.Sprintf("cpu 0x%x/0x%x", cpu, sub&0xffffff)
}

var typeNames = []string{1: "object", 2: "execute", 3: "fvmlib", 4: "core", 5: "preload",
	6: "dylib",
	7: "dylinker", 8: "bundle", 9: "dylib-stub", 10: "dsym", 11: "kext", 12: "fileset"}

func typeName(t uint32) string {
	if t > 0 && t < uint32(len(typeNames)) {
		return typeNames[t]
	}
	return fmt.Sprintf("type 0x%x", t)
}
