package api

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/intake"
	"github.com/listgate/listgate/web/ui"
)

// margin is how much a form has beside its package.
const margin = 3 << 20

// submit takes in a package. One that says beforehand that it is too large is refused
// before it is sent.
func (a *api) submit(c *call) error {
	if err := ofType(c, "multipart/form-data"); err != nil {
		return err
	}
	if c.Request.ContentLength > a.MaxSize+margin {
		return a.tooLarge()
	}
	body := a.incoming(c, a.MaxSize+margin)
	s, again, err := a.take(c)
	if err != nil {
		return body.fault(err, a.tooLarge())
	}
	patient(c, 0)
	c.Header("Location", at(s.Case))
	if again {
		c.Header("Idempotency-Replayed", "true")
	}
	return a.show(c, http.StatusAccepted, s)
}

// take hands the package on as it comes in.
func (a *api) take(c *call) (s review.Submission, again bool, err error) {
	in, err := ui.ReadHandedIn(c.Request)
	if err != nil {
		return s, false, err
	}
	return a.Submit(c.Request.Context(), intake.Upload{
		File: in.File, Body: in.Package, Declaration: in.Declaration, By: c.Actor,
		Key: c.GetHeader("Idempotency-Key"),
	})
}

func (a *api) tooLarge() error {
	limit := sizeText(a.MaxSize)
	return errors.Join(intake.ErrTooLarge, invalid("package", "package-too-large",
		"安装包超过上限 "+limit+"，未保存", "the package is over the limit of "+limit+
			" and was not kept"))
}

// sizeText reads 4 GiB, 1.5 MiB, 900 B.
func sizeText(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%.4g MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d B", n)
}
