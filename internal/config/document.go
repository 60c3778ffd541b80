package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// document reads a file of settings for koanf: values as they are written, so that
// a date stays a text, and the line of each.
type document struct {
	path     string
	lines    map[string]int
	problems Problems
}

// place says where a key stands.
func (d *document) place(key string) string {
	if line, ok := d.lines[key]; ok {
		return fmt.Sprintf("%s:%d", d.path, line)
	}
	return d.path
}

func (d *document) report(key string, line int, what string) {
	d.problems = append(d.problems, Problem{key, fmt.Sprintf("%s:%d", d.path, line), what})
}

// Unmarshal implements koanf.Parser. What is wrong with single settings is in
// problems then, and not in what it returns.
func (d *document) Unmarshal(text []byte) (map[string]any, error) {
	d.lines = map[string]int{}
	file, err := parse(text)
	if err != nil {
		return nil, syntaxError(err)
	}
	values := map[string]any{}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return values, nil
	}
	if len(file.Docs) > 1 {
		return nil, fmt.Errorf("%d documents, want one", len(file.Docs))
	}
	if _, ok := file.Docs[0].Body.(*ast.CommentGroupNode); ok {
		return values, nil
	}
	top, ok := pairs(file.Docs[0].Body)
	if !ok {
		return nil, errors.New("want names with values")
	}
	for _, p := range top {
		d.read(values, "", p)
	}
	return values, nil
}

// Marshal implements koanf.Parser.
func (*document) Marshal(map[string]any) ([]byte, error) { return nil, errors.ErrUnsupported }

// read puts one pair into values, a group with all that is in it.
func (d *document) read(values map[string]any, group string, p *ast.MappingValueNode) {
	name := p.Key.GetToken().Value
	key, line := group+name, p.Key.GetToken().Position.Line
	below, isGroup := pairs(p.Value)
	switch {
	case values[name] != nil:
		d.report(key, line, "is there twice")
	case group == "" && groups()[name]:
		if !isGroup {
			d.report(key, line, "want names with values below it")
			return
		}
		inner := map[string]any{}
		values[name] = inner
		for _, q := range below {
			d.read(inner, name+".", q)
		}
	case known(key).set == nil || strings.Contains(name, "."):
		d.report(key, line, "no such setting")
	default:
		d.lines[key] = line
		value, ok := scalar(p.Value)
		if !ok {
			d.report(key, line, "want one value")
			return
		}
		values[name] = value
	}
}

// groups are the names that settings stand below.
func groups() map[string]bool {
	found := map[string]bool{}
	for _, s := range settings {
		if above, _, ok := strings.Cut(s.key, "."); ok {
			found[above] = true
		}
	}
	return found
}

// pairs returns the pairs of a mapping.
func pairs(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// scalar returns a value as it is written; nothing is the empty text.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.NullNode:
		return "", true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// parse contains a panic of the parser, which is not ours.
func parse(text []byte) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			file, err = nil, errors.New("the parser gave up")
		}
	}()
	return parser.ParseBytes(text, 0)
}

// syntaxError says what is wrong in which line, and quotes nothing.
func syntaxError(err error) error {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil && at.GetToken().Position != nil {
		what, _, _ := strings.Cut(at.GetMessage(), `"`) // behind which it quotes
		return fmt.Errorf("line %d is not YAML: %s", at.GetToken().Position.Line, what)
	}
	return errors.New("not YAML")
}
