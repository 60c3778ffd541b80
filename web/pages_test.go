package web_test

import (
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/web"
	"github.com/listgate/listgate/web/ui"
)

// pages are those of the workbench, with nothing behind them.
func pages() []ui.Page { return web.Pages(web.Parts{Desk: &desk.Desk{}}) }

func TestEveryPageIsListed(t *testing.T) {
	t.Parallel()
	folders, err := os.ReadDir("page")
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	var want, got []string
	for _, f := range folders {
		want = append(want, f.Name())
	}
	for _, p := range pages() {
		got = append(got, p.Name)
	}
	assert.ElementsMatch(t, want, got, "pages.go and the folders of web/page")
}

func TestRoutesAreUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	parameter := regexp.MustCompile(`:\w+`)
	for _, p := range pages() {
		require.NotEmpty(t, p.Routes, p.Name)
		for _, r := range p.Routes {
			address := r.Method + " " + parameter.ReplaceAllString(r.Path, ":")
			assert.Empty(t, seen[address], "%s is of %s too", address, p.Name)
			seen[address] = p.Name
			assert.True(t, r.May == nil || !r.Open, "%s is open and names roles", address)
			assert.Contains(t, []string{http.MethodGet, http.MethodPost}, r.Method, address)
		}
	}
}

// Who may, by route: the letters of developer, reviewer, senior, auditor, admin; "-"
// is everybody, signed in or not. A program is let in nowhere here.
var allowed = map[string]string{
	"GET /signin":   "-",
	"POST /signin":  "-",
	"POST /signout": "-",
	"GET /":         "drsua",

	"GET /cases":       "rsua",
	"POST /cases/next": "rs",

	"GET /cases/:id":         "drsua",
	"POST /cases/:id/move":   "drs",
	"POST /cases/:id/claim":  "rs",
	"POST /cases/:id/drop":   "rs",
	"POST /cases/:id/renew":  "rs",
	"POST /cases/:id/rescan": "rs",
	"POST /cases/:id/decide": "rs",

	"POST /cases/:id/decisions/:decision/follow": "rs",

	"GET /cases/:id/letters/:letter":        "drsua",
	"GET /cases/:id/letters/:letter/zh.txt": "drsua",
	"GET /cases/:id/letters/:letter/en.txt": "drsua",
	"GET /cases/:id/ledger/:seq":            "rsua",
	"GET /cases/:id/ledger/:seq/proof":      "rsua",

	"GET /upload":  "rs",
	"POST /upload": "rs",

	"GET /registry":          "drsua",
	"GET /registry/row":      "drsua",
	"GET /registry/held":     "drsua",
	"GET /registry/import":   "sa",
	"POST /registry/preview": "sa",
	"POST /registry/apply":   "sa",
}

// letters name the roles in allowed.
var letters = map[review.Role]string{
	review.RoleDeveloper: "d", review.RoleReviewer: "r", review.RoleSenior: "s",
	review.RoleAuditor: "u", review.RoleAdmin: "a", review.RolePipeline: "p",
}

// TestRoles asks every route as every role: whoever may not gets the error page, and
// who is not signed in the door.
func TestRoles(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		browsers := map[review.Role]*visitor{}
		for _, role := range review.Roles() {
			if role != review.RolePipeline {
				browsers[role] = h.as(t, role)
			}
		}
		stranger := h.browser(t)
		asked := map[string]bool{}
		start := ui.Page{Name: "start", Routes: []ui.Route{
			{Method: http.MethodGet, Path: "/"},
		}}
		for _, p := range append(slices.Clone(h.pages), start) {
			for _, r := range p.Routes {
				address := r.Method + " " + r.Path
				asked[address] = true
				who, stated := allowed[address]
				if !assert.True(t, stated, "say in allowed who may %s", address) || who == "-" {
					continue
				}
				path := filled(r.Path)
				for role, b := range browsers {
					b.check(t, r.Method, path, strings.Contains(who, letters[role]), role)
				}
				got := stranger.do(t, r.Method, path, nil)
				assert.Equal(t, http.StatusSeeOther, got.StatusCode, address)
				assert.Equal(t, "/signin", strings.Split(got.Header.Get("Location"), "?")[0])
			}
		}
		for address := range maps.Keys(allowed) {
			assert.True(t, asked[address], "there is no %s", address)
		}
	})
}

// check asks as a role. Whoever may is answered, if only that there is no such case.
func (b *visitor) check(t *testing.T, method, path string, may bool, role review.Role) {
	t.Helper()
	got := b.do(t, method, path, nil)
	if may {
		assert.NotEqual(t, http.StatusForbidden, got.StatusCode, "%s %s %s", role, method, path)
		assert.NotEqual(t, "/signin", got.Header.Get("Location"), "%s %s", role, path)
		return
	}
	assert.Equal(t, http.StatusForbidden, got.StatusCode, "%s %s %s", role, method, path)
	assert.Contains(t, got.body, "没有权限")
}

// filled is a route with something for its parameters.
func filled(path string) string {
	return regexp.MustCompile(`:\w+`).ReplaceAllString(path, "0")
}
