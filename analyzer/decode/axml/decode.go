package axml

import (
	"encoding/binary"
	"fmt"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/reschunk"
)

// Both resource formats are little-endian.
var le = binary.LittleEndian

// The chunk types of binary XML.
const (
	chunkXML            = 0x0003
	chunkStartNamespace = 0x0100
	chunkEndNamespace   = 0x0101
	chunkStartElement   = 0x0102
	chunkEndElement     = 0x0103
	chunkText           = 0x0104
	chunkLastNode       = 0x017f
	chunkResourceMap    = 0x0180
)

// none is the index of no string.
const none = 0xffffffff

// What a tree node and an attribute cost in memory, about.
const (
	elementCost   = 160
	attributeCost = 120
)

type decoder struct {
	data   []byte
	end    int // of the outer chunk
	budget *budget.Budget
	pool   *reschunk.Pool
	ids    []byte // the resource map: little-endian ids by string index
	doc    *Document
	open   []*Element // the path from the root to the element being read
	done   bool       // the root is closed
}

func (d *decoder) decode() error {
	first, err := d.outer()
	if err != nil {
		return err
	}
	node, err := d.prologue(first)
	if err != nil {
		return err
	}
	if err := d.nodes(node); err != nil {
		return err
	}
	if d.pool.Err != nil {
		return d.pool.Err
	}
	if d.doc.Root == nil {
		return budget.Malformed("document", 0, "no element")
	}
	return nil
}

// outer reads the document's own header and returns the offset of the first
// chunk inside. The type is not asked for: older devices do not look at it.
func (d *decoder) outer() (first int, err error) {
	if len(d.data) < 8 {
		return 0, budget.Malformed("document", 0, "%d bytes", len(d.data))
	}
	kind, head, size := le.Uint16(d.data), int(le.Uint16(d.data[2:])), int(le.Uint32(d.data[4:]))
	if head < 8 || head > size || size > len(d.data) {
		return 0, budget.Malformed("document", 0, "header %d, size %d", head, size)
	}
	if kind != chunkXML {
		d.doc.note(KindChunk, 0, fmt.Sprintf("the document has type 0x%04x", kind))
	}
	if head != 8 {
		d.doc.note(KindChunk, 0, fmt.Sprintf("the document's header has %d bytes", head))
	}
	if size != len(d.data) {
		d.doc.note(KindChunk, size, fmt.Sprintf("%d bytes after the document", len(d.data)-size))
	}
	d.end = size
	return head, nil
}

// prologue reads the chunks before the first node: the string pool and the
// resource map, of each the last, and whatever else stands there.
func (d *decoder) prologue(off int) (node int, err error) {
	for off < d.end {
		c, err := reschunk.ChunkAt(d.data, off, d.end)
		if err != nil {
			return 0, err
		}
		switch {
		case c.Kind == reschunk.PoolKind:
			if d.pool != nil {
				d.doc.note(KindStrings, off, "a second string pool")
			}
			if d.pool, err = reschunk.NewPool(d.data, c); err != nil {
				return 0, err
			}
		case c.Kind == chunkResourceMap:
			d.ids = d.data[off+c.Head : c.End()]
		case c.Kind >= chunkStartNamespace && c.Kind <= chunkLastNode:
			if d.pool == nil {
				return 0, budget.Malformed("document", int64(off), "no string pool before nodes")
			}
			if d.pool.Junk != "" {
				d.doc.note(KindStrings, d.pool.Chunk.Off, d.pool.Junk)
			}
			return off, nil
		default:
			d.doc.note(KindChunk, off, fmt.Sprintf("a chunk of unknown type 0x%04x", c.Kind))
		}
		off = c.End()
	}
	return 0, budget.Malformed("document", int64(off), "no node")
}

// nodes builds the tree. The device reads no further than the root's end.
func (d *decoder) nodes(off int) error {
	for off < d.end && !d.done {
		c, err := reschunk.ChunkAt(d.data, off, d.end)
		if err != nil {
			return err
		}
		if c.Head < 16 {
			return budget.Malformed("node", int64(off), "header of %d bytes", c.Head)
		}
		if err := d.node(c); err != nil {
			return err
		}
		off = c.End()
	}
	if d.done {
		d.trailer(off)
		return nil
	}
	d.doc.note(KindChunk, off, fmt.Sprintf("%d elements are not closed", len(d.open)))
	return nil
}

// trailer looks at what follows the root: the ends of namespaces belong there.
func (d *decoder) trailer(off int) {
	for off < d.end {
		c, err := reschunk.ChunkAt(d.data, off, d.end)
		if err != nil {
			d.doc.note(KindChunk, off, "no chunk after the root's end")
			return
		}
		if c.Kind != chunkEndNamespace && c.Kind != chunkText {
			d.doc.note(KindChunk, off, fmt.Sprintf("type 0x%04x after the root's end", c.Kind))
		}
		off = c.End()
	}
}

func (d *decoder) node(c reschunk.Chunk) error {
	ext := d.data[c.Off+c.Head : c.End()]
	need := map[uint16]int{chunkStartNamespace: 8, chunkEndNamespace: 8,
		chunkStartElement: 20, chunkEndElement: 8, chunkText: 12}
	least, known := need[c.Kind]
	if !known {
		d.doc.note(KindChunk, c.Off, fmt.Sprintf("a chunk of unknown type 0x%04x", c.Kind))
		return nil
	}
	if len(ext) < least {
		return budget.Malformed("node", int64(c.Off), "type 0x%04x in %d bytes", c.Kind, len(ext))
	}
	if c.Head != 16 {
		d.doc.note(KindChunk, c.Off, fmt.Sprintf("a node's header has %d bytes", c.Head))
	}
	switch c.Kind {
	case chunkStartElement:
		return d.start(c, ext)
	case chunkEndElement:
		d.close(c)
	case chunkText:
		if s := d.text(le.Uint32(ext), c.Off); len(d.open) > 0 {
			top := d.open[len(d.open)-1]
			top.Text = append(top.Text, s)
		}
	}
	return nil
}

func (d *decoder) close(c reschunk.Chunk) {
	if len(d.open) == 0 {
		d.doc.note(KindChunk, c.Off, "an end without a start")
		return
	}
	d.open = d.open[:len(d.open)-1]
	d.done = len(d.open) == 0
}

func (d *decoder) start(c reschunk.Chunk, ext []byte) error {
	if len(d.open) >= maxDepth {
		return budget.Malformed("node", int64(c.Off), "more than %d elements deep", maxDepth)
	}
	if err := d.budget.Take(elementCost); err != nil {
		return err
	}
	e := &Element{Offset: int64(c.Off),
		Namespace: d.text(le.Uint32(ext), c.Off), Name: d.text(le.Uint32(ext[4:]), c.Off)}
	if err := d.attributes(e, c, ext); err != nil {
		return err
	}
	if len(d.open) == 0 {
		d.doc.Root = e
	} else {
		parent := d.open[len(d.open)-1]
		parent.Children = append(parent.Children, e)
	}
	d.open = append(d.open, e)
	return nil
}

// attributes reads those of one element. A size other than 20 is honoured.
func (d *decoder) attributes(e *Element, c reschunk.Chunk, ext []byte) error {
	first, size := int(le.Uint16(ext[8:])), int(le.Uint16(ext[10:]))
	count := int(le.Uint16(ext[12:]))
	if first+size*count > len(ext) {
		return budget.Malformed("attributes", int64(c.Off), "%d of %d bytes", count, size)
	}
	if count == 0 {
		return nil
	}
	if first != 20 || size != 20 {
		d.doc.note(KindChunk, c.Off, fmt.Sprintf("attributes of %d bytes start at %d", size, first))
	}
	if size == 0 {
		count = 1 // all would be the same bytes
	}
	if err := d.budget.Take(int64(count) * attributeCost); err != nil {
		return err
	}
	e.Attributes = make([]Attribute, 0, count)
	for i := range count {
		off := c.Off + c.Head + first + i*size
		if off+20 > len(d.data) {
			return budget.Malformed("attribute", int64(off), "cut off")
		}
		e.Attributes = append(e.Attributes, d.attribute(off))
	}
	return nil
}

func (d *decoder) attribute(off int) Attribute {
	b := d.data[off : off+20]
	name := le.Uint32(b[4:])
	a := Attribute{Offset: int64(off)}
	a.Namespace, a.Name = d.text(le.Uint32(b), off), d.text(name, off)
	if i := int64(name) * 4; i+4 <= int64(len(d.ids)) {
		a.ID = le.Uint32(d.ids[i:])
	}
	if known := attributeName(a.ID); known != "" {
		if a.Name != "" && a.Name != known && !isToolsSlip(known, a.Name) {
			d.doc.note(KindStrings, off, fmt.Sprintf("%s is named %.40q", known, a.Name))
		}
		a.Namespace, a.Name = AndroidNS, known
	}
	if raw := le.Uint32(b[8:]); raw != none {
		a.RawValue = d.text(raw, off)
	}
	a.Value = Value{Type: b[15], Data: le.Uint32(b[16:])}
	if a.Value.Type != TypeString {
		return a
	}
	s, at, ok := d.pool.At(a.Value.Data)
	if !ok {
		d.missing(a.Value.Data, off)
		return a
	}
	a.Value.Str, a.Offset = s, at
	if le.Uint32(b[8:]) != none && a.RawValue != s {
		d.doc.note(KindStrings, off, fmt.Sprintf("attribute %s has two values", a.Name))
	}
	return a
}

// isToolsSlip reports the one misnomer of sound packages: the tool that builds APKs of
// a bundle names the resource of the meta-data that it adds "value".
func isToolsSlip(known, named string) bool { return known == "resource" && named == "value" }

// text returns a string of the pool, empty where the index names none.
func (d *decoder) text(i uint32, off int) string {
	if i == none {
		return ""
	}
	s, _, ok := d.pool.At(i)
	if !ok {
		d.missing(i, off)
	}
	return s
}

func (d *decoder) missing(i uint32, off int) {
	d.doc.note(KindStrings, off, fmt.Sprintf("string %d is not in the pool", i))
}
