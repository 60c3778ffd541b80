package macho

import (
	"encoding/binary"
)

// Places of the parts of a test program. The text segment maps the first two
// pages, the data segment the third, the rest is the link edit segment.
const (
	atStrings  = 0x800
	atClasses  = 0x900 // names of classes
	atTypes    = 0xa00
	atContexts = 0xa40
	atList     = 0x2000
	atClass    = 0x2100
	atRO       = 0x2200
	atGOT      = 0x2300
	atSymbols  = 0x3000
	atNames    = 0x3100
	atFixups   = 0x3300
	atTrie     = 0x3500
	atBinds    = 0x3600
	atSign     = 0x3700
	programEnd = 0x3800
)

// program is a Mach-O file under construction.
type program struct {
	data     []byte
	order    binary.AppendByteOrder
	wide     bool
	base     uint64
	cpu, sub uint32
	crypt    uint32
	format   uint32 // of pointers; 0 for plain ones without chained fixups
	end      int    // of the load commands
	commands uint32
}

// pointer writes a pointer to what lies at off, with the bits of a chain.
func (p *program) pointer(off uint64) uint64 {
	switch p.format {
	case ptr64:
		return p.base + off | 3<<51
	case ptr64Offset:
		return off | 3<<51
	case ptrARM64E:
		return p.base + off | 3<<51
	case ptrARM64EUserland:
		return off | 7<<51 | 1<<63 // signed
	case ptrARM64EUserland24:
		return off | 7<<51
	}
	return p.base + off
}

func (p *program) put32(off int, v uint32) { binaryPut(p.order, p.data[off:], uint64(v), 4) }

func (p *program) put(off int, v uint64) {
	if p.wide {
		binaryPut(p.order, p.data[off:], v, 8)
		return
	}
	p.put32(off, uint32(v))
}

func binaryPut(order binary.AppendByteOrder, to []byte, v uint64, n int) {
	if n == 8 {
		copy(to, order.AppendUint64(nil, v))
		return
	}
	copy(to, order.AppendUint32(nil, uint32(v)))
}

func (p *program) word() int {
	if p.wide {
		return 8
	}
	return 4
}

// command appends a load command of 32-bit fields and, behind them, a text.
func (p *program) command(kind uint32, text string, fields ...uint32) {
	size := 8 + 4*len(fields) + (len(text)+8)/8*8
	p.put32(p.end, kind)
	p.put32(p.end+4, uint32(size))
	for i, f := range fields {
		p.put32(p.end+8+4*i, f)
	}
	copy(p.data[p.end+8+4*len(fields):], text)
	p.end += size
	p.commands++
}

type part struct {
	name     string
	off, len int
	flags    uint32
}

func (p *program) segment(name string, off, size int, parts ...part) {
	kind, head, step := uint32(lcSegment), 56, 68
	if p.wide {
		kind, head, step = lcSegment64, 72, 80
	}
	p.put32(p.end, kind)
	p.put32(p.end+4, uint32(head+step*len(parts)))
	copy(p.data[p.end+8:], name)
	f, w := p.end+24, p.word()
	for i, v := range []uint64{p.base + uint64(off), uint64(size), uint64(off), uint64(size)} {
		p.put(f+i*w, v)
	}
	p.put32(p.end+head-8, uint32(len(parts)))
	for i, s := range parts {
		at := p.end + head + i*step
		copy(p.data[at:], s.name)
		copy(p.data[at+16:], name)
		p.put(at+32, p.base+uint64(s.off))
		p.put(at+32+w, uint64(s.len))
		p.put32(at+32+2*w, uint32(s.off))
		p.put32(at+48+2*w, s.flags)
	}
	p.end += head + step*len(parts)
	p.commands++
}

// build writes a library with one Objective-C class, one Swift type, symbols and
// every table that is read.
func (p *program) build() []byte {
	p.data = make([]byte, programEnd)
	p.end = 28
	if p.wide {
		p.end = 32
	}
	w := p.word()
	p.segment("__TEXT", 0, 0x2000, part{"__cstring", atStrings, 0x80, cstringSection},
		part{"__objc_classname", atClasses, 0x20, cstringSection}, part{"__swift5_types", atTypes,
			4, 0},
		part{"__ustring", atContexts + 0x80, 8, 0})
	p.segment("__DATA", 0x2000, 0x1000, part{"__objc_classlist", atList, w, 0})
	p.segment("__LINKEDIT", atSymbols, programEnd-atSymbols)
	p.command(lcIDDylib, "@rpath/Demo.framework/Demo", 24, 0, 0, 0)
	p.command(lcLoadDylib, "/usr/lib/libz.dylib", 24, 0, 0, 0)
	p.command(lcLoadWeakDylib, "@rpath/Other.framework/Other", 24, 0, 0, 0)
	p.command(lcUUID, "", 0x01020304, 0, 0, 0)
	p.command(lcBuildVersion, "", 2, 0x000c0100, 0, 0)
	p.command(lcEncryption64, "", 0x800, 0x1000, p.crypt, 0)
	p.command(lcCodeSignature, "", atSign, programEnd-atSign)
	p.command(lcSymtab, "", atSymbols, 4, atNames, 0x100)
	p.command(lcExportsTrie, "", atTrie, 0x40)
	p.command(lcDyldInfo, "", 0, 0, atBinds, 0x20, 0, 0, 0, 0, atTrie, 0x40)
	if p.format != 0 {
		p.command(lcChainedFixups, "", atFixups, 0x100)
	}
	p.objc()
	p.swift()
	p.links()
	magic := uint32(magic32)
	if p.wide {
		magic = magic64
	}
	for i, v := range []uint32{magic, p.cpu, p.sub, 6, p.commands, uint32(p.end)} {
		p.put32(4*i, v)
	}
	p.put32(20, uint32(p.end)-uint32(map[bool]int{true: 32, false: 28}[p.wide]))
	return p.data
}

func (p *program) objc() {
	copy(p.data[atStrings:], "https://api.example.com/v1\x00a second plain string of this program, so that there is enough of it\x00")
	copy(p.data[atClasses:], "DemoSynthesizer\x00")
	p.put(atList, p.pointer(atClass))
	data, name := 32, 24
	if !p.wide {
		data, name = 16, 16
	}
	p.put(atClass+data, p.pointer(atRO|1)) // the lowest bit marks Swift
	p.put(atRO+name, p.pointer(atClasses))
}

// swift writes Demo.Outer.Voice, the module reached through a pointer.
func (p *program) swift() {
	distance := func(field, target int) { p.put32(field, uint32(int32(target-field))) }
	distance(atTypes, atContexts)
	p.put32(atContexts, swiftStruct)
	distance(atContexts+4, atContexts+0x10)
	distance(atContexts+8, atContexts+0x40)
	p.put32(atContexts+0x10, swiftClassKind)
	distance(atContexts+0x14, atGOT|1)
	distance(atContexts+0x18, atContexts+0x48)
	distance(atContexts+0x28, atContexts+0x50)
	copy(p.data[atContexts+0x40:], "Voice\x00\x00\x00Outer\x00\x00\x00Demo\x00")
	p.put(atGOT, p.pointer(atContexts+0x20))
}

func (p *program) links() {
	names := "\x00_demo_start\x00_OBJC_CLASS_$_DemoSynthesizer\x00" +
		"_OBJC_CLASS_$_NSObject\x00_$s4Demo5SpeakVMn\x00"
	copy(p.data[atNames:], names)
	for i, s := range []struct {
		name int
		kind byte
		addr uint64
	}{{1, 0x0f, 0x10}, {13, 0x0f, 0x20}, {43, 0x01, 0}, {66, 0x0f, 0x30}} {
		at := atSymbols + i*(8+p.word())
		p.put32(at, uint32(s.name))
		p.data[at+4] = s.kind
		p.put(at+8, s.addr)
	}
	// dyld_chained_fixups_header, then the starts: no segment, all, none.
	for i, v := range []uint32{0, 0x20, 0x60, 0x80, 1, 1, 0, 0, 3, 0, 0x10, 0} {
		p.put32(atFixups+4*i, v)
	}
	p.put32(atFixups+0x30, 22)
	page := p.order.AppendUint16(nil, 0x1000)
	copy(p.data[atFixups+0x34:], p.order.AppendUint16(page, uint16(p.format)))
	p.put32(atFixups+0x60, 1<<9)
	copy(p.data[atFixups+0x80:], "\x00_OBJC_CLASS_$_AVSpeechSynthesizer\x00")
	copy(p.data[atTrie:], "\x00\x01_demo_\x00\x0a\x00\x02stop\x00\x19start\x00\x19\x02\x00\x00\x00")
	copy(p.data[atBinds:], "\x11\x40_OBJC_CLASS_$_NSString\x00\x51\x90\x00")
}

// universal joins programs, each at a multiple of 16 KiB.
func universal(programs ...[]byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, magicFat)
	out = binary.BigEndian.AppendUint32(out, uint32(len(programs)))
	for i, p := range programs {
		for _, v := range []uint32{0, 0, uint32(i+1) << 14, uint32(len(p)), 14} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
	}
	for i, p := range programs {
		out = append(out, make([]byte, (i+1)<<14-len(out))...)
		out = append(out, p...)
	}
	return out
}

func arm64() *program {
	return &program{order: binary.LittleEndian, wide: true, base: 1 << 32, cpu: 0x0100000c,
		format: ptr64Offset}
}

func armv7() *program {
	return &program{order: binary.LittleEndian, base: 0x4000, cpu: 12, sub: 9}
}
