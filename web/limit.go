package web

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// formMax bounds a request whose route does not say otherwise.
const formMax = 1 << 20

// limit bounds what the request may carry, reads it where it is a form, and refuses
// texts that are none. A route that takes more than a form reads its body itself.
func (s *server) limit(c *gin.Context, route ui.Route) error {
	if err := checkTexts(c.Request.URL.Query()); err != nil {
		return err
	}
	limit := int64(formMax)
	if route.Body > 0 {
		limit = route.Body
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
	if route.Body > formMax {
		ui.AllowTime(c.Writer, limit)
	}
	if route.Body > formMax || c.Request.Method != http.MethodPost {
		return nil
	}
	if err := parseForm(c.Request); err != nil {
		return err
	}
	return checkTexts(c.Request.PostForm)
}

func parseForm(r *http.Request) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	err := r.ParseForm()
	if kind == "multipart/form-data" && err == nil {
		err = r.ParseMultipartForm(formMax)
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); err == nil || large {
		return err
	}
	return fmt.Errorf("%w: %w", errForm, err)
}

// checkTexts refuses what no database keeps and no page shows.
func checkTexts(values map[string][]string) error {
	for _, list := range values {
		for _, v := range list {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return &review.Refusal{Problems: []review.Problem{{
					Field: "form", Code: "text", Kind: review.ErrInvalid,
					Message: analyzer.Text{ZH: "文本含有无效字符", EN: "a text holds invalid characters"},
				}}}
			}
		}
	}
	return nil
}
