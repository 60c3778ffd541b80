// Package rules holds the knowledge base: one YAML file a product under
// <kind>/<id>.yaml, and the index that is compiled from them and embedded.
//
// After a rule is added or changed, go generate writes the index anew; a test
// finds it stale.
package rules

import (
	_ "embed"

	"github.com/listgate/listgate/analyzer/rule"
)

//go:generate go run generate.go

//go:embed index.json.zst
var index []byte

// Load returns the embedded rules, ready to match. It takes a few milliseconds.
func Load() (*rule.Set, error) { return rule.Unpack(index) }
