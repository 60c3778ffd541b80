// Package ledger is an append-only log whose every entry can be proven: a Merkle
// tree after RFC 6962 with signed checkpoints (C2SP tlog-checkpoint over signed
// notes), without a database of its own. Whoever stores it implements Storage.
//
// # Leaves
//
// An entry has one canonical text: the JSON object of its members body, kind, seq,
// subject and time, by RFC 8785 (names sorted by UTF-16 units, no space, shortest
// escapes). A body is an object of objects, arrays, strings, true, false, null
// and integers of at most 53 bits, at most 32 deep and 256 KiB; other numbers, a
// name that occurs twice and half a surrogate pair are refused, because readers
// differ on them. Time is UTC with three decimals.
//
// The leaf is SHA-256(salt ‖ text) with 32 random bytes of salt, and the hash in
// the tree is SHA-256(0x00 ‖ leaf). An entry can therefore be erased: its body and
// salt are deleted, its leaf stays, the tree holds, and without the salt nobody
// can find the text by guessing. Each erasure is an entry itself (NewErasure).
//
// # Trust
//
// The log proves nothing against someone who can rewrite the database and holds
// the key. Checkpoints therefore go to witnesses outside (package witness), and
// Log.Verify compares the log with every checkpoint kept there.
package ledger

import (
	"context"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a SHA-256 hash: of a leaf, of a node of the tree, of its root.
type Hash = tlog.Hash

// Row is one entry as it is stored. Its columns are the single truth: the
// canonical text is made of them anew and is stored nowhere. An erased row has
// neither Body nor Salt; its other columns are then no longer proven.
type Row struct {
	Entry
	Salt []byte // 32 bytes; nil when erased
	Leaf Hash   // stays for ever
}

// Erased reports a row whose body and salt are deleted.
func (r Row) Erased() bool { return len(r.Body) == 0 && len(r.Salt) == 0 }

// Storage keeps the rows and the hashes of the tree. The context may carry the
// transaction in which the calls run; calls by one context see each other. Bodies
// are kept as text, or in a form that keeps strings and integers exactly.
type Storage interface {
	// Size returns the number of rows, counted as the last place plus one. In a
	// transaction that will append, it holds other writers back until its end.
	Size(ctx context.Context) (int64, error)
	// Append adds rows behind the last, Seq counting on, and hashes behind the last
	// hash. It adds all or nothing, and fails where a row of that place is there.
	Append(ctx context.Context, rows []Row, hashes []Hash) error
	// Rows returns the rows from a place on, in order of place, limit at most.
	Rows(ctx context.Context, from int64, limit int) ([]Row, error)
	// Hashes returns the stored hashes at these indexes (4096 at most, in any order),
	// in the order asked. A hash that is not there is the zero Hash.
	Hashes(ctx context.Context, indexes []int64) ([]Hash, error)
}

// Log is the log over a storage. Its methods may be used at the same time; that
// two appends do not meet is the storage's part.
type Log struct {
	storage Storage
	salts   io.Reader
}

// New returns the log over a storage. Salts must be unpredictable: it is
// crypto/rand.Reader outside tests.
func New(storage Storage, salts io.Reader) *Log { return &Log{storage, salts} }

// Append adds entries behind the last and returns them with their places, in the
// form that is proven. Nothing is added beside an error.
func (l *Log) Append(ctx context.Context, entries ...Entry) ([]Entry, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	size, err := l.storage.Size(ctx)
	if err != nil {
		return nil, fmt.Errorf("append to ledger: %w", err)
	}
	f, err := l.frontier(ctx, size)
	if err != nil {
		return nil, fmt.Errorf("append to ledger: %w", err)
	}
	added := make([]Entry, len(entries))
	rows := make([]Row, len(entries))
	var hashes []Hash
	for i, e := range entries {
		e.Seq = size + int64(i)
		rows[i], err = l.row(e)
		if err != nil {
			return nil, fmt.Errorf("append entry %d of %d to ledger: %w", i+1, len(entries), err)
		}
		added[i] = rows[i].Entry
		hashes = append(hashes, f.push(tlog.RecordHash(rows[i].Leaf[:]))...)
	}
	if err := l.storage.Append(ctx, rows, hashes); err != nil {
		return nil, fmt.Errorf("append to ledger: %w", err)
	}
	return added, nil
}

// row salts and hashes an entry.
func (l *Log) row(e Entry) (Row, error) {
	e, err := e.normal()
	if err != nil {
		return Row{}, err
	}
	text, err := e.canonical()
	if err != nil {
		return Row{}, err
	}
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(l.salts, salt); err != nil {
		return Row{}, fmt.Errorf("read salt: %w", err)
	}
	return Row{Entry: e, Salt: salt, Leaf: leafOf(salt, text)}, nil
}

// Prove returns the inclusion path of the row at seq in the tree of a size: the
// neighbours from the leaf to the root (RFC 6962 section 2.1.1).
func (l *Log) Prove(ctx context.Context, seq, size int64) ([]Hash, error) {
	if seq < 0 || seq >= size {
		return nil, faultAt(OutOfRange, seq, "in a tree of %d", size)
	}
	if err := l.reaches(ctx, size); err != nil {
		return nil, err
	}
	path, err := tlog.ProveRecord(size, seq, l.reader(ctx))
	if err != nil {
		return nil, fmt.Errorf("prove row %d in a tree of %d: %w", seq, size, err)
	}
	return path, nil
}

// Consistency returns the proof that the tree of the later size continues the
// tree of the earlier (RFC 6962 section 2.1.2). It is empty for the sizes 0 and
// for equal sizes.
func (l *Log) Consistency(ctx context.Context, earlier, later int64) ([]Hash, error) {
	if earlier < 0 || earlier > later {
		return nil, fault(OutOfRange, "tree of %d behind a tree of %d", later, earlier)
	}
	if err := l.reaches(ctx, later); err != nil {
		return nil, err
	}
	if earlier == 0 || earlier == later {
		return nil, nil
	}
	proof, err := tlog.ProveTree(later, earlier, l.reader(ctx))
	if err != nil {
		return nil, fmt.Errorf("prove a tree of %d from one of %d: %w", later, earlier, err)
	}
	return proof, nil
}

// reaches refuses a size that the log has not.
func (l *Log) reaches(ctx context.Context, size int64) error {
	have, err := l.storage.Size(ctx)
	if err != nil {
		return fmt.Errorf("size of the ledger: %w", err)
	}
	if size > have {
		return fault(OutOfRange, "tree of %d in a log of %d", size, have)
	}
	return nil
}
