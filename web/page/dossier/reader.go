package dossier

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// What a form may hold; a person never comes near it.
const (
	maxValues = 500  // of one name
	maxWord   = 500  // characters of a line
	maxProse  = 8000 // characters of a text; review has bounds of its own below it
)

// sent is a form as a browser sent it.
type sent url.Values

// posted reads the form of a request, of which the server bounds the bytes.
func posted(r *ui.Request) (sent, error) {
	err := r.Request.ParseForm()
	switch _, large := errors.AsType[*http.MaxBytesError](err); {
	case large:
		return nil, fmt.Errorf("read the form: %w", err)
	case err != nil:
		return nil, &review.Refusal{Problems: []review.Problem{problem("form", "form",
			say("表单不完整，没有保存任何内容", "the form is cut short; nothing was stored"))}}
	}
	return sent(r.Request.PostForm), nil
}

// reader takes fields out of a form. What it cannot take as it is becomes a problem;
// what it returns is always fit to be shown again and to be stored.
type reader struct {
	values sent
	wrong  ui.Problems
}

func (s sent) reader() *reader { return &reader{values: s} }

func problem(field, code string, message analyzer.Text) review.Problem {
	return review.Problem{Field: field, Code: code, Message: message, Kind: review.ErrInvalid}
}

// complain adds a problem once.
func (in *reader) complain(field, code string, message analyzer.Text) {
	if p := problem(field, code, message); !slices.Contains(in.wrong, p) {
		in.wrong = append(in.wrong, p)
	}
}

// word is a field of one line.
func (in *reader) word(name string) string {
	values := in.values[name]
	if len(values) == 0 {
		return ""
	}
	return in.line(name, values[0])
}

func (in *reader) line(name, value string) string {
	value = strings.TrimSpace(in.clean(name, value, ""))
	return in.bounded(name, value, maxWord)
}

// prose is a field of several lines.
func (in *reader) prose(name string) string {
	values := in.values[name]
	if len(values) == 0 {
		return ""
	}
	value := strings.ReplaceAll(values[0], "\r\n", "\n")
	return in.bounded(name, in.clean(name, value, "\n\t"), maxProse)
}

// list is a field that a form has several times; what is empty does not count.
func (in *reader) list(name string) []string {
	values := in.values[name]
	if len(values) > maxValues {
		in.tooMany(name)
		values = values[:maxValues]
	}
	var out []string
	for _, value := range values {
		if v := in.line(name, value); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func (in *reader) tooMany(name string) {
	in.complain(name, "too-many", say("至多 %[1]d 项，其余未采用",
		"%[1]d at most; the rest was not taken", maxValues))
}

// ticked is a check box.
func (in *reader) ticked(name string) bool { return len(in.values[name]) > 0 }

// number is a field with a whole number: 0 where it is empty, -1 where it is none.
func (in *reader) number(name string) int {
	text := in.word(name)
	if text == "" {
		return 0
	}
	n, ok := whole(text)
	if !ok {
		return -1
	}
	return n
}

// bounded leaves a text as it is: what is too long is refused, and not cut, so that
// whoever wrote it can shorten it.
func (in *reader) bounded(name, value string, limit int) string {
	if n := utf8.RuneCountInString(value); n > limit {
		in.complain(name, "too-long", say("过长：%[1]d 个字符，至多 %[2]d 个",
			"too long: %[1]d characters, %[2]d at most", n, limit))
	}
	return value
}

// clean drops the control characters that no keyboard writes, and says so.
func (in *reader) clean(name, value, keep string) string {
	strange := func(r rune) bool {
		return unicode.IsControl(r) && !strings.ContainsRune(keep, r)
	}
	if utf8.ValidString(value) && !strings.ContainsFunc(value, strange) {
		return value
	}
	in.complain(name, "control", say("含有不可见的控制字符，已去除；请核对后再提交",
		"it held control characters, which were dropped; look it over and send it again"))
	return strings.Map(func(r rune) rune {
		if strange(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(value, "\uFFFD"))
}

func say(zh, en string, args ...any) analyzer.Text {
	return analyzer.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

// whole reads a whole number.
func whole(text string) (n int, ok bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil
}
