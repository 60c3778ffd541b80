package elf

import (
	"encoding/binary"
	"slices"
)

// source describes a shared object to be written: one loaded segment, a dynamic
// segment, a note, and section headers at the end.
type source struct {
	wide     bool
	machine  Machine
	soname   string
	needed   []string
	exports  []string // global
	weak     []string
	imports  []string
	hidden   []string
	rodata   string
	buildID  string
	gnuHash  bool // instead of DT_HASH
	noSHdr   bool
	noLookup bool // neither hash table
}

// written is the file and where its parts lie.
type written struct {
	data                                  []byte
	wide                                  bool
	dynamic, symtab, strtab, hash, rodata int
	phdr, shdr                            int
}

var le = binary.LittleEndian

func (w *written) word(v int) {
	if w.wide {
		w.data = le.AppendUint64(w.data, uint64(v))
	} else {
		w.data = le.AppendUint32(w.data, uint32(v))
	}
}

func (w *written) put32(at, v int) { le.PutUint32(w.data[at:], uint32(v)) }

// half picks by width.
func (w *written) half(narrow, wide int) int {
	if w.wide {
		return wide
	}
	return narrow
}

// base is added to file offsets to make addresses.
const base = 0x10000

func (s source) write() *written {
	w := &written{wide: s.wide}
	w.phdr = w.half(52, 64)
	w.data = make([]byte, w.phdr+3*w.half(32, 56))
	names := []byte{0}
	name := func(v string) int {
		names = append(append(names, v...), 0)
		return len(names) - 1 - len(v)
	}
	symbols := s.symbols(w, name)
	w.symtab = len(w.data)
	w.data = append(w.data, symbols...)
	count := len(symbols) / w.half(16, 24)
	w.hash = len(w.data)
	s.hashTable(w, count)
	tags := [][2]int{}
	for _, n := range s.needed {
		tags = append(tags, [2]int{dtNeeded, name(n)})
	}
	if s.soname != "" {
		tags = append(tags, [2]int{dtSONAME, name(s.soname)})
	}
	w.strtab = len(w.data)
	w.data = append(w.data, names...)
	w.align()
	note := len(w.data)
	w.data = le.AppendUint32(le.AppendUint32(le.AppendUint32(w.data, 4), uint32(len(s.buildID))),
		3)
	w.data = append(append(w.data, "GNU\x00"...), s.buildID...)
	noteSize := len(w.data) - note
	w.rodata = len(w.data)
	w.data = append(w.data, s.rodata...)
	w.align()
	s.dynamicSection(w, tags, len(names))
	end := len(w.data)
	s.headers(w, [][4]int{{ptLoad, 0, end, 5}, {ptDynamic, w.dynamic, end - w.dynamic, 6},
		{ptNote, note, noteSize, 4}})
	if !s.noSHdr {
		s.sections(w, count, len(names))
	}
	return w
}

func (w *written) align() {
	for len(w.data)%8 != 0 {
		w.data = append(w.data, 0)
	}
}

func (s source) symbols(w *written, name func(string) int) (table []byte) {
	add := func(list []string, bind, other byte, section uint16) {
		for _, v := range list {
			n := 0
			if v != "" {
				n = name(v)
			}
			table = le.AppendUint32(table, uint32(n))
			if !w.wide {
				table = append(table, make([]byte, 8)...)
			}
			table = le.AppendUint16(append(table, bind<<4, other), section)
			if w.wide {
				table = append(table, make([]byte, 16)...)
			}
		}
	}
	add([]string{""}, 0, 0, 0)
	add(s.imports, 1, 0, 0)
	add(s.hidden, 1, 2, 1)
	add(s.exports, 1, 0, 1)
	add(s.weak, 2, 3, 1)
	return table
}

// hashTable writes one bucket with all symbols, or with the exported ones.
func (s source) hashTable(w *written, count int) {
	first := 1 + len(s.imports) + len(s.hidden)
	switch {
	case s.noLookup:
	case !s.gnuHash:
		w.data = append(w.data, make([]byte, 4*(2+1+count))...)
		w.put32(w.hash, 1)
		w.put32(w.hash+4, count)
	default:
		for _, v := range []int{1, first, 1, 0} {
			w.data = le.AppendUint32(w.data, uint32(v))
		}
		w.word(0)
		w.data = le.AppendUint32(w.data, uint32(first))
		for i := first; i < count; i++ {
			last := uint32(0)
			if i == count-1 {
				last = 1
			}
			w.data = le.AppendUint32(w.data, 2|last)
		}
	}
}

func (s source) dynamicSection(w *written, tags [][2]int, names int) {
	w.dynamic = len(w.data)
	tags = append(tags, [2]int{dtStrtab, base + w.strtab}, [2]int{dtSymtab, base + w.symtab},
		[2]int{dtStrsz, names})
	switch {
	case s.noLookup:
	case s.gnuHash:
		tags = append(tags, [2]int{dtGNUHash, base + w.hash})
	default:
		tags = append(tags, [2]int{dtHash, base + w.hash})
	}
	for _, t := range append(tags, [2]int{dtNull, 0}) {
		w.word(t[0])
		w.word(t[1])
	}
}

// headers writes the file header and program headers: kind, offset, size, flags.
func (s source) headers(w *written, segments [][4]int) {
	h := &written{wide: w.wide, data: append([]byte(Magic), byte(w.half(1, 2)), 1, 1, 0, 0, 0, 0,
		0, 0, 0, 0, 0)}
	h.data = le.AppendUint16(le.AppendUint16(h.data, uint16(Shared)), uint16(s.machine))
	h.data = le.AppendUint32(h.data, 1)
	for _, v := range []int{0, w.phdr, 0} {
		h.word(v)
	}
	h.data = le.AppendUint32(h.data, 0)
	for _, v := range []int{w.phdr, w.half(32, 56), len(segments), w.half(40, 64), 0, 0} {
		h.data = le.AppendUint16(h.data, uint16(v))
	}
	for _, p := range segments {
		h.data = le.AppendUint32(h.data, uint32(p[0]))
		if w.wide {
			h.data = le.AppendUint32(h.data, uint32(p[3]))
		}
		for _, v := range []int{p[1], base + p[1], base + p[1], p[2], p[2]} {
			h.word(v)
		}
		if !w.wide {
			h.data = le.AppendUint32(h.data, uint32(p[3]))
		}
		h.word(8)
	}
	copy(w.data, h.data)
}

// sections appends .dynsym, .dynstr, .rodata and .shstrtab.
func (s source) sections(w *written, count, names int) {
	text := "\x00.dynsym\x00.dynstr\x00.rodata\x00.shstrtab\x00"
	strings := len(w.data)
	w.data = append(w.data, text...)
	w.align()
	w.shdr = len(w.data)
	list := [][6]int{{}, {1, shtDynsym, w.symtab, count * w.half(16, 24), 2, 1},
		{9, 3, w.strtab, names, 0, 1},
		{17, 1, w.rodata, len(s.rodata), 0, 1}, {25, 3, strings, len(text), 0, 0}}
	for _, x := range list {
		w.data = le.AppendUint32(le.AppendUint32(w.data, uint32(x[0])), uint32(x[1]))
		for _, v := range []int{0, x[5] * (base + x[2]), x[2], x[3]} {
			w.word(v)
		}
		w.data = le.AppendUint32(le.AppendUint32(w.data, uint32(x[4])), 0)
		w.word(0)
		w.word(0)
	}
	place := &written{wide: w.wide}
	place.word(w.shdr)
	copy(w.data[w.half(32, 40):], place.data)
	tail := w.half(40, 52) + 8
	le.PutUint16(w.data[tail:], uint16(len(list)))
	le.PutUint16(w.data[tail+2:], uint16(len(list)-1))
}

// sound is a library with each thing that the decoder reads.
func sound(wide bool) source {
	m := ARM
	if wide {
		m = ARM64
	}
	return source{wide: wide, machine: m, soname: "libsound.so",
		needed:  []string{"liblog.so", "libc.so"},
		exports: []string{"JNI_OnLoad", "Java_com_example_Sound_play"},
		weak:    []string{"_ZN5Sound4playEv"},
		imports: []string{"malloc", "free"}, hidden: []string{"secret"},
		rodata: "https://api.example.com/\x00", buildID: "0123456789abcdef"}
}

func exported(f *File) (names []string) {
	for _, s := range f.Exports {
		names = append(names, s.Name)
	}
	return slices.Clip(names)
}
