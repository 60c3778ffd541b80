// Package signin is the door: the page where a person signs in, and the way out.
package signin

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"time"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// Accounts knows who has a login and its password. *auth.Accounts does.
type Accounts interface {
	SignIn(ctx context.Context, login, password, address string) (auth.Account, error)
}

// Sessions begin and end. *auth.Sessions do.
type Sessions interface {
	Begin(ctx context.Context, a auth.Account) error
	End(ctx context.Context) error
}

//go:embed *.html
var files embed.FS

type page struct {
	accounts Accounts
	sessions Sessions
}

// New returns the page.
func New(a Accounts, s Sessions) ui.Page {
	p := page{a, s}
	return ui.Page{Name: "signin", Files: files, Routes: []ui.Route{
		{Method: http.MethodGet, Path: "/signin", Open: true, Do: p.show},
		{Method: http.MethodPost, Path: "/signin", Open: true, Body: maxForm, Do: p.enter},
		{Method: http.MethodPost, Path: "/signout", Open: true, Do: p.leave},
	}}
}

// maxForm bounds what a stranger may send.
const maxForm = 16 << 10

// view is what the page shows.
type view struct {
	Back     string
	Problem  string
	Login    ui.Field
	Password ui.Field
}

func (p page) view(r *ui.Request, back, login, problem string) view {
	return view{
		Back: ui.Local(back), Problem: problem,
		Login: ui.Field{Name: "login", Label: ui.Sentence("账号"), Type: "text", Value: login,
			Required: true, Fill: "username"},
		Password: ui.Field{Name: "password", Label: ui.Sentence("密码"), Type: "password",
			Required: true, Fill: "current-password"},
	}
}

func (p page) show(r *ui.Request) error {
	back := r.Query("back")
	if r.Who.ID != "" {
		return r.Go(ui.Local(back))
	}
	return r.Show(http.StatusOK, "page.html", p.view(r, back, "", ""))
}

// enter says of what is wrong only that it is: not whether there is the account.
func (p page) enter(r *ui.Request) error {
	login, back := r.PostForm("login"), r.PostForm("back")
	ctx := r.Request.Context()
	account, err := p.accounts.SignIn(ctx, login, r.PostForm("password"), r.ClientIP())
	if err == nil {
		err = p.sessions.Begin(ctx, account)
	}
	if locked, is := errors.AsType[*auth.LockedError](err); is {
		r.Header("Retry-After", locked.Until.UTC().Format(http.TimeFormat))
		until := locked.Until.Add(time.Minute - 1).In(review.Zone()).Format("15:04")
		return p.again(r, http.StatusTooManyRequests,
			r.Say("尝试次数过多，请于 %s 后再试", until))
	}
	if errors.Is(err, auth.ErrCredentials) {
		return p.again(r, http.StatusUnprocessableEntity, r.Say("账号或密码不正确"))
	}
	if err != nil {
		return err
	}
	return r.Go(ui.Local(back))
}

func (p page) again(r *ui.Request, status int, problem string) error {
	return r.Show(status, "page.html",
		p.view(r, r.PostForm("back"), r.PostForm("login"), problem))
}

func (p page) leave(r *ui.Request) error {
	if err := p.sessions.End(r.Request.Context()); err != nil {
		return err
	}
	r.Tell("已退出")
	return r.Go("/signin")
}
