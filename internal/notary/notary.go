// Package notary signs the checkpoints of a ledger, hands each to a witness outside
// of the database, and writes the proofs that rest on them.
package notary

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/ledger/witness"
	"github.com/listgate/listgate/internal/store"
)

// Checkpoints keeps signed checkpoints beside the ledger, for the proofs that rest
// on them; *store.Ledger does.
type Checkpoints interface {
	KeepCheckpoint(ctx context.Context, c ledger.Checkpoint) error
	// Checkpoint returns the newest of at least a size, or store.ErrNoCheckpoint.
	Checkpoint(ctx context.Context, atLeast int64) (signed string, err error)
}

// Notary is what signing stands on; every field is needed.
type Notary struct {
	Log     *ledger.Log
	Kept    Checkpoints
	Witness witness.Witness
	Signer  note.Signer
	// Keys are all public keys that the ledger has had.
	Keys []note.Verifier
	Now  func() time.Time
}

// Publish signs a checkpoint where the ledger has grown since the last one, and has
// the witness keep it. A ledger that does not continue the last checkpoint is not
// signed: the error is then an *ledger.Error that says where it differs.
func (n *Notary) Publish(ctx context.Context) (c ledger.Checkpoint, err error) {
	for range attempts {
		c, err = n.publish(ctx)
		if !errors.Is(err, witness.ErrBackwards) {
			break
		}
		// Another process has published a larger one meanwhile.
	}
	if err != nil {
		return ledger.Checkpoint{}, fmt.Errorf("publish a checkpoint: %w", err)
	}
	return c, nil
}

// attempts is how often a checkpoint is signed anew for other processes' sake.
const attempts = 5

func (n *Notary) publish(ctx context.Context) (ledger.Checkpoint, error) {
	last, err := n.covering(ctx, 0)
	if err != nil {
		return ledger.Checkpoint{}, err
	}
	if err := n.continues(ctx, last); err != nil {
		return ledger.Checkpoint{}, err
	}
	c, err := n.Log.Checkpoint(ctx, n.Now(), n.Signer)
	if err != nil || c.Size == 0 {
		return c, err
	}
	if last.Note != "" && c.Size == last.Size {
		c = last // nothing was added
	}
	if err := n.Witness.Keep(ctx, c); err != nil {
		return ledger.Checkpoint{}, err
	}
	if c.Note == last.Note {
		return c, nil
	}
	return c, n.Kept.KeepCheckpoint(ctx, c)
}

// continues holds the ledger against the last checkpoint that was signed, and against
// the last that the witness keeps: who can change the rows can change what is kept
// beside them.
func (n *Notary) continues(ctx context.Context, last ledger.Checkpoint) error {
	if last.Note != "" {
		if err := n.Log.Continues(ctx, last); err != nil {
			return err
		}
	}
	signed, err := n.Witness.Last(ctx)
	if err != nil || signed == "" || signed == last.Note {
		return err
	}
	kept, err := ledger.OpenCheckpoint(signed, n.Keys...)
	if err != nil {
		return err
	}
	return n.Log.Continues(ctx, kept)
}

// covering returns the newest checkpoint of at least a size; it has no Note where
// none was signed.
func (n *Notary) covering(ctx context.Context, size int64) (ledger.Checkpoint, error) {
	signed, err := n.Kept.Checkpoint(ctx, size)
	if errors.Is(err, store.ErrNoCheckpoint) {
		return ledger.Checkpoint{}, nil
	}
	if err != nil {
		return ledger.Checkpoint{}, err
	}
	return ledger.OpenCheckpoint(signed, n.Keys...)
}

// Proof writes the proof of a row, the document listgate.proof/v1. Where no
// checkpoint covers the row yet, one is published.
func (n *Notary) Proof(ctx context.Context, seq int64) ([]byte, error) {
	at, err := n.covering(ctx, seq+1)
	if err == nil && at.Note == "" {
		at, err = n.Publish(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("prove row %d: %w", seq, err)
	}
	return n.Log.Proof(ctx, seq, at, nil)
}

// Verify recomputes the whole ledger and compares it with every checkpoint that the
// witness keeps. The errors are those of ledger.Log.Verify; a row that was changed
// is named. It is ErrWitness where a checkpoint was signed that the witness keeps no
// longer.
func (n *Notary) Verify(ctx context.Context) (ledger.Verified, error) {
	last, err := n.covering(ctx, 0) // before the witness, which has each one first
	if err != nil {
		return ledger.Verified{}, fmt.Errorf("verify the ledger: %w", err)
	}
	kept, err := witness.Read(ctx, n.Witness, n.Keys...)
	if err != nil {
		return ledger.Verified{}, fmt.Errorf("verify the ledger: %w", err)
	}
	seen, err := n.Log.Verify(ctx, kept...)
	if err != nil {
		return ledger.Verified{}, err
	}
	held := slices.ContainsFunc(kept, func(c ledger.Checkpoint) bool {
		return c.Size == last.Size && c.Root == last.Root
	})
	if last.Note != "" && !held {
		return ledger.Verified{}, fmt.Errorf("verify the ledger: %w: size %d", ErrWitness,
			last.Size)
	}
	return seen, nil
}

// ErrWitness says that the witness has lost what it had kept.
var ErrWitness = errors.New("the witness lacks a checkpoint that was signed")
