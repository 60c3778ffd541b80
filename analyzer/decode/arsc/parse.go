package arsc

import (
	"encoding/binary"
	"fmt"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/reschunk"
)

// Both resource formats are little-endian.
var le = binary.LittleEndian

// The chunk types of a table.
const (
	chunkNull    = 0x0000
	chunkTable   = 0x0002
	chunkPackage = 0x0200
	chunkType    = 0x0201
	chunkSpec    = 0x0202
	chunkLibrary = 0x0203
	chunkLast    = 0x0206 // overlayable, its policy, staged aliases lie between
)

// The flags of a type chunk.
const (
	typeSparse = 1
	typeNarrow = 2
)

// typeCost is what a resType costs in memory, about.
const typeCost = 120

type parser struct {
	*Table
	budget *budget.Budget
}

// each calls read for every chunk between off and end. A last chunk that does not
// fit ends the walk without an error, as on the device.
func (p parser) each(off, end int, read func(reschunk.Chunk) error) error {
	for off < end {
		c, err := reschunk.ChunkAt(p.data, off, end)
		if err != nil {
			if end-off < 8 || c.Head >= 8 && c.Size > end-off {
				p.note(off, fmt.Sprintf("%d bytes that are no chunk", end-off))
				return nil
			}
			return fmt.Errorf("resource table: %w", err)
		}
		if err := read(c); err != nil {
			return err
		}
		off = c.End()
	}
	return nil
}

func (p parser) table(outer reschunk.Chunk) error {
	declared := int(le.Uint32(p.data[8:]))
	err := p.each(outer.Head, outer.End(), func(c reschunk.Chunk) error {
		switch c.Kind {
		case reschunk.PoolKind:
			if p.strings != nil {
				p.note(c.Off, "a second string pool")
				return nil
			}
			return p.values(c)
		case chunkPackage:
			return p.readPackage(c)
		default:
			p.note(c.Off, fmt.Sprintf("a chunk of unknown type 0x%04x", c.Kind))
			return nil
		}
	})
	if err == nil && len(p.packages) != declared {
		p.note(8, fmt.Sprintf("%d packages declared, %d found", declared, len(p.packages)))
	}
	return err
}

func (p parser) values(c reschunk.Chunk) (err error) {
	if p.strings, err = reschunk.NewPool(p.data, c); err != nil {
		return fmt.Errorf("resource table: %w", err)
	}
	if p.strings.Junk != "" {
		p.note(c.Off, p.strings.Junk)
	}
	return nil
}

// readPackage reads one package. The pool of type names is the one that the
// header points at.
func (p parser) readPackage(c reschunk.Chunk) error {
	if c.Head < 284 {
		return budget.Malformed("package", int64(c.Off), "header of %d bytes", c.Head)
	}
	h := p.data[c.Off:]
	pkg := &resPackage{id: le.Uint32(h[8:])}
	if pkg.id > 0xff {
		return budget.Malformed("package", int64(c.Off), "id 0x%x", pkg.id)
	}
	typeNames, keyNames := c.Off+int(le.Uint32(h[268:])), c.Off+int(le.Uint32(h[276:]))
	p.packages = append(p.packages, pkg)
	return p.each(c.Off+c.Head, c.End(), func(c reschunk.Chunk) (err error) {
		switch {
		case c.Kind == reschunk.PoolKind && c.Off == typeNames:
			pkg.names, err = reschunk.NewPool(p.data, c)
		case c.Kind == reschunk.PoolKind && c.Off != keyNames:
			p.note(c.Off, "a string pool that the package does not name")
		case c.Kind == chunkType:
			return p.readType(pkg, c)
		case c.Kind == reschunk.PoolKind || c.Kind >= chunkSpec && c.Kind <= chunkLast:
		default:
			p.note(c.Off, fmt.Sprintf("a chunk of unknown type 0x%04x", c.Kind))
		}
		return err
	})
}

// readType checks the header of a type chunk and keeps where its entries lie. One
// that does not add up is left out and noted.
func (p parser) readType(pkg *resPackage, c reschunk.Chunk) error {
	if c.Head < 24 {
		p.note(c.Off, fmt.Sprintf("a type with a header of %d bytes", c.Head))
		return nil
	}
	h := p.data[c.Off : c.Off+c.Head]
	t := &resType{id: h[8], chunk: c, count: int(le.Uint32(h[12:])),
		entries: c.Off + int(le.Uint32(h[16:])),
		sparse:  h[9]&typeSparse != 0, narrow: h[9]&typeNarrow != 0}
	width := 4
	if t.narrow && !t.sparse {
		width = 2
	}
	switch {
	case t.id == 0 || t.count > 0xffff || t.count*width > c.Size-c.Head:
		p.note(c.Off, fmt.Sprintf("type %d with %d entries in %d bytes", t.id, t.count, c.Size))
		return nil
	case t.entries > c.End() || t.entries < c.Off+c.Head+t.count*width:
		p.note(c.Off, fmt.Sprintf("type %d has entries outside its chunk", t.id))
		return nil
	}
	if err := p.budget.Take(typeCost); err != nil {
		return err
	}
	t.lang, t.rank = configuration(h[20:])
	t.textual = isTextual(pkg.typeName(t.id))
	pkg.types = append(pkg.types, t)
	key := pkg.id<<8 | uint32(t.id)
	p.types[key] = append(p.types[key], t)
	return nil
}

func (p *resPackage) typeName(id uint8) string {
	s, _, _ := p.names.At(uint32(id) - 1)
	return s
}

// isTextual reports whether a type may hold texts. Types of files, names and
// looks are left out by name, so that a renamed "string" is still read.
func isTextual(name string) bool {
	switch name {
	case "anim", "animator", "attr", "bool", "color", "dimen", "drawable", "font", "fraction", "id",
		"interpolator", "layout", "menu", "mipmap", "navigation", "raw", "style", "styleable",
		"transition", "xml", "^attr-private", "macro":
		return false
	default:
		return true
	}
}
