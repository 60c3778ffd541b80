package ledger

import "fmt"

// Fault says in one word what is wrong with a log, a checkpoint or a proof. It is
// an error itself, so that errors.Is finds it.
type Fault string

// Error implements error.
func (f Fault) Error() string { return string(f) }

// The faults of a log, found by Log.Verify and by reading.
const (
	// ChangedEntry: what the row says, or its salt, is not what its leaf was made of.
	ChangedEntry Fault = "changed-entry"
	// MissingRow: a row is gone from the middle, or stands in another's place.
	MissingRow Fault = "missing-row"
	// ChangedHash: a stored hash is missing or is not the one that the leaves give.
	ChangedHash Fault = "changed-hash"
	// DroppedTail: the log ends before a place that it had reached.
	DroppedTail Fault = "dropped-tail"
	// Rewritten: the log agrees with itself but not with a checkpoint kept outside.
	Rewritten Fault = "rewritten"
	// SilentErasure: a row is erased and no later entry of kind erasure names it.
	SilentErasure Fault = "silent-erasure"

	// NotCanonical: a text has no canonical form, or an entry is outside its bounds.
	NotCanonical Fault = "not-canonical"
	// Erased: the entry was erased, so that nothing about it can be proven.
	Erased Fault = "erased"
	// OutOfRange: a place or a size lies outside the log.
	OutOfRange Fault = "out-of-range"

	// Malformed: the document or the checkpoint is not of the form it should have.
	Malformed Fault = "malformed"
	// TooLarge: the document is larger than any proof.
	TooLarge Fault = "too-large"
	// UnknownKey: no signature is by a key that was given.
	UnknownKey Fault = "unknown-key"
	// BadSignature: a signature in the name of a given key does not verify.
	BadSignature Fault = "bad-signature"
	// ForeignOrigin: the checkpoint is of another log than the key is for.
	ForeignOrigin Fault = "foreign-origin"
	// WrongIndex: the place in the proof is not the entry's, or not in the tree.
	WrongIndex Fault = "wrong-index"
	// WrongSize: the size in the proof is not that of its checkpoint.
	WrongSize Fault = "wrong-size"
	// NotIncluded: entry, salt, place and path do not lead to the signed root.
	NotIncluded Fault = "not-included"
	// NotConsistent: the later checkpoint does not continue the earlier one.
	NotConsistent Fault = "not-consistent"
)

// Error is a fault with the row it concerns. errors.Is finds the fault and the
// cause in it.
type Error struct {
	Fault Fault
	Seq   int64 // the first row that differs; -1 where no row is meant
	Cause error // nil where the fault says all
}

// Error implements error.
func (e *Error) Error() string {
	s := string(e.Fault)
	if e.Seq >= 0 {
		s = fmt.Sprintf("ledger row %d: %s", e.Seq, s)
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap implements the interface that errors.Is and errors.As ask.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Fault}
	}
	return []error{e.Fault, e.Cause}
}

// fault makes an error that concerns no row.
func fault(f Fault, format string, args ...any) error {
	return &Error{f, -1, fmt.Errorf(format, args...)}
}

// faultAt makes an error about one row.
func faultAt(f Fault, seq int64, format string, args ...any) error {
	return &Error{f, seq, fmt.Errorf(format, args...)}
}
