// Package web is the workbench: one handler over the pages, with sessions, roles,
// languages, one error page, and what a browser has to be told to be safe. Pages
// return errors; what these become is said here once. See pages.go for the pages.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/web/i18n"
	"github.com/listgate/listgate/web/ui"
)

// Accounts lets people in and keeps what language they read. *auth.Accounts does.
type Accounts interface {
	SignIn(ctx context.Context, login, password, address string) (auth.Account, error)
	Describe(ctx context.Context, c auth.Change, name, tag string) (auth.Account, error)
}

// Sessions are those of people in browsers. *auth.Sessions are.
type Sessions interface {
	Wrap(next http.Handler) http.Handler
	Begin(ctx context.Context, a auth.Account) error
	Account(ctx context.Context) (auth.Account, error)
	End(ctx context.Context) error
}

// Options are what the workbench stands on.
type Options struct {
	Store    analyzer.Text // the store's name
	Pages    []ui.Page     // of Pages
	Accounts Accounts
	Sessions Sessions
	API      http.Handler                    // of all below /api/; nil is none
	Ready    func(ctx context.Context) error // asked by /readyz; nil is always
	Log      *slog.Logger                    // nil is nowhere
	Now      func() time.Time                // nil is time.Now
	Secure   bool                            // cookies go over HTTPS alone
	// Proxies lists the addresses whose word for where a request comes from is
	// believed; nil is none.
	Proxies []string
}

// server is the workbench at work.
type server struct {
	Options
	catalog *i18n.Catalog
	pages   []ui.Page
	origins *http.CrossOriginProtection
	failure *answering // of requests that reached no page
}

// New returns the handler of all addresses. Its server is to have the time-outs of
// Server.
func New(o Options) (http.Handler, error) {
	if o.Accounts == nil || o.Sessions == nil {
		return nil, errors.New("workbench: accounts and sessions are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	catalog, err := i18n.Load()
	if err != nil {
		return nil, fmt.Errorf("workbench: %w", err)
	}
	s := &server{Options: o, catalog: catalog, origins: http.NewCrossOriginProtection()}
	s.pages = append(s.own(), o.Pages...)
	engine, err := s.engine()
	if err != nil {
		return nil, fmt.Errorf("workbench: %w", err)
	}
	return s.outside(engine), nil
}

// engine has a route for every address; all others, and all else that fails, answer
// with the error page.
func (s *server) engine() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	if err := engine.SetTrustedProxies(s.Proxies); err != nil {
		return nil, err
	}
	var err error
	if s.failure, err = s.answering(errorPage()); err != nil {
		return nil, err
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		engine.Handle(method, "/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
		engine.Handle(method, "/readyz", s.ready)
		engine.Handle(method, assetRoute, asset)
	}
	for _, p := range s.pages {
		if err := s.mount(engine, p); err != nil {
			return nil, err
		}
	}
	engine.NoRoute(s.handle(s.failure, ui.Route{Open: true, Do: func(*ui.Request) error {
		return errNoRoute
	}}))
	engine.NoMethod(s.handle(s.failure, ui.Route{Open: true, Do: s.noMethod}))
	return engine, nil
}

// mount adds the routes of a page. An address that another page has is an error.
func (s *server) mount(engine *gin.Engine, p ui.Page) (err error) {
	defer func() {
		if cause := recover(); cause != nil { // the router's only way to refuse a route
			err = fmt.Errorf("page %s: %v", p.Name, cause)
		}
	}()
	a, err := s.answering(p)
	if err != nil {
		return err
	}
	for _, route := range p.Routes {
		if route.Do == nil || route.Path == "" || route.Path[0] != '/' {
			return fmt.Errorf("page %s: route %s %s answers nothing", p.Name, route.Method,
				route.Path)
		}
		handler := s.handle(a, route)
		engine.Handle(route.Method, route.Path, handler)
		if route.Method == http.MethodGet {
			engine.HEAD(route.Path, handler)
		}
	}
	return nil
}

// readyWait is how long the question whether the server is ready may take.
const readyWait = 2 * time.Second

func (s *server) ready(c *gin.Context) {
	if s.Ready != nil {
		ctx, cancel := context.WithTimeout(c.Request.Context(), readyWait)
		defer cancel()
		if err := s.Ready(ctx); err != nil {
			s.Log.WarnContext(ctx, "not ready", "error", err)
			c.String(http.StatusServiceUnavailable, "not ready\n")
			return
		}
	}
	c.String(http.StatusOK, "ok\n")
}

// The limits of a server. What a request may carry is bounded by its route, and
// one that may carry more has more time.
const (
	headerWait = 10 * time.Second
	bodyWait   = 30 * time.Second
	answerWait = 60 * time.Second
	idleWait   = 2 * time.Minute
	headerMax  = 64 << 10
)

// Server returns a server of the handler with all its time-outs.
func Server(address string, handler http.Handler) *http.Server {
	return &http.Server{
		Addr: address, Handler: handler, ReadHeaderTimeout: headerWait, ReadTimeout: bodyWait,
		WriteTimeout: answerWait, IdleTimeout: idleWait, MaxHeaderBytes: headerMax,
	}
}
