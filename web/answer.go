package web

import (
	"fmt"
	"net/http"
	"path"
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
	told []said // on the page before
	tell []said
}

// handle answers a route: it finds out who asks, holds him to the route, and turns
// an error into the error page.
func (s *server) handle(a *answering, route ui.Route) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer forgetFiles(c)
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

// forgetFiles removes what a form with large files left on the disk. The server does so
// for the request as it came in, which is no longer the one that was read.
func forgetFiles(c *gin.Context) {
	if form := c.Request.MultipartForm; form != nil {
		_ = form.RemoveAll() // what cannot be removed now is the system's to clean
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
	var told []string
	for _, s := range append(slices.Clone(f.told), f.tell...) {
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

// here is where to return to after a change of language: this page, or the page of
// the form that it answers.
func (f *reply) here() string {
	if r := f.c.Request; r.Method != http.MethodGet {
		return f.asker(r.URL.Path)
	}
	return f.c.Request.URL.RequestURI()
}

// asker is the address of the page that has the form with this address: the nearest
// above it that is a page, "/" where none is.
func (s *server) asker(address string) string {
	for at := address; strings.HasPrefix(at, "/") && at != "/"; at = path.Dir(at) {
		if s.shows(at) {
			return ui.Local(at)
		}
	}
	return "/"
}

// shows reports an address that is a page.
func (s *server) shows(address string) bool {
	return slices.ContainsFunc(s.pages, func(p ui.Page) bool {
		return slices.ContainsFunc(p.Routes, func(r ui.Route) bool {
			return r.Method == http.MethodGet && matches(r.Path, address)
		})
	})
}

// matches reports an address of the form of a route, part by part.
func matches(route, address string) bool {
	form, parts := strings.Split(route, "/"), strings.Split(address, "/")
	return slices.EqualFunc(form, parts, func(a, b string) bool {
		return a == b || strings.HasPrefix(a, ":") && b != ""
	})
}

// bar lists the addresses of the bar at the top.
var bar = []frame.Link{
	{Label: ui.Sentence("队列"), URL: "/cases"},
	{Label: ui.Sentence("上传"), URL: "/upload"},
	{Label: ui.Sentence("名录"), URL: "/registry"},
	{Label: ui.Sentence("台账"), URL: "/ledger"},
}

// nav is the bar for a role: what there is, and it may see.
func (s *server) nav(role review.Role, at string) []frame.Link {
	var out []frame.Link
	for _, link := range bar {
		if role == "" || !s.reaches(role, link.URL) {
			continue
		}
		link.Current = at == link.URL || strings.HasPrefix(at, link.URL+"/")
		out = append(out, link)
	}
	return out
}

// reaches reports a page at the address that the role may see.
func (s *server) reaches(role review.Role, address string) bool {
	return slices.ContainsFunc(s.pages, func(p ui.Page) bool {
		return slices.ContainsFunc(p.Routes, func(r ui.Route) bool {
			return r.Method == http.MethodGet && r.Path == address && may(r, role)
		})
	})
}
