package declaration

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The parser recurses with the nesting, and some of its paths take quadratic
// time in quotes, anchors, fields and the lines of a block. It writes out the place of
// each entry, with the names of all fields around it. A sound declaration comes
// nowhere near.
const (
	maxDepth = 16
	maxMarks = 20_000
	maxLines = 10_000
	maxField = 64  // bytes of a field's name
	maxWords = 200 // characters of what the parser says
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
	if wrong := (*Error)(nil); errors.As(err, &wrong) {
		return nil, wrong
	}
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
	tokens := lexer.Tokenize(string(text))
	for _, one := range tokens {
		if one.Type == token.MappingKeyType || one.Type == token.MappingValueType && !named(one) {
			return nil, &Error{Problems: []Problem{plainName.at(one.Position.Line, "")}}
		}
	}
	return parser.Parse(tokens, 0)
}

var plainName = said{"字段名须为普通文本", "a field's name must be plain text"}

// named reports the colon behind a field's name that can be shown as it is.
func named(colon *token.Token) bool {
	name := colon.Prev
	for name != nil && name.Type == token.CommentType {
		name = name.Prev
	}
	return name == nil || len(name.Value) <= maxField &&
		!strings.ContainsFunc(name.Value, func(r rune) bool { return !unicode.IsPrint(r) })
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
			case '"', '\'', '&', '*', '!', '?', '|', '>', ',':
				marks++
			}
			if depth > maxDepth {
				return line, tooDeep
			}
		}
	}
	if marks > maxMarks {
		return 0, said{"引号、括号、逗号等标记过多", "too many quotes, brackets and marks"}
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

// notYAML keeps the words of the parser, which has no others; they may quote the text.
func notYAML(why string) said {
	words := []rune(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, why))
	if len(words) > maxWords {
		words = append(words[:maxWords], '…')
	}
	return said{"不是 YAML：" + string(words), "not YAML: " + string(words)}
}

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
			return nil, &Error{Problems: []Problem{plainName.at(lineOf(v.Key), path)}}
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
