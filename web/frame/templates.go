// Package frame puts a page into what stands around it on every page: the bar, the
// languages, what was told, the style sheet and the script. Its templates and their
// functions are the parts of which pages are made.
package frame

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

//go:embed layout
var layout embed.FS

// Chrome is what stands around a page: all of it but the page.
type Chrome struct {
	Lang      string // zh or en
	Languages []Language
	Store     string // the store's name
	Who       review.Actor
	Nav       []Link
	Here      string   // path and query, to return to after a change of language
	Told      []string // said once
	RequestID string
}

// Language is one that a person can choose.
type Language struct{ Tag, Name string }

// Link is an address of the bar at the top.
type Link struct {
	Label   ui.Sentence
	URL     string
	Current bool
}

// Templates are those of a page, parsed for each language.
type Templates struct {
	page string
	sets map[string]map[string]*template.Template // by language and file
}

// Parse parses the templates of a page in the common frame.
func Parse(p ui.Page, s Speaker, languages []string) (*Templates, error) {
	t := &Templates{page: p.Name, sets: map[string]map[string]*template.Template{}}
	for _, lang := range languages {
		set, err := parse(p.Files, functions(lang, s))
		if err != nil {
			return nil, fmt.Errorf("templates of %s: %w", p.Name, err)
		}
		t.sets[lang] = set
	}
	return t, nil
}

// parse makes a set of each file, so that each may define "main" for itself.
func parse(files fs.FS, funcs template.FuncMap) (map[string]*template.Template, error) {
	base, err := template.New("").Funcs(funcs).Option("missingkey=error").
		ParseFS(layout, "layout/*.html")
	if err != nil {
		return nil, err
	}
	sets := map[string]*template.Template{}
	if files == nil {
		return sets, nil
	}
	names, err := fs.Glob(files, "*.html")
	if err != nil {
		return nil, err
	}
	shared, err := fs.Glob(files, "_*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		set, err := base.Clone()
		if err != nil {
			return nil, err
		}
		if sets[name], err = set.ParseFS(files, append([]string{name}, shared...)...); err != nil {
			return nil, err
		}
		if set.Lookup("main") == nil || set.Lookup("title") == nil {
			return nil, fmt.Errorf("%s: defines no \"main\" or no \"title\"", name)
		}
	}
	return sets, nil
}

// Render returns a page as HTML.
func (t *Templates) Render(file string, c Chrome, view any) ([]byte, error) {
	set, ok := t.sets[c.Lang][file]
	if !ok {
		return nil, fmt.Errorf("page %s has no template %s in %s", t.page, file, c.Lang)
	}
	var out bytes.Buffer
	err := set.ExecuteTemplate(&out, "layout", struct {
		Chrome
		View any
	}{c, view})
	if err != nil {
		return nil, fmt.Errorf("page %s: %w", t.page, err)
	}
	return out.Bytes(), nil
}
