package arsc_test

import (
	"encoding/binary"
	"slices"

	"github.com/listgate/listgate/analyzer/decode/reschunk/reschunktest"
)

var le = binary.LittleEndian

const none = 0xffffffff

var (
	words, halves     = reschunktest.Words, reschunktest.Halves
	block, stringPool = reschunktest.Block, reschunktest.StringPool
)

// value is one entry: a string of the global pool, or typed data, or a bag of
// such values.
type value struct {
	text string
	kind byte
	data uint32
	bag  []value
}

// form is the layout of a type chunk.
type form int

const (
	wide    form = iota // 32-bit offsets
	narrow              // 16-bit offsets
	sparse              // index and offset for the entries there are
	compact             // 32-bit offsets, entries of 8 bytes
)

// typeChunk is one type in one configuration; entries by index.
type typeChunk struct {
	id      byte
	locale  string // "zh", "zhCN", "zhCNHant", packed as given
	land    bool   // ask for landscape
	form    form
	entries map[int]value
	count   int
}

// writer builds a table of one package per element of packages.
type writer struct {
	strs []string
}

func (w *writer) str(s string) uint32 {
	i := slices.Index(w.strs, s)
	if i < 0 {
		w.strs = append(w.strs, s)
		i = len(w.strs) - 1
	}
	return uint32(i)
}

// typed returns type and data of a value.
func (w *writer) typed(v value) (byte, uint32) {
	if v.kind == 0 {
		return 3, w.str(v.text)
	}
	return v.kind, v.data
}

func (w *writer) entry(f form, v value) []byte {
	if v.bag != nil {
		b := slices.Concat(halves(16, 1), words(0, 0, uint32(len(v.bag))))
		for i, item := range v.bag {
			kind, data := w.typed(item)
			b = append(b, words(uint32(i), 8|uint32(kind)<<24, data)...)
		}
		return b
	}
	kind, data := w.typed(v)
	if f == compact {
		return slices.Concat(halves(0, 8|uint16(kind)<<8), words(data))
	}
	return slices.Concat(halves(8, 0), words(0, 8|uint32(kind)<<24, data))
}

func config(locale string, land bool) []byte {
	c := make([]byte, 64)
	le.PutUint32(c, 64)
	if len(locale) >= 2 {
		copy(c[8:], locale[:2])
	}
	if len(locale) >= 4 {
		copy(c[10:], locale[2:4])
	}
	if len(locale) == 8 {
		copy(c[36:], locale[4:])
	}
	if land {
		c[12] = 2
	}
	return c
}

func (w *writer) typeChunk(c typeChunk) []byte {
	var offsets, entries []byte
	n := 0
	for i := range c.count {
		v, ok := c.entries[i]
		at := len(entries)
		if ok {
			entries = append(entries, w.entry(c.form, v)...)
		}
		switch {
		case c.form == sparse && ok:
			offsets = append(offsets, halves(uint16(i), uint16(at/4))...)
			n++
		case c.form == sparse:
		case c.form == narrow && ok:
			offsets = append(offsets, halves(uint16(at/4))...)
		case c.form == narrow:
			offsets = append(offsets, halves(0xffff)...)
		case ok:
			offsets = append(offsets, words(uint32(at))...)
		default:
			offsets = append(offsets, words(none)...)
		}
	}
	for len(offsets)%4 != 0 {
		offsets = append(offsets, 0)
	}
	flags, count := uint32(0), uint32(c.count)
	switch c.form {
	case sparse:
		flags, count = 1, uint32(n)
	case narrow:
		flags = 2
	}
	head := slices.Concat(words(uint32(c.id)|flags<<8, count, uint32(84+len(offsets))),
		config(c.locale, c.land))
	return block(0x0201, head, offsets, entries)
}

func (w *writer) resPackage(id uint32, chunks ...typeChunk) []byte {
	names := stringPool(false, []string{"string", "array", "layout", "integer"})
	keys := stringPool(true, []string{"key"})
	head := slices.Concat(words(id), make([]byte, 256), words(288, 4, 288+uint32(len(names)), 1, 0))
	body := slices.Concat(names, keys)
	for i, c := range chunks {
		if i == 0 || chunks[i-1].id != c.id {
			body = append(body, block(0x0202, words(uint32(c.id), uint32(c.count)),
				make([]byte, 4*c.count))...)
		}
		body = append(body, w.typeChunk(c)...)
	}
	return block(0x0200, head, body)
}

// table writes packages that were built with w.
func (w *writer) table(utf8 bool, packages ...[]byte) []byte {
	return block(0x0002, words(uint32(len(packages))), stringPool(utf8, w.strs),
		slices.Concat(packages...))
}

// sample is a sound table with all that a plain one may have.
func sample(f form) []byte {
	w := &writer{}
	p := w.resPackage(0x7f,
		typeChunk{id: 1, form: f, count: 6, entries: map[int]value{
			0: {text: "App"}, 1: {kind: 1, data: 0x7f010000}, 3: {kind: 1, data: 0x7f010003},
			5: {text: "Only default"}}},
		typeChunk{id: 1, form: f, locale: "zh", count: 6, entries: map[int]value{0: {text: "应用"}}},
		typeChunk{id: 1, form: f, locale: "zhTWHant", count: 6,
			entries: map[int]value{0: {text: "應用"}}},
		typeChunk{id: 1, form: f, locale: "zhCN", count: 6,
			entries: map[int]value{5: {text: "大陆"}}},
		typeChunk{id: 1, form: f, land: true, count: 6,
			entries: map[int]value{0: {text: "App, wide"}}},
		typeChunk{id: 2, count: 1, entries: map[int]value{
			0: {bag: []value{{text: "one"}, {text: "两个"}, {kind: 0x10, data: 3}}}}},
		typeChunk{id: 3, form: f, count: 1,
			entries: map[int]value{0: {text: "res/layout/main.xml"}}},
		typeChunk{id: 4, form: f, count: 1, entries: map[int]value{0: {kind: 0x10, data: 42}}},
	)
	return w.table(f != narrow, p)
}
