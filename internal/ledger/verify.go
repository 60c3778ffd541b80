package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Verified says what a verification has seen.
type Verified struct {
	Size        int64
	Root        Hash
	Erased      int64 // rows whose body is erased, each named by an entry
	Checkpoints int   // kept outside, all of which the log continues
}

// verifyPage is how many rows are read at a time: below 2048, so that their
// hashes can be asked for at once.
const verifyPage = 1000

// Verify recomputes every leaf, every stored hash and the root at each kept
// checkpoint. It returns an *Error that names the first row that differs:
// ChangedEntry, MissingRow, ChangedHash, DroppedTail, SilentErasure; or Rewritten,
// where the log agrees with itself but not with a checkpoint: then the row is the
// first that the last agreeing checkpoint does not cover. Any other error means
// that the question was not answered.
//
// It may run while entries are added.
func (l *Log) Verify(ctx context.Context, kept ...Checkpoint) (Verified, error) {
	v := &verification{log: l, kept: slices.Clone(kept), unnamed: map[int64]bool{}}
	slices.SortStableFunc(v.kept, func(a, b Checkpoint) int { return cmp.Compare(a.Size, b.Size) })
	if err := v.witnessed(); err != nil {
		return Verified{}, err
	}
	for {
		rows, err := l.storage.Rows(ctx, v.tree.size, verifyPage)
		if err != nil {
			return Verified{}, fmt.Errorf("verify ledger from row %d: %w", v.tree.size, err)
		}
		if len(rows) == 0 {
			rows, err = v.behindTheEnd(ctx)
		}
		if err != nil {
			return Verified{}, err
		}
		if len(rows) == 0 {
			return v.end()
		}
		if err := v.page(ctx, rows); err != nil {
			return Verified{}, err
		}
	}
}

// verification is a tree that grows along the rows.
type verification struct {
	log     *Log
	tree    frontier
	kept    []Checkpoint   // still ahead, by size
	seen    int            // checkpoints passed
	agreed  int64          // the size of the last of them
	unnamed map[int64]bool // erased rows that no entry has named yet
	erased  int64
}

// page checks rows one by one, then the hashes stored for those that are sound,
// so that the first of all faults is the one that is named.
func (v *verification) page(ctx context.Context, rows []Row) error {
	first := v.tree.size
	var want []Hash
	var bad error
	for _, r := range rows {
		if bad = v.row(r); bad != nil {
			break
		}
		want = append(want, v.tree.push(tlog.RecordHash(r.Leaf[:]))...)
		if bad = v.witnessed(); bad != nil {
			break
		}
	}
	if err := v.hashes(ctx, tlog.StoredHashCount(first), want); err != nil {
		return err
	}
	return bad
}

// row checks one row against its place and its leaf.
func (v *verification) row(r Row) error {
	seq := v.tree.size
	if r.Seq != seq {
		return faultAt(MissingRow, seq, "row %d stands in its place", r.Seq)
	}
	if r.Erased() {
		v.unnamed[seq] = true
		v.erased++
		return nil
	}
	if len(r.Salt) != saltSize {
		return faultAt(ChangedEntry, seq, "salt of %d bytes, want %d", len(r.Salt), saltSize)
	}
	text, err := r.canonical()
	if err != nil {
		return &Error{ChangedEntry, seq, err}
	}
	if leafOf(r.Salt, text) != r.Leaf {
		return faultAt(ChangedEntry, seq, "entry, salt and leaf do not belong together")
	}
	if r.Kind == Erasure {
		v.name(r.Entry)
	}
	return nil
}

// name takes the rows that an erasure names off the list. One whose body is of
// another form names none, and its rows are reported.
func (v *verification) name(e Entry) {
	var body erasure
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return
	}
	for _, seq := range body.Erased {
		delete(v.unnamed, seq)
	}
}

// witnessed compares the tree with the checkpoints of its present size.
func (v *verification) witnessed() error {
	for len(v.kept) > 0 && v.kept[0].Size == v.tree.size {
		if v.kept[0].Root != v.tree.root() {
			return faultAt(Rewritten, v.agreed,
				"a checkpoint of size %d kept outside says otherwise", v.tree.size)
		}
		v.agreed = v.tree.size
		v.seen++
		v.kept = v.kept[1:]
	}
	return nil
}

// hashes compares the stored hashes from an index on with those recomputed.
func (v *verification) hashes(ctx context.Context, from int64, want []Hash) error {
	if len(want) == 0 {
		return nil
	}
	indexes := make([]int64, len(want))
	for i := range indexes {
		indexes[i] = from + int64(i)
	}
	got, err := v.log.reader(ctx).ReadHashes(indexes)
	if err != nil {
		return err
	}
	for i := range want {
		if got[i] != want[i] {
			return faultAt(ChangedHash, rowOf(indexes[i]),
				"stored hash %d is not what the leaves give", indexes[i])
		}
	}
	return nil
}

// behindTheEnd looks for a hash behind the last row: either rows were added since,
// which it returns, or the rows that it was stored for are gone.
func (v *verification) behindTheEnd(ctx context.Context) ([]Row, error) {
	next := tlog.StoredHashCount(v.tree.size)
	hashes, err := v.log.storage.Hashes(ctx, []int64{next})
	if err != nil {
		return nil, fmt.Errorf("verify the end of the ledger: %w", err)
	}
	if len(hashes) != 1 || hashes[0] == (Hash{}) {
		return nil, nil
	}
	rows, err := v.log.storage.Rows(ctx, v.tree.size, verifyPage)
	if err == nil && len(rows) == 0 {
		err = faultAt(DroppedTail, v.tree.size, "its hash is there, the row is not")
	}
	return rows, err
}

// end judges what only the whole log can tell.
func (v *verification) end() (Verified, error) {
	if len(v.unnamed) > 0 {
		first := v.tree.size
		for seq := range v.unnamed {
			first = min(first, seq)
		}
		return Verified{}, faultAt(SilentErasure, first, "no entry of kind %s names it", Erasure)
	}
	if len(v.kept) > 0 {
		return Verified{}, faultAt(DroppedTail, v.tree.size,
			"a checkpoint of size %d is kept outside", v.kept[len(v.kept)-1].Size)
	}
	return Verified{v.tree.size, v.tree.root(), v.erased, v.seen}, nil
}
