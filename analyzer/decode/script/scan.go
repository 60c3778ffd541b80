package script

import (
	"bytes"

	"github.com/listgate/listgate/analyzer/budget"
)

// maxDepth bounds brackets in brackets.
const maxDepth = 1 << 16

// state is what the next token is to the ones before it.
type state uint8

const (
	statement state = iota // it begins a statement: a brace is a block
	operand                // it begins an operand: a brace is an object
	operator               // an operand is before it: a slash divides
)

// bracket is an open bracket and what comes after it is closed.
type bracket struct {
	kind     kindOf
	after    state
	asked    uint8 // questions of conditional operators that wait for their colon
	function bool  // these are the parameters of a function
	leaves   state // what comes after its body
}

type kindOf uint8

const (
	paren kindOf = iota
	square
	block
	object
	inTemplate
)

// scanner walks over one script.
type scanner struct {
	data  []byte
	base  int
	at    int
	yield func(Literal) bool
	state state
	open  []bracket
	asked uint8 // outside all brackets
	// word is the identifier or keyword just before, nil after any other token.
	word []byte
	// function is set between the keyword and the body of a function or class; leaves is
	// what comes after the body.
	function bool
	leaves   state
	arrow    bool // an arrow is just before: a brace is a body
}

func (s *scanner) fail(at int, format string, args ...any) error {
	return budget.Malformed("script", int64(s.base+at), format, args...)
}

// blank holds the bytes that separate tokens and mean nothing.
var blank = [256]bool{' ': true, '\t': true, '\n': true, '\r': true, '\v': true, '\f': true,
	0: true}

// wordByte holds the bytes of identifiers, keywords and numbers.
var wordByte = func() (t [256]bool) {
	for c := range 256 {
		t[c] = c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '$' ||
			c == '#' || c == '@' || c >= 0x80 || c == '\\'
	}
	return t
}()

// run reads tokens to the end.
func (s *scanner) run() error {
	for s.at < len(s.data) {
		c := s.data[s.at]
		var err error
		switch {
		case blank[c]:
			s.at++
		case wordByte[c]:
			s.words()
		case c == '"' || c == '\'':
			err = s.quoted(c)
		case c == '`':
			s.at++
			err = s.template()
		case c == '/':
			err = s.slash()
		default:
			err = s.punctuation(c)
		}
		if err != nil {
			return err
		}
	}
	if n := len(s.open); n > 0 {
		return s.fail(s.at, "%d brackets are open at the end", n)
	}
	return nil
}

// emit yields a literal that lies at an offset of the data.
func (s *scanner) emit(kind Kind, text []byte, at int) error {
	if !s.yield(Literal{Kind: kind, Text: text, At: s.base + at}) {
		return errStopped
	}
	return nil
}

// value notes that an operand was read.
func (s *scanner) value() { s.state, s.word, s.arrow = operator, nil, false }

// quoted reads a string, which ends in the line in which it begins.
func (s *scanner) quoted(quote byte) error {
	start := s.at + 1
	escaped := false
	i := start
	for i < len(s.data) && s.data[i] != quote {
		switch s.data[i] {
		case '\n', '\r':
			return s.fail(s.at, "a string without an end")
		case '\\':
			escaped = true
			i++
			if i+1 < len(s.data) && s.data[i] == '\r' && s.data[i+1] == '\n' {
				i++
			}
		}
		i++
	}
	if i >= len(s.data) {
		return s.fail(s.at, "a string without an end")
	}
	s.at = i + 1
	text := s.data[start:i]
	if escaped {
		text = unescape(text)
	}
	err := s.emit(String, text, start)
	s.value()
	return err
}

// template reads a part of a template, to its end or to an expression in it.
func (s *scanner) template() error {
	start := s.at
	escaped := false
	for i := start; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c == '\\':
			escaped = true
			i++
		case c == '`', c == '$' && i+1 < len(s.data) && s.data[i+1] == '{':
			text := s.data[start:i]
			if escaped {
				text = unescape(text)
			}
			s.at = i + 1
			err := s.emit(Template, text, start)
			s.value()
			if c == '$' && err == nil {
				s.at++
				err = s.push(bracket{kind: inTemplate})
				s.state = operand
			}
			return err
		}
	}
	return s.fail(start-1, "a template without an end")
}

// slash tells comments, patterns and divisions apart.
func (s *scanner) slash() error {
	next := byte(0)
	if s.at+1 < len(s.data) {
		next = s.data[s.at+1]
	}
	switch {
	case next == '/':
		// What looks like an address outside a literal is one that was cut wrongly.
		if s.at > 0 && bytes.IndexByte([]byte(":\"'`"), s.data[s.at-1]) >= 0 {
			return s.fail(s.at, "an address outside a string")
		}
		s.lineEnd()
	case next == '*':
		end := bytes.Index(s.data[s.at+2:], []byte("*/"))
		if end < 0 {
			return s.fail(s.at, "a comment without an end")
		}
		s.at += 2 + end + 2
	case s.state == operator:
		s.at++
		s.state, s.word = operand, nil
	default:
		return s.pattern()
	}
	return nil
}

// lineEnd goes to the end of the line.
func (s *scanner) lineEnd() {
	n := bytes.IndexAny(s.data[s.at:], "\r\n")
	if n < 0 {
		n = len(s.data) - s.at
	}
	s.at += n
}

// pattern reads a regular expression, which ends in its line.
func (s *scanner) pattern() error {
	start := s.at + 1
	class := false
	for i := start; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c == '\n' || c == '\r':
			return s.fail(s.at, "a pattern without an end")
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			s.at = i + 1
			for s.at < len(s.data) && wordByte[s.data[s.at]] {
				s.at++
			}
			err := s.emit(Pattern, s.data[start:i], start)
			s.value()
			return err
		}
	}
	return s.fail(s.at, "a pattern without an end")
}
