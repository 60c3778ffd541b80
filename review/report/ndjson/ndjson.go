// Package ndjson prints reports as newline-delimited JSON: one report a line, as
// soon as it is made.
package ndjson

import (
	"encoding/json"
	"io"

	"github.com/listgate/listgate/review/report"
)

// Form is the form "ndjson".
type Form struct{}

// Name implements report.Form.
func (Form) Name() string { return "ndjson" }

// Open implements report.Form.
func (Form) Open(w io.Writer, _ report.Options) report.Writer {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return writer{enc}
}

type writer struct{ enc *json.Encoder }

func (w writer) Write(d *report.Document) error { return w.enc.Encode(d) }

func (writer) Close() error { return nil }
