package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// The folders of a file store.
const (
	blobFolder = "sha256"
	tempFolder = "tmp"
)

// Files keeps each blob in a file root/sha256/ab/cd/DIGEST. It implements Blobs.
// Several processes may share the folder.
type Files struct {
	root   string
	create func(path string) (tempFile, error)
}

// tempFile is a file that is being written.
type tempFile interface {
	io.WriteCloser
	Sync() error
}

// OpenFiles opens the store in a folder and makes the folder where it is missing.
func OpenFiles(root string) (*Files, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("open blob store: %w", err)
	}
	for _, sub := range []string{blobFolder, tempFolder} {
		if err := os.MkdirAll(filepath.Join(root, sub), 0o700); err != nil {
			return nil, fmt.Errorf("open blob store: %w", err)
		}
	}
	return &Files{root, createFile}, nil
}

// createFile makes a file that nobody may write later: a blob never changes.
func createFile(path string) (tempFile, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o400)
}

func (f *Files) path(d Digest) string {
	s := d.String()
	return filepath.Join(f.root, blobFolder, s[:2], s[2:4], s)
}

// Put implements Blobs.
func (f *Files) Put(ctx context.Context, r io.Reader, limit int64) (Stat, error) {
	temp := filepath.Join(f.root, tempFolder, rand.Text())
	d, err := f.write(ctx, temp, r, limit)
	if err == nil {
		err = f.name(temp, d)
	}
	if err != nil {
		return Stat{}, errors.Join(fmt.Errorf("store blob: %w", full(err)), remove(temp))
	}
	return f.Stat(ctx, d)
}

// full names what a full disk, and one of which all is used that may be, says.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// write copies r into a new file and brings it to the disk.
func (f *Files) write(
	ctx context.Context, path string, r io.Reader, limit int64,
) (d Digest, err error) {
	file, err := f.create(path)
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	sum := sha256.New()
	if _, err = io.Copy(io.MultiWriter(file, sum), &source{ctx, r, limit}); err != nil {
		return d, err
	}
	return Digest(sum.Sum(nil)), file.Sync()
}

// source reads up to a limit and stops when its context ends.
type source struct {
	ctx  context.Context
	r    io.Reader
	left int64
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	if s.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > s.left+1 {
		p = p[:s.left+1] // one more than allowed tells a full blob from a longer one
	}
	n, err := s.r.Read(p)
	if s.left -= int64(n); s.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

// name moves a written file to its place. It replaces equal bytes that are there,
// which mends a file that was damaged and renews its time.
func (f *Files) name(temp string, d Digest) error {
	now := time.Now()
	if err := os.Chtimes(temp, now, now); err != nil {
		return err
	}
	path := f.path(d)
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	// The new names must be on the disk before anyone relies on them.
	for _, dir := range []string{folder, filepath.Dir(folder), filepath.Join(f.root, blobFolder)} {
		if err := syncFolder(dir); err != nil {
			return err
		}
	}
	return nil
}

func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// remove removes a file that may be gone.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Open implements Blobs.
func (f *Files) Open(ctx context.Context, d Digest) (Reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open blob %s: %w", d, err)
	}
	file, err := os.Open(f.path(d))
	if err != nil {
		return nil, fmt.Errorf("open blob %s: %w", d, notFound(err))
	}
	return file, nil
}

// Stat implements Blobs.
func (f *Files) Stat(ctx context.Context, d Digest) (Stat, error) {
	if err := ctx.Err(); err != nil {
		return Stat{}, fmt.Errorf("stat blob %s: %w", d, err)
	}
	info, err := os.Stat(f.path(d))
	if err != nil {
		return Stat{}, fmt.Errorf("stat blob %s: %w", d, notFound(err))
	}
	return Stat{d, info.Size(), info.ModTime().UTC()}, nil
}

// notFound hides the path of a missing file behind ErrNotFound.
func notFound(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	return err
}

// Delete implements Blobs.
func (f *Files) Delete(ctx context.Context, d Digest) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("delete blob %s: %w", d, err)
	}
	if err := remove(f.path(d)); err != nil {
		return fmt.Errorf("delete blob %s: %w", d, err)
	}
	return nil
}
