package arsc

import (
	"github.com/listgate/listgate/analyzer/budget"
)

// checkPool holds a string pool to what a library that trusts it needs: the plain
// header, every offset and length inside the chunk, and strings that together
// are no longer than twice the chunk, so that decoding them all stays in
// proportion.
func checkPool(data []byte, c chunk) (*pool, error) {
	p, err := newPool(data, c)
	if err != nil {
		return nil, err
	}
	bad := func(format string, args ...any) error {
		return budget.Malformed("string pool", int64(c.off), format, args...)
	}
	if c.head != 28 || p.junk != "" {
		return nil, bad("header of %d bytes, or junk before the strings", c.head)
	}
	total := 0
	for i := range p.count {
		rel := int64(le.Uint32(data[p.table+4*i:]))
		if rel >= int64(p.limit-p.start) || !p.utf8 && rel&1 != 0 {
			return nil, bad("string %d at %d", i, rel)
		}
		raw, ok := p.raw(p.start + int(rel))
		if !ok || p.utf8 && len(raw) > 0x7fff {
			return nil, bad("string %d is not terminated or too long", i)
		}
		if total += len(raw) + 4; total > 2*c.size {
			return nil, bad("strings overlap")
		}
	}
	return p, checkStyles(data, p)
}

// checkStyles wants the first span of every style inside the chunk.
func checkStyles(data []byte, p *pool) error {
	h := data[p.chunk.off:p.chunk.end()]
	styles, start := int64(le.Uint32(h[12:])), int64(le.Uint32(h[24:]))
	if styles == 0 {
		return nil
	}
	table := int64(p.chunk.head) + 4*int64(p.count)
	if table+4*styles > int64(len(h)) {
		return budget.Malformed("string pool", int64(p.chunk.off), "%d styles do not fit", styles)
	}
	for i := range int(styles) {
		rel := int64(le.Uint32(h[int(table)+4*i:]))
		if start+rel+8 > int64(len(h)) {
			return budget.Malformed("string pool", int64(p.chunk.off), "style %d at %d", i, rel)
		}
	}
	return nil
}
