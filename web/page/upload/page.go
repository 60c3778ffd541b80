// Package upload is the page on which a person hands in a package for review, with
// the developer's declaration.
package upload

import (
	"context"
	"embed"
	"errors"
	"net/http"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/declaration"
	"github.com/listgate/listgate/review/intake"
	"github.com/listgate/listgate/web/ui"
)

//go:embed *.html
var files embed.FS

// Intake takes in what is handed in; *intake.Intake does.
type Intake interface {
	Submit(ctx context.Context, u intake.Upload) (s review.Submission, again bool, err error)
}

// margin is what a form has beside its package, in bytes.
const margin = 3 << 20

// New returns the page. A package has maxSize bytes at most.
func New(in Intake, maxSize int64) ui.Page {
	p := page{in, maxSize}
	may := []review.Role{review.RoleReviewer, review.RoleSenior}
	return ui.Page{Name: "upload", Files: files, Routes: []ui.Route{
		{Method: http.MethodGet, Path: "/upload", May: may, Do: p.show},
		{Method: http.MethodPost, Path: "/upload", May: may, Body: maxSize + margin, Do: p.submit},
	}}
}

type page struct {
	intake  Intake
	maxSize int64
}

// view is what the page shows.
type view struct {
	MaxSize  int64
	Problems []string
	// Lines are what is wrong with the declaration, by line.
	Lines       []string
	Declaration string
}

func (p page) show(r *ui.Request) error {
	return r.Show(http.StatusOK, "page.html", view{MaxSize: p.maxSize})
}

func (p page) submit(r *ui.Request) error {
	h, err := ui.ReadHandedIn(r.Request)
	if err == nil {
		var s review.Submission
		s, _, err = p.intake.Submit(r.Request.Context(), intake.Upload{
			File: h.File, Body: h.Package, Declaration: h.Declaration, By: r.Who,
		})
		if err == nil {
			r.Tell("已收到安装包，正在检测")
			return r.Go("/cases/" + s.Case)
		}
	}
	return p.again(r, h.Declaration, err)
}

// again shows the form with what was wrong. The package has to be chosen anew, as a
// browser gives no page that of another; the declaration stays.
func (p page) again(r *ui.Request, text string, err error) error {
	v := view{MaxSize: p.maxSize, Declaration: text}
	status := http.StatusUnprocessableEntity
	var wrong *declaration.Error
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		status = http.StatusRequestEntityTooLarge
		v.Problems = []string{r.Say("安装包超过大小上限")}
	case errors.As(err, &wrong):
		for _, line := range wrong.Problems {
			v.Lines = append(v.Lines, line.Text().In(r.Lang))
		}
	default:
		problems, ok := ui.ProblemsOf(err)
		if !ok {
			return err
		}
		v.Problems = problems.Beside(r.Lang)
		if errors.Is(err, intake.ErrTooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
	}
	return r.Show(status, "page.html", v)
}
