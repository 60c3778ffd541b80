package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"github.com/listgate/listgate/registry"
)

// The bounds of what is listed at once.
const (
	mostListed  = 50 // imports
	maxVersions = 1000
)

// Row returns the newest version that says what this id (registry.Record.ID) names,
// or an error that wraps registry.ErrNotFound.
func (s *Store) Row(ctx context.Context, id string) (registry.Row, error) {
	var v versionRow
	err := s.db.From(ctx).Where("digest = ?", id).Order("id DESC").Take(&v).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = registry.ErrNotFound
	}
	if err != nil {
		return registry.Row{}, fmt.Errorf("row %.80q of the registry: %w", id, err)
	}
	return v.domain()
}

// Versions lists what a series ever had under a number, in whatever batch, oldest
// first.
func (s *Store) Versions(
	ctx context.Context, series registry.Series, num string,
) ([]registry.Row, error) {
	var found []versionRow
	err := s.db.From(ctx).Where("number = ? AND series = ?", registry.NumberKey(num),
		string(series)).Order("id").Limit(maxVersions).Find(&found).Error
	if err != nil {
		return nil, fmt.Errorf("versions of %.80q in %s: %w", num, series, err)
	}
	return rowsOf(found)
}

// Snapshots lists the imports of a series, or with an empty one of all, the last
// first. Next is where to go on, empty at the end.
func (s *Store) Snapshots(
	ctx context.Context, series registry.Series, after string,
) (list []registry.Imported, next string, err error) {
	var found []snapshotRow
	if err := snapshotsOf(s.db.From(ctx), series, after).Find(&found).Error; err != nil {
		return nil, "", fmt.Errorf("list imports: %w", err)
	}
	if len(found) > mostListed {
		found = found[:mostListed]
		next = found[mostListed-1].ID
	}
	list, err = s.imported(ctx, found)
	return list, next, err
}

func snapshotsOf(orm *gorm.DB, series registry.Series, after string) *gorm.DB {
	orm = orm.Order("imported DESC, id DESC").Limit(mostListed + 1)
	if series != "" {
		orm = orm.Where("series = ?", string(series))
	}
	if after != "" {
		orm = orm.Where("(imported, id) < "+
			"(SELECT a.imported, a.id FROM registry_snapshots AS a WHERE a.id = ?)", after)
	}
	return orm
}

// Snapshot returns one import, or an error that wraps registry.ErrNotFound.
func (s *Store) Snapshot(ctx context.Context, id string) (registry.Imported, error) {
	var found []snapshotRow
	if err := s.db.From(ctx).Where("id = ?", id).Find(&found).Error; err != nil {
		return registry.Imported{}, fmt.Errorf("import %.80q: %w", id, err)
	}
	if len(found) == 0 {
		return registry.Imported{}, fmt.Errorf("import %.80q: %w", id, registry.ErrNotFound)
	}
	all, err := s.imported(ctx, found)
	if err != nil {
		return registry.Imported{}, err
	}
	return all[0], nil
}

// imported reads which batches the snapshots still answer for.
func (s *Store) imported(
	ctx context.Context, rows []snapshotRow,
) ([]registry.Imported, error) {
	all := make([]registry.Imported, len(rows))
	ids, at := make([]string, len(rows)), map[string]int{}
	for i, r := range rows {
		var err error
		if all[i], err = r.domain(); err != nil {
			return nil, err
		}
		ids[i], at[r.ID] = r.ID, i
	}
	var batches []batchRow
	err := s.db.From(ctx).Where("snapshot IN ? AND known_until = 0", ids).
		Order("snapshot, place").Find(&batches).Error
	if err != nil {
		return nil, fmt.Errorf("batches of imports: %w", err)
	}
	for _, b := range batches {
		i := at[b.Snapshot]
		all[i].Holds = append(all[i].Holds, b.Name)
	}
	return all, nil
}
