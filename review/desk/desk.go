// Package desk is what people do with a case: look at it, claim it, decide it, and
// what follows a decision. It joins the rules of package review, the stores and the
// letters, and is all that a page or an API needs.
//
// Every act reads the case, the application and its releases, asks package review,
// and stores what comes of it in one transaction: the case with its history, the
// ledger, the end of earlier decisions in other cases, and the letter to the
// developer in both languages. Either all of it is kept or nothing. An act opens its
// own transaction and must not be called within one: where another was quicker it
// begins anew, and reads again.
//
// A proposal writes no letter; what took effect does: a decision at once, an
// approval, an extension, a consequence that fell due, an emergency measure that
// lapsed.
//
// What is refused is a *review.Refusal with all its problems, or wraps one of
// review.ErrNotFound, ErrConflict, ErrInvalid and ErrForbidden. Any other error
// means that a store could not do its work.
package desk

import (
	"context"
	"encoding/json"
	"time"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
)

// Desk is what the acts stand on; every field is needed.
type Desk struct {
	Atomic      review.Atomic
	Cases       review.Cases
	Apps        review.Apps
	Submissions review.Submissions
	Letters     review.Letters
	Files       Files
	Ledger      Ledger
	// Laws returns an edition of the law, as law.Load does.
	Laws     func(edition string) (*law.Edition, error)
	Policy   review.Policy
	Calendar review.Calendar
	Office   Office
	Now      func() time.Time
	NewID    func() string // UUIDv7
}

// Files reads what a scan left.
type Files interface {
	// Read returns the file with this SHA-256 (hexadecimal); limit bounds the bytes.
	Read(ctx context.Context, sha256 string, limit int64) ([]byte, error)
}

// Office is what letters say of the store: its name, and where to appeal.
type Office struct{ Store, Appeal analyzer.Text }

// Ledger shows what stands of a case in the ledger.
type Ledger interface {
	// Entries lists those of a case, oldest first.
	Entries(ctx context.Context, caseID string) ([]LedgerEntry, error)
	// Proof returns the document listgate.proof/v1 of an entry. It signs a checkpoint
	// where none covers the entry yet.
	Proof(ctx context.Context, seq int64) ([]byte, error)
}

// LedgerEntry is an entry of the ledger, as a dossier shows it.
type LedgerEntry struct {
	Seq  int64
	Kind string
	At   time.Time
	Body json.RawMessage
}

// ActOn names a case in the version that the person saw, and the person.
type ActOn struct {
	Case string
	Rev  int
	Who  review.Actor
}
