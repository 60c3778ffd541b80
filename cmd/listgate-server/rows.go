package main

import (
	"context"

	"github.com/listgate/listgate/internal/notary"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/review/desk"
)

// maxRows is how many rows of the ledger a case shows.
const maxRows = 1000

// rows shows people what stands of a case in the ledger.
type rows struct {
	ledger *store.Ledger
	notary *notary.Notary
}

// Entries implements desk.Ledger.
func (r rows) Entries(ctx context.Context, caseID string) ([]desk.LedgerEntry, error) {
	found, err := r.ledger.Of(ctx, caseID, maxRows)
	if err != nil {
		return nil, err
	}
	out := make([]desk.LedgerEntry, len(found))
	for i, row := range found {
		out[i] = desk.LedgerEntry{Seq: row.Seq, Kind: row.Kind, At: row.Time, Body: row.Body}
	}
	return out, nil
}

// Proof implements desk.Ledger.
func (r rows) Proof(ctx context.Context, seq int64) ([]byte, error) {
	return r.notary.Proof(ctx, seq)
}
