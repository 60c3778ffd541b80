package web

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/frame"
	"github.com/listgate/listgate/web/i18n"
	"github.com/listgate/listgate/web/ui"
)

// answering is a page ready to answer.
type answering struct {
	*server
	templates *frame.Templates
}

func (s *server) answering(p ui.Page) (*answering, error) {
	templates, err := frame.Parse(p, s.catalog, s.catalog.Languages())
	if err != nil {
		return nil, err
	}
	return &answering{s, templates}, nil
}

// reply is the frame of one request: it implements ui.Frame.
type reply struct {
	*answering
	c    *gin.Context
	who  review.Actor
	lang string
	told []string
	tell []said
}

// handle answers a route: it finds out who asks, holds him to the route, and turns
// an error into the error page.
func (s *server) handle(a *answering, route ui.Route) gin.HandlerFunc {
	return func(c *gin.Context) {
		v := visitOf(c.Request.Context())
		v.route = c.FullPath()
		f := &reply{answering: a, c: c, lang: i18n.Source}
		err := s.begin(f)
		v.account = f.who.ID
		if err == nil {
			err = s.admit(f, route)
		}
		if err == nil {
			err = s.limit(c, route)
		}
		if err == nil {
			err = s.do(f, route)
		}
		if err != nil {
			s.fail(f, err)
		}
	}
}

// do lets the page answer. A panic is an error of its own.
func (s *server) do(f *reply, route ui.Route) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return route.Do(&ui.Request{
		Context: f.c, Who: f.who, Lang: f.lang, Now: s.Now().UTC(), Frame: f,
	})
}

// Show implements ui.Frame.
func (f *reply) Show(status int, template string, view any) error {
	body, err := f.templates.Render(template, f.chrome(), view)
	if err != nil {
		return err
	}
	f.forget()
	f.c.Header("Content-Language", f.lang)
	f.c.Data(status, "text/html; charset=utf-8", body)
	return nil
}

// Say implements ui.Frame.
func (f *reply) Say(sentence string, args ...any) string {
	return f.catalog.Say(f.lang, sentence, args...)
}

func (f *reply) chrome() frame.Chrome {
	told := slices.Clone(f.told)
	for _, s := range f.tell {
		told = append(told, f.sentence(s))
	}
	return frame.Chrome{
		Lang: f.lang, Languages: f.languages(), Store: f.Store.In(f.lang), Who: f.who,
		Nav: f.nav(f.who.Role, f.c.Request.URL.Path), Here: f.here(), Told: told,
		RequestID: visitOf(f.c.Request.Context()).id,
	}
}

func (f *reply) languages() []frame.Language {
	var out []frame.Language
	for _, tag := range f.catalog.Languages() {
		out = append(out, frame.Language{Tag: tag, Name: display.Self.Name(language.Make(tag))})
	}
	return out
}

// here is where to return to after a change of language: this page, where it was
// asked for by its address.
func (f *reply) here() string {
	if f.c.Request.Method != http.MethodGet {
		return "/"
	}
	return f.c.Request.URL.RequestURI()
}

// bar lists the addresses of the bar at the top.
var bar = []frame.Link{
	{Label: ui.Sentence("队列"), URL: "/cases"},
	{Label: ui.Sentence("上传"), URL: "/upload"},
	{Label: ui.Sentence("名录"), URL: "/registry"},
	{Label: ui.Sentence("台账"), URL: "/ledger"},
}

// nav is the bar for a role: what there is, and it may see.
func (s *server) nav(role review.Role, path string) []frame.Link {
	var out []frame.Link
	for _, link := range bar {
		if role == "" || !s.reaches(role, link.URL) {
			continue
		}
		link.Current = path == link.URL || strings.HasPrefix(path, link.URL+"/")
		out = append(out, link)
	}
	return out
}

// reaches reports a page at the address that the role may see.
func (s *server) reaches(role review.Role, path string) bool {
	return slices.ContainsFunc(s.pages, func(p ui.Page) bool {
		return slices.ContainsFunc(p.Routes, func(r ui.Route) bool {
			return r.Method == http.MethodGet && r.Path == path && may(r, role)
		})
	})
}
