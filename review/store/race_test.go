package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

// together runs n attempts at once and returns what each came to.
func together(n int, attempt func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = attempt(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// won counts attempts that were kept, and asks of the others to be conflicts.
func won(t *testing.T, errs []error) (winner int) {
	t.Helper()
	winner = -1
	for i, err := range errs {
		if err == nil {
			assert.Equal(t, -1, winner, "one wins")
			winner = i
			continue
		}
		assert.ErrorIs(t, err, review.ErrConflict)
	}
	require.NotEqual(t, -1, winner, "%v", errs)
	return winner
}

// TestTwoClaimsAtOnce: one has the case; the others read again who that is.
func TestTwoClaimsAtOnce(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		people := []review.Actor{lin, zhou, chen, wu}
		for range 5 {
			c := h.waiting(t)
			claim := func(ctx context.Context, who review.Actor) error {
				return h.db.Do(ctx, func(ctx context.Context) error {
					now, err := h.Cases().Case(ctx, c.ID)
					if err != nil {
						return err
					}
					out, err := review.TakeClaim(now, who, h.now, lease)
					if err != nil {
						return err
					}
					return h.Cases().Keep(ctx, out)
				})
			}
			winner := people[won(t, together(len(people), func(i int) error {
				return claim(t.Context(), people[i])
			}))]
			assert.Equal(t, winner, h.read(t, c.ID).Claim.By)
			for _, who := range people {
				err := claim(t.Context(), who)
				if who.Same(winner) {
					require.NoError(t, err)
					continue
				}
				var taken *review.ClaimedError
				require.ErrorAs(t, err, &taken)
				assert.Equal(t, winner.Name, taken.By.Name)
			}
			history, err := h.Cases().History(t.Context(), c.ID)
			require.NoError(t, err)
			assert.Len(t, history, 2)
		}
	})
}

// TestTwoClaimsOfOneReading: who read before the other wrote is stale.
func TestTwoClaimsOfOneReading(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		c := h.waiting(t)
		people := []review.Actor{lin, zhou, chen, wu}
		errs := together(len(people), func(i int) error {
			out, err := review.TakeClaim(c, people[i], h.now, lease)
			if err != nil {
				return err
			}
			return h.Cases().Keep(t.Context(), out)
		})
		winner := won(t, errs)
		for i, err := range errs {
			if i != winner {
				assert.Equal(t, "stale", problem(t, err).Code)
			}
		}
	})
}

func TestRenewal(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		c := h.claimed(t, h.waiting(t), lin)
		h.pass(20 * time.Minute)
		out, err := review.KeepClaim(c, lin, h.now, lease)
		require.NoError(t, err)
		statements := listen(t, h.db)
		require.NoError(t, h.Cases().Keep(t.Context(), out))
		require.Len(t, *statements, 1)
		assert.True(t, strings.HasPrefix((*statements)[0].sql, "UPDATE"))
		renewed := h.keep(t, out, err) // again is the same
		assert.Equal(t, c.Rev, renewed.Rev, "a form that is open can still be sent")
		assert.Equal(t, h.now.Add(lease), renewed.Claim.Until)

		// Who ends the lease on an old reading would take the case from under her.
		h.pass(15 * time.Minute)
		expired, err := review.ExpireClaim(c, robot, h.now)
		require.NoError(t, err)
		assert.Equal(t, "stale", problem(t, h.Cases().Keep(t.Context(), expired)).Code)

		_, err = review.Decide(h.deciding(t, c))
		require.Error(t, err, "the old reading has run out")
		out, err = review.Decide(h.deciding(t, renewed))
		h.keep(t, out, err)
		again, err := review.KeepClaim(renewed, lin, h.now, lease)
		require.NoError(t, err)
		assert.Equal(t, "stale", problem(t, h.Cases().Keep(t.Context(), again)).Code)
	})
}

// TestTwoUploadsOfOneNewApp make one application.
func TestTwoUploadsOfOneNewApp(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		ids := []string{"a-1", "a-2", "a-3", "a-4"}
		winner := won(t, together(len(ids), func(i int) error {
			a := review.App{ID: ids[i], Package: "com.example.new", Name: "新应用"}
			return h.db.Do(t.Context(), func(ctx context.Context) error {
				return h.Apps().Add(ctx, a, review.Release{ID: "r-" + ids[i], App: ids[i],
					Platform: review.Android})
			})
		}))
		a, err := h.Apps().Named(t.Context(), "com.example.new", review.Android)
		require.NoError(t, err)
		assert.Equal(t, ids[winner], a.ID)
		assert.Len(t, h.query(t, "SELECT id FROM apps"), 1)
		assert.Len(t, h.query(t, "SELECT id FROM releases"), 1)
	})
}

// TestAddAgainWithinOneChange: who was slower takes what is there and goes on.
func TestAddAgainWithinOneChange(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		a, _ := h.listedApp(t, "换脸相机", "com.example.swap")
		require.NoError(t, h.db.Do(t.Context(), func(ctx context.Context) error {
			release := review.Release{ID: "r-new", App: "a-new", Platform: review.Android}
			err := h.Apps().Add(ctx, review.App{ID: "a-new", Package: a.Package}, release)
			if !errors.Is(err, review.ErrConflict) {
				return err
			}
			there, err := h.Apps().Named(ctx, a.Package, review.Android)
			if err != nil {
				return err
			}
			release.App = there.ID
			return h.Apps().Add(ctx, there, release)
		}))
		releases, err := h.Apps().Releases(t.Context(), a.ID)
		require.NoError(t, err)
		assert.Len(t, releases, 4)
	})
}

func TestTwoOpenCasesAtOnce(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		a, releases := h.listedApp(t, "换脸相机", "com.example.swap")
		var all []review.Case
		for range 4 {
			all = append(all, h.newCase(a.ID, releases[2].ID, review.CaseWaiting))
		}
		won(t, together(len(all), func(i int) error {
			return h.Cases().Open(t.Context(), all[i], review.Entry{At: h.now, By: robot})
		}))
		assert.Len(t, h.find(t, review.CaseFilter{App: a.ID}), 1)
	})
}

// TestTwoDecisionsOnOneApp: what two cases decide at once on one application, one of
// them decides again.
func TestTwoDecisionsOnOneApp(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		first := h.waiting(t)
		app, err := h.Apps().App(t.Context(), first.App)
		require.NoError(t, err)
		update := review.Release{ID: "r-update", App: app.ID, Platform: review.Android,
			Version: "1.11", State: review.ReleaseSubmitted}
		require.NoError(t, h.Apps().Add(t.Context(), app, update))
		second := h.newCase(app.ID, update.ID, review.CaseWaiting)
		h.open(t, second)
		var outs []review.Outcome
		for _, c := range []review.Case{first, h.read(t, second.ID)} {
			out, err := review.Decide(h.deciding(t, h.claimed(t, c, lin),
				measure(review.MeasureList, "")))
			require.NoError(t, err)
			outs = append(outs, out)
		}
		won(t, together(2, func(i int) error { return h.Cases().Keep(t.Context(), outs[i]) }))
		listed := h.query(t,
			"SELECT id FROM releases WHERE platform = 'android' AND state = 'listed'")
		assert.Len(t, listed, 1)
		v, err := h.log.Verify(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 1, v.Size)
	})
}

// TestManyDecisionsAtOnce all stand in the ledger, which holds together.
func TestManyDecisionsAtOnce(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		var outs []review.Outcome
		for range 12 {
			out, err := review.Decide(h.deciding(t, h.claimed(t, h.waiting(t), lin)))
			require.NoError(t, err)
			outs = append(outs, out)
		}
		for _, err := range together(len(outs), func(i int) error {
			return h.Cases().Keep(t.Context(), outs[i])
		}) {
			assert.NoError(t, err)
		}
		v, err := h.log.Verify(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, len(outs), v.Size)
		h.conform(t)
	})
}

// TestCureMeetsAnExtension: a listing that cures ends a warning of another case while a
// reviewer extends it. Neither waits for the other for ever.
func TestCureMeetsAnExtension(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		for range 5 {
			warned := h.decided(t, chen, measure(review.MeasureWarn, ""))
			out := h.curing(t, warned)
			extended, err := review.Extend(h.following(t, warned, zhou))
			require.NoError(t, err)
			errs := together(2, func(i int) error {
				if i == 1 {
					return h.Cases().Keep(t.Context(), extended)
				}
				return h.db.Do(t.Context(), func(ctx context.Context) error {
					if err := h.Cases().Keep(ctx, out); err != nil {
						return err
					}
					return h.cure(ctx, warned.ID, out.Closes[0])
				})
			})
			require.NoError(t, errs[0], "what cures sees what was extended")
			if errs[1] != nil {
				require.ErrorIs(t, errs[1], review.ErrConflict)
			}
			assert.False(t, h.read(t, warned.ID).Decisions[0].Running())
		}
	})
}
