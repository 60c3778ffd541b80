// Package text prints reports for people at a terminal, in Chinese or English:
// the conclusion first, then what was found with its evidence, then each open
// check with its reason and remedy, last what could not be read.
//
// Everything that comes from a package passes through Clean: a name must not
// move the cursor, colour the screen or turn the direction of the line.
package text

import (
	"bufio"
	"io"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/report"
)

// Form is the form "text".
type Form struct{}

// Name implements report.Form.
func (Form) Name() string { return "text" }

// Open implements report.Form.
func (Form) Open(w io.Writer, o report.Options) report.Writer {
	words := chinese
	if o.Lang == "en" {
		words = english
	}
	return &writer{out: bufio.NewWriter(w), words: words, lang: o.Lang, color: o.Color}
}

type writer struct {
	out   *bufio.Writer
	words map[string]string
	lang  string
	color bool
	seen  []summary
	err   error
}

// summary is what the end of the output says of one report.
type summary struct {
	route    review.Route
	id, path string
}

// Close implements report.Writer. Behind several reports stands a line for each.
func (w *writer) Close() error {
	if len(w.seen) > 1 {
		w.title("summary")
		for _, s := range w.seen {
			w.line(1, w.style(routeStyle(s.route), w.word(string(s.route))), "  ", Clean(s.id),
				w.style(dim, "  "+Clean(s.path)))
		}
		w.flush()
	}
	return w.err
}

func (w *writer) flush() {
	if w.err == nil {
		w.err = w.out.Flush()
	}
}

// Write implements report.Writer.
func (w *writer) Write(d *report.Document) error {
	if len(w.seen) > 0 {
		w.line(0, "")
	}
	w.seen = append(w.seen, summary{d.Route, d.Package.ID, d.Package.Path})
	w.head(d)
	w.capabilities(d)
	w.findings(d)
	w.models(d)
	w.disclosures(d)
	if !d.Failed() { // of what is unread every check only says so again
		w.checks(d)
	}
	w.places("anomalies", len(d.Anomalies), func(i int) (string, string) {
		return d.Anomalies[i].Where, d.Anomalies[i].What + " (" + string(d.Anomalies[i].Code) + ")"
	})
	w.places(
		"gaps",
		len(d.Gaps),
		func(i int) (string, string) { return d.Gaps[i].Where, d.Gaps[i].Why },
	)
	w.foot(d)
	w.flush()
	return w.err
}
