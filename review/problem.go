package review

import (
	"errors"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

// Errors that a caller acts on. Each is wrapped by an error that says more.
var (
	// ErrNotFound says that there is no such case, application, release or decision.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that the state of things does not allow it: it was changed
	// by another, is claimed, or is no longer or not yet what the act needs.
	ErrConflict = errors.New("conflict")
	// ErrInvalid says that what was handed in is incomplete or contradicts itself.
	ErrInvalid = errors.New("invalid")
	// ErrForbidden says that this person may not do it.
	ErrForbidden = errors.New("forbidden")
)

// Problem is one reason for which something is refused, for the field of the form
// that it concerns. Code is stable, for programs; Kind is ErrConflict, ErrInvalid
// or ErrForbidden.
type Problem struct {
	Field   string        `json:"field"`
	Code    string        `json:"code"`
	Message analyzer.Text `json:"message"`
	Kind    error         `json:"-"`
}

// Refusal is everything for which an act is refused, at once.
type Refusal struct {
	Problems []Problem
}

// Error joins the problems in English.
func (r *Refusal) Error() string {
	parts := make([]string, len(r.Problems))
	for i, p := range r.Problems {
		parts[i] = p.Field + ": " + p.Message.EN
	}
	return "refused: " + strings.Join(parts, "; ")
}

// chinese joins the problems as the history of a case has them.
func (r *Refusal) chinese() string {
	parts := make([]string, len(r.Problems))
	for i, p := range r.Problems {
		parts[i] = p.Message.ZH
	}
	return strings.Join(parts, "；")
}

// Is reports a refusal that has a problem of the kind.
func (r *Refusal) Is(target error) bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Kind == target })
}

// Has reports a problem with the code.
func (r *Refusal) Has(code string) bool {
	return slices.ContainsFunc(r.Problems, func(p Problem) bool { return p.Code == code })
}

// complaints collects problems.
type complaints []Problem

func (c *complaints) add(kind error, field, code string, message analyzer.Text) {
	c.put(Problem{Field: field, Code: code, Message: message, Kind: kind})
}

// put adds a problem once.
func (c *complaints) put(p Problem) {
	if !slices.Contains(*c, p) {
		*c = append(*c, p)
	}
}

func (c *complaints) invalid(field, code string, message analyzer.Text) {
	c.add(ErrInvalid, field, code, message)
}

func (c *complaints) conflict(field, code string, message analyzer.Text) {
	c.add(ErrConflict, field, code, message)
}

func (c *complaints) forbidden(field, code string, message analyzer.Text) {
	c.add(ErrForbidden, field, code, message)
}

// take adds the problem that an error of this package stands for.
func (c *complaints) take(field string, err error) {
	var one interface{ Problem() Problem }
	if errors.As(err, &one) {
		p := one.Problem()
		p.Field = field
		c.put(p)
	}
}

// err is nil where there is no problem.
func (c complaints) err() error {
	if len(c) == 0 {
		return nil
	}
	return &Refusal{Problems: c}
}
