package plist

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// toUTF8 returns the text as UTF-8 and how far its offsets lie behind those of the
// input: the byte order mark's length, or -1 where the input was UTF-16. Without a
// mark, UTF-16 is told by a zero in the first character, as CoreFoundation does.
func toUTF8(data []byte) (text []byte, shift int64) {
	switch {
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		return data[3:], 3
	case len(data) < 2:
		return data, 0
	case data[0] == 0xfe && data[1] == 0xff:
		return fromUTF16(data[2:], binary.BigEndian), -1
	case data[0] == 0xff && data[1] == 0xfe:
		return fromUTF16(data[2:], binary.LittleEndian), -1
	case data[0] == 0 && data[1] != 0:
		return fromUTF16(data, binary.BigEndian), -1
	case data[0] != 0 && data[1] == 0:
		return fromUTF16(data, binary.LittleEndian), -1
	}
	return data, 0
}

// fromUTF16 puts the replacement character for half a unit at the end.
func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	text := []byte(string(utf16.Decode(units)))
	if len(data)%2 != 0 {
		text = utf8.AppendRune(text, utf8.RuneError)
	}
	return text
}
