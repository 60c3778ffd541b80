// Package api is the JSON API of the store's pipelines, version 1: a package in, its
// state, its report and the letters on it out, and what the developer says to them.
//
// openapi.yaml is the source: the handlers are held to it by tests, and it is served
// beside them. Errors are documents of RFC 9457 with a stable code. Who asks names
// himself by a token that internal/auth gives out, and acts for its account: a token
// with the scope submit hands in and sees what the account handed in, one with read
// sees all that the account may read.
package api

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/intake"
)

// Options are what the API stands on; every field is needed but the last two.
type Options struct {
	// Identify returns who a bearer token names and what he may; its error wraps
	// ErrToken for one that is not, or no longer, good. Tokens makes one.
	Identify    func(ctx context.Context, bearer string) (Caller, error)
	Submit      func(ctx context.Context, u intake.Upload) (review.Submission, bool, error)
	Move        func(ctx context.Context, m desk.Move) error
	Cases       review.Cases
	Submissions review.Submissions
	Letters     review.Letters
	Files       desk.Files
	MaxSize     int64 // of a package, bytes
	// Failed is told what is not the caller's fault, with the id of the request where
	// it has one.
	Failed func(r *http.Request, id string, err error)
	// Known is told who sends a request, and on which route; nil is nobody.
	Known func(r *http.Request, route string, who Caller)
	// Patience is how long the body of a request may be behind the speed that it has to
	// keep, 64 KiB a second; 0 is 30 s.
	Patience time.Duration
}

//go:embed openapi.yaml
var openAPI []byte

// Prefix is where the API stands.
const Prefix = "/api/v1"

// New returns the handler of all addresses below Prefix.
func New(o Options) http.Handler {
	if o.Patience == 0 {
		o.Patience = 30 * time.Second
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false // it would answer with a page
	a := &api{o}
	for _, r := range a.routes() {
		engine.Handle(r.method, Prefix+r.path, a.handle(r))
		if r.method == http.MethodGet {
			engine.Handle(http.MethodHead, Prefix+r.path, a.handle(r))
		}
	}
	engine.NoRoute(func(c *gin.Context) { a.fail(c, review.ErrNotFound) })
	engine.NoMethod(func(c *gin.Context) { a.fail(c, errMethod) })
	return engine
}

type api struct{ Options }

// route is one operation of openapi.yaml.
type route struct {
	method, path string
	scope        string // that the token needs; empty is any
	open         bool   // no token is asked for
	do           func(*call) error
}

func (a *api) routes() []route {
	const get, post, one = http.MethodGet, http.MethodPost, "/submissions/:case"
	return []route{
		{get, "/openapi.yaml", "", true, document},
		{post, "/submissions", auth.ScopeSubmit, false, a.submit},
		{get, "/submissions", auth.ScopeRead, false, a.list},
		{get, "/submissions/keyed", auth.ScopeSubmit, false, a.keyed},
		{get, one, "", false, a.status},
		{get, one + "/report", "", false, a.report},
		{get, one + "/letters", "", false, a.letters},
		{post, one + "/events", auth.ScopeSubmit, false, a.event},
	}
}

// call is one request of a known caller.
type call struct {
	*gin.Context
	Caller
	lang string // of the answer
}

func (a *api) handle(r route) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Cache-Control", "no-store")
		if err := a.answer(c, r); err != nil {
			a.fail(c, err)
		}
	}
}

// answer knows the caller, holds him to the scope, and does what he asks for. A panic
// is an error like others.
func (a *api) answer(c *gin.Context, r route) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	var caller Caller
	if !r.open {
		if caller, err = a.caller(c.Request); err != nil {
			return err
		}
		if a.Known != nil {
			a.Known(c.Request, c.FullPath(), caller)
		}
		if r.scope != "" && !caller.may(r.scope) {
			return errScope(r.scope)
		}
	}
	if lang, given := c.GetQuery("lang"); given && lang != "zh" && lang != "en" {
		return invalid("lang", "lang", "lang 须为 zh 或 en", "lang is zh or en")
	}
	return r.do(&call{c, caller, languageOf(c.Request)})
}

// document answers with the description of the API.
func document(c *call) error {
	c.Data(http.StatusOK, "application/yaml", openAPI)
	return nil
}
