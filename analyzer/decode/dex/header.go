package dex

import (
	"hash/adler32"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
)

// Offsets of header fields, in bytes from the header.
const (
	offVersion    = 0x04
	offChecksum   = 0x08
	offSignature  = 0x0c // the checksum covers the file from here on
	offFileSize   = 0x20
	offHeaderSize = 0x24
	offEndianTag  = 0x28
	offStrings    = 0x38
	offTypes      = 0x40
	offMethods    = 0x58
	offClasses    = 0x60
	offContainer  = 0x70 // container_size, from version 041 on
	offThisHeader = 0x74 // header_offset, from version 041 on

	headerSize          = 0x70
	containerHeaderSize = 0x78
	containerVersion    = "041"
	endianConstant      = 0x12345678
)

// The versions that a runtime accepts; 036 was never released.
const versions = "035 037 038 039 040 041"

// header reads the logical file whose header stands at pos and returns where it
// ends. In a container all offsets count from the start of the physical file.
func (f *File) header(pos int) (end int, err error) {
	rest := f.data[pos:]
	if !hasMagic(rest) {
		return 0, budget.Malformed("header", int64(pos), "no DEX magic")
	}
	if len(rest) < headerSize {
		return 0, budget.Malformed("header", int64(pos), "%d bytes, a header has %d", len(rest),
			headerSize)
	}
	size := f.u32(pos + offFileSize)
	if size > len(rest) {
		return 0, budget.Malformed("header", int64(pos), "file_size %d, %d bytes are there", size,
			len(rest))
	}
	version := string(rest[4:7])
	if err := f.oddFields(pos, version); err != nil {
		return 0, err
	}
	if size < headerSize {
		f.anomaly(OddHeader, pos+offFileSize, "file_size %d is less than a header", size)
		size = len(rest)
	}
	if got := f.u32(pos + offChecksum); uint32(got) != adler32.Checksum(rest[offSignature:size]) {
		f.anomaly(OddHeader, pos+offChecksum, "the checksum is not that of the file")
	}
	u, err := f.tables(pos)
	if err != nil {
		return 0, err
	}
	if n := len(f.units); n > 0 {
		u.base = f.units[n-1].base + f.units[n-1].strings.count
	}
	f.units = append(f.units, u)
	return pos + size, nil
}

// oddFields lists what reading does not rest on.
func (f *File) oddFields(pos int, version string) error {
	if f.data[pos+7] != 0 || !strings.Contains(versions, version) ||
		strings.Contains(version, " ") {
		f.anomaly(OddHeader, pos+offVersion, "version %q is unknown", version)
	}
	want := headerSize
	if version >= containerVersion {
		want = containerHeaderSize
	}
	if got := f.u32(pos + offHeaderSize); got != want {
		f.anomaly(OddHeader, pos+offHeaderSize, "header_size 0x%x instead of 0x%x", got, want)
	}
	if got := f.u32(pos + offEndianTag); got != endianConstant {
		f.anomaly(OddHeader, pos+offEndianTag, "endian_tag 0x%08x", got)
	}
	if version < containerVersion {
		return nil
	}
	if len(f.data)-pos < containerHeaderSize {
		return budget.Malformed("header", int64(pos), "cut short before container_size")
	}
	if got := f.u32(pos + offContainer); got > len(f.data) {
		return budget.Malformed("header", int64(pos), "container_size %d, %d bytes are there", got,
			len(f.data))
	} else if got != len(f.data) {
		f.anomaly(OddHeader, pos+offContainer, "container_size %d of %d bytes", got, len(f.data))
	}
	if got := f.u32(pos + offThisHeader); got != pos {
		f.anomaly(OddHeader, pos+offThisHeader, "header_offset 0x%x instead of 0x%x", got, pos)
	}
	return nil
}

// tables finds the tables that the header at pos names.
func (f *File) tables(pos int) (u unit, err error) {
	for _, t := range []struct {
		name   string
		field  int
		size   int
		target *table
	}{
		{"string_ids", offStrings, 4, &u.strings},
		{"type_ids", offTypes, 4, &u.types},
		{"method_ids", offMethods, 8, &u.methods},
		{"class_defs", offClasses, 32, &u.classes},
	} {
		count, off := f.u32(pos+t.field), f.u32(pos+t.field+4)
		if count > 0 && (off > len(f.data) || count > (len(f.data)-off)/t.size) {
			return unit{}, budget.Malformed(t.name, int64(off), "%d entries end past the file",
				count)
		}
		*t.target = table{off: off, count: count, size: t.size}
	}
	return u, nil
}

// checkOrder looks for tables that the format wants sorted: a reader that trusts
// the order and searches by halves finds nothing in such a file.
func (f *File) checkOrder() {
	m := &meter{left: len(f.data)}
	for i := range f.units {
		u := &f.units[i]
		f.checkStrings(u, m)
		f.checkIndexes(u.types, "type_ids", func(at int) int { return f.u32(at) })
		f.checkIndexes(u.methods, "method_ids",
			func(at int) int { return f.u16(at)<<32 | f.u32(at+4) })
	}
}

// checkIndexes wants the key of each entry not to fall: types rise by descriptor,
// methods by class, then name, and then by prototype.
func (f *File) checkIndexes(t table, name string, key func(at int) int) {
	for i := 1; i < t.count; i++ {
		if key(t.at(i)) < key(t.at(i-1)) {
			f.anomaly(Unsorted, t.at(i), "%s: entry %d comes before its predecessor", name, i)
			return
		}
	}
}

// checkStrings compares neighbours up to the first difference. In a sound file
// the compared bytes lie apart, so that their sum stays below the file's size.
func (f *File) checkStrings(u *unit, m *meter) {
	var before []byte
	for i := range u.strings.count {
		_, at, ok := f.uleb(min(f.u32(u.strings.at(i)), len(f.data)))
		if !ok {
			before = nil
			continue
		}
		now := f.data[at:]
		if before != nil && !less(before, now, m) {
			f.anomaly(Unsorted, u.strings.at(i),
				"string_ids: string %d does not follow its predecessor", i)
			return
		}
		before = now
	}
}

// less compares two NUL-terminated MUTF-8 strings as UTF-16: the order of their
// bytes, but that an encoded NUL (C0 80) is the least of all.
func less(a, b []byte, m *meter) bool {
	n := min(len(a), len(b))
	i := 0
	for i < n && a[i] == b[i] && a[i] != 0 {
		i++
	}
	m.left -= i
	return i < n && rank(a[i]) < rank(b[i]) && m.left >= 0
}

// rank puts the terminator first and the encoded NUL next.
func rank(c byte) byte {
	switch {
	case c == 0xc0:
		return 1
	case c == 0 || c >= 0xc0:
		return c
	default:
		return c + 1
	}
}
