package ui

import (
	"errors"
	"slices"

	"github.com/listgate/listgate/review"
)

// Sentence is a Chinese sentence of the catalog that Go code hands to a template,
// which says it with t. Write the conversion of a literal, Sentence("待审核"): a test
// looks for the translation.
type Sentence string

// Field is one field of a form, for the template "field".
type Field struct {
	Name  string   // of the control
	Label Sentence // above it
	Hint  Sentence // below it
	// Type is that of an input (text, search, number, date, password, file), or
	// textarea, select, radio, checks.
	Type     string
	Value    string   // empty for a password and a file
	Options  []Option // of a select, of radio buttons, of check boxes
	Rows     int      // of a textarea; 0 means 4
	Required bool
	Fill     string   // autocomplete; empty means off
	Problems []string // what is wrong with it, in the person's language
}

// Option is one of the values to choose from.
type Option struct {
	Value, Label string
	Hint         string // beside it; may be empty
	Chosen       bool
}

// Problems are the reasons for which something is refused, by field of the form.
type Problems []review.Problem

// ProblemsOf returns what an error says that a form can show: a *review.Refusal, or
// an error with a Problem. ok is false for any other.
func ProblemsOf(err error) (p Problems, ok bool) {
	if refusal, is := errors.AsType[*review.Refusal](err); is {
		return refusal.Problems, true
	}
	var one interface{ Problem() review.Problem }
	if errors.As(err, &one) {
		return Problems{one.Problem()}, true
	}
	return nil, false
}

// At returns the problems of the fields, in a language.
func (p Problems) At(lang string, fields ...string) []string {
	var out []string
	for _, one := range p {
		if slices.Contains(fields, one.Field) {
			out = append(out, one.Message.In(lang))
		}
	}
	return out
}

// Beside returns the problems of all other fields: those that a form shows at its
// head, since it has no control for them.
func (p Problems) Beside(lang string, fields ...string) []string {
	var out []string
	for _, one := range p {
		if !slices.Contains(fields, one.Field) {
			out = append(out, one.Message.In(lang))
		}
	}
	return out
}

// Tab is one of a row of tabs, for the template "tabs".
type Tab struct {
	Label   string
	URL     string
	Count   string // empty for none; "99+" where counting stopped
	Current bool
}

// Paging is where a list goes on, for the template "paging". A list has no page
// before: it goes on by the last row shown, and back to its beginning.
type Paging struct {
	First string // address of the beginning; empty where it is shown
	Next  string // address of what follows; empty at the end
}

// CheckID is the id of a case, an application or a decision in an address; anything
// that cannot be one is an ErrNotFound before a store is asked.
func CheckID(id string) error {
	if len(id) == 0 || len(id) > 64 {
		return review.ErrNotFound
	}
	for _, c := range []byte(id) {
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return review.ErrNotFound
		}
	}
	return nil
}

// Badge is a short word with a colour, for the template "badge". Tone is one of good,
// bad, warn, info, idle, second; the word alone says what is meant.
type Badge struct {
	Tone  string
	Label string
	Title string // longer, for who points at it; may be empty
}
