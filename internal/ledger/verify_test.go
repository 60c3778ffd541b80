package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/ledger/ledgertest"
)

// TestTampering changes a stored log of 70 rows in one way each; checkpoints of
// the sizes 20, 40 and 70 are kept outside.
func TestTampering(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		tamper func(*testing.T, *ledgertest.Memory)
		want   ledger.Fault
		seq    int64
	}{
		{"body", func(_ *testing.T, m *ledgertest.Memory) {
			m.Table[33].Body = []byte(`{"measure":"remove"}`)
		}, ledger.ChangedEntry, 33},
		{"body_no_longer_canonical", func(_ *testing.T, m *ledgertest.Memory) {
			m.Table[33].Body = []byte(`{"measure":0.5}`)
		}, ledger.ChangedEntry, 33},
		{"kind", func(_ *testing.T, m *ledgertest.Memory) { m.Table[0].Kind = "notice" },
			ledger.ChangedEntry, 0},
		{"kind_out_of_bounds", func(_ *testing.T, m *ledgertest.Memory) { m.Table[0].Kind = "" },
			ledger.ChangedEntry, 0},
		{"subject", func(_ *testing.T, m *ledgertest.Memory) { m.Table[69].Subject += "x" },
			ledger.ChangedEntry, 69},
		{"time", func(_ *testing.T, m *ledgertest.Memory) {
			m.Table[5].Time = m.Table[5].Time.Add(time.Millisecond)
		}, ledger.ChangedEntry, 5},
		{"time_by_a_microsecond", func(_ *testing.T, m *ledgertest.Memory) {
			m.Table[5].Time = m.Table[5].Time.Add(time.Microsecond)
		}, ledger.ChangedEntry, 5},
		{"salt", func(_ *testing.T, m *ledgertest.Memory) {
			m.Table[7].Salt = slices.Repeat([]byte{1}, 32)
		}, ledger.ChangedEntry, 7},
		{"salt_longer_body_shorter", func(_ *testing.T, m *ledgertest.Memory) {
			m.Table[7].Salt = append(m.Table[7].Salt, '{')
		}, ledger.ChangedEntry, 7},
		{"salt_alone_erased", func(_ *testing.T, m *ledgertest.Memory) { m.Table[7].Salt = nil },
			ledger.ChangedEntry, 7},
		{"body_alone_erased", func(_ *testing.T, m *ledgertest.Memory) { m.Table[7].Body = nil },
			ledger.ChangedEntry, 7},
		{"leaf", func(_ *testing.T, m *ledgertest.Memory) { m.Table[8].Leaf[0] ^= 1 },
			ledger.ChangedEntry, 8},
		{"leaf_of_an_erased_row", func(_ *testing.T, m *ledgertest.Memory) {
			m.Table[8].Leaf[0] ^= 1
			m.Table[8].Salt, m.Table[8].Body = nil, nil
		}, ledger.ChangedHash, 8},
		{"row_remade_with_its_leaf", func(t *testing.T, m *ledgertest.Memory) { remake(t, m, 9) },
			ledger.ChangedHash, 9},
		{
			"row_missing",
			func(_ *testing.T, m *ledgertest.Memory) { m.Table = slices.Delete(m.Table, 30, 31) },
			ledger.MissingRow,
			30,
		},
		{"first_row_missing", func(_ *testing.T, m *ledgertest.Memory) { m.Table = m.Table[1:] },
			ledger.MissingRow, 0},
		{"row_missing_and_the_rest_moved_up", func(_ *testing.T, m *ledgertest.Memory) {
			m.Table = slices.Delete(m.Table, 30, 31)
			for i := range m.Table {
				m.Table[i].Seq = int64(i)
			}
		}, ledger.ChangedEntry, 30},
		{"rows_swapped", func(_ *testing.T, m *ledgertest.Memory) {
			a, b := &m.Table[12], &m.Table[50]
			*a, *b = *b, *a
			a.Seq, b.Seq = 12, 50
		}, ledger.ChangedEntry, 12},
		{"row_doubled", func(_ *testing.T, m *ledgertest.Memory) {
			m.Table = slices.Insert(m.Table, 12, m.Table[12])
		}, ledger.MissingRow, 13},
		{"hash_of_a_row", func(_ *testing.T, m *ledgertest.Memory) {
			m.Stored[tlog.StoredHashIndex(0, 44)][31] ^= 1
		}, ledger.ChangedHash, 44},
		{"hash_of_a_subtree", func(_ *testing.T, m *ledgertest.Memory) {
			m.Stored[tlog.StoredHashIndex(3, 2)][31] ^= 1
		}, ledger.ChangedHash, 23},
		{"hash_missing", func(_ *testing.T, m *ledgertest.Memory) {
			m.Stored[tlog.StoredHashIndex(0, 44)] = ledger.Hash{}
		}, ledger.ChangedHash, 44},
		{"the_first_of_two_faults", func(_ *testing.T, m *ledgertest.Memory) {
			m.Stored[tlog.StoredHashIndex(0, 10)][0] ^= 1
			m.Table[11].Subject = "x"
		}, ledger.ChangedHash, 10},
		{"the_first_of_two_faults_turned", func(_ *testing.T, m *ledgertest.Memory) {
			m.Stored[tlog.StoredHashIndex(0, 11)][0] ^= 1
			m.Table[10].Subject = "x"
		}, ledger.ChangedEntry, 10},
		{
			"tail_dropped_hashes_left",
			func(_ *testing.T, m *ledgertest.Memory) { m.Table = m.Table[:60] },
			ledger.DroppedTail,
			60,
		},
		{"tail_dropped_with_its_hashes", func(_ *testing.T, m *ledgertest.Memory) {
			m.Table = m.Table[:60]
			m.Stored = m.Stored[:tlog.StoredHashCount(60)]
		}, ledger.DroppedTail, 60},
		{"all_dropped", func(_ *testing.T, m *ledgertest.Memory) { m.Table, m.Stored = nil, nil },
			ledger.DroppedTail, 0},
		{"everything_recomputed", func(t *testing.T, m *ledgertest.Memory) { rebuild(t, m, 25) },
			ledger.Rewritten, 20},
		{"everything_recomputed_from_the_start", func(t *testing.T, m *ledgertest.Memory) {
			rebuild(t, m, 0)
		}, ledger.Rewritten, 0},
		{"erased_in_silence", func(_ *testing.T, m *ledgertest.Memory) {
			for _, i := range []int{61, 40} {
				m.Table[i].Salt, m.Table[i].Body = nil, nil
			}
		}, ledger.SilentErasure, 40},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			log, m, kept := witnessedLog(t)
			v, err := log.Verify(t.Context(), kept...)
			require.NoError(t, err, "before the change")
			require.Equal(t, ledger.Verified{Size: 70, Root: kept[2].Root, Checkpoints: 3}, v)
			c.tamper(t, m)
			v, err = log.Verify(t.Context(), kept...)
			var e *ledger.Error
			require.True(t, errors.As(err, &e), "%v", err)
			assert.Equal(t, c.want, e.Fault, "%v", err)
			assert.Equal(t, c.seq, e.Seq, "%v", err)
			assert.Zero(t, v)
		})
	}
}

// witnessedLog is a log of 70 rows with the checkpoints that were kept of it.
func witnessedLog(t *testing.T) (*ledger.Log, *ledgertest.Memory, []ledger.Checkpoint) {
	t.Helper()
	signer, _ := keyPair(t, origin, 1)
	m := &ledgertest.Memory{}
	log := ledger.New(m, ledgertest.Salts(1))
	var kept []ledger.Checkpoint
	for _, n := range []int{20, 20, 30} {
		_, err := log.Append(t.Context(), ledgertest.Entries(n)...)
		require.NoError(t, err)
		kept = append(kept, checkpoint(t, log, signer))
	}
	return log, m, kept
}

// remake replaces a row by a sound one of its own place.
func remake(t *testing.T, m *ledgertest.Memory, seq int) {
	t.Helper()
	other := &ledgertest.Memory{}
	entries := ledgertest.Entries(seq + 1)
	entries[seq].Body = json.RawMessage(`{"measure":"other"}`)
	_, err := ledger.New(other, ledgertest.Salts(5)).Append(t.Context(), entries...)
	require.NoError(t, err)
	m.Table[seq] = other.Table[seq]
}

// rebuild writes the log anew from a row on, with sound hashes.
func rebuild(t *testing.T, m *ledgertest.Memory, from int) {
	t.Helper()
	rest := slices.Clone(m.Table[from:])
	m.Table, m.Stored = m.Table[:from], m.Stored[:tlog.StoredHashCount(int64(from))]
	log := ledger.New(m, ledgertest.Salts(9))
	for i, r := range rest {
		if i == 0 {
			r.Body = json.RawMessage(`{"measure":"other"}`)
		}
		_, err := log.Append(t.Context(), r.Entry)
		require.NoError(t, err)
	}
	_, err := log.Verify(t.Context())
	require.NoError(t, err, "without a witness nobody could tell")
}

// TestErasure erases two rows as it should be done: everything else still holds.
func TestErasure(t *testing.T) {
	t.Parallel()
	signer, key := keyPair(t, origin, 1)
	log, m, kept := witnessedLog(t)
	for _, i := range []int{5, 61} {
		m.Table[i].Salt, m.Table[i].Body = nil, nil
	}
	at := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	e, err := ledger.NewErasure(at, "person-7", "应本人要求删除", 5, 61)
	require.NoError(t, err)
	_, err = log.Append(t.Context(), e)
	require.NoError(t, err)
	v, err := log.Verify(t.Context(), kept...)
	require.NoError(t, err)
	assert.EqualValues(t, 2, v.Erased)
	assert.EqualValues(t, 71, v.Size)
	c := checkpoint(t, log, signer)
	_, err = log.Proof(t.Context(), 5, c, nil)
	require.ErrorIs(t, err, ledger.Erased)
	verifies(t, log, 4, c, key)

	m.Table[6].Salt, m.Table[6].Body = nil, nil
	_, err = log.Verify(t.Context(), kept...)
	require.ErrorIs(t, err, ledger.SilentErasure)
}

// TestErasureNamesLaterRows shows that an erasure cannot be announced in advance.
func TestErasureNamesLaterRows(t *testing.T) {
	t.Parallel()
	log, m := filled(t, 3)
	e, err := ledger.NewErasure(m.Table[0].Time, "x", "", 4)
	require.NoError(t, err)
	_, err = log.Append(t.Context(), append([]ledger.Entry{e}, ledgertest.Entries(2)...)...)
	require.NoError(t, err)
	m.Table[4].Salt, m.Table[4].Body = nil, nil
	_, err = log.Verify(t.Context())
	require.ErrorIs(t, err, ledger.SilentErasure)
}

// TestVerifyReadsSeveralPages finds a fault behind the first page.
func TestVerifyReadsSeveralPages(t *testing.T) {
	t.Parallel()
	log, m := filled(t, 2500)
	v, err := log.Verify(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, 2500, v.Size)
	m.Table[2100].Subject = "other"
	_, err = log.Verify(t.Context())
	var e *ledger.Error
	require.True(t, errors.As(err, &e))
	assert.EqualValues(t, 2100, e.Seq)
}

// TestVerifyWhileAppending adds rows behind the reader's back.
func TestVerifyWhileAppending(t *testing.T) {
	t.Parallel()
	m := &ledgertest.Memory{}
	log := ledger.New(m, ledgertest.Salts(1))
	_, err := log.Append(t.Context(), ledgertest.Entries(10)...)
	require.NoError(t, err)
	busy := &busyStorage{Memory: m, log: log, left: 3}
	v, err := ledger.New(busy, nil).Verify(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, 13, v.Size)
}

// busyStorage grows by a row whenever its end has been read.
type busyStorage struct {
	*ledgertest.Memory
	log  *ledger.Log
	left int
}

func (b *busyStorage) Rows(ctx context.Context, from int64, limit int) ([]ledger.Row, error) {
	rows, err := b.Memory.Rows(ctx, from, limit)
	if err == nil && len(rows) == 0 && b.left > 0 {
		b.left--
		_, err = b.log.Append(ctx, ledgertest.Entries(1)...)
	}
	return rows, err
}

// TestVerifyUnanswered tells a storage that fails from a log that is wrong.
func TestVerifyUnanswered(t *testing.T) {
	t.Parallel()
	down := errors.New("connection refused")
	_, m := filled(t, 5)
	for _, call := range []string{"rows", "hashes"} {
		_, err := ledger.New(&broken{m, call, down}, nil).Verify(t.Context())
		require.ErrorIs(t, err, down)
		var e *ledger.Error
		assert.False(t, errors.As(err, &e))
	}
}

type broken struct {
	*ledgertest.Memory
	call string
	err  error
}

func (b *broken) Rows(ctx context.Context, from int64, limit int) ([]ledger.Row, error) {
	if b.call == "rows" {
		return nil, b.err
	}
	return b.Memory.Rows(ctx, from, limit)
}

func (b *broken) Hashes(ctx context.Context, indexes []int64) ([]ledger.Hash, error) {
	if b.call == "hashes" {
		return nil, b.err
	}
	return b.Memory.Hashes(ctx, indexes)
}

func verifies(t *testing.T, log *ledger.Log, seq int64, c ledger.Checkpoint, key note.Verifier) {
	t.Helper()
	doc, err := log.Proof(t.Context(), seq, c, nil)
	require.NoError(t, err)
	got, err := ledger.VerifyProof(reader(doc), key)
	require.NoError(t, err)
	assert.Equal(t, seq, got.Entry.Seq)
}
