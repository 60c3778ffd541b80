// Package ui is what a page is written against: what it is, what a request brings
// it, how it answers, and the parts of which its templates are made. Pages know this
// package and the domain; they know neither the server nor each other.
//
// A page is one folder under web/page with its templates. Each *.html defines "title"
// and "main" inside the common frame, and may define "head"; those whose name begins
// with an underscore hold parts that the others share. Its texts are Chinese sentences
// in the template, {{t "待审核"}}; web/i18n/locales/<language>/<page>.yaml holds what
// they are in other languages.
package ui

import (
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/gin-gonic/gin"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
)

// Page is one page of the workbench with the forms on it.
type Page struct {
	Name   string // of its folder
	Files  fs.FS  // its templates: *.html
	Routes []Route
}

// Route is one address of a page.
type Route struct {
	Method string
	Path   string // as Gin writes it: /cases/:id
	// May lists the roles that may; nil is everybody who is signed in.
	May []review.Role
	// Open is for everybody, signed in or not.
	Open bool
	// Body bounds what the request may carry, in bytes; 0 means 1 MiB. Above that, the
	// page reads the body itself; up to that, the form is read before Do.
	Body int64
	// Do answers. An error becomes the one error page: what a person can act on is
	// said (review.ErrNotFound, ErrConflict, ErrInvalid, ErrForbidden, *Refusal, an
	// error with a Problem), anything else is logged and not shown.
	Do func(*Request) error
}

// Request is what a handler has of the world.
type Request struct {
	*gin.Context
	Who  review.Actor // zero where nobody is signed in
	Lang string       // zh or en
	Now  time.Time    // UTC
	Frame
}

// Frame puts an answer into the common frame of the workbench.
type Frame interface {
	// Show answers with a template of the page: "page.html" by name, and what it
	// shows. It is written whole or not at all.
	Show(status int, template string, view any) error
	// Say returns a Chinese sentence of the catalog in the language of the request;
	// args fill its verbs as in fmt.Sprintf.
	Say(sentence string, args ...any) string
	// Tell shows a sentence once, on the next page that the person sees.
	Tell(sentence string, args ...any)
}

// Text returns a text of the domain in the language of the request: an analyzer.Text,
// a registry.Text, or whatever has a Name (a state, a role, an event).
func (r *Request) Text(of any) string { return TextIn(r.Lang, of) }

// Go sends the browser on to an address of the workbench, which it asks for anew.
func (r *Request) Go(path string) error {
	r.Redirect(303, path)
	return nil
}

// TextIn returns what is said in two languages in one of them: an analyzer.Text, a
// registry.Text, or whatever has a Name.
func TextIn(lang string, of any) string {
	switch of := of.(type) {
	case analyzer.Text:
		return of.In(lang)
	case registry.Text:
		return analyzer.Text(of).In(lang)
	case interface{ Name() analyzer.Text }:
		return of.Name().In(lang)
	case interface{ Name() registry.Text }:
		return analyzer.Text(of.Name()).In(lang)
	case fmt.Stringer:
		return of.String()
	}
	return fmt.Sprint(of)
}

// Local returns an address of this workbench to go to, "/" for any that is not.
func Local(address string) string {
	if len(address) > 2000 || !strings.HasPrefix(address, "/") ||
		strings.HasPrefix(address, "//") || strings.ContainsFunc(address, func(c rune) bool {
		return c == '\\' || unicode.IsControl(c)
	}) {
		return "/"
	}
	u, err := url.Parse(address)
	if err != nil || u.Host != "" || u.Scheme != "" || u.User != nil {
		return "/"
	}
	return u.RequestURI()
}
