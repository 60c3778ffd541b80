// Package blob keeps large immutable bytes under their digest: packages, stored
// facts, documents.
//
// A blob is named by the SHA-256 of its bytes and by nothing else, so that equal
// bytes are kept once and no name comes from outside. A blob is there whole or not
// at all: it gets its name after its last byte is on the disk.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"
)

// The errors of a store, for errors.Is.
var (
	// ErrNotFound: no blob of this digest is kept.
	ErrNotFound = errors.New("no such blob")
	// ErrTooLarge: the reader holds more bytes than the limit.
	ErrTooLarge = errors.New("larger than allowed")
	// ErrFull: there is no room left where blobs are kept.
	ErrFull = errors.New("no room left")
	// ErrDigest: a text is not the hexadecimal form of a digest.
	ErrDigest = errors.New("not a digest")
)

// Digest is the SHA-256 of a blob.
type Digest [sha256.Size]byte

// String returns the 64 lower-case hexadecimal digits that name the blob.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// ParseDigest reads what Digest.String writes, or returns ErrDigest.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(d) || hex.EncodeToString(b) != s {
		return d, fmt.Errorf("%w: %.80q", ErrDigest, s)
	}
	return Digest(b), nil
}

// Stat is what a store knows of a blob.
type Stat struct {
	Digest Digest
	Size   int64     // bytes
	Stored time.Time // of the last Put of these bytes, UTC
}

// Reader reads one blob, from its start and at any place. The file store's is an
// *os.File, which can be handed to a child process.
type Reader interface {
	io.Reader
	io.ReaderAt
	io.Seeker
	io.Closer
}

// Blobs is a store of blobs. It may be used by many at the same time.
type Blobs interface {
	// Put stores what r yields up to its end. More than limit bytes is ErrTooLarge, and
	// more than there is room for is ErrFull.
	// Beside an error nothing stays behind. Bytes that are kept already are kept
	// once, with a new time.
	Put(ctx context.Context, r io.Reader, limit int64) (Stat, error)
	// Open returns a reader, which the caller closes, or ErrNotFound.
	Open(ctx context.Context, d Digest) (Reader, error)
	// Stat describes a blob, or returns ErrNotFound.
	Stat(ctx context.Context, d Digest) (Stat, error)
	// Delete removes a blob; one that is not there is no error. Whoever deletes what
	// nothing refers to leaves out blobs that were stored lately: the transaction
	// that will refer to them may still be running.
	Delete(ctx context.Context, d Digest) error
	// List returns up to limit blobs behind a digest, in order of digest. It starts
	// behind the zero digest and ends with an empty page.
	List(ctx context.Context, after Digest, limit int) ([]Stat, error)
}
