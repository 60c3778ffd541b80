package nativelibs

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/elf"
	"github.com/listgate/listgate/analyzer/facts"
)

// quotas is how many strings of each kind are kept of one library: large ones carry
// dictionaries and meshes as text, which must not crowd out the addresses. Of
// addresses no library that is not made to has that many.
var quotas = map[analyzer.StringKind]int{
	analyzer.URLString:     5000,
	analyzer.HostString:    5000,
	analyzer.PathString:    5000,
	analyzer.TextString:    400,
	analyzer.NumberString:  100,
	analyzer.NameString:    150,
	analyzer.ProductString: 150,
}

// maxScanned ends the scan of one range by what was kept before repetitions and
// chance were taken out.
const maxScanned = 1 << 20

// keeper emits each value once, up to the quotas.
type keeper struct {
	data []byte
	emit func(analyzer.Record)
	seen map[value]bool
	kept map[analyzer.StringKind]int
	lost int
	code bool // addresses were lost
}

type value struct {
	kind analyzer.StringKind
	text string
}

// keepStrings emits what facts.Keep keeps of the read-only data, less what chance
// makes look like Chinese or like a version; a gap says what the quotas cut off.
func keepStrings(data []byte, f *elf.File, entry string, emit func(analyzer.Record)) {
	k := &keeper{data: data, emit: emit, seen: map[value]bool{},
		kept: map[analyzer.StringKind]int{}}
	stopped := false
	for _, r := range f.ReadOnly {
		span := facts.Span{Entry: entry, Base: int64(r.Offset),
			Data: data[r.Offset : r.Offset+r.Size]}
		stopped = facts.KeepRuns(span, maxScanned, k.keep) || stopped
	}
	if k.lost > 0 || stopped {
		emit(analyzer.Gap{Reason: analyzer.GapBudget,
			Where:  analyzer.Where{Entry: entry, Part: "strings"},
			Detail: fmt.Sprintf("%d strings beyond what is kept of one library", k.lost),
			Code:   k.code || stopped})
	}
}

func (k *keeper) keep(r analyzer.Record) {
	s, ok := r.(analyzer.String)
	if !ok || k.seen[value{s.Kind, s.Value}] {
		return
	}
	if s.Kind == analyzer.TextString && !isText(k.data, s) ||
		s.Kind == analyzer.ProductString && !hasWord(s.Value) {
		return
	}
	if k.kept[s.Kind] >= quotas[s.Kind] {
		k.lost++
		k.code = k.code || isAddress(s.Kind)
		return
	}
	k.kept[s.Kind]++
	k.seen[value{s.Kind, s.Value}] = true
	k.emit(s)
}

// isAddress reports the kinds that show which service is called.
func isAddress(k analyzer.StringKind) bool {
	return k == analyzer.URLString || k == analyzer.HostString || k == analyzer.PathString
}

// hasWord tells a product's name from numbers in a table of text: three letters in
// a row.
func hasWord(s string) bool {
	n := 0
	for _, c := range strings.ToLower(s) {
		if c < 'a' || c > 'z' {
			n = 0
			continue
		}
		if n++; n == 3 {
			return true
		}
	}
	return false
}

// isText tells written Chinese from tables whose bytes happen to encode it: a text
// of C or C++ ends in a zero byte and has two Han characters, a longer one may end
// otherwise.
func isText(data []byte, s analyzer.String) bool {
	han := 0
	for _, r := range s.Value {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	run := bytes.TrimLeft(data[s.Where.Offset:], blanks)
	rest := bytes.TrimLeft(run[min(len(s.Value), len(run)):], blanks)
	return han >= 8 || han >= 2 && len(rest) > 0 && rest[0] == 0
}

// blanks are trimmed off a kept text, so that its length alone does not tell where
// it ends.
const blanks = " \t\u3000"
