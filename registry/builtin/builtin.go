// Package builtin is the visible list of the sources of published lists, and the
// public rows that come with the program, compiled into one index.
package builtin

import (
	"fmt"
	"io"
	"path"
	"strings"
	"sync"

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
	totals, err := embeddedTotals()
	if err != nil {
		return registry.Snapshot{}, fmt.Errorf("read the embedded registry totals: %w", err)
	}
	return withTotals(s, totals), nil
}

var embeddedTotals = sync.OnceValues(func() ([]total, error) {
	x, err := decode(rowsIndex)
	return x.Totals, err
})

// Read reads a file that should be the list, with the source whose suffix its name
// has. A name without suffix is read as the first source. The error holds a
// *registry.Refused where the file is to blame; a file with rejected rows is none,
// they are in the import.
func Read(r io.Reader, name string, list registry.List) (registry.Import, error) {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	from, err := sourceOf(name)
	if err != nil {
		return registry.Import{}, err
	}
	in := registry.Import{List: list}
	if in.Snapshots, in.Rejected, err = from.Read(r, name, nil); err != nil {
		return registry.Import{}, err
	}
	if err := in.Check(); err != nil {
		return registry.Import{}, err
	}
	return in, nil
}

func sourceOf(name string) (source.Source, error) {
	suffix := strings.ToLower(path.Ext(name))
	var known []string
	for _, s := range Sources() {
		if s.Suffix == suffix || suffix == "" {
			return s, nil
		}
		known = append(known, s.Suffix)
	}
	readable := strings.Join(known, ", ")
	return source.Source{}, &registry.Refused{Cause: registry.ErrInvalid, Why: registry.Text{
		ZH: fmt.Sprintf("不能读取“%.20s”文件，可读取的有：%s", suffix, readable),
		EN: fmt.Sprintf("files of the form %.20q cannot be read, only %s", suffix, readable),
	}}
}
