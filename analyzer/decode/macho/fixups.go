package macho

import "strings"

// Pointer formats of chained fixups (DYLD_CHAINED_PTR_…).
const (
	ptrARM64E           = 1
	ptr64               = 2
	ptr32               = 3
	ptr64Offset         = 6
	ptrARM64EOffset     = 7
	ptrARM64EUserland   = 9
	ptrARM64EUserland24 = 12
	ptrPlain            = 0
)

// pointerFormat is how the pointers of one segment are written in the file.
type pointerFormat struct {
	off, size uint64
	format    uint16
}

// chainedImports reads the names that dyld binds and the pointer formats.
func (w *walk) chainedImports() error {
	if w.fixups.Size < 28 {
		return nil
	}
	at, end := uint64(w.fixups.At), uint64(w.fixups.At+w.fixups.Size)
	field := func(i uint64) uint64 { return uint64(w.u32(at + 4*i)) }
	starts, imports, names, count, format := field(1), field(2), field(3), field(4), field(5)
	w.chainStarts(at+starts, end)
	step := map[uint64]uint64{1: 4, 2: 8, 3: 16}[format]
	if step == 0 || field(6) != 0 || at+imports > end || count > (end-at-imports)/step ||
		at+names > end {
		w.odd(at, true, "the table of bound names cannot be read")
		return nil
	}
	for i := range count {
		entry := at + imports + i*step
		name := uint64(w.u32(entry) >> 9)
		if format == 3 {
			name = w.u64(entry) >> 32
		}
		if off := at + names + name; off < end {
			if err := w.boundName(off); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *walk) boundName(off uint64) error {
	if class, ok := strings.CutPrefix(w.text(off), classPrefix); ok {
		return w.add(&w.s.Imports, class, off+uint64(len(classPrefix)))
	}
	return nil
}

// chainStarts reads dyld_chained_starts_in_image: for each segment the place of
// its dyld_chained_starts_in_segment, 0 for none.
func (w *walk) chainStarts(at, end uint64) {
	count := uint64(w.u32(at))
	if at > end || count > uint64(len(w.segments)) {
		return
	}
	for i := range count {
		s := at + uint64(w.u32(at+4+4*i))
		if s == at || s+22 > end {
			continue
		}
		format := uint16(w.u32(s+4) >> 16)
		if w.order.String() == "BigEndian" {
			format = uint16(w.u32(s + 4))
		}
		seg := w.segments[i]
		w.pointers = append(w.pointers, pointerFormat{seg.off, seg.fileSize, format})
	}
}

// pointer returns the address that the pointer at off has once loaded, false
// where it is bound to another image or is null.
func (w *walk) pointer(off uint64) (uint64, bool) {
	raw := w.uptr(off)
	if !w.inside(off, w.word()) || raw == 0 {
		return 0, false
	}
	format := uint16(ptrPlain)
	if w.s.Arch == "arm64e" {
		format = ptrARM64E // before chained fixups arm64e threaded its rebases alike
	}
	for _, p := range w.pointers {
		if off >= p.off && off-p.off < p.size {
			format = p.format
		}
	}
	return w.target(raw, format)
}

func (w *walk) target(raw uint64, format uint16) (uint64, bool) {
	const low36, low43 = 1<<36 - 1, 1<<43 - 1
	switch format {
	case ptrPlain:
		return raw, true
	case ptr64, ptr64Offset:
		addr := raw & low36
		if format == ptr64Offset {
			addr += w.base
		}
		return addr, raw>>63 == 0
	case ptr32:
		return raw & (1<<26 - 1), raw>>31 == 0
	case ptrARM64E, ptrARM64EOffset, ptrARM64EUserland, ptrARM64EUserland24:
		if raw>>62&1 != 0 {
			return 0, false
		}
		if raw>>63 != 0 { // signed pointers hold an offset in every format
			return w.base + raw&0xffffffff, true
		}
		addr := raw & low43
		if format != ptrARM64E {
			addr += w.base
		}
		return addr, true
	default:
		return 0, false
	}
}

// Opcodes of binding instructions, the high nibble; the low one is immediate.
const (
	bindOrdinalUleb    = 0x20
	bindSymbol         = 0x40
	bindAddend         = 0x60
	bindSegment        = 0x70
	bindAddAddr        = 0x80
	bindDoAddAddr      = 0xa0
	bindDoTimesSkip    = 0xc0
	bindThreaded       = 0xd0
	opcodeMask         = 0xf0
	bindThreadedWithNo = 1 // subcode without an operand
)

// binds reads the names in the instructions by which older files are bound. A
// stream of lazy bindings has a "done" after each, so that does not end it.
func (w *walk) binds() error {
	for _, r := range w.opcodes {
		if err := w.stream(uint64(r.At), uint64(r.At+r.Size)); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) stream(at, end uint64) error {
	for at < end {
		op := w.data[at]
		at++
		if op&opcodeMask == bindSymbol {
			if err := w.boundName(at); err != nil {
				return err
			}
		}
		at = w.operands(op, at, end)
	}
	return nil
}

// operands returns what follows the operands of an instruction.
func (w *walk) operands(op byte, at, end uint64) uint64 {
	data := w.data[:end]
	switch op & opcodeMask {
	case bindOrdinalUleb, bindAddend, bindSegment, bindAddAddr, bindDoAddAddr:
		_, at = uleb(data, at)
	case bindDoTimesSkip:
		_, at = uleb(data, at)
		_, at = uleb(data, at)
	case bindThreaded:
		if op&^opcodeMask != bindThreadedWithNo {
			_, at = uleb(data, at)
		}
	case bindSymbol:
		for at < end && data[at] != 0 {
			at++
		}
		at++
	}
	return at
}
