package web

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/intake"
	"github.com/listgate/listgate/web/ui"
)

// What a request can be refused for before a page sees it.
var (
	errStranger = errors.New("nobody is signed in")
	errOrigin   = errors.New("sent by a page of another site")
	errNoRoute  = errors.New("no such address")
	errNoMethod = errors.New("the address does not take this method")
	errForm     = errors.New("the form cannot be read")
)

// failure is what a kind of error becomes.
type failure struct {
	is      func(error) bool
	status  int
	heading ui.Sentence
	advice  ui.Sentence
}

// failures is the one table from an error to a status and words; the first that holds.
// What is not in it is ours: it is logged, and strangers see no more than that.
var failures = []failure{
	{as(errOrigin), http.StatusForbidden, ui.Sentence("请求被拒绝"),
		ui.Sentence("该请求来自其他网站。请从本系统的页面重新操作。")},
	{as(errNoRoute), http.StatusNotFound, ui.Sentence("没有找到"),
		ui.Sentence("地址有误，或内容不存在。")},
	{as(errNoMethod), http.StatusMethodNotAllowed, ui.Sentence("不支持的操作"),
		ui.Sentence("该地址不接受这种请求。")},
	{tooLarge, http.StatusRequestEntityTooLarge, ui.Sentence("内容过大"),
		ui.Sentence("提交的内容超过大小上限，未保存任何内容。")},
	{as(review.ErrForbidden), http.StatusForbidden, ui.Sentence("没有权限"),
		ui.Sentence("您的角色不能进行此操作。")},
	{as(review.ErrNotFound), http.StatusNotFound, ui.Sentence("没有找到"),
		ui.Sentence("地址有误，或内容不存在。")},
	{as(review.ErrConflict), http.StatusConflict, ui.Sentence("情况已变"),
		ui.Sentence("内容已被他人更改，或状态已不允许此操作。请返回并刷新后再试。")},
	{as(review.ErrInvalid), http.StatusUnprocessableEntity, ui.Sentence("内容有误"),
		ui.Sentence("提交的内容不完整或有误，未保存任何内容。请返回更正后重新提交。")},
	{as(errForm), http.StatusBadRequest, ui.Sentence("内容有误"),
		ui.Sentence("表单无法读取。请返回后重新提交。")},
	{as(intake.ErrNoRoom), http.StatusServiceUnavailable, ui.Sentence("暂时无法完成"),
		ui.Sentence("存储空间不足，未保存任何内容。请告知管理员。")},
	{as(context.DeadlineExceeded), http.StatusServiceUnavailable, ui.Sentence("暂时无法完成"),
		ui.Sentence("系统繁忙，未保存任何内容。请稍后再试。")},
}

var ours = failure{nil, http.StatusInternalServerError, ui.Sentence("系统出错"),
	ui.Sentence("未能完成操作，错误已记录。请稍后再试；若仍不行，请将请求编号告知管理员。")}

func as(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func tooLarge(err error) bool {
	_, bounded := errors.AsType[*http.MaxBytesError](err)
	return bounded || errors.Is(err, intake.ErrTooLarge)
}

func failureOf(err error) failure {
	if i := slices.IndexFunc(failures, func(f failure) bool { return f.is(err) }); i >= 0 {
		return failures[i]
	}
	return ours
}

//go:embed error.html
var errorFiles embed.FS

func errorPage() ui.Page { return ui.Page{Name: "error", Files: errorFiles} }

// failureView is what the error page shows.
type failureView struct {
	Heading, Advice ui.Sentence
	Problems        []string
	RequestID       string
}

// fail answers with the error page, or sends a stranger to the door.
func (s *server) fail(f *reply, err error) {
	ctx := f.c.Request.Context()
	kind := failureOf(err)
	if errors.Is(err, errStranger) {
		f.c.Redirect(http.StatusSeeOther, s.door(f.c.Request))
		return
	}
	id := visitOf(ctx).id
	if kind.status >= http.StatusInternalServerError && ctx.Err() == nil {
		s.Log.ErrorContext(ctx, "request failed", "id", id, "route", f.c.FullPath(),
			"error", err)
	}
	if f.c.Writer.Written() {
		s.Log.ErrorContext(ctx, "answer cut", "id", id, "route", f.c.FullPath(), "error", err)
		cut(f.c.Writer)
		return
	}
	page := &reply{answering: s.failure, c: f.c, who: f.who, lang: f.lang}
	view := failureView{Heading: kind.heading, Advice: kind.advice, RequestID: id}
	if kind.status < http.StatusInternalServerError {
		view.Problems = problems(err, f.lang)
	}
	unsend(f.c.Writer.Header())
	if err := page.Show(kind.status, "error.html", view); err != nil {
		s.Log.ErrorContext(ctx, "error page failed", "id", id, "error", err)
		f.c.String(http.StatusInternalServerError, "%s\n", id)
	}
}

// noMethod answers where an address does not take the method. Who asks anew for the
// address of a form, as by a link or the browser's history, gets the page that has it.
func (s *server) noMethod(r *ui.Request) error {
	at := s.asker(r.Request.URL.Path)
	if r.Request.Method == http.MethodGet && at != "/" {
		return r.Go(at)
	}
	return errNoMethod
}

// problems lists what an error says to people.
func problems(err error, lang string) []string {
	found, _ := ui.ProblemsOf(err)
	return found.Beside(lang)
}

// unsend takes back what a page said of an answer that it did not give.
func unsend(h http.Header) {
	for _, name := range []string{"Content-Disposition", "Content-Length", "Content-Type",
		"Content-Encoding", "Location", "ETag"} {
		h.Del(name)
	}
	h["Set-Cookie"] = slices.DeleteFunc(h["Set-Cookie"], func(line string) bool {
		return strings.HasPrefix(line, toldCookie+"=")
	})
}
