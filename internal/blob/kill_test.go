package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/blob"
)

const childFolder = "LISTGATE_TEST_BLOB_FOLDER"

// TestMain is also the child that TestKill kills: it stores until it dies.
func TestMain(m *testing.M) {
	folder := os.Getenv(childFolder)
	if folder == "" {
		os.Exit(m.Run())
	}
	f, err := blob.OpenFiles(folder)
	if err != nil {
		os.Exit(3)
	}
	for i := 0; ; i++ {
		data := bytes.Repeat([]byte{byte(i), byte(i >> 8)}, 1<<19)
		if _, err := f.Put(context.Background(), bytes.NewReader(data), 1<<21); err != nil {
			os.Exit(4)
		}
	}
}

// TestKill kills a process that stores blobs: whatever has a name is whole, and
// what has none is cleaned.
func TestKill(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	f, err := blob.OpenFiles(folder)
	require.NoError(t, err)
	for range 5 {
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), childFolder+"="+folder)
		require.NoError(t, child.Start())
		time.Sleep(100*time.Millisecond + time.Duration(mathrand.IntN(100))*time.Millisecond)
		require.NoError(t, child.Process.Kill())
		assert.ErrorContains(t, child.Wait(), "killed")
	}
	page, err := f.List(t.Context(), blob.Digest{}, 1<<20)
	require.NoError(t, err)
	require.NotEmpty(t, page)
	for _, s := range page {
		r, err := f.Open(t.Context(), s.Digest)
		require.NoError(t, err)
		sum := sha256.New()
		_, err = io.Copy(sum, r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		assert.Equal(t, s.Digest, blob.Digest(sum.Sum(nil)))
	}
	_, err = f.Clean(t.Context(), time.Now().Add(time.Second))
	require.NoError(t, err)
	left, err := os.ReadDir(folder + "/tmp")
	require.NoError(t, err)
	assert.Empty(t, left)
}
