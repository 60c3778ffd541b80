// Package uitest shows a page to a test as a browser would get it: with the frame
// around it, in a language, for a person.
package uitest

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/frame"
	"github.com/listgate/listgate/web/i18n"
	"github.com/listgate/listgate/web/ui"
)

// Visit is one request. What is empty is GET, zh, Clock and a reviewer.
type Visit struct {
	Method string
	Path   string     // with the query
	Form   url.Values // the body of a POST
	// Body is another body, and ContentType what it is.
	Body, ContentType string
	Who               *review.Actor
	Lang              string
	Now               time.Time
}

// Answer is what came of it.
type Answer struct {
	Status int
	Header http.Header
	Body   string
	Tree   Node     // of the body
	Told   []string // what the next page is to say
	Err    error    // what the handler returned, for the one error page
}

// Clock is the time of a visit that names none.
func Clock() time.Time { return time.Date(2026, 11, 26, 6, 30, 0, 0, time.UTC) }

// Reviewer is the person of a visit that names none.
func Reviewer() review.Actor {
	return review.Actor{ID: "acc-1", Name: "王审核", Role: review.RoleReviewer}
}

// Go visits a page. Roles are not asked: that is the server's.
func Go(t *testing.T, p ui.Page, v Visit) Answer {
	t.Helper()
	catalog, err := i18n.Load()
	require.NoError(t, err)
	templates, err := frame.Parse(p, catalog, catalog.Languages())
	require.NoError(t, err)
	var out Answer
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	for _, route := range p.Routes {
		engine.Handle(route.Method, route.Path, func(c *gin.Context) {
			f := &answering{c: c, catalog: catalog, templates: templates, visit: v, out: &out}
			out.Err = route.Do(f.request())
		})
	}
	w := httptest.NewRecorder()
	engine.ServeHTTP(w, v.request())
	out.Status, out.Header, out.Body = w.Code, w.Header(), w.Body.String()
	root, err := html.Parse(bytes.NewReader(w.Body.Bytes()))
	require.NoError(t, err)
	out.Tree = Node{root}
	return out
}

func (v Visit) request() *http.Request {
	method := v.Method
	if method == "" {
		method = http.MethodGet
	}
	body := v.Body
	if v.Form != nil {
		body = v.Form.Encode()
	}
	r := httptest.NewRequest(method, v.Path, strings.NewReader(body))
	if v.ContentType != "" {
		r.Header.Set("Content-Type", v.ContentType)
	}
	if v.Form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// answering answers as the server does.
type answering struct {
	c         *gin.Context
	catalog   *i18n.Catalog
	templates *frame.Templates
	visit     Visit
	out       *Answer
}

func (f *answering) request() *ui.Request {
	r := &ui.Request{Context: f.c, Who: Reviewer(), Lang: f.lang(), Now: f.visit.Now, Frame: f}
	if f.visit.Who != nil {
		r.Who = *f.visit.Who
	}
	if r.Now.IsZero() {
		r.Now = Clock()
	}
	return r
}

func (f *answering) lang() string {
	if f.visit.Lang == "" {
		return i18n.Source
	}
	return f.visit.Lang
}

func (f *answering) Show(status int, template string, view any) error {
	body, err := f.templates.Render(template, frame.Chrome{
		Lang: f.lang(), Store: "示例商店", Who: f.request().Who, Here: f.visit.Path,
		Languages: []frame.Language{{Tag: "zh", Name: "中文"}, {Tag: "en", Name: "English"}},
	}, view)
	if err != nil {
		return err
	}
	f.c.Data(status, "text/html; charset=utf-8", body)
	return nil
}

func (f *answering) Say(sentence string, args ...any) string {
	return f.catalog.Say(f.lang(), sentence, args...)
}

func (f *answering) Tell(sentence string, args ...any) {
	f.out.Told = append(f.out.Told, f.Say(sentence, args...))
}
