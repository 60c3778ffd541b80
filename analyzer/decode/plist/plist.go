// Package plist reads Apple property lists: the binary form (bplist00), the XML
// form and the text form of OpenStep, of which .strings files are a kind.
//
// A property list of a package is hostile. A binary list of 132 bytes can stand
// for hundreds of megabytes, because an object may be referred to many times and
// each reference is a copy once decoded; deep XML overflows the stack of a
// recursive reader. So every input is walked first, with depth, cycles and the
// expanded size checked, and howett.net/plist only sees what passed. The text
// form is read here alone: that library tries XML on it first.
//
// Sources: CFBinaryPList.c, CFPropertyList.c and CFOldStylePList.c of
// swift-corelibs-foundation, which is what a device runs.
package plist

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/listgate/listgate/analyzer/budget"
	applelist "howett.net/plist"
)

// Form is how a property list is written.
type Form string

// The forms.
const (
	Binary Form = "binary" // bplist00
	XML    Form = "xml"
	Text   Form = "text" // OpenStep and .strings
)

// The bounds of one list. The Info.plist of a large application has under 2,000
// objects and 100 KiB; a .strings file has tens of thousands of strings.
const (
	maxDepth   = 64
	maxObjects = 1_000_000
	maxMemory  = 64 << 20 // bytes that the decoded list may take, by estimate
	maxInput   = 32 << 20 // bytes of the list; decoders hold several copies

	maxOddities = 16
)

// List is a decoded property list whose root is a dictionary.
type List struct {
	Form Form
	// Root holds string, bool, uint64, int64, float64, time.Time, []byte, []any,
	// map[string]any and, for the references of a keyed archive, the library's UID.
	Root map[string]any
	// Oddities are breaches of the format that a device overlooks, in English.
	Oddities []string

	keys map[string]int64
}

// KeyOffset returns where the top-level key lies: the offset of its string object
// in a binary list, of its text in the other forms. False where there is no such
// key, or where the input was UTF-16 and offsets mean nothing.
func (l *List) KeyOffset(name string) (int64, bool) {
	at, ok := l.keys[name]
	return at, ok && at >= 0
}

// Sniff says which form the bytes look like. Whatever is neither binary nor XML
// counts as text.
func Sniff(data []byte) Form {
	if bytes.HasPrefix(data, []byte("bplist")) {
		return Binary
	}
	text, _ := toUTF8(data[:min(len(data), 1024)&^1])
	s := bytes.TrimLeft(text, " \t\r\n")
	if len(s) >= 2 && s[0] == '<' && (s[1] == '?' || s[1] == '!' || isElement(s[1:])) {
		return XML
	}
	return Text
}

// isElement tells <dict> from the <0fbd> that is data in the text form.
func isElement(s []byte) bool {
	for _, name := range []string{"plist", "dict", "array", "string"} {
		if bytes.HasPrefix(s, []byte(name)) {
			return true
		}
	}
	return false
}

// Decode reads a property list of any form. The error is a *budget.FormatError
// where the bytes are at fault and wraps budget.ErrExhausted where b refuses; the
// list is nil then. The strings of the list do not alias data.
func Decode(data []byte, b *budget.Budget) (*List, error) {
	if len(data) > maxInput {
		return nil, fmt.Errorf("%w: a property list of %d bytes, %d are read",
			budget.ErrExhausted, len(data), maxInput)
	}
	var l *List
	var err error
	switch Sniff(data) {
	case Binary:
		l, err = decodeBinary(data, b)
	case XML:
		l, err = decodeXML(data, b)
	default:
		l, err = decodeText(data, b)
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// unmarshal hands validated bytes to the library. What it still refuses, or
// panics on, is a malformed list.
func unmarshal(data []byte, what string) (root map[string]any, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, budget.Malformed(what, -1, "%v", r)
		}
	}()
	var v any
	if _, err := applelist.Unmarshal(data, &v); err != nil {
		return nil, &budget.FormatError{Part: what, Offset: -1, Err: err}
	}
	root, ok := v.(map[string]any)
	if !ok {
		return nil, budget.Malformed(what, -1, "the root is no dictionary but %T", v)
	}
	return root, nil
}

// addKey records the place of a top-level key in the text, which lies shift bytes
// into the input, or nowhere where shift is negative. A device that meets a key
// twice may take either value.
func (l *List) addKey(name string, at, shift int64) {
	if _, twice := l.keys[name]; twice {
		l.odd(fmt.Sprintf("key %.64q is given twice", name))
		return
	}
	l.keys[name] = at + shift
	if shift < 0 {
		l.keys[name] = -1
	}
}

// odd notes a breach once; a list that repeats itself does not fill the report.
func (l *List) odd(what string) {
	if len(l.Oddities) < maxOddities && !slices.Contains(l.Oddities, what) {
		l.Oddities = append(l.Oddities, what)
	}
}
