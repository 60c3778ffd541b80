package arch

import (
	"go/ast"
	"strings"
)

// Undocumented lists the exported names of a file without a comment. A comment
// on a block of constants or variables covers each of it.
func Undocumented(f File) (names []string) {
	for _, d := range f.Syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			names = append(names, undocumentedSpecs(d)...)
		}
	}
	return names
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	t := d.Recv.List[0].Type
	if s, ok := t.(*ast.StarExpr); ok {
		t = s.X
	}
	id, ok := t.(*ast.Ident)
	return ok && id.IsExported()
}

func undocumentedSpecs(d *ast.GenDecl) (names []string) {
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
				names = append(names, s.Name.Name)
			}
		case *ast.ValueSpec:
			if s.Names[0].IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
				names = append(names, s.Names[0].Name)
			}
		}
	}
	return names
}

// ban is a call that is forbidden in some folders, with the reason.
type ban struct {
	call   string
	in     string // prefix of the folder; "" everywhere
	tests  bool   // in tests too
	reason string
}

var bans = []ban{
	{"io.ReadAll", "", false, "reads without a bound"},
	{"os.CreateTemp", "", false, "nothing of a package is written to disk"},
	{"os.MkdirTemp", "analyzer", false, "nothing of a package is written to disk"},
	{"time.Now", "analyzer", false, "the clock is an argument"},
	{"time.Now", "review", false, "the clock is an argument"},
	{"time.Now", "registry", false, "the clock is an argument"},
	{"zip.OpenReader", "", false, "refuses what devices accept"},
	{"fmt.Println", "", false, "libraries do not print"},
	{"fmt.Printf", "", false, "libraries do not print"},
	{"log.Fatal", "", false, "only main ends the program"},
	{"log.Printf", "", false, "libraries do not print"},
	{"panic", "", false, "a library returns errors"},
	{"t.Skip", "", true, "a skipped test is a passed lie"},
	{"t.SkipNow", "", true, "a skipped test is a passed lie"},
	{"t.Skipf", "", true, "a skipped test is a passed lie"},
}

// Banned lists the forbidden calls of a file, and any init function.
func Banned(f File) (found []string) {
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Name.Name == "init" && n.Recv == nil {
				found = append(found, "func init: registration at a distance")
			}
		case *ast.CallExpr:
			name := callee(n)
			for _, b := range bans {
				if b.call == name && strings.HasPrefix(f.Dir, b.in) && (b.tests || !f.Support()) {
					found = append(found, name+": "+b.reason)
				}
			}
		}
		return true
	})
	return found
}

func callee(c *ast.CallExpr) string {
	switch fun := c.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		if x, ok := fun.X.(*ast.Ident); ok {
			return x.Name + "." + fun.Sel.Name
		}
	}
	return ""
}
