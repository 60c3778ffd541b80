package onnx

import (
	"encoding/binary"
	"unicode/utf8"
)

// Match reports that a file of so many bytes whose first bytes are head begins as
// a ModelProto does: the IR version, then texts, then the graph. Decode decides.
func Match(head []byte, size int64) bool {
	if len(head) < 8 || head[0] != modelVersion<<3 || head[1] == 0 || head[1] > maxVersion {
		return false
	}
	last := modelVersion
	for at := 2; at < len(head); {
		number, kind := int(head[at]>>3), head[at]&7
		if head[at] >= 0x80 || number <= last && number != modelOpset && number != modelMetadata {
			return false
		}
		last = number
		value, n := binary.Uvarint(head[at+1:])
		if n <= 0 {
			return n == 0 // the head ends inside it
		}
		at += 1 + n
		switch {
		case kind == 0 && number == 5:
			continue
		case kind != 2 || value > uint64(size) || number > modelMetadata:
			return false
		case number == modelGraph:
			return value > 0 && (at >= len(head) || isGraph(head[at]))
		case number < modelGraph && !isText(head[at:], value):
			return false
		}
		if value >= uint64(len(head)-at) {
			return true
		}
		at += int(value)
	}
	return true
}

// isGraph reports the first byte of a GraphProto: a node, a name, a weight, a
// description, an input or an output.
func isGraph(b byte) bool {
	return b == 0x0A || b == 0x12 || b == 0x2A || b == 0x52 || b == 0x5A || b == 0x62
}

// isText reports that the first n bytes, as far as they are there, can be shown.
func isText(b []byte, n uint64) bool {
	cut := n > uint64(len(b))
	if !cut {
		b = b[:n]
	}
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			return cut && len(b) < utf8.UTFMax
		}
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7F {
			return false
		}
		b = b[size:]
	}
	return true
}
