package rule

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile is the largest rule file in bytes; the word lists are the longest.
const maxFile = 64 << 10

// Defect is one fault of a rule file. Its text reads
// "sdk/example.yaml:12: match.any[0].fact: unknown fact \"clas\"".
type Defect struct {
	File    string
	Line    int    // from 1; 0 where no line can be named
	Field   string // "match.any[0].fact"; empty for the file as a whole
	Problem string
}

// Error reads "sdk/x.yaml:12: match.any[0].prefix: …".
func (d Defect) Error() string {
	var b strings.Builder
	b.WriteString(d.File)
	if d.Line > 0 {
		b.WriteString(":" + strconv.Itoa(d.Line))
	}
	if d.Field != "" {
		b.WriteString(": " + d.Field)
	}
	return b.String() + ": " + d.Problem
}

// document is the file as written; examples are read apart.
type document struct {
	Rule   `                 yaml:",inline"`
	Hits   []map[string]any `yaml:"hits"`
	Misses []map[string]any `yaml:"misses"`
}

// Parse reads the rule in a file whose name is "<kind>/<id>.yaml" and lints it.
// An error joins every Defect found; no rule is returned beside one.
func Parse(file string, data []byte) (Rule, error) {
	if len(data) > maxFile {
		return Rule{}, Defect{
			File:    file,
			Problem: fmt.Sprintf("%d bytes, at most %d", len(data), maxFile),
		}
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return Rule{}, syntaxDefect(file, err)
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		return Rule{}, Defect{File: file, Problem: "want one YAML document"}
	}
	body := tree.Docs[0].Body
	if line := aliasLine(body); line > 0 {
		return Rule{}, Defect{
			File:    file,
			Line:    line,
			Problem: "anchors and aliases are not used in rules",
		}
	}
	doc, err := decode(file, body)
	if err != nil {
		return Rule{}, err
	}
	l := linter{file: file, body: body}
	r := doc.Rule
	r.Hits = l.examples("hits", doc.Hits)
	r.Misses = l.examples("misses", doc.Misses)
	l.rule(&r)
	if len(l.defects) > 0 {
		return Rule{}, errors.Join(l.defects...)
	}
	return r, nil
}

// decode contains panics: the YAML library has them for some misplaced nulls.
func decode(file string, body ast.Node) (doc document, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = Defect{File: file, Problem: fmt.Sprintf("the YAML cannot be read: %v", p)}
		}
	}()
	if err := yaml.NodeToValue(body, &doc, yaml.Strict()); err != nil {
		return document{}, syntaxDefect(file, err)
	}
	return doc, nil
}

func syntaxDefect(file string, err error) error {
	d := Defect{File: file, Problem: err.Error()}
	var y yaml.Error
	if errors.As(err, &y) {
		d.Problem = y.GetMessage()
		if t := y.GetToken(); t != nil && t.Position != nil {
			d.Line = t.Position.Line
		}
	}
	return d
}

type aliasFinder struct{ line int }

func (a *aliasFinder) Visit(n ast.Node) ast.Visitor {
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode:
		a.line = n.GetToken().Position.Line
		return nil
	}
	return a
}

func aliasLine(body ast.Node) int {
	var a aliasFinder
	ast.Walk(&a, body)
	return a.line
}

// line returns the line of a field, or of the nearest thing above it that is
// written in the file.
func line(n ast.Node, field string) int {
	at := n.GetToken().Position.Line
	for _, step := range steps(field) {
		next := child(n, step)
		if next == nil {
			break
		}
		n = next
		at = n.GetToken().Position.Line
	}
	return at
}

// steps cuts "match.any[2].fact" into match, any, 2, fact.
func steps(field string) []string {
	return strings.FieldsFunc(field, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}

// child returns the value under a key, or the numbered item of a list.
func child(n ast.Node, step string) ast.Node {
	switch n := n.(type) {
	case *ast.MappingNode:
		i := slices.IndexFunc(n.Values,
			func(v *ast.MappingValueNode) bool { return keyOf(v) == step })
		if i >= 0 {
			return n.Values[i].Value
		}
	case *ast.MappingValueNode:
		if keyOf(n) == step {
			return n.Value
		}
	case *ast.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i < len(n.Values) {
			return n.Values[i]
		}
	}
	return nil
}

func keyOf(v *ast.MappingValueNode) string { return v.Key.GetToken().Value }

// ReadDir parses every rule under the folders of a knowledge base. It fails where
// there is none, and where a file lies elsewhere than in <kind>/<id>.yaml. The
// rules come sorted by id.
func ReadDir(dir fs.FS) ([]Rule, error) {
	files, err := fs.Glob(dir, "*/*.yaml")
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("no rule files of the form <kind>/<id>.yaml")
	}
	var rules []Rule
	var defects []error
	for _, file := range files {
		data, err := fs.ReadFile(dir, file)
		if err != nil {
			return nil, fmt.Errorf("read rule: %w", err)
		}
		r, err := Parse(path.Clean(file), data)
		if err != nil {
			defects = append(defects, err)
			continue
		}
		rules = append(rules, r)
	}
	slices.SortFunc(rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return rules, errors.Join(defects...)
}
