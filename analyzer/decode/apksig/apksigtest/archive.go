package apksigtest

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"

	"github.com/stretchr/testify/require"
)

// File is one file of a package.
type File struct {
	Name    string
	Content []byte
}

// Files is a package of a few files with some text in each, the manifest first.
func Files() []File {
	return []File{
		{"AndroidManifest.xml", []byte("a manifest")},
		{"classes.dex", bytes.Repeat([]byte("code "), 600_000)},
		{"res/a name so long that its line in the manifest is broken in 2 parts.xml", []byte("x")},
		{"assets/", nil},
		{"META-INF/kotlin", []byte("not signed")},
	}
}

// Archive stores the files in a ZIP archive.
func Archive(t testing.TB, files []File) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.Name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(f.Content)}
		h.CompressedSize64 = uint64(len(f.Content))
		h.UncompressedSize64 = h.CompressedSize64
		e, err := w.CreateRaw(h)
		require.NoError(t, err)
		_, err = e.Write(f.Content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

const endLength = 22

// LayoutOf returns where the directory and the end record of an archive without a
// comment begin.
func LayoutOf(archive []byte) (directory, end int64) {
	at := len(archive) - endLength
	return int64(binary.LittleEndian.Uint32(archive[at+16:])), int64(at)
}
