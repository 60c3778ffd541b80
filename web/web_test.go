package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web"
	"github.com/listgate/listgate/web/ui"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) { newRefuses(t, h) })
}

func newRefuses(t *testing.T, h *house) {
	t.Helper()
	sound := func() web.Options {
		return web.Options{Accounts: h.accounts, Sessions: h.sessions}
	}
	do := func(*ui.Request) error { return nil }
	route := ui.Route{Method: http.MethodGet, Path: "/x", Do: do}
	cases := []struct {
		name string
		edit func(*web.Options)
		want string
	}{
		{"no_sessions", func(o *web.Options) { o.Sessions = nil }, "sessions"},
		{"no_proxy", func(o *web.Options) { o.Proxies = []string{"somewhere"} }, "somewhere"},
		{"route_without_handler", func(o *web.Options) {
			o.Pages = []ui.Page{{Name: "a", Routes: []ui.Route{{Method: "GET", Path: "/x"}}}}
		}, "GET /x"},
		{"route_twice", func(o *web.Options) {
			o.Pages = []ui.Page{{Name: "a", Routes: []ui.Route{route}},
				{Name: "b", Routes: []ui.Route{route}}}
		}, "page b"},
		{"broken_template", func(o *web.Options) {
			files := fstest.MapFS{"x.html": {Data: []byte("{{if}}")}}
			o.Pages = []ui.Page{{Name: "a", Files: files}}
		}, "templates of a"},
		{"template_without_main", func(o *web.Options) {
			o.Pages = []ui.Page{{Name: "a", Files: fstest.MapFS{"x.html": {Data: []byte("x")}}}}
		}, "main"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := sound()
			c.edit(&o)
			_, err := web.New(o)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		var down error
		o := web.Options{Accounts: h.accounts, Sessions: h.sessions, Secure: true,
			Ready: func(context.Context) error { return down },
			API: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, "api "+r.URL.Path)
			})}
		handler, err := web.New(o)
		require.NoError(t, err)
		ask := func(method, path string) *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(method, path, nil))
			return w
		}
		assert.Equal(t, http.StatusOK, ask("GET", "/readyz").Code)
		assert.Equal(t, http.StatusOK, ask("GET", "/healthz").Code)
		down = errors.New("no database at 10.0.0.7")
		w := ask("GET", "/readyz")
		assert.Equal(t, http.StatusServiceUnavailable, w.Code)
		assert.NotContains(t, w.Body.String(), "10.0.0.7")
		assert.Equal(t, http.StatusOK, ask("GET", "/healthz").Code)
		w = ask("POST", "/api/v1/submissions")
		assert.Equal(t, "api /api/v1/submissions", w.Body.String())
		assert.NotEmpty(t, w.Header().Get("Strict-Transport-Security"))
		assert.Equal(t, "api /api/x", ask("PROPFIND", "/api/x").Body.String())
		assert.Equal(t, http.StatusMethodNotAllowed, ask("POST", "/healthz").Code)
	})
}

// deadlined is a connection that keeps its deadline.
type deadlined struct {
	*httptest.ResponseRecorder
	read time.Time
}

func (d *deadlined) SetReadDeadline(at time.Time) error {
	d.read = at
	return nil
}

func TestLargeBodiesHaveTime(t *testing.T) {
	t.Parallel()
	failures(t, func(t *testing.T, h *house) {
		var read int64
		take := func(r *ui.Request) (err error) {
			read, err = io.Copy(io.Discard, r.Request.Body)
			return err
		}
		handler, err := web.New(web.Options{Accounts: h.accounts, Sessions: h.sessions,
			Pages: []ui.Page{{Name: "a", Routes: []ui.Route{
				{Method: http.MethodPost, Path: "/small", Open: true, Do: take},
				{Method: http.MethodPost, Path: "/large", Open: true, Body: 64 << 20, Do: take},
			}}}})
		require.NoError(t, err)
		send := func(path string, size int) *deadlined {
			w := &deadlined{ResponseRecorder: httptest.NewRecorder()}
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path,
				strings.NewReader(strings.Repeat("x", size))))
			return w
		}
		assert.True(t, send("/small", 10).read.IsZero())
		w := send("/large", 3<<20)
		assert.Equal(t, http.StatusOK, w.Code)
		assert.EqualValues(t, 3<<20, read)
		assert.Greater(t, time.Until(w.read), 10*time.Minute)
		assert.Equal(t, http.StatusRequestEntityTooLarge, send("/large", 65<<20).Code)
	})
}

func TestServerHasTimeOuts(t *testing.T) {
	t.Parallel()
	s := web.Server("127.0.0.1:0", http.NotFoundHandler())
	for _, d := range []time.Duration{s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout,
		s.IdleTimeout} {
		assert.Positive(t, d)
	}
	assert.Positive(t, s.MaxHeaderBytes)
}

// TestHalfAnAnswerIsCut looks at a page that fails when it has begun to answer.
func TestHalfAnAnswerIsCut(t *testing.T) {
	t.Parallel()
	page := ui.Page{Name: "half", Routes: []ui.Route{{Method: http.MethodGet, Path: "/half",
		Open: true, Do: func(r *ui.Request) error {
			r.String(http.StatusOK, "the beginning")
			return review.ErrConflict
		}}}}
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		h := open(t, db, page)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/half", nil)
		require.NoError(t, err)
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			return // cut before its head came through
		}
		body, err := io.ReadAll(got.Body)
		require.NoError(t, got.Body.Close())
		assert.NotContains(t, string(body), "<html", "no second answer behind the first")
		assert.Error(t, err, "what is cut is not taken for the whole")
	})
}
