// Package json prints reports as JSON: one package as one object, several as an
// array.
package json

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/listgate/listgate/review/report"
)

// Form is the form "json".
type Form struct{}

// Name implements report.Form.
func (Form) Name() string { return "json" }

// Open implements report.Form.
func (Form) Open(w io.Writer, _ report.Options) report.Writer { return &writer{out: w} }

// writer holds the first document back: only the second, or the end, tells
// whether it stands alone.
type writer struct {
	out   io.Writer
	first []byte
	count int
}

func (w *writer) Write(d *report.Document) error {
	doc, err := marshal(d)
	if err != nil {
		return err
	}
	w.count++
	switch w.count {
	case 1:
		w.first = doc
		return nil
	case 2:
		_, err = w.out.Write(bytes.Join([][]byte{[]byte("[\n"), w.first, []byte(",\n"), doc}, nil))
	default:
		_, err = w.out.Write(append([]byte(",\n"), doc...))
	}
	return err
}

// Close implements report.Writer.
func (w *writer) Close() error {
	var err error
	switch w.count {
	case 0:
		_, err = io.WriteString(w.out, "[]\n")
	case 1:
		_, err = w.out.Write(append(w.first, '\n'))
	default:
		_, err = io.WriteString(w.out, "\n]\n")
	}
	return err
}

func marshal(d *report.Document) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(d); err != nil {
		return nil, err
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}
