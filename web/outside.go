package web

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/listgate/listgate/web/frame"
)

// RequestHeader names a request in the log, on the error page and in the answer.
const RequestHeader = "X-Request-Id"

// policy is what a page may load and where its forms may go: only here.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; " +
	"img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'"

// secured are the headers of every answer.
var secured = map[string]string{
	"Content-Security-Policy":      policy,
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
	"Referrer-Policy":              "same-origin",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
}

// visit is what the log says of a request; inner handlers fill in what they learn.
type visit struct {
	id, route, account string
	status             int
	bytes              int64
}

type visitKey struct{}

// visitOf returns what is known of the request.
func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}

// Note has the log say of a request what route it took and for which account, where its
// handler is none of the pages.
func Note(ctx context.Context, route, account string) {
	v := visitOf(ctx)
	v.route, v.account = route, account
}

// outside is what happens around every request, whoever answers it: a name, the
// headers, a line in the log, and an answer even where a handler panics.
func (s *server) outside(engine http.Handler) http.Handler {
	withSession := s.Sessions.Wrap(engine)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		v := &visit{id: rand.Text()}
		s.headers(w.Header(), v.id)
		counted := &counting{ResponseWriter: w, visit: v}
		r = r.WithContext(context.WithValue(r.Context(), visitKey{}, v))
		defer s.written(r, v, began)
		defer s.recovered(counted, r)
		switch {
		case s.API != nil && strings.HasPrefix(r.URL.Path, apiPrefix):
			v.route = apiPrefix
			s.API.ServeHTTP(counted, r)
		case stateless(r):
			engine.ServeHTTP(counted, r)
		default:
			withSession.ServeHTTP(counted, r)
		}
	})
}

func (s *server) headers(h http.Header, id string) {
	for name, value := range secured {
		h.Set(name, value)
	}
	if s.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	h.Set("Cache-Control", "no-store")
	h.Set(RequestHeader, id)
}

// apiPrefix begins the addresses of the API, which answers all of them by itself.
const apiPrefix = "/api/"

// stateless are the requests for which nobody signs in.
func stateless(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	return r.URL.Path == "/healthz" || r.URL.Path == "/readyz" ||
		strings.HasPrefix(r.URL.Path, frame.AssetPath)
}

// written writes the line of a request: no query, no cookie, no body, and of what a
// stranger may make long the beginning.
func (s *server) written(r *http.Request, v *visit, began time.Time) {
	level := slog.LevelInfo
	if v.route == "" && v.status == http.StatusOK {
		level = slog.LevelDebug
	}
	s.Log.LogAttrs(r.Context(), level, "request", slog.String("id", v.id),
		slog.String("method", clip(r.Method)), slog.String("path", clip(r.URL.Path)),
		slog.String("route", v.route), slog.Int("status", v.status),
		slog.Int64("bytes", v.bytes), slog.String("account", v.account),
		slog.String("address", r.RemoteAddr), slog.Duration("took", time.Since(began)))
}

// recovered ends a panic that no page caught.
func (s *server) recovered(w *counting, r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	s.Log.ErrorContext(r.Context(), "panic", "id", w.visit.id, "cause", cause,
		"stack", string(debug.Stack()))
	if w.visit.status == 0 {
		http.Error(w, http.StatusText(http.StatusInternalServerError),
			http.StatusInternalServerError)
		return
	}
	cut(w)
}

// cut ends an answer that had begun and cannot be ended well: what is not written yet
// never is, so that nobody takes half of it for the whole.
func cut(w http.ResponseWriter) {
	// A writer that is no connection has nobody at its other end.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Unix(1, 0))
}

// counting counts what is written.
type counting struct {
	http.ResponseWriter
	visit *visit
}

// WriteHeader implements http.ResponseWriter.
func (c *counting) WriteHeader(status int) {
	if c.visit.status == 0 {
		c.visit.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (c *counting) Write(b []byte) (int, error) {
	if c.visit.status == 0 {
		c.visit.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(b)
	c.visit.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (c *counting) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// Flush implements http.Flusher.
func (c *counting) Flush() { _ = http.NewResponseController(c.ResponseWriter).Flush() }

// assetRoute is that of style sheet, script and icon.
const assetRoute = frame.AssetPath + "*name"

// asset answers with a file whose name holds its content.
func asset(c *gin.Context) {
	file, ok := frame.AssetFile(path.Base(c.Param("name")))
	if !ok || c.Param("name") != "/"+path.Base(c.Param("name")) {
		c.String(http.StatusNotFound, "not found\n")
		return
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Data(http.StatusOK, file.Type, file.Body)
}
