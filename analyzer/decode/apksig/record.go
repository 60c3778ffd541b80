package apksig

import (
	"fmt"

	"github.com/listgate/listgate/analyzer/budget"
)

// Bounds of what one scheme may hold. A device takes ten signers at most.
const (
	maxSigners = 10
	maxRecords = 64 // digests, signatures and certificates of one signer
	maxLineage = 16 // certificates that a key was rotated through
)

// limitError says that a part is larger than is read here.
func limitError(part string, n, limit int64) error {
	return fmt.Errorf("%s: %w: %d bytes or records, %d are read",
		part, budget.ErrExhausted, n, limit)
}

// cursor reads length-prefixed records, little-endian. The first error stays and
// all later reads are empty; sub-cursors share it.
type cursor struct {
	data []byte
	at   int64
	part string
	err  *error
}

func newCursor(part string, data []byte, at int64) *cursor {
	return &cursor{data, at, part, new(error)}
}

func (c *cursor) more() bool { return *c.err == nil && len(c.data) > 0 }

func (c *cursor) fail(err error) {
	if *c.err == nil {
		*c.err = err
	}
	c.data = nil
}

func (c *cursor) take(n uint32) []byte {
	if *c.err == nil && uint64(n) > uint64(len(c.data)) {
		c.fail(budget.Malformed(c.part, c.at, "%d bytes wanted, %d are left", n, len(c.data)))
	}
	if *c.err != nil {
		return nil
	}
	out := c.data[:n]
	c.data, c.at = c.data[n:], c.at+int64(n)
	return out
}

func (c *cursor) uint32() uint32 {
	b := c.take(4)
	if b == nil {
		return 0
	}
	return little.Uint32(b)
}

// prefixed reads a length and that many bytes.
func (c *cursor) prefixed() []byte { return c.take(c.uint32()) }

func (c *cursor) sub() *cursor {
	n := c.uint32()
	at := c.at
	return &cursor{c.take(n), at, c.part, c.err}
}

// numbered is a record of an algorithm's id and bytes.
type numbered struct {
	id   uint32
	data []byte
}

// numberedList reads a list of records, each of id and length-prefixed bytes.
func (c *cursor) numberedList() []numbered {
	var out []numbered
	for list := c.sub(); list.more(); {
		if len(out) == maxRecords {
			list.fail(limitError(c.part, maxRecords+1, maxRecords))
			return nil
		}
		r := list.sub()
		out = append(out, numbered{r.uint32(), r.prefixed()})
	}
	return out
}

// sdkRange is a range of Android API levels.
type sdkRange struct{ min, max uint32 }

// signerRecord is one signer of a block scheme.
type signerRecord struct {
	signed       []byte // what the signatures are over
	digests      []numbered
	certificates [][]byte
	attributes   []numbered // the known ones
	inner, outer sdkRange   // of v3 and later, signed and unsigned
	signatures   []numbered
	key          []byte // SubjectPublicKeyInfo
}

// Ids of the additional attributes that matter.
const (
	attrStripping   = 0xbeeff00d // v2: a stronger scheme was applied
	attrRotationSDK = 0x559f8b02 // v3: v3.1 was applied
	attrLineage     = 0x3ba06f8c // v3: proof of rotation
)

// parseSigners reads the value of a scheme's pair.
func parseSigners(scheme string, p pair) ([]signerRecord, error) {
	var out []signerRecord
	c := newCursor(scheme+" signers", p.value, p.at)
	for list := c.sub(); list.more(); {
		if len(out) == maxSigners {
			return nil, limitError(c.part, maxSigners+1, maxSigners)
		}
		out = append(out, parseSigner(scheme, list.sub()))
	}
	if *c.err != nil {
		return nil, *c.err
	}
	if len(out) == 0 {
		return nil, budget.Malformed(c.part, p.at, "no signer")
	}
	return out, nil
}

func parseSigner(scheme string, c *cursor) signerRecord {
	var r signerRecord
	signed := c.sub()
	r.signed = signed.data
	if scheme != V2 {
		r.outer = sdkRange{c.uint32(), c.uint32()}
	}
	r.signatures = c.numberedList()
	r.key = c.prefixed()

	r.digests = signed.numberedList()
	for list := signed.sub(); list.more(); {
		if len(r.certificates) == maxRecords {
			list.fail(limitError(c.part, maxRecords+1, maxRecords))
			break
		}
		r.certificates = append(r.certificates, list.prefixed())
	}
	if scheme != V2 {
		r.inner = sdkRange{signed.uint32(), signed.uint32()}
	}
	for list := signed.sub(); list.more(); {
		a := list.sub()
		switch id := a.uint32(); id {
		case attrStripping, attrRotationSDK, attrLineage:
			if len(r.attributes) < maxRecords {
				r.attributes = append(r.attributes, numbered{id, a.data})
			}
		}
	}
	return r
}

// attribute returns the first attribute of an id.
func (r signerRecord) attribute(id uint32) ([]byte, bool) {
	for _, a := range r.attributes {
		if a.id == id {
			return a.data, true
		}
	}
	return nil, false
}
