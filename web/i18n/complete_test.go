package i18n_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/web/i18n"
)

// used is where each sentence of the workbench stands.
type used map[string]string

// TestEverySentenceIsTranslated compares what templates and code say with what the
// languages have: the same sentences, the same verbs, nothing empty, nothing left over.
func TestEverySentenceIsTranslated(t *testing.T) {
	t.Parallel()
	sentences := said(t)
	require.Greater(t, len(sentences), 50, "no sentences were found")
	files, err := i18n.Locales()
	require.NoError(t, err)
	folders, err := fs.ReadDir(files, ".")
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	for _, folder := range folders {
		known := translations(t, files, folder.Name())
		for sentence, where := range sentences {
			if forms := known[sentence]; assert.NotEmpty(t, forms, "%s: %s has no %q", where,
				folder.Name(), sentence) {
				checkForms(t, folder.Name(), sentence, forms)
			}
		}
		for sentence := range known {
			assert.Contains(t, sentences, sentence, "%s: nobody says this", folder.Name())
		}
	}
}

// checkForms holds the forms of one sentence to its verbs.
func checkForms(t *testing.T, folder, sentence string, forms []string) {
	t.Helper()
	for _, form := range forms {
		assert.NotEmpty(t, strings.TrimSpace(form), "%s: %s is empty", folder, sentence)
		assert.Equal(t, verbs(sentence), verbs(form), "%s: other verbs in %q for %q", folder, form,
			sentence)
	}
}

var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[-+# 0]*[\d.]*([a-zA-Z%])`)

// verbs lists the verbs of a format by the argument they take.
func verbs(format string) []string {
	var out []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[2] == "%" {
			continue
		}
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		out = append(out, fmt.Sprintf("%d%s", next, m[2]))
		next++
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// translations reads all files of a language. A sentence that stands in two is the
// same in both.
func translations(t *testing.T, files fs.FS, folder string) map[string][]string {
	t.Helper()
	names, err := fs.Glob(files, path.Join(folder, "*.yaml"))
	require.NoError(t, err)
	out := map[string][]string{}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		require.NoError(t, err)
		var page map[string]any
		require.NoError(t, yaml.Unmarshal(text, &page), name)
		for sentence, said := range page {
			forms := formsOf(t, name, sentence, said)
			if before, twice := out[sentence]; twice {
				assert.Equal(t, before, forms, "%s: %q is otherwise elsewhere", name, sentence)
			}
			out[sentence] = forms
		}
	}
	return out
}

func formsOf(t *testing.T, name, sentence string, said any) []string {
	t.Helper()
	switch said := said.(type) {
	case string:
		return []string{said}
	case map[string]any:
		var forms []string
		for _, number := range []string{"zero", "one", "two", "few", "many", "other"} {
			if form, ok := said[number].(string); ok {
				forms = append(forms, form)
			}
		}
		assert.Len(t, forms, len(said), "%s: %q has forms that are no numbers", name, sentence)
		return forms
	}
	assert.Fail(t, "no translation", "%s: %q is %T", name, sentence, said)
	return nil
}

// said collects the sentences of the workbench.
func said(t *testing.T) used {
	t.Helper()
	found := used{}
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "testdata" {
			return fs.SkipDir
		}
		switch path.Ext(name) {
		case ".html":
			text, err := fs.ReadFile(root, name)
			require.NoError(t, err)
			found.template(t, name, string(text))
		case ".go":
			if !strings.HasSuffix(name, "_test.go") && !strings.Contains(name, "test/") {
				found.code(t, name)
			}
		}
		return nil
	})
	require.NoError(t, err)
	return found
}

// template finds {{t "…"}} wherever it stands in an expression.
func (u used) template(t *testing.T, name, text string) {
	t.Helper()
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	_, err := tree.Parse(text, "", "", set)
	require.NoError(t, err)
	for _, one := range set {
		u.node(name, one.Root)
	}
}

func (u used) node(name string, n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, one := range n.Nodes {
			u.node(name, one)
		}
	case *parse.ActionNode:
		u.node(name, n.Pipe)
	case *parse.IfNode:
		u.branch(name, n.BranchNode)
	case *parse.RangeNode:
		u.branch(name, n.BranchNode)
	case *parse.WithNode:
		u.branch(name, n.BranchNode)
	case *parse.TemplateNode:
		u.node(name, n.Pipe)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, c := range n.Cmds {
			u.node(name, c)
		}
	case *parse.CommandNode:
		if f, ok := n.Args[0].(*parse.IdentifierNode); ok && f.Ident == "t" && len(n.Args) > 1 {
			if s, ok := n.Args[1].(*parse.StringNode); ok {
				u[s.Text] = name
			}
		}
		for _, a := range n.Args {
			u.node(name, a)
		}
	}
}

func (u used) branch(name string, b parse.BranchNode) {
	u.node(name, b.Pipe)
	u.node(name, b.List)
	u.node(name, b.ElseList)
}

// code finds Say("…"), Tell("…"), Sentence("…") and the say of the frame, and asks of pages that
// they call these with nothing but literals, or with what was a Sentence before.
func (u used) code(t *testing.T, name string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path.Join("..", name), nil, 0)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 || !speaks(name, call.Fun) {
			return true
		}
		sentence, literal := text(call.Args[0])
		switch {
		case literal && strings.ContainsFunc(sentence, func(r rune) bool { return r > 0x2e80 }):
			u[sentence] = name
		case !literal && strings.HasPrefix(name, "page/"):
			conversion, ok := call.Args[0].(*ast.CallExpr)
			assert.True(t, ok && fmt.Sprint(conversion.Fun) == "string",
				"%s: say literals, or string(a Sentence)", set.Position(call.Pos()))
		}
		return true
	})
}

// speaks reports a function that takes a sentence first.
func speaks(file string, fun ast.Expr) bool {
	switch fun := fun.(type) {
	case *ast.Ident:
		return fun.Name == "Sentence" || fun.Name == "say" && strings.HasPrefix(file, "frame/")
	case *ast.SelectorExpr:
		return slices.Contains([]string{"Say", "Tell", "Sentence"}, fun.Sel.Name)
	}
	return false
}

// text returns a string literal, also one that is joined of several.
func text(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := text(e.X)
		right, also := text(e.Y)
		return left + right, ok && also && e.Op == token.ADD
	}
	return "", false
}
