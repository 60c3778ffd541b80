package machlinks

import (
	"encoding/binary"
	"unicode/utf16"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/macho"
	"github.com/listgate/listgate/analyzer/facts"
)

// strings keeps what is worth keeping of the sections with strings. The slices of
// one program repeat each other: a value is kept where it was met first.
func (r reading) strings() {
	type value struct {
		kind analyzer.StringKind
		text string
	}
	seen := map[value]bool{}
	keep := func(record analyzer.Record) {
		s, ok := record.(analyzer.String)
		if !ok || seen[value{s.Kind, s.Value}] || len(seen) > maxStrings {
			return
		}
		seen[value{s.Kind, s.Value}] = true
		if len(seen) <= maxStrings {
			r.emit(s)
		}
	}
	for _, s := range r.file.Slices {
		for _, section := range s.Strings {
			r.section(section, keep)
		}
	}
	if len(seen) > maxStrings {
		r.emit(analyzer.Gap{Reason: analyzer.GapBudget, Where: r.where(0), Detail: "more strings than are kept of one file"})
	}
}

func (r reading) section(s macho.Section, keep func(analyzer.Record)) {
	data := r.in.Data[s.At : s.At+s.Size]
	if !s.Wide {
		facts.KeepRuns(data, s.At, r.in.Entry.Name(), len(data), keep)
		return
	}
	// Literals beyond ASCII: UTF-16 of the target, each ended by a zero. Every
	// device of the system is little-endian.
	var units []uint16
	start := 0
	for i := 0; i+1 < len(data); i += 2 {
		if u := binary.LittleEndian.Uint16(data[i:]); u != 0 {
			units = append(units, u)
			continue
		}
		if len(units) > 0 {
			facts.Keep(string(utf16.Decode(units)), "", r.where(s.At+int64(start)), keep)
		}
		units, start = units[:0], i+2
	}
}
