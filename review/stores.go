package review

import (
	"context"
	"time"

	"github.com/listgate/listgate/analyzer"
)

// Atomic runs work so that all it stores is kept together or not at all. Work inside
// work joins it.
type Atomic interface {
	Do(ctx context.Context, work func(ctx context.Context) error) error
}

// Cases keeps cases. Every error wraps one of ErrNotFound, ErrConflict and
// ErrInvalid, or means that the store could not be reached.
type Cases interface {
	// Case returns a case with its decisions; ErrNotFound where there is none.
	Case(ctx context.Context, id string) (Case, error)
	// Find lists cases in the order in which they are to be worked on, those without a
	// due day first; next is where to go on, empty at the end.
	Find(ctx context.Context, f CaseFilter) (rows []Row, next string, err error)
	// Open stores a new case. The second for a release that has an open one is an
	// ErrConflict.
	Open(ctx context.Context, c Case, first Entry) error
	// Keep stores an outcome whole, what became of a decision also in the ledger, and
	// raises the versions of what it changes. It is an ErrConflict where the stored
	// version of the case, the application or a release is not the one in the outcome.
	// The renewal of a lease, which has no entries, raises no version: a form that is
	// open stays valid.
	Keep(ctx context.Context, o Outcome) error
	// History lists the entries of a case, oldest first.
	History(ctx context.Context, id string) ([]Entry, error)
	// Due lists ids of cases in which something has passed at this time, by what it
	// is; at most limit, oldest first.
	Due(ctx context.Context, what DueKind, at time.Time, limit int) ([]string, error)
}

// Row is a case as a queue lists it: without its decisions, with the names by which
// people know it. Where no scan has told them, Name is that of the file.
type Row struct {
	Case
	Name     string
	Package  string
	Provider string
	Version  string
	Platform Platform
}

// DueKind is what can pass without anybody acting.
type DueKind string

// The kinds of what is due.
const (
	DueLease        DueKind = "lease"        // of a claim: ExpireClaim
	DueTerm         DueKind = "term"         // of a decision or a question: FallDue
	DueRatification DueKind = "ratification" // of an emergency: Unratified
	DueSettlement   DueKind = "settlement"   // provisional deadlines: Settle
)

// CaseFilter selects cases; a field that is empty does not select.
type CaseFilter struct {
	States     []CaseState
	Routes     []Route
	Severities []Severity
	Capability analyzer.CapabilityID // that was found
	App        string
	Claimed    string // by the actor with this id
	Text       string // in the name or the package id
	After      string // next of the page before
	Limit      int    // 0 means 50; 200 at most
}

// Apps keeps applications and their releases. ErrNotFound where there is none.
type Apps interface {
	App(ctx context.Context, id string) (App, error)
	// Named returns the application with this package id on the platform.
	Named(ctx context.Context, packageID string, p Platform) (App, error)
	// Releases lists the releases that decisions act on: all but those withdrawn and
	// superseded.
	Releases(ctx context.Context, app string) ([]Release, error)
	// Add stores a new application, or a new release of one that is there and stays as
	// it is. It is an ErrConflict where the package id stands for another application on
	// the platform of a release: Named returns that one.
	Add(ctx context.Context, a App, releases ...Release) error
}

// Submissions keeps what was handed in. ErrNotFound where there is none.
type Submissions interface {
	// Submission returns that of a case.
	Submission(ctx context.Context, caseID string) (Submission, error)
	// Keyed returns the one that an account handed in under a key of its own.
	Keyed(ctx context.Context, account, key string) (Submission, error)
	// Add stores a new one. A second under the same key is an ErrConflict.
	Add(ctx context.Context, s Submission) error
	// Scanned stores what the scan of a case left, in place of an earlier one.
	Scanned(ctx context.Context, caseID string, s Scan) error
}

// Letters keeps what was written to developers.
type Letters interface {
	// Letters lists those of a case, oldest first.
	Letters(ctx context.Context, caseID string) ([]Letter, error)
	// Add stores a letter, and that it was written in the ledger.
	Add(ctx context.Context, l Letter) error
}
