package arch

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"strings"
	"unicode/utf8"
)

// The size rules of the house.
const (
	maxFunction = 50  // lines
	maxFile     = 400 // lines
	maxLine     = 100 // columns, a tab counting four
	maxNesting  = 3
	maxParams   = 4
	maxMethods  = 4
	maxExported = 20 // names of a package outside analyzer and review
	maxWaivers  = 5  // in the whole tree
)

// waiver is the comment that allows what follows on its line or the next, with
// the reason behind it.
const waiver = "//arch:allow "

// wide are the interfaces that may have more methods than the rest.
var wide = map[string]bool{
	"Format": true,
	"Reader": true,
	"Source": true,
	"Cases":  true,
	"Blobs":  true,
}

// Sizes lists what of the file is larger than the rules allow.
func Sizes(f File) (found []string) {
	lines := bytes.Split(f.Source, []byte("\n"))
	add := func(line int, format string, args ...any) {
		if !waived(lines, line) {
			found = append(
				found,
				fmt.Sprintf("%s:%d: %s", f.Path, line, fmt.Sprintf(format, args...)),
			)
		}
	}
	if n := len(lines) - 1; n > maxFile {
		add(1, "%d lines, a file has %d at most", n, maxFile)
	}
	for i, line := range lines {
		if n := columns(line); n > maxLine && !strings.Contains(string(line), "://") {
			add(i+1, "%d columns, a line has %d at most", n, maxLine)
		}
	}
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			functionSize(f, n, add)
		case *ast.TypeSpec:
			if i, ok := n.Type.(*ast.InterfaceType); ok && i.Methods.NumFields() > maxMethods &&
				!wide[n.Name.Name] {
				add(f.Set.Position(n.Pos()).Line, "interface %s has %d methods, %d at most",
					n.Name.Name, i.Methods.NumFields(), maxMethods)
			}
		}
		return true
	})
	return found
}

func functionSize(f File, n *ast.FuncDecl, add func(int, string, ...any)) {
	if f.Test() || n.Body == nil {
		return
	}
	start, end := f.Set.Position(n.Pos()).Line, f.Set.Position(n.End()).Line
	if size := end - start + 1; size > maxFunction {
		add(start, "function %s has %d lines, %d at most", n.Name.Name, size, maxFunction)
	}
	if p := n.Type.Params.NumFields(); p > maxParams {
		add(start, "function %s has %d parameters, %d at most", n.Name.Name, p, maxParams)
	}
	if d := nesting(n.Body, 0); d > maxNesting {
		add(start, "function %s is nested %d deep, %d at most", n.Name.Name, d, maxNesting)
	}
}

// nesting returns how deep control structures stand inside each other; an else-if
// is no deeper than its if, and a function literal starts anew.
func nesting(n ast.Node, depth int) int {
	deepest := depth
	ast.Inspect(n, func(c ast.Node) bool {
		if c == nil || c == n {
			return true
		}
		switch c := c.(type) {
		case *ast.FuncLit:
			deepest = max(deepest, nesting(c.Body, 0))
			return false
		case *ast.IfStmt:
			deepest = max(deepest, nesting(c.Body, depth+1))
			if c.Else != nil {
				deepest = max(deepest, nesting(&ast.BlockStmt{List: []ast.Stmt{c.Else}}, depth))
			}
			return false
		case *ast.ForStmt:
			deepest = max(deepest, nesting(c.Body, depth+1))
			return false
		case *ast.RangeStmt:
			deepest = max(deepest, nesting(c.Body, depth+1))
			return false
		case *ast.SwitchStmt:
			deepest = max(deepest, nesting(c.Body, depth+1))
			return false
		case *ast.TypeSwitchStmt:
			deepest = max(deepest, nesting(c.Body, depth+1))
			return false
		case *ast.SelectStmt:
			deepest = max(deepest, nesting(c.Body, depth+1))
			return false
		}
		return true
	})
	return deepest
}

func columns(line []byte) int {
	return utf8.RuneCount(line) + 3*bytes.Count(line, []byte("\t"))
}

func waived(lines [][]byte, line int) bool {
	for _, i := range []int{line - 1, line - 2} {
		if i >= 0 && i < len(lines) && bytes.Contains(lines[i], []byte(waiver)) {
			return true
		}
	}
	return false
}

// Waivers counts the waivers of a file.
func Waivers(f File) int {
	n := 0
	for _, group := range f.Syntax.Comments {
		for _, c := range group.List {
			if strings.HasPrefix(c.Text, waiver) {
				n++
			}
		}
	}
	return n
}

// PackageWaived reports a waiver on the package clause: it is for the number of
// exported names of the whole package.
func PackageWaived(f File) bool {
	line := f.Set.Position(f.Syntax.Package).Line
	return waived(bytes.Split(f.Source, []byte("\n")), line)
}

// Exported counts the exported names that a file declares at package level;
// methods belong to their type.
func Exported(f File) int {
	n := 0
	for _, d := range f.Syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.IsExported() {
				n++
			}
		case *ast.GenDecl:
			n += exportedSpecs(d)
		}
	}
	return n
}

// exportedSpecs counts a block of constants as one name, if it exports any: it is
// one idea.
func exportedSpecs(d *ast.GenDecl) int {
	n := 0
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			n += count(s.Name)
		case *ast.ValueSpec:
			n += count(s.Names...)
		}
	}
	if d.Tok == token.CONST && d.Lparen.IsValid() {
		return min(n, 1)
	}
	return n
}

func count(names ...*ast.Ident) (exported int) {
	for _, name := range names {
		if name.IsExported() {
			exported++
		}
	}
	return exported
}
