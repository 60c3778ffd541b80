// Package store keeps the registry in the database: what was imported, every version
// of every row, and who imported it. It answers lookups from there, as of a day of
// publication and as known at a time.
//
// An import is compared with what is held (Preview), and applied as it was agreed to
// (Apply) in one transaction with its entry in the ledger. Imports follow one
// another, so that each sees what the one before left.
//
// A row is named by registry.Record.ID, which is made of its words: whoever holds
// the record can name it, and a decision that points at it is bound to what it said.
package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/listgate/listgate/internal/ledger"
	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/registry"
)

// Options are what a Store needs beside the database and the ledger.
type Options struct {
	// Now is the clock.
	Now func() time.Time
	// Totals sets on the coverage of a snapshot what is known of the published totals
	// of its series: builtin.WithTotals. Nil means that none are known.
	Totals func(registry.Snapshot) (registry.Snapshot, error)
}

// Store is the registry in a database. It may be used by many at the same time.
type Store struct {
	db  *database.DB
	log *ledger.Log
	o   Options
}

// New returns the registry's part of the database. The log is over the same
// database, so that an import and its entry are kept together or not at all.
func New(db *database.DB, log *ledger.Log, o Options) *Store { return &Store{db, log, o} }

// total returns the coverage of a series that holds these batches.
func (s *Store) total(series registry.Series, held []registry.Batch) (registry.Coverage, error) {
	snap := registry.Snapshot{Series: series, Coverage: registry.Coverage{Batches: held}}
	if s.o.Totals == nil || len(held) == 0 {
		return snap.Coverage, nil
	}
	snap, err := s.o.Totals(snap)
	if err != nil {
		return registry.Coverage{}, fmt.Errorf("totals of %s: %w", series, err)
	}
	return snap.Coverage, nil
}

// importLock is the number of the lock that holds imports apart.
const importLock = 0x6c67_7265_6769

// alone waits until no other import runs. SQLite has one transaction that writes.
func (s *Store) alone(ctx context.Context) error {
	if s.db.PostgresTx(ctx) == nil {
		return nil
	}
	err := s.db.From(ctx).Exec("SELECT pg_advisory_xact_lock(?)", importLock).Error
	if err != nil {
		return fmt.Errorf("wait for other imports: %w", err)
	}
	return nil
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return id.String(), nil
}

// document writes what is kept as JSON in a column.
func document(v any) (string, error) {
	text, err := json.Marshal(v)
	return string(text), err
}
