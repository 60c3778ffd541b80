// Package ui is what a page is written against: what it is, what a request brings
// it, and how it answers. Pages know this package and the domain; they know neither
// the server nor each other.
//
// A page is one folder under web/page with its template, which defines "title" and
// "main" inside the common frame. Its texts are Chinese sentences in the template,
// {{t "待审核"}}; the locale files of web/i18n hold what they are in other languages.
package ui

import (
	"io/fs"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/listgate/listgate/analyzer"
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

// Text returns a text of the domain in the language of the request.
func (r *Request) Text(t analyzer.Text) string { return t.In(r.Lang) }

// Go sends the browser on to an address of the workbench, which it asks for anew.
func (r *Request) Go(path string) error {
	r.Redirect(303, path)
	return nil
}
