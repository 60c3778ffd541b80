package web_test

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
	"github.com/listgate/listgate/web/ui"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		h.account(t, "wang", review.RoleReviewer)
		b := h.browser(t)

		got := b.get(t, "/cases?tab=approve")
		require.Equal(t, http.StatusSeeOther, got.StatusCode)
		door := got.Header.Get("Location")
		assert.Equal(t, "/signin?back=%2Fcases%3Ftab%3Dapprove", door)

		got = b.get(t, door)
		require.Equal(t, http.StatusOK, got.StatusCode)
		back := got.tree.All("main input[name=back]")[0].Attr("value")
		assert.Equal(t, "/cases?tab=approve", back)
		assert.Equal(t, "password", got.tree.All("input[name=password]")[0].Attr("type"))
		assert.Empty(t, got.tree.All("header nav"), "a stranger sees no pages")

		got = b.post(t, "/signin", url.Values{"login": {"Wang"}, "password": {phrase},
			"back": {back}})
		require.Equal(t, http.StatusSeeOther, got.StatusCode, got.body)
		assert.Equal(t, "/cases?tab=approve", got.Header.Get("Location"))
		cookie := got.Header.Get("Set-Cookie")
		assert.Contains(t, cookie, "HttpOnly")
		assert.Contains(t, cookie, "SameSite=Lax")

		got = b.get(t, "/cases")
		require.Equal(t, http.StatusOK, got.StatusCode)
		assert.Equal(t, "人 wang 审核员", got.tree.All(".person")[0].Text())
		assert.Equal(t, "/cases", b.get(t, "/signin?back=/cases").Header.Get("Location"),
			"whoever is in needs no door")
		assert.Equal(t, "/cases", b.get(t, "/").Header.Get("Location"))

		got = b.post(t, "/signout", nil)
		assert.Equal(t, "/signin", got.Header.Get("Location"))
		assert.Contains(t, b.get(t, "/signin").main(t), "已退出")
		assert.NotContains(t, b.get(t, "/signin").main(t), "已退出", "it is told once")
		assert.Equal(t, http.StatusSeeOther, b.get(t, "/cases").StatusCode)
	})
}

func TestSignInRefuses(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		h.account(t, "wang", review.RoleReviewer)
		b := h.browser(t)
		for _, login := range []string{"wang", "nobody"} {
			got := b.signIn(t, login, "wrong wrong wrong")
			assert.Equal(t, http.StatusUnprocessableEntity, got.StatusCode)
			assert.Contains(t, got.main(t), "账号或密码不正确")
			assert.NotContains(t, got.body, "wrong wrong")
			assert.Equal(t, login, got.tree.All("input[name=login]")[0].Attr("value"))
		}
		for range 5 {
			b.signIn(t, "wang", "wrong wrong wrong")
		}
		got := b.signIn(t, "wang", phrase)
		assert.Equal(t, http.StatusTooManyRequests, got.StatusCode)
		assert.Contains(t, got.main(t), "尝试次数过多，请于 10:0")
		assert.NotEmpty(t, got.Header.Get("Retry-After"))
		h.Pass(time.Hour)
		assert.Equal(t, http.StatusSeeOther, b.signIn(t, "wang", phrase).StatusCode)
	})
}

func TestSessionEndsWithTheAccount(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		a := h.account(t, "wang", review.RoleReviewer)
		b := h.browser(t)
		b.signIn(t, "wang", phrase)
		require.Equal(t, http.StatusOK, b.get(t, "/cases").StatusCode)
		_, err := h.accounts.SetDisabled(t.Context(), auth.Change{By: "command", ID: a.ID}, true)
		require.NoError(t, err)
		assert.Equal(t, http.StatusSeeOther, b.get(t, "/cases").StatusCode)
	})
}

func TestReturnAddressIsLocal(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "cases", "//evil.example", `/\evil.example`,
		"https://evil.example/", "/\tx", "javascript:alert(1)", "/" + strings.Repeat("a", 3000),
		"/a\r\nSet-Cookie: x=1", `\\evil.example`, "/%zz"} {
		assert.Equal(t, "/", ui.Local(address), address)
	}
	assert.Equal(t, "/cases?tab=mine", ui.Local("/cases?tab=mine"))
	assert.Equal(t, "/cases/1", ui.Local("/cases/1#decision"))
	houses(t, func(t *testing.T, h *house) {
		h.account(t, "wang", review.RoleReviewer)
		got := h.browser(t).post(t, "/signin", url.Values{"login": {"wang"},
			"password": {phrase}, "back": {"//evil.example/x"}})
		assert.Equal(t, "/", got.Header.Get("Location"))
	})
}

func TestAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		b := h.as(t, review.RoleReviewer)
		b.header.Set("Sec-Fetch-Site", "cross-site")
		b.header.Set("Origin", "https://evil.example")
		for _, path := range []string{"/cases/next", "/signin", "/signout", "/language"} {
			got := b.post(t, path, nil)
			assert.Equal(t, http.StatusForbidden, got.StatusCode, path)
			assert.Contains(t, got.body, "来自其他网站")
		}
		b.header.Set("Sec-Fetch-Site", "same-origin")
		b.header.Set("Origin", h.url)
		got := b.post(t, "/cases/next", nil)
		assert.Equal(t, http.StatusSeeOther, got.StatusCode, "our own pages may")
	})
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		a := h.account(t, "wang", review.RoleReviewer)
		b := h.browser(t)
		assert.Equal(t, "zh-CN", b.get(t, "/signin").lang())
		b.header.Set("Accept-Language", "en-GB,zh;q=0.5")
		assert.Equal(t, "en", b.get(t, "/signin").lang())

		b.signIn(t, "wang", phrase)
		b.post(t, "/cases/next", nil)
		empty := b.get(t, "/cases")
		assert.Equal(t, "zh-CN", empty.lang(), "the account speaks Chinese")
		assert.Contains(t, empty.main(t), "现在没有可以领取的案件", "and is told in Chinese")

		got := b.post(t, "/language", url.Values{"lang": {"en"}, "back": {"/cases?tab=mine"}})
		assert.Equal(t, "/cases?tab=mine", got.Header.Get("Location"))
		assert.Equal(t, "en", b.get(t, "/cases").lang())
		kept, err := h.accounts.Account(t.Context(), a.ID)
		require.NoError(t, err)
		assert.Equal(t, "en", kept.Language)

		b.post(t, "/cases/next", nil)
		assert.Contains(t, b.get(t, "/cases").main(t), "There is no case to claim now",
			"what is told is told in the language of the page")
		got = b.post(t, "/cases/c-1/decide", nil)
		assert.Equal(t, "/cases/c-1", got.tree.All("input[name=back]")[0].Attr("value"),
			"from the answer to a form one returns to its page")
		assert.Equal(t, "/signin?back=%2Fcases%2Fc-1",
			h.browser(t).post(t, "/cases/c-1/decide", nil).Header.Get("Location"))

		other := h.browser(t)
		other.signIn(t, "wang", phrase)
		got = other.get(t, "/cases")
		assert.Equal(t, "en", got.lang(), "the account speaks English now")
		assert.Equal(t, "en", got.Header.Get("Content-Language"))

		got = other.post(t, "/language", url.Values{"lang": {"xx"}})
		assert.Equal(t, http.StatusUnprocessableEntity, got.StatusCode)
		got = other.post(t, "/language", url.Values{"lang": {"zh"}, "back": {"https://evil.example"}})
		assert.Equal(t, "/", got.Header.Get("Location"))
	})
}

func (a answer) lang() string { return a.tree.All("html")[0].Attr("lang") }
