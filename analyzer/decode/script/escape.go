package script

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// single are the escapes of one letter.
var single = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'v': '\v', 'f': '\f'}

// unescape resolves the escapes of strings and templates: of letters, of bytes and of
// code units, pairs of which make one character. What is none stands as it is written.
func unescape(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if text[i] != '\\' || i+1 >= len(text) {
			out = append(out, text[i])
			i++
			continue
		}
		if r, n := escape(text[i:]); n > 0 {
			out = utf8.AppendRune(out, r)
			i += n
			continue
		}
		switch c := text[i+1]; {
		case c == '\r' && i+2 < len(text) && text[i+2] == '\n':
			i++
		case c == '\n' || c == '\r': // the line goes on
		case single[c] != 0:
			out = append(out, single[c])
		default:
			out = append(out, c)
		}
		i += 2
	}
	return out
}

// escape reads an escape that names a character by its number. n is its length, 0
// where it is none.
func escape(text []byte) (r rune, n int) {
	r, n = unit(text)
	if n == 0 || !utf16.IsSurrogate(r) {
		return r, n
	}
	if low, m := unit(text[n:]); m > 0 {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, n + m
		}
	}
	return utf8.RuneError, n
}

// unit reads one of the forms \xHH, \uHHHH, \u{H…} and the octal ones.
func unit(text []byte) (rune, int) {
	if len(text) < 2 || text[0] != '\\' {
		return 0, 0
	}
	switch c := text[1]; {
	case c == 'x':
		return digits(text, 2, 4)
	case c == 'u' && len(text) > 3 && text[2] == '{':
		for i := 3; i < min(len(text), 12); i++ {
			if text[i] == '}' {
				r, n := digits(text, 3, i)
				return r, n + min(n, 1)
			}
		}
	case c == 'u':
		return digits(text, 2, 6)
	case c >= '0' && c <= '7':
		i := 2
		for i < min(len(text), 4) && text[i] >= '0' && text[i] <= '7' {
			i++
		}
		v, _ := strconv.ParseUint(string(text[1:i]), 8, 16) // of octal digits
		return rune(v), i
	}
	return 0, 0
}

// digits reads the hexadecimal number between two places, which ends an escape.
func digits(text []byte, from, to int) (rune, int) {
	if to > len(text) {
		return 0, 0
	}
	v, err := strconv.ParseUint(string(text[from:to]), 16, 32)
	if err != nil || v > utf8.MaxRune {
		return 0, 0
	}
	return rune(v), to
}
