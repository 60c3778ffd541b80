package store_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/ledger"
	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/store"
)

// crowd is a store of 100 000 cases, of which 5000 wait, each due at its own time.
func crowd(b *testing.B, db *database.DB) store.Cases {
	b.Helper()
	s := store.Open(db, ledger.New(database.NewLedger(db), rand.Reader))
	a := review.App{ID: "a-1", Package: "com.example.swap", Name: "换脸相机"}
	require.NoError(b, s.Apps().Add(b.Context(), a))
	for state, n := range map[review.CaseState]int{review.CaseWaiting: 5000,
		review.CaseClosed: 95_000} {
		c := review.Case{ID: "c-" + string(state), App: a.ID, Place: review.Place{State: state},
			Route: review.Blocked, Due: monday}
		require.NoError(b, s.Cases().Open(b.Context(), c, review.Entry{At: monday, By: robot}))
		multiply(b, db, c.ID, n)
	}
	require.NoError(b, db.Do(b.Context(), func(ctx context.Context) error {
		err := db.From(ctx).Exec(`UPDATE cases SET due = due +
			60000 * CAST(substr(id, length('c-' || state) + 2) AS bigint)
			WHERE id LIKE '%-%-%'`).Error
		if err != nil {
			return err
		}
		return db.From(ctx).Exec("ANALYZE").Error
	}))
	return s.Cases()
}

func BenchmarkFind(b *testing.B) {
	filters := map[string]review.CaseFilter{
		"queue": {States: []review.CaseState{review.CaseWaiting, review.CaseScanFailed,
			review.CaseReopened, review.CaseAppealed}},
		"all":          {},
		"route":        {Routes: []review.Route{review.Blocked}},
		"severity":     {Severities: []review.Severity{review.SeverityA}},
		"capability":   {Capability: "face_swap"},
		"common_words": {States: []review.CaseState{review.CaseWaiting}, Text: "换脸"},
		"rare_words":   {Text: "不存在"},
		"package":      {Text: "com.example.swap"},
	}
	storetest.Benchmarks(b, func(b *testing.B, db *database.DB) {
		cases := crowd(b, db)
		for name, f := range filters {
			b.Run(name, func(b *testing.B) {
				for i := range b.N {
					_, next, err := cases.Find(b.Context(), f)
					require.NoError(b, err)
					if f.After = next; i%40 == 0 { // the pages of a patient person
						f.After = ""
					}
				}
			})
		}
		b.Run("counts", func(b *testing.B) {
			for range b.N {
				_, err := cases.Counts(b.Context())
				require.NoError(b, err)
			}
		})
	})
}

// BenchmarkClaim reads a case, claims it, renews the lease and gives it back.
func BenchmarkClaim(b *testing.B) {
	storetest.Benchmarks(b, func(b *testing.B, db *database.DB) {
		cases := crowd(b, db)
		keep := func(o review.Outcome, err error) review.Case {
			require.NoError(b, err)
			require.NoError(b, cases.Keep(b.Context(), o))
			c, err := cases.Case(b.Context(), o.Case.ID)
			require.NoError(b, err)
			return c
		}
		b.ResetTimer()
		for i := range b.N {
			c, err := cases.Case(b.Context(), fmt.Sprintf("c-waiting-%d", 1+i%5000))
			require.NoError(b, err)
			c = keep(review.TakeClaim(c, lin, monday, lease))
			c = keep(review.KeepClaim(c, lin, monday.Add(time.Minute), lease))
			keep(review.DropClaim(c, lin, monday.Add(2*time.Minute)))
		}
	})
}
