package builtin

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"

	"github.com/listgate/listgate/registry"
)

// total is what was published of one batch, or of a whole series where the totals
// of its batches are not known. Checked is the day on which it was read.
type total struct {
	Series    registry.Series
	Batch     string // wholeSeries for all of them
	Published string
	Rows      int
	Checked   string
}

const wholeSeries = "合计"

var totalsHeader = []string{"系列", "批次", "公告日期", "行数", "核对日期", "出处"}

func readTotals(folder fs.FS) ([]total, error) {
	f, err := folder.Open(totalsFile)
	if err != nil {
		return nil, fmt.Errorf("open the totals: %w", err)
	}
	defer f.Close() //nolint:errcheck // read only
	rows := csv.NewReader(f)
	header, err := rows.Read()
	if err != nil || !slices.Equal(header, totalsHeader) {
		return nil, fmt.Errorf("read %s: the columns are not %q", totalsFile, totalsHeader)
	}
	var all []total
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", totalsFile, err)
		}
		n, err := strconv.Atoi(row[3])
		if err != nil || n < 1 {
			return nil, fmt.Errorf("read %s: batch %s has %q rows", totalsFile, row[1], row[3])
		}
		all = append(all, total{registry.Series(row[0]), row[1], row[2], n, row[4]})
	}
}

// withTotals puts the batches of a snapshot in their published order, those that
// it lacks with nothing held. Where only the total of the series is known, what
// is not held of it stands as one last batch.
func withTotals(s registry.Snapshot, totals []total) registry.Snapshot {
	held := map[string]registry.Batch{}
	for _, b := range s.Coverage.Batches {
		held[b.Name] = b
	}
	var batches []registry.Batch
	var whole total
	for _, t := range totals {
		if t.Series != s.Series {
			continue
		}
		if t.Batch == wholeSeries {
			whole = t
			continue
		}
		b := registry.Batch{Name: t.Batch, Published: t.Published, Rows: t.Rows,
			Held: held[t.Batch].Held}
		batches = append(batches, b)
		delete(held, t.Batch)
	}
	known, rows := len(batches) > 0, 0
	for _, b := range s.Coverage.Batches {
		rows += b.Held
		if _, left := held[b.Name]; left {
			batches = append(batches, b)
		}
	}
	complete := known && len(held) == 0
	if whole.Rows > 0 {
		complete = rows >= whole.Rows
		if rows < whole.Rows {
			batches = append(batches, registry.Batch{
				Name: "至" + whole.Published + "其余各期", Published: whole.Published,
				Rows: whole.Rows - rows,
			})
		}
	}
	for _, b := range batches {
		complete = complete && b.Held >= b.Rows
	}
	s.Coverage = registry.Coverage{Batches: batches, Complete: complete}
	return s
}

// fetchedOn is the day on which the rows and totals of a series were read.
func fetchedOn(series registry.Series, totals []total) string {
	day := ""
	for _, t := range totals {
		if t.Series == series {
			day = max(day, t.Checked)
		}
	}
	return day
}
