package facts

import (
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer"
)

// minRun is the shortest run of printable bytes that is looked at: shorter ones
// are mostly chance.
const minRun = 6

// Span is a part of an entry whose strings are wanted.
type Span struct {
	Entry string
	Base  int64 // offset of Data in the entry
	Data  []byte
}

// KeepRuns applies Keep to each run of printable UTF-8 of at least six bytes of
// the span. It stops after limit kept strings and reports whether it did.
func KeepRuns(s Span, limit int, emit func(analyzer.Record)) (stopped bool) {
	data := s.Data
	kept := 0
	count := func(r analyzer.Record) {
		kept++
		emit(r)
	}
	for i := 0; i < len(data); {
		n := runLength(data[i:])
		if n >= minRun {
			Keep(
				string(data[i:i+n]),
				"",
				analyzer.Where{Entry: s.Entry, Offset: s.Base + int64(i)},
				count,
			)
			if kept >= limit {
				return true
			}
		}
		i += n + 1
	}
	return false
}

// runLength returns the length of the printable run at the start of data.
func runLength(data []byte) int {
	for i := 0; i < len(data); {
		c := data[i]
		if c >= ' ' && c < 0x7F || c == '\t' {
			i++
			continue
		}
		if c < 0xE3 || c > 0xE9 { // lead bytes of U+3000 to U+9FFF, and of full-width forms below
			if c != 0xEF {
				return i
			}
		}
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError || r < 0x3000 || r > 0x9FFF && r < 0xFF00 {
			return i
		}
		i += size
	}
	return len(data)
}
