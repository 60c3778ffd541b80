package arsc

import (
	"fmt"

	"github.com/listgate/listgate/analyzer/budget"
)

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
func (p parser) each(off, end int, read func(chunk) error) error {
	for off < end {
		c, err := chunkAt(p.data, off, end)
		if err != nil {
			if end-off < 8 || c.head >= 8 && c.size > end-off {
				p.note(off, fmt.Sprintf("%d bytes that are no chunk", end-off))
				return nil
			}
			return fmt.Errorf("resource table: %w", err)
		}
		if err := read(c); err != nil {
			return err
		}
		off = c.end()
	}
	return nil
}

func (p parser) table(outer chunk) error {
	declared := int(le.Uint32(p.data[8:]))
	err := p.each(outer.head, outer.end(), func(c chunk) error {
		switch c.kind {
		case chunkPool:
			if p.strings != nil {
				p.note(c.off, "a second string pool")
				return nil
			}
			return p.values(c)
		case chunkPackage:
			return p.readPackage(c)
		default:
			p.note(c.off, fmt.Sprintf("a chunk of unknown type 0x%04x", c.kind))
			return nil
		}
	})
	if err == nil && len(p.packages) != declared {
		p.note(8, fmt.Sprintf("%d packages declared, %d found", declared, len(p.packages)))
	}
	return err
}

func (p parser) values(c chunk) (err error) {
	if p.strings, err = newPool(p.data, c); err != nil {
		return fmt.Errorf("resource table: %w", err)
	}
	if p.strings.junk != "" {
		p.note(c.off, p.strings.junk)
	}
	return nil
}

// readPackage reads one package. The pool of type names is the one that the
// header points at.
func (p parser) readPackage(c chunk) error {
	if c.head < 284 {
		return budget.Malformed("package", int64(c.off), "header of %d bytes", c.head)
	}
	h := p.data[c.off:]
	pkg := &resPackage{id: le.Uint32(h[8:])}
	if pkg.id > 0xff {
		return budget.Malformed("package", int64(c.off), "id 0x%x", pkg.id)
	}
	typeNames, keyNames := c.off+int(le.Uint32(h[268:])), c.off+int(le.Uint32(h[276:]))
	p.packages = append(p.packages, pkg)
	return p.each(c.off+c.head, c.end(), func(c chunk) (err error) {
		switch {
		case c.kind == chunkPool && c.off == typeNames:
			pkg.names, err = newPool(p.data, c)
		case c.kind == chunkPool && c.off != keyNames:
			p.note(c.off, "a string pool that the package does not name")
		case c.kind == chunkType:
			return p.readType(pkg, c)
		case c.kind == chunkPool || c.kind >= chunkSpec && c.kind <= chunkLast:
		default:
			p.note(c.off, fmt.Sprintf("a chunk of unknown type 0x%04x", c.kind))
		}
		return err
	})
}

// readType checks the header of a type chunk and keeps where its entries lie. One
// that does not add up is left out and noted.
func (p parser) readType(pkg *resPackage, c chunk) error {
	if c.head < 24 {
		p.note(c.off, fmt.Sprintf("a type with a header of %d bytes", c.head))
		return nil
	}
	h := p.data[c.off : c.off+c.head]
	t := &resType{id: h[8], chunk: c, count: int(le.Uint32(h[12:])),
		entries: c.off + int(le.Uint32(h[16:])),
		sparse:  h[9]&typeSparse != 0, narrow: h[9]&typeNarrow != 0}
	width := 4
	if t.narrow && !t.sparse {
		width = 2
	}
	switch {
	case t.id == 0 || t.count > 0xffff || t.count*width > c.size-c.head:
		p.note(c.off, fmt.Sprintf("type %d with %d entries in %d bytes", t.id, t.count, c.size))
		return nil
	case t.entries > c.end() || t.entries < c.off+c.head+t.count*width:
		p.note(c.off, fmt.Sprintf("type %d has entries outside its chunk", t.id))
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
	s, _, _ := p.names.at(uint32(id) - 1)
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
