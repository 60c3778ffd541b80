package ledger

import (
	"context"
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// frontier is the right edge of a growing tree: the roots of the complete
// subtrees that its size is made of, largest first. It is all that an append or a
// recomputation needs to remember.
type frontier struct {
	size  int64
	roots []Hash
}

// push adds a leaf's hash and returns the hashes to store: the leaf's own and
// those of the subtrees that it completes, lowest first.
func (f *frontier) push(h Hash) []Hash {
	stored := []Hash{h}
	for n := f.size; n&1 == 1; n >>= 1 {
		last := len(f.roots) - 1
		h = tlog.NodeHash(f.roots[last], h)
		f.roots = f.roots[:last]
		stored = append(stored, h)
	}
	f.roots = append(f.roots, h)
	f.size++
	return stored
}

// root is the root of the tree (RFC 6962 section 2.1).
func (f *frontier) root() Hash {
	if f.size == 0 {
		return emptyRoot
	}
	h := f.roots[len(f.roots)-1]
	for i := len(f.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(f.roots[i], h)
	}
	return h
}

// emptyRoot is SHA-256 of nothing.
var emptyRoot, _ = tlog.TreeHash(0, nil)

// frontier reads the right edge of the tree of a size.
func (l *Log) frontier(ctx context.Context, size int64) (*frontier, error) {
	if size < 0 || size > maxInteger {
		return nil, fault(OutOfRange, "tree of %d", size)
	}
	var indexes []int64
	for level := bits.Len64(uint64(size)) - 1; level >= 0; level-- {
		if n := size >> level; n&1 == 1 {
			indexes = append(indexes, tlog.StoredHashIndex(level, n-1))
		}
	}
	roots, err := l.reader(ctx).ReadHashes(indexes)
	if err != nil {
		return nil, err
	}
	return &frontier{size, roots}, nil
}

// reader reads stored hashes for tlog, and refuses a missing one.
func (l *Log) reader(ctx context.Context) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]Hash, error) {
		if len(indexes) == 0 {
			return nil, nil
		}
		hashes, err := l.storage.Hashes(ctx, indexes)
		if err != nil {
			return nil, fmt.Errorf("read %d hashes: %w", len(indexes), err)
		}
		if len(hashes) != len(indexes) {
			return nil, fmt.Errorf("read %d hashes: got %d", len(indexes), len(hashes))
		}
		for i, h := range hashes {
			if h == (Hash{}) {
				seq := rowOf(indexes[i])
				return nil, faultAt(ChangedHash, seq, "hash %d is missing", indexes[i])
			}
		}
		return hashes, nil
	})
}

// rowOf returns the row with which the hash at an index was stored: the last of
// the subtree that it stands for.
func rowOf(index int64) int64 {
	level, n := tlog.SplitStoredHashIndex(index)
	return (n+1)<<level - 1
}
