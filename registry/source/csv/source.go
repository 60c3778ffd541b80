package csv

import "github.com/listgate/listgate/registry/source"

// Source is the reader of this package for registry/builtin.
func Source() source.Source { return source.Source{Name: "csv", Suffix: ".csv", Read: Read} }
