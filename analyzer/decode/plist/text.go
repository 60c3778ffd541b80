package plist

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer/budget"
)

// textWalk reads the text form: { key = value; }, ( a, b ), <0f a0>, "string",
// and the .strings form, which is a dictionary without its braces.
type textWalk struct {
	s       string
	pos     int
	shift   int64
	list    *List
	objects int64
}

func decodeText(data []byte, b *budget.Budget) (*List, error) {
	// Each value takes at least two characters and at most some 100 bytes, but the
	// limit of objects comes first.
	if err := b.Take(4*int64(len(data)) + 100*min(int64(len(data))/2, maxObjects)); err != nil {
		return nil, err
	}
	text, shift := toUTF8(data)
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, budget.Malformed("text plist", -1, "is neither UTF-8 nor UTF-16 text")
	}
	w := &textWalk{s: string(text), shift: shift, list: &List{Form: Text, keys: map[string]int64{}}}
	if err := w.skip(); err != nil {
		return nil, err
	}
	braces := w.take('{')
	root, err := w.dict(braces, 1)
	if err != nil {
		return nil, err
	}
	if err := w.skip(); err != nil {
		return nil, err
	}
	if w.pos < len(w.s) {
		w.list.odd("bytes after the end of the list")
	}
	w.list.Root = root
	return w.list, nil
}

func (w *textWalk) malformed(format string, args ...any) error {
	at := int64(-1)
	if w.shift >= 0 {
		at = int64(w.pos) + w.shift
	}
	return budget.Malformed("text plist", at, format, args...)
}

// peek returns the byte at hand, 0 at the end; the text holds no zero.
func (w *textWalk) peek() byte {
	if w.pos < len(w.s) {
		return w.s[w.pos]
	}
	return 0
}

func (w *textWalk) take(c byte) bool {
	if w.peek() != c || c == 0 {
		return false
	}
	w.pos++
	return true
}

// skip passes blanks and comments.
func (w *textWalk) skip() error {
	for w.pos < len(w.s) {
		rest := w.s[w.pos:]
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case r <= ' ' || r == '\u2028' || r == '\u2029' || r == '\ufeff':
			w.pos += size
		case strings.HasPrefix(rest, "//"):
			w.pos += len(rest)
			if i := strings.IndexAny(rest, "\n\r\u2028\u2029"); i >= 0 {
				w.pos += i - len(rest)
			}
		case strings.HasPrefix(rest, "/*"):
			i := strings.Index(rest[2:], "*/")
			if i < 0 {
				return w.malformed("a comment without an end")
			}
			w.pos += i + 4
		default:
			return nil
		}
	}
	return nil
}

// dict reads pairs up to the brace, or to the end of a .strings file.
func (w *textWalk) dict(braces bool, depth int) (map[string]any, error) {
	pairs := map[string]any{}
	for {
		if err := w.skip(); err != nil {
			return nil, err
		}
		if braces && w.take('}') || !braces && w.pos == len(w.s) {
			return pairs, nil
		}
		at := w.pos
		key, err := w.str()
		if err != nil {
			return nil, err
		}
		if depth == 1 {
			w.list.addKey(key, int64(at), w.shift)
		}
		if pairs[key], err = w.pair(key, depth); err != nil {
			return nil, err
		}
	}
}

// pair reads "= value;". A bare ";" stands for a value like the key.
func (w *textWalk) pair(key string, depth int) (any, error) {
	if err := w.skip(); err != nil {
		return nil, err
	}
	if w.take(';') {
		return key, nil
	}
	if !w.take('=') {
		return nil, w.malformed("no = after a key")
	}
	v, err := w.value(depth + 1)
	if err != nil {
		return nil, err
	}
	if err := w.skip(); err != nil {
		return nil, err
	}
	if !w.take(';') {
		return nil, w.malformed("no ; after a value")
	}
	return v, nil
}

func (w *textWalk) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, w.malformed("nested deeper than %d", maxDepth)
	}
	if w.objects++; w.objects > maxObjects {
		return nil, w.malformed("more than %d objects", maxObjects)
	}
	if err := w.skip(); err != nil {
		return nil, err
	}
	switch {
	case w.take('{'):
		return w.dict(true, depth)
	case w.take('('):
		return w.array(depth)
	case w.take('<'):
		return w.hex()
	default:
		return w.str()
	}
}

func (w *textWalk) array(depth int) (any, error) {
	list := []any{}
	for {
		if err := w.skip(); err != nil {
			return nil, err
		}
		if w.take(')') {
			return list, nil
		}
		v, err := w.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if err := w.skip(); err != nil {
			return nil, err
		}
		if !w.take(',') && w.peek() != ')' {
			return nil, w.malformed("no , between elements")
		}
	}
}

// hex reads <0fbd 7702>; the < has been taken.
func (w *textWalk) hex() (any, error) {
	end := strings.IndexByte(w.s[w.pos:], '>')
	if end < 0 {
		return nil, w.malformed("data without an end")
	}
	digits := strings.Join(strings.Fields(w.s[w.pos:w.pos+end]), "")
	if len(digits)%2 != 0 {
		return nil, w.malformed("data with half a byte")
	}
	out := make([]byte, len(digits)/2)
	for i := range out {
		v, err := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		if err != nil {
			return nil, w.malformed("data that is not hexadecimal")
		}
		out[i] = byte(v)
	}
	w.pos += end + 1
	return out, nil
}

// str reads a quoted or a bare string.
func (w *textWalk) str() (string, error) {
	if w.take('"') {
		return w.quoted('"')
	}
	if w.take('\'') {
		return w.quoted('\'')
	}
	start := w.pos
	for isBare(w.peek()) {
		w.pos++
	}
	if w.pos == start {
		return "", w.malformed("no string")
	}
	return w.s[start:w.pos], nil
}

func isBare(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		c != 0 && strings.IndexByte("_$/:.-", c) >= 0
}

func (w *textWalk) quoted(quote byte) (string, error) {
	var b strings.Builder
	for {
		rest := w.s[w.pos:]
		i := strings.IndexAny(rest, string([]byte{quote, '\\'}))
		if i < 0 {
			return "", w.malformed("a string without an end")
		}
		b.WriteString(rest[:i])
		w.pos += i + 1
		if rest[i] == quote {
			return b.String(), nil
		}
		w.escape(&b)
	}
}

var escapes = map[byte]byte{'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
	'v': '\v'}

// escape reads what follows a backslash.
func (w *textWalk) escape(b *strings.Builder) {
	c := w.peek()
	if c == 0 {
		return // the missing quote is reported by the caller
	}
	switch {
	case c == 'U' || c == 'u':
		w.pos++
		w.unicode(b)
	case c >= '0' && c <= '7':
		b.WriteRune(rune(w.digits(3, 8)))
	case escapes[c] != 0:
		w.pos++
		b.WriteByte(escapes[c])
	default:
		_, size := utf8.DecodeRuneInString(w.s[w.pos:])
		b.WriteString(w.s[w.pos : w.pos+size])
		w.pos += size
	}
}

// unicode reads up to four hexadecimal digits, and the second half of a pair.
func (w *textWalk) unicode(b *strings.Builder) {
	r := rune(w.digits(4, 16))
	rest := w.s[w.pos:]
	if utf16.IsSurrogate(r) && len(rest) > 2 && rest[0] == '\\' && (rest[1] == 'U' ||
		rest[1] == 'u') {
		w.pos += 2
		r = utf16.DecodeRune(r, rune(w.digits(4, 16)))
	}
	b.WriteRune(r)
}

func (w *textWalk) digits(most, base int) (v uint64) {
	for range most {
		d, err := strconv.ParseUint(string(w.peek()), base, 8)
		if err != nil {
			return v
		}
		v = v*uint64(base) + d
		w.pos++
	}
	return v
}
