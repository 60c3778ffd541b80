package facts

import "github.com/listgate/listgate/analyzer"

// bounds is how many different strings of each kind are kept of one entry. Of
// addresses no program that is not made to has that many.
var bounds = map[analyzer.StringKind]int{
	analyzer.URLString: 5000, analyzer.HostString: 5000, analyzer.PathString: 5000,
	analyzer.TextString: 20000, analyzer.NumberString: 500, analyzer.NameString: 2000,
	analyzer.ProductString: 500,
}

// Sieve applies Keep to the strings of one entry and emits each value where it was met
// first, up to a bound for its kind.
type Sieve struct {
	where analyzer.Where // of the string that is looked at
	emit  func(analyzer.Record)
	seen  map[kept]bool
	count map[analyzer.StringKind]int
	lost  *analyzer.String // the first that is too many, an address before any other
	more  int
}

type kept struct {
	kind  analyzer.StringKind
	value string
}

// NewSieve returns a sieve for the strings of an entry.
func NewSieve(entry string, emit func(analyzer.Record)) *Sieve {
	return &Sieve{where: analyzer.Where{Entry: entry}, emit: emit, seen: map[kept]bool{},
		count: map[analyzer.StringKind]int{}}
}

// Into sets the part of the entry in which the next strings lie.
func (s *Sieve) Into(part string) { s.where.Part = part }

// Keep looks at one string, which lies at an offset.
func (s *Sieve) Keep(text string, at int) {
	s.where.Offset = int64(at)
	Keep(text, "", s.where, s.Add)
}

// Add takes a string that was kept already; other records pass.
func (s *Sieve) Add(r analyzer.Record) {
	str, ok := r.(analyzer.String)
	if !ok {
		s.emit(r)
		return
	}
	v := kept{str.Kind, str.Value}
	switch {
	case s.seen[v]:
	case s.count[v.kind] >= bounds[v.kind]:
		s.more++
		if s.lost == nil || isAddress(v.kind) && !isAddress(s.lost.Kind) {
			s.lost = &str
		}
	default:
		s.count[v.kind]++
		s.seen[v] = true
		s.emit(str)
	}
}

func isAddress(k analyzer.StringKind) bool {
	return k == analyzer.URLString || k == analyzer.HostString || k == analyzer.PathString
}

// Lost returns where the first string was that is too many, how many there were, and
// whether an address is among them; more is 0 where there were none.
func (s *Sieve) Lost() (where analyzer.Where, more int, address bool) {
	if s.lost == nil {
		return analyzer.Where{}, 0, false
	}
	return s.lost.Where, s.more, isAddress(s.lost.Kind)
}

// Worth reports whether Keep may keep anything of a string: a look at its bytes before
// it is copied. It has a point, a slash or a character beyond ASCII, or a digit beside
// a blank or a hyphen.
func Worth(text []byte) bool {
	if len(text) < 4 {
		return false
	}
	digit, beside := false, false
	for _, c := range text {
		switch {
		case c == '.' || c == '/' || c >= 0x80:
			return true
		case isDigit(c):
			digit = true
		case c == ' ' || c == '-':
			beside = true
		}
	}
	return digit && beside
}
