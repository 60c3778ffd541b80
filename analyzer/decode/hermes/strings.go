package hermes

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer/budget"
)

// maxShare bounds the bytes of all strings for each byte of the file: strings share
// parts of the storage, and the ones of sound files are about as long as it.
const maxShare = 4

// Strings yields every string in the order of the table until yield returns false. An
// error says which lies outside the storage, or that they are too long together.
func (f *File) Strings(yield func(String) bool) error {
	left := maxShare*len(f.data) + 4096
	i := 0
	for _, r := range f.kinds {
		for range r.count {
			at, size, wide, ok := f.entry(i)
			if !ok {
				return budget.Malformed("string table", int64(f.at),
					"string %d ends past the storage", i)
			}
			if left -= size; left < 0 {
				return budget.Malformed("string table", int64(f.at),
					"strings of more than %d bytes in a file of %d", maxShare*len(f.data),
					len(f.data))
			}
			s := String{Identifier: r.identifier, At: f.at + at}
			if s.Text = string(f.storage[at : at+size]); wide {
				s.Text = decodeWide(f.storage[at : at+size])
			} else if !isASCII(s.Text) {
				s.Text = latin(f.storage[at : at+size])
			}
			if !yield(s) {
				return nil
			}
			i++
		}
	}
	return nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// latin reads bytes as characters: what a compiler never writes and the engine would
// take for such.
func latin(b []byte) string {
	out := make([]rune, len(b))
	for i, c := range b {
		out[i] = rune(c)
	}
	return string(out)
}

func decodeWide(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}
