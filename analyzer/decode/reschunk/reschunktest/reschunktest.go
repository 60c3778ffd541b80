// Package reschunktest writes chunks and string pools of Android's compiled resource
// formats for the tests of their decoders, sound or with a lie.
package reschunktest

import (
	"encoding/binary"
	"slices"
	"unicode/utf16"
)

var le = binary.LittleEndian

// Words writes 32-bit numbers.
func Words(ws ...uint32) []byte {
	var b []byte
	for _, w := range ws {
		b = le.AppendUint32(b, w)
	}
	return b
}

// Halves writes 16-bit numbers.
func Halves(hs ...uint16) []byte {
	var b []byte
	for _, h := range hs {
		b = le.AppendUint16(b, h)
	}
	return b
}

// Block writes a chunk: head is the header behind its first eight bytes.
func Block(kind uint16, head []byte, body ...[]byte) []byte {
	all := slices.Concat(body...)
	b := Halves(kind, uint16(8+len(head)))
	b = append(b, Words(uint32(8+len(head)+len(all)))...)
	return slices.Concat(b, head, all)
}

// StringPool writes a pool without styles.
func StringPool(utf8 bool, strs []string) []byte {
	var offsets, data []byte
	for _, s := range strs {
		offsets = le.AppendUint32(offsets, uint32(len(data)))
		units := utf16.Encode([]rune(s))
		if !utf8 {
			data = slices.Concat(data, Halves(uint16(len(units))), Halves(units...), Halves(0))
			continue
		}
		for _, n := range []int{len(units), len(s)} {
			if n > 0x7f {
				data = append(data, byte(n>>8)|0x80)
			}
			data = append(data, byte(n))
		}
		data = append(append(data, s...), 0)
	}
	for len(data)%4 != 0 {
		data = append(data, 0)
	}
	flags := uint32(0)
	if utf8 {
		flags = 1 << 8
	}
	head := Words(uint32(len(strs)), 0, flags, uint32(28+len(offsets)), 0)
	return Block(0x0001, head, offsets, data)
}
