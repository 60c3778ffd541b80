package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/listgate/listgate/internal/blob"
	"github.com/listgate/listgate/review/intake"
)

// files gives the domain the store of blobs: bytes by the hexadecimal SHA-256.
type files struct{ blobs blob.Blobs }

// Put implements intake.Files.
func (f files) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	st, err := f.blobs.Put(ctx, r, limit)
	if errors.Is(err, blob.ErrTooLarge) {
		return "", 0, fmt.Errorf("%w: %w", intake.ErrTooLarge, err)
	}
	if errors.Is(err, blob.ErrFull) {
		return "", 0, fmt.Errorf("%w: %w", intake.ErrNoRoom, err)
	}
	if err != nil {
		return "", 0, err
	}
	return st.Digest.String(), st.Size, nil
}

// Open implements intake.Files.
func (f files) Open(ctx context.Context, sha256 string) (intake.File, error) {
	return f.open(ctx, sha256)
}

func (f files) open(ctx context.Context, sha256 string) (blob.Reader, error) {
	d, err := blob.ParseDigest(sha256)
	if err != nil {
		return nil, err
	}
	return f.blobs.Open(ctx, d)
}

// Read implements desk.Files.
func (f files) Read(ctx context.Context, sha256 string, limit int64) ([]byte, error) {
	r, err := f.open(ctx, sha256)
	if err != nil {
		return nil, err
	}
	defer r.Close() //nolint:errcheck // only read
	var b bytes.Buffer
	n, err := io.CopyN(&b, r, limit+1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read blob %s: %w", sha256, err)
	}
	if n > limit {
		return nil, fmt.Errorf("read blob %s: over %d bytes: %w", sha256, limit, blob.ErrTooLarge)
	}
	return b.Bytes(), nil
}
