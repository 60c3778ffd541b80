package texts

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/facts"
)

// maxKept bounds the different strings of one kind that are kept of one file.
const maxKept = 5000

// minLength is the shortest string that is looked at, in bytes or units.
const minLength = 4

// value is a kept string without its place.
type value struct {
	kind analyzer.StringKind
	text string
}

// sieve emits each value where it was met first, up to the bound of its kind.
type sieve struct {
	entry string
	emit  func(analyzer.Record)
	seen  map[value]bool
	kept  map[analyzer.StringKind]int
	lost  int64 // where the first string was that is too many; negative for none
}

func (s *sieve) keep(text string, at int) {
	facts.Keep(text, "", analyzer.Where{Entry: s.entry, Offset: int64(at)}, s.add)
}

func (s *sieve) add(r analyzer.Record) {
	str, ok := r.(analyzer.String)
	v := value{str.Kind, str.Value}
	switch {
	case !ok || s.seen[v]:
	case s.kept[v.kind] >= maxKept:
		if s.lost < 0 {
			s.lost = str.Where.Offset
		}
	default:
		s.kept[v.kind]++
		s.seen[v] = true
		s.emit(str)
	}
}

// narrow cuts bytes that are UTF-8, or anything that is ASCII in between.
func (s *sieve) narrow(data []byte) {
	s.lost = -1
	start := 0
	for i := 0; i <= len(data); i++ {
		if i < len(data) && !isBorder(data[i]) {
			continue
		}
		closing := start > 0 && data[start-1] == '<' && start < len(data) && data[start] == '/'
		if i-start >= minLength && !closing {
			s.keep(strings.TrimSpace(string(data[start:i])), start)
		}
		start = i + 1
	}
}

// byteOrder returns the order of UTF-16 text by its mark, nil for other text.
func byteOrder(data []byte) binary.ByteOrder {
	switch {
	case len(data) < 2:
		return nil
	case data[0] == 0xff && data[1] == 0xfe:
		return binary.LittleEndian
	case data[0] == 0xfe && data[1] == 0xff:
		return binary.BigEndian
	}
	return nil
}

// wide cuts UTF-16 text.
func (s *sieve) wide(data []byte, order binary.ByteOrder) {
	s.lost = -1
	var units []uint16
	start := 2
	for i := 2; i <= len(data); i += 2 {
		end := i+1 >= len(data)
		if !end {
			u := order.Uint16(data[i:])
			if u >= utf8.RuneSelf || !isBorder(byte(u)) {
				units = append(units, u)
				continue
			}
		}
		if len(units) >= minLength/2 {
			s.keep(strings.TrimSpace(string(utf16.Decode(units))), start)
		}
		units, start = units[:0], i+2
	}
}

func isBorder(c byte) bool {
	return c == '"' || c == '\'' || c == '`' || c == '<' || c == '>' || c < ' ' && c != '\t'
}

// isPlain reports a head that is text: UTF-8 without control characters, or
// UTF-16 with its mark.
func isPlain(head []byte) bool {
	if byteOrder(head) != nil {
		return true
	}
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		if r == utf8.RuneError && (size <= 1 && utf8.FullRune(head)) ||
			r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return false
		}
		head = head[size:]
	}
	return true
}
