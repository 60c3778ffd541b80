package desk_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk/desktest"
)

// offices runs a test on each database, with an application of which a version is
// listed and the next one is submitted.
func offices(t *testing.T, test func(t *testing.T, o *desktest.Office)) {
	t.Helper()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		o := desktest.New(t, db)
		o.AddApp(t, "a-1", review.AppListed, "1.9", "listed", "1.10", "submitted")
		test(t, o)
	})
}

// has asks for a refusal with these codes and no other.
func has(t *testing.T, err error, codes ...string) {
	t.Helper()
	var refusal *review.Refusal
	require.ErrorAs(t, err, &refusal)
	var got []string
	for _, p := range refusal.Problems {
		assert.NotEmpty(t, p.Message.ZH, p.Code)
		assert.NotEmpty(t, p.Message.EN, p.Code)
		got = append(got, p.Field+"/"+p.Code)
	}
	assert.ElementsMatch(t, codes, got)
}

func TestClaim(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Open(t, "c-1", "a-1/1.10")
		c, err := o.Claim(t.Context(), "c-1", desktest.Lin)
		require.NoError(t, err)
		assert.Equal(t, review.CaseClaimed, c.State)
		assert.Equal(t, desktest.Lin, c.Claim.By)
		assert.Equal(t, o.Case(t, "c-1").Rev, c.Rev)

		_, err = o.Claim(t.Context(), "c-1", desktest.Zhou)
		var claimed *review.ClaimedError
		require.ErrorAs(t, err, &claimed)
		require.ErrorIs(t, err, review.ErrConflict)
		assert.Equal(t, desktest.Lin, claimed.By)
		_, err = o.Renew(t.Context(), "c-1", desktest.Zhou)
		require.ErrorAs(t, err, &claimed)
		require.ErrorAs(t, o.Drop(t.Context(), "c-1", desktest.Zhou), &claimed)

		o.Pass(20 * time.Minute)
		until, err := o.Renew(t.Context(), "c-1", desktest.Lin)
		require.NoError(t, err)
		assert.Equal(t, o.Time().Add(review.DefaultLease), until)
		assert.Equal(t, c.Rev, o.Case(t, "c-1").Rev, "a form that is open can still be sent")

		o.Pass(review.DefaultLease)
		c, err = o.Claim(t.Context(), "c-1", desktest.Zhou)
		require.NoError(t, err, "a lease that has run out is taken over")
		assert.Equal(t, desktest.Zhou, c.Claim.By)
		require.NoError(t, o.Drop(t.Context(), "c-1", desktest.Zhou))
		assert.Equal(t, review.CaseWaiting, o.Case(t, "c-1").State)
	})
}

func TestClaimIsRefused(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Open(t, "c-1", "a-1/1.10")
		tests := []struct {
			name string
			id   string
			who  review.Actor
			want error
		}{
			{"no_such_case", "c-9", desktest.Lin, review.ErrNotFound},
			{"no_id", "", desktest.Lin, review.ErrNotFound},
			{"id_that_is_no_text", "c-1\x00\xff", desktest.Lin, review.ErrNotFound},
			{"developer", "c-1", desktest.Maker, review.ErrForbidden},
			{"pipeline", "c-1", desktest.Robot, review.ErrForbidden},
			{"nobody", "c-1", review.Actor{Role: review.RoleSenior}, review.ErrForbidden},
			{"no_role", "c-1", review.Actor{ID: "u-1", Role: "king"}, review.ErrForbidden},
		}
		for _, test := range tests {
			_, err := o.Claim(t.Context(), test.id, test.who)
			assert.ErrorIs(t, err, test.want, test.name)
		}
		assert.Equal(t, review.CaseWaiting, o.Case(t, "c-1").State)
	})
}

func TestClaimNext(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		due := func(days int) func(*review.Case) {
			return func(c *review.Case) { c.Due = o.Time().AddDate(0, 0, days) }
		}
		for i, days := range []int{3, 1, 2} {
			app := fmt.Sprint("b-", i)
			o.AddApp(t, app, review.AppUnlisted, "1", "submitted")
			o.Open(t, fmt.Sprint("c-", i), app+"/1", due(days))
		}
		c, err := o.ClaimNext(t.Context(), desktest.Lin)
		require.NoError(t, err)
		assert.Equal(t, "c-1", c.ID, "the one that is due first")
		c, err = o.ClaimNext(t.Context(), desktest.Zhou)
		require.NoError(t, err)
		assert.Equal(t, "c-2", c.ID, "what another has is passed over")
		_, err = o.ClaimNext(t.Context(), desktest.Maker)
		require.ErrorIs(t, err, review.ErrForbidden)
		_, err = o.ClaimNext(t.Context(), review.Actor{Role: review.RoleReviewer})
		require.ErrorIs(t, err, review.ErrForbidden)
		_, err = o.ClaimNext(t.Context(), desktest.Lin)
		require.NoError(t, err)
		_, err = o.ClaimNext(t.Context(), desktest.Lin)
		require.ErrorIs(t, err, review.ErrNotFound)
	})
}

// Whoever reaches for the next case at the same moment gets another one.
func TestClaimNextAtOnce(t *testing.T) {
	t.Parallel()
	const people = 6
	offices(t, func(t *testing.T, o *desktest.Office) {
		for i := range people {
			app := fmt.Sprint("b-", i)
			o.AddApp(t, app, review.AppUnlisted, "1", "submitted")
			o.Open(t, fmt.Sprint("c-", i), app+"/1")
		}
		got := make([]string, people)
		var all sync.WaitGroup
		for i := range people {
			all.Go(func() {
				who := review.Actor{ID: fmt.Sprint("u-", i), Role: review.RoleReviewer}
				c, err := o.ClaimNext(t.Context(), who)
				assert.NoError(t, err)
				got[i] = c.ID
			})
		}
		all.Wait()
		seen := map[string]bool{}
		for _, id := range got {
			assert.False(t, seen[id], "%s twice", id)
			seen[id] = true
		}
	})
}
