// Package intake takes a package from its upload to a case that waits for people:
// the upload is kept and its scan enqueued in one transaction; the scan analyses
// the package outside of any, keeps facts and reports as files, and then in one
// transaction says what the case is about, where it goes next and, where the
// store's policy lists it, that it is listed.
//
// A scan is a job that is done at least once. It can be killed at any point, and
// two may run at the same time: what a case is told it is told once, in the
// transaction that ends the scan, and whoever comes later finds it there and does
// nothing. What a killed scan leaves are files to which nothing refers.
package intake

import (
	"context"
	"io"
	"time"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
)

// Intake is what uploads and scans stand on. Every field is needed but the last.
type Intake struct {
	Atomic      review.Atomic
	Cases       review.Cases
	Apps        review.Apps
	Submissions review.Submissions
	Files       Files
	Queue       Queue
	Analyzer    Analyzer
	// Judge runs the rules over facts; Engine.Judge does.
	Judge func(*analyzer.Facts) *analyzer.Analysis
	// Registry returns the lists as they are held now, Coverage what of them is held.
	Registry func(ctx context.Context) registry.Lookup
	Coverage func(registry.Lookup) analyzer.Text
	Law      *law.Edition // by which cases are judged from now on
	Policy   review.Policy
	Calendar review.Calendar
	Tool     string // name and version of the program, for reports
	MaxSize  int64  // of a package, bytes
	Now      func() time.Time
	NewID    func() string // UUIDv7
	// Letter writes the letter of a listing by the policy, in the transaction that the
	// context carries. Nil writes none.
	Letter func(ctx context.Context, o review.Outcome) error
}

// Files keeps bytes under their SHA-256, hexadecimal.
type Files interface {
	// Put stores what r yields up to its end; more than limit bytes is an error. Bytes
	// that are kept already are kept once.
	Put(ctx context.Context, r io.Reader, limit int64) (sha256 string, size int64, err error)
	// Open returns the bytes. The caller closes them.
	Open(ctx context.Context, sha256 string) (File, error)
}

// File is one kept file, to be read from its start and at any place.
type File interface {
	io.Reader
	io.ReaderAt
	io.Seeker
	io.Closer
}

// Queue enqueues scans.
type Queue interface {
	// Scan enqueues the scan of a case in the transaction that the context carries. Each
	// call is a job of its own: one that is told apart by its case alone would be taken
	// for the one that is about to end.
	Scan(ctx context.Context, caseID string) error
}

// Analyzer reads a package in a process of its own. What cannot be read is a gap of
// the facts, and so is a process that was killed; the error means that nothing can
// be said now and it is to be tried again: the disk is gone, the context has ended.
type Analyzer func(ctx context.Context, f File) (*analyzer.Facts, error)

// Upload is what is handed in.
type Upload struct {
	File        string // name, as it was given
	Body        io.Reader
	Declaration string // text of the declaration; empty for none
	By          review.Actor
	// Key is what the account calls the upload, so that handing it in twice is handing
	// it in once; empty for nothing.
	Key string
}
