package elf

import "bytes"

// symbolTable is where names to export are looked for.
type symbolTable struct {
	symbols Range
	count   int
	names   Range
}

// name returns the string at an offset of a string table, and where it begins.
func (d *decoder) name(table Range, off uint64) (string, int, bool) {
	if off >= uint64(table.Size) {
		return "", 0, false
	}
	at := table.Offset + int(off)
	rest := d.data[at : table.Offset+table.Size]
	rest = rest[:min(len(rest), max(d.text, 0))]
	n := bytes.IndexByte(rest, 0)
	if n < 0 {
		d.text -= len(rest)
		return "", 0, false
	}
	d.text -= n + 1
	return string(rest[:n]), at, true
}

// readNames reads SONAME and NEEDED.
func (d *decoder) readNames() {
	y := &d.dynamic
	if !y.usable {
		return
	}
	if y.hasSONAME {
		d.SONAME, _, _ = d.name(y.strtab, y.soname)
	}
	for _, off := range y.needed {
		if name, _, ok := d.name(y.strtab, off); ok {
			d.Needed = append(d.Needed, name)
		}
	}
}

// readExports reads the symbol table that the loader uses, or that of the sections
// where there is no dynamic segment.
func (d *decoder) readExports() {
	table, ok := d.dynamicSymbols()
	if !ok {
		table, ok = d.sectionSymbols()
	}
	if !ok {
		return
	}
	if most := table.symbols.Size / d.header.symSize; table.count > most {
		d.loss(uint64(table.symbols.Offset), "%d symbols end past their place, %d fit",
			table.count, most)
		table.count = most
	}
	lost := 0
	for i := range table.count {
		name, at, ok := d.symbol(table, table.symbols.Offset+i*d.header.symSize)
		switch {
		case !ok:
			lost++
		case name != "":
			d.Exports = append(d.Exports, Symbol{name, uint32(at)})
		}
	}
	if lost > 0 {
		d.loss(uint64(table.names.Offset), "%d exported symbols have no readable name", lost)
	}
}

// symbol returns the name of an exported symbol, "" for one that is not exported.
func (d *decoder) symbol(t symbolTable, at int) (name string, offset int, ok bool) {
	const undefined, global, weak, unique, internal, hidden = 0, 1, 2, 10, 1, 2
	attributes := at + 12 // st_info, st_other, st_shndx
	if d.wide {
		attributes = at + 4
	}
	bind, visibility := d.data[attributes]>>4, d.data[attributes+1]&3
	if d.u16(attributes+2) == undefined || visibility == internal || visibility == hidden ||
		bind != global && bind != weak && bind != unique {
		return "", 0, true
	}
	return d.name(t.names, uint64(d.u32(at)))
}

// dynamicSymbols returns the table of the dynamic segment. It does not say how long
// it is: the hash tables through which the loader finds symbols do.
func (d *decoder) dynamicSymbols() (symbolTable, bool) {
	y := &d.dynamic
	if !y.usable {
		return symbolTable{}, false
	}
	t := symbolTable{symbols: y.symtab, names: y.strtab}
	if y.hasHash && y.hash.Size >= 8 {
		t.count = int(d.u32(y.hash.Offset + 4)) // nchain
	}
	if y.hasGNU {
		t.count = max(t.count, d.gnuCount(y.gnuHash))
	}
	for _, s := range d.sections {
		if s.kind == shtDynsym && s.Offset == y.symtab.Offset {
			t.count = max(t.count, s.Size/d.header.symSize)
		}
	}
	if t.count == 0 && y.strtab.Offset > y.symtab.Offset { // linkers put them side by side
		t.count = min(y.strtab.Offset-y.symtab.Offset, y.symtab.Size) / d.header.symSize
	}
	return t, true
}

// gnuCount returns one more than the last symbol that the GNU hash table reaches:
// four words, a bloom filter of addresses, buckets, and chains whose last entry
// is odd.
func (d *decoder) gnuCount(table Range) int {
	if table.Size < 16 {
		return 0
	}
	buckets, first := int(d.u32(table.Offset)), int(d.u32(table.Offset+4))
	bloom := int(d.u32(table.Offset+8)) * d.Bits / 8
	if bloom > table.Size-16 || buckets > (table.Size-16-bloom)/4 {
		d.loss(uint64(table.Offset), "the GNU hash table ends past its segment")
		return 0
	}
	at := table.Offset + 16 + bloom
	last := 0
	for i := range buckets {
		last = max(last, int(d.u32(at+4*i)))
	}
	if last < first {
		return first // nothing is exported
	}
	chains, end := at+4*buckets, table.Offset+table.Size
	for at := chains + 4*(last-first); at+4 <= end; at += 4 {
		last++
		if d.u32(at)&1 == 1 {
			break
		}
	}
	return last
}
