// Package builtin is the visible list of the sources of published lists, and the
// public rows that come with the program, compiled into one index.
package builtin

import (
	"fmt"

	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/source"
	"github.com/listgate/listgate/registry/source/csv"
)

//go:generate go run ./gen ../rows rows.index

// Sources lists the readers of published lists, in the order in which they are
// tried.
func Sources() []source.Source {
	return []source.Source{
		csv.Source(),
	}
}

// Embedded returns a lookup over the rows that come with the program. They are
// part of what was published: Series.Held says which.
func Embedded() (registry.Lookup, error) {
	snapshots, err := Snapshots()
	if err != nil {
		return nil, err
	}
	return registry.NewMemory(snapshots...), nil
}

// Snapshots returns the embedded snapshots with their records, one a series.
func Snapshots() ([]registry.Snapshot, error) {
	x, err := decode(rowsIndex)
	if err != nil {
		return nil, fmt.Errorf("read the embedded registry rows: %w", err)
	}
	return x.Snapshots, nil
}

// WithTotals sets what is known of the published totals on the coverage of a
// snapshot that was read from elsewhere: the batches it lacks, the rows that each
// has, and whether it is complete as of the day on which the totals were read.
func WithTotals(s registry.Snapshot) (registry.Snapshot, error) {
	x, err := decode(rowsIndex)
	if err != nil {
		return registry.Snapshot{}, fmt.Errorf("read the embedded registry totals: %w", err)
	}
	return withTotals(s, x.Totals), nil
}
