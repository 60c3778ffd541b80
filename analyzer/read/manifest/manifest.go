// Package manifest reads an APK's AndroidManifest.xml together with the resource
// table that its values point into: identity, labels, permissions, components,
// meta-data, and the texts of the table.
package manifest

import (
	"context"
	"errors"
	"fmt"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/arsc"
	"github.com/listgate/listgate/analyzer/decode/axml"
)

const (
	manifestEntry = "AndroidManifest.xml"
	tableEntry    = "resources.arsc"
)

// Reader reads the manifest at the root of an APK. A manifest that the device
// would refuse is an error; a resource table that it would refuse is a gap, and
// the manifest's own values stand.
type Reader struct{}

// Name returns "manifest".
func (Reader) Name() string { return "manifest" }

// Version returns 1.
func (Reader) Version() int { return 1 }

// Want picks the manifest of an APK; the resource table is opened beside it.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	return c.Format == analyzer.APK && e.Name() == manifestEntry
}

// Read emits one Identity, a record for each permission, component and meta-data
// element, the kept strings of both files, and the anomalies and gaps met.
func (Reader) Read(ctx context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	doc, err := axml.Decode(in.Data, in.Budget)
	if err != nil {
		return fmt.Errorf("parse %s: %w", manifestEntry, err)
	}
	if root := doc.Root; root.Name != "manifest" {
		err := budget.Malformed("root", root.Offset, "a %.40q element", root.Name)
		return fmt.Errorf("parse %s: %w", manifestEntry, err)
	}
	r := &reading{doc: doc, emit: emit, seen: map[string]bool{}, kept: map[string]bool{},
		texts: map[resourceText]bool{}}
	raw := r.openTable(ctx, in)
	r.anomalies()
	r.identity(in.Data, raw)
	r.permissions()
	r.application()
	r.strings(doc.Root)
	return r.tableStrings(ctx)
}

// reading is one run over one manifest.
type reading struct {
	doc   *axml.Document
	table *arsc.Table // nil where there is none or it cannot be read
	emit  func(analyzer.Record)
	seen  map[string]bool // elements that must not be repeated
	kept  map[string]bool // values of the manifest that were looked at
	texts map[resourceText]bool
}

// openTable decodes the resource table and returns its bytes, nil where it has
// none that can be read: each reason but absence is a gap.
func (r *reading) openTable(ctx context.Context, in analyzer.Input) []byte {
	data, err := in.Open(ctx, tableEntry)
	if err != nil {
		r.gap(err, analyzer.GapUnreadable)
		return nil
	}
	if data == nil {
		return nil
	}
	if r.table, err = arsc.Decode(data, in.Budget); err != nil {
		r.gap(err, analyzer.GapMalformed)
		if !errors.Is(err, budget.ErrExhausted) {
			r.emit(analyzer.Anomaly{Code: analyzer.ResourceTable, What: err.Error(),
				Where: analyzer.Where{Entry: tableEntry}})
		}
		return nil
	}
	return data
}

// gap reports that the table could not be read to its end.
func (r *reading) gap(err error, reason analyzer.GapReason) {
	switch {
	case errors.Is(err, budget.ErrExhausted):
		reason = analyzer.GapBudget
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		reason = analyzer.GapCancelled
	}
	r.emit(analyzer.Gap{Reason: reason, Detail: err.Error(),
		Where: analyzer.Where{Entry: tableEntry}, Code: true})
}

func (r *reading) anomalies() {
	codes := map[axml.Kind]analyzer.AnomalyCode{
		axml.KindChunk:   analyzer.ManifestChunk,
		axml.KindStrings: analyzer.ManifestStrings,
		axml.KindText:    analyzer.ManifestText,
	}
	for _, a := range r.doc.Anomalies {
		r.emit(analyzer.Anomaly{Code: codes[a.Kind], What: a.Detail,
			Where: analyzer.Where{Entry: manifestEntry, Offset: a.Offset}})
	}
	if r.table == nil {
		return
	}
	for _, a := range r.table.Anomalies {
		r.emit(analyzer.Anomaly{Code: analyzer.ResourceTable, What: a.Detail,
			Where: analyzer.Where{Entry: tableEntry, Offset: a.Offset}})
	}
}

// repeated reports, as an anomaly, that an element stands in the manifest twice.
func (r *reading) repeated(key, what string, where analyzer.Where) bool {
	if !r.seen[key] {
		r.seen[key] = true
		return false
	}
	r.emit(analyzer.Anomaly{Code: analyzer.ManifestDuplicate, What: what, Where: where})
	return true
}

// value follows a reference into the table; one that leads nowhere stays.
func (r *reading) value(v axml.Value) axml.Value {
	if !v.IsReference() || r.table == nil {
		return v
	}
	if got, ok := r.table.Resolve(v.Data, ""); ok {
		return axml.Value(got)
	}
	return v
}

// text returns a system attribute as text, references followed; empty where the
// element has none.
func (r *reading) text(e *axml.Element, name string) string {
	a, _ := e.Attr(name)
	return r.value(a.Value).String()
}

// at points at the bytes of the element's name, or at the element where it has
// none.
func at(e *axml.Element, part string) analyzer.Where {
	where := analyzer.Where{Entry: manifestEntry, Offset: e.Offset, Part: part}
	if name, ok := e.Attr("name"); ok && name.Offset != 0 {
		where.Offset = name.Offset
	}
	return where
}
