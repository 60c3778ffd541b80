package script

import (
	"bytes"
	"html"

	"github.com/listgate/listgate/analyzer/budget"
)

// page walks over markup.
type page struct {
	data  []byte
	at    int
	yield func(Literal) bool
}

func scanMarkup(data []byte, yield func(Literal) bool) error {
	p := &page{data: data, yield: yield}
	for p.at < len(p.data) {
		if err := p.step(); err != nil {
			return err
		}
	}
	return nil
}

func (p *page) fail(at int, format string, args ...any) error {
	return budget.Malformed("page", int64(at), format, args...)
}

// step reads the text up to the next tag, and the tag.
func (p *page) step() error {
	start := p.at
	end := p.nextTag(start)
	if err := p.text(Text, start, end); err != nil {
		return err
	}
	p.at = end
	switch rest := p.data[p.at:]; {
	case len(rest) == 0:
		return nil
	case bytes.HasPrefix(rest, []byte("<!--")):
		return p.skip("-->")
	case rest[1] == '!' || rest[1] == '?':
		return p.skip(">")
	}
	return p.tag()
}

// nextTag returns where the next tag begins: a bracket with a letter, a slash or a
// mark behind it.
func (p *page) nextTag(from int) int {
	for {
		i := bytes.IndexByte(p.data[from:], '<')
		if i < 0 || from+i+1 >= len(p.data) {
			return len(p.data)
		}
		from += i
		if c := p.data[from+1]; c|0x20 >= 'a' && c|0x20 <= 'z' || c == '/' || c == '!' || c == '?' {
			return from
		}
		from++
	}
}

// skip goes behind the end of a comment or declaration.
func (p *page) skip(end string) error {
	i := bytes.Index(p.data[p.at:], []byte(end))
	if i < 0 {
		return p.fail(p.at, "a comment without an end")
	}
	p.at += i + len(end)
	return nil
}

// text yields what stands between two places, entities resolved.
func (p *page) text(kind Kind, start, end int) error {
	for start < end && p.data[start] <= ' ' {
		start++
	}
	for end > start && p.data[end-1] <= ' ' {
		end--
	}
	if start == end {
		return nil
	}
	text := p.data[start:end]
	if bytes.IndexByte(text, '&') >= 0 {
		text = []byte(html.UnescapeString(string(text)))
	}
	if !p.yield(Literal{Kind: kind, Text: text, At: start}) {
		return errStopped
	}
	return nil
}

// tag reads a tag with its attributes; scripts and styles go on to their end.
func (p *page) tag() error {
	start := p.at
	p.at++
	nameAt := p.at
	for p.at < len(p.data) && p.data[p.at] > ' ' && p.data[p.at] != '>' {
		p.at++
	}
	name := p.data[nameAt:p.at]
	kind, err := p.attributes(start)
	if err != nil {
		return err
	}
	switch {
	case bytes.EqualFold(name, []byte("script")):
		return p.script(kind)
	case bytes.EqualFold(name, []byte("style")):
		p.at = p.closing("</style")
	}
	return nil
}

// attributes reads to the end of a tag and returns the value of type.
func (p *page) attributes(start int) (kind []byte, err error) {
	word := p.at
	for p.at < len(p.data) {
		switch c := p.data[p.at]; {
		case c == '>':
			p.at++
			return kind, nil
		case c <= ' ' || c == '/':
			p.at++
			word = p.at
		case (c == '"' || c == '\'') && p.at > 0 && p.data[p.at-1] == '=':
			n := bytes.IndexByte(p.data[p.at+1:], c)
			if n < 0 {
				return nil, p.fail(p.at, "an attribute without an end")
			}
			from := p.at + 1
			if bytes.EqualFold(p.data[word:p.at-1], []byte("type")) {
				kind = p.data[from : from+n]
			}
			if err := p.text(Attribute, from, from+n); err != nil {
				return nil, err
			}
			p.at = from + n + 1
			word = p.at
		default:
			p.at++
		}
	}
	return nil, p.fail(start, "a tag without an end")
}

// closing returns where the element's end tag begins.
func (p *page) closing(tag string) int {
	for i := p.at; ; i++ {
		n := bytes.IndexByte(p.data[i:], '<')
		if n < 0 {
			return len(p.data)
		}
		i += n
		if len(p.data)-i >= len(tag) && bytes.EqualFold(p.data[i:i+len(tag)], []byte(tag)) {
			return i
		}
	}
}

// script reads the content of a script element: a program, or a template of markup
// that a program uses.
func (p *page) script(kind []byte) error {
	start, end := p.at, p.closing("</script")
	p.at = end
	content := p.data[start:end]
	if !bytes.Contains(kind, []byte("template")) && !bytes.Contains(kind, []byte("html")) &&
		!bytes.Contains(kind, []byte("shader")) {
		return scanScript(content, start, p.yield)
	}
	return scanMarkup(content, func(l Literal) bool {
		l.At += start
		return p.yield(l)
	})
}
