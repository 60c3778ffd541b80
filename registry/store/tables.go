package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/registry"
)

// snapshotRow is a row of registry_snapshots.
type snapshotRow struct {
	ID        string
	Series    string
	Source    string
	Published string
	Fetched   string
	SHA256    string `gorm:"column:sha256"`
	Reading   string // digest of the ids of its rows
	Imported  database.Millis
	ByID      string
	ByName    string
	RowCount  int
	Added     int
	Changed   int
	Withdrawn int
	Unchanged int
	LeftOut   int
	Rejected  string
	Coverage  string // of the file
	Held      string // coverage of the series after the import
}

// TableName implements schema.Tabler.
func (snapshotRow) TableName() string { return "registry_snapshots" }

func (r snapshotRow) snapshot() registry.Snapshot {
	return registry.Snapshot{Source: r.Source, Series: registry.Series(r.Series),
		Published: r.Published, Fetched: r.Fetched, SHA256: r.SHA256}
}

func (r snapshotRow) domain() (registry.Imported, error) {
	out := registry.Imported{
		ID: r.ID, Snapshot: r.snapshot(), At: r.Imported.Time(),
		By: registry.Actor{ID: r.ByID, Name: r.ByName},
		Counts: registry.Counts{Rows: r.RowCount, Added: r.Added, Changed: r.Changed,
			Withdrawn: r.Withdrawn, Unchanged: r.Unchanged, Rejected: r.LeftOut},
	}
	if err := json.Unmarshal([]byte(r.Coverage), &out.Coverage); err != nil {
		return registry.Imported{}, fmt.Errorf("coverage of import %s: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Rejected), &out.Rejected); err != nil {
		return registry.Imported{}, fmt.Errorf("rejected rows of import %s: %w", r.ID, err)
	}
	return out, nil
}

// batchRow is a row of registry_batches.
type batchRow struct {
	Snapshot   string
	Name       string
	Place      int
	Series     string
	Published  string
	FirstDay   string
	Held       int
	KnownFrom  database.Millis
	KnownUntil database.Millis
}

// TableName implements schema.Tabler.
func (batchRow) TableName() string { return "registry_batches" }

// versionRow is a row of registry_rows.
type versionRow struct {
	ID         int64 `gorm:"primaryKey;autoIncrement:false"`
	Digest     string
	Series     string
	Batch      string
	Number     string
	Published  string
	Name       string
	Entity     string
	Products   string
	Body       string
	Snapshot   string
	KnownFrom  database.Millis
	KnownUntil database.Millis
	Ended      string
	EndedBy    string
	Newest     int
}

// TableName implements schema.Tabler.
func (versionRow) TableName() string { return "registry_rows" }

// versionOf is a record as it begins to be held.
func versionOf(r registry.Record) (versionRow, error) {
	body, err := document(r)
	if err != nil {
		return versionRow{}, fmt.Errorf("keep row %s: %w", r.Number, err)
	}
	products := make([]string, len(r.Products))
	for i, p := range r.Products {
		products[i] = registry.Fold(p.Name)
	}
	return versionRow{
		Digest: r.ID(), Series: string(r.Series), Batch: r.Batch,
		Number: registry.NumberKey(r.Number), Published: r.Day(),
		Name: registry.Fold(r.Name), Entity: registry.Fold(r.Entity),
		Products: strings.Join(products, "\n"), Body: body, Newest: 1,
	}, nil
}

// errAltered is the error of a row whose words are not those that were imported.
var errAltered = errors.New("it says something else than was imported")

func (v versionRow) record() (registry.Record, error) {
	var r registry.Record
	if err := json.Unmarshal([]byte(v.Body), &r); err != nil {
		return r, fmt.Errorf("read row %d of the registry: %w", v.ID, err)
	}
	if r.ID() != v.Digest {
		return r, fmt.Errorf("row %d of the registry: %w", v.ID, errAltered)
	}
	return r, nil
}

func (v versionRow) domain() (registry.Row, error) {
	r, err := v.record()
	if err != nil {
		return registry.Row{}, err
	}
	return registry.Row{
		ID: v.Digest, Record: r, From: v.KnownFrom.Time(), Until: v.KnownUntil.Time(),
		Ended: registry.Ending(v.Ended), Snapshot: v.Snapshot, EndedBy: v.EndedBy,
	}, nil
}

func rowsOf(versions []versionRow) ([]registry.Row, error) {
	rows := make([]registry.Row, len(versions))
	for i, v := range versions {
		var err error
		if rows[i], err = v.domain(); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// The bounds of what of a row can be searched for.
const (
	maxGramText = 200  // characters of one name
	maxGrams    = 1000 // of one row
)

// grams are the pairs of neighbouring characters of a row's names, each once.
func (v versionRow) grams() []string {
	var all []string
	had := map[string]bool{}
	texts := append([]string{v.Name, v.Entity}, strings.Split(v.Products, "\n")...)
	for _, t := range texts {
		for _, g := range pairs(t) {
			if !had[g] && len(all) < maxGrams {
				had[g] = true
				all = append(all, g)
			}
		}
	}
	return all
}

// pairs are the pairs of neighbouring characters of a text.
func pairs(text string) []string {
	r := []rune(text)
	r = r[:min(len(r), maxGramText)]
	var all []string
	for i := 1; i < len(r); i++ {
		all = append(all, string(r[i-1:i+1]))
	}
	return all
}
