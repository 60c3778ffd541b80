package number

import (
	"strings"
	"unicode/utf8"
)

// cursor walks a text and remembers what it forgave. It is a value: a copy is a
// place to come back to.
type cursor struct {
	s     string
	i     int
	notes note
	whole bool // the text is one candidate: Parse
}

// note is a set of leniences.
type note uint8

const (
	noteWidth note = 1 << iota
	noteSpace
	noteMark
	noteNoSuffix
	noteNoPrefix
	noteCase
)

var noteNames = []string{
	"full-width characters", "stray spaces", "brackets, colon or dash",
	"missing 号", "missing 网信算备", "letter case",
}

func (n note) names() []string {
	var names []string
	for i, name := range noteNames {
		if n&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// peek returns the rune under the cursor, width folded, or 0 at the end.
func (c *cursor) peek() rune {
	if c.i >= len(c.s) {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(c.s[c.i:])
	return fold(r)
}

// next consumes one rune and returns it folded.
func (c *cursor) next() rune {
	if c.i >= len(c.s) {
		return 0
	}
	r, size := utf8.DecodeRuneInString(c.s[c.i:])
	c.i += size
	f := fold(r)
	switch {
	case f == r:
	case f == '-' && (r < 0xFF01 || r > 0xFF5E):
		c.notes |= noteMark
	default:
		c.notes |= noteWidth
	}
	return f
}

// spaces consumes up to max spaces; those of a number are a lenience.
func (c *cursor) spaces(max int) {
	for n := 0; n < max && c.i < len(c.s); n++ {
		r, size := utf8.DecodeRuneInString(c.s[c.i:])
		if !isSpace(r) {
			return
		}
		c.i += size
		c.notes |= noteSpace
	}
}

// accept consumes the word, spaces between its runes forgiven.
func (c *cursor) accept(word string) bool {
	d := *c
	for i, want := range word {
		if i > 0 {
			d.spaces(2)
		}
		if d.next() != want {
			return false
		}
	}
	*c = d
	return true
}

// acceptAny consumes one rune of the set.
func (c *cursor) acceptAny(set string) (rune, bool) {
	r := c.peek()
	if r == 0 || !strings.ContainsRune(set, r) {
		return 0, false
	}
	return c.next(), true
}

// mark consumes an optional bracket or colon with a space around it.
func (c *cursor) mark(set string) {
	d := *c
	d.spaces(2)
	if _, ok := d.acceptAny(set); !ok {
		return
	}
	d.notes |= noteMark
	d.spaces(2)
	*c = d
}

// run consumes digits, at most 64. Before its masked-th character it also takes
// what stands for digits in a placeholder or a misreading, before its spaced-th
// it forgives spaces in front of a digit.
func (c *cursor) run(spaced, masked int) string {
	var b strings.Builder
	for b.Len() < 64 {
		d := *c
		if b.Len() > 0 && b.Len() < spaced {
			d.spaces(2)
		}
		gap := d.i != c.i
		r := d.next()
		switch {
		case isDigit(r):
		case gap || b.Len() >= masked:
			return b.String()
		case isMask(r):
			r = 'X'
		case !isMisread(r):
			return b.String()
		}
		b.WriteByte(byte(r))
		*c = d
	}
	return b.String()
}

// fold maps full-width ASCII to ASCII and the dashes to a hyphen.
func fold(r rune) rune {
	switch {
	case r < 0x80:
		return r
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xFE63:
		return '-'
	case r == '【' || r == '〔' || r == '﹙' || r == '［':
		return '('
	case r == '】' || r == '〕' || r == '﹚' || r == '］':
		return ')'
	}
	return r
}

func isSpace(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', 0xA0, 0x3000, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF:
		return true
	}
	return r >= 0x2000 && r <= 0x200A
}

func isDigit(r rune) bool  { return r >= '0' && r <= '9' }
func isLetter(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }
func isMask(r rune) bool   { return r != 0 && strings.ContainsRune("Xx*×●?", r) }

// isMisread tells whether r is a letter that is mistaken for a digit.
func isMisread(r rune) bool { return r == 'O' || r == 'o' || r == 'I' || r == 'l' }

func allDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !isDigit(r) }) < 0
}
