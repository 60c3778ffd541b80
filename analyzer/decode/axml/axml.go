// Package axml decodes Android's binary XML, the form in which an APK holds its
// manifest: a ResXMLTree of chunks over one string pool (AOSP, ResourceTypes.h).
//
// Decode reads what the device's loader reads and lists each trick that a sound
// file does not have. Validate is stricter: what it accepts may be handed to a
// library that trusts the sizes and counts of its input.
package axml

import (
	"bytes"

	"github.com/listgate/listgate/analyzer/budget"
)

// AndroidNS is the namespace of the attributes that the system defines.
const AndroidNS = "http://schemas.android.com/apk/res/android"

// Document is a decoded file.
type Document struct {
	Root      *Element
	Anomalies []Anomaly // at most 64, in file order
}

// Kind says which part of the file an anomaly is about.
type Kind string

// The kinds of anomalies.
const (
	KindChunk   Kind = "chunk"   // a chunk with a false size, place or type
	KindStrings Kind = "strings" // a string pool, or a use of it, that lies
	KindText    Kind = "text"    // plain XML where binary XML belongs
)

// Anomaly is something that the device tolerates and a sound file does not have.
type Anomaly struct {
	Kind   Kind
	Offset int64
	Detail string // in English, lower case
}

// Element is one element. Offset is that of its chunk.
type Element struct {
	Namespace, Name string
	Attributes      []Attribute
	Children        []*Element
	Text            []string // character data directly inside, piece by piece
	Offset          int64
}

// Attribute is one attribute. ID is its resource id, 0 where it has none: the
// device finds the system's attributes by id, so Name and Namespace follow the id
// where it is known and the name in the file where it is not.
type Attribute struct {
	Namespace, Name string
	ID              uint32
	Value           Value
	RawValue        string // the text as it was written; empty where the file keeps none
	Offset          int64  // of the string's bytes, or of the attribute's
}

// Attr returns the system attribute of this name. One that is named by its id
// goes before one that is named by its text alone, as on the device; of equals
// the first.
func (e *Element) Attr(name string) (Attribute, bool) {
	var found Attribute
	var ok bool
	for _, a := range e.Attributes {
		if a.Namespace != AndroidNS || a.Name != name {
			continue
		}
		if a.ID != 0 {
			return a, true
		}
		if !ok {
			found, ok = a, true
		}
	}
	return found, ok
}

// Plain returns the first attribute of this name that has no namespace.
func (e *Element) Plain(name string) (Attribute, bool) {
	for _, a := range e.Attributes {
		if a.Namespace == "" && a.Name == name {
			return a, true
		}
	}
	return Attribute{}, false
}

const (
	maxDepth     = 256
	maxAnomalies = 64
)

// Decode reads binary XML, or plain XML where the file begins with "<". The tree
// is withdrawn from b before it is built. An error wraps a *budget.FormatError
// where the device would refuse the file, and budget.ErrExhausted where b does.
func Decode(data []byte, b *budget.Budget) (*Document, error) {
	if isText(data) {
		return decodeText(data, b)
	}
	d := &decoder{data: data, budget: b, doc: &Document{}}
	if err := d.decode(); err != nil {
		return nil, err
	}
	return d.doc, nil
}

func (d *Document) note(kind Kind, off int, detail string) {
	if len(d.Anomalies) < maxAnomalies {
		d.Anomalies = append(d.Anomalies, Anomaly{kind, int64(off), detail})
	}
}

func isText(data []byte) bool {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	data = bytes.TrimLeft(data, " \t\r\n")
	return len(data) > 0 && data[0] == '<'
}
