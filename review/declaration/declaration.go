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
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// MaxSize is the most bytes that a declaration may have.
const MaxSize = 1 << 20

// Error says everything that is wrong with a declaration, by line.
type Error struct{ Problems []Problem }

// Problem is one thing that is wrong. Line counts from 1, 0 where no line can be
// named; Path is dotted, with indexes ("filings[0].number"), empty for the whole. What
// is English; ZH is the same in Chinese, empty where only the parser's words say it.
type Problem struct {
	Line int
	Path string
	What string
	ZH   string
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

// Text reads as String does, in both languages.
func (p Problem) Text() analyzer.Text {
	zh := cmp.Or(p.ZH, p.What)
	if p.Path != "" {
		zh = p.Path + "：" + zh
	}
	if p.Line > 0 {
		zh = fmt.Sprintf("第 %d 行：%s", p.Line, zh)
	}
	return analyzer.Text{ZH: zh, EN: p.String()}
}

// Parse reads one declaration. Where the text is no sound declaration the error
// is *Error; any other error is the reader's.
func Parse(r io.Reader) (*review.Declaration, error) {
	var b bytes.Buffer
	if _, err := b.ReadFrom(io.LimitReader(r, MaxSize+1)); err != nil {
		return nil, fmt.Errorf("reading the declaration: %w", err)
	}
	if b.Len() > MaxSize {
		return nil, problem(0, said{"超过 1 MiB", "longer than 1 MiB"})
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

// said is what is wrong, in both languages.
type said struct{ zh, en string }

// at makes it a problem of a place.
func (s said) at(line int, path string) Problem { return Problem{line, path, s.en, s.zh} }

func problem(line int, what said) *Error {
	return &Error{Problems: []Problem{what.at(line, "")}}
}

// fill turns a value that the schema allows into the type.
func fill(value any) (*review.Declaration, error) {
	b, err := json.Marshal(value)
	if err != nil {
		return nil, problem(0, said{en: err.Error()})
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	var d review.Declaration
	if err := dec.Decode(&d); err != nil {
		return nil, problem(0, said{en: err.Error()})
	}
	for flag, answer := range d.Flags {
		if answer != review.Yes && answer != review.No {
			delete(d.Flags, flag)
		}
	}
	return &d, nil
}
