package auth_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
)

func issue(t *testing.T, a *auth.Accounts, account string) (auth.Token, string) {
	t.Helper()
	made, bearer, err := a.Tokens().Issue(t.Context(), auth.Token{
		Account: account, Name: "pipeline", Scopes: []string{auth.ScopeSubmit}})
	require.NoError(t, err)
	return made, bearer
}

func TestToken(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		c := newClock()
		a := open(t, db, c)
		li := add(t, a, "li")
		made, bearer, err := a.Tokens().Issue(t.Context(), auth.Token{
			Account: li.ID, Name: " 流水线 ", Expires: c.Now().Add(time.Hour),
			Scopes: []string{auth.ScopeRead, auth.ScopeSubmit, auth.ScopeRead}})
		require.NoError(t, err)
		assert.Equal(t, auth.Token{ID: made.ID, Account: li.ID, Name: "流水线",
			Scopes: []string{auth.ScopeSubmit, auth.ScopeRead}, Created: c.Now(),
			Expires: c.Now().Add(time.Hour)}, made)
		assert.Regexp(t, `^lg_`+strings.ReplaceAll(made.ID, "-", "")+`_[A-Z2-7]{26}$`, bearer)
		var kept int64
		require.NoError(t, db.From(t.Context()).Table("auth_tokens").
			Where("name LIKE ? OR scopes LIKE ?", "%"+bearer[36:]+"%", "%"+bearer[36:]+"%").
			Count(&kept).Error)
		assert.Zero(t, kept)

		used := made
		used.Used = c.Now()
		got, err := a.Tokens().Token(t.Context(), bearer)
		require.NoError(t, err)
		assert.Equal(t, used, got)
		list, err := a.Tokens().List(t.Context(), li.ID, 10)
		require.NoError(t, err)
		assert.Equal(t, []auth.Token{used}, list)

		_, narrow := issue(t, a, li.ID)
		got, err = a.Tokens().Token(t.Context(), narrow)
		require.NoError(t, err)
		assert.True(t, got.Allows(auth.ScopeSubmit))
		assert.False(t, got.Allows(auth.ScopeRead))
		assert.Equal(t, c.Now().Add(90*24*time.Hour), got.Expires)
	})
}

func TestTokenIsRefused(t *testing.T) {
	t.Parallel()
	nothing := func(*testing.T, *auth.Accounts, *clock, auth.Token) {}
	same := func(b string) string { return b }
	tests := []struct {
		name   string
		before func(*testing.T, *auth.Accounts, *clock, auth.Token)
		bearer func(string) string
		want   error
	}{
		{"sound", nothing, same, nil},
		{"almost_expired", func(_ *testing.T, _ *auth.Accounts, c *clock, made auth.Token) {
			c.pass(made.Expires.Sub(c.Now()) - time.Millisecond)
		}, same, nil},
		{"expired", func(_ *testing.T, _ *auth.Accounts, c *clock, made auth.Token) {
			c.pass(made.Expires.Sub(c.Now()))
		}, same, auth.ErrCredentials},
		{"revoked", func(t *testing.T, a *auth.Accounts, c *clock, made auth.Token) {
			require.NoError(t, a.Tokens().Revoke(t.Context(), made.Account, made.ID))
		}, same, auth.ErrCredentials},
		{"of_a_disabled_account", func(t *testing.T, a *auth.Accounts, _ *clock, made auth.Token) {
			_, err := a.SetDisabled(t.Context(), auth.Change{By: "x", ID: made.Account}, true)
			require.NoError(t, err)
		}, same, auth.ErrDisabled},
		{"of_an_account_with_another_role", func(
			t *testing.T, a *auth.Accounts, _ *clock, made auth.Token,
		) {
			_, err := a.SetRole(t.Context(), auth.Change{By: "x", ID: made.Account}, "senior")
			require.NoError(t, err)
		}, same, nil},
		{"other_secret", nothing, func(b string) string { return b[:36] + strings.Repeat("A", 26) },
			auth.ErrCredentials},
		{"other_id", nothing, func(b string) string {
			return "lg_" + strings.Repeat("0", 32) + b[35:]
		}, auth.ErrCredentials},
		{"id_in_capitals", nothing, func(b string) string { return strings.ToUpper(b) },
			auth.ErrCredentials},
		{"nothing", nothing, func(string) string { return "" }, auth.ErrCredentials},
		{"cut_short", nothing, func(b string) string { return b[:len(b)-1] }, auth.ErrCredentials},
		{"too_long", nothing, func(b string) string { return b + "A" }, auth.ErrCredentials},
		{"endless", nothing, func(b string) string { return strings.Repeat(b, 1<<14) },
			auth.ErrCredentials},
		{"zero_byte", nothing, func(b string) string { return b[:61] + "\x00" },
			auth.ErrCredentials},
		{"bad_bytes", nothing, func(b string) string { return b[:3] + "\xff" + b[4:] },
			auth.ErrCredentials},
	}
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		for i, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				c := newClock()
				a := open(t, db, c)
				made, bearer := issue(t, a, add(t, a, fmt.Sprint("p", i)).ID)
				tt.before(t, a, c, made)
				got, err := a.Tokens().Token(t.Context(), tt.bearer(bearer))
				require.ErrorIs(t, err, tt.want)
				if tt.want != nil {
					assert.Zero(t, got)
					assert.ErrorIs(t, err, auth.ErrCredentials)
					assert.NotContains(t, err.Error(), bearer[36:])
				}
			})
		}
	})
}

func TestTokenUseIsNotedOnceAMinute(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		c := newClock()
		a := open(t, db, c)
		made, bearer := issue(t, a, add(t, a, "li").ID)
		noted := func() time.Time {
			_, err := a.Tokens().Token(t.Context(), bearer)
			require.NoError(t, err)
			list, err := a.Tokens().List(t.Context(), made.Account, 1)
			require.NoError(t, err)
			return list[0].Used
		}
		first := c.Now()
		assert.Equal(t, first, noted())
		c.pass(time.Minute - time.Millisecond)
		assert.Equal(t, first, noted())
		c.pass(time.Millisecond)
		assert.Equal(t, c.Now(), noted())
	})
}

func TestIssueRefuses(t *testing.T) {
	t.Parallel()
	c := newClock()
	long := strings.Repeat("x", 1<<20)
	sound := auth.Token{Name: "pipeline", Scopes: []string{auth.ScopeRead}}
	tests := []struct {
		name           string
		edit           func(*auth.Token)
		field, problem string
	}{
		{"no_name", func(d *auth.Token) { d.Name = "" }, "token", auth.Empty},
		{"endless_name", func(d *auth.Token) { d.Name = long }, "token", auth.TooLong},
		{"name_of_bad_bytes", func(d *auth.Token) { d.Name = "\xff" }, "token", auth.Malformed},
		{"no_scope", func(d *auth.Token) { d.Scopes = nil }, "scope", auth.Empty},
		{"scope_of_all", func(d *auth.Token) { d.Scopes = []string{"read", "*"} }, "scope",
			auth.Unknown},
		{"past", func(d *auth.Token) { d.Expires = c.Now() }, "expiry", auth.OutOfTime},
		{"for_ever", func(d *auth.Token) { d.Expires = c.Now().AddDate(2, 0, 0) }, "expiry",
			auth.OutOfTime},
	}
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, c)
		li := add(t, a, "li")
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				draft := sound
				draft.Account = li.ID
				tt.edit(&draft)
				_, bearer, err := a.Tokens().Issue(t.Context(), draft)
				invalid(t, err, tt.field, tt.problem)
				assert.Empty(t, bearer)
			})
		}
		for _, id := range []string{"", "nobody", "\x00", "\xff", long} {
			draft := sound
			draft.Account = id
			_, _, err := a.Tokens().Issue(t.Context(), draft)
			require.ErrorIs(t, err, auth.ErrNotFound)
		}
		_, err := a.SetDisabled(t.Context(), auth.Change{By: "x", ID: li.ID}, true)
		require.NoError(t, err)
		draft := sound
		draft.Account = li.ID
		_, _, err = a.Tokens().Issue(t.Context(), draft)
		require.ErrorIs(t, err, auth.ErrDisabled)
		assert.Zero(t, rows(t, db, "auth_tokens"))
	})
}

func TestTokensAreBounded(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, newClock())
		li := add(t, a, "li")
		var last auth.Token
		for range 100 {
			last, _ = issue(t, a, li.ID)
		}
		draft := auth.Token{Account: li.ID, Name: "one more", Scopes: []string{auth.ScopeRead}}
		_, _, err := a.Tokens().Issue(t.Context(), draft)
		invalid(t, err, "token", auth.TooMany)
		require.NoError(t, a.Tokens().Revoke(t.Context(), li.ID, last.ID))
		_, _, err = a.Tokens().Issue(t.Context(), draft)
		require.NoError(t, err)
		list, err := a.Tokens().List(t.Context(), li.ID, 3)
		require.NoError(t, err)
		require.Len(t, list, 3)
		assert.Equal(t, "one more", list[0].Name)
	})
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		c := newClock()
		a := open(t, db, c)
		li, wang := add(t, a, "li"), add(t, a, "wang")
		made, bearer := issue(t, a, li.ID)
		for _, id := range []string{"", "none", "\x00", "\xff", made.ID} { // the last is not his
			require.ErrorIs(t, a.Tokens().Revoke(t.Context(), wang.ID, id), auth.ErrNotFound)
		}
		_, err := a.Tokens().Token(t.Context(), bearer)
		require.NoError(t, err)
		at := c.Now()
		for range 2 {
			require.NoError(t, a.Tokens().Revoke(t.Context(), li.ID, made.ID))
			c.pass(time.Hour)
		}
		list, err := a.Tokens().List(t.Context(), li.ID, 10)
		require.NoError(t, err)
		assert.Equal(t, at, list[0].Revoked, "the second time changes nothing")
		list, err = a.Tokens().List(t.Context(), "\xff", 10)
		require.NoError(t, err)
		assert.Empty(t, list)
	})
}
