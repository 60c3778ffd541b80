package dossier_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/web/page/dossier"
	"github.com/listgate/listgate/web/ui/uitest"
)

// broken fails at everything, as a store that cannot be reached.
type broken struct{ error }

func (b broken) Dossier(context.Context, review.Actor, string, string) (desk.Dossier, error) {
	return desk.Dossier{}, b
}

func (b broken) Claim(context.Context, string, review.Actor) (review.Case, error) {
	return review.Case{}, b
}

func (b broken) Renew(context.Context, string, review.Actor) (time.Time, error) {
	return time.Time{}, b
}

func (b broken) Drop(context.Context, string, review.Actor) error { return b }

func (b broken) Missing(context.Context, desk.ActOn, review.Proposal) ([]review.Problem, error) {
	return nil, b
}

func (b broken) Decide(context.Context, desk.ActOn, review.Proposal) (review.Decision, error) {
	return review.Decision{}, b
}

func (b broken) Follow(context.Context, desk.FollowUp) (review.Decision, error) {
	return review.Decision{}, b
}

func (b broken) Move(context.Context, desk.Move) error { return b }

func (b broken) Rescan(context.Context, string, review.Actor) error { return b }

// TestErrorsReachTheErrorPage sends every request to a desk that fails, and every id
// that can be none.
func TestErrorsReachTheErrorPage(t *testing.T) {
	t.Parallel()
	down := broken{errors.New("the store is down")}
	page := dossier.New(down, down, down)
	for _, route := range page.Routes {
		path := strings.ReplaceAll(strings.ReplaceAll(route.Path, ":id", "c-1"), ":decision", "d-1")
		got := uitest.Go(t, page, uitest.Visit{Method: route.Method, Path: path,
			Form: url.Values{"rev": {"1"}}})
		require.ErrorIs(t, got.Err, error(down), "%s %s", route.Method, route.Path)
		assert.Empty(t, got.Body)

		path = strings.ReplaceAll(strings.ReplaceAll(route.Path, ":id", "..%00"), ":decision", "d")
		got = uitest.Go(t, page, uitest.Visit{Method: route.Method, Path: path,
			Form: url.Values{"rev": {"1"}}})
		require.ErrorIs(t, got.Err, review.ErrNotFound, "%s %s", route.Method, route.Path)
	}
}
