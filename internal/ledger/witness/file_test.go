package witness_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/ledger/ledgertest"
	"github.com/listgate/listgate/internal/ledger/witness"
)

func keyPair(t *testing.T, seed int64) (note.Signer, note.Verifier) {
	t.Helper()
	private, public, err := ledger.GenerateKey(ledgertest.Salts(seed), "example.store/ledger")
	require.NoError(t, err)
	s, err := note.NewSigner(strings.TrimSpace(private))
	require.NoError(t, err)
	v, err := note.NewVerifier(strings.TrimSpace(public))
	require.NoError(t, err)
	return s, v
}

// grow appends n entries and signs a checkpoint.
func grow(t *testing.T, log *ledger.Log, n int, s note.Signer) ledger.Checkpoint {
	t.Helper()
	_, err := log.Append(t.Context(), ledgertest.Entries(n)...)
	require.NoError(t, err)
	c, err := log.Checkpoint(t.Context(), time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), s)
	require.NoError(t, err)
	return c
}

func newLog() (*ledger.Log, *ledgertest.Memory) {
	m := &ledgertest.Memory{}
	return ledger.New(m, ledgertest.Salts(1)), m
}

// TestFile keeps checkpoints over a change of key and a restart, and finds a tail
// that was dropped together with all that the database knew of it.
func TestFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checkpoints")
	log, m := newLog()
	old, oldKey := keyPair(t, 1)
	fresh, freshKey := keyPair(t, 2)
	w := witness.NewFile(path)
	first := grow(t, log, 20, old)
	require.NoError(t, w.Keep(t.Context(), first))
	require.NoError(t, w.Keep(t.Context(), first), "kept already")
	w = witness.NewFile(path)
	second := grow(t, log, 20, old)
	require.NoError(t, w.Keep(t.Context(), second))
	third := grow(t, log, 20, fresh)
	require.NoError(t, w.Keep(t.Context(), third))

	kept, err := witness.Read(t.Context(), w, oldKey, freshKey)
	require.NoError(t, err)
	assert.Equal(t, []ledger.Checkpoint{first, second, third}, kept)
	v, err := log.Verify(t.Context(), kept...)
	require.NoError(t, err)
	assert.EqualValues(t, 3, v.Checkpoints)
	for _, c := range kept {
		require.NoError(t, log.Continues(t.Context(), c))
	}

	_, err = witness.Read(t.Context(), w, freshKey)
	require.ErrorIs(t, err, ledger.UnknownKey, "the old key is still needed")

	m.Table, m.Stored = m.Table[:45], m.Stored[:0]
	rest := m.Table
	m.Table = nil
	for _, r := range rest {
		_, err := log.Append(t.Context(), r.Entry)
		require.NoError(t, err)
	}
	_, err = log.Verify(t.Context())
	require.NoError(t, err, "the database agrees with itself")
	_, err = log.Verify(t.Context(), kept...)
	require.ErrorIs(t, err, ledger.Rewritten)
	require.ErrorIs(t, log.Continues(t.Context(), third), ledger.DroppedTail)
}

func TestFileNeverGoesBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checkpoints")
	s, _ := keyPair(t, 1)
	log, _ := newLog()
	small := grow(t, log, 10, s)
	large := grow(t, log, 10, s)
	w := witness.NewFile(path)
	require.NoError(t, w.Keep(t.Context(), large))
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	fork := large
	fork.Root[0] ^= 1
	for _, c := range []ledger.Checkpoint{small, fork} {
		require.ErrorIs(t, w.Keep(t.Context(), c), witness.ErrBackwards)
		require.ErrorIs(t, witness.NewFile(path).Keep(t.Context(), c), witness.ErrBackwards)
	}
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, before, after)

	require.NoError(t, os.Truncate(path, 10))
	require.ErrorIs(t, w.Keep(t.Context(), grow(t, log, 1, s)), witness.ErrBackwards)
	require.NoError(t, os.Remove(path))
	require.ErrorIs(t, w.Keep(t.Context(), grow(t, log, 1, s)), witness.ErrBackwards)
}

// TestFileCutShort is a crash in the middle of a line, at every byte of it.
func TestFileCutShort(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checkpoints")
	s, key := keyPair(t, 1)
	log, _ := newLog()
	first, second := grow(t, log, 10, s), grow(t, log, 10, s)
	w := witness.NewFile(path)
	require.NoError(t, w.Keep(t.Context(), first))
	one, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, w.Keep(t.Context(), second))
	two, err := os.ReadFile(path)
	require.NoError(t, err)
	for n := len(one); n < len(two); n++ {
		require.NoError(t, os.WriteFile(path, two[:n], 0o644))
		w := witness.NewFile(path)
		kept, err := witness.Read(t.Context(), w, key)
		require.NoError(t, err)
		require.Equal(t, []ledger.Checkpoint{first}, kept, "cut at %d", n)
		require.NoError(t, w.Keep(t.Context(), second))
		kept, err = witness.Read(t.Context(), w, key)
		require.NoError(t, err)
		require.Equal(t, []ledger.Checkpoint{first, second}, kept, "cut at %d", n)
	}
}

func TestFileUnreadable(t *testing.T) {
	t.Parallel()
	s, key := keyPair(t, 1)
	log, _ := newLog()
	c := grow(t, log, 10, s)
	for name, text := range map[string]string{
		"no_json": "hello\n", "other_note": `{"size":1,"note":"x"}` + "\n",
		"endless_line": strings.Repeat("x", 70<<10),
	} {
		path := filepath.Join(t.TempDir(), "checkpoints")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
		_, err := witness.Read(t.Context(), witness.NewFile(path), key)
		require.Error(t, err, name)
	}
	missing := witness.NewFile(filepath.Join(t.TempDir(), "missing"))
	_, err := witness.Read(t.Context(), missing, key)
	require.ErrorIs(t, err, os.ErrNotExist)
	nowhere := witness.NewFile(filepath.Join(t.TempDir(), "missing", "checkpoints"))
	require.ErrorIs(t, nowhere.Keep(t.Context(), c), os.ErrNotExist)
	c.Note = strings.Repeat("x", 70<<10)
	require.Error(t, missing.Keep(t.Context(), c), "a note too long to be read again")
}

func TestFileStops(t *testing.T) {
	t.Parallel()
	s, key := keyPair(t, 1)
	log, _ := newLog()
	w := witness.NewFile(filepath.Join(t.TempDir(), "checkpoints"))
	require.NoError(t, w.Keep(t.Context(), grow(t, log, 10, s)))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := witness.Read(ctx, w, key)
	require.True(t, errors.Is(err, context.Canceled))
}
