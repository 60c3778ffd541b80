package text

import (
	"fmt"
	"strings"
	"unicode"
)

// The styles of a terminal, by meaning.
const (
	plain  = ""
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

// line prints one line, indented by two spaces a level.
func (w *writer) line(level int, parts ...string) {
	if w.err != nil {
		return
	}
	_, w.err = fmt.Fprintln(
		w.out,
		strings.TrimRight(strings.Repeat("  ", level)+strings.Join(parts, ""), " "),
	)
}

// style wraps s in a style where the output shows colours.
func (w *writer) style(code, s string) string {
	if !w.color || code == plain {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// Clean makes a string from a package safe to print: control characters, format
// characters (bidirectional marks, zero-width ones) and line breaks are shown as
// escapes.
func Clean(s string) string {
	if !strings.ContainsFunc(s, isUnsafe) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isUnsafe(r) {
			fmt.Fprintf(&b, `\u{%x}`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func isUnsafe(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' ||
		r == unicode.ReplacementChar
}

// word returns the wording of a key; a key without wording stands for itself, as
// the identifiers of rules and features do.
func (w *writer) word(key string) string {
	if s := w.words[key]; s != "" {
		return s
	}
	return key
}
