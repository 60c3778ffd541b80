package intake

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// text is one sentence in both languages; the formats take their arguments by the
// same numbers.
func text(zh, en string, args ...any) analyzer.Text {
	if len(args) == 0 {
		return analyzer.Text{ZH: zh, EN: en}
	}
	return analyzer.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

// refusal is a refusal that is also an error to be told apart.
type refusal struct {
	*review.Refusal
	kind error
}

// Unwrap returns the kind and what is refused.
func (r *refusal) Unwrap() []error { return []error{r.kind, r.Refusal} }

// refuse makes a refusal of one problem. The kind is an error of review, or wraps
// review.ErrInvalid.
func refuse(kind error, field, code string, message analyzer.Text) error {
	p := review.Problem{Field: field, Code: code, Message: message, Kind: kind}
	if !errors.Is(kind, review.ErrConflict) && !errors.Is(kind, review.ErrForbidden) {
		p.Kind = review.ErrInvalid
	}
	return &refusal{&review.Refusal{Problems: []review.Problem{p}}, kind}
}

// Bounds of what is kept of names from outside, in characters.
const (
	maxName = 120
	maxID   = 200
	maxNote = 500
)

// unseen reports a character that breaks a line, or hides or turns the text around
// it.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) ||
		r == '\uFEFF' || r == '\u200B'
}

// oneLine makes of a text from outside one line that shows what it is, at most n
// characters long.
func oneLine(s string, n int) string {
	s = s[:min(len(s), 8*n)]
	s = strings.Map(func(r rune) rune {
		if unseen(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return s
}

// fileName is the last part of a name from outside, for people to read. A long one
// keeps its ending.
func fileName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	ending := oneLine(path.Ext(s[max(0, len(s)-16):]), 16)
	s = oneLine(s, maxName)
	if strings.HasSuffix(s, "…") && ending != "" {
		s = oneLine(s, maxName-len(ending)) + ending
	}
	if strings.Trim(s, ". ") == "" {
		return "package"
	}
	return s
}
