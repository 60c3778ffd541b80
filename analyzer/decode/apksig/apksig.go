// Package apksig reads and verifies the signatures of an APK: JAR signing (v1)
// and the APK Signature Schemes v2, v3 and v3.1.
//
// Every scheme that is present is verified, whichever of them a device of some
// Android version would take. A certificate chain proves nothing here: Android
// trusts any certificate, and the key is the identity.
//
// Sources: Android Open Source Project, "APK Signature Scheme v2", "v3", "v3.1"
// and "Application signing"; Oracle, JAR File Specification, "Signed JAR File";
// RFC 5652 (CMS).
package apksig

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/listgate/listgate/analyzer/budget"
)

// The schemes, as Signer.Scheme has them.
const (
	V1  = "v1"
	V2  = "v2"
	V3  = "v3"
	V31 = "v3.1"
)

// ErrUnsupported is wrapped by Signer.Err and Problem.Err where the signature may
// be sound but its algorithm, key or encoding is not known here.
var ErrUnsupported = errors.New("not supported")

// errStripped is the cause where a signature names a stronger scheme that is gone.
var errStripped = errors.New("stripped")

// Entry is one file of the archive, as a device would find it.
type Entry interface {
	Name() string
	Size() int64 // inflated, in bytes
	Read(ctx context.Context) ([]byte, error)
}

// Archive is what Verify needs of a package. Offsets count bytes from the start
// of the file.
type Archive struct {
	Bytes     io.ReaderAt
	Size      int64
	Directory int64 // the first central record; a signing block ends here
	End       int64 // the end record
	Entries   []Entry
}

// Signer is one signer of one scheme.
type Signer struct {
	Scheme  string
	SHA256  string // of the DER certificate, in hexadecimal
	Subject string // of the certificate, in the manner of RFC 2253
	File    string // the signature file of v1, META-INF/X.SF; else ""
	// Err is nil where the signature covers the package and is valid. It wraps
	// ErrUnsupported or budget.ErrExhausted where that is not known.
	Err error
}

// Problem is a signature, or a part of one, that names no signer.
type Problem struct {
	Scheme string // "" for the signing block as a whole
	File   string // the file of v1 that it is about; else ""
	Err    error
}

// Result is what the package says of its signers, by scheme, v1 first.
type Result struct {
	Signers  []Signer
	Problems []Problem
}

// Verify reads and verifies all signatures of the package. An unsigned package has
// an empty result. Where a signature of v2 or later is valid, the whole file is
// covered, and of v1 only the signature and the manifest's digest are verified, not
// the entries. The error says that bytes could not be read or the context ended;
// the result is empty then.
func Verify(ctx context.Context, a Archive, b *budget.Budget) (Result, error) {
	v := &verifier{ctx: ctx, archive: a, budget: b}
	later, err := v.verifyBlock()
	if err != nil {
		return Result{}, fmt.Errorf("verify signing block: %w", err)
	}
	first, err := v.verifyJAR(later.verified())
	if err != nil {
		return Result{}, fmt.Errorf("verify JAR signature: %w", err)
	}
	return Result{
		Signers:  append(first.Signers, later.Signers...),
		Problems: append(first.Problems, later.Problems...),
	}, nil
}

func (r Result) verified() bool {
	for _, s := range r.Signers {
		if s.Err == nil {
			return true
		}
	}
	return false
}

func (r *Result) problem(scheme, file string, err error) {
	r.Problems = append(r.Problems, Problem{scheme, file, err})
}

// verifier is the state of one Verify.
type verifier struct {
	ctx     context.Context
	archive Archive
	budget  *budget.Budget
	present map[string]bool // schemes that the signing block holds
}

// readError is a failure of the file, not of what is in it.
type readError struct{ err error }

func (e *readError) Error() string { return e.err.Error() }

func (e *readError) Unwrap() error { return e.err }

// fatal reports whether err ends the verification and is no verdict.
func (v *verifier) fatal(err error) bool {
	var failed *readError
	return err != nil && (v.ctx.Err() != nil || errors.As(err, &failed))
}

// readAt fills p, which lies inside the file.
func (v *verifier) readAt(p []byte, off int64) error { return readFull(v.archive.Bytes, p, off) }

func readFull(src io.ReaderAt, p []byte, off int64) error {
	if n, err := src.ReadAt(p, off); n < len(p) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return &readError{fmt.Errorf("read %d bytes at 0x%x: %w", len(p), off, err)}
	}
	return nil
}
