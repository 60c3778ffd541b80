// Package script cuts JavaScript, JSON and markup into what they say: the literals
// of a program, the strings of a document, the texts and attributes of a page with
// the literals of the scripts in it (ECMA-262, lexical grammar; RFC 8259; HTML,
// tokenization).
//
// It is a tokenizer, not a parser. Whether a slash divides or begins a pattern is
// told by the brackets and words before it, as a parser would find for all that
// minifiers write; where a file is none that it can follow, an error says so, and
// the caller reads it as any text. It is linear, and its memory is bounded by the
// depth of brackets.
package script

import (
	"bytes"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
)

// Form is what a text is.
type Form uint8

// The forms.
const (
	None       Form = iota
	JavaScript      // and JSON, whose strings are those of JavaScript
	Markup          // HTML
)

// Kind is what part of a text a literal is.
type Kind uint8

// The kinds of literals.
const (
	String    Kind = iota // a string
	Template              // a part of a template between its expressions
	Pattern               // a regular expression, as it is written
	Text                  // between the tags of a page
	Attribute             // of a tag
)

// Literal is one literal. At is where its first byte lies; Text is what it says, with
// escapes resolved, and refers to the data where there were none.
type Literal struct {
	Kind Kind
	Text []byte
	At   int
}

// endings are those of files that are of a form whatever their content.
var endings = map[string]Form{
	".js": JavaScript, ".mjs": JavaScript, ".cjs": JavaScript, ".jsbundle": JavaScript,
	".json": JavaScript, ".map": JavaScript, ".wxs": JavaScript,
	".html": Markup, ".htm": Markup, ".xhtml": Markup, ".vue": Markup,
}

// others are endings of texts that are neither, however they begin.
var others = map[string]bool{
	".css": true, ".svg": true, ".xml": true, ".md": true, ".properties": true, ".yaml": true,
	".yml": true, ".csv": true, ".ini": true, ".cfg": true, ".conf": true, ".plist": true,
	".strings": true, ".stringsdict": true, ".xcprivacy": true, ".pem": true, ".obj": true,
	".mtl": true, ".nib": true, ".lua": true, ".glsl": true, ".frag": true, ".vert": true,
	".java": true, ".kt": true, ".h": true, ".proto": true,
}

// openings are how scripts begin that bundlers write, whatever their names.
var openings = []string{
	"var __BUNDLE_START_TIME__", "__d(", "(function", "!function", "!(function", ";(function",
	";!function", "(()=>", "(() =>", "(self.webpack", "(this.webpack", "webpackJsonp",
	"(globalThis", "(global.webpack", "\"use strict\"", "'use strict'", "function ", "import ",
	"export ", "require(", "define(", "const ", "let ", "var ", "/*!", "/**", "/******/",
	"window.", "module.exports",
}

// FormOf tells the form of a file by its ending and its first bytes. Text in UTF-16
// and what is no text by its first bytes are none.
func FormOf(ending string, head []byte) Form {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' {
			return None
		}
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return None
	}
	ending = strings.ToLower(ending)
	if form, known := endings[ending]; known || others[ending] {
		return form
	}
	head = bytes.TrimLeft(head, " \t\r\n\f")
	lower := bytes.ToLower(head)
	for _, tag := range []string{"<!doctype html", "<html", "<script", "<head", "<body"} {
		if bytes.HasPrefix(lower, []byte(tag)) {
			return Markup
		}
	}
	for _, o := range openings {
		if bytes.HasPrefix(head, []byte(o)) {
			return JavaScript
		}
	}
	return None
}

// errStopped ends a scan that the caller wants no more of.
var errStopped = budget.Malformed("scan", 0, "stopped")

// Scan yields the literals in order until yield returns false. The error is a
// *budget.FormatError that says where the text is none of its form; what was yielded
// before may then be cut wrongly.
func Scan(data []byte, form Form, yield func(Literal) bool) error {
	var err error
	switch form {
	case JavaScript:
		err = scanScript(data, 0, yield)
	case Markup:
		err = scanMarkup(data, yield)
	default:
		err = budget.Malformed("text", 0, "of no form that is read")
	}
	if err == errStopped {
		return nil
	}
	return err
}

// scanScript reads one script, which lies at base.
func scanScript(data []byte, base int, yield func(Literal) bool) error {
	s := &scanner{data: data, base: base, yield: yield, state: statement}
	if bytes.HasPrefix(data, []byte("#!")) {
		s.lineEnd()
	}
	return s.run()
}
