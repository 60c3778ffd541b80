// Package budget bounds what one analysis may cost. A package under analysis is
// hostile input: it declares sizes, counts and nesting as it likes, so each is
// taken from one Budget before memory is allocated or an entry is opened, nested
// archives included. Time is not here: it is the context's.
//
// The package is a leaf: it imports only the standard library and anyone may
// import it.
package budget

import (
	"cmp"
	"errors"
	"fmt"
	"sync/atomic"
)

// ErrExhausted is wrapped by every refusal of a Budget. The caller reports the
// part that it could not read as a gap and goes on with the rest.
var ErrExhausted = errors.New("budget exhausted")

// Limits are the bounds of one analysis; a zero field means the default.
type Limits struct {
	Bytes   int64 // inflated bytes over all entries; 0 means DefaultBytes
	Entry   int64 // inflated bytes of one entry; 0 means DefaultEntry
	Entries int64 // entries over all archives; 0 means DefaultEntries
	Depth   int64 // archives inside archives; 0 means DefaultDepth
}

// Defaults that let every package pass which a store accepts (Google Play ends
// at 4 GiB of assets, the App Store at 4 GiB) and stop the ones made to exhaust.
const (
	DefaultBytes   = 8 << 30
	DefaultEntry   = 512 << 20
	DefaultEntries = 1 << 18
	DefaultDepth   = 3
)

// What a small package may inflate to, and how far beyond that its own size lets
// it go: real ones stay below ten times their size.
const (
	smallBytes   = 512 << 20
	smallEntry   = 128 << 20
	bytesPerByte = 64
	entryPerByte = 8
)

// For fills the zero fields with the defaults for a package of so many bytes: a
// small one that declares enormous entries gets less than a large one.
func (l Limits) For(size int64) Limits {
	scaled := func(per, low, high int64) int64 {
		if size >= high/per {
			return high
		}
		return max(low, size*per)
	}
	l.Bytes = cmp.Or(l.Bytes, scaled(bytesPerByte, smallBytes, DefaultBytes))
	l.Entry = cmp.Or(l.Entry, min(l.Bytes, scaled(entryPerByte, smallEntry, DefaultEntry)))
	l.Entries = cmp.Or(l.Entries, DefaultEntries)
	l.Depth = cmp.Or(l.Depth, DefaultDepth)
	return l
}

// Budget counts down what is left of the limits. It is safe for use by several
// goroutines.
type Budget struct {
	limits         Limits
	bytes, entries atomic.Int64
	depth          atomic.Int64
}

// New returns a full budget.
func New(l Limits) *Budget {
	l.Bytes, l.Entry = cmp.Or(l.Bytes, DefaultBytes), cmp.Or(l.Entry, DefaultEntry)
	l.Entries, l.Depth = cmp.Or(l.Entries, DefaultEntries), cmp.Or(l.Depth, DefaultDepth)
	return &Budget{limits: l}
}

// Take withdraws n bytes before they are allocated. It wraps ErrExhausted and
// withdraws nothing where n is negative, above the limit for one entry or above
// what is left.
func (b *Budget) Take(n int64) error {
	if n < 0 {
		return fmt.Errorf("%w: negative size %d", ErrExhausted, n)
	}
	if n > b.limits.Entry {
		return fmt.Errorf("%w: %d bytes, one entry may have %d", ErrExhausted, n, b.limits.Entry)
	}
	return withdraw(&b.bytes, n, b.limits.Bytes, "bytes")
}

// Pass withdraws n bytes that are read where they lie and are not held: of an
// archive inside the package, which may be larger than an entry may be.
func (b *Budget) Pass(n int64) error {
	if n < 0 {
		return fmt.Errorf("%w: negative size %d", ErrExhausted, n)
	}
	return withdraw(&b.bytes, n, b.limits.Bytes, "bytes")
}

// Entries withdraws n entries of an archive's directory.
func (b *Budget) Entries(n int64) error {
	if n < 0 {
		return fmt.Errorf("%w: negative count %d", ErrExhausted, n)
	}
	return withdraw(&b.entries, n, b.limits.Entries, "entries")
}

// Enter goes one archive deeper; leave must be called once when it is done with.
func (b *Budget) Enter() (leave func(), err error) {
	if err := withdraw(&b.depth, 1, b.limits.Depth, "levels of nesting"); err != nil {
		return nil, err
	}
	return func() { b.depth.Add(-1) }, nil
}

// Used returns the inflated bytes withdrawn so far.
func (b *Budget) Used() int64 { return b.bytes.Load() }

func withdraw(used *atomic.Int64, n, limit int64, what string) error {
	for {
		u := used.Load()
		if n > limit-u {
			return fmt.Errorf(
				"%w: %d %s wanted, %d of %d left",
				ErrExhausted,
				n,
				what,
				limit-u,
				limit,
			)
		}
		if used.CompareAndSwap(u, u+n) {
			return nil
		}
	}
}

// FormatError says which part of a malformed input is wrong, and where.
type FormatError struct {
	Part   string // the structure being read: "string pool", "class_defs"
	Offset int64  // byte offset into the input; negative where there is none
	Err    error
}

// Error reads "string pool at 0x1c: declared size 4294967295 ends past the chunk".
func (e *FormatError) Error() string {
	if e.Offset < 0 {
		return fmt.Sprintf("%s: %v", e.Part, e.Err)
	}
	return fmt.Sprintf("%s at 0x%x: %v", e.Part, e.Offset, e.Err)
}

// Unwrap returns the cause.
func (e *FormatError) Unwrap() error { return e.Err }

// Malformed returns a *FormatError whose cause is the formatted message.
func Malformed(part string, offset int64, format string, args ...any) error {
	return &FormatError{Part: part, Offset: offset, Err: fmt.Errorf(format, args...)}
}
