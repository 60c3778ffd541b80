package ui

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// HandedIn is a package that a form or a program hands in, still on its way: Package
// streams, so that no server holds it whole.
type HandedIn struct {
	File        string // as the sender calls it
	Declaration string
	Fields      map[string]string // the other texts
	Package     io.Reader
}

// The bounds of what a form holds beside its package: the bytes of the texts, all
// together, and how many there are.
const (
	maxText  = 2 << 20
	maxParts = 100
)

// ReadHandedIn reads a request of the form multipart/form-data up to the part that
// is the package, which has to be the last. Its errors, and those of the package, wrap
// review.ErrInvalid, but for one of a body that is too long or comes in too slowly.
func ReadHandedIn(r *http.Request) (HandedIn, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return HandedIn{}, badForm(say("请求须为 multipart/form-data",
			"the request has to be multipart/form-data"))
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return HandedIn{}, badForm(say("表单分隔符缺失", "the form has no boundary"))
	}
	h := HandedIn{Fields: map[string]string{}}
	left := maxText
	for range maxParts {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return HandedIn{}, badForm(say("没有安装包：缺少名为 package 的文件",
				"there is no package: a file named package is missing"))
		}
		if err != nil {
			return HandedIn{}, broken(err)
		}
		if part.FormName() == "package" {
			h.File = part.FileName()
			h.Package = &lastPart{part, parts}
			return h, nil
		}
		if left, err = h.text(part, left); err != nil {
			return HandedIn{}, err
		}
	}
	return HandedIn{}, badForm(say("表单的项目过多", "the form has too many parts"))
}

// text takes in one text and returns how many bytes are left for others. An empty
// file of a form counts as none.
func (h *HandedIn) text(part *multipart.Part, left int) (int, error) {
	var b strings.Builder
	n, err := io.CopyN(&b, part, int64(left)+1)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return 0, broken(err)
	case n > int64(left):
		return 0, badForm(say("安装包之外的内容超过 2 MiB",
			"what is beside the package is over 2 MiB"))
	}
	switch name := part.FormName(); {
	case name == "declaration" && b.Len() > 0 && h.Declaration != "":
		return 0, badForm(say("有两份声明，请只保留一份",
			"there are two declarations: keep one"))
	case name == "declaration" && b.Len() > 0:
		h.Declaration = b.String()
	case name != "declaration" && len(h.Fields) < 20:
		h.Fields[name] = b.String()
	}
	return left - int(n), nil
}

// lastPart reads a part and fails at its end where another follows: what follows
// could no longer be taken into account.
type lastPart struct {
	part *multipart.Part
	all  *multipart.Reader
}

// Read implements io.Reader.
func (l *lastPart) Read(p []byte) (int, error) {
	n, err := l.part.Read(p)
	if err == nil {
		return n, nil
	}
	if !errors.Is(err, io.EOF) {
		return n, broken(err)
	}
	switch _, next := l.all.NextPart(); {
	case errors.Is(next, io.EOF):
		return n, io.EOF
	case next == nil:
		return 0, badForm(say("安装包须为表单的最后一项", "the package has to be the last of the form"))
	default:
		return 0, broken(next)
	}
}

// broken is the error of a form that ended too early or is none, which its sender can
// mend. That it was too long, or came in too slowly, stays what it is.
func broken(err error) error {
	if errors.As(err, new(*http.MaxBytesError)) || errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("read the form: %w", err)
	}
	return badForm(say("表单不完整", "the form is cut short"))
}

func say(zh, en string) analyzer.Text { return analyzer.Text{ZH: zh, EN: en} }

func badForm(why analyzer.Text) error {
	return &review.Refusal{Problems: []review.Problem{{
		Field: "package", Code: "form", Message: why, Kind: review.ErrInvalid,
	}}}
}
