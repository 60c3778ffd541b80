package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/review"
)

// Caller is a program with a token.
type Caller struct {
	// Actor is the account for which the program acts, by the name of the token: a token
	// that takes the place of another sees what was handed in with it.
	Actor  review.Actor
	Scopes []string
	// Own is set for an account that may read nothing but its own, whatever the scopes:
	// a developer's.
	Own bool
}

// Tokens returns the Identify of the tokens of accounts.
func Tokens(accounts *auth.Accounts) func(context.Context, string) (Caller, error) {
	return func(ctx context.Context, bearer string) (Caller, error) {
		t, err := accounts.Tokens().Token(ctx, bearer)
		if errors.Is(err, auth.ErrCredentials) {
			return Caller{}, fmt.Errorf("%w: %w", ErrToken, err)
		}
		if err != nil {
			return Caller{}, err
		}
		owner, err := accounts.Account(ctx, t.Account)
		if err != nil {
			return Caller{}, err
		}
		return Caller{
			Actor:  review.Actor{ID: t.Account, Name: t.Name, Role: review.RolePipeline},
			Scopes: t.Scopes, Own: owner.Role == string(review.RoleDeveloper),
		}, nil
	}
}

// caller is who sends the request.
func (a *api) caller(r *http.Request) (Caller, error) {
	scheme, bearer, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return Caller{}, ErrToken
	}
	return a.Identify(r.Context(), strings.TrimSpace(bearer))
}

func (c Caller) may(scope string) bool { return slices.Contains(c.Scopes, scope) }

// sees reports whether the caller may know of a submission.
func (c Caller) sees(s review.Submission) bool {
	return s.By.Same(c.Actor) || c.may(auth.ScopeRead) && !c.Own
}

// submission returns the one that the address names, where the caller may see it.
// Another's does not exist for him.
func (a *api) submission(c *call) (review.Submission, error) {
	s, err := a.Submissions.Submission(c.Request.Context(), c.Param("case"))
	if err == nil && !c.sees(s) {
		err = review.ErrNotFound
	}
	return s, err
}
