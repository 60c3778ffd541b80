package axml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
)

// decodeText reads a manifest that was left as plain XML. Attribute values are
// strings and references by name stay as they are written.
func decodeText(data []byte, b *budget.Budget) (*Document, error) {
	if err := b.Take(int64(len(data))); err != nil {
		return nil, err
	}
	doc := &Document{}
	doc.note(KindText, 0, "plain XML")
	dec := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
	var open []*Element
	for {
		at := dec.InputOffset()
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, &budget.FormatError{Part: "plain XML", Offset: at, Err: err}
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) >= maxDepth {
				return nil, budget.Malformed("plain XML", at, "over %d elements deep", maxDepth)
			}
			if err := b.Take(elementCost + int64(len(t.Attr))*attributeCost); err != nil {
				return nil, err
			}
			open = push(doc, open, textElement(t, at))
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if s := strings.TrimSpace(string(t)); s != "" && len(open) > 0 {
				open[len(open)-1].Text = append(open[len(open)-1].Text, s)
			}
		}
	}
	if doc.Root == nil {
		return nil, budget.Malformed("plain XML", 0, "no element")
	}
	return doc, nil
}

// push hangs e under the open element, or makes it the root; of several roots
// the first counts.
func push(doc *Document, open []*Element, e *Element) []*Element {
	switch {
	case len(open) > 0:
		parent := open[len(open)-1]
		parent.Children = append(parent.Children, e)
	case doc.Root == nil:
		doc.Root = e
	}
	return append(open, e)
}

func textElement(t xml.StartElement, at int64) *Element {
	e := &Element{Namespace: t.Name.Space, Name: t.Name.Local, Offset: at}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		if a.Name.Space == "android" { // the prefix is not declared
			a.Name.Space = AndroidNS
		}
		e.Attributes = append(e.Attributes, Attribute{Namespace: a.Name.Space, Name: a.Name.Local,
			Value: Value{Type: TypeString, Str: a.Value}, RawValue: a.Value, Offset: at})
	}
	return e
}

// formatFloat writes a single as Java does: "1.0", not "1".
func formatFloat(bits uint32) string {
	s := strconv.FormatFloat(float64(math.Float32frombits(bits)), 'g', -1, 32)
	if !strings.ContainsAny(s, ".eIN") {
		s += ".0"
	}
	return s
}
