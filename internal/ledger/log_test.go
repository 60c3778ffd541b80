package ledger_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/ledger/ledgertest"
)

const origin = "example.store/ledger"

// keyPair makes the key of a seed.
func keyPair(t testing.TB, name string, seed int64) (note.Signer, note.Verifier) {
	t.Helper()
	private, public, err := ledger.GenerateKey(ledgertest.Salts(seed), name)
	require.NoError(t, err)
	s, err := note.NewSigner(strings.TrimSpace(private))
	require.NoError(t, err)
	v, err := note.NewVerifier(strings.TrimSpace(public))
	require.NoError(t, err)
	return s, v
}

// filled is a log of n entries.
func filled(t testing.TB, n int) (*ledger.Log, *ledgertest.Memory) {
	t.Helper()
	m := &ledgertest.Memory{}
	log := ledger.New(m, ledgertest.Salts(1))
	_, err := log.Append(t.Context(), ledgertest.Entries(n)...)
	require.NoError(t, err)
	return log, m
}

func checkpoint(t testing.TB, log *ledger.Log, signers ...note.Signer) ledger.Checkpoint {
	t.Helper()
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	c, err := log.Checkpoint(t.Context(), at, signers...)
	require.NoError(t, err)
	return c
}

func TestMemory(t *testing.T) {
	t.Parallel()
	ledgertest.Suite(t, func(*testing.T) ledger.Storage { return &ledgertest.Memory{} })
}

// TestAllProofs proves every row in every tree, and every tree from every earlier
// one, up to 70 rows that were appended one by one.
func TestAllProofs(t *testing.T) {
	t.Parallel()
	const most = 70
	m := &ledgertest.Memory{}
	log := ledger.New(m, ledgertest.Salts(1))
	signer, key := keyPair(t, origin, 1)
	roots := make([]ledger.Hash, most+1)
	for n := range int64(most + 1) {
		c := checkpoint(t, log, signer)
		require.Equal(t, n, c.Size)
		opened, err := ledger.OpenCheckpoint(c.Note, key)
		require.NoError(t, err)
		require.Equal(t, c, opened)
		roots[n] = c.Root
		for seq := range n {
			path, err := log.Prove(t.Context(), seq, n)
			require.NoError(t, err)
			leaf := tlog.RecordHash(m.Table[seq].Leaf[:])
			err = tlog.CheckRecord(path, n, c.Root, seq, leaf)
			require.NoError(t, err, "row %d of %d", seq, n)
		}
		for old := range n + 1 {
			path, err := log.Consistency(t.Context(), old, n)
			require.NoError(t, err)
			if old > 0 && old < n {
				err = tlog.CheckTree(path, n, c.Root, old, roots[old])
				require.NoError(t, err, "%d to %d", old, n)
			}
			same := ledger.Checkpoint{Size: old, Root: roots[old]}
			require.NoError(t, log.Continues(t.Context(), same))
			other := ledger.Checkpoint{Size: old, Root: ledger.Hash{1}}
			require.ErrorIs(t, log.Continues(t.Context(), other), ledger.Rewritten)
		}
		v, err := log.Verify(t.Context())
		require.NoError(t, err)
		require.Equal(t, ledger.Verified{Size: n, Root: c.Root}, v)
		_, err = log.Append(t.Context(), ledgertest.Entries(1)...)
		require.NoError(t, err)
	}
}

// TestAppendInOneGo gives the same tree as one by one.
func TestAppendInOneGo(t *testing.T) {
	t.Parallel()
	signer, _ := keyPair(t, origin, 1)
	together, a := filled(t, 70)
	b := &ledgertest.Memory{}
	single := ledger.New(b, ledgertest.Salts(1))
	for i, e := range ledgertest.Entries(70) {
		added, err := single.Append(t.Context(), e)
		require.NoError(t, err)
		require.Len(t, added, 1)
		require.EqualValues(t, i, added[0].Seq)
	}
	assert.Equal(t, checkpoint(t, together, signer), checkpoint(t, single, signer))
	assert.Equal(t, a.Table, b.Table, "the same salts give the same rows")
	assert.Equal(t, a.Stored, b.Stored)
}

// TestLeafIsAsDocumented computes a leaf as the package comment says it.
func TestLeafIsAsDocumented(t *testing.T) {
	t.Parallel()
	m := &ledgertest.Memory{}
	log := ledger.New(m, ledgertest.Salts(1))
	_, err := log.Append(t.Context(), ledger.Entry{
		Kind: "notice", Subject: "案件-1", Body: json.RawMessage(`{ "b":1, "a":"<\u00e9>" }`),
		Time: time.Date(2026, 11, 22, 16, 0, 0, 123456789, time.FixedZone("", 8*3600)),
	})
	require.NoError(t, err)
	r := m.Table[0]
	require.Len(t, r.Salt, 32)
	text := `{"body":{"a":"<é>","b":1},"kind":"notice","seq":0,"subject":"案件-1",` +
		`"time":"2026-11-22T08:00:00.123Z"}`
	assert.Equal(t, ledger.Hash(sha256.Sum256(append(r.Salt, text...))), r.Leaf)
	assert.Equal(t, ledger.Hash(sha256.Sum256(append([]byte{0}, r.Leaf[:]...))), m.Stored[0])
}

func TestAppendRefuses(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		change func(*ledger.Entry)
		want   ledger.Fault
	}{
		{"no_kind", func(e *ledger.Entry) { e.Kind = "" }, ledger.NotCanonical},
		{"kind_in_capitals", func(e *ledger.Entry) { e.Kind = "Decision" }, ledger.NotCanonical},
		{"no_subject", func(e *ledger.Entry) { e.Subject = "" }, ledger.NotCanonical},
		{"subject_too_long", func(e *ledger.Entry) {
			e.Subject = strings.Repeat("x", 301)
		}, ledger.NotCanonical},
		{
			"subject_of_two_lines",
			func(e *ledger.Entry) { e.Subject = "a\nb" },
			ledger.NotCanonical,
		},
		{"subject_no_utf8", func(e *ledger.Entry) { e.Subject = "\xff" }, ledger.NotCanonical},
		{"no_time", func(e *ledger.Entry) { e.Time = time.Time{} }, ledger.NotCanonical},
		{"no_body", func(e *ledger.Entry) { e.Body = nil }, ledger.NotCanonical},
		{"body_no_object", func(e *ledger.Entry) { e.Body = []byte("[]") }, ledger.NotCanonical},
		{
			"body_with_fraction",
			func(e *ledger.Entry) { e.Body = []byte(`{"a":0.5}`) },
			ledger.NotCanonical,
		},
		{"body_too_large", func(e *ledger.Entry) {
			e.Body = []byte(`{"a":"` + strings.Repeat("x", 256<<10) + `"}`)
		}, ledger.TooLarge},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := &ledgertest.Memory{}
			log := ledger.New(m, ledgertest.Salts(1))
			entries := ledgertest.Entries(3)
			c.change(&entries[2])
			added, err := log.Append(t.Context(), entries...)
			require.ErrorIs(t, err, c.want)
			assert.Nil(t, added)
			assert.Empty(t, m.Table, "nothing is added beside an error")
		})
	}
}

func TestAppendWithoutSalt(t *testing.T) {
	t.Parallel()
	m := &ledgertest.Memory{}
	_, err := ledger.New(m, strings.NewReader("short")).
		Append(t.Context(), ledgertest.Entries(1)...)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Empty(t, m.Table)
}

func TestAppendMeetsAppend(t *testing.T) {
	t.Parallel()
	_, m := filled(t, 5)
	late := ledger.New(&staleSize{m}, ledgertest.Salts(2))
	_, err := late.Append(t.Context(), ledgertest.Entries(1)...)
	require.ErrorIs(t, err, ledgertest.ErrTaken)
}

// staleSize reads the size before another's append.
type staleSize struct{ *ledgertest.Memory }

func (s *staleSize) Size(ctx context.Context) (int64, error) {
	n, err := s.Memory.Size(ctx)
	return n - 1, err
}

func TestProveRefuses(t *testing.T) {
	t.Parallel()
	log, m := filled(t, 5)
	for _, c := range [][2]int64{{-1, 5}, {5, 5}, {0, 0}, {0, 6}} {
		_, err := log.Prove(t.Context(), c[0], c[1])
		require.ErrorIs(t, err, ledger.OutOfRange, "%v", c)
	}
	for _, c := range [][2]int64{{-1, 5}, {3, 2}, {3, 6}} {
		_, err := log.Consistency(t.Context(), c[0], c[1])
		require.ErrorIs(t, err, ledger.OutOfRange, "%v", c)
	}
	m.Stored[4] = ledger.Hash{}
	_, err := log.Prove(t.Context(), 0, 5)
	require.NoError(t, err, "this path does not need the hash")
	_, err = log.Prove(t.Context(), 2, 5)
	var e *ledger.Error
	require.True(t, errors.As(err, &e))
	assert.Equal(t, ledger.ChangedHash, e.Fault)
	assert.EqualValues(t, 3, e.Seq)
}

func TestOpenCheckpointRefuses(t *testing.T) {
	t.Parallel()
	signer, key := keyPair(t, origin, 1)
	_, other := keyPair(t, origin, 2)
	foreign, foreignKey := keyPair(t, "other.store/ledger", 3)
	root := base64.StdEncoding.EncodeToString(make([]byte, 32))
	signed := func(text string, s note.Signer) string {
		out, err := note.Sign(&note.Note{Text: text}, s)
		require.NoError(t, err)
		return string(out)
	}
	good := signed(origin+"\n5\n"+root+"\n", signer)
	_, err := ledger.OpenCheckpoint(good, other, key, key)
	require.NoError(t, err, "any of the keys, also one given twice")
	_, err = ledger.OpenCheckpoint(signed(origin+"\n5\n"+root+"\nother 1\n", signer), key)
	require.NoError(t, err, "an extension that we do not know")
	cases := []struct {
		name, text string
		key        note.Verifier
		want       ledger.Fault
	}{
		{"nothing", "", key, ledger.Malformed},
		{"no_signature", origin + "\n5\n" + root + "\n", key, ledger.Malformed},
		{"other_key_of_the_log", good, other, ledger.UnknownKey},
		{"key_of_another_log", good, foreignKey, ledger.UnknownKey},
		{"other_size", strings.Replace(good, "\n5\n", "\n6\n", 1), key, ledger.BadSignature},
		{
			"signed_for_another_log",
			signed(origin+"\n5\n"+root+"\n", foreign),
			foreignKey,
			ledger.ForeignOrigin,
		},
		{"size_with_zero", signed(origin+"\n05\n"+root+"\n", signer), key, ledger.Malformed},
		{"size_negative", signed(origin+"\n-5\n"+root+"\n", signer), key, ledger.Malformed},
		{
			"size_huge",
			signed(origin+"\n9223372036854775807\n"+root+"\n", signer),
			key,
			ledger.Malformed,
		},
		{"root_short", signed(origin+"\n5\nAAAA\n", signer), key, ledger.Malformed},
		{"two_lines", signed(origin+"\n5\n", signer), key, ledger.Malformed},
		{"two_times", signed(origin+"\n5\n"+root+
			strings.Repeat("\ntime 2026-11-22T09:00:00.000Z", 2)+"\n", signer),
			key, ledger.Malformed},
		{"no_time", signed(origin+"\n5\n"+root+"\ntime now\n", signer), key, ledger.Malformed},
		{"empty_line", signed(origin+"\n5\n"+root+"\n\nx\n", signer), key, ledger.Malformed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := ledger.OpenCheckpoint(c.text, c.key)
			require.ErrorIs(t, err, c.want)
			assert.Zero(t, got)
		})
	}
}

func TestCheckpointKeys(t *testing.T) {
	t.Parallel()
	log, _ := filled(t, 3)
	old, oldKey := keyPair(t, origin, 1)
	fresh, freshKey := keyPair(t, origin, 2)
	foreign, _ := keyPair(t, "other.store/ledger", 3)
	both := checkpoint(t, log, old, fresh)
	for _, k := range []note.Verifier{oldKey, freshKey} {
		_, err := ledger.OpenCheckpoint(both.Note, k)
		require.NoError(t, err, "while the key is replaced, either will do")
	}
	_, err := log.Checkpoint(t.Context(), time.Time{}, old, foreign)
	require.ErrorIs(t, err, ledger.ForeignOrigin)
	_, err = log.Checkpoint(t.Context(), time.Time{})
	require.Error(t, err)
	timeless, err := log.Checkpoint(t.Context(), time.Time{}, old)
	require.NoError(t, err)
	assert.True(t, timeless.Time.IsZero())
	assert.NotContains(t, timeless.Note, "time")
}
