// Package witness keeps a ledger's checkpoints where who can change the database
// cannot: whoever rewrites the log must then contradict what is kept here.
package witness

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"github.com/listgate/listgate/internal/ledger"
)

// Witness keeps signed checkpoints and gives them back.
type Witness interface {
	// Keep returns nil once the checkpoint is kept for good. It refuses one that goes
	// back behind what it keeps, with an error that wraps ErrBackwards.
	Keep(ctx context.Context, c ledger.Checkpoint) error
	// Last returns the signed note of the newest that it keeps, empty where there is none.
	Last(ctx context.Context) (signed string, err error)
	// Kept calls each with the signed notes, oldest first, and stops at its error.
	Kept(ctx context.Context, each func(signed string) error) error
}

// Read opens every checkpoint that a witness keeps. All keys that the log has ever
// had belong into keys: a checkpoint that none of them signed is an error.
func Read(
	ctx context.Context, w Witness, keys ...note.Verifier,
) ([]ledger.Checkpoint, error) {
	var kept []ledger.Checkpoint
	err := w.Kept(ctx, func(signed string) error {
		c, err := ledger.OpenCheckpoint(signed, keys...)
		if err != nil {
			return fmt.Errorf("kept checkpoint %d: %w", len(kept)+1, err)
		}
		kept = append(kept, c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return kept, nil
}
