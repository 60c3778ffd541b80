package web_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/intake"
	"github.com/listgate/listgate/web"
	"github.com/listgate/listgate/web/frame"
	"github.com/listgate/listgate/web/ui"
)

// failing is a page that fails as its address says.
func failing() ui.Page {
	failures := map[string]error{
		"not-found": review.ErrNotFound, "conflict": review.ErrConflict,
		"invalid": review.ErrInvalid, "forbidden": review.ErrForbidden,
		"refusal": &review.Refusal{Problems: []review.Problem{
			{Field: "reason", Code: "empty", Kind: review.ErrInvalid,
				Message: analyzer.Text{ZH: "没有写理由", EN: "there is no reason"}},
			{Field: "rev", Code: "stale", Kind: review.ErrConflict,
				Message: analyzer.Text{ZH: "<em>案件已变", EN: "the case changed"}},
		}},
		"claimed":   &review.ClaimedError{By: review.Actor{Name: "李四"}},
		"too-large": intake.ErrTooLarge, "busy": context.DeadlineExceeded,
		"no-room": intake.ErrNoRoom,
		"other":   errors.New("dial tcp 10.0.0.7: password=hunter2"),
	}
	p := ui.Page{Name: "failing", Files: fstest.MapFS{
		"bad.html": {Data: []byte(`{{define "title"}}{{end}}{{define "main"}}{{.No}}{{end}}`)},
	}}
	for name, err := range failures {
		p.Routes = append(p.Routes, ui.Route{Method: http.MethodGet, Path: "/fail/" + name,
			Open: true, Do: func(r *ui.Request) error {
				r.Header("Content-Disposition", "attachment")
				r.Tell("已退出")
				return fmt.Errorf("act on /srv/blobs/secret: %w", err)
			}})
	}
	p.Routes = append(p.Routes,
		ui.Route{Method: http.MethodGet, Path: "/fail/panic", Open: true,
			Do: func(r *ui.Request) error {
				secret := []string{}
				return r.Go(secret[r.Now.Year()])
			}},
		ui.Route{Method: http.MethodGet, Path: "/fail/template", Open: true,
			Do: func(r *ui.Request) error { return r.Show(200, "bad.html", struct{}{}) }},
		ui.Route{Method: http.MethodPost, Path: "/fail/form", Open: true,
			Do: func(r *ui.Request) error { r.String(200, r.PostForm("x")); return nil }},
		ui.Route{Method: http.MethodGet, Path: "/fail/nobody", May: []review.Role{},
			Do: func(r *ui.Request) error { r.String(200, "secret"); return nil }},
	)
	return p
}

func failures(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Databases(t, func(t *testing.T, db *store.DB) { test(t, open(t, db, failing())) })
}

func TestErrorPage(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		status int
		zh, en string
	}{
		{"not-found", 404, "没有找到", "Not found"},
		{"conflict", 409, "情况已变", "Things have changed"},
		{"invalid", 422, "内容有误", "Not accepted"},
		{"forbidden", 403, "没有权限", "Not allowed"},
		{"refusal", 409, "没有写理由", "there is no reason"},
		{"claimed", 409, "案件已由 李四 领取", "李四 has claimed the case"},
		{"too-large", 413, "内容过大", "Too large"},
		{"busy", 503, "暂时无法完成", "Not possible now"},
		{"no-room", 503, "存储空间不足", "There is no room left"},
		{"other", 500, "系统出错", "Something failed"},
		{"panic", 500, "系统出错", "Something failed"},
		{"template", 500, "系统出错", "Something failed"},
	}
	failures(t, func(t *testing.T, h *house) {
		b := h.browser(t)
		for _, c := range cases {
			for lang, want := range map[string]string{"zh": c.zh, "en": c.en} {
				b.header.Set("Accept-Language", lang)
				got := b.get(t, "/fail/"+c.name)
				assert.Equal(t, c.status, got.StatusCode, c.name)
				assert.Contains(t, got.main(t), want, c.name)
				assert.Empty(t, got.tree.All("main em"), "what is said is text")
				id := got.Header.Get(web.RequestHeader)
				assert.Contains(t, got.main(t), id)
				assert.Contains(t, h.log.String(), id)
				secrets := []string{"hunter2", "secret", "/srv", "goroutine", "panic:"}
				for _, secret := range secrets {
					assert.NotContains(t, got.body, secret, c.name)
				}
				assert.Empty(t, got.Header.Get("Content-Disposition"), "it is no download")
				assert.Empty(t, got.Header.Get("Set-Cookie"), "what was told did not happen")
			}
		}
		assert.Contains(t, h.log.String(), "hunter2", "the log says what it was")
	})
}

func TestUnknownAddresses(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		b := h.as(t, review.RoleReviewer)
		assert.Equal(t, http.StatusNotFound, b.get(t, "/nowhere").StatusCode)
		assert.Equal(t, http.StatusNotFound, b.get(t, "/cases/%2e%2e%2fetc").StatusCode)
		assert.Equal(t, http.StatusNotFound, b.get(t, "/static/../web.go").StatusCode)
		for address, page := range map[string]string{"/cases/c-1/decide": "/cases/c-1",
			"/cases/c-1/decisions/d-1/follow": "/cases/c-1"} {
			got := b.get(t, address)
			assert.Equal(t, http.StatusSeeOther, got.StatusCode, address)
			assert.Equal(t, page, got.Header.Get("Location"), "the page that has the form")
		}
		got := b.do(t, http.MethodDelete, "/cases", nil)
		assert.Equal(t, http.StatusMethodNotAllowed, got.StatusCode)
		assert.Contains(t, got.main(t), "不支持的操作")
	})
}

func TestNobodyIsDenied(t *testing.T) {
	t.Parallel()
	failures(t, func(t *testing.T, h *house) {
		for _, role := range review.Roles() {
			got := h.as(t, role).get(t, "/fail/nobody")
			statuses := []int{http.StatusForbidden, http.StatusSeeOther}
			assert.Contains(t, statuses, got.StatusCode, role)
			assert.NotContains(t, got.body, "secret")
		}
	})
}

func TestFormsAreBounded(t *testing.T) {
	t.Parallel()
	failures(t, func(t *testing.T, h *house) {
		b := h.browser(t)
		big := url.Values{"x": {strings.Repeat("a", 2<<20)}}
		assert.Equal(t, http.StatusRequestEntityTooLarge, b.post(t, "/fail/form", big).StatusCode)
		assert.Equal(t, http.StatusRequestEntityTooLarge, b.post(t, "/signin",
			url.Values{"login": {strings.Repeat("a", 20<<10)}}).StatusCode)
		for _, text := range []string{"\xff", "a\x00b"} {
			got := b.post(t, "/fail/form", url.Values{"x": {text}})
			assert.Equal(t, http.StatusUnprocessableEntity, got.StatusCode)
			assert.Contains(t, got.main(t), "无效字符")
		}
		assert.Equal(t, 422, b.get(t, "/signin?back=%ff").StatusCode)
		assert.Equal(t, "一二三", b.post(t, "/fail/form", url.Values{"x": {"一二三"}}).body)
		b.header.Set("Content-Type", "multipart/form-data; boundary=x")
		assert.Equal(t, http.StatusBadRequest, b.post(t, "/fail/form", nil).StatusCode)
	})
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		b := h.browser(t)
		for _, path := range []string{"/signin", "/nowhere", "/healthz"} {
			got := b.get(t, path)
			csp := got.Header.Get("Content-Security-Policy")
			for _, part := range []string{"default-src 'none'", "style-src 'self'",
				"script-src 'self'", "form-action 'self'", "frame-ancestors 'none'",
				"base-uri 'none'"} {
				assert.Contains(t, csp, part, path)
			}
			assert.NotContains(t, csp, "unsafe")
			assert.Equal(t, "no-store", got.Header.Get("Cache-Control"), path)
			assert.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"), path)
			assert.NotEmpty(t, got.Header.Get(web.RequestHeader), path)
		}
		got := b.get(t, "/signin")
		sheet := got.tree.All("link[rel=stylesheet]")[0].Attr("href")
		asset := b.get(t, sheet)
		assert.Equal(t, http.StatusOK, asset.StatusCode)
		assert.Contains(t, asset.Header.Get("Cache-Control"), "immutable")
		assert.Equal(t, "text/css; charset=utf-8", asset.Header.Get("Content-Type"))
		want, err := frame.Asset("app.css")
		require.NoError(t, err)
		assert.Equal(t, want, sheet)
		assert.Equal(t, http.StatusNotFound, b.get(t, "/static/app.css").StatusCode)
		assert.Equal(t, http.StatusOK, b.do(t, http.MethodHead, "/signin", nil).StatusCode)
	})
}

func TestLogHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		b := h.as(t, review.RoleReviewer)
		b.signIn(t, "reviewer", "wrong secret wrong")
		b.get(t, "/cases?text=searched-for")
		log := h.log.String()
		assert.Contains(t, log, "route=/cases")
		at, err := url.Parse(h.url)
		require.NoError(t, err)
		for _, c := range b.client.Jar.Cookies(at) {
			assert.NotContains(t, log, c.Value)
		}
		for _, secret := range []string{phrase, "wrong secret", "searched-for"} {
			assert.NotContains(t, log, secret)
		}
	})
}
