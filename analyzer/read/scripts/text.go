package scripts

import (
	"bytes"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer/decode/script"
	"github.com/listgate/listgate/analyzer/facts"
)

// text keeps what is worth it of a whole entry.
func (r *reading) text(data []byte, form script.Form) {
	if path.Ext(r.name()) == ".map" && bytes.Contains(data, []byte(`"mappings"`)) {
		r.sources(data)
		return
	}
	r.scan(data, 0, form)
}

// scan keeps the literals of a text that lies at base. Where it cannot be followed, it
// is cut at quotes, tags and lines as well: a script that confuses a tokenizer must not
// hide behind it.
func (r *reading) scan(data []byte, base int, form script.Form) {
	err := script.Scan(data, form, func(l script.Literal) bool {
		if l.Kind == script.Pattern {
			r.cut(l.Text, base+l.At)
			return true
		}
		if facts.Worth(l.Text) {
			r.literal(string(l.Text), base+l.At)
		}
		return true
	})
	if err != nil {
		r.cut(data, base)
	}
}

// cut keeps what stands between quotes, brackets and the ends of lines.
func (r *reading) cut(data []byte, base int) {
	start := 0
	for i := 0; i <= len(data); i++ {
		if i < len(data) && !isBorder(data[i]) {
			continue
		}
		if piece := data[start:i]; facts.Worth(piece) {
			r.literal(strings.TrimSpace(string(piece)), base+start)
		}
		start = i + 1
	}
}

func isBorder(c byte) bool {
	return c == '"' || c == '\'' || c == '`' || c == '<' || c == '>' || c < ' ' && c != '\t'
}

// literal keeps one string, and the package that it names.
func (r *reading) literal(text string, at int) {
	r.sieve.Keep(text, at)
	r.bundled(text, at)
}
