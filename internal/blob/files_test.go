package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errBroken = errors.New("broken")

func open(t *testing.T) *Files {
	t.Helper()
	f, err := OpenFiles(filepath.Join(t.TempDir(), "blobs"))
	require.NoError(t, err)
	return f
}

// leftovers lists every file of the store.
func leftovers(t *testing.T, f *Files) (files []string) {
	t.Helper()
	err := filepath.WalkDir(f.root, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, p)
		}
		return err
	})
	require.NoError(t, err)
	return files
}

func TestFilesPut(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		bytes string
		limit int64
		want  error
	}{
		{"empty", "", 0, nil},
		{"small", "hello", 100, nil},
		{"exactly_the_limit", "hello", 5, nil},
		{"one_over_the_limit", "hello!", 5, ErrTooLarge},
		{"far_over_the_limit", strings.Repeat("x", 1<<20), 70_000, ErrTooLarge},
		{"anything_over_no_bytes", "x", 0, ErrTooLarge},
		{"a_negative_limit", "", -1, ErrTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := open(t)
			stat, err := f.Put(t.Context(), strings.NewReader(tt.bytes), tt.limit)
			require.ErrorIs(t, err, tt.want)
			if tt.want != nil {
				assert.Empty(t, stat)
				assert.Empty(t, leftovers(t, f))
				return
			}
			assert.Equal(t, Digest(sha256.Sum256([]byte(tt.bytes))), stat.Digest)
			assert.Equal(t, int64(len(tt.bytes)), stat.Size)
			assert.WithinDuration(t, time.Now(), stat.Stored, time.Minute)
			r, err := f.Open(t.Context(), stat.Digest)
			require.NoError(t, err)
			defer func() { assert.NoError(t, r.Close()) }()
			assert.NoError(t, iotest.TestReader(r, []byte(tt.bytes)))
		})
	}
}

// brokenFile is a disk that fails in one way.
type brokenFile struct {
	tempFile
	short, full, sync, closed bool
}

func (b brokenFile) Write(p []byte) (int, error) {
	if b.full {
		return 0, &fs.PathError{Op: "write", Path: "tmp", Err: syscall.ENOSPC}
	}
	if b.short {
		return b.tempFile.Write(p[:len(p)/2])
	}
	return b.tempFile.Write(p)
}

func (b brokenFile) Sync() error {
	if b.sync {
		return errBroken
	}
	return b.tempFile.Sync()
}

func (b brokenFile) Close() error {
	err := b.tempFile.Close()
	if b.closed {
		return errBroken
	}
	return err
}

func TestFilesPutLeavesNothingBehindAnError(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		disk   brokenFile
		reader io.Reader
		want   error
	}{
		{"short_write", brokenFile{short: true}, strings.NewReader("hello"), io.ErrShortWrite},
		{"disk_is_full", brokenFile{full: true}, strings.NewReader("hello"), ErrFull},
		{"sync_fails", brokenFile{sync: true}, strings.NewReader("hello"), errBroken},
		{"close_fails", brokenFile{closed: true}, strings.NewReader("hello"), errBroken},
		{"reader_fails", brokenFile{}, iotest.ErrReader(errBroken), errBroken},
		{"reader_fails_later", brokenFile{}, io.MultiReader(strings.NewReader("hello"),
			iotest.ErrReader(errBroken)), errBroken},
		{"reader_times_out", brokenFile{}, iotest.TimeoutReader(bytes.NewReader(
			make([]byte, 1<<20))), iotest.ErrTimeout},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := open(t)
			f.create = func(path string) (tempFile, error) {
				file, err := createFile(path)
				disk := tt.disk
				disk.tempFile = file
				return disk, err
			}
			stat, err := f.Put(t.Context(), tt.reader, 1<<30)
			require.ErrorIs(t, err, tt.want)
			assert.Empty(t, stat)
			assert.Empty(t, leftovers(t, f))
		})
	}
}

func TestFilesPutStopsWithItsContext(t *testing.T) {
	t.Parallel()
	f := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := f.Put(
		ctx,
		io.MultiReader(strings.NewReader("hello"), readerFunc(func([]byte) (int, error) {
			cancel()
			return 0, nil
		})),
		100,
	)
	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, leftovers(t, f))
}

type readerFunc func([]byte) (int, error)

func (r readerFunc) Read(p []byte) (int, error) { return r(p) }

func TestFilesKeepsEqualBytesOnce(t *testing.T) {
	t.Parallel()
	f := open(t)
	data := make([]byte, 200_000)
	_, _ = rand.Read(data)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, err := f.Put(t.Context(), bytes.NewReader(data), 1<<20)
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	assert.Len(t, leftovers(t, f), 1)
}

func TestFilesPutMendsADamagedBlob(t *testing.T) {
	t.Parallel()
	f := open(t)
	stat, err := f.Put(t.Context(), strings.NewReader("hello"), 100)
	require.NoError(t, err)
	require.NoError(t, os.Remove(f.path(stat.Digest)))
	require.NoError(t, os.WriteFile(f.path(stat.Digest), []byte("hel"), 0o600))
	again, err := f.Put(t.Context(), strings.NewReader("hello"), 100)
	require.NoError(t, err)
	assert.Equal(t, stat.Digest, again.Digest)
	assert.Equal(t, int64(5), again.Size)
}

func TestFilesDelete(t *testing.T) {
	t.Parallel()
	f := open(t)
	stat, err := f.Put(t.Context(), strings.NewReader("hello"), 100)
	require.NoError(t, err)
	require.NoError(t, f.Delete(t.Context(), stat.Digest))
	require.NoError(t, f.Delete(t.Context(), stat.Digest), "deleting what is gone")
	_, err = f.Open(t.Context(), stat.Digest)
	require.ErrorIs(t, err, ErrNotFound)
	_, err = f.Stat(t.Context(), stat.Digest)
	require.ErrorIs(t, err, ErrNotFound)
	assert.NotContains(t, err.Error(), f.root)
}

func TestFilesList(t *testing.T) {
	t.Parallel()
	f := open(t)
	want := map[Digest]bool{}
	for i := range 300 {
		stat, err := f.Put(t.Context(), bytes.NewReader(bytes.Repeat([]byte{7}, i)), 1000)
		require.NoError(t, err)
		want[stat.Digest] = true
	}
	// What is not a blob is not listed.
	require.NoError(t, os.WriteFile(filepath.Join(f.root, blobFolder, "ab", "note"), nil, 0o600))
	for _, limit := range []int{1, 7, 300, 1000} {
		seen := map[Digest]bool{}
		var after Digest
		for {
			page, err := f.List(t.Context(), after, limit)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			require.LessOrEqual(t, len(page), limit)
			for _, s := range page {
				require.Greater(t, s.Digest.String(), after.String())
				after = s.Digest
				seen[s.Digest] = true
			}
		}
		assert.Equal(t, want, seen, "pages of %d", limit)
	}
}

func TestFilesClean(t *testing.T) {
	t.Parallel()
	f := open(t)
	old, young := filepath.Join(
		f.root,
		tempFolder,
		"old",
	), filepath.Join(
		f.root,
		tempFolder,
		"young",
	)
	for _, p := range []string{old, young} {
		require.NoError(t, os.WriteFile(p, []byte("half"), 0o600))
	}
	yesterday := time.Now().Add(-24 * time.Hour)
	require.NoError(t, os.Chtimes(old, yesterday, yesterday))
	stat, err := f.Put(t.Context(), strings.NewReader("hello"), 100)
	require.NoError(t, err)
	n, err := f.Clean(t.Context(), time.Now().Add(-time.Hour))
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	assert.ElementsMatch(t, []string{young, f.path(stat.Digest)}, leftovers(t, f))
}

func TestParseDigest(t *testing.T) {
	t.Parallel()
	d := Digest(sha256.Sum256(nil))
	got, err := ParseDigest(d.String())
	require.NoError(t, err)
	assert.Equal(t, d, got)
	for name, s := range map[string]string{
		"empty": "", "short": "abcd", "upper_case": strings.ToUpper(d.String()),
		"a_path": "../../../../etc/passwd", "long": d.String() + "00",
		"not_hex": strings.Repeat("zz", 32), "with_a_slash": d.String()[:63] + "/",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseDigest(s)
			assert.ErrorIs(t, err, ErrDigest)
		})
	}
}
