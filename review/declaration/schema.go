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
		return problem(0, err.Error())
	}
	var out Error
	t.collect(invalid, &out)
	slices.SortStableFunc(out.Problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), strings.Compare(a.Path, b.Path),
			strings.Compare(a.What, b.What))
	})
	out.Problems = slices.Compact(out.Problems)
	if n := len(out.Problems) - maxProblems; n > 0 {
		out.Problems = append(out.Problems[:maxProblems],
			Problem{What: fmt.Sprintf("%d more problems", n)})
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
			out.Problems = append(out.Problems, Problem{t.lines[at], at, "unknown field"})
		}
	case *kind.Required:
		for _, name := range k.Missing {
			out.Problems = append(out.Problems, Problem{t.lines[path], join(path, name), "missing"})
		}
	default:
		out.Problems = append(out.Problems, Problem{t.lines[path], path, sentence(k)})
	}
}

// sentence says what is wrong in the words of a form, not of a schema.
func sentence(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Enum:
		return fmt.Sprintf("%s is none of %s", quoted(k.Got), list(k.Want))
	case *kind.Const:
		return fmt.Sprintf("%s, want %s", quoted(k.Got), quoted(k.Want))
	case *kind.Type:
		return fmt.Sprintf("%s, want %s", article(k.Got), article(strings.Join(k.Want, " or ")))
	case *kind.Format:
		return fmt.Sprintf("%s is no date (YYYY-MM-DD)", quoted(k.Got))
	case *kind.MinLength:
		return "empty"
	case *kind.MaxLength:
		return fmt.Sprintf("%d characters, at most %d", k.Got, k.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("%d entries, at most %d", k.Got, k.Want)
	case *kind.MaxProperties:
		return fmt.Sprintf("%d entries, at most %d", k.Got, k.Want)
	case *kind.UniqueItems:
		return "an entry is given twice"
	default:
		return k.LocalizedString(message.NewPrinter(language.English))
	}
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

func article(schemaType string) string {
	return map[string]string{
		"object": "a group of fields", "array": "a list", "string": "text", "null": "nothing",
		"boolean": "true or false", "number": "a number",
	}[schemaType]
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
