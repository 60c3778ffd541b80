package dart

import (
	"encoding/binary"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
)

// KernelMagic begins every kernel file.
const KernelMagic = "\x90\xab\xcd\xef"

// maxComponents bounds the components of a kernel file, which follow each other.
const maxComponents = 256

// KernelStrings yields the strings of a kernel file (pkg/kernel/binary.md): literals,
// names, and the addresses of libraries. A file is components one behind the other;
// each ends in an index of offsets, the count of its libraries and its own size. The
// fields of the index have changed with the versions: the table of strings is the
// first that one of them points at. Every error is a *budget.FormatError; strings may
// have been yielded before.
func KernelStrings(data []byte, yield func(String) bool) error {
	if !strings.HasPrefix(string(data[:min(4, len(data))]), KernelMagic) {
		return budget.Malformed("magic", 0, "no kernel file")
	}
	end := len(data)
	for range maxComponents {
		if end < 16 {
			return budget.Malformed("component", int64(end), "%d bytes before it", end)
		}
		size := int(binary.BigEndian.Uint32(data[end-4:]))
		if size < 16 || size > end ||
			!strings.HasPrefix(string(data[end-size:end-size+4]), KernelMagic) {
			return budget.Malformed("component", int64(end-4), "a component of %d bytes", size)
		}
		more, err := componentStrings(data[:end], end-size, yield)
		if err != nil || !more {
			return err
		}
		if end -= size; end == 0 {
			return nil
		}
	}
	return budget.Malformed("component", int64(end), "more than %d components", maxComponents)
}

// indexFields is how many fields of an index may stand before the libraries.
const indexFields = 16

// componentStrings reads the component that ends with the data.
func componentStrings(data []byte, base int, yield func(String) bool) (more bool, err error) {
	libraries := int(binary.BigEndian.Uint32(data[len(data)-8:]))
	fields := len(data) - 8 - 4*(libraries+1)
	if libraries > len(data)/4 || fields-4*indexFields < base {
		return false, budget.Malformed("component", int64(len(data)-8), "%d libraries", libraries)
	}
	for at := fields - 4*indexFields; at < fields; at += 4 {
		table := base + int(binary.BigEndian.Uint32(data[at:]))
		if ends, text, ok := stringTable(data, table, fields); ok {
			return tableStrings(data, ends, text, yield), nil
		}
	}
	return false, budget.Malformed("component", int64(fields), "no table of strings")
}

// stringTable reports whether the ends of strings and the strings lie at a place: the
// number of ends, these in order, then so many bytes of text, all before a limit.
func stringTable(data []byte, at, limit int) (ends, text span, ok bool) {
	count, at := number(data[:limit], at)
	if at < 0 || count < 2 || count > limit {
		return span{}, span{}, false
	}
	ends.from = at
	last := 0
	for range count {
		var end int
		end, at = number(data[:limit], at)
		if at < 0 || end < last {
			return span{}, span{}, false
		}
		last = end
	}
	ends.to, text = at, span{at, at + last}
	return ends, text, last >= count/2 && text.to <= limit
}

// tableStrings yields the strings of a sound table.
func tableStrings(data []byte, ends, text span, yield func(String) bool) bool {
	start := 0
	for at := ends.from; at < ends.to; {
		var end int
		end, at = number(data, at)
		s := String{Text: string(data[text.from+start : text.from+end]), At: text.from + start}
		if !yield(s) {
			return false
		}
		start = end
	}
	return true
}

// number reads an unsigned number of one, two or four bytes, as its first bits say;
// next is negative where it ends past the data.
func number(data []byte, at int) (n, next int) {
	if at < 0 || at >= len(data) {
		return 0, -1
	}
	switch b := data[at]; {
	case b < 0x80:
		return int(b), at + 1
	case b < 0xc0 && at+2 <= len(data):
		return int(binary.BigEndian.Uint16(data[at:])) & 0x3fff, at + 2
	case b >= 0xc0 && at+4 <= len(data):
		return int(binary.BigEndian.Uint32(data[at:])) & 0x3fffffff, at + 4
	}
	return 0, -1
}
