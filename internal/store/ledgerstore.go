package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"

	"github.com/listgate/listgate/internal/ledger"
)

// Ledger keeps the ledger's rows, the hashes of its tree and its checkpoints. It
// implements ledger.Storage: by a context of Do it reads and writes in that
// transaction, and from Size on holds other writers back until its end.
type Ledger struct{ db *DB }

// NewLedger returns the ledger's part of the database.
func NewLedger(db *DB) *Ledger { return &Ledger{db} }

// The errors of the ledger's tables.
var (
	// ErrPlace: rows are appended that do not follow the last one.
	ErrPlace = errors.New("not the place behind the last row")
	// ErrNoCheckpoint: none was signed that is large enough.
	ErrNoCheckpoint = errors.New("no such checkpoint")
)

// ledgerRow is a row of ledger_rows.
type ledgerRow struct {
	Seq     int64 `gorm:"primaryKey;autoIncrement:false"`
	Kind    string
	At      Millis
	Subject string
	Body    *string
	Salt    []byte
	Leaf    []byte
}

// TableName implements schema.Tabler.
func (ledgerRow) TableName() string { return "ledger_rows" }

// hashRow is a row of ledger_hashes.
type hashRow struct {
	Idx  int64 `gorm:"primaryKey;autoIncrement:false"`
	Hash []byte
}

// TableName implements schema.Tabler.
func (hashRow) TableName() string { return "ledger_hashes" }

// ledgerLock is the number of the lock that holds the ledger's writers apart.
const ledgerLock = 0x6c67_6c65_6467

// ledgerPage is how many rows one statement writes: fewer values than SQLite takes.
const ledgerPage = 1000

// Size implements ledger.Storage.
func (l *Ledger) Size(ctx context.Context) (int64, error) {
	// SQLite has one transaction that writes. On Postgres another might append the
	// same place, and fail with all that was done in it.
	if l.db.PostgresTx(ctx) != nil {
		err := l.db.From(ctx).Exec("SELECT pg_advisory_xact_lock(?)", ledgerLock).Error
		if err != nil {
			return 0, fmt.Errorf("wait for the ledger: %w", err)
		}
	}
	var size int64
	err := l.db.From(ctx).Raw("SELECT coalesce(max(seq) + 1, 0) FROM ledger_rows").Scan(&size).Error
	if err != nil {
		return 0, fmt.Errorf("size of the ledger: %w", err)
	}
	return size, nil
}

// Append implements ledger.Storage.
func (l *Ledger) Append(ctx context.Context, rows []ledger.Row, hashes []ledger.Hash) error {
	if len(rows) == 0 {
		return nil
	}
	return l.db.Do(ctx, func(ctx context.Context) error {
		size, err := l.Size(ctx)
		if err != nil {
			return err
		}
		stored := make([]ledgerRow, len(rows))
		for i, r := range rows {
			if r.Seq != size+int64(i) {
				return fmt.Errorf("append ledger row %d behind %d rows: %w", r.Seq, size, ErrPlace)
			}
			stored[i] = storedRow(r)
		}
		nodes := make([]hashRow, len(hashes))
		for i := range hashes {
			nodes[i] = hashRow{tlog.StoredHashCount(size) + int64(i), hashes[i][:]}
		}
		if err := l.db.From(ctx).CreateInBatches(stored, ledgerPage).Error; err != nil {
			return fmt.Errorf("append %d ledger rows: %w", len(rows), err)
		}
		if err := l.db.From(ctx).CreateInBatches(nodes, ledgerPage).Error; err != nil {
			return fmt.Errorf("append %d ledger hashes: %w", len(hashes), err)
		}
		return nil
	})
}

func storedRow(r ledger.Row) ledgerRow {
	row := ledgerRow{r.Seq, r.Kind, MillisOf(r.Time), r.Subject, nil, r.Salt, r.Leaf[:]}
	if len(r.Body) > 0 {
		body := string(r.Body)
		row.Body = &body
	}
	return row
}

// row returns what is stored. A leaf that is not of a hash's size becomes another
// leaf, so that Log.Verify names the row.
func (r ledgerRow) row() ledger.Row {
	out := ledger.Row{
		Entry: ledger.Entry{Seq: r.Seq, Kind: r.Kind, Time: r.At.Time(), Subject: r.Subject},
		Salt:  r.Salt,
		Leaf:  hashOf(r.Leaf),
	}
	if r.Body != nil {
		out.Body = json.RawMessage(*r.Body)
	}
	return out
}

// hashOf returns a stored hash, or for bytes of another length some other one.
func hashOf(b []byte) (h ledger.Hash) {
	if copy(h[:], b) != len(b) || len(b) != len(h) {
		return ledger.Hash{0xff}
	}
	return h
}

// Rows implements ledger.Storage.
func (l *Ledger) Rows(ctx context.Context, from int64, limit int) ([]ledger.Row, error) {
	var stored []ledgerRow
	err := l.db.From(ctx).Where("seq >= ?", from).Order("seq").Limit(limit).Find(&stored).Error
	if err != nil {
		return nil, fmt.Errorf("read ledger rows from %d: %w", from, err)
	}
	rows := make([]ledger.Row, len(stored))
	for i, r := range stored {
		rows[i] = r.row()
	}
	return rows, nil
}

// Of returns the rows of a subject, in order of place, limit at most.
func (l *Ledger) Of(ctx context.Context, subject string, limit int) ([]ledger.Row, error) {
	var stored []ledgerRow
	err := l.db.From(ctx).Where("subject = ?", subject).Order("seq").Limit(limit).
		Find(&stored).Error
	if err != nil {
		return nil, fmt.Errorf("read ledger rows of %.80q: %w", subject, err)
	}
	rows := make([]ledger.Row, len(stored))
	for i, r := range stored {
		rows[i] = r.row()
	}
	return rows, nil
}

// Last returns the newest row of a kind, nil where there is none.
func (l *Ledger) Last(ctx context.Context, kind string) (*ledger.Row, error) {
	var stored []ledgerRow
	err := l.db.From(ctx).Where("kind = ?", kind).Order("seq DESC").Limit(1).Find(&stored).Error
	if err != nil {
		return nil, fmt.Errorf("read the last %s of the ledger: %w", kind, err)
	}
	if len(stored) == 0 {
		return nil, nil
	}
	row := stored[0].row()
	return &row, nil
}

// Hashes implements ledger.Storage.
func (l *Ledger) Hashes(ctx context.Context, indexes []int64) ([]ledger.Hash, error) {
	var stored []hashRow
	if err := l.db.From(ctx).Where("idx IN ?", indexes).Find(&stored).Error; err != nil {
		return nil, fmt.Errorf("read %d ledger hashes: %w", len(indexes), err)
	}
	found := make(map[int64]ledger.Hash, len(stored))
	for _, h := range stored {
		found[h.Idx] = hashOf(h.Hash)
	}
	hashes := make([]ledger.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = found[index]
	}
	return hashes, nil
}

// Erase deletes body and salt of rows. Their leaves stay, and so does the tree. It
// belongs into the transaction that appends the entry of ledger.NewErasure that
// names them: Log.Verify reports a row that is erased in silence.
func (l *Ledger) Erase(ctx context.Context, seqs ...int64) error {
	return l.db.Do(ctx, func(ctx context.Context) error {
		done := l.db.From(ctx).Model(&ledgerRow{}).Where("seq IN ?", seqs).
			Updates(map[string]any{"body": nil, "salt": nil})
		if done.Error != nil {
			return fmt.Errorf("erase %d ledger rows: %w", len(seqs), done.Error)
		}
		if done.RowsAffected != int64(len(seqs)) {
			return fmt.Errorf("erase ledger rows %v: %w", seqs, gorm.ErrRecordNotFound)
		}
		return nil
	})
}
