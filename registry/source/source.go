// Package source says what a reader of published lists is. Each has a folder of
// its own below this one; registry/builtin lists them.
package source

import (
	"io"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/registry"
)

// Source reads lists of one file format. Read returns a snapshot for each series
// in the file and the rows that it rejected; name says which file it is. With an
// error it returns nothing else; the error holds a *registry.Refused where the file
// is to blame.
type Source struct {
	Name   string // csv
	Suffix string // of its files: .csv
	Read   func(r io.Reader, name string, b *budget.Budget) ([]registry.Snapshot, []Rejected, error)
}

// Rejected is a row that was not read.
type Rejected = registry.Rejected
