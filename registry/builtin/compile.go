package builtin

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/source/csv"
)

// totalsFile holds the published totals; every other table holds rows.
const totalsFile = "batches.csv"

// Compile reads the tables of a folder and returns the index that the program
// embeds. A rejected row is an error: what comes with the program is whole.
func Compile(folder fs.FS) ([]byte, error) {
	x, err := compile(folder)
	if err != nil {
		return nil, err
	}
	return encode(x)
}

func compile(folder fs.FS) (index, error) {
	totals, err := readTotals(folder)
	if err != nil {
		return index{}, err
	}
	x := index{Totals: totals}
	names, err := fs.Glob(folder, "*.csv")
	if err != nil {
		return index{}, fmt.Errorf("list the tables: %w", err)
	}
	for _, name := range names {
		if name == totalsFile {
			continue
		}
		snapshots, err := readTable(folder, name)
		if err != nil {
			return index{}, err
		}
		for _, s := range snapshots {
			s.Fetched = fetchedOn(s.Series, totals)
			x.Snapshots = append(x.Snapshots, withTotals(s, totals))
		}
	}
	if len(x.Snapshots) == 0 {
		return index{}, fmt.Errorf("compile the registry rows: no tables in the folder")
	}
	return x, nil
}

func readTable(folder fs.FS, name string) ([]registry.Snapshot, error) {
	f, err := folder.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open the rows: %w", err)
	}
	defer f.Close() //nolint:errcheck // read only
	snapshots, rejected, err := csv.Read(f, strings.TrimSuffix(name, ".csv"), nil)
	if err != nil {
		return nil, err
	}
	if len(rejected) > 0 {
		return nil, fmt.Errorf("read %s: line %d: %s", name, rejected[0].Line, rejected[0].Why.EN)
	}
	return snapshots, nil
}
