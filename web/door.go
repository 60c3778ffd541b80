package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// begin finds out who asks, in which language, and what he is still to be told.
func (s *server) begin(f *reply) error {
	f.lang = s.spoken(f.c, "")
	f.hear()
	ctx := f.c.Request.Context()
	account, err := s.Sessions.Account(ctx)
	switch {
	case errors.Is(err, auth.ErrCredentials), errors.Is(err, auth.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	who := review.Actor{ID: account.ID, Name: account.Name, Role: review.Role(account.Role)}
	if !who.Known() {
		return fmt.Errorf("account %s has the role %q, which there is not", who.ID, who.Role)
	}
	f.who, f.lang = who, s.spoken(f.c, account.Language)
	return nil
}

// may is the one place that says whether a role may use a route. The empty role is
// nobody's.
func may(route ui.Route, role review.Role) bool {
	switch {
	case route.Open:
		return true
	case role == "":
		return false
	case route.May == nil:
		return role != review.RolePipeline
	}
	return slices.Contains(route.May, role)
}

// admit refuses what comes from another site, sends strangers to the door, and
// refuses whoever may not.
func (s *server) admit(f *reply, route ui.Route) error {
	if err := s.origins.Check(f.c.Request); err != nil {
		s.Log.WarnContext(f.c.Request.Context(), "cross-site request refused",
			"id", visitOf(f.c.Request.Context()).id, "error", err)
		return errOrigin
	}
	if may(route, f.who.Role) {
		return nil
	}
	if f.who.ID == "" {
		return errStranger
	}
	return review.ErrForbidden
}

// languageCookie keeps the language that a browser chose.
const languageCookie = "listgate-lang"

// spoken is the language of a request: that of the browser's choice, of the account,
// of what the browser accepts.
func (s *server) spoken(c *gin.Context, account string) string {
	if chosen, err := c.Cookie(languageCookie); err == nil && s.catalog.Has(chosen) {
		return chosen
	}
	if account != "" {
		return s.catalog.Match(account)
	}
	return s.catalog.Match(c.GetHeader("Accept-Language"))
}

// own are the addresses that belong to no page.
func (s *server) own() []ui.Page {
	return []ui.Page{{Name: "start", Routes: []ui.Route{
		{Method: http.MethodGet, Path: "/", Do: s.start},
		{Method: http.MethodPost, Path: "/language", Open: true, Do: s.speak},
	}}}
}

// start sends a person to the first page of the bar that he may see.
func (s *server) start(r *ui.Request) error {
	nav := s.nav(r.Who.Role, "")
	if len(nav) == 0 {
		return review.ErrNotFound
	}
	return r.Go(nav[0].URL)
}

// speak changes the language of the browser and, for who is signed in, of the account.
func (s *server) speak(r *ui.Request) error {
	lang := r.PostForm("lang")
	if !s.catalog.Has(lang) {
		return review.ErrInvalid
	}
	s.setCookie(r.Context, languageCookie, lang, 365*24*time.Hour)
	if r.Who.ID != "" {
		change := auth.Change{By: r.Who.ID, ID: r.Who.ID}
		_, err := s.Accounts.Describe(r.Request.Context(), change, r.Who.Name, lang)
		if err != nil {
			s.Log.WarnContext(r.Request.Context(), "the account keeps its language",
				"account", r.Who.ID, "error", err)
		}
	}
	return r.Go(ui.Local(r.PostForm("back")))
}

// setCookie sets a cookie of ours, in place of one set before; no time deletes it.
func (s *server) setCookie(c *gin.Context, name, value string, age time.Duration) {
	cookie := &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(age / time.Second), HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: s.Secure,
	}
	if age <= 0 {
		cookie.MaxAge = -1
	}
	lines := c.Writer.Header()["Set-Cookie"]
	c.Writer.Header()["Set-Cookie"] = slices.DeleteFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, name+"=")
	})
	http.SetCookie(c.Writer, cookie)
}

// door is the address of the sign-in page, from which a person returns here, or to the
// page of the form that was sent.
func (s *server) door(r *http.Request) string {
	back := s.asker(r.URL.Path)
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		back = ui.Local(r.URL.RequestURI())
	}
	if back == "/" {
		return "/signin"
	}
	return "/signin?back=" + url.QueryEscape(back)
}
