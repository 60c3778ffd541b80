// Package i18n says the sentences of the workbench in other languages. A sentence is
// written in Chinese where it is used, and is complete there; a folder under locales
// is one language, with a file for each page: the Chinese sentence, and what it is.
//
//	"待审核": Waiting
//	"%d 件": {one: "%d case", other: "%d cases"}
//
// Verbs are those of fmt and come in the same order, or by number (%[2]s).
package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Source is the language in which the sentences are written.
const Source = "zh"

//go:embed locales
var locales embed.FS

// Locales returns the folders of the languages that come with the program.
func Locales() (fs.FS, error) { return fs.Sub(locales, "locales") }

// Catalog holds the sentences of all languages.
type Catalog struct {
	languages  []string
	matcher    language.Matcher
	localizers map[string]*i18n.Localizer
	known      map[string]bool
}

// Load returns the catalog that comes with the program.
func Load() (*Catalog, error) {
	files, err := Locales()
	if err != nil {
		return nil, err
	}
	return Read(files)
}

// Read reads a catalog: a folder for a language, in it the files of the pages.
func Read(files fs.FS) (*Catalog, error) {
	folders, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("read the languages: %w", err)
	}
	bundle := i18n.NewBundle(language.MustParse(Source))
	c := &Catalog{languages: []string{Source}, localizers: map[string]*i18n.Localizer{},
		known: map[string]bool{}}
	tags := []language.Tag{language.MustParse(Source)}
	for _, folder := range folders {
		tag, err := language.Parse(folder.Name())
		if err != nil {
			return nil, fmt.Errorf("language %s: %w", folder.Name(), err)
		}
		sentences, err := add(bundle, tag, files, folder.Name())
		if err != nil {
			return nil, err
		}
		for _, s := range sentences {
			c.known[s.ID] = true
		}
		c.languages = append(c.languages, folder.Name())
		c.localizers[folder.Name()] = i18n.NewLocalizer(bundle, folder.Name())
		tags = append(tags, tag)
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

// add reads the files of one language.
func add(bundle *i18n.Bundle, tag language.Tag, files fs.FS, folder string) ([]*i18n.Message,
	error) {
	pages, err := fs.Glob(files, path.Join(folder, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("language %s: %w", folder, err)
	}
	var all []*i18n.Message
	for _, page := range pages {
		text, err := fs.ReadFile(files, page)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", page, err)
		}
		sentences, err := bundle.ParseMessageBytes(tag, text, yaml.Unmarshal)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", page, err)
		}
		all = append(all, sentences...)
	}
	return all, nil
}

// Knows reports a sentence that some language has.
func (c *Catalog) Knows(sentence string) bool { return c.known[sentence] }

// Languages lists the languages, that of the sentences first.
func (c *Catalog) Languages() []string { return slices.Clone(c.languages) }

// Has reports a language of the catalog.
func (c *Catalog) Has(lang string) bool { return slices.Contains(c.languages, lang) }

// Match returns the language that suits an Accept-Language header best; that of the
// sentences where none does.
func (c *Catalog) Match(accept string) string {
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil || len(wanted) == 0 {
		return Source
	}
	_, i, _ := c.matcher.Match(wanted...)
	return c.languages[i]
}

// Say returns a sentence in a language, with its verbs filled; the sentence itself
// where the language does not have it. The first whole number among the arguments
// chooses between one and many.
func (c *Catalog) Say(lang, sentence string, args ...any) string {
	form := sentence
	if l, ok := c.localizers[lang]; ok {
		if said, _ := l.Localize(config(sentence, args)); said != "" {
			form = said
		}
	}
	if len(args) == 0 {
		return form
	}
	return fmt.Sprintf(form, args...)
}

func config(sentence string, args []any) *i18n.LocalizeConfig {
	out := &i18n.LocalizeConfig{MessageID: sentence}
	for _, a := range args {
		if n, ok := a.(int); ok {
			out.PluralCount = n
			break
		}
	}
	return out
}
