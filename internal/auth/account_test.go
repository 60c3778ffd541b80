package auth_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		c := newClock()
		a := open(t, db, c)
		made, err := a.Create(t.Context(), command, auth.Account{
			Login: "Ｗang.Li", Name: " 王丽 ", Role: "reviewer", Language: "en-us"}, phrase)
		require.NoError(t, err)
		assert.Len(t, made.ID, 36)
		assert.Equal(t, "wang.li", made.Login)
		assert.Equal(t, "王丽", made.Name)
		assert.Equal(t, "en-US", made.Language)
		assert.False(t, made.Disabled)
		assert.Equal(t, c.Now(), made.Created)
		assert.EqualValues(t, 1, made.Rev)

		got, err := a.Account(t.Context(), made.ID)
		require.NoError(t, err)
		assert.Equal(t, made, got)
		got, err = a.ByLogin(t.Context(), "WANG.LI")
		require.NoError(t, err)
		assert.Equal(t, made, got)
		assert.Equal(t, []string{fmt.Sprintf(
			`{"account":"%s","active":true,"by":"command","from":"","to":"reviewer"}`, made.ID)},
			ledgerBodies(t, db))

		_, err = a.Create(t.Context(), command, auth.Account{
			Login: "wang.LI", Name: "x", Role: "senior"}, phrase)
		require.ErrorIs(t, err, auth.ErrTaken)
		assert.Len(t, ledgerBodies(t, db), 1, "the ledger tells of what was not kept")
		var stored string
		require.NoError(t, db.From(t.Context()).Table("auth_accounts").
			Pluck("password", &stored).Error)
		assert.True(t, strings.HasPrefix(stored, "$argon2id$v=19$m=64,t=1,p=1$"), stored)
	})
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	sound := auth.Account{Login: "li", Name: "李", Role: "reviewer"}
	tests := []struct {
		name           string
		edit           func(*auth.Account)
		password, by   string
		field, problem string
	}{
		{"no_login", func(a *auth.Account) { a.Login = "" }, phrase, command, "login", auth.Empty},
		{"login_with_a_space", func(a *auth.Account) { a.Login = "li wei" }, phrase, command,
			"login", auth.Malformed},
		{"login_with_a_zero_byte", func(a *auth.Account) { a.Login = "li\x00" }, phrase, command,
			"login", auth.Malformed},
		{"login_of_bad_bytes", func(a *auth.Account) { a.Login = "li\xff" }, phrase, command,
			"login", auth.Malformed},
		{"login_too_long", func(a *auth.Account) { a.Login = strings.Repeat("x", 65) }, phrase,
			command, "login", auth.TooLong},
		{"endless_login", func(a *auth.Account) { a.Login = long }, phrase, command, "login",
			auth.TooLong},
		{"login_written_to_the_left", func(a *auth.Account) { a.Login = "li\u202e" }, phrase,
			command, "login", auth.Malformed},
		{"no_name", func(a *auth.Account) { a.Name = " " }, phrase, command, "name", auth.Empty},
		{"name_of_two_lines", func(a *auth.Account) { a.Name = "a\nb" }, phrase, command, "name",
			auth.Malformed},
		{"name_written_to_the_left", func(a *auth.Account) { a.Name = "a\u202eb" }, phrase,
			command, "name", auth.Malformed},
		{"name_of_bad_bytes", func(a *auth.Account) { a.Name = "a\xff" }, phrase, command, "name",
			auth.Malformed},
		{"name_too_long", func(a *auth.Account) { a.Name = strings.Repeat("王", 101) }, phrase,
			command, "name", auth.TooLong},
		{"endless_name", func(a *auth.Account) { a.Name = long }, phrase, command, "name",
			auth.TooLong},
		{"no_role", func(a *auth.Account) { a.Role = "" }, phrase, command, "role", auth.Empty},
		{"role_that_nobody_has", func(a *auth.Account) { a.Role = "king" }, phrase, command,
			"role", auth.Unknown},
		{"no_language", func(a *auth.Account) { a.Language = "x" }, phrase, command, "language",
			auth.Malformed},
		{"endless_language", func(a *auth.Account) { a.Language = long }, phrase, command,
			"language", auth.TooLong},
		{"nobody_acts", func(*auth.Account) {}, phrase, "", "by", auth.Empty},
		{"actor_of_bad_bytes", func(*auth.Account) {}, phrase, "\xff", "by", auth.Malformed},
		{"endless_actor", func(*auth.Account) {}, phrase, long, "by", auth.TooLong},
		{"no_password", func(*auth.Account) {}, "", command, "password", auth.Empty},
		{"short_password", func(*auth.Account) {}, "elevenchars", command, "password",
			auth.TooShort},
		{"short_password_of_many_bytes", func(*auth.Account) {}, "正确的马电池订书钉", command,
			"password", auth.TooShort},
		{"long_password", func(*auth.Account) {}, strings.Repeat("x", 257), command, "password",
			auth.TooLong},
		{"endless_password", func(*auth.Account) {}, long, command, "password", auth.TooLong},
		{"password_with_a_zero_byte", func(*auth.Account) {}, phrase + "\x00", command,
			"password", auth.Malformed},
		{"password_of_bad_bytes", func(*auth.Account) {}, phrase + "\xff", command, "password",
			auth.Malformed},
		{"password_is_the_login", func(a *auth.Account) { a.Login = "wang.li.wang" },
			"Wang.Li.Wang", command, "password", auth.IsLogin},
	}
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, newClock())
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				draft := sound
				tt.edit(&draft)
				_, err := a.Create(t.Context(), tt.by, draft, tt.password)
				invalid(t, err, tt.field, tt.problem)
				assert.Less(t, len(err.Error()), 200, "an error quotes what it refuses")
			})
		}
		assert.Zero(t, rows(t, db, "auth_accounts"))
		assert.Zero(t, rows(t, db, "ledger_rows"))
	})
}

func TestPasswordOfAnyScript(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, newClock())
		for login, word := range map[string]string{
			"han": "正确的马电池订书钉郁金香", "long": strings.Repeat("王", 256),
			"accent": "cafe\u0301 cre\u0300me bru\u0302le\u0301e",
		} {
			_, err := a.Create(t.Context(), command,
				auth.Account{Login: login, Name: login, Role: "reviewer"}, word)
			require.NoError(t, err, login)
			_, err = a.SignIn(t.Context(), login, word, "")
			require.NoError(t, err, login)
		}
		_, err := a.SignIn(t.Context(), "accent", "café crème brûlée", "")
		require.NoError(t, err, "another keyboard, the same password")
	})
}

func TestChange(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		c := newClock()
		a := open(t, db, c)
		made := add(t, a, "li")
		c.pass(time.Hour)

		got, err := a.SetRole(t.Context(), auth.Change{By: "boss", ID: made.ID, Rev: 1}, "senior")
		require.NoError(t, err)
		assert.Equal(t, "senior", got.Role)
		assert.EqualValues(t, 2, got.Rev)
		assert.Equal(t, c.Now(), got.Changed)
		_, err = a.SetRole(t.Context(), auth.Change{By: "boss", ID: made.ID, Rev: 1}, "reviewer")
		require.ErrorIs(t, err, auth.ErrStale)
		got, err = a.SetRole(t.Context(), auth.Change{By: "boss", ID: made.ID}, "senior")
		require.NoError(t, err)
		assert.EqualValues(t, 2, got.Rev, "the same role is no change")
		got, err = a.Describe(t.Context(), auth.Change{By: made.ID, ID: made.ID}, "李伟", "en")
		require.NoError(t, err)
		assert.Equal(t, []string{"李伟", "en"}, []string{got.Name, got.Language})
		got, err = a.SetDisabled(t.Context(), auth.Change{By: "boss", ID: made.ID}, true)
		require.NoError(t, err)
		assert.True(t, got.Disabled)
		got, err = a.SetDisabled(t.Context(), auth.Change{By: "boss", ID: made.ID}, false)
		require.NoError(t, err)
		assert.False(t, got.Disabled)
		assert.EqualValues(t, 5, got.Rev)
		stored, err := a.Account(t.Context(), made.ID)
		require.NoError(t, err)
		assert.Equal(t, got, stored)

		var want []string
		for _, rest := range []string{
			`"active":true,"by":"command","from":"","to":"reviewer"`,
			`"active":true,"by":"boss","from":"reviewer","to":"senior"`,
			`"active":false,"by":"boss","from":"senior","to":"senior"`,
			`"active":true,"by":"boss","from":"senior","to":"senior"`,
		} {
			want = append(want, fmt.Sprintf(`{"account":"%s",%s}`, made.ID, rest))
		}
		assert.Equal(t, want, ledgerBodies(t, db))
		_, err = ledger.New(store.NewLedger(db), rand.Reader).Verify(t.Context())
		require.NoError(t, err)
	})
}

// TestChangeWithItsCaller: a change joins the transaction that it is made in.
func TestChangeWithItsCaller(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, newClock())
		made := add(t, a, "li")
		errMind := errors.New("changed my mind")
		err := db.Do(t.Context(), func(ctx context.Context) error {
			_, err := a.SetRole(ctx, auth.Change{By: "boss", ID: made.ID}, "senior")
			assert.NoError(t, err)
			return errMind
		})
		require.ErrorIs(t, err, errMind)
		got, err := a.Account(t.Context(), made.ID)
		require.NoError(t, err)
		assert.Equal(t, made, got)
		assert.Len(t, ledgerBodies(t, db), 1)
	})
}

func TestChangeRefuses(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, newClock())
		made := add(t, a, "wang.li.wang")
		own := auth.Change{By: made.ID, ID: made.ID}
		_, err := a.SetRole(t.Context(), own, "king")
		invalid(t, err, "role", auth.Unknown)
		_, err = a.SetRole(t.Context(), auth.Change{ID: made.ID}, "senior")
		invalid(t, err, "by", auth.Empty)
		_, err = a.SetPassword(t.Context(), own, "short")
		invalid(t, err, "password", auth.TooShort)
		_, err = a.SetPassword(t.Context(), own, "wang.li.wang")
		invalid(t, err, "password", auth.IsLogin)
		_, err = a.Describe(t.Context(), own, "", "en")
		invalid(t, err, "name", auth.Empty)
		_, err = a.Describe(t.Context(), own, "x", "\x00")
		invalid(t, err, "language", auth.Malformed)
		for _, id := range []string{"", "nobody", "\x00", "\xff", strings.Repeat("x", 1<<20)} {
			nobody := auth.Change{By: command, ID: id}
			_, err = a.SetRole(t.Context(), nobody, "senior")
			require.ErrorIs(t, err, auth.ErrNotFound)
			_, err = a.SetPassword(t.Context(), nobody, phrase)
			require.ErrorIs(t, err, auth.ErrNotFound)
			_, err = a.SetDisabled(t.Context(), nobody, true)
			require.ErrorIs(t, err, auth.ErrNotFound)
			_, err = a.Account(t.Context(), id)
			require.ErrorIs(t, err, auth.ErrNotFound)
			assert.Less(t, len(err.Error()), 500)
		}
		got, err := a.Account(t.Context(), made.ID)
		require.NoError(t, err)
		assert.Equal(t, made, got)
	})
}

func TestList(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, newClock())
		for _, login := range []string{"c", "a", "d", "b"} {
			add(t, a, login)
		}
		logins := func(after string, limit int) (found []string) {
			page, err := a.List(t.Context(), after, limit)
			require.NoError(t, err)
			for _, account := range page {
				found = append(found, account.Login)
			}
			return found
		}
		assert.Equal(t, []string{"a", "b", "c"}, logins("", 3))
		assert.Equal(t, []string{"d"}, logins("C", 3))
		assert.Empty(t, logins("d", 3))
		assert.Equal(t, []string{"a"}, logins("", -1))
		_, err := a.List(t.Context(), "\x00", 3)
		invalid(t, err, "login", auth.Malformed)
		_, err = a.ByLogin(t.Context(), "e")
		require.ErrorIs(t, err, auth.ErrNotFound)
	})
}

func TestNewAccountsRefuses(t *testing.T) {
	t.Parallel()
	_, err := auth.NewAccounts(auth.Config{})
	require.Error(t, err)
}
