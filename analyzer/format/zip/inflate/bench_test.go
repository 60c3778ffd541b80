package inflate

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkNext inflates the streams of testdata together, and the entries of each
// package of the folder that LISTGATE_BENCH names, beside the standard library.
func BenchmarkNext(b *testing.B) {
	compare(b, "streams", streams(b))
	dir := os.Getenv("LISTGATE_BENCH")
	if dir == "" {
		b.Log("LISTGATE_BENCH names no folder of packages: small streams alone are timed")
		return
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.[ai]p[ka]"))
	require.NoError(b, err)
	require.NotEmpty(b, paths)
	for _, path := range paths {
		compare(b, filepath.Base(path), entries(b, path))
	}
}

// entries are the deflated entries of an archive, without what they hold.
func entries(b *testing.B, path string) (all []stream) {
	b.Helper()
	f, err := os.Open(path)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, f.Close()) })
	info, err := f.Stat()
	require.NoError(b, err)
	archive, err := zip.NewReader(f, info.Size())
	require.NoError(b, err)
	for _, e := range archive.File {
		if e.Method != zip.Deflate {
			continue
		}
		r, err := e.OpenRaw()
		require.NoError(b, err)
		packed, err := io.ReadAll(r)
		require.NoError(b, err)
		all = append(all, stream{e.Name, packed, make([]byte, e.UncompressedSize64)})
	}
	return all
}

func compare(b *testing.B, name string, all []stream) {
	b.Helper()
	total, most := 0, 0
	for _, s := range all {
		total += len(s.want)
		most = max(most, len(s.want))
	}
	out, source := make([]byte, most), bytes.NewReader(nil)
	run := func(by string, inflate func(out []byte) (int, error)) {
		b.Run(fmt.Sprintf("%s/%s", name, by), func(b *testing.B) {
			b.SetBytes(int64(total))
			b.ReportAllocs()
			for b.Loop() {
				for _, s := range all {
					source.Reset(s.packed)
					n, err := inflate(out[:len(s.want)])
					if n < len(s.want) {
						b.Fatal(s.name, err)
					}
				}
			}
		})
	}
	d, std := New(64<<10), flate.NewReader(nil)
	run("ours", func(out []byte) (int, error) {
		d.Reset(source)
		return d.Next(out, 0)
	})
	run("standard", func(out []byte) (int, error) {
		return read(std, source, out)
	})
}

func read(std io.Reader, source io.Reader, out []byte) (int, error) {
	r, ok := std.(flate.Resetter)
	if !ok {
		return 0, errors.New("cannot be reset")
	}
	if err := r.Reset(source, nil); err != nil {
		return 0, err
	}
	return io.ReadFull(std, out)
}
