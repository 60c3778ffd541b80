// Package builtin is the visible list of output forms.
package builtin

import (
	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/review/report/json"
	"github.com/listgate/listgate/review/report/ndjson"
	"github.com/listgate/listgate/review/report/text"
)

// Forms returns every output form; the first is the default.
func Forms() []report.Form {
	return []report.Form{text.Form{}, json.Form{}, ndjson.Form{}}
}

// Form returns the form of this name, or nil.
func Form(name string) report.Form {
	for _, f := range Forms() {
		if f.Name() == name {
			return f
		}
	}
	return nil
}
