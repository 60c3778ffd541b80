package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/internal/blob"
	"github.com/listgate/listgate/internal/config"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/ledger/witness"
	"github.com/listgate/listgate/internal/notary"
	"github.com/listgate/listgate/internal/store"
	registries "github.com/listgate/listgate/registry/builtin"
	listed "github.com/listgate/listgate/registry/store"
	"github.com/listgate/listgate/review"
	reviewed "github.com/listgate/listgate/review/store"
)

// records are what is kept: rows, files, the ledger. Every command stands on them.
type records struct {
	settings *config.Settings
	log      *slog.Logger
	now      func() time.Time

	db       *store.DB
	blobs    *blob.Files
	files    files
	kept     *store.Ledger
	ledger   *ledger.Log
	reviewed *reviewed.Store
	lists    *listed.Store
	accounts *auth.Accounts
}

// openRecords opens what the settings name. The tables have to be those of this
// program; migrate makes them so.
func openRecords(ctx context.Context, p *process, s *config.Settings) (*records, error) {
	r, err := openTables(ctx, p, s)
	if err != nil {
		return nil, err
	}
	if err := r.db.Current(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", s.Database, err), r.close())
	}
	return r, nil
}

// openTables opens them whatever state the tables are in.
func openTables(ctx context.Context, p *process, s *config.Settings) (*records, error) {
	r := &records{settings: s, log: logger(p.err, s.Log), now: p.now}
	var err error
	if r.db, err = store.Open(ctx, string(s.Database)); err != nil {
		return nil, err
	}
	if r.blobs, err = blob.OpenFiles(s.Blobs); err != nil {
		return nil, errors.Join(err, r.close())
	}
	r.files = files{r.blobs}
	r.kept = store.NewLedger(r.db)
	r.ledger = ledger.New(r.kept, rand.Reader)
	r.reviewed = reviewed.Open(r.db, r.ledger)
	r.lists = listed.New(r.db, r.ledger, listed.Options{
		Now: p.now, Totals: registries.WithTotals,
	})
	r.accounts, err = auth.NewAccounts(auth.Config{
		DB: r.db, Ledger: r.ledger, Roles: roles(), Now: p.now,
	})
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

func (r *records) close() error { return r.db.Close() }

// notary signs with the key that the settings name.
func (r *records) notary() (*notary.Notary, error) {
	signer, keys, err := signing(r.settings.Ledger)
	if err != nil {
		return nil, err
	}
	return &notary.Notary{
		Log: r.ledger, Kept: r.kept, Signer: signer, Keys: keys, Now: r.now,
		Witness: witness.NewFile(r.settings.Ledger.Witness),
	}, nil
}

// signing reads the keys that the settings name.
func signing(s config.Ledger) (signer note.Signer, keys []note.Verifier, err error) {
	if s.Key == "" || s.Keys == "" || s.Witness == "" {
		return nil, nil, errors.New("ledger.key, ledger.keys and ledger.witness have to be set: " +
			"`listgate-server ledger keygen` makes the keys")
	}
	if signer, err = ledger.ReadSigner(s.Key); err != nil {
		return nil, nil, fmt.Errorf("ledger.key: %w", err)
	}
	if keys, err = ledger.ReadVerifiers(s.Keys); err != nil {
		return nil, nil, fmt.Errorf("ledger.keys: %w", err)
	}
	if s.Origin != "" && signer.Name() != s.Origin {
		return nil, nil, fmt.Errorf("ledger.key: the key is of %s, ledger.origin is %s",
			signer.Name(), s.Origin)
	}
	if !slices.ContainsFunc(keys, func(k note.Verifier) bool {
		return k.Name() == signer.Name() && k.KeyHash() == signer.KeyHash()
	}) {
		return nil, nil, fmt.Errorf("ledger.keys: %s lacks the public half of ledger.key", s.Keys)
	}
	return signer, keys, nil
}

// roles are the words that an account's role may be; a pipeline has a token instead.
func roles() []string {
	var out []string
	for _, role := range review.Roles() {
		if role != review.RolePipeline {
			out = append(out, string(role))
		}
	}
	return out
}

// newID returns an id for what people see: UUIDv7, in order of time.
func newID() string {
	id, err := uuid.NewV7()
	if err != nil { // the system has no random numbers; no id is better than a guessed one
		return ""
	}
	return id.String()
}

// logger writes what the settings say.
func logger(w io.Writer, s config.Log) *slog.Logger {
	o := &slog.HandlerOptions{Level: s.Level}
	if s.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// readPolicy reads the store's policy, or the one that is built in.
func readPolicy(path string, standard func() (review.Policy, error)) (review.Policy, error) {
	if path == "" {
		return standard()
	}
	text, err := readFile(path, maxPolicy)
	if err != nil {
		return review.Policy{}, fmt.Errorf("policy: %w", err)
	}
	return review.ParsePolicy(text)
}

// maxPolicy bounds a policy file in bytes.
const maxPolicy = 1 << 20

// readFile reads a file that an operator names, up to a bound.
func readFile(path string, limit int64) ([]byte, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() || st.Size() > limit {
		return nil, fmt.Errorf("%s: want a file of at most %d bytes", path, limit)
	}
	return os.ReadFile(path)
}

// text makes a text of a name in the settings; what is missing in one language is
// said in the other.
func text(zh, en string) analyzer.Text {
	if zh == "" {
		zh = en
	}
	if en == "" {
		en = zh
	}
	return analyzer.Text{ZH: zh, EN: en}
}
