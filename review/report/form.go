package report

import "io"

// Options are what a form needs beside the documents.
type Options struct {
	Lang  string // zh or en
	Color bool   // the output is a terminal that shows colours
}

// Form is one output form.
type Form interface {
	Name() string // as --format takes it
	// Open starts an output; each document is written as it comes.
	Open(w io.Writer, o Options) Writer
}

// Writer takes the documents of one run in turn. Close ends the output and must
// be called once; an output without documents is valid too.
type Writer interface {
	Write(d *Document) error
	Close() error
}
