// Package arch holds the rules of the tree as tests: which folder may import
// which, how large a function, a file and a package may be, and that what is
// added in a folder is also in its visible list.
//
// It parses the sources inside the test process. A test that asked the go command
// would be cached by the go command, and lie.
package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// Module is the path that this tree's imports begin with.
const Module = "github.com/listgate/listgate"

// File is one parsed source file.
type File struct {
	Path   string // relative to the root, with forward slashes
	Dir    string // its folder, "." for the root
	Source []byte
	Syntax *ast.File
	Set    *token.FileSet
}

// Test reports a test file.
func (f File) Test() bool { return strings.HasSuffix(f.Path, "_test.go") }

// Support reports a file outside the product: a test, a folder of help for tests
// (reporttest), a generator. It stands outside the import table.
func (f File) Support() bool {
	return f.Test() || strings.HasSuffix(path.Base(f.Dir), "test") ||
		f.Syntax.Name.Name == "main" && !strings.HasPrefix(f.Dir, "cmd/")
}

// Imports lists the import paths.
func (f File) Imports() []string {
	var out []string
	for _, spec := range f.Syntax.Imports {
		out = append(out, strings.Trim(spec.Path.Value, `"`))
	}
	return out
}

// Load parses every Go file of the tree below root.
func Load(root fs.FS) ([]File, error) {
	var files []File
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || skipped[d.Name()]) {
			return fs.SkipDir
		}
		if filepath.Ext(p) != ".go" {
			return nil
		}
		src, err := fs.ReadFile(root, p)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, p, src, parser.ParseComments)
		if err != nil {
			return fmt.Errorf("parse %s: %w", p, err)
		}
		files = append(files, File{p, path.Dir(p), src, syntax, set})
		return nil
	})
	return files, err
}

// skipped are folders without sources of this module.
var skipped = map[string]bool{"testdata": true, "var": true, "bin": true, "tools": true}
