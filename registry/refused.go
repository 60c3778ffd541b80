package registry

import "errors"

// Errors of an import that a caller acts on. Each comes in a *Refused, which says to
// a person what is wrong; nothing was stored.
var (
	// ErrWrongTable: the file is another list than the one expected.
	ErrWrongTable = errors.New("another table than expected")
	// ErrUnread: rows of the file could not be read, and nobody agreed to leave them
	// out.
	ErrUnread = errors.New("rows could not be read")
	// ErrStale: what is held or the file has changed since the preview was made.
	ErrStale = errors.New("the preview is out of date")
	// ErrInvalid: the import contradicts itself, exceeds a bound or lacks something.
	ErrInvalid = errors.New("invalid")
	// ErrNotFound: there is no such row or snapshot.
	ErrNotFound = errors.New("not found")
)

// Refused is an error with what to say to a person. Cause is what a caller acts on;
// it may be nil where Why says all.
type Refused struct {
	Cause error
	Why   Text
}

// Error returns the English sentence.
func (r *Refused) Error() string { return r.Why.EN }

// Unwrap returns the cause.
func (r *Refused) Unwrap() error { return r.Cause }

func refuse(cause error, zh, en string, args ...any) error {
	return &Refused{cause, say(zh, en, args...)}
}
