package ledgertest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/ledger"
)

// Entries are n entries that differ.
func Entries(n int) []ledger.Entry {
	out := make([]ledger.Entry, n)
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for i := range out {
		out[i] = ledger.Entry{
			Kind:    ledger.Decision,
			Time:    start.Add(time.Duration(i) * time.Second),
			Subject: fmt.Sprintf("case-%d", i),
			Body: json.RawMessage(
				fmt.Sprintf(`{"reason":"第 %d 号","measure":"list","n":%d}`, i, i),
			),
		}
	}
	return out
}

// Suite holds a storage to what ledger.Storage promises. Open returns an empty one
// for each call.
func Suite(t *testing.T, open func(t *testing.T) ledger.Storage) {
	t.Helper()
	for name, test := range map[string]func(context.Context, *testing.T, ledger.Storage){
		"empty": empty, "rows": rows, "hashes": hashes, "taken": taken, "log": whole,
	} {
		t.Run(name, func(t *testing.T) { test(t.Context(), t, open(t)) })
	}
}

func empty(ctx context.Context, t *testing.T, s ledger.Storage) {
	size, err := s.Size(ctx)
	require.NoError(t, err)
	assert.Zero(t, size)
	got, err := s.Rows(ctx, 0, 10)
	require.NoError(t, err)
	assert.Empty(t, got)
}

func rows(ctx context.Context, t *testing.T, s ledger.Storage) {
	want := []ledger.Row{row(0), row(1), row(2)}
	require.NoError(t, s.Append(ctx, want[:1], []ledger.Hash{{1}}))
	require.NoError(t, s.Append(ctx, want[1:], []ledger.Hash{{2}, {3}, {4}}))
	size, err := s.Size(ctx)
	require.NoError(t, err)
	assert.EqualValues(t, 3, size)
	got, err := s.Rows(ctx, 1, 10)
	require.NoError(t, err)
	require.Len(t, got, 2)
	for i, r := range got {
		assert.True(t, r.Time.Equal(want[i+1].Time), "time of row %d", r.Seq)
		r.Time = want[i+1].Time
		assert.Equal(t, want[i+1], r)
	}
	got, err = s.Rows(ctx, 0, 2)
	require.NoError(t, err)
	require.Len(t, got, 2)
	assert.EqualValues(t, 1, got[1].Seq)
}

func row(seq int64) ledger.Row {
	e := Entries(int(seq) + 1)[seq]
	e.Seq = seq
	e.Time = e.Time.Add(7 * time.Millisecond)
	return ledger.Row{
		Entry: e, Salt: append(make([]byte, 31), byte(seq)), Leaf: ledger.Hash{byte(seq), 0, 255},
	}
}

func hashes(ctx context.Context, t *testing.T, s ledger.Storage) {
	require.NoError(t, s.Append(ctx, []ledger.Row{row(0), row(1)}, []ledger.Hash{{7}, {8}, {9}}))
	got, err := s.Hashes(ctx, []int64{2, 99, 0})
	require.NoError(t, err)
	assert.Equal(
		t,
		[]ledger.Hash{{9}, {}, {7}},
		got,
		"in the order asked, zero where there is none",
	)
}

func taken(ctx context.Context, t *testing.T, s ledger.Storage) {
	require.NoError(t, s.Append(ctx, []ledger.Row{row(0)}, []ledger.Hash{{1}}))
	require.Error(t, s.Append(ctx, []ledger.Row{row(0)}, []ledger.Hash{{2}}))
	got, err := s.Hashes(ctx, []int64{0, 1})
	require.NoError(t, err)
	assert.Equal(t, []ledger.Hash{{1}, {}}, got, "nothing was added")
}

func whole(ctx context.Context, t *testing.T, s ledger.Storage) {
	log := ledger.New(s, Salts(1))
	for _, e := range Entries(70) {
		_, err := log.Append(ctx, e)
		require.NoError(t, err)
	}
	_, err := log.Append(ctx, Entries(1030)...)
	require.NoError(t, err)
	v, err := log.Verify(ctx)
	require.NoError(t, err)
	assert.EqualValues(t, 1100, v.Size)
}
