package frame

import (
	"fmt"
	"html/template"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// Speaker says sentences in a language.
type Speaker interface {
	Say(lang, sentence string, args ...any) string
}

// functions are what templates may call.
func functions(lang string, s Speaker) template.FuncMap {
	say := func(sentence ui.Sentence, args ...any) string {
		return s.Say(lang, string(sentence), args...)
	}
	return template.FuncMap{
		"t":        say,
		"text":     func(of any) string { return ui.TextIn(lang, of) },
		"texts":    func(list any) (string, error) { return textsIn(lang, list) },
		"when":     func(at time.Time) template.HTML { return stamp(at, minutes) },
		"by":       by,
		"day":      func(at time.Time) template.HTML { return stamp(at, time.DateOnly) },
		"digest":   digest,
		"size":     size,
		"clip":     clip,
		"visible":  visible,
		"chinese":  func(s string) bool { return strings.ContainsFunc(s, han) },
		"asset":    Asset,
		"map":      pairs,
		"lang":     func() string { return lang },
		"route":    func(r review.Route) ui.Badge { return routeBadge(r, say) },
		"severity": severityBadge,
		"status":   func(s review.Status) ui.Badge { return statusBadge(s, say) },
		"state":    func(of any) ui.Badge { return stateBadge(of, lang) },
		"origin":   func(o review.Origin) string { return originName(o, say) },
		"platform": platformName,
		"badge":    func(tone, label string) ui.Badge { return ui.Badge{Tone: tone, Label: label} },
	}
}

// textsIn joins a list of them.
func textsIn(lang string, list any) (string, error) {
	v := reflect.ValueOf(list)
	if v.Kind() != reflect.Slice {
		return "", fmt.Errorf("texts: %T is no list", list)
	}
	out := make([]string, v.Len())
	for i := range out {
		out[i] = ui.TextIn(lang, v.Index(i).Interface())
	}
	if lang == "zh" {
		return strings.Join(out, "、"), nil
	}
	return strings.Join(out, ", "), nil
}

// stamp shows a time in China, and a dash for none.
func stamp(at time.Time, layout string) template.HTML {
	if at.IsZero() {
		return "—"
	}
	return template.HTML(`<time datetime="` + at.UTC().Format(time.RFC3339) + `">` +
		at.In(review.Zone()).Format(layout) + `</time>`)
}

// by shows the instant by which something is due. Midnight ends the day before: that
// day is shown, as people count.
func by(at time.Time) template.HTML {
	day := at.In(review.Zone())
	if at.IsZero() || day.Hour() != 0 || day.Minute() != 0 || day.Second() != 0 {
		return stamp(at, minutes)
	}
	return template.HTML(`<time datetime="` + at.UTC().Format(time.RFC3339) + `">` +
		day.AddDate(0, 0, -1).Format(time.DateOnly) + `</time>`)
}

// minutes is how a time is shown.
const minutes = "2006-01-02 15:04"

// digest shows the beginning of a digest, and all of it to who points at it.
func digest(hex string) template.HTML {
	if hex == "" {
		return "—"
	}
	whole := template.HTMLEscapeString(hex)
	if len(hex) <= 16 {
		return template.HTML(`<code class="digest">` + whole + `</code>`)
	}
	return template.HTML(`<code class="digest" title="` + whole + `">` +
		template.HTMLEscapeString(strings.ToValidUTF8(hex[:12], "")) + `…</code>`)
}

// size shows a number of bytes.
func size(bytes int64) string {
	units := []string{"KiB", "MiB", "GiB", "TiB"}
	if bytes < 1024 {
		return strconv.FormatInt(bytes, 10) + " B"
	}
	n, unit := float64(bytes)/1024, 0
	for n >= 1024 && unit < len(units)-1 {
		n, unit = n/1024, unit+1
	}
	return strconv.FormatFloat(n, 'f', 1, 64) + " " + units[unit]
}

// clip cuts a text after n characters.
func clip(n int, s string) string {
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}

// visible writes out what a text hides: controls, and characters that turn or
// join what stands around them.
func visible(s string) string {
	var b strings.Builder
	for _, c := range strings.ToValidUTF8(s, "\uFFFD") {
		if c != '\n' && c != '\t' && !unicode.IsGraphic(c) {
			fmt.Fprintf(&b, "⟨U+%04X⟩", c)
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

// han reports a Chinese character: what holds one is marked as Chinese where a page in
// another language shows it, for those who have it read out.
func han(c rune) bool { return unicode.Is(unicode.Han, c) }

// pairs makes a map of names and values, for a template that takes several.
func pairs(list ...any) (map[string]any, error) {
	if len(list)%2 != 0 {
		return nil, fmt.Errorf("map: %d arguments are no pairs", len(list))
	}
	out := map[string]any{}
	for i := 0; i < len(list); i += 2 {
		name, ok := list[i].(string)
		if !ok {
			return nil, fmt.Errorf("map: %v is no name", list[i])
		}
		out[name] = list[i+1]
	}
	return out, nil
}
