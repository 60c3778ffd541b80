// Package api is the JSON API of the store's pipelines, version 1: a package in, its
// state, its report and the letters on it out, and what the developer says to them.
//
// openapi.yaml is the source: the handlers are held to it by tests, and it is served
// beside them. Errors are documents of RFC 9457 with a stable code. Who asks names
// himself by a token of the form that internal/auth gives out; a token with the scope
// submit hands in and sees its own submissions, one with read sees all.
package api

import (
	"context"
	_ "embed"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/intake"
)

// Options are what the API stands on; every field is needed.
type Options struct {
	// Identify returns who a bearer token names and what he may; its error wraps
	// ErrToken for one that is not, or no longer, good.
	Identify    func(ctx context.Context, bearer string) (Caller, error)
	Submit      func(ctx context.Context, u intake.Upload) (review.Submission, bool, error)
	Move        func(ctx context.Context, m desk.Move) error
	Cases       review.Cases
	Submissions review.Submissions
	Letters     review.Letters
	Files       desk.Files
	MaxSize     int64 // of a package, bytes
	// Failed is told what is not the caller's fault.
	Failed func(r *http.Request, err error)
}

// Caller is a program with a token.
type Caller struct {
	Actor  review.Actor
	Scopes []string
}

//go:embed openapi.yaml
var openAPI []byte

// Prefix is where the API stands.
const Prefix = "/api/v1"

// New returns the handler of all addresses below Prefix.
func New(o Options) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	a := &api{o}
	v1 := engine.Group(Prefix)
	v1.GET("/openapi.yaml", func(c *gin.Context) { c.Data(200, "application/yaml", openAPI) })
	v1.POST("/submissions", a.handle(auth.ScopeSubmit, a.submit))
	v1.GET("/submissions/:case", a.handle("", a.status))
	v1.GET("/submissions/:case/report", a.handle("", a.report))
	v1.GET("/submissions/:case/letters", a.handle("", a.letters))
	v1.POST("/submissions/:case/events", a.handle(auth.ScopeSubmit, a.event))
	engine.NoRoute(func(c *gin.Context) { a.fail(c, review.ErrNotFound) })
	engine.NoMethod(func(c *gin.Context) { a.fail(c, errMethod) })
	return engine
}

type api struct{ Options }

// call is one request of a known caller.
type call struct {
	*gin.Context
	Caller
}

// handle knows the caller, holds him to the scope, and turns an error into a document.
// An empty scope is any.
func (a *api) handle(scope string, do func(*call) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Cache-Control", "no-store")
		caller, err := a.caller(c)
		if err == nil && scope != "" && !caller.may(scope) {
			err = errScope(scope)
		}
		if err == nil {
			err = do(&call{c, caller})
		}
		if err != nil {
			a.fail(c, err)
		}
	}
}

func (a *api) caller(c *gin.Context) (Caller, error) {
	bearer, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	if !ok {
		return Caller{}, ErrToken
	}
	return a.Identify(c.Request.Context(), bearer)
}

func (c Caller) may(scope string) bool {
	for _, s := range c.Scopes {
		if s == scope {
			return true
		}
	}
	return false
}

// submission returns the one that the address names, where the caller may see it.
// Another's does not exist for him.
func (a *api) submission(c *call) (review.Submission, error) {
	s, err := a.Submissions.Submission(c.Request.Context(), c.Param("case"))
	if err != nil {
		return s, err
	}
	if !c.may(auth.ScopeRead) && !s.By.Same(c.Actor) {
		return s, review.ErrNotFound
	}
	return s, nil
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
