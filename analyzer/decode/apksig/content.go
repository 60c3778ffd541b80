package apksig

import (
	"bytes"
	"crypto"
	"hash"
	"io"

	"github.com/listgate/listgate/analyzer/budget"
)

const (
	chunkSize   = 1 << 20
	endFixed    = 22 // the end record without its comment
	endSizeAt   = 12 // in it: size of the directory
	endOffsetAt = 16 // in it: offset of the directory

	endPart = "end record"
)

// content is the part of the file that a signing block signs: all but the block.
// Each kind of digest is computed once.
type content struct {
	v       *verifier
	block   int64  // where the block begins
	end     []byte // the end record, as if there were no block
	known   map[contentKind][]byte
	problem error // why the file has no digest
}

// newContent reads the end record. The signature covers the end record with the
// directory's offset replaced by the block's: so it does not depend on the block.
func (v *verifier) newContent(blockStart int64) (*content, error) {
	a := v.archive
	c := &content{v: v, block: blockStart, known: map[contentKind][]byte{}}
	if a.End < a.Directory || a.Size-a.End < endFixed || a.Size-a.End > chunkSize {
		c.problem = budget.Malformed(endPart, a.End,
			"%d bytes to the end of the file", a.Size-a.End)
		return c, nil
	}
	c.end = make([]byte, a.Size-a.End)
	if err := v.readAt(c.end, a.End); err != nil {
		return nil, err
	}
	offset := int64(little.Uint32(c.end[endOffsetAt:]))
	size := int64(little.Uint32(c.end[endSizeAt:]))
	if offset != a.Directory || offset+size != a.End {
		c.problem = budget.Malformed(endPart, a.End,
			"directory declared from 0x%x to 0x%x, found from 0x%x to 0x%x",
			offset, offset+size, a.Directory, a.End)
	}
	little.PutUint32(c.end[endOffsetAt:], uint32(blockStart))
	return c, nil
}

// section is a run of bytes that is digested on its own.
type section struct {
	src  io.ReaderAt
	at   int64
	size int64
}

func (c *content) sections() []section {
	a := c.v.archive
	return []section{
		{a.Bytes, 0, c.block},
		{a.Bytes, a.Directory, a.End - a.Directory},
		{bytes.NewReader(c.end), 0, int64(len(c.end))},
	}
}

// digest returns the digest of one kind.
func (c *content) digest(kind contentKind) ([]byte, error) {
	if c.problem != nil {
		return nil, c.problem
	}
	if d, ok := c.known[kind]; ok {
		return d, nil
	}
	var d []byte
	var err error
	switch kind {
	case veritySHA256:
		d, err = c.verity()
	case chunkedSHA512:
		d, err = c.chunked(crypto.SHA512)
	default:
		d, err = c.chunked(crypto.SHA256)
	}
	if err != nil {
		return nil, err
	}
	c.known[kind] = d
	return d, nil
}

// chunked digests each chunk of each section, then the digests.
func (c *content) chunked(h crypto.Hash) ([]byte, error) {
	var count int64
	for _, s := range c.sections() {
		count += (s.size + chunkSize - 1) / chunkSize
	}
	top, one := h.New(), h.New()
	prefix(top, 0x5a, count)
	err := c.each(func(chunk []byte) {
		one.Reset()
		prefix(one, 0xa5, int64(len(chunk)))
		one.Write(chunk)
		top.Write(one.Sum(nil))
	})
	if err != nil {
		return nil, err
	}
	return top.Sum(nil), nil
}

func prefix(h hash.Hash, mark byte, n int64) {
	h.Write(little.AppendUint32([]byte{mark}, uint32(n)))
}

// each hands out the sections in chunks; only the last of a section is short.
func (c *content) each(do func(chunk []byte)) error {
	buf := make([]byte, chunkSize)
	for _, s := range c.sections() {
		for off := int64(0); off < s.size; off += chunkSize {
			if err := c.v.ctx.Err(); err != nil {
				return err
			}
			p := buf[:min(chunkSize, s.size-off)]
			if err := readFull(s.src, p, s.at+off); err != nil {
				return err
			}
			do(p)
		}
	}
	return nil
}
