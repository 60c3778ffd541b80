package axml_test

import (
	"encoding/binary"
	"slices"

	"github.com/listgate/listgate/analyzer/decode/axml"
	"github.com/listgate/listgate/analyzer/decode/reschunk/reschunktest"
)

var le = binary.LittleEndian

const none = 0xffffffff

var (
	words, halves     = reschunktest.Words, reschunktest.Halves
	block, stringPool = reschunktest.Block, reschunktest.StringPool
)

// attr is one attribute of the writer: value is a string, a uint32 under kind, or
// nil for none.
type attr struct {
	name  string
	kind  byte
	value any
	plain bool
}

// writer builds a document node by node. The names of ids come first in its pool.
type writer struct {
	utf8  bool
	strs  []string
	ids   []uint32
	nodes []byte
}

var ids = map[string]uint32{"name": 0x01010003, "value": 0x01010024, "minSdkVersion": 0x0101020c,
	"versionCode": 0x0101021b, "versionName": 0x0101021c}

func newWriter(utf8 bool) *writer {
	w := &writer{utf8: utf8}
	for name, id := range ids {
		w.strs = append(w.strs, name)
		w.ids = append(w.ids, id)
	}
	slices.Sort(w.ids)
	slices.SortFunc(w.strs, func(a, b string) int { return int(ids[a]) - int(ids[b]) })
	return w
}

func (w *writer) str(s string) uint32 {
	i := slices.Index(w.strs, s)
	if i < 0 {
		w.strs = append(w.strs, s)
		i = len(w.strs) - 1
	}
	return uint32(i)
}

func (w *writer) node(kind uint16, ext ...[]byte) {
	w.nodes = append(w.nodes, block(kind, words(1, none), ext...)...)
}

func (w *writer) namespace(kind uint16) {
	w.node(kind, words(w.str("android"), w.str(axml.AndroidNS)))
}

func (w *writer) start(name string, attrs ...attr) {
	ext := slices.Concat(words(none, w.str(name)), halves(20, 20, uint16(len(attrs)), 0, 0, 0))
	for _, a := range attrs {
		ns := w.str(axml.AndroidNS)
		if a.plain {
			ns = none
		}
		raw, data := uint32(none), uint32(0)
		switch v := a.value.(type) {
		case string:
			raw = w.str(v)
			data, a.kind = raw, axml.TypeString
		case uint32:
			data = v
		}
		ext = append(ext, words(ns, w.str(a.name), raw, 8|uint32(a.kind)<<24, data)...)
	}
	w.node(0x0102, ext)
}

func (w *writer) end(name string) { w.node(0x0103, words(none, w.str(name))) }

func (w *writer) text(s string) {
	w.node(0x0104, words(w.str(s), 8|axml.TypeString<<24, w.str(s)))
}

// bytes writes the document; extra chunks stand between resource map and nodes.
func (w *writer) bytes(extra ...[]byte) []byte {
	return block(0x0003, nil, stringPool(w.utf8, w.strs), block(0x0180, nil, words(w.ids...)),
		slices.Concat(extra...), w.nodes)
}

// sample is a small sound manifest.
func sample(utf8 bool) *writer {
	w := newWriter(utf8)
	w.namespace(0x0100)
	w.start("manifest", attr{name: "versionCode", kind: axml.TypeInt, value: uint32(7)},
		attr{name: "versionName", value: "1.0 测试"},
		attr{name: "package", value: "com.example", plain: true})
	w.start("uses-sdk", attr{name: "minSdkVersion", kind: axml.TypeInt, value: uint32(21)})
	w.end("uses-sdk")
	w.start("note")
	w.text("hello")
	w.end("note")
	w.end("manifest")
	w.namespace(0x0101)
	return w
}
