package elf

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"
)

// Types of section headers.
const (
	shtSymtab = 2
	shtNote   = 7
	shtNobits = 8
	shtDynsym = 11
)

// section is one section header whose bytes lie inside the file.
type section struct {
	name string
	kind uint32
	addr uint64
	link int
	Range
}

// readSections reads the section headers, and drops them all with an anomaly where
// they are missing or lie.
func (d *decoder) readSections() {
	h := d.header
	if h.shoff == 0 || h.shnum == 0 {
		d.anomaly(0, "no section headers")
		return
	}
	table, ok := d.span(h.shoff, uint64(h.shnum*h.shentsize))
	if !ok || h.shentsize < h.shSize {
		d.anomaly(h.shoff, "%d section headers of %d bytes end past the file", h.shnum,
			h.shentsize)
		return
	}
	all := make([]section, h.shnum)
	for i := range all {
		at := table.Offset + i*h.shentsize
		s := &all[i]
		s.kind, s.addr, s.link = d.u32(at+4), d.word(at+12, at+16), int(d.u32(at+24))
		off, size := d.word(at+16, at+24), d.word(at+20, at+32)
		if d.wide {
			s.link = int(d.u32(at + 40))
		}
		if s.kind == 0 || s.kind == shtNobits {
			continue
		}
		if s.Range, ok = d.span(off, size); !ok {
			d.anomaly(uint64(at), "section %d ends past the file", i)
			return
		}
	}
	if h.shstrndx >= len(all) {
		d.anomaly(h.shoff, "section names in section %d of %d", h.shstrndx, len(all))
		return
	}
	for i := range all {
		at := table.Offset + i*h.shentsize
		all[i].name = d.sectionName(all[h.shstrndx].Range, d.u32(at))
	}
	if at, why := d.contradiction(all); why != "" {
		d.anomaly(uint64(at), "%s", why)
		return
	}
	d.sections = all
}

// sectionName reads a name of at most 64 bytes; longer ones are cut.
func (d *decoder) sectionName(names Range, off uint32) string {
	if int(off) >= names.Size {
		return ""
	}
	b := d.data[names.Offset+int(off) : names.Offset+names.Size]
	name, _, _ := strings.Cut(string(b[:min(64, len(b))]), "\x00")
	return name
}

// contradiction says where sections and segments differ about what is loaded.
func (d *decoder) contradiction(all []section) (at int, why string) {
	for _, s := range all {
		if s.kind == shtDynsym && d.dynamic.usable && s.Offset != d.dynamic.symtab.Offset {
			return s.Offset, "section " + s.name + " is not the symbol table that is loaded"
		}
		if !strings.HasPrefix(s.name, ".rodata") || s.addr == 0 || s.Size == 0 {
			continue
		}
		if loaded, ok := d.fileRange(s.addr); ok && loaded.Offset != s.Offset {
			return s.Offset, "section " + s.name + " is not where it is loaded from"
		}
	}
	return 0, ""
}

// sectionSymbols returns the dynamic symbols by section or, of a relocatable file,
// all symbols.
func (d *decoder) sectionSymbols() (symbolTable, bool) {
	kind := uint32(shtDynsym)
	if d.Type == Relocatable {
		kind = shtSymtab
	}
	for _, s := range d.sections {
		if s.kind == kind && s.link < len(d.sections) {
			return symbolTable{s.Range, s.Size / d.header.symSize, d.sections[s.link].Range}, true
		}
	}
	return symbolTable{}, false
}

// readBuildID looks for the GNU build id in the notes of segments, then sections.
func (d *decoder) readBuildID() {
	var notes []Range
	for _, s := range d.segments {
		if s.kind == ptNote {
			notes = append(notes, s.Range)
		}
	}
	for _, s := range d.sections {
		if s.kind == shtNote {
			notes = append(notes, s.Range)
		}
	}
	for _, n := range notes {
		if d.BuildID = d.buildID(n); d.BuildID != "" {
			return
		}
	}
}

// maxNotes bounds the notes looked at in one range; linkers write a few.
const maxNotes = 64

// buildID walks notes: sizes of name and content, type, name and content, each
// padded to four bytes.
func (d *decoder) buildID(notes Range) string {
	const header, gnuBuildID = 12, 3
	at, end := notes.Offset, notes.Offset+notes.Size
	for range maxNotes {
		if at+header > end {
			break
		}
		name, size := int(d.u32(at)), int(d.u32(at+4))
		kind := d.u32(at + 8)
		at += header
		content := at + (name+3)/4*4
		if content > end || size > end-content {
			break
		}
		if kind == gnuBuildID && name == 4 && string(d.data[at:at+4]) == "GNU\x00" && size <= 64 {
			return hex.EncodeToString(d.data[content : content+size])
		}
		at = content + (size+3)/4*4
	}
	return ""
}

// readReadOnly finds where constant data lie.
func (d *decoder) readReadOnly() {
	for _, s := range d.sections {
		if strings.HasPrefix(s.name, ".rodata") && s.kind != shtNobits && s.Size > 0 {
			d.ReadOnly = append(d.ReadOnly, s.Range)
		}
	}
	for _, unwanted := range []uint32{flagWrite | flagExecute, flagWrite} {
		if len(d.ReadOnly) > 0 {
			break
		}
		for _, s := range d.segments {
			if s.kind == ptLoad && s.flags&unwanted == 0 && s.Size > 0 {
				d.ReadOnly = append(d.ReadOnly, s.Range)
			}
		}
	}
	d.ReadOnly = merged(d.ReadOnly)
}

// merged orders ranges and joins those that touch or overlap, so that a caller
// reads no byte twice however many headers name it.
func merged(ranges []Range) []Range {
	slices.SortFunc(ranges, func(a, b Range) int { return cmp.Compare(a.Offset, b.Offset) })
	var out []Range
	for _, r := range ranges {
		if n := len(out); n > 0 && r.Offset <= out[n-1].Offset+out[n-1].Size {
			out[n-1].Size = max(out[n-1].Size, r.Offset+r.Size-out[n-1].Offset)
			continue
		}
		out = append(out, r)
	}
	return out
}
