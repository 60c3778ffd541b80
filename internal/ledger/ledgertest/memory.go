// Package ledgertest tests storages of the ledger, and is one in memory.
package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"sync"

	"github.com/listgate/listgate/internal/ledger"
)

// Memory is a storage in memory. Its fields are open so that tests can tamper.
type Memory struct {
	mu     sync.Mutex
	Table  []ledger.Row
	Stored []ledger.Hash
}

// ErrTaken says that a row of that place is there.
var ErrTaken = errors.New("a row of that place is there")

// Size implements ledger.Storage.
func (m *Memory) Size(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.Table) == 0 {
		return 0, nil
	}
	return m.Table[len(m.Table)-1].Seq + 1, nil
}

// Append implements ledger.Storage.
func (m *Memory) Append(_ context.Context, rows []ledger.Row, hashes []ledger.Hash) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.Table) > 0 && rows[0].Seq <= m.Table[len(m.Table)-1].Seq {
		return fmt.Errorf("row %d: %w", rows[0].Seq, ErrTaken)
	}
	m.Table = append(m.Table, rows...)
	m.Stored = append(m.Stored, hashes...)
	return nil
}

// Rows implements ledger.Storage.
func (m *Memory) Rows(_ context.Context, from int64, limit int) ([]ledger.Row, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i, _ := slices.BinarySearchFunc(m.Table, from, func(r ledger.Row, from int64) int {
		return int(r.Seq - from)
	})
	return slices.Clone(m.Table[i:min(i+limit, len(m.Table))]), nil
}

// Hashes implements ledger.Storage.
func (m *Memory) Hashes(_ context.Context, indexes []int64) ([]ledger.Hash, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([]ledger.Hash, len(indexes))
	for i, index := range indexes {
		if index >= 0 && index < int64(len(m.Stored)) {
			out[i] = m.Stored[index]
		}
	}
	return out, nil
}

// Salts is a source of salts that repeats itself in each run.
func Salts(seed int64) *rand.Rand { return rand.New(rand.NewSource(seed)) }
