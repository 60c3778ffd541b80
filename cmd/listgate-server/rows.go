package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/notary"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
)

// maxRows is how many rows of the ledger a case shows.
const maxRows = 1000

// rows shows people what stands of a case in the ledger.
type rows struct {
	ledger *store.Ledger
	notary *notary.Notary
	log    *slog.Logger
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

// Proof implements desk.Ledger. Who asks for the proof of an entry that does not hold is
// told which it is.
func (r rows) Proof(ctx context.Context, seq int64) ([]byte, error) {
	proof, err := r.notary.Proof(ctx, seq)
	var fault *ledger.Error
	if !errors.As(err, &fault) {
		return proof, err
	}
	r.log.ErrorContext(ctx, "an entry of the ledger cannot be proven", "row", seq, "error", err)
	why := analyzer.Text{
		ZH: "台账第 %[1]d 条与台账不符，不能出具证明：%[2]s。" +
			"请管理员运行 listgate-server ledger verify。",
		EN: "row %[1]d of the ledger does not hold and is not proven: %[2]s. An administrator " +
			"is to run listgate-server ledger verify.",
	}
	if fault.Fault == ledger.Erased {
		why = analyzer.Text{ZH: "台账第 %[1]d 条已抹除，不能再作证明。",
			EN: "row %[1]d of the ledger was erased; nothing of it can be proven."}
	}
	return nil, &review.Refusal{Problems: []review.Problem{{
		Field: "ledger", Code: string(fault.Fault), Kind: review.ErrConflict,
		Message: analyzer.Text{
			ZH: fmt.Sprintf(why.ZH, seq, fault.Fault), EN: fmt.Sprintf(why.EN, seq, fault.Fault),
		},
	}}}
}
