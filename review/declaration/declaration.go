// Package declaration reads the developer's declaration, YAML or JSON of the
// form listgate.declaration/v1, into review.Declaration.
//
// The text is hostile: its size, nesting and number of marks are limited before
// it is parsed, anchors, aliases and tags are refused, and every field is
// checked against the schema, which is the one of docs/schema. Scalars are text
// as written, so that a version of 1.10 stays 1.10; what is wrong is told with
// the field's path and its line, all at once.
package declaration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/listgate/listgate/review"
)

// MaxSize is the most bytes that a declaration may have.
const MaxSize = 1 << 20

// Error says everything that is wrong with a declaration, by line.
type Error struct{ Problems []Problem }

// Problem is one thing that is wrong. Line counts from 1, 0 where no line can be
// named; Path is dotted, with indexes ("filings[0].number"), empty for the whole.
type Problem struct {
	Line int
	Path string
	What string
}

// Error lists the problems, one a line.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return "declaration: " + strings.Join(lines, "\n")
}

// String reads "line 3: app.colour: unknown field".
func (p Problem) String() string {
	s := p.What
	if p.Path != "" {
		s = p.Path + ": " + s
	}
	if p.Line > 0 {
		s = fmt.Sprintf("line %d: %s", p.Line, s)
	}
	return s
}

// Parse reads one declaration. Where the text is no sound declaration the error
// is *Error; any other error is the reader's.
func Parse(r io.Reader) (*review.Declaration, error) {
	var b bytes.Buffer
	if _, err := b.ReadFrom(io.LimitReader(r, MaxSize+1)); err != nil {
		return nil, fmt.Errorf("reading the declaration: %w", err)
	}
	if b.Len() > MaxSize {
		return nil, problem(0, "longer than 1 MiB")
	}
	t, err := parseTree(b.Bytes())
	if err != nil {
		return nil, err
	}
	if err := t.validate(); err != nil {
		return nil, err
	}
	return fill(t.value)
}

func problem(line int, what string) *Error {
	return &Error{Problems: []Problem{{Line: line, What: what}}}
}

// fill turns a value that the schema allows into the type.
func fill(value any) (*review.Declaration, error) {
	b, err := json.Marshal(value)
	if err != nil {
		return nil, problem(0, err.Error())
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	var d review.Declaration
	if err := dec.Decode(&d); err != nil {
		return nil, problem(0, err.Error())
	}
	for flag, answer := range d.Flags {
		if answer != review.Yes && answer != review.No {
			delete(d.Flags, flag)
		}
	}
	return &d, nil
}
