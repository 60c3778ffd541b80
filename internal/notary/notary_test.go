package notary_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/ledger/witness"
	"github.com/listgate/listgate/internal/notary"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
)

var at = time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)

// office is a notary over a database, with a witness in a file.
func office(t *testing.T, db *store.DB) *notary.Notary {
	t.Helper()
	private, public, err := ledger.GenerateKey(rand.Reader, "example.store/ledger")
	require.NoError(t, err)
	signer, err := note.NewSigner(private[:len(private)-1])
	require.NoError(t, err)
	key, err := note.NewVerifier(public[:len(public)-1])
	require.NoError(t, err)
	kept := store.NewLedger(db)
	return &notary.Notary{
		Log: ledger.New(kept, rand.Reader), Kept: kept, Signer: signer,
		Witness: witness.NewFile(filepath.Join(t.TempDir(), "witness")),
		Keys:    []note.Verifier{key}, Now: func() time.Time { return at },
	}
}

func add(t *testing.T, db *store.DB, n *notary.Notary, count int) {
	t.Helper()
	for range count {
		assert.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
			_, err := n.Log.Append(ctx, ledger.Entry{Kind: ledger.Decision, Time: at,
				Subject: "c-1", Body: json.RawMessage(`{"measure":"warn"}`)})
			return err
		}))
	}
}

func TestPublish(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		n := office(t, db)
		empty, err := n.Publish(t.Context())
		require.NoError(t, err)
		assert.Zero(t, empty.Size, "an empty ledger needs no witness")
		add(t, db, n, 3)
		first, err := n.Publish(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 3, first.Size)
		again, err := n.Publish(t.Context())
		require.NoError(t, err)
		assert.Equal(t, first.Note, again.Note, "nothing has grown")
		add(t, db, n, 2)
		_, err = n.Publish(t.Context())
		require.NoError(t, err)
		verified, err := n.Verify(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 5, verified.Size)
		assert.Equal(t, 2, verified.Checkpoints)
	})
}

func TestProof(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		n := office(t, db)
		add(t, db, n, 4)
		proof, err := n.Proof(t.Context(), 2) // no checkpoint covers it yet
		require.NoError(t, err)
		proven, err := ledger.VerifyProof(bytes.NewReader(proof), n.Keys...)
		require.NoError(t, err)
		assert.EqualValues(t, 2, proven.Entry.Seq)
		_, err = n.Proof(t.Context(), 4)
		var fault *ledger.Error
		require.ErrorAs(t, err, &fault, "there is no such row")
		assert.Equal(t, ledger.OutOfRange, fault.Fault)
	})
}

// TestTampered changes rows as someone with the database would, hashes and all.
func TestTampered(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		n := office(t, db)
		add(t, db, n, 5)
		_, err := n.Publish(t.Context())
		require.NoError(t, err)
		require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
			return db.From(ctx).Exec(
				"UPDATE ledger_rows SET body = ? WHERE seq = 3", `{"measure":"list"}`).Error
		}))
		_, err = n.Verify(t.Context())
		var fault *ledger.Error
		require.ErrorAs(t, err, &fault)
		assert.Equal(t, ledger.ChangedEntry, fault.Fault)
		assert.EqualValues(t, 3, fault.Seq)
	})
}

// TestRewritten rewrites the log from its start, so that it agrees with itself.
func TestRewritten(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		n := office(t, db)
		add(t, db, n, 3)
		_, err := n.Publish(t.Context())
		require.NoError(t, err)
		require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
			return errors.Join(db.From(ctx).Exec("DELETE FROM ledger_rows").Error,
				db.From(ctx).Exec("DELETE FROM ledger_hashes").Error)
		}))
		add(t, db, n, 4)
		_, err = n.Publish(t.Context())
		var fault *ledger.Error
		require.ErrorAs(t, err, &fault, "it is not signed")
		assert.Equal(t, ledger.Rewritten, fault.Fault)
		_, err = n.Verify(t.Context())
		require.ErrorAs(t, err, &fault)
		assert.Equal(t, ledger.Rewritten, fault.Fault)
	})
}

// TestPublishAtOnce has several processes, as it were, publish one ledger.
func TestPublishAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		n := office(t, db)
		path := filepath.Join(t.TempDir(), "shared")
		var all sync.WaitGroup
		for range 4 {
			other := *n
			other.Witness = witness.NewFile(path)
			all.Go(func() {
				for range 5 {
					add(t, db, &other, 1)
					_, err := other.Publish(t.Context())
					assert.NoError(t, err)
				}
			})
		}
		all.Wait()
		n.Witness = witness.NewFile(path)
		last, err := n.Publish(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 20, last.Size)
		_, err = n.Verify(t.Context())
		require.NoError(t, err)
	})
}

// TestRewrittenWithItsCheckpoints rewrites the log with all that the database knows of
// checkpoints, and makes it longer than it was: the witness remembers.
func TestRewrittenWithItsCheckpoints(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		n := office(t, db)
		add(t, db, n, 3)
		_, err := n.Publish(t.Context())
		require.NoError(t, err)
		require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
			return errors.Join(db.From(ctx).Exec("DELETE FROM ledger_rows").Error,
				db.From(ctx).Exec("DELETE FROM ledger_hashes").Error,
				db.From(ctx).Exec("DELETE FROM ledger_checkpoints").Error)
		}))
		add(t, db, n, 5)
		_, err = n.Publish(t.Context())
		var fault *ledger.Error
		require.ErrorAs(t, err, &fault, "it is not signed")
		assert.Equal(t, ledger.Rewritten, fault.Fault)
		_, err = n.Proof(t.Context(), 1)
		require.ErrorAs(t, err, &fault, "and nothing is proven by it")
		_, err = n.Verify(t.Context())
		require.ErrorAs(t, err, &fault)
		assert.Equal(t, ledger.Rewritten, fault.Fault)
	})
}

// TestWitnessRolledBack takes the last line off the witness, and all of it.
func TestWitnessRolledBack(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		n := office(t, db)
		path := filepath.Join(t.TempDir(), "witness")
		var before []byte
		for range 2 {
			n.Witness = witness.NewFile(path)
			before, _ = os.ReadFile(path)
			add(t, db, n, 2)
			_, err := n.Publish(t.Context())
			require.NoError(t, err)
		}
		require.NotEmpty(t, before)
		_, err := n.Verify(t.Context())
		require.NoError(t, err)
		for _, rest := range [][]byte{before, nil} {
			require.NoError(t, os.WriteFile(path, rest, 0o600))
			_, err = n.Verify(t.Context())
			require.ErrorIs(t, err, notary.ErrWitness)
			assert.ErrorContains(t, err, "size 4")
		}
	})
}
