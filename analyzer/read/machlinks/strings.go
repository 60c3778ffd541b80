package machlinks

import (
	"encoding/binary"
	"unicode/utf16"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/macho"
	"github.com/listgate/listgate/analyzer/facts"
)

// value is a kept string without its place.
type value struct {
	kind analyzer.StringKind
	text string
}

// sieve lets each value through once and bounds how many there are of one kind.
type sieve struct {
	seen    map[value]bool
	counts  map[analyzer.StringKind]int
	dropped bool
	emit    func(analyzer.Record)
}

func (v *sieve) keep(record analyzer.Record) {
	s, ok := record.(analyzer.String)
	if !ok || v.seen[value{s.Kind, s.Value}] {
		return
	}
	most := maxStrings
	if s.Kind == analyzer.ProductString {
		most = maxProducts // meshes and tables as text look like versions, line by line
	}
	if v.counts[s.Kind] >= most {
		v.dropped = v.dropped || s.Kind != analyzer.ProductString
		return
	}
	v.counts[s.Kind]++
	v.seen[value{s.Kind, s.Value}] = true
	v.emit(s)
}

// strings keeps what is worth keeping of the sections with strings. The slices of
// one program repeat each other: a value is kept where it was met first.
func (r reading) strings() {
	v := &sieve{seen: map[value]bool{}, counts: map[analyzer.StringKind]int{}, emit: r.emit}
	for _, s := range r.file.Slices {
		for _, section := range s.Strings {
			r.section(section, v.keep)
		}
	}
	if v.dropped {
		r.emit(analyzer.Gap{Reason: analyzer.GapBudget, Where: r.where(0),
			Detail: "more strings than are kept of one file", Code: true})
	}
}

func (r reading) section(s macho.Section, keep func(analyzer.Record)) {
	data := r.in.Data[s.At : s.At+s.Size]
	if !s.Wide {
		if s.Name == "__const" || s.Name == "__rodata" {
			keep = r.bounded(s, keep)
		}
		facts.KeepRuns(facts.Span{Entry: r.in.Entry.Name(), Base: s.At, Data: data}, len(data),
			keep)
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

// bounded drops texts that do not stand between two zeros: in a section of numbers
// and tables some bytes read as Han characters by chance.
func (r reading) bounded(s macho.Section, keep func(analyzer.Record)) func(analyzer.Record) {
	zero := func(at int64) bool { return at < s.At || at >= s.At+s.Size || r.in.Data[at] == 0 }
	return func(record analyzer.Record) {
		text, ok := record.(analyzer.String)
		if ok && text.Kind == analyzer.TextString {
			start := text.Where.Offset
			if !zero(start-1) || !zero(start+int64(len(text.Value))) {
				return
			}
		}
		keep(record)
	}
}
