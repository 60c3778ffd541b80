package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web"
	"github.com/listgate/listgate/web/api"
)

// operations are all that ask for a token, on a case.
func operations(id string) []ask {
	at := api.Prefix + "/submissions"
	return []ask{
		{method: http.MethodPost, path: at, kind: "multipart/form-data; boundary=x",
			body: []byte(opening + "PK" + closing)},
		{method: http.MethodGet, path: at},
		{method: http.MethodGet, path: at + "/keyed?key=k"},
		{method: http.MethodGet, path: at + "/" + id},
		{method: http.MethodGet, path: at + "/" + id + "/report"},
		{method: http.MethodGet, path: at + "/" + id + "/letters"},
		{method: http.MethodPost, path: at + "/" + id + "/events", kind: "application/json",
			body: []byte(`{"event":"withdraw"}`)},
	}
}

func TestWithoutGoodToken(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		owner := h.account(t, "ci", review.RoleSenior)
		issue := func(days int) (auth.Token, string) {
			made, bearer, err := h.accounts.Tokens().Issue(t.Context(), auth.Token{
				Account: owner.ID, Name: "x", Scopes: []string{auth.ScopeSubmit},
				Expires: h.Time().Add(time.Duration(days) * 24 * time.Hour)})
			require.NoError(t, err)
			return made, bearer
		}
		_, good := issue(30)
		_, expired := issue(1)
		gone, revoked := issue(30)
		require.NoError(t, h.accounts.Tokens().Revoke(t.Context(), owner.ID, gone.ID))
		out := h.account(t, "out", review.RoleSenior)
		disabled := h.token(t, out, auth.ScopeSubmit)
		_, err := h.accounts.SetDisabled(t.Context(), auth.Change{By: "command", ID: out.ID,
			Rev: out.Rev}, true)
		require.NoError(t, err)
		h.Pass(25 * time.Hour)
		s := h.handIn(t, good, part{"package", "a.apk", quiet(t)})
		before := h.kept(t)

		altered := good[:len(good)-1] + "2"
		if altered == good {
			altered = good[:len(good)-1] + "3"
		}

		const invalid = `Bearer realm="listgate", error="invalid_token"`
		for name, tt := range map[string]struct{ header, challenge string }{
			"missing":        {"", `Bearer realm="listgate"`},
			"another_scheme": {"Basic bGc6eA==", invalid},
			"scheme_alone":   {"Bearer", invalid},
			"no_scheme":      {good, invalid},
			"bad":            {"Bearer lg_x", invalid},
			"hostile":        {"Bearer " + strings.Repeat("\xff'--", 2000), invalid},
			"altered":        {"Bearer " + altered, invalid},
			"expired":        {"Bearer " + expired, invalid},
			"revoked":        {"Bearer " + revoked, invalid},
			"disabled":       {"Bearer " + disabled, invalid},
		} {
			t.Run(name, func(t *testing.T) {
				for _, a := range operations(s.Case) {
					if tt.header != "" {
						a.header = http.Header{"Authorization": {tt.header}}
					}
					got := h.do(t, a)
					p := got.refused(t, 401, "token")
					assert.Empty(t, p.Errors, "a stranger is not told why")
					assert.Equal(t, tt.challenge, got.Header.Get("WWW-Authenticate"))
				}
			})
		}
		assert.Equal(t, before, h.kept(t))
		lower := h.do(t, ask{method: http.MethodGet, path: s.Links["self"],
			header: http.Header{"Authorization": {"bearer  " + good}}})
		assert.Equal(t, http.StatusOK, lower.StatusCode, "the scheme is read in any case")
	})
}

func TestScopes(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		owner := h.account(t, "ci", review.RoleSenior)
		both := h.token(t, owner, auth.ScopeSubmit, auth.ScopeRead)
		s := h.scanned(t, both, part{"package", "a.apk", quiet(t)})
		before := h.kept(t)
		allowed := map[string][]int{ // in the order of operations
			auth.ScopeSubmit: {202, 403, 404, 200, 200, 200, 200},
			auth.ScopeRead:   {403, 200, 403, 200, 200, 200, 403},
		}
		for _, scope := range []string{auth.ScopeRead, auth.ScopeSubmit} {
			token := h.token(t, owner, scope)
			for i, a := range operations(s.Case) {
				a.token = token
				got := h.do(t, a)
				require.Equal(t, allowed[scope][i], got.StatusCode, "%s: %s %s: %.300s", scope,
					a.method, a.path, got.text)
				if got.StatusCode == http.StatusForbidden {
					other := map[string]string{"read": "submit", "submit": "read"}[scope]
					got.refused(t, 403, "scope", "Authorization", "scope")
					assert.Equal(t, `Bearer realm="listgate", error="insufficient_scope", scope="`+
						other+`"`, got.Header.Get("WWW-Authenticate"))
				}
			}
			if scope == auth.ScopeRead {
				assert.Equal(t, before, h.kept(t))
			}
		}
	})
}

func TestVisibility(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		maker := h.account(t, "maker", review.RoleDeveloper)
		mine := h.token(t, maker, auth.ScopeSubmit)
		s := h.scanned(t, mine, part{"package", "a.apk", load(t, "faceswap-android")})
		other := h.account(t, "other", review.RoleDeveloper)
		staff := h.account(t, "staff", review.RoleAuditor)

		for name, tt := range map[string]struct {
			token          string
			read, withdraw int
		}{
			"another's":           {h.token(t, other, auth.ScopeSubmit), 404, 404},
			"another_developer's": {h.token(t, other, auth.ScopeSubmit, auth.ScopeRead), 404, 404},
			"the_store's":         {h.token(t, staff, auth.ScopeSubmit, auth.ScopeRead), 200, 403},
			"the_same_account's":  {h.token(t, maker, auth.ScopeRead), 200, 403},
		} {
			t.Run(name, func(t *testing.T) {
				for _, tail := range []string{"", "/report", "/letters"} {
					got := h.get(t, tt.token, "/submissions/"+s.Case+tail)
					require.Equal(t, tt.read, got.StatusCode, tail)
					if tt.read == 404 {
						unknown := h.get(t, tt.token, "/submissions/0193523a-0000-7000-8000-0"+tail)
						assert.Equal(t, unknown.refused(t, 404, "not-found").Title,
							got.refused(t, 404, "not-found").Title)
						assert.Len(t, got.text, len(unknown.text), "it does not exist for them")
					}
				}
				got := h.say(t, tt.token, s.Case, `{"event":"withdraw"}`)
				assert.Equal(t, tt.withdraw, got.StatusCode, "%s", got.text)
			})
		}
		got := h.say(t, h.token(t, staff, auth.ScopeSubmit, auth.ScopeRead), s.Case,
			`{"event":"withdraw"}`)
		got.refused(t, 403, "forbidden", "case", "not-own")
		assert.Equal(t, "waiting", h.status(t, mine, s.Case).State)
	})
}

func TestHostileIDs(t *testing.T) {
	t.Parallel()
	ids := map[string]string{
		"nul": "%00", "nul_within": "a%00b", "long": strings.Repeat("a", 10_000),
		"up": "..", "up_escaped": "%2e%2e", "up_and_away": "..%2f..%2fetc%2fpasswd",
		"slash": "%2f", "no_text": "%ff%fe", "quote": "'%20OR%20'1'='1", "percent": "%25",
		"line": "a%0d%0ab:%20c", "turned": url.PathEscape("a\u202eb"), "space": "%20",
		"markup": "%3Cscript%3E", "chinese": url.PathEscape("案件"), "unknown": "0193523a-0",
	}
	houses(t, func(t *testing.T, h *house) {
		token := h.token(t, h.account(t, "ci", review.RoleSenior), auth.ScopeSubmit,
			auth.ScopeRead)
		for name, id := range ids {
			t.Run(name, func(t *testing.T) {
				for _, a := range operations(id)[3:] {
					a.token, a.off = token, name == "long"
					got := h.do(t, a)
					got.refused(t, 404, "not-found")
					assert.Less(t, len(got.text), 500, "what was asked is not said again")
				}
			})
		}
		for name, key := range ids {
			got := h.do(t, ask{method: http.MethodGet, token: token, off: name == "long",
				path: api.Prefix + "/submissions/keyed?key=" + key})
			got.refused(t, 404, "not-found")
		}
	})
}

func TestOtherAddresses(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		for _, path := range []string{"", "/", "/submissions/", "/submission", "/submissions/a/b",
			"/submissions/a/report/", "/openapi.json", "/%00", "/..%2f..", "//submissions"} {
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
				got := h.do(t, ask{method: method, path: api.Prefix + path, token: token})
				got.refused(t, 404, "not-found")
			}
		}
		got := h.do(t, ask{method: http.MethodGet, path: "/api/v2/submissions", token: token})
		got.refused(t, 404, "not-found")
		for path, allow := range map[string]string{
			"/submissions": "GET, HEAD, POST", "/submissions/a": "GET, HEAD",
			"/submissions/a/events": "POST", "/openapi.yaml": "GET, HEAD",
		} {
			for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodOptions} {
				got := h.do(t, ask{method: method, path: api.Prefix + path, token: token})
				got.refused(t, 405, "method")
				assert.ElementsMatch(t, strings.Split(allow, ", "),
					strings.Split(got.Header.Get("Allow"), ", "), path)
			}
		}
		got = h.do(t, ask{method: "PROPFIND", path: api.Prefix + "/submissions", token: token})
		got.refused(t, 405, "method")
	})
}

func TestDocumentIsServed(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		got := h.get(t, "", "/openapi.yaml")
		require.Equal(t, http.StatusOK, got.StatusCode)
		assert.Equal(t, "application/yaml", got.Header.Get("Content-Type"))
		assert.Contains(t, string(got.text), "openapi: 3.1.0")
	})
}

// TestLog looks for who asked for what in the log, and for no secret.
func TestLog(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		owner := h.account(t, "ci", review.RoleSenior)
		token := h.token(t, owner, auth.ScopeSubmit)
		a := h.get(t, token, "/submissions/0193523a/report")
		line := ""
		require.Eventually(t, func() bool {
			for l := range strings.Lines(h.log.String()) {
				if strings.Contains(l, a.Header.Get(web.RequestHeader)) {
					line = l
				}
			}
			return line != ""
		}, time.Minute, time.Millisecond)
		assert.Contains(t, line, "account="+owner.ID)
		assert.Contains(t, line, "route=/api/v1/submissions/:case/report")
		assert.Contains(t, line, "status=404")
		assert.NotContains(t, h.log.String(), token[3:])
	})
}

func TestHead(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		s := h.handIn(t, token, part{"package", "a.apk", quiet(t)})
		got := h.do(t, ask{method: http.MethodHead, path: s.Links["self"], token: token})
		assert.Equal(t, http.StatusOK, got.StatusCode)
		assert.Equal(t, "1", got.Header.Get("Retry-After"))
		assert.Empty(t, got.text)
		got = h.do(t, ask{method: http.MethodHead, path: s.Links["self"]})
		assert.Equal(t, http.StatusUnauthorized, got.StatusCode)
	})
}
