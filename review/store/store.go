// Package store keeps cases, applications, submissions and letters in the database,
// and what became of decisions in the ledger, in one transaction. It implements the
// interfaces of package review; internal/store.DB is its review.Atomic.
//
// # Versions
//
// Who changes a case, an application or a release names the version that was read;
// where the stored one is another, nothing is kept and the error is a *review.Refusal
// with the code "stale" on the field "rev", an ErrConflict. What is kept has a version
// higher by one: read it again. The renewal of a lease alone raises no version, so
// that a form that is open while its page gives signs of life can still be sent.
//
// # What the ledger says
//
// Every act of a decision, beginning with its making, is one entry. Its subject is
// the id of the case and its time that of the act. Its kind is ledger.Decision for
// the making, be it at once, proposed or in an emergency; ledger.Approval for what
// the second person, or who proposed, answers to it: approve, reject, retract,
// ratify; and ledger.Effect for all else: effect, fell-due, overdue, lapse, escalate,
// cure, extend, settle, and the end of a question. The body is the document
// listgate.decision/v1, a letter is listgate.letter/v1 under ledger.Notice; the
// schemas lie in docs/schema. A note that stays with the store is in neither.
package store

import (
	"github.com/listgate/listgate/internal/ledger"
	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/review"
)

// tables are what the stores stand on.
type tables struct {
	db  *database.DB
	log *ledger.Log
}

// Store is the part of the database that reviews are kept in.
type Store struct{ tables }

// Open returns the stores over a database whose tables are there, and the ledger over
// the same database.
func Open(db *database.DB, log *ledger.Log) *Store { return &Store{tables{db, log}} }

// Cases keeps cases. It implements review.Cases.
type Cases struct{ tables }

// Apps keeps applications and releases. It implements review.Apps.
type Apps struct{ tables }

// Submissions keeps what was handed in. It implements review.Submissions.
type Submissions struct{ tables }

// Letters keeps what was written to developers. It implements review.Letters.
type Letters struct{ tables }

// Cases returns the store of cases.
func (s *Store) Cases() Cases { return Cases{s.tables} }

// Apps returns the store of applications.
func (s *Store) Apps() Apps { return Apps{s.tables} }

// Submissions returns the store of submissions.
func (s *Store) Submissions() Submissions { return Submissions{s.tables} }

// Letters returns the store of letters.
func (s *Store) Letters() Letters { return Letters{s.tables} }

var (
	_ review.Atomic      = (*database.DB)(nil)
	_ review.Cases       = Cases{}
	_ review.Apps        = Apps{}
	_ review.Submissions = Submissions{}
	_ review.Letters     = Letters{}
)
