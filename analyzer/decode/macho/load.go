package macho

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// Load commands that are read, and the bytes that each must have.
const (
	lcSegment         = 0x1
	lcSymtab          = 0x2
	lcLoadDylib       = 0xc
	lcIDDylib         = 0xd
	lcSegment64       = 0x19
	lcUUID            = 0x1b
	lcCodeSignature   = 0x1d
	lcLazyLoadDylib   = 0x20
	lcEncryption      = 0x21
	lcDyldInfo        = 0x22
	lcVersionMinMac   = 0x24
	lcVersionMinPhone = 0x25
	lcEncryption64    = 0x2c
	lcVersionMinTV    = 0x2f
	lcVersionMinWatch = 0x30
	lcBuildVersion    = 0x32
	lcLoadWeakDylib   = 0x80000018
	lcRPath           = 0x8000001c
	lcReexportDylib   = 0x8000001f
	lcDyldInfoOnly    = 0x80000022
	lcLoadUpward      = 0x80000023
	lcExportsTrie     = 0x80000033
	lcChainedFixups   = 0x80000034

	maxSegments = 64
	maxSections = 4096
	maxDylibs   = 4096
	maxRPaths   = 64
)

// command is one load command: off and size of the whole.
type command struct {
	kind      uint32
	off, size uint64
}

// minimum is the size of the fixed part of a command.
var minimum = map[uint32]uint64{
	lcSegment: 56, lcSegment64: 72, lcSymtab: 24, lcLoadDylib: 24, lcIDDylib: 24, lcUUID: 24,
	lcCodeSignature: 16, lcLazyLoadDylib: 24, lcEncryption: 20, lcEncryption64: 20, lcDyldInfo: 48,
	lcVersionMinMac: 16, lcVersionMinPhone: 16, lcVersionMinTV: 16, lcVersionMinWatch: 16,
	lcBuildVersion: 24, lcLoadWeakDylib: 24, lcReexportDylib: 24, lcDyldInfoOnly: 48,
	lcLoadUpward: 24, lcExportsTrie: 16, lcChainedFixups: 16, lcRPath: 12,
}

// commands reads the load commands up to the first that cannot be one.
func (w *walk) commands() {
	off, count, size := uint64(w.header()), w.u32(16), uint64(w.u32(20))
	end := off + size
	if !w.inside(off, size) {
		w.odd(20, true, "load commands of %d bytes end past the slice", size)
		end = uint64(len(w.data))
	}
	for i := range count {
		if end-off < 8 {
			w.odd(16, true, "%d load commands are declared, %d fit", count, i)
			return
		}
		c := command{w.u32(off), off, uint64(w.u32(off + 4))}
		if c.size < 8 || c.size > end-off {
			w.odd(off, true, "load command %d has %d bytes", i, c.size)
			return
		}
		if c.size < minimum[c.kind] {
			w.odd(off, true, "load command 0x%x has %d bytes", c.kind, c.size)
		} else {
			w.command(c)
		}
		off += c.size
	}
}

func (w *walk) command(c command) {
	switch c.kind {
	case lcSegment, lcSegment64:
		w.segment(c)
	case lcSymtab:
		w.symtab = [4]uint32{w.u32(c.off + 8), w.u32(c.off + 12), w.u32(c.off + 16), w.u32(c.off +
			20)}
	case lcLoadDylib, lcLoadWeakDylib, lcReexportDylib, lcLazyLoadDylib, lcLoadUpward, lcIDDylib:
		w.dylib(c)
	case lcRPath:
		if name := w.named(c); name != "" && len(w.s.RPaths) < maxRPaths {
			w.s.RPaths = append(w.s.RPaths, name)
		}
	case lcUUID:
		w.s.UUID = hex.EncodeToString(w.data[c.off+8 : c.off+24])
	case lcEncryption, lcEncryption64:
		w.crypt(c)
	case lcCodeSignature:
		w.s.Signature = w.blob(c, 8)
		w.s.Signature.At += w.s.At
	case lcExportsTrie:
		w.trie = w.blob(c, 8)
	case lcChainedFixups:
		w.fixups = w.blob(c, 8)
	case lcDyldInfo, lcDyldInfoOnly:
		w.opcodes = []Range{w.blob(c, 16), w.blob(c, 24), w.blob(c, 32)}
		w.trie = w.blob(c, 40)
	default:
		w.version(c)
	}
}

// blob reads an offset and a size, both 32 bit, at a place in the command.
func (w *walk) blob(c command, at uint64) Range {
	off, size := uint64(w.u32(c.off+at)), uint64(w.u32(c.off+at+4))
	if !w.inside(off, size) {
		w.odd(c.off, true, "load command 0x%x points past the slice", c.kind)
		return Range{}
	}
	return Range{int64(off), int64(size)}
}

func (w *walk) segment(c command) {
	if len(w.segments) == maxSegments {
		w.odd(c.off, true, "more than %d segments", maxSegments)
	}
	if len(w.segments) >= maxSegments || (c.kind == lcSegment64) != w.wide {
		return
	}
	p, head, step := w.word(), uint64(72), uint64(80)
	if !w.wide {
		head, step = 56, 68
	}
	f := c.off + 24
	s := segment{w.uptr(f), w.uptr(f + p), w.uptr(f + 2*p), w.uptr(f + 3*p), w.fixed(c.off + 8)}
	if !w.inside(s.off, s.fileSize) {
		w.odd(c.off, true, "segment %.16q ends past the slice", s.name)
		s.fileSize = 0
	}
	if s.off == 0 && s.fileSize > 0 {
		w.base = s.addr
	}
	w.segments = append(w.segments, s)
	n := uint64(w.u32(c.off + head - 8))
	if n > (c.size-head)/step {
		w.odd(c.off, true, "segment %.16q has room for fewer than %d sections", s.name, n)
		n = (c.size - head) / step
	}
	for i := range n {
		if len(w.sections) < maxSections {
			w.section(c.off + head + i*step)
		}
	}
}

func (w *walk) section(off uint64) {
	p := w.word()
	s := section{name: w.fixed(off), segment: w.fixed(off + 16), addr: w.uptr(off + 32),
		size: w.uptr(off + 32 + p),
		off:  uint64(w.u32(off + 32 + 2*p)), flags: w.u32(off + 48 + 2*p)}
	w.sections = append(w.sections, s)
}

// named returns the name whose offset stands first in the command.
func (w *walk) named(c command) string {
	at := uint64(w.u32(c.off + 8))
	if at >= c.size {
		return ""
	}
	field := w.data[c.off+at : c.off+min(c.size, at+maxName)]
	name, _, _ := strings.Cut(string(field), "\x00")
	return strings.ToValidUTF8(name, "�")
}

func (w *walk) dylib(c command) {
	name, version := w.named(c), versionText(w.u32(c.off+16))
	switch {
	case name == "":
		w.odd(c.off, true, "load command 0x%x names no library", c.kind)
	case c.kind == lcIDDylib:
		w.s.ID, w.s.Version = name, version
	case len(w.s.Dylibs) < maxDylibs:
		w.s.Dylibs = append(w.s.Dylibs, Dylib{Name: name, Weak: c.kind == lcLoadWeakDylib,
			Version: version, At: w.s.At + int64(c.off)})
	}
}

func (w *walk) crypt(c command) {
	off, size, id := uint64(w.u32(c.off+8)), uint64(w.u32(c.off+12)), w.u32(c.off+16)
	w.s.CryptID = id
	if !w.inside(off, size) {
		w.odd(c.off, id != 0, "the encrypted range ends past the slice")
		off, size = 0, uint64(len(w.data))
	}
	w.s.Encryptable = Range{w.s.At + int64(off), int64(size)}
	if id != 0 {
		w.s.Encrypted = w.s.Encryptable
	}
}

var platforms = []string{1: "macos", 2: "ios", 3: "tvos", 4: "watchos", 5: "bridgeos",
	6: "maccatalyst",
	7: "iossimulator", 8: "tvossimulator", 9: "watchossimulator", 10: "driverkit", 11: "visionos",
	12: "visionossimulator"}

func (w *walk) version(c command) {
	named := func(p uint32, v uint32) {
		if p < uint32(len(platforms)) {
			w.s.Platform = platforms[p]
		}
		w.s.MinOS = versionText(v)
	}
	switch c.kind {
	case lcBuildVersion:
		named(w.u32(c.off+8), w.u32(c.off+12))
	case lcVersionMinMac:
		named(1, w.u32(c.off+8))
	case lcVersionMinPhone:
		named(2, w.u32(c.off+8))
	case lcVersionMinTV:
		named(3, w.u32(c.off+8))
	case lcVersionMinWatch:
		named(4, w.u32(c.off+8))
	}
}

// versionText writes a version packed as xxxx.yy.zz.
func versionText(v uint32) string {
	text := fmt.Sprintf("%d.%d", v>>16, v>>8&0xff)
	if v&0xff != 0 {
		text += fmt.Sprintf(".%d", v&0xff)
	}
	return text
}
