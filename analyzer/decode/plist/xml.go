package plist

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
)

// What the library takes for one element, rounded up: it makes room for 32
// members in every container, however empty.
const (
	xmlDictCost  = 1536
	xmlArrayCost = 512
	xmlLeafCost  = 128
)

// xmlWalk reads the tokens of an XML list and writes them again in their plainest
// spelling, so that the library sees nothing that was not checked here.
type xmlWalk struct {
	d       *xml.Decoder
	out     bytes.Buffer
	list    *List
	shift   int64 // of offsets; -1 where they mean nothing
	objects int64
	memory  int64
}

func decodeXML(data []byte, b *budget.Budget) (*List, error) {
	if err := b.Take(4 * int64(len(data))); err != nil {
		return nil, err
	}
	text, shift := toUTF8(data)
	w := &xmlWalk{d: xml.NewDecoder(bytes.NewReader(text)), shift: shift,
		list: &List{Form: XML, keys: map[string]int64{}}}
	w.d.CharsetReader = w.charset
	if err := w.document(); err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(text[w.d.InputOffset():])) > 0 {
		w.list.odd("bytes after the end of the list")
	}
	if err := b.Take(w.memory); err != nil {
		return nil, err
	}
	var err error
	w.list.Root, err = unmarshal(w.out.Bytes(), "XML plist")
	return w.list, err
}

// charset is asked only for encodings other than UTF-8. The declaration of UTF-16
// text, which is converted by now, is a matter of course; another one that is
// false is taken for UTF-8, which the decoder checks.
func (w *xmlWalk) charset(label string, r io.Reader) (io.Reader, error) {
	switch l := strings.ToLower(label); {
	case strings.HasPrefix(l, "utf-16") && w.shift >= 0:
		w.list.odd("declares UTF-16 and is not")
		return r, nil
	case strings.HasPrefix(l, "utf-16"), l == "us-ascii", l == "ascii":
		return r, nil
	default:
		return nil, fmt.Errorf("encoding %.32q is not read", label)
	}
}

func (w *xmlWalk) malformed(format string, args ...any) error {
	return budget.Malformed("XML plist", max(w.d.InputOffset()+w.shift, 0), format, args...)
}

// next returns the next tag; text between tags counts as odd unless it is blank.
func (w *xmlWalk) next() (xml.Token, error) {
	for {
		t, err := w.d.Token()
		if errors.Is(err, io.EOF) {
			return nil, w.malformed("ends before its root does")
		}
		if err != nil {
			return nil, w.malformed("%v", err)
		}
		switch t := t.(type) {
		case xml.StartElement, xml.EndElement:
			return t, nil
		case xml.CharData:
			if len(bytes.Trim(t, " \t\r\n\ufeff")) > 0 {
				w.list.odd("text between the elements")
			}
		case xml.Directive:
			if err := w.doctype(t); err != nil {
				return nil, err
			}
		}
	}
}

// doctype lets the plain document type through. A list has no use for entities,
// and a device knows none but the five of XML.
func (w *xmlWalk) doctype(d xml.Directive) error {
	if !bytes.HasPrefix(d, []byte("DOCTYPE")) || bytes.ContainsAny(d, "[]") ||
		bytes.Contains(bytes.ToUpper(d), []byte("ENTITY")) {
		return w.malformed("a document type with declarations")
	}
	return nil
}

func (w *xmlWalk) document() error {
	t, err := w.next()
	if err != nil {
		return err
	}
	root, _ := t.(xml.StartElement)
	wrapped := root.Name.Local == "plist"
	if wrapped {
		if t, err = w.next(); err != nil {
			return err
		}
		root, _ = t.(xml.StartElement)
	}
	if root.Name.Local != "dict" {
		return w.malformed("the root is no dictionary but <%.32s>", root.Name.Local)
	}
	w.out.WriteString("<plist>")
	if err := w.element(root, 1); err != nil || !wrapped {
		return err
	}
	w.out.WriteString("</plist>")
	if t, err = w.next(); err != nil {
		return err
	}
	if _, end := t.(xml.EndElement); !end {
		return w.malformed("two roots")
	}
	return nil
}

// charge counts one object and the memory that it takes once decoded.
func (w *xmlWalk) charge(memory int) error {
	w.objects++
	w.memory += int64(memory)
	if w.objects > maxObjects || w.memory > maxMemory {
		return w.malformed("expands past %d objects or %d bytes", maxObjects, maxMemory)
	}
	return nil
}

func (w *xmlWalk) element(e xml.StartElement, depth int) error {
	if depth > maxDepth {
		return w.malformed("nested deeper than %d", maxDepth)
	}
	switch name := e.Name.Local; name {
	case "dict":
		return w.container(e, xmlDictCost, depth)
	case "array":
		return w.container(e, xmlArrayCost, depth)
	case "string", "integer", "real", "date", "data", "true", "false":
		text, err := w.leaf(name)
		if err != nil {
			return err
		}
		if name != "string" {
			text = strings.TrimSpace(text) // a device skips the blanks, the library does not
		}
		return w.write(name, text)
	default:
		return w.malformed("element <%.32s>", name)
	}
}

// container copies an array, or a dictionary with its keys.
func (w *xmlWalk) container(e xml.StartElement, memory, depth int) error {
	if err := w.charge(memory); err != nil {
		return err
	}
	isDict, keyed := e.Name.Local == "dict", false
	w.out.WriteString("<" + e.Name.Local + ">")
	for {
		t, err := w.next()
		if err != nil {
			return err
		}
		child, start := t.(xml.StartElement)
		if !start {
			break
		}
		isKey := child.Name.Local == "key"
		if isKey && (!isDict || keyed) || !isKey && isDict && !keyed {
			return w.malformed("keys and values do not pair")
		}
		keyed = isKey
		if isKey {
			err = w.key(depth)
		} else {
			err = w.element(child, depth+1)
		}
		if err != nil {
			return err
		}
	}
	if keyed {
		return w.malformed("a key without a value")
	}
	w.out.WriteString("</" + e.Name.Local + ">")
	return nil
}

func (w *xmlWalk) key(depth int) error {
	at := w.d.InputOffset()
	text, err := w.leaf("key")
	if err != nil {
		return err
	}
	if depth == 1 {
		w.list.addKey(text, at, w.shift)
	}
	return w.write("key", text)
}

// leaf returns the text up to the end tag; nothing else may stand in it.
func (w *xmlWalk) leaf(name string) (string, error) {
	var text []byte
	for {
		t, err := w.d.Token()
		if err != nil {
			return "", w.malformed("in <%s>: %v", name, err)
		}
		switch t := t.(type) {
		case xml.CharData:
			text = append(text, t...)
		case xml.EndElement:
			return string(text), w.charge(xmlLeafCost + 2*len(text))
		case xml.StartElement:
			return "", w.malformed("<%.32s> in <%s>", t.Name.Local, name)
		}
	}
}

func (w *xmlWalk) write(name, text string) error {
	w.out.WriteString("<" + name + ">")
	if err := xml.EscapeText(&w.out, []byte(text)); err != nil {
		return err
	}
	w.out.WriteString("</" + name + ">")
	return nil
}
