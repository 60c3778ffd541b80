package dex

import (
	"unicode/utf16"
	"unicode/utf8"
)

// decodeMUTF8 turns the modified UTF-8 of the format into UTF-8: NUL is C0 80,
// characters beyond the basic plane are two encoded surrogates. Four-byte
// sequences are taken as well, since the runtime takes them. Whatever else is
// malformed becomes U+FFFD, byte by byte.
func decodeMUTF8(b []byte) string {
	for i := range b {
		if b[i] >= 0x80 {
			return string(appendMUTF8(append(make([]byte, 0, len(b)+8), b[:i]...), b[i:]))
		}
	}
	return string(b)
}

func appendMUTF8(out, b []byte) []byte {
	for len(b) > 0 {
		r, n := unit16(b)
		if utf16.IsSurrogate(r) {
			low, m := unit16(b[n:])
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				r, n = pair, n+m
			}
		}
		out = utf8.AppendRune(out, r) // a lone surrogate becomes U+FFFD
		b = b[n:]
	}
	return out
}

// unit16 reads one encoded UTF-16 unit, or a four-byte sequence as a rune.
func unit16(b []byte) (r rune, size int) {
	trail := func(i int) bool { return i < len(b) && b[i]&0xc0 == 0x80 }
	switch {
	case len(b) == 0:
		return utf8.RuneError, 0
	case b[0] < 0x80:
		return rune(b[0]), 1
	case b[0]&0xe0 == 0xc0 && trail(1):
		return rune(b[0]&0x1f)<<6 | rune(b[1]&0x3f), 2
	case b[0]&0xf0 == 0xe0 && trail(1) && trail(2):
		return rune(b[0]&0x0f)<<12 | rune(b[1]&0x3f)<<6 | rune(b[2]&0x3f), 3
	default:
		if r, n := utf8.DecodeRune(b); n == 4 {
			return r, n
		}
		return utf8.RuneError, 1
	}
}
