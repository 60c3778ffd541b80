package notice

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"unicode"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

//go:embed letters/*.txt
var files embed.FS

// Languages lists those in which letters are written; the first counts.
func Languages() []string { return []string{"zh-CN", "en"} }

// Letter writes the letter in one of Languages, as plain text.
func (f Facts) Letter(lang string) (string, error) {
	if !slices.Contains(Languages(), lang) {
		return "", fmt.Errorf("notice in %q: %w", lang, review.ErrInvalid)
	}
	short, _, _ := strings.Cut(lang, "-")
	t, err := template.New("letter").Option("missingkey=error").Funcs(words(short)).
		ParseFS(files, "letters/"+lang+".txt")
	if err != nil {
		return "", fmt.Errorf("notice in %s: %w", lang, err)
	}
	var b strings.Builder
	if err := t.ExecuteTemplate(&b, "letter", f); err != nil {
		return "", fmt.Errorf("notice in %s: %w", lang, err)
	}
	return strings.TrimSpace(b.String()) + "\n", nil
}

// words are the functions of the templates. They hold the count of the sections,
// so each letter has its own.
func words(lang string) template.FuncMap {
	section := 0
	return template.FuncMap{
		"line":   line,
		"text":   func(t analyzer.Text) string { return line(t.In(lang)) },
		"indent": block,
		"join":   func(list []string) string { return strings.Join(lines(list), commas[lang]) },
		"section": func() string {
			section++
			if lang == "zh" {
				return chinese(section) + "、"
			}
			return fmt.Sprintf("%d. ", section)
		},
		"inc": func(i int) int { return i + 1 },
	}
}

var commas = map[string]string{"zh": "、", "en": ", "}

func lines(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = line(s)
	}
	return out
}

// maxLine is how many characters of one name or place a letter shows.
const maxLine = 500

// line makes a text safe to stand in a line, and cuts what is too long, which it
// says by an ellipsis.
func line(s string) string {
	runes := []rune(s)
	if len(runes) > maxLine {
		return safe(string(runes[:maxLine])) + "…"
	}
	return safe(s)
}

// block indents a text of several lines, each made safe.
func block(s string) string {
	lines := strings.Split(strings.ReplaceAll(strings.TrimSpace(s), "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight("    "+safe(l), " ")
	}
	return strings.Join(lines, "\n")
}

// safe shows as an escape what breaks, hides or turns text.
func safe(s string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(s) {
		if unsafe(r) {
			fmt.Fprintf(&b, `\u{%x}`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func unsafe(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' ||
		r == unicode.ReplacementChar
}
