package declaration

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// The parser recurses with the nesting, and some of its paths take quadratic
// time in quotes, anchors, fields and the lines of a block; a sound declaration
// comes nowhere near.
const (
	maxDepth = 64
	maxMarks = 20_000
	maxLines = 10_000
)

// tree is the parsed text as JSON values, with the line of each by its path.
type tree struct {
	value any
	lines map[string]int
}

func parseTree(text []byte) (*tree, error) {
	if !utf8.Valid(text) {
		return nil, problem(0, said{"不是 UTF-8 文本", "not UTF-8"})
	}
	if line, what := tooComplex(text); what != (said{}) {
		return nil, problem(line, what)
	}
	file, err := parse(text)
	if err != nil {
		return nil, syntaxError(err)
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil, problem(0, said{"没有内容", "empty"})
	}
	if len(file.Docs) > 1 {
		return nil, problem(0, said{fmt.Sprintf("有 %d 份文档，只能有一份", len(file.Docs)),
			fmt.Sprintf("%d documents, want one", len(file.Docs))})
	}
	t := &tree{lines: map[string]int{}}
	t.value, err = t.convert(file.Docs[0].Body, "", 0)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// parse contains a panic of the parser: the text is hostile, the parser not ours.
func parse(text []byte) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			file, err = nil, fmt.Errorf("the parser gave up: %v", r)
		}
	}()
	return parser.ParseBytes(text, 0)
}

var tooDeep = said{"嵌套过深", "nested too deeply"}

// tooComplex measures the text without parsing it.
func tooComplex(text []byte) (line int, what said) {
	if bytes.Count(text, []byte{'\n'})+bytes.Count(text, []byte{'\r'}) > maxLines {
		return 0, said{"行数过多", "too many lines"}
	}
	depth, marks := 0, 0
	for row := range bytes.Lines(text) {
		line++
		if items := leadingItems(row); items > maxDepth {
			return line, tooDeep
		}
		for _, c := range row {
			switch c {
			case '[', '{':
				depth++
				marks++
			case ']', '}':
				depth = max(0, depth-1)
				marks++
			case '"', '\'', '&', '*', '!', '?', '|', '>':
				marks++
			}
			if depth > maxDepth {
				return line, tooDeep
			}
		}
	}
	if marks > maxMarks {
		return 0, said{"引号、括号等标记过多", "too many quotes, brackets and marks"}
	}
	return 0, said{}
}

// leadingItems counts the "- ", "? " and ": " with which a line opens: each
// nests one level.
func leadingItems(row []byte) int {
	n := 0
	for _, field := range bytes.Fields(row) {
		if len(field) != 1 || !bytes.ContainsAny(field, "-?:") {
			break
		}
		n++
	}
	return n
}

func syntaxError(err error) *Error {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil && at.GetToken().Position != nil {
		return problem(at.GetToken().Position.Line, notYAML(at.GetMessage()))
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return problem(0, notYAML(first))
}

// notYAML keeps the words of the parser, which has no others.
func notYAML(why string) said { return said{"不是 YAML：" + why, "not YAML: " + why} }

// convert turns a node into maps, slices, strings, booleans and nil.
func (t *tree) convert(n ast.Node, path string, depth int) (any, error) {
	if depth > maxDepth {
		return nil, problem(lineOf(n), tooDeep)
	}
	t.lines[path] = lineOf(n)
	switch n := n.(type) {
	case *ast.MappingNode:
		return t.mapping(n.Values, path, depth)
	case *ast.MappingValueNode:
		return t.mapping([]*ast.MappingValueNode{n}, path, depth)
	case *ast.SequenceNode:
		out := make([]any, 0, len(n.Values))
		for i, v := range n.Values {
			one, err := t.convert(v, path+"["+strconv.Itoa(i)+"]", depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
		return out, nil
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, nil
	case *ast.BoolNode:
		return n.Value, nil
	case *ast.NullNode:
		return nil, nil
	default:
		return nil, &Error{Problems: []Problem{said{"此处不用锚点、别名、标签和特殊值",
			"anchors, aliases, tags and special values are not used here"}.at(lineOf(n), path)}}
	}
}

func (t *tree) mapping(values []*ast.MappingValueNode, path string, depth int) (any, error) {
	out := map[string]any{}
	for _, v := range values {
		key, ok := v.Key.(*ast.StringNode)
		if !ok {
			return nil, &Error{Problems: []Problem{said{"字段名须为普通文本",
				"a field's name must be plain text"}.at(lineOf(v.Key), path)}}
		}
		at := join(path, key.Value)
		if _, twice := out[key.Value]; twice {
			return nil, &Error{Problems: []Problem{said{"重复", "given twice"}.at(lineOf(v.Key), at)}}
		}
		one, err := t.convert(v.Value, at, depth+1)
		if err != nil {
			return nil, err
		}
		t.lines[at] = lineOf(v.Key)
		out[key.Value] = one
	}
	return out, nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0
	}
	return n.GetToken().Position.Line
}
