package plist

import (
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

// objects is a binary property list under construction: each element is one
// encoded object, references take one byte, the first object is the root.
type objects [][]byte

func ref(mark byte, refs ...byte) []byte {
	n := len(refs)
	if mark == markDict {
		n /= 2
	}
	return append(head(mark, n), refs...)
}

func head(mark byte, n int) []byte {
	if n < 15 {
		return []byte{mark<<4 | byte(n)}
	}
	return binary.BigEndian.AppendUint16([]byte{mark<<4 | 0xf, markInt<<4 | 1}, uint16(n))
}

func ascii(s string) []byte { return append(head(markASCII, len(s)), s...) }

func wide(s string) []byte {
	units := utf16.Encode([]rune(s))
	out := head(markUTF16, len(units))
	for _, u := range units {
		out = binary.BigEndian.AppendUint16(out, u)
	}
	return out
}

func (o objects) bytes() []byte {
	out := []byte("bplist00")
	var table []byte
	for _, obj := range o {
		table = binary.BigEndian.AppendUint16(table, uint16(len(out)))
		out = append(out, obj...)
	}
	at := uint64(len(out))
	out = append(out, table...)
	out = append(out, 0, 0, 0, 0, 0, 0, 2, 1)
	out = binary.BigEndian.AppendUint64(out, uint64(len(o)))
	out = binary.BigEndian.AppendUint64(out, 0)
	return binary.BigEndian.AppendUint64(out, at)
}

// sound is a list with every kind of object.
func sound() objects {
	return objects{
		ref(markDict, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
		ascii("CFBundleIdentifier"), ascii("a"), ascii("n"), ascii("list"), ascii("ok"),
		ascii("com.example.demo"), wide("应用"), {markInt<<4 | 1, 1, 2}, ref(markArray, 6, 8, 11),
		{9},
		{markReal<<4 | 3, 0x40, 0x09, 0, 0, 0, 0, 0, 0},
	}
}

// bomb is a dictionary over arrays of fan references to the next of them.
func bomb(levels, fan int) []byte {
	o := objects{ref(markDict, 1, 2), ascii("k")}
	for i := range levels {
		o = append(o, ref(markArray, slices.Repeat([]byte{byte(i + 3)}, fan)...))
	}
	return append(o, ref(markArray)).bytes()
}
