package macho

import "bytes"

// cstringSection is the section type S_CSTRING_LITERALS.
const cstringSection = 2

// isText reports a section in which strings lie.
func (s section) isText() bool {
	switch {
	case s.flags&0xff == cstringSection:
		return s.name != "__objc_methtype"
	case s.segment == "__TEXT":
		return s.name == "__const" || s.name == "__ustring" || s.name == "__cstring" ||
			s.name == "__objc_methname"
	}
	return s.name == "__rodata"
}

// strings lists the sections with strings that can be read.
func (w *walk) strings() {
	for _, s := range w.sections {
		if s.size == 0 || !s.isText() || w.hidden(s.off) || w.hidden(s.off+s.size-1) {
			continue
		}
		if !w.inside(s.off, s.size) {
			w.odd(0, true, "section %.16q ends past the slice", s.name)
			continue
		}
		if !w.file.spend(int(s.size)) {
			return
		}
		w.s.Strings = append(w.s.Strings, Section{Range: Range{w.s.At + int64(s.off),
			int64(s.size)},
			Segment: s.segment, Name: s.name, Wide: s.name == "__ustring"})
	}
}

// encryption finds out whether the encrypted range is encrypted at all. Of the bytes
// of C strings over nine tenths are printable, of encrypted ones under four tenths;
// of the bytes of code a tenth is zero, of encrypted ones four in a thousand.
func (w *walk) encryption() {
	if w.s.CryptID == 0 {
		return
	}
	const sample, fewest = 16 << 10, 64
	total, plain := 0, 0
	for _, s := range w.sections {
		if s.flags&0xff != cstringSection || !w.inside(s.off, s.size) ||
			!w.s.Encrypted.holds(w.s.At+int64(s.off)) {
			continue
		}
		for _, c := range w.data[s.off : s.off+min(s.size, sample)] {
			total++
			if c == 0 || c >= ' ' && c < 0x7f || c == '\n' || c == '\t' {
				plain++
			}
		}
	}
	if total >= fewest {
		w.s.Plain = plain*10 >= total*8
	} else {
		w.s.Plain = w.hasZeros()
	}
	if w.s.Plain {
		w.odd(0, false, "marked as encrypted (cryptid %d), but is in the clear", w.s.CryptID)
	}
}

// hasZeros reports whether the encrypted range has more zeros than a cipher leaves,
// for programs that have no strings to go by.
func (w *walk) hasZeros() bool {
	const sample, fewest, oneIn = 64 << 10, 4 << 10, 50
	start := w.s.Encrypted.At - w.s.At
	data := w.data[start : start+min(w.s.Encrypted.Size, sample)]
	return len(data) >= fewest && bytes.Count(data, []byte{0})*oneIn > len(data)
}
