package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/listgate/listgate/internal/ledger"
)

// checkpointRow is a row of ledger_checkpoints.
type checkpointRow struct {
	ID   int64
	Size int64
	At   Millis
	Note string
}

// TableName implements schema.Tabler.
func (checkpointRow) TableName() string { return "ledger_checkpoints" }

// KeepCheckpoint stores a checkpoint that was signed, for the proofs that will rest
// on it. What is stored here is no witness: it can be changed with the rows.
func (l *Ledger) KeepCheckpoint(ctx context.Context, c ledger.Checkpoint) error {
	row := checkpointRow{Size: c.Size, At: MillisOf(c.Time), Note: c.Note}
	return l.db.Do(ctx, func(ctx context.Context) error {
		if err := l.db.From(ctx).Create(&row).Error; err != nil {
			return fmt.Errorf("keep checkpoint of size %d: %w", c.Size, err)
		}
		return nil
	})
}

// Checkpoint returns the signed note of the newest checkpoint of at least a size,
// for ledger.OpenCheckpoint, or ErrNoCheckpoint.
func (l *Ledger) Checkpoint(ctx context.Context, atLeast int64) (note string, err error) {
	var row checkpointRow
	err = l.db.From(ctx).Where("size >= ?", atLeast).Order("size DESC, id DESC").Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = ErrNoCheckpoint
	}
	if err != nil {
		return "", fmt.Errorf("checkpoint of a ledger of %d: %w", atLeast, err)
	}
	return row.Note, nil
}
