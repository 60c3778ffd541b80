package cli

import (
	"encoding/binary"
	"unicode/utf16"

	"github.com/listgate/listgate/analyzer/budget"
)

// Strings yields the literals in the order of their heap until yield returns false:
// each is a length in bytes, code units, and a byte that says more of them (§24.2.4).
func (m *Metadata) Strings(yield func(String) bool) error {
	data := m.users.bytes
	for at := min(1, len(data)); at < len(data); {
		size, next := length(data, at)
		if next < 0 || size > len(data)-next {
			return budget.Malformed("user strings", int64(m.users.base+at),
				"a string ends past the heap")
		}
		if size > 1 {
			units := make([]uint16, size/2)
			for i := range units {
				units[i] = binary.LittleEndian.Uint16(data[next+2*i:])
			}
			s := String{Text: string(utf16.Decode(units)), At: m.users.base + next}
			if !yield(s) {
				return nil
			}
		}
		at = next + size
	}
	return nil
}

// length reads a compressed number; next is negative where it ends past the data.
func length(data []byte, at int) (n, next int) {
	switch b := data[at]; {
	case b < 0x80:
		return int(b), at + 1
	case b < 0xc0 && at+2 <= len(data):
		return int(binary.BigEndian.Uint16(data[at:])) & 0x3fff, at + 2
	case b >= 0xc0 && b < 0xe0 && at+4 <= len(data):
		return int(binary.BigEndian.Uint32(data[at:])) & 0x1fffffff, at + 4
	}
	return 0, -1
}
