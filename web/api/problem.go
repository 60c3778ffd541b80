package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/declaration"
	"github.com/listgate/listgate/review/intake"
)

// problem is a document of RFC 9457.
type problem struct {
	Type   string   `json:"type"` // urn:listgate:problem:CODE
	Title  string   `json:"title"`
	Status int      `json:"status"`
	Detail string   `json:"detail,omitempty"`
	Code   string   `json:"code"`
	Errors []detail `json:"errors,omitempty"`
}

// detail is one of several reasons.
type detail struct {
	Field   string        `json:"field"`
	Code    string        `json:"code"`
	Message analyzer.Text `json:"message"`
}

// ErrToken is wrapped where a token is missing, or not or no longer good.
var ErrToken = errors.New("no good token")

var errMethod = errors.New("method not allowed")

// errScope is the error of a token that lacks a scope.
type errScope string

// Error implements error.
func (e errScope) Error() string { return "the token lacks the scope " + string(e) }

// kinds is the one table from an error to a status and words; the first that holds.
var kinds = []struct {
	is     func(error) bool
	status int
	code   string
	title  analyzer.Text
}{
	{is(ErrToken), 401, "token", analyzer.Text{
		ZH: "须以 Authorization: Bearer 提供有效的令牌",
		EN: "a good token is needed: Authorization: Bearer …"}},
	{isScope, 403, "scope", analyzer.Text{
		ZH: "令牌没有该权限", EN: "the token lacks the scope"}},
	{is(errMethod), 405, "method", analyzer.Text{
		ZH: "该地址不支持此方法", EN: "the address does not take this method"}},
	{is(intake.ErrTooLarge), 413, "too-large", analyzer.Text{
		ZH: "安装包超过大小上限", EN: "the package is over the size limit"}},
	{isDeclaration, 422, "declaration", analyzer.Text{
		ZH: "声明不符合格式", EN: "the declaration does not hold"}},
	{is(review.ErrNotFound), 404, "not-found", analyzer.Text{
		ZH: "没有找到", EN: "not found"}},
	{is(review.ErrForbidden), 403, "forbidden", analyzer.Text{
		ZH: "没有权限", EN: "not allowed"}},
	{is(review.ErrConflict), 409, "conflict", analyzer.Text{
		ZH: "与当前状态不符", EN: "the present state does not allow it"}},
	{is(review.ErrInvalid), 422, "invalid", analyzer.Text{
		ZH: "提交的内容不完整或者有误", EN: "what was handed in is incomplete or wrong"}},
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func isScope(err error) bool {
	var e errScope
	return errors.As(err, &e)
}

func isDeclaration(err error) bool {
	var e *declaration.Error
	return errors.As(err, &e)
}

// fail answers with the document of the error. What is not the caller's fault is told
// to Failed and hidden from him.
func (a *api) fail(c *gin.Context, err error) {
	p := problem{Status: http.StatusInternalServerError, Code: "internal"}
	title := analyzer.Text{ZH: "服务器出错", EN: "the server failed"}
	for _, k := range kinds {
		if k.is(err) {
			p.Status, p.Code, title = k.status, k.code, k.title
			break
		}
	}
	if p.Status == http.StatusInternalServerError {
		a.Failed(c.Request, err)
	} else {
		p.describe(err)
	}
	p.Type, p.Title = "urn:listgate:problem:"+p.Code, title.In(language(c))
	if p.Status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", "Bearer")
	}
	c.Header("Content-Type", "application/problem+json")
	c.Status(p.Status)
	// The connection is gone where this fails.
	_ = json.NewEncoder(c.Writer).Encode(p)
	c.Abort()
}

// describe takes over what the error says in particular.
func (p *problem) describe(err error) {
	var refusal *review.Refusal
	var one interface{ Problem() review.Problem }
	var wrong *declaration.Error
	switch {
	case errors.As(err, &refusal):
		for _, r := range refusal.Problems {
			p.Errors = append(p.Errors, detail{r.Field, r.Code, r.Message})
		}
	case errors.As(err, &one):
		r := one.Problem()
		p.Errors = append(p.Errors, detail{r.Field, r.Code, r.Message})
	case errors.As(err, &wrong):
		for _, w := range wrong.Problems {
			text := fmt.Sprint(w)
			p.Errors = append(p.Errors, detail{"declaration", "declaration",
				analyzer.Text{ZH: text, EN: text}})
		}
	default:
		p.Detail = err.Error()
	}
}

// language is that of the titles: Chinese unless English is asked for first.
func language(c *gin.Context) string {
	if lang := c.Query("lang"); lang == "zh" || lang == "en" {
		return lang
	}
	if strings.HasPrefix(c.GetHeader("Accept-Language"), "en") {
		return "en"
	}
	return "zh"
}
