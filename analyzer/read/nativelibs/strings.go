package nativelibs

import (
	"bytes"
	"unicode"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/elf"
	"github.com/listgate/listgate/analyzer/facts"
)

// maxStrings is how many strings are kept of one library: large ones carry whole
// dictionaries.
const maxStrings = 2000

// keepStrings emits what facts.Keep keeps of the read-only data, each value once,
// less what chance makes look like Chinese.
func keepStrings(data []byte, f *elf.File, entry string, emit func(analyzer.Record)) {
	type key struct {
		kind  analyzer.StringKind
		value string
	}
	seen := map[key]bool{}
	once := func(r analyzer.Record) {
		s, ok := r.(analyzer.String)
		if !ok || seen[key{s.Kind, s.Value}] || len(seen) >= maxStrings {
			return
		}
		if s.Kind == analyzer.TextString && !isText(data, s) {
			return
		}
		seen[key{s.Kind, s.Value}] = true
		emit(r)
	}
	for _, r := range f.ReadOnly {
		facts.KeepRuns(data[r.Offset:r.Offset+r.Size], int64(r.Offset), entry, maxScanned, once)
	}
}

// maxScanned ends the scan of one range by what was kept before repetitions and
// chance were taken out.
const maxScanned = 1 << 20

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
