package api_test

import (
	"bytes"
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/fixtures"
	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/internal/blob"
	"github.com/listgate/listgate/review"
)

// load returns a shipped fixture.
func load(t *testing.T, name string) []byte {
	t.Helper()
	data, err := fixtures.Load(name)
	require.NoError(t, err)
	return data
}

// quiet is an application that makes nothing, and declaredQuiet its declaration.
func quiet(t *testing.T) []byte {
	t.Helper()
	data, err := fixtures.Build([]byte(`-- manifest.yaml --
package: com.example.notes
versionCode: 7
versionName: "1.4"
minSdk: 24
targetSdk: 34
label: {"": Notes, zh-CN: 记事本}
-- dex/classes.dex.yaml --
classes:
  - name: com.example.notes.Main
    extends: android.app.Activity
`))
	require.NoError(t, err)
	return data
}

const declaredQuiet = `schema: listgate.declaration/v1
app: {id: com.example.notes, name: 记事本, version: "1.4", target_minors: no}
provider: {name: 示例科技（北京）有限公司, uscc: 91310104MA1FAKE3XX, kind: organisation}
purpose: 记录每日步数。
signed: {by: 张三, on: 2026-11-20}
synthesis: {offered: no}
filings:
  - {series: app, number: 京ICP备2024068193号-1A}
documents:
  - {kind: licence, file: licence.pdf}
  - {kind: app-filing, file: filing.pdf}
`

// kept counts what a house keeps: submissions, cases, jobs and files.
func (h *house) kept(t *testing.T) (n int) {
	t.Helper()
	for _, table := range []string{"submissions", "cases", "river_job"} {
		var rows int
		require.NoError(t, h.DB.From(t.Context()).Raw("SELECT count(*) FROM "+table).
			Scan(&rows).Error)
		n += rows
	}
	all, err := h.Blobs.List(t.Context(), blob.Digest{}, 1000)
	require.NoError(t, err)
	return n + len(all)
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		app := load(t, "faceswap-android")
		a := h.do(t, upload(t, token, "", part{"package", `C:\fakepath\换脸.apk`, app}))
		s := a.submission(t, http.StatusAccepted)
		assert.Equal(t, "received", s.State)
		assert.False(t, s.Scanned)
		assert.Equal(t, "换脸.apk", s.Package.File)
		assert.Equal(t, int64(len(app)), s.Package.Size)
		assert.Equal(t, "/api/v1/submissions/"+s.Case, s.Links["self"])
		assert.Equal(t, s.Links["self"], a.Header.Get("Location"))
		assert.Equal(t, "1", a.Header.Get("Retry-After"))
		assert.Empty(t, a.Header.Get("Idempotency-Replayed"))
		assert.NotContains(t, s.Links, "report")

		kept, err := h.Submissions.Submission(t.Context(), s.Case)
		require.NoError(t, err)
		assert.Equal(t, s.Package.SHA256, kept.SHA256)
		assert.Equal(t, review.RolePipeline, kept.By.Role)
		assert.Equal(t, "流水线 ci", kept.By.Name)

		again := h.do(t, upload(t, token, "", part{"package", "换脸.apk", app}))
		assert.NotEqual(t, s.Case, again.submission(t, http.StatusAccepted).Case,
			"without a key it is another submission")

		with := h.do(t, upload(t, token, "", part{"declaration", "", []byte(declaredQuiet)},
			part{"package", "a.apk", quiet(t)})).submission(t, http.StatusAccepted)
		kept, err = h.Submissions.Submission(t.Context(), with.Case)
		require.NoError(t, err)
		assert.Equal(t, declaredQuiet, kept.Declaration)
	})
}

func TestSubmitTwice(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		owner := h.account(t, "ci", review.RoleSenior)
		token := h.token(t, owner, auth.ScopeSubmit)
		app, other := part{"package", "a.apk", quiet(t)}, part{"package", "a.apk", []byte("PK")}
		first := h.do(t, upload(t, token, "构建-17", app)).submission(t, http.StatusAccepted)
		before := h.kept(t)

		// A token in place of another is the same account.
		rotated := h.token(t, owner, auth.ScopeSubmit)
		for _, bearer := range []string{token, rotated} {
			a := h.do(t, upload(t, bearer, "构建-17", app))
			assert.Equal(t, first, a.submission(t, http.StatusAccepted))
			assert.Equal(t, "true", a.Header.Get("Idempotency-Replayed"))
		}
		found := h.get(t, rotated, "/submissions/keyed?key=%E6%9E%84%E5%BB%BA-17")
		assert.Equal(t, first, found.submission(t, http.StatusOK))
		assert.Equal(t, first.Links["self"], found.Header.Get("Content-Location"))

		p := h.do(t, upload(t, token, "构建-17", other)).refused(t, 409, "conflict", "key",
			"key-reused")
		assert.Contains(t, p.Detail, first.Case)
		h.do(t, upload(t, token, "构建-17", part{"declaration", "", []byte(declaredQuiet)}, app)).
			refused(t, 409, "conflict", "key", "key-reused")
		assert.Equal(t, before, h.kept(t))

		stranger := h.pipeline(t, "other")
		mine := h.do(t, upload(t, stranger, "构建-17", other)).submission(t, http.StatusAccepted)
		assert.NotEqual(t, first.Case, mine.Case, "a key is the account's own")
		h.get(t, stranger, "/submissions/keyed?key=none").refused(t, 404, "not-found")
	})
}

func TestSubmitTwiceAtOnce(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		const n = 6
		var all sync.WaitGroup
		cases := make([]string, n)
		app := part{"package", "a.apk", quiet(t)}
		for i := range n {
			a := upload(t, token, "k", app)
			all.Go(func() { cases[i] = h.do(t, a).submission(t, http.StatusAccepted).Case })
		}
		all.Wait()
		for _, c := range cases {
			assert.Equal(t, cases[0], c)
		}
		assert.Equal(t, 4, h.kept(t), "a submission, its case, its scan and its file")
	})
}

func TestSubmitRefuses(t *testing.T) {
	t.Parallel()
	sound := part{"package", "a.apk", []byte("PK")}
	declared := func(text string) part { return part{"declaration", "", []byte(text)} }
	large := part{"package", "a.apk", make([]byte, maxSize+1)}
	tests := []struct {
		name   string
		ask    func(t *testing.T, token string) ask
		status int
		code   string
		reason []string
	}{
		{"no_package", of(declared("schema: x")), 422, "invalid", []string{"package", "form"}},
		{"empty_package", of(part{"package", "a.apk", nil}), 422, "invalid",
			[]string{"package", "package-empty"}},
		{"package_not_last", of(sound, declared("schema: x")), 422, "invalid",
			[]string{"package", "form"}},
		{"two_packages", of(sound, sound), 422, "invalid", []string{"package", "form"}},
		{"over_the_limit", of(large), 413, "too-large", []string{"package", "package-too-large"}},
		{"texts_over_the_limit", of(declared(strings.Repeat("x", 3<<20)), sound), 422, "invalid",
			[]string{"package", "form"}},
		{"declaration", of(declared("schema: listgate.declaration/v1\nsize: 1\n"), sound), 422,
			"declaration", []string{"declaration", "declaration"}},
		{"declaration_hostile", of(declared("\x00\xff"), sound), 422, "declaration",
			[]string{"declaration", "declaration"}},
		{"json_instead_of_a_form", func(_ *testing.T, token string) ask {
			return ask{kind: "application/json", body: []byte(`{}`), off: true}
		}, 415, "media-type", []string{"Content-Type", "media-type"}},
		{"no_type", func(*testing.T, string) ask { return ask{body: []byte("x"), off: true} }, 415,
			"media-type", []string{"Content-Type", "media-type"}},
		{"no_body", func(*testing.T, string) ask { return ask{off: true} }, 415, "media-type", nil},
		{"no_boundary", func(*testing.T, string) ask {
			return ask{kind: "multipart/form-data", body: []byte("x"), off: true}
		}, 422, "invalid", []string{"package", "form"}},
		{"cut_in_the_package", func(t *testing.T, token string) ask {
			a := upload(t, token, "", part{"package", "a.apk", make([]byte, 9000)})
			a.body, a.off = a.body[:5000], true
			return a
		}, 422, "invalid", []string{"package", "form"}},
		{"no_form_behind_the_package", func(t *testing.T, token string) ask {
			a := upload(t, token, "", sound)
			a.body = bytes.Replace(a.body, []byte("--\r\n"), []byte("\r\nx"), 1)
			a.off = true
			return a
		}, 422, "invalid", []string{"package", "form"}},
		{"encoded_package", func(t *testing.T, token string) ask {
			a := upload(t, token, "", part{"package", "a.apk", []byte("=Z\x00=")})
			a.body = bytes.Replace(a.body, []byte("Content-Type:"),
				[]byte("Content-Transfer-Encoding: quoted-printable\r\nContent-Type:"), 1)
			a.off = true
			return a
		}, 422, "invalid", []string{"package", "form"}},
		{"long_key", keyed(strings.Repeat("k", 201), true), 422, "invalid", []string{"key", "key"}},
		{"key_no_text", keyed("\xff", false), 422, "invalid", []string{"key", "key"}},
		{"key_that_turns_the_line", keyed("a\u202eb", false), 422, "invalid",
			[]string{"key", "key"}},
		{"language", func(t *testing.T, token string) ask {
			a := upload(t, token, "", sound)
			a.path, a.off = a.path+"?lang=fr", true
			return a
		}, 422, "invalid", []string{"lang", "lang"}},
	}
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				a := tt.ask(t, token)
				a.method, a.token = http.MethodPost, token
				a.path = cmp.Or(a.path, "/api/v1/submissions")
				h.do(t, a).refused(t, tt.status, tt.code, tt.reason...)
				assert.Zero(t, h.kept(t), "something was kept")
			})
		}
	})
}

// of is an upload of parts; one without a package is not what the document says.
func of(parts ...part) func(*testing.T, string) ask {
	return func(t *testing.T, token string) ask {
		a := upload(t, token, "", parts...)
		a.off = true
		for _, p := range parts {
			a.off = a.off && p.name != "package"
		}
		return a
	}
}

func keyed(key string, off bool) func(*testing.T, string) ask {
	return func(t *testing.T, token string) ask {
		a := upload(t, token, key, part{"package", "a.apk", []byte("PK")})
		a.off = off
		return a
	}
}

func TestDeclarationProblems(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		token := h.pipeline(t, "ci")
		a := upload(t, token, "", part{"declaration", "d.yaml",
			[]byte("schema: listgate.declaration/v1\napp: {}\ncolour: red\nsize: 3\n")},
			part{"package", "a.apk", []byte("PK")})
		zh := h.do(t, a).refused(t, 422, "declaration")
		require.Len(t, zh.Errors, 2)
		assert.Equal(t, 3, zh.Errors[0].Line)
		assert.Equal(t, "colour", zh.Errors[0].Path)
		assert.Equal(t, "第 3 行：colour：未知字段", zh.Errors[0].Message.ZH)
		assert.Equal(t, "line 3: colour: unknown field", zh.Errors[0].Message.EN)
		assert.Equal(t, zh.Errors[0].Message.ZH, zh.Detail)
		assert.Equal(t, 4, zh.Errors[1].Line)

		a.path += "?lang=en"
		en := h.do(t, a).refused(t, 422, "declaration")
		assert.Equal(t, "the declaration does not hold", en.Title)
		assert.Equal(t, zh.Errors, en.Errors)
		assert.Equal(t, en.Errors[0].Message.EN, en.Detail)
		assert.Zero(t, h.kept(t))
	})
}

func TestLanguageOfProblems(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		for _, tt := range []struct{ query, accept, want string }{
			{"", "", "zh-CN"}, {"", "en", "en"}, {"", "en-GB,zh;q=0.5", "en"},
			{"", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"}, {"", "fr", "zh-CN"},
			{"", "fr,en;q=0.1", "en"}, {"", "zh;q=0.1,en;q=0.9", "en"},
			{"", "en;;;q=x,,\xff", "zh-CN"}, {"", strings.Repeat("en,", 5000), "zh-CN"},
			{"?lang=zh", "en", "zh-CN"}, {"?lang=en", "zh", "en"},
		} {
			a := h.do(t, ask{method: http.MethodGet, path: "/api/v1/submissions/x" + tt.query,
				header: http.Header{"Accept-Language": {tt.accept}}})
			a.refused(t, 401, "token")
			assert.Equal(t, tt.want, a.Header.Get("Content-Language"),
				fmt.Sprintf("%s %.40q", tt.query, tt.accept))
		}
	})
}
