package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// List implements Blobs. It reads the folders from the digest on and no others.
func (f *Files) List(ctx context.Context, after Digest, limit int) ([]Stat, error) {
	l := lister{ctx: ctx, after: after.String(), limit: limit}
	if err := l.walk(filepath.Join(f.root, blobFolder), "", 0); err != nil {
		return nil, fmt.Errorf("list blobs: %w", err)
	}
	return l.found, nil
}

// lister collects one page in order of name, which is the order of the digests.
type lister struct {
	ctx   context.Context
	after string
	limit int
	found []Stat
}

// depth of a folder that holds blobs: below two folders of two digits each.
const leafDepth = 2

// walk visits the part of a folder that is not wholly before the wanted page.
// Prefix is what the folder's path says of the digests in it.
func (l *lister) walk(folder, prefix string, depth int) error {
	entries, err := os.ReadDir(folder) // in order
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := l.ctx.Err(); err != nil || len(l.found) >= l.limit {
			return err
		}
		path := filepath.Join(folder, e.Name())
		if depth == leafDepth {
			err = l.add(e)
		} else if p := prefix + e.Name(); len(p) == 2*(depth+1) && p >= l.after[:len(p)] {
			err = l.walk(path, p, depth+1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *lister) add(e fs.DirEntry) error {
	d, err := ParseDigest(e.Name())
	if err != nil || e.Name() <= l.after {
		return nil // not ours, or on an earlier page
	}
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	l.found = append(l.found, Stat{d, info.Size(), info.ModTime().UTC()})
	return nil
}

// Clean removes what a killed process left half written, where nothing was added
// to it since a time, and returns how many files that were. A Put that is slower
// than that loses its file and fails.
func (f *Files) Clean(ctx context.Context, before time.Time) (int, error) {
	folder := filepath.Join(f.root, tempFolder)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return 0, fmt.Errorf("clean blob store: %w", err)
	}
	removed := 0
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue // named meanwhile, or still being written
		}
		if err := ctx.Err(); err != nil {
			return removed, fmt.Errorf("clean blob store: %w", err)
		}
		if err := remove(filepath.Join(folder, e.Name())); err != nil {
			return removed, fmt.Errorf("clean blob store: %w", err)
		}
		removed++
	}
	return removed, nil
}
