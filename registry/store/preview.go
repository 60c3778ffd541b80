package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"gorm.io/gorm"

	"github.com/listgate/listgate/registry"
)

// Preview says what an import would change. The error is a *registry.Refused where
// the import is to blame. Rows that were rejected are in the preview; Apply needs a
// person's consent to leave them out.
func (s *Store) Preview(ctx context.Context, in registry.Import) (registry.Preview, error) {
	p, ids, err := s.compare(ctx, in)
	if err != nil {
		return registry.Preview{}, err
	}
	for i := range p.Changes {
		if err := s.fill(ctx, &p.Changes[i], ids[i]); err != nil {
			return registry.Preview{}, err
		}
	}
	return p, nil
}

// places are the places in the table of held rows, by what they say.
type places map[string]int64

// compare makes a preview in which held rows have no more than their ids, batches
// and numbers, and for each change the places of the rows.
func (s *Store) compare(
	ctx context.Context, in registry.Import,
) (registry.Preview, []places, error) {
	if err := in.Check(); err != nil {
		return registry.Preview{}, nil, err
	}
	at, err := s.last(ctx)
	if err != nil {
		return registry.Preview{}, nil, err
	}
	held, err := s.heldAt(ctx, at)
	if err != nil {
		return registry.Preview{}, nil, err
	}
	p := registry.Preview{List: in.List, Source: in.Snapshots[0].Source,
		SHA256: in.Snapshots[0].SHA256, Rejected: in.Rejected}
	ids := make([]places, len(in.Snapshots))
	for i, snap := range in.Snapshots {
		c, at, err := s.change(ctx, snap, in.Rejected)
		if err != nil {
			return registry.Preview{}, nil, err
		}
		if c.Coverage, err = s.total(snap.Series, after(held, c)); err != nil {
			return registry.Preview{}, nil, err
		}
		p.Changes, ids[i] = append(p.Changes, c), at
	}
	return p, ids, nil
}

// change compares a snapshot with what is held of its series.
func (s *Store) change(
	ctx context.Context, snap registry.Snapshot, rejected []registry.Rejected,
) (registry.Change, places, error) {
	again, err := s.again(ctx, snap)
	if err != nil {
		return registry.Change{}, nil, err
	}
	if again != nil {
		return registry.Change{Series: snap.Series, Published: snap.Published, Again: again,
			Unchanged: len(snap.Records)}, nil, nil
	}
	held, at, err := s.heldOf(ctx, snap)
	if err != nil {
		return registry.Change{}, nil, err
	}
	return registry.Compare(held, snap, rejected), at, nil
}

// again finds the earlier import of the very file, read as it is now. The same
// bytes count as another file where a better reader accepts other rows of them.
func (s *Store) again(
	ctx context.Context, snap registry.Snapshot,
) (*registry.Imported, error) {
	var row snapshotRow
	err := s.db.From(ctx).Where("series = ? AND sha256 = ? AND reading = ?", string(snap.Series),
		snap.SHA256, reading(snap)).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ask for file %s: %w", snap.SHA256, err)
	}
	all, err := s.imported(ctx, []snapshotRow{row})
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// reading is the digest of what was read of a file.
func reading(snap registry.Snapshot) string {
	h := sha256.New()
	for _, r := range snap.Records {
		_, _ = io.WriteString(h, r.ID()+"\n") // a hash takes all
	}
	return hex.EncodeToString(h.Sum(nil))
}

// heldOf reads of the rows that are held in the batches of a snapshot as much as
// Compare asks, and their places.
func (s *Store) heldOf(
	ctx context.Context, snap registry.Snapshot,
) ([]registry.Row, places, error) {
	var names []string
	had := map[string]bool{}
	for _, r := range snap.Records {
		if !had[r.Batch] {
			had[r.Batch] = true
			names = append(names, r.Batch)
		}
	}
	var found []versionRow
	err := heldIn(s.db.From(ctx), snap.Series, names).Find(&found).Error
	if err != nil {
		return nil, nil, fmt.Errorf("read what is held of %s: %w", snap.Series, err)
	}
	rows, at := make([]registry.Row, len(found)), make(places, len(found))
	for i, v := range found {
		rows[i] = registry.Row{ID: v.Digest,
			Record: registry.Record{Series: snap.Series, Batch: v.Batch, Number: v.Number}}
		at[v.Digest] = v.ID
	}
	return rows, at, nil
}

func heldIn(orm *gorm.DB, series registry.Series, batches []string) *gorm.DB {
	return orm.Select("id, digest, batch, number").Where("known_until = 0").
		Where("series = ? AND batch IN ?", string(series), batches).Order("id")
}

// after are the batches of a series that are held behind a change.
func after(held []registry.Held, c registry.Change) []registry.Batch {
	var all []registry.Batch
	for _, b := range batchesOf(held, c.Series) {
		if !slices.ContainsFunc(c.Batches, func(n registry.HeldBatch) bool {
			return n.Name == b.Name
		}) {
			all = append(all, b)
		}
	}
	for _, b := range c.Batches {
		all = append(all, b.Batch)
	}
	return all
}

// page is how many rows are read or changed by one statement.
const page = 500

// fill reads what the held rows say that a change touches.
func (s *Store) fill(ctx context.Context, c *registry.Change, at places) error {
	var touched []*registry.Row
	for i := range c.Changed {
		touched = append(touched, &c.Changed[i].Old)
	}
	for i := range c.Withdrawn {
		touched = append(touched, &c.Withdrawn[i])
	}
	for i := range c.Unread {
		touched = append(touched, &c.Unread[i])
	}
	for part := range slices.Chunk(touched, page) {
		ids := make([]int64, len(part))
		for i, r := range part {
			ids[i] = at[r.ID]
		}
		var found []versionRow
		if err := s.db.From(ctx).Where("id IN ?", ids).Find(&found).Error; err != nil {
			return fmt.Errorf("read rows of %s that change: %w", c.Series, err)
		}
		rows, err := rowsOf(found)
		if err != nil {
			return err
		}
		of := map[string]registry.Row{}
		for _, r := range rows {
			of[r.ID] = r
		}
		for _, r := range part {
			*r = of[r.ID]
		}
	}
	return nil
}
