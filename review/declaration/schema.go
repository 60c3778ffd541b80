package declaration

import (
	"bytes"
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/listgate/listgate/review"
)

// Schema is the JSON Schema (draft 2020-12) of a declaration.
//
//go:embed declaration.v1.schema.json
var Schema []byte

// maxProblems is how many problems are told of one declaration.
const maxProblems = 100

func compileSchema() (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		return nil, fmt.Errorf("schema of a declaration: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	c.UseLoader(jsonschema.SchemeURLLoader{})
	if err := c.AddResource(review.DeclarationSchema, doc); err != nil {
		return nil, fmt.Errorf("schema of a declaration: %w", err)
	}
	s, err := c.Compile(review.DeclarationSchema)
	if err != nil {
		return nil, fmt.Errorf("schema of a declaration: %w", err)
	}
	return s, nil
}

// validate holds the tree against the schema; the error lists every problem.
func (t *tree) validate() error {
	s, err := compileSchema()
	if err != nil {
		return err
	}
	err = s.Validate(t.value)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return problem(0, said{en: err.Error()})
	}
	var out Error
	t.collect(invalid, &out)
	slices.SortStableFunc(out.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), strings.Compare(a.Path, b.Path),
			strings.Compare(a.What, b.What))
	})
	out.Problems = slices.Compact(out.Problems)
	if n := len(out.Problems) - maxProblems; n > 0 {
		more := said{fmt.Sprintf("另有 %d 处问题", n), fmt.Sprintf("%d more problems", n)}
		out.Problems = append(out.Problems[:maxProblems], more.at(0, ""))
	}
	return &out
}

// collect takes the leaves of the schema's error: only they name a field.
func (t *tree) collect(e *jsonschema.ValidationError, out *Error) {
	for _, cause := range e.Causes {
		t.collect(cause, out)
	}
	if len(e.Causes) > 0 {
		return
	}
	path := t.path(e.InstanceLocation)
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			at := join(path, name)
			out.Problems = append(out.Problems, said{"未知字段", "unknown field"}.at(t.lines[at], at))
		}
	case *kind.Required:
		for _, name := range k.Missing {
			out.Problems = append(out.Problems,
				said{"缺少", "missing"}.at(t.lines[path], join(path, name)))
		}
	default:
		out.Problems = append(out.Problems, sentence(k).at(t.lines[path], path))
	}
}

// sentence says what is wrong in the words of a form, not of a schema.
func sentence(k jsonschema.ErrorKind) said {
	switch k := k.(type) {
	case *kind.Enum:
		return both("%[1]s 不在可选值之内：%[2]s", "%[1]s is none of %[2]s", quoted(k.Got), list(k.Want))
	case *kind.Const:
		return both("%[1]s，须为 %[2]s", "%[1]s, want %[2]s", quoted(k.Got), quoted(k.Want))
	case *kind.Type:
		return wrongType(k)
	case *kind.Format:
		return both("%[1]s 不是日期（YYYY-MM-DD）", "%[1]s is no date (YYYY-MM-DD)", quoted(k.Got))
	case *kind.MinLength:
		return said{"没有内容", "empty"}
	case *kind.MaxLength:
		return both("%[1]d 个字符，至多 %[2]d 个", "%[1]d characters, at most %[2]d", k.Got, k.Want)
	case *kind.MaxItems:
		return both("%[1]d 项，至多 %[2]d 项", "%[1]d entries, at most %[2]d", k.Got, k.Want)
	case *kind.MaxProperties:
		return both("%[1]d 项，至多 %[2]d 项", "%[1]d entries, at most %[2]d", k.Got, k.Want)
	case *kind.UniqueItems:
		return said{"有重复的项", "an entry is given twice"}
	default:
		return said{en: k.LocalizedString(message.NewPrinter(language.English))}
	}
}

func both(zh, en string, args ...any) said {
	return said{fmt.Sprintf(zh, args...), fmt.Sprintf(en, args...)}
}

func wrongType(k *kind.Type) said {
	got, want := types[k.Got], types[strings.Join(k.Want, " or ")]
	return said{got.zh + "，须为" + want.zh, got.en + ", want " + want.en}
}

// types are the types of a schema in the words of a form.
var types = map[string]said{
	"object": {"一组字段", "a group of fields"}, "array": {"列表", "a list"},
	"string": {"文本", "text"}, "null": {"空", "nothing"},
	"boolean": {"true 或 false", "true or false"}, "number": {"数字", "a number"},
}

func quoted(v any) string {
	s := fmt.Sprintf("%v", v)
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return strconv.Quote(s)
}

func list(want []any) string {
	words := make([]string, len(want))
	for i, w := range want {
		words[i] = fmt.Sprint(w)
	}
	return strings.Join(words, ", ")
}

// path writes an instance location as a person would: filings[0].number.
func (t *tree) path(location []string) string {
	path := ""
	for _, token := range location {
		if _, err := strconv.Atoi(token); err == nil {
			if indexed := path + "[" + token + "]"; t.lines[indexed] > 0 {
				path = indexed
				continue
			}
		}
		path = join(path, token)
	}
	return path
}
