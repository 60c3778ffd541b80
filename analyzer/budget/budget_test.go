package budget_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
)

func TestTake(t *testing.T) {
	t.Parallel()
	b := budget.New(budget.Limits{Bytes: 100, Entry: 60})
	require.NoError(t, b.Take(60))
	for name, n := range map[string]int64{"above_one_entry": 61, "above_what_is_left": 41,
		"negative": -1} {
		require.ErrorIs(t, b.Take(n), budget.ErrExhausted, name)
	}
	assert.EqualValues(t, 60, b.Used(), "a refusal withdraws nothing")
	require.NoError(t, b.Take(40))
}

func TestEntriesAndDepth(t *testing.T) {
	t.Parallel()
	b := budget.New(budget.Limits{Entries: 2, Depth: 1})
	require.NoError(t, b.Entries(2))
	require.ErrorIs(t, b.Entries(1), budget.ErrExhausted)
	leave, err := b.Enter()
	require.NoError(t, err)
	_, err = b.Enter()
	require.ErrorIs(t, err, budget.ErrExhausted)
	leave()
	_, err = b.Enter()
	require.NoError(t, err)
}

func TestTakeTogether(t *testing.T) {
	t.Parallel()
	b := budget.New(budget.Limits{Bytes: 1000})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				_ = b.Take(1)
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 1000, b.Used())
}

func TestFormatError(t *testing.T) {
	t.Parallel()
	err := budget.Malformed("string pool", 0x1c, "size %d: %w", 9, budget.ErrExhausted)
	assert.EqualError(t, err, "string pool at 0x1c: size 9: budget exhausted")
	require.ErrorIs(t, err, budget.ErrExhausted)
	var f *budget.FormatError
	require.True(t, errors.As(err, &f))
	assert.EqualError(t, budget.Malformed("header", -1, "short"), "header: short")
}

func TestLimits_For(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	cases := []struct {
		name         string
		limits       budget.Limits
		size         int64
		bytes, entry int64
	}{
		{"nothing", budget.Limits{}, 0, 512 * mib, 128 * mib},
		{"small", budget.Limits{}, 2 * mib, 512 * mib, 128 * mib},
		{"middling", budget.Limits{}, 32 * mib, 2048 * mib, 256 * mib},
		{"large", budget.Limits{}, 4096 * mib, budget.DefaultBytes, budget.DefaultEntry},
		{"enormous", budget.Limits{}, 1 << 62, budget.DefaultBytes, budget.DefaultEntry},
		{"given", budget.Limits{Bytes: 7, Entry: 5}, mib, 7, 5},
		{"entry_within_bytes", budget.Limits{Bytes: 7}, mib, 7, 7},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := c.limits.For(c.size)
			assert.Equal(t, c.bytes, got.Bytes)
			assert.Equal(t, c.entry, got.Entry)
			assert.EqualValues(t, budget.DefaultEntries, got.Entries)
			assert.EqualValues(t, budget.DefaultDepth, got.Depth)
		})
	}
}
