package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/registry"
)

// writing is one snapshot being stored, in the transaction of its import.
type writing struct {
	*Store
	row    snapshotRow
	change registry.Change
	at     places
}

func (w writing) write(ctx context.Context) error {
	if err := w.db.From(ctx).Create(&w.row).Error; err != nil {
		return fmt.Errorf("keep import of %s: %w", w.row.Source, err)
	}
	if err := w.takeBatches(ctx); err != nil {
		return fmt.Errorf("keep batches of %s: %w", w.row.Source, err)
	}
	var changed, withdrawn []int64
	added := slices.Clone(w.change.Added)
	for _, a := range w.change.Changed {
		changed, added = append(changed, w.at[a.Old.ID]), append(added, a.New)
	}
	for _, r := range w.change.Withdrawn {
		withdrawn = append(withdrawn, w.at[r.ID])
	}
	if err := w.end(ctx, registry.Amended, changed); err != nil {
		return err
	}
	if err := w.end(ctx, registry.Withdrawn, withdrawn); err != nil {
		return err
	}
	if err := w.older(ctx); err != nil {
		return err
	}
	return w.add(ctx, added)
}

// takeBatches makes this snapshot answer for its batches, and no earlier one.
func (w writing) takeBatches(ctx context.Context) error {
	rows, names := []batchRow{}, []string{}
	for i, b := range w.change.Batches {
		names = append(names, b.Name)
		rows = append(rows, batchRow{
			Snapshot: w.row.ID, Name: b.Name, Place: i, Series: w.row.Series,
			Published: b.Published, FirstDay: b.First, Held: b.Held, KnownFrom: w.row.Imported,
		})
	}
	err := w.db.From(ctx).Model(&batchRow{}).Where("known_until = 0").
		Where("series = ? AND name IN ?", w.row.Series, names).
		Update("known_until", w.row.Imported).Error
	if err != nil {
		return err
	}
	return w.db.From(ctx).CreateInBatches(rows, page).Error
}

// end ends versions of rows.
func (w writing) end(ctx context.Context, how registry.Ending, ids []int64) error {
	set := map[string]any{
		"known_until": w.row.Imported, "ended": string(how), "ended_by": w.row.ID,
	}
	if how == registry.Amended {
		set["newest"] = 0
	}
	for part := range slices.Chunk(ids, page) {
		err := w.db.From(ctx).Model(&versionRow{}).Where("id IN ?", part).Updates(set).Error
		if err != nil {
			return fmt.Errorf("end rows of %s: %w", w.row.Series, err)
		}
	}
	return nil
}

// older marks versions that were withdrawn and whose rows are in the list again.
func (w writing) older(ctx context.Context) error {
	for part := range slices.Chunk(w.change.Added, page) {
		numbers := make([]string, len(part))
		had := map[string]bool{}
		for i, r := range part {
			numbers[i] = registry.NumberKey(r.Number)
			had[r.Batch+"\n"+numbers[i]] = true
		}
		var found []versionRow
		if err := withdrawn(w.db.From(ctx), w.row.Series, numbers).Find(&found).Error; err != nil {
			return fmt.Errorf("rows of %s that were withdrawn: %w", w.row.Series, err)
		}
		var ids []int64
		for _, v := range found {
			if had[v.Batch+"\n"+v.Number] {
				ids = append(ids, v.ID)
			}
		}
		err := w.db.From(ctx).Model(&versionRow{}).Where("id IN ?", ids).Update("newest", 0).Error
		if err != nil {
			return fmt.Errorf("rows of %s that were withdrawn: %w", w.row.Series, err)
		}
	}
	return nil
}

func withdrawn(orm *gorm.DB, series string, numbers []string) *gorm.DB {
	return orm.Select("id, batch, number").Where("number IN ? AND series = ?", numbers, series).
		Where("newest = 1 AND known_until > 0")
}

// add adds versions of rows, with what they are searched by.
func (w writing) add(ctx context.Context, records []registry.Record) error {
	var last int64
	err := w.db.From(ctx).Raw("SELECT coalesce(max(id), 0) FROM registry_rows").Scan(&last).Error
	if err != nil {
		return fmt.Errorf("last row of the registry: %w", err)
	}
	for part := range slices.Chunk(records, page) {
		rows := make([]versionRow, len(part))
		grams := [][2]any{} // never null
		for i, r := range part {
			if rows[i], err = versionOf(r); err != nil {
				return err
			}
			last++
			rows[i].ID, rows[i].Snapshot, rows[i].KnownFrom = last, w.row.ID, w.row.Imported
			for _, g := range rows[i].grams() {
				grams = append(grams, [2]any{g, last})
			}
		}
		if err := w.db.From(ctx).Create(rows).Error; err != nil {
			return fmt.Errorf("add rows of %s: %w", w.row.Series, err)
		}
		if err := w.index(ctx, grams); err != nil {
			return fmt.Errorf("index rows of %s: %w", w.row.Series, err)
		}
	}
	return nil
}

// addGrams adds what one JSON text holds, in the order in which the table is kept: as
// values of a statement they would take the database longer to read than to store.
var addGrams = map[database.Dialect]string{
	database.SQLite: "INSERT INTO registry_grams (gram, row_id) " +
		"SELECT value ->> 0, value ->> 1 FROM json_each(?) ORDER BY 1, 2",
	database.Postgres: "INSERT INTO registry_grams (gram, row_id) " +
		"SELECT g ->> 0, (g ->> 1)::bigint FROM json_array_elements(?::json) AS g ORDER BY 1, 2",
}

// index adds pairs of a gram and a row.
func (w writing) index(ctx context.Context, grams [][2]any) error {
	text, err := document(grams)
	if err != nil {
		return err
	}
	return w.db.From(ctx).Exec(addGrams[w.db.Dialect()], text).Error
}
