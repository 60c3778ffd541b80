package apksig

import (
	"crypto/sha256"
	"hash"

	"github.com/listgate/listgate/analyzer/budget"
)

const verityBlock = 4096

// verity returns the root of the fs-verity tree over the content, followed by the
// content's length. The tree has blocks of 4 KiB and a salt of eight zero bytes.
func (c *content) verity() ([]byte, error) {
	length := c.v.archive.Directory - c.block
	if length%verityBlock != 0 || c.block%verityBlock != 0 {
		return nil, budget.Malformed(blockPart, c.block,
			"not on pages of %d bytes, as fs-verity asks", verityBlock)
	}
	t := &merkle{hash: sha256.New()}
	if err := c.each(func(chunk []byte) { t.add(0, chunk) }); err != nil {
		return nil, err
	}
	return little.AppendUint64(t.root(), uint64(c.v.archive.Size-length)), nil
}

// merkle builds the tree from the leaves with one open block a level. A full block
// waits for more, because the one that stays alone on its level is the root's.
type merkle struct {
	hash   hash.Hash
	levels [][]byte
}

func (t *merkle) add(level int, data []byte) {
	if level == len(t.levels) {
		t.levels = append(t.levels, make([]byte, 0, verityBlock))
	}
	for len(data) > 0 {
		if len(t.levels[level]) == verityBlock {
			t.close(level)
		}
		n := min(len(data), verityBlock-len(t.levels[level]))
		t.levels[level] = append(t.levels[level], data[:n]...)
		data = data[n:]
	}
}

// close digests the open block of a level, filled up with zeros, into the next.
func (t *merkle) close(level int) {
	d := t.sum(t.levels[level])
	t.levels[level] = t.levels[level][:0]
	t.add(level+1, d)
}

func (t *merkle) sum(block []byte) []byte {
	t.hash.Reset()
	t.hash.Write(make([]byte, 8))
	t.hash.Write(block)
	t.hash.Write(make([]byte, verityBlock-len(block)))
	return t.hash.Sum(nil)
}

func (t *merkle) root() []byte {
	if len(t.levels) == 0 {
		return make([]byte, sha256.Size)
	}
	for level := 0; ; level++ {
		if level > 0 && level == len(t.levels)-1 {
			return t.sum(t.levels[level])
		}
		t.close(level)
	}
}
