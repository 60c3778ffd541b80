package elf

import "github.com/listgate/listgate/analyzer/budget"

// Types and flags of program headers.
const (
	ptLoad    = 1
	ptDynamic = 2
	ptNote    = 4

	flagExecute = 1
	flagWrite   = 2
)

// maxSegments is what the loader accepts of the narrower kind: 64 KiB of headers.
const maxSegments = 65536 / 32

// segment is one program header whose bytes lie inside the file.
type segment struct {
	kind, flags uint32
	vaddr       uint64
	Range
}

// readSegments reads the program headers.
func (d *decoder) readSegments() error {
	h := d.header
	if h.phnum == 0 {
		return nil
	}
	if h.phnum > maxSegments {
		return budget.Malformed("program headers", int64(h.phoff), "%d entries", h.phnum)
	}
	if h.phentsize < h.phSize {
		return budget.Malformed("program headers", int64(h.phoff), "entries of %d bytes",
			h.phentsize)
	}
	table, ok := d.span(h.phoff, uint64(h.phnum*h.phentsize))
	if !ok {
		return budget.Malformed("program headers", int64(h.phoff), "%d entries end past the file",
			h.phnum)
	}
	for i := range h.phnum {
		at := table.Offset + i*h.phentsize
		s := segment{kind: d.u32(at), vaddr: d.word(at+8, at+16)}
		s.flags = d.u32(at + 24)
		if d.wide {
			s.flags = d.u32(at + 4)
		}
		if s.kind != ptLoad && s.kind != ptDynamic && s.kind != ptNote {
			continue
		}
		if s.Range, ok = d.span(d.word(at+4, at+8), d.word(at+16, at+32)); ok {
			d.segments = append(d.segments, s)
		} else if s.kind != ptNote {
			return budget.Malformed("program headers", int64(at), "segment %d ends past the file",
				i)
		}
	}
	return nil
}

// fileRange returns where the bytes from a virtual address to the end of its
// segment lie.
func (d *decoder) fileRange(vaddr uint64) (Range, bool) {
	for _, s := range d.segments {
		if s.kind == ptLoad && vaddr >= s.vaddr && vaddr-s.vaddr < uint64(s.Size) {
			skip := int(vaddr - s.vaddr)
			return Range{s.Offset + skip, s.Size - skip}, true
		}
	}
	return Range{}, false
}

// dynamic is what the dynamic segment says.
type dynamic struct {
	present                 bool
	needed                  []uint64 // offsets into the string table
	soname                  uint64
	hasSONAME               bool
	strtab, symtab          Range // to the end of their segments
	hash, gnuHash           Range
	hasHash, hasGNU, usable bool
}

// Tags of the dynamic section.
const (
	dtNull    = 0
	dtNeeded  = 1
	dtHash    = 4
	dtStrtab  = 5
	dtSymtab  = 6
	dtStrsz   = 10
	dtSONAME  = 14
	dtGNUHash = 0x6ffffef5
)

// readDynamic reads the dynamic segment, if there is one.
func (d *decoder) readDynamic() error {
	for _, s := range d.segments {
		if s.kind != ptDynamic {
			continue
		}
		at := s.Range
		if mapped, ok := d.fileRange(s.vaddr); ok { // the loader goes by address
			at = Range{mapped.Offset, min(s.Size, mapped.Size)}
		}
		return d.readTags(at)
	}
	return nil
}

func (d *decoder) readTags(at Range) error {
	y := &d.dynamic
	y.present = true
	size, addresses := 8, map[uint64]uint64{}
	if d.wide {
		size = 16
	}
	for off := at.Offset; off+size <= at.Offset+at.Size; off += size {
		tag, value := d.word(off, off), d.word(off+4, off+8)
		switch tag {
		case dtNull:
			off = at.Offset + at.Size
		case dtNeeded:
			y.needed = append(y.needed, value)
		case dtSONAME:
			y.soname, y.hasSONAME = value, true
		case dtHash, dtStrtab, dtSymtab, dtStrsz, dtGNUHash:
			addresses[tag] = value
		}
	}
	return d.locate(addresses, at)
}

// locate finds the tables that the dynamic section names by address.
func (d *decoder) locate(addresses map[uint64]uint64, at Range) error {
	y := &d.dynamic
	var okStr, okSym bool
	y.strtab, okStr = d.fileRange(addresses[dtStrtab])
	y.symtab, okSym = d.fileRange(addresses[dtSymtab])
	if !okStr || !okSym {
		return budget.Malformed("dynamic section", int64(at.Offset),
			"no symbol or string table inside the segments")
	}
	if n, ok := addresses[dtStrsz]; ok {
		if n > uint64(y.strtab.Size) {
			d.anomaly(uint64(at.Offset), "DT_STRSZ %d ends past its segment", n)
		} else {
			y.strtab.Size = int(n)
		}
	}
	if a, ok := addresses[dtHash]; ok {
		y.hash, y.hasHash = d.fileRange(a)
	}
	if a, ok := addresses[dtGNUHash]; ok {
		y.gnuHash, y.hasGNU = d.fileRange(a)
	}
	y.usable = true
	return nil
}
