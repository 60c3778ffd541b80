package uitest

import (
	"strings"

	"golang.org/x/net/html"
)

// Node is an element of an answer.
type Node struct{ *html.Node }

// All returns the elements below that a selector finds, in order. It knows names,
// .classes, #ids, [attribute] and [attribute=value], and a blank for "below":
// "table.queue tbody tr", "input[name=reason]".
func (n Node) All(selector string) []Node {
	found := []Node{n}
	for step := range strings.FieldsSeq(selector) {
		found = below(found, step)
	}
	return found
}

// below returns the elements below any of these that a step finds, each once.
func below(list []Node, step string) []Node {
	var found []Node
	seen := map[*html.Node]bool{}
	for _, at := range list {
		for d := range at.Descendants() {
			if !seen[d] && matches(d, step) {
				seen[d] = true
				found = append(found, Node{d})
			}
		}
	}
	return found
}

// matches reports an element that has all that a step asks for.
func matches(d *html.Node, step string) bool {
	if d.Type != html.ElementNode {
		return false
	}
	n := Node{d}
	for step != "" {
		kind, rest := step[0], step[1:]
		switch kind {
		case '.', '#':
			word := until(rest, ".#[")
			step = rest[len(word):]
			if kind == '#' && n.Attr("id") != word || kind == '.' && !n.Has(word) {
				return false
			}
		case '[':
			test, after, _ := strings.Cut(rest, "]")
			step = after
			name, value, equal := strings.Cut(test, "=")
			got, ok := n.Lookup(name)
			if !ok || equal && got != strings.Trim(value, `"'`) {
				return false
			}
		default:
			word := until(step, ".#[")
			step = step[len(word):]
			if word != "*" && d.Data != word {
				return false
			}
		}
	}
	return true
}

func until(s, stops string) string {
	if i := strings.IndexAny(s, stops); i >= 0 {
		return s[:i]
	}
	return s
}

// Lookup returns an attribute.
func (n Node) Lookup(name string) (value string, ok bool) {
	for _, a := range n.Node.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// Attr returns an attribute, empty where there is none.
func (n Node) Attr(name string) string {
	value, _ := n.Lookup(name)
	return value
}

// Has reports a class.
func (n Node) Has(class string) bool {
	for _, c := range strings.Fields(n.Attr("class")) {
		if c == class {
			return true
		}
	}
	return false
}

// Text returns the text below with blanks folded, without scripts.
func (n Node) Text() string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" && d.Parent.Data != "style" {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
