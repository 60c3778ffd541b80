package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

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
	Detail string   `json:"detail,omitempty"` // the first of errors, in the language asked
	Code   string   `json:"code"`
	Errors []detail `json:"errors,omitempty"`
	// RequestID is what the log of the server knows the request by.
	RequestID string `json:"request_id,omitempty"`
}

// detail is one of several reasons.
type detail struct {
	Field   string        `json:"field"`
	Code    string        `json:"code"`
	Message analyzer.Text `json:"message"`
	// Line and Path are where in a declaration it is, as far as that can be said.
	Line int    `json:"line,omitempty"`
	Path string `json:"path,omitempty"`
}

// kind is what a kind of error becomes.
type kind struct {
	is     func(error) bool
	status int
	code   string
	title  analyzer.Text
}

// kinds is the one table from an error to a status and words; the first that holds.
var kinds = []kind{
	{is(ErrToken), 401, "token", analyzer.Text{
		ZH: "须以 Authorization: Bearer 提供有效的令牌",
		EN: "a good token is needed: Authorization: Bearer …"}},
	{isA[errScope], 403, "scope", analyzer.Text{
		ZH: "令牌没有该权限", EN: "the token lacks the scope"}},
	{is(errMethod), 405, "method", analyzer.Text{
		ZH: "该地址不支持此方法", EN: "the address does not take this method"}},
	{isA[errMedia], 415, "media-type", analyzer.Text{
		ZH: "请求内容的类型不对", EN: "the body is of another media type"}},
	{is(errJSON), 400, "json", analyzer.Text{
		ZH: "请求内容不是 JSON", EN: "the body is no JSON"}},
	{is(errBroken), 400, "cut-short", analyzer.Text{
		ZH: "请求内容不完整，未保存", EN: "the body is cut short; nothing was kept"}},
	{is(errSlow), 408, "too-slow", analyzer.Text{
		ZH: "请求内容传输过慢，未保存", EN: "the body came in too slowly; nothing was kept"}},
	{is(errTooLong), 413, "too-large", analyzer.Text{
		ZH: "请求内容超过大小上限", EN: "the body is over the size limit"}},
	{is(intake.ErrTooLarge), 413, "too-large", analyzer.Text{
		ZH: "安装包超过大小上限", EN: "the package is over the size limit"}},
	{isA[*declaration.Error], 422, "declaration", analyzer.Text{
		ZH: "声明不符合格式", EN: "the declaration does not hold"}},
	{is(review.ErrNotFound), 404, "not-found", analyzer.Text{
		ZH: "没有找到", EN: "not found"}},
	{is(review.ErrForbidden), 403, "forbidden", analyzer.Text{
		ZH: "没有权限", EN: "not allowed"}},
	{is(review.ErrConflict), 409, "conflict", analyzer.Text{
		ZH: "与当前状态不符", EN: "the present state does not allow it"}},
	{is(review.ErrInvalid), 422, "invalid", analyzer.Text{
		ZH: "提交的内容不完整或者有误", EN: "what was handed in is incomplete or wrong"}},
	{is(intake.ErrNoRoom), 503, "no-room", analyzer.Text{
		ZH: "存储空间不足，未保存，请稍后重试", EN: "no room left; nothing was kept, try again later"}},
	{is(context.DeadlineExceeded), 503, "busy", analyzer.Text{
		ZH: "系统繁忙，未保存，请稍后重试", EN: "busy; nothing was kept, try again later"}},
}

// ours is what is not the caller's fault.
var ours = kind{nil, 500, "internal", analyzer.Text{
	ZH: "服务器出错，未能完成", EN: "the server failed; it could not be done"}}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func isA[E error](err error) bool { return errors.As(err, new(E)) }

func kindOf(err error) kind {
	if i := slices.IndexFunc(kinds, func(k kind) bool { return k.is(err) }); i >= 0 {
		return kinds[i]
	}
	return ours
}

// requestHeader is where the server names a request.
const requestHeader = "X-Request-Id"

// fail answers with the document of the error. What is not the caller's fault is told
// to Failed and hidden from him, unless he has gone and that is why.
func (a *api) fail(c *gin.Context, err error) {
	k, lang := kindOf(err), languageOf(c.Request)
	p := problem{Type: "urn:listgate:problem:" + k.code, Title: k.title.In(lang),
		Status: k.status, Code: k.code, RequestID: c.Writer.Header().Get(requestHeader)}
	if k.status < http.StatusInternalServerError {
		p.describe(err, lang)
	} else if c.Request.Context().Err() == nil {
		a.Failed(c.Request, p.RequestID, err)
	}
	if c.Writer.Written() {
		return
	}
	challenge(c, err, k)
	c.Header("Content-Language", tags[lang])
	c.Header("Content-Type", "application/problem+json")
	c.Status(p.Status)
	// The connection is gone where this fails.
	_ = json.NewEncoder(c.Writer).Encode(p)
	c.Abort()
}

// challenge says in headers what a program can do about it.
func challenge(c *gin.Context, err error, k kind) {
	const realm = `Bearer realm="listgate"`
	var scope errScope
	switch {
	case errors.As(err, &scope):
		c.Header("WWW-Authenticate",
			realm+`, error="insufficient_scope", scope="`+string(scope)+`"`)
	case k.status == http.StatusUnauthorized && c.GetHeader("Authorization") != "":
		c.Header("WWW-Authenticate", realm+`, error="invalid_token"`)
	case k.status == http.StatusUnauthorized:
		c.Header("WWW-Authenticate", realm)
	case k.status == http.StatusServiceUnavailable:
		c.Header("Retry-After", "5")
	}
}

// describe takes over what the error says in particular, as far as it is meant for
// others: what an error says in the words of a program is not.
func (p *problem) describe(err error, lang string) {
	var wrong *declaration.Error
	var refusal *review.Refusal
	var one interface{ Problem() review.Problem }
	var media errMedia
	var scope errScope
	switch {
	case errors.As(err, &wrong):
		for _, w := range wrong.Problems {
			p.Errors = append(p.Errors,
				detail{"declaration", "declaration", w.Text(), w.Line, w.Path})
		}
	case errors.As(err, &refusal):
		for _, r := range refusal.Problems {
			p.add(r)
		}
	case errors.As(err, &one):
		p.add(one.Problem())
	case errors.As(err, &media):
		p.add(problemOf("Content-Type", "media-type", "须为 "+string(media), "it is "+string(media)))
	case errors.As(err, &scope):
		p.add(problemOf("Authorization", "scope", "须有权限 "+string(scope),
			"the scope "+string(scope)+" is needed"))
	}
	if len(p.Errors) > 0 {
		p.Detail = p.Errors[0].Message.In(lang)
	}
}

func (p *problem) add(r review.Problem) {
	p.Errors = append(p.Errors, detail{Field: r.Field, Code: r.Code, Message: r.Message})
}
