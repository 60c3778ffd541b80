package ledger_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/desk/desktest"
	"github.com/listgate/listgate/web/page/ledger"
	"github.com/listgate/listgate/web/ui/uitest"
)

// proofs are asked for entries; what they prove is the ledger's to test.
type proofs struct{ asked []int64 }

func (p *proofs) Proof(_ context.Context, seq int64) ([]byte, error) {
	p.asked = append(p.asked, seq)
	return []byte(`{"schema":"listgate.proof/v1"}`), nil
}

func decided(t *testing.T, db *store.DB) *desktest.Office {
	t.Helper()
	o := desktest.New(t, db)
	o.AddApp(t, "a", review.AppUnlisted, "1.0", "submitted")
	on := o.Claimed(t, "c-1", "a/1.0", desktest.Lin)
	_, err := o.Decide(t.Context(), on, desktest.Proposal(review.MeasureRefuse, ""))
	require.NoError(t, err)
	return o
}

func TestAnEntryAndItsProof(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		o, p := decided(t, db), &proofs{}
		all, err := o.Ledger.Entries(t.Context(), "c-1")
		require.NoError(t, err)
		require.Len(t, all, 2)
		for _, lang := range []string{"zh", "en"} {
			got := uitest.Go(t, ledger.New(o, p),
				uitest.Visit{Path: "/cases/c-1/ledger/0", Lang: lang})
			require.NoError(t, got.Err)
			assert.Equal(t, http.StatusOK, got.Status)
			shown := got.Tree.All("#entry")[0].FirstChild.Data
			assert.JSONEq(t, string(all[0].Body), shown)
			assert.Contains(t, shown, "\n  \"", "it is laid out to be read")
			kind := map[string]string{"zh": "决定", "en": "decision"}[lang]
			assert.Contains(t, got.Tree.All("h1")[0].Text(), kind)
			assert.Equal(t, "listgate verify --key store.pub proof-0.json",
				got.Tree.All("#verify")[0].Text())
			assert.NotEmpty(t, got.Tree.All(`a[href="/cases/c-1/ledger/0/proof"]`))
		}
		assert.Empty(t, p.asked, "showing an entry signs nothing")

		got := uitest.Go(t, ledger.New(o, p), uitest.Visit{Path: "/cases/c-1/ledger/1/proof"})
		require.NoError(t, got.Err)
		assert.Equal(t, []int64{1}, p.asked)
		assert.Equal(t, `{"schema":"listgate.proof/v1"}`, got.Body)
		assert.Equal(t, "application/json", got.Header.Get("Content-Type"))
		assert.Equal(t, `attachment; filename="proof-1.json"`,
			got.Header.Get("Content-Disposition"))
	})
}

func TestNoSuchEntry(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		o, p := decided(t, db), &proofs{}
		o.AddApp(t, "b", review.AppUnlisted, "1.0", "submitted")
		o.Open(t, "c-2", "b/1.0")
		for _, path := range []string{"/cases/c-1/ledger/9", "/cases/c-1/ledger/x",
			"/cases/c-1/ledger/-1", "/cases/c-1/ledger/99999999999999999999",
			"/cases/c-2/ledger/0", "/cases/none/ledger/0", "/cases/c-2/ledger/0/proof"} {
			got := uitest.Go(t, ledger.New(o, p), uitest.Visit{Path: path})
			require.ErrorIs(t, got.Err, review.ErrNotFound, path)
		}
		assert.Empty(t, p.asked)
	})
}

// one shows a single entry.
type one struct{ desk.LedgerEntry }

func (o one) Dossier(context.Context, review.Actor, string, string) (desk.Dossier, error) {
	return desk.Dossier{Case: review.Case{ID: "c-1"}, Ledger: []desk.LedgerEntry{o.LedgerEntry}},
		nil
}

func TestHostileAndErasedEntries(t *testing.T) {
	t.Parallel()
	body, err := json.Marshal(map[string]string{"reason": "<em>x</em>\u202e"})
	require.NoError(t, err)
	got := uitest.Go(t, ledger.New(one{desk.LedgerEntry{Seq: 7, Body: body}}, &proofs{}),
		uitest.Visit{Path: "/cases/c-1/ledger/7"})
	require.NoError(t, got.Err)
	assert.Empty(t, got.Tree.All("em"))
	assert.NotContains(t, got.Body, "\u202e")

	got = uitest.Go(t, ledger.New(one{desk.LedgerEntry{Seq: 7}}, &proofs{}),
		uitest.Visit{Path: "/cases/c-1/ledger/7"})
	require.NoError(t, got.Err)
	assert.Empty(t, got.Tree.All("#entry"))
	assert.Contains(t, got.Tree.Text(), "内容已依规定删除")
}
