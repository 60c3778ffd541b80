package axml

import (
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/reschunk"
)

// What a library that writes the document out as text may be made to write: a
// manifest of real size stays far below either bound.
const (
	textPerByte = 32
	textFloor   = 1 << 20
	textCeiling = 64 << 20
	maxScopes   = 64 // namespaces open at one time
	maxPrefix   = 64 // bytes: it is written before every name
)

// Validate walks a whole binary XML file and returns nil where every size, count
// and index in it holds, elements nest, and its text form stays in proportion to
// the file. A library that trusts its input reads such a file in time and memory
// in proportion to its size. An error wraps a *budget.FormatError.
func Validate(data []byte) error {
	outer, err := reschunk.ChunkAt(data, 0, len(data))
	if err != nil {
		return err
	}
	if outer.Kind != chunkXML || outer.Head != 8 || outer.Size != len(data) {
		return budget.Malformed("document", 0, "type 0x%04x, header %d, size %d of %d",
			outer.Kind, outer.Head, outer.Size, len(data))
	}
	v := validator{data: data, left: min(textFloor+textPerByte*len(data), textCeiling)}
	for off := outer.Head; off < outer.End(); {
		c, err := reschunk.ChunkAt(data, off, outer.End())
		if err != nil {
			return err
		}
		if err := v.chunk(c); err != nil {
			return err
		}
		off = c.End()
	}
	if v.depth != 0 || !v.rooted {
		return budget.Malformed("document", 0, "elements do not nest")
	}
	return nil
}

type validator struct {
	data   []byte
	pool   *reschunk.Pool
	depth  int
	scopes int
	rooted bool
	left   int // bytes of text form that may still be written
}

func (v *validator) chunk(c reschunk.Chunk) (err error) {
	bad := func(what string) error {
		return budget.Malformed("chunk", int64(c.Off), "%s of type 0x%04x", what, c.Kind)
	}
	switch {
	case c.Kind == reschunk.PoolKind && v.pool == nil:
		v.pool, err = reschunk.CheckPool(v.data, c)
		return err
	case c.Kind == chunkResourceMap:
		return nil
	case c.Kind < chunkStartNamespace || c.Kind > chunkText || v.pool == nil:
		return bad("chunk out of place")
	case c.Head != 16:
		return bad("odd header")
	}
	ext := v.data[c.Off+16 : c.End()]
	switch {
	case len(ext) < 8:
		return bad("short node")
	case c.Kind == chunkStartNamespace || c.Kind == chunkEndNamespace:
		return v.scope(c, ext)
	case c.Kind == chunkStartElement:
		return v.start(c, ext)
	case c.Kind == chunkEndElement:
		if v.depth--; v.depth < 0 {
			return bad("end without a start")
		}
		return v.names(c, ext, 6)
	default:
		return v.string(le.Uint32(ext), c.Off, 6)
	}
}

func (v *validator) scope(c reschunk.Chunk, ext []byte) error {
	if c.Kind == chunkEndNamespace {
		v.scopes--
	} else {
		v.scopes++
	}
	if v.scopes < 0 || v.scopes > maxScopes {
		return budget.Malformed("namespace", int64(c.Off), "%d namespaces are open", v.scopes)
	}
	if prefix, _, _ := v.pool.At(le.Uint32(ext)); len(prefix) > maxPrefix {
		return budget.Malformed("namespace", int64(c.Off), "a prefix of %d bytes", len(prefix))
	}
	return v.names(c, ext, 6)
}

func (v *validator) start(c reschunk.Chunk, ext []byte) error {
	if v.depth++; v.depth > maxDepth || v.rooted && v.depth == 1 {
		return budget.Malformed("element", int64(c.Off), "too deep, or a second root")
	}
	v.rooted = true
	if len(ext) < 20 {
		return budget.Malformed("element", int64(c.Off), "%d bytes", len(ext))
	}
	count := int(le.Uint16(ext[12:]))
	first, size := le.Uint16(ext[8:]), le.Uint16(ext[10:])
	if first != 20 || count > 0 && size != 20 || 20+20*count > len(ext) {
		return budget.Malformed("element", int64(c.Off), "%d attributes do not fit", count)
	}
	if err := v.names(c, ext, 1); err != nil {
		return err
	}
	for i := range count {
		if err := v.attribute(c, ext[20+20*i:]); err != nil {
			return err
		}
	}
	return nil
}

func (v *validator) attribute(c reschunk.Chunk, b []byte) error {
	if err := v.names(c, b, 1); err != nil {
		return err
	}
	if err := v.string(le.Uint32(b[8:]), c.Off, 6); err != nil {
		return err
	}
	if b[15] == TypeString {
		return v.string(le.Uint32(b[16:]), c.Off, 6)
	}
	return nil
}

// names checks the two references that nodes and attributes begin with. The
// second one must name a string.
func (v *validator) names(c reschunk.Chunk, b []byte, weight int) error {
	if le.Uint32(b[4:]) == none {
		return budget.Malformed("node", int64(c.Off), "no name")
	}
	if err := v.string(le.Uint32(b), c.Off, weight); err != nil {
		return err
	}
	return v.string(le.Uint32(b[4:]), c.Off, weight)
}

// string checks a reference and withdraws weight times its text: escaping may
// make six bytes of one.
func (v *validator) string(i uint32, off, weight int) error {
	n := 16 + maxPrefix
	if i != none {
		s, _, ok := v.pool.At(i)
		if !ok {
			return budget.Malformed("node", int64(off), "string %d is not in the pool", i)
		}
		n += weight * len(s)
	}
	if v.left -= n; v.left < 0 {
		return budget.Malformed("node", int64(off), "the text form is out of proportion")
	}
	return nil
}
