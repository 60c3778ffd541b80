package store

import (
	"context"
	"fmt"

	"github.com/listgate/listgate/registry"
)

// program imports what comes with the program.
var program = registry.Actor{ID: "system", Name: "Listgate"}

// Seed imports the rows that come with the program (builtin.Snapshots) as any list is
// imported. It may be called at each start: what it imported before changes nothing,
// and lists of which a person has imported any are left alone, since what comes with
// the program is a part of what was published.
func (s *Store) Seed(
	ctx context.Context, snapshots []registry.Snapshot,
) ([]registry.Applied, error) {
	var all []registry.Applied
	err := s.db.Do(ctx, func(ctx context.Context) error {
		if err := s.alone(ctx); err != nil {
			return err
		}
		had := map[registry.List]bool{}
		for _, snap := range snapshots {
			list := registry.ListOf(snap.Series)
			if had[list] {
				continue
			}
			had[list] = true
			done, err := s.seed(ctx, list, snapshots)
			if err != nil {
				return err
			}
			all = append(all, done...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("import the rows of the program: %w", err)
	}
	return all, nil
}

// seed imports one list of the snapshots, where no person has imported it.
func (s *Store) seed(
	ctx context.Context, list registry.List, snapshots []registry.Snapshot,
) ([]registry.Applied, error) {
	in := registry.Import{List: list}
	var series []string
	for _, snap := range snapshots {
		if registry.ListOf(snap.Series) == list {
			in.Snapshots = append(in.Snapshots, snap)
			series = append(series, string(snap.Series))
		}
	}
	var others int64
	err := s.db.From(ctx).Model(&snapshotRow{}).Where("series IN ?", series).
		Where("by_id <> ?", program.ID).Count(&others).Error
	if err != nil || others > 0 {
		return nil, err
	}
	p, _, err := s.compare(ctx, in)
	if err != nil {
		return nil, err
	}
	done, err := s.Apply(ctx, in, registry.Consent{Fingerprint: p.Fingerprint(), By: program})
	return []registry.Applied{done}, err
}
