package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/review"
)

// page is one page of a list, as a client reads it.
type page struct {
	Submissions []struct {
		Case, State, Received, Name, Package, Version, Platform, Route string
		Links                                                          map[string]string
	}
	Next string
	link string
}

func (h *house) list(t *testing.T, token, query string) page {
	t.Helper()
	a := h.get(t, token, "/submissions"+query)
	require.Equal(t, http.StatusOK, a.StatusCode, "%s", a.text)
	var p page
	require.NoError(t, json.Unmarshal(a.text, &p))
	p.link = a.Header.Get("Link")
	return p
}

func (p page) cases() (all []string) {
	for _, s := range p.Submissions {
		all = append(all, s.Case)
	}
	return all
}

func TestList(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		staff := h.token(t, h.account(t, "staff", review.RoleAuditor), auth.ScopeRead)
		assert.Empty(t, h.list(t, staff, "").Submissions)
		token := h.pipeline(t, "ci")
		want := []string{h.scanned(t, token, part{"package", "notes.apk", quiet(t)}).Case}
		for i := range 4 {
			file := part{"package", fmt.Sprintf("app-%d.apk", i), []byte("PK")}
			want = append(want, h.handIn(t, token, file).Case)
		}
		// What nobody handed in is no submission.
		h.AddApp(t, "a-1", review.AppListed, "1.0", "listed")
		h.Open(t, "c-1", "a-1/1.0", func(c *review.Case) { c.Origin = review.OriginSample })

		all := h.list(t, staff, "")
		assert.ElementsMatch(t, want, all.cases())
		assert.Empty(t, all.Next)
		assert.Empty(t, all.link)
		i := slices.Index(all.cases(), want[0])
		first := all.Submissions[i]
		assert.Equal(t, "记事本", first.Name)
		assert.Equal(t, "com.example.notes", first.Package)
		assert.Equal(t, "1.4 (7)", first.Version)
		assert.Equal(t, "android", first.Platform)
		assert.Equal(t, h.status(t, staff, want[0]).Links["self"], first.Links["self"])

		waiting := h.list(t, staff, "?state=waiting&state=decided&state=waiting")
		assert.Equal(t, []string{want[0]}, waiting.cases())
		var paged []string
		query := "?state=received&state=waiting&limit=2"
		for pages := 0; ; pages++ {
			require.Less(t, pages, 5)
			p := h.list(t, staff, query)
			paged = append(paged, p.cases()...)
			if p.Next == "" {
				assert.Empty(t, p.link)
				break
			}
			next, ok := strings.CutPrefix(strings.TrimSuffix(p.link, `>; rel="next"`),
				"</api/v1/submissions?")
			require.True(t, ok, p.link)
			values, err := url.ParseQuery(next)
			require.NoError(t, err)
			assert.Equal(t, url.Values{"state": {"received", "waiting"}, "limit": {"2"},
				"after": {p.Next}}, values)
			query = "?" + next
		}
		assert.Equal(t, all.cases(), paged)
	})
}

func TestListRefuses(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		staff := h.token(t, h.account(t, "staff", review.RoleAuditor), auth.ScopeRead)
		for query, tt := range map[string]struct {
			field, code string
			off         bool
		}{
			"state=asleep":                       {"state", "state", true},
			"state=":                             {"state", "state", true},
			"state=received&state=%00":           {"state", "state", true},
			"limit=0":                            {"limit", "limit", true},
			"limit=201":                          {"limit", "limit", true},
			"limit=1e2":                          {"limit", "limit", true},
			"limit=99999999999999999999":         {"limit", "limit", true},
			"after=x":                            {"after", "after", false},
			"after=%00%ff":                       {"after", "not-text", false},
			"after=" + strings.Repeat("a", 5000): {"after", "too-long", true},
			"lang=de":                            {"lang", "lang", true},
		} {
			got := h.do(t, ask{method: http.MethodGet, path: "/api/v1/submissions?" + query,
				token: staff, off: tt.off})
			got.refused(t, 422, "invalid", tt.field, tt.code)
		}
		maker := h.token(t, h.account(t, "maker", review.RoleDeveloper), auth.ScopeRead)
		h.get(t, maker, "/submissions").refused(t, 403, "forbidden", "case", "own-only")
		none := h.do(t, ask{method: http.MethodGet, path: "/api/v1/submissions/keyed", off: true,
			token: h.pipeline(t, "ci")})
		none.refused(t, 422, "invalid", "key", "key")
	})
}
