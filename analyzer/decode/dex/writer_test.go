package dex

import (
	"encoding/binary"
	"hash/adler32"
	"slices"
	"strings"
)

// source describes a DEX file to be written: no protos, fields or map, which the
// decoder does not read.
type source struct {
	version string   // "" means 035
	strings []string // raw MUTF-8, besides the names of types
	types   []string // descriptors referred to, besides those of classes and methods
	methods []string // descriptors of the classes whose methods can be called
	classes []class
}

type class struct {
	descriptor string
	code       []uint16 // of its one method; nil for none
}

// written is the file and where its parts lie.
type written struct {
	data           []byte
	strings, types []string // sorted
	code           []int    // offset of each class's code item
}

func (w *written) put16(at, v int) { binary.LittleEndian.PutUint16(w.data[at:], uint16(v)) }
func (w *written) put32(at, v int) { binary.LittleEndian.PutUint32(w.data[at:], uint32(v)) }

// seal writes size and checksum anew.
func (w *written) seal() *written {
	w.put32(offFileSize, len(w.data))
	w.put32(offChecksum, int(adler32.Checksum(w.data[offSignature:])))
	return w
}

func uleb(v int) (b []byte) {
	for ; v >= 0x80; v >>= 7 {
		b = append(b, byte(v)|0x80)
	}
	return append(b, byte(v))
}

func sorted(lists ...[]string) []string {
	all := slices.Concat(lists...)
	slices.SortFunc(all, func(a, b string) int {
		return strings.Compare(strings.ReplaceAll(a, "\xc0\x80", "\x00"),
			strings.ReplaceAll(b, "\xc0\x80", "\x00"))
	})
	return slices.Compact(all)
}

// write lays the file out: header, tables, strings, code, class data.
func (s source) write() *written {
	var defined []string
	for _, c := range s.classes {
		defined = append(defined, c.descriptor)
	}
	w := &written{}
	w.types = sorted(s.types, s.methods, defined)
	w.strings = sorted(w.types, s.strings)
	methods := sorted(s.methods)
	at := headerSize
	offs := map[int]int{}
	for _, t := range []struct{ field, count, size int }{
		{offStrings, len(w.strings), 4}, {offTypes, len(w.types), 4},
		{offMethods, len(methods), 8}, {offClasses, len(s.classes), 32},
	} {
		offs[t.field] = at
		at += t.count * t.size
	}
	w.data = make([]byte, at)
	copy(w.data, "dex\n035\x00")
	if s.version != "" {
		copy(w.data[4:], s.version)
	}
	w.put32(offHeaderSize, headerSize)
	w.put32(offEndianTag, endianConstant)
	for field, n := range map[int]int{offStrings: len(w.strings), offTypes: len(w.types),
		offMethods: len(methods), offClasses: len(s.classes)} {
		w.put32(field, n)
		w.put32(field+4, offs[field])
	}
	for i, v := range w.strings {
		w.put32(offs[offStrings]+4*i, len(w.data))
		w.data = append(append(append(w.data, uleb(len(v))...), v...), 0)
	}
	for i, t := range w.types {
		w.put32(offs[offTypes]+4*i, slices.Index(w.strings, t))
	}
	for i, m := range methods {
		w.put16(offs[offMethods]+8*i, slices.Index(w.types, m))
	}
	for i, c := range s.classes {
		w.class(offs[offClasses]+32*i, c)
	}
	return w.seal()
}

func (w *written) class(at int, c class) {
	w.put32(at, slices.Index(w.types, c.descriptor))
	if c.code == nil {
		w.code = append(w.code, 0)
		return
	}
	for len(w.data)%4 != 0 {
		w.data = append(w.data, 0)
	}
	code := len(w.data)
	w.code = append(w.code, code)
	w.data = append(w.data, make([]byte, 16)...)
	w.put32(code+12, len(c.code))
	for _, u := range c.code {
		w.data = binary.LittleEndian.AppendUint16(w.data, u)
	}
	w.put32(at+24, len(w.data))
	for _, v := range []int{0, 0, 1, 0, 0, 1, code} {
		w.data = append(w.data, uleb(v)...)
	}
}
