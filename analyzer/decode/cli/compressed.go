package cli

import (
	"bytes"
	"encoding/binary"

	"github.com/listgate/listgate/analyzer/budget"
)

// compressedMark begins an assembly that a package of .NET for Android compressed: the
// mark, a number, the inflated length, and one LZ4 block.
const (
	compressedMark = "XALZ"
	compressedHead = 12
)

// FindCompressed returns where the next compressed assembly begins from a place on and
// its inflated length; at is negative where there is none.
func FindCompressed(data []byte, from int) (at, size int) {
	i := bytes.Index(data[from:], []byte(compressedMark))
	if i < 0 || from+i+compressedHead > len(data) {
		return -1, 0
	}
	return from + i, int(binary.LittleEndian.Uint32(data[from+i+8:]))
}

// Inflate appends the compressed assembly that begins at a place to out, whose
// capacity is the inflated length, and returns it with where the block ends.
func Inflate(data []byte, at int, out []byte) ([]byte, int, error) {
	limit := cap(out)
	at += compressedHead
	bad := func(what string) ([]byte, int, error) {
		return out, at, budget.Malformed("LZ4 block", int64(at), "%s", what)
	}
	for len(out) < limit {
		if at >= len(data) {
			return bad("ends past the data")
		}
		token := data[at]
		literals, next := lz4Length(data, at+1, int(token>>4))
		if next < 0 || literals > len(data)-next || literals > limit-len(out) {
			return bad("literals end past the data")
		}
		out = append(out, data[next:next+literals]...)
		at = next + literals
		if len(out) == limit {
			return out, at, nil
		}
		if at+2 > len(data) {
			return bad("ends past the data")
		}
		back := int(binary.LittleEndian.Uint16(data[at:]))
		match, next := lz4Length(data, at+2, int(token&15))
		if match += 4; next < 0 || back == 0 || back > len(out) || match > limit-len(out) {
			return bad("a match outside the block")
		}
		for range match { // a match may repeat what it writes
			out = append(out, out[len(out)-back])
		}
		at = next
	}
	return out, at, nil
}

// lz4Length goes on with a length whose four bits are all set.
func lz4Length(data []byte, at, n int) (length, next int) {
	if n < 15 {
		return n, at
	}
	for at < len(data) {
		b := data[at]
		at++
		if n += int(b); n > len(data)*255 || b != 0xff {
			return n, at
		}
	}
	return 0, -1
}
