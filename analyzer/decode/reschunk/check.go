package reschunk

import (
	"github.com/listgate/listgate/analyzer/budget"
)

// CheckPool holds a string pool to what a library that trusts it needs: the plain
// header, every offset and length inside the chunk, and strings that together
// are no longer than twice the chunk, so that decoding them all stays in
// proportion.
func CheckPool(data []byte, c Chunk) (*Pool, error) {
	p, err := NewPool(data, c)
	if err != nil {
		return nil, err
	}
	bad := func(format string, args ...any) error {
		return budget.Malformed("string pool", int64(c.Off), format, args...)
	}
	if c.Head != 28 || p.Junk != "" {
		return nil, bad("header of %d bytes, or junk before the strings", c.Head)
	}
	total := 0
	for i := range p.Count {
		rel := int64(le.Uint32(data[p.table+4*i:]))
		if rel >= int64(p.limit-p.start) || !p.utf8 && rel&1 != 0 {
			return nil, bad("string %d at %d", i, rel)
		}
		raw, ok := p.raw(p.start + int(rel))
		if !ok || p.utf8 && len(raw) > 0x7fff {
			return nil, bad("string %d is not terminated or too long", i)
		}
		if total += len(raw) + 4; total > 2*c.Size {
			return nil, bad("strings overlap")
		}
	}
	return p, checkStyles(data, p)
}

// checkStyles wants the first span of every style inside the chunk.
func checkStyles(data []byte, p *Pool) error {
	h := data[p.Chunk.Off:p.Chunk.End()]
	styles, start := int64(le.Uint32(h[12:])), int64(le.Uint32(h[24:]))
	if styles == 0 {
		return nil
	}
	table := int64(p.Chunk.Head) + 4*int64(p.Count)
	if table+4*styles > int64(len(h)) {
		return budget.Malformed("string pool", int64(p.Chunk.Off), "%d styles do not fit", styles)
	}
	for i := range int(styles) {
		rel := int64(le.Uint32(h[int(table)+4*i:]))
		if start+rel+8 > int64(len(h)) {
			return budget.Malformed("string pool", int64(p.Chunk.Off), "style %d at %d", i, rel)
		}
	}
	return nil
}
