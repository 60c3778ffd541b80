// Package manifest reads the AndroidManifest.xml of an APK or of a module of an app
// bundle together with the resource table that its values point into: identity,
// labels, permissions, components, meta-data, and the texts of the table.
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
	protoTable    = "resources.pb" // of a module
)

// Reader reads the manifest at the root of an APK, or of a module as the APK that
// is built of it would have it. A manifest that the device would refuse is an error;
// a resource table that it would refuse is a gap, and the manifest's own values
// stand.
type Reader struct{}

// Name returns "manifest".
func (Reader) Name() string { return "manifest" }

// Version rises with each change of what is emitted.
func (Reader) Version() int { return 2 }

// Want picks the manifest; the resource table is opened beside it.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	return (c.Format == analyzer.APK || c.Format == analyzer.AAB) && e.Name() == manifestEntry
}

// Read emits one Identity, a record for each permission, component and meta-data
// element, the kept strings of both files, and the anomalies and gaps met.
func (Reader) Read(ctx context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	bundled := in.Contents.Format == analyzer.AAB
	decode := axml.Decode
	if bundled {
		decode = axml.DecodeProto
	}
	doc, err := decode(in.Data, in.Budget)
	if err != nil {
		return fmt.Errorf("parse %s: %w", manifestEntry, err)
	}
	if root := doc.Root; root.Name != "manifest" {
		err := budget.Malformed("root", root.Offset, "a %.40q element", root.Name)
		return fmt.Errorf("parse %s: %w", manifestEntry, err)
	}
	r := &reading{doc: doc, emit: emit, seen: map[string]bool{}, kept: map[string]bool{},
		texts: map[resourceText]bool{}, tableEntry: tableEntry, label: in.Contents.Label}
	var raw []byte
	if bundled {
		r.openProto(ctx, in)
	} else {
		raw = r.openTable(ctx, in)
	}
	r.anomalies()
	r.identity(in.Data, raw)
	r.permissions()
	r.application()
	r.strings(doc.Root)
	return r.tableStrings(ctx)
}

// reading is one run over one manifest.
type reading struct {
	doc        *axml.Document
	table      table // nil where there is none or it cannot be read
	tableEntry string
	odd        []arsc.Anomaly // of the table
	label      uint32         // the label that the base package names, for a split
	emit       func(analyzer.Record)
	seen       map[string]bool // elements that must not be repeated
	kept       map[string]bool // values of the manifest that were looked at
	texts      map[resourceText]bool
}

// table is a resource table in either form.
type table interface {
	Resolve(id uint32, lang string) (arsc.Value, bool)
	Languages(id uint32) map[string]arsc.Value
	Strings(yield func(arsc.Text) bool)
	Err() error
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
	t, err := arsc.Decode(data, in.Budget)
	if err != nil {
		r.refuse(err)
		return nil
	}
	r.table, r.odd = t, t.Anomalies
	return data
}

// openProto decodes the resource table of a module.
func (r *reading) openProto(ctx context.Context, in analyzer.Input) {
	r.tableEntry = protoTable
	data, err := in.Open(ctx, protoTable)
	if err != nil {
		r.gap(err, analyzer.GapUnreadable)
		return
	}
	if data == nil {
		return
	}
	t, err := arsc.DecodeProto(data, in.Budget)
	if err != nil {
		r.refuse(err)
		return
	}
	r.table = t
}

// refuse reports a table that cannot be decoded.
func (r *reading) refuse(err error) {
	r.gap(err, analyzer.GapMalformed)
	if !errors.Is(err, budget.ErrExhausted) {
		r.emit(analyzer.Anomaly{Code: analyzer.ResourceTable, What: err.Error(),
			Where: analyzer.Where{Entry: r.tableEntry}})
	}
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
		Where: analyzer.Where{Entry: r.tableEntry}, Code: true})
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
	for _, a := range r.odd {
		r.emit(analyzer.Anomaly{Code: analyzer.ResourceTable, What: a.Detail,
			Where: analyzer.Where{Entry: r.tableEntry, Offset: a.Offset}})
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
