package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/listgate/listgate/internal/ledger"
	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/registry"
)

// Apply imports what a person saw in a preview and agreed to, with an entry in the
// ledger for each series, or nothing: where the import is to blame, or what it would
// change is no longer what was agreed to, the error is a *registry.Refused. The very
// file that was imported before changes nothing, whatever was agreed to.
func (s *Store) Apply(
	ctx context.Context, in registry.Import, c registry.Consent,
) (registry.Applied, error) {
	if err := in.Check(); err != nil { // without holding others back
		return registry.Applied{}, err
	}
	var done registry.Applied
	err := s.db.Do(ctx, func(ctx context.Context) error {
		if err := s.alone(ctx); err != nil {
			return err
		}
		p, at, err := s.compare(ctx, in)
		if err != nil {
			return err
		}
		if p.Unchanged() {
			done = registry.Applied{Unchanged: true}
			for _, change := range p.Changes {
				done.Snapshots = append(done.Snapshots, *change.Again)
			}
			return nil
		}
		if err := c.Check(p); err != nil {
			return err
		}
		done, err = s.apply(ctx, in, agreed{p, at, c.By})
		return err
	})
	if err != nil {
		return registry.Applied{}, fmt.Errorf("import a registry list: %w", err)
	}
	return done, nil
}

// agreed is what is to be done: a preview, the places of the rows that it touches,
// and who agreed to it.
type agreed struct {
	registry.Preview
	at []places
	by registry.Actor
}

func (s *Store) apply(
	ctx context.Context, in registry.Import, a agreed,
) (registry.Applied, error) {
	now, err := s.last(ctx)
	if err != nil {
		return registry.Applied{}, err
	}
	// Later than every import before, so that a time tells what was known.
	now = max(database.MillisOf(s.o.Now()), now+1)
	var kept []snapshotRow
	for i, change := range a.Changes {
		if change.Again != nil {
			continue
		}
		row, err := s.snapshotOf(in, a, i)
		if err != nil {
			return registry.Applied{}, err
		}
		row.Imported = now
		w := writing{s, row, change, a.at[i]}
		if err := w.write(ctx); err != nil {
			return registry.Applied{}, err
		}
		kept = append(kept, row)
	}
	if err := s.enter(ctx, in.List, kept); err != nil {
		return registry.Applied{}, err
	}
	all, err := s.imported(ctx, kept)
	return registry.Applied{Snapshots: all}, err
}

// snapshotOf is the row of the snapshot at i of an import.
func (s *Store) snapshotOf(in registry.Import, a agreed, i int) (snapshotRow, error) {
	snap, change := in.Snapshots[i], a.Changes[i]
	id, err := newID()
	if err != nil {
		return snapshotRow{}, err
	}
	row := snapshotRow{
		ID: id, Series: string(snap.Series), Source: snap.Source, Published: snap.Published,
		Fetched: snap.Fetched, SHA256: snap.SHA256, Reading: reading(snap), ByID: a.by.ID,
		ByName: a.by.Name, RowCount: len(snap.Records), Added: len(change.Added),
		Changed: len(change.Changed), Withdrawn: len(change.Withdrawn),
		Unchanged: change.Unchanged, LeftOut: len(in.Rejected),
	}
	if row.Fetched == "" {
		row.Fetched = in.Fetched
	}
	own, err := s.own(snap.Series, change.Batches)
	if err != nil {
		return snapshotRow{}, err
	}
	for text, v := range map[*string]any{
		&row.Coverage: own, &row.Held: change.Coverage,
		&row.Rejected: slices.Concat([]registry.Rejected{}, in.Rejected),
	} {
		if *text, err = document(v); err != nil {
			return snapshotRow{}, fmt.Errorf("keep import of %s: %w", snap.Source, err)
		}
	}
	return row, nil
}

// own is the coverage of a file: the batches that it holds and no other.
func (s *Store) own(
	series registry.Series, batches []registry.HeldBatch,
) (registry.Coverage, error) {
	var held []registry.Batch
	for _, b := range batches {
		held = append(held, b.Batch)
	}
	c, err := s.total(series, held)
	c.Batches = slices.DeleteFunc(c.Batches, func(b registry.Batch) bool { return b.Held == 0 })
	return c, err
}

// entry is the body of the ledger's entry about a snapshot. Rows is the digest of
// the ids of the rows that were read, in their order: who has the file can make it
// anew.
type entry struct {
	List      registry.List   `json:"list"`
	Series    string          `json:"series"`
	Source    string          `json:"source"`
	SHA256    string          `json:"sha256"`
	Published string          `json:"published"`
	Fetched   string          `json:"fetched"`
	Rows      string          `json:"rows"`
	Counts    registry.Counts `json:"counts"`
	By        registry.Actor  `json:"by"`
}

// enter appends what was imported to the ledger.
func (s *Store) enter(ctx context.Context, list registry.List, kept []snapshotRow) error {
	entries := make([]ledger.Entry, len(kept))
	for i, row := range kept {
		is, err := row.domain()
		if err != nil {
			return err
		}
		body, err := json.Marshal(entry{list, row.Series, row.Source, row.SHA256, row.Published,
			row.Fetched, row.Reading, is.Counts, is.By})
		if err != nil {
			return fmt.Errorf("write of import %s: %w", row.ID, err)
		}
		entries[i] = ledger.Entry{Kind: ledger.RegistryChange, Time: is.At, Subject: row.ID,
			Body: body}
	}
	_, err := s.log.Append(ctx, entries...)
	return err
}
