package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/registry"
)

// last returns the time of the last import, 0 where there was none.
func (s *Store) last(ctx context.Context) (at database.Millis, err error) {
	err = s.db.From(ctx).Raw("SELECT coalesce(max(imported), 0) FROM registry_snapshots").
		Scan(&at).Error
	if err != nil {
		return 0, fmt.Errorf("time of the last import: %w", err)
	}
	return at, nil
}

// answering is a batch with the snapshot that answered for it at some time.
type answering struct {
	Batch batchRow    `gorm:"embedded;embeddedPrefix:b_"`
	By    snapshotRow `gorm:"embedded;embeddedPrefix:s_"`
}

const answeringColumns = `b.name AS b_name, b.published AS b_published,
	b.first_day AS b_first_day, b.held AS b_held, s.id AS s_id, s.series AS s_series,
	s.source AS s_source, s.published AS s_published, s.fetched AS s_fetched,
	s.sha256 AS s_sha256`

// answeringAt selects the batches that were held at a time, in the order of imports.
func answeringAt(orm *gorm.DB, at database.Millis) *gorm.DB {
	return orm.Table("registry_batches AS b").Select(answeringColumns).
		Joins("JOIN registry_snapshots AS s ON s.id = b.snapshot").
		Where("b.known_from <= ? AND (b.known_until = 0 OR b.known_until > ?)", at, at).
		Order("s.imported, s.id, b.place")
}

// heldAt returns the snapshots that were held at a time, each with the batches that
// it answered for then; the totals of these are not set.
func (s *Store) heldAt(ctx context.Context, at database.Millis) ([]registry.Held, error) {
	var found []answering
	if err := answeringAt(s.db.From(ctx), at).Scan(&found).Error; err != nil {
		return nil, fmt.Errorf("lists that are held: %w", err)
	}
	var held []registry.Held
	of := ""
	for _, f := range found {
		if f.By.ID != of {
			held, of = append(held, registry.Held{Snapshot: f.By.snapshot()}), f.By.ID
		}
		h := &held[len(held)-1]
		h.First = earlier(h.First, f.Batch.FirstDay)
		h.Coverage.Batches = append(h.Coverage.Batches, registry.Batch{
			Name: f.Batch.Name, Published: f.Batch.Published, Held: f.Batch.Held,
		})
	}
	return held, nil
}

func earlier(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// batchesOf are the batches of a series that are held.
func batchesOf(held []registry.Held, series registry.Series) []registry.Batch {
	var all []registry.Batch
	for _, h := range held {
		if h.Series == series {
			all = append(all, h.Coverage.Batches...)
		}
	}
	return all
}

// covered sets on each snapshot its part of what is held of its series.
func covered(
	held []registry.Held, whole func(registry.Series) (registry.Coverage, error),
) ([]registry.Held, error) {
	of := map[registry.Series][]registry.Held{}
	for _, h := range held {
		of[h.Series] = append(of[h.Series], h)
	}
	for series, part := range of {
		c, err := whole(series)
		if err != nil {
			return nil, err
		}
		of[series] = registry.Spread(c, part)
	}
	out := make([]registry.Held, len(held))
	for i, h := range held {
		out[i], of[h.Series] = of[h.Series][0], of[h.Series][1:]
	}
	return out, nil
}

// coverageAt is what the last import before a time left of a series.
func (s *Store) coverageAt(
	ctx context.Context, series registry.Series, at database.Millis,
) (registry.Coverage, error) {
	var row snapshotRow
	var c registry.Coverage
	err := s.db.From(ctx).Where("series = ? AND imported <= ?", string(series), at).
		Order("imported DESC, id DESC").Take(&row).Error
	if err == nil {
		err = json.Unmarshal([]byte(row.Held), &c)
	}
	if err != nil {
		return registry.Coverage{}, fmt.Errorf("coverage of %s: %w", series, err)
	}
	return c, nil
}
