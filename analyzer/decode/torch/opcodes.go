package torch

import (
	"bytes"
	"encoding/binary"

	"github.com/listgate/listgate/analyzer/budget"
)

// The opcodes whose argument is kept.
const (
	protocol        = 0x80
	stop            = '.'
	binUnicode      = 'X'
	shortBinUnicode = 0x8c
	binUnicode8     = 0x8d
	unicode         = 'V'
	binString       = 'T'
	shortBinString  = 'U'
	binInt          = 'J'
	binInt1         = 'K'
	binInt2         = 'M'
	long1           = 0x8a
	global          = 'c'
	stackGlobal     = 0x93
	binPersID       = 'Q'
)

// form is how the argument of an opcode is stored: so many bytes, or one of the
// negative values.
type form int

const (
	oneLine  form = -1 // up to a line feed
	twoLines form = -2
	length1  form = -3 // a length of one byte, then so many bytes
	length4  form = -4
	length8  form = -5
)

// forms are all opcodes of protocols 0 to 5.
var forms = map[byte]form{
	'(': 0, '0': 0, '1': 0, '2': 0, 'N': 0, 'Q': 0, 'R': 0, 'a': 0, 'b': 0, 'd': 0, '}': 0,
	'e': 0, 'l': 0, ']': 0, 'o': 0, 's': 0, 't': 0, ')': 0, 'u': 0, 0x81: 0, 0x85: 0, 0x86: 0,
	0x87: 0, 0x88: 0, 0x89: 0, 0x8f: 0, 0x90: 0, 0x91: 0, 0x92: 0, 0x93: 0, 0x94: 0, 0x97: 0,
	0x98: 0,
	'K':  1, 'h': 1, 'q': 1, 0x80: 1, 0x82: 1,
	'M': 2, 0x83: 2,
	'J': 4, 'j': 4, 'r': 4, 0x84: 4,
	'G': 8, 0x95: 8,
	'F': oneLine, 'I': oneLine, 'L': oneLine, 'P': oneLine, 'S': oneLine, 'V': oneLine,
	'g': oneLine, 'p': oneLine,
	'c': twoLines, 'i': twoLines,
	'U': length1, 'C': length1, 0x8a: length1, 0x8c: length1,
	'T': length4, 'B': length4, 'X': length4, 0x8b: length4,
	0x8d: length8, 0x8e: length8, 0x96: length8,
}

// bytes returns the argument and steps over it.
func (s *scanner) bytes(f form) ([]byte, error) {
	left := s.data[s.at:]
	skip, n := 0, int(f)
	switch f {
	case oneLine, twoLines:
		return s.lines(int(-f))
	case length1:
		if skip = 1; len(left) >= skip {
			n = int(left[0])
		}
	case length4:
		if skip = 4; len(left) >= skip {
			n = int(binary.LittleEndian.Uint32(left))
		}
	case length8:
		if skip = 8; len(left) >= skip {
			n = int(min(binary.LittleEndian.Uint64(left), 1<<62))
		}
	}
	if len(left) < skip || n > len(left)-skip {
		return nil, budget.Malformed("pickle", int64(s.at), "an argument ends behind the file")
	}
	s.at += skip + n
	return left[skip : skip+n], nil
}

func (s *scanner) lines(n int) ([]byte, error) {
	start := s.at
	for range n {
		i := bytes.IndexByte(s.data[s.at:], '\n')
		if i < 0 {
			return nil, budget.Malformed("pickle", int64(start), "a line without an end")
		}
		s.at += i + 1
	}
	return s.data[start : s.at-1], nil
}
