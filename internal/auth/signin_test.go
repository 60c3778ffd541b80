package auth_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/internal/auth/password"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	tests := []struct {
		name, login, password, address string
		want                           error
	}{
		{"right", "li", phrase, "192.0.2.1", nil},
		{"right_in_other_case", "Ｌi", phrase, "192.0.2.1", nil},
		{"right_from_here", "li", phrase, "", nil},
		{"address_that_is_none", "li", phrase, "\x00\xff" + long, nil},
		{"wrong_password", "li", another, "192.0.2.1", auth.ErrCredentials},
		{"no_password", "li", "", "192.0.2.1", auth.ErrCredentials},
		{"unknown_login", "nobody", phrase, "192.0.2.1", auth.ErrCredentials},
		{"no_login", "", phrase, "192.0.2.1", auth.ErrCredentials},
		{"disabled", "gone", phrase, "192.0.2.1", auth.ErrDisabled},
		{"disabled_and_wrong", "gone", another, "192.0.2.1", auth.ErrCredentials},
		{"login_with_a_zero_byte", "li\x00", phrase, "192.0.2.1", auth.ErrCredentials},
		{"login_of_bad_bytes", "\xff\xfe", phrase, "192.0.2.1", auth.ErrCredentials},
		{"endless_login", long, phrase, "192.0.2.1", auth.ErrCredentials},
		{"password_with_a_zero_byte", "li", phrase + "\x00", "", auth.ErrCredentials},
		{"password_of_bad_bytes", "li", "\xff", "", auth.ErrCredentials},
		{"endless_password", "li", long, "", auth.ErrCredentials},
		{"statement", "' OR 1=1 --", "' OR 1=1 --", "' OR 1=1 --", auth.ErrCredentials},
	}
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, newClock())
		li, gone := add(t, a, "li"), add(t, a, "gone")
		_, err := a.SetDisabled(t.Context(), auth.Change{By: command, ID: gone.ID}, true)
		require.NoError(t, err)
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				got, err := a.SignIn(t.Context(), tt.login, tt.password, tt.address)
				require.ErrorIs(t, err, tt.want)
				if tt.want == nil {
					assert.Equal(t, li, got)
					return
				}
				assert.Zero(t, got)
				assert.ErrorIs(t, err, auth.ErrCredentials, "a stranger sees a difference")
				assert.Less(t, len(err.Error()), 200)
			})
		}
	})
}

// TestLock walks an account through its waits, with the clock.
func TestLock(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		c := newClock()
		a := open(t, db, c)
		add(t, a, "li")
		attempt := func(login, word string) error {
			_, err := a.SignIn(t.Context(), login, word, "")
			return err
		}
		for _, login := range []string{"li", "nobody"} { // the same for who has no account
			for range 5 {
				require.ErrorIs(t, attempt(login, another), auth.ErrCredentials)
			}
			for i, wait := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute,
				4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
				var locked *auth.LockedError
				err := attempt(login, phrase)
				require.ErrorIs(t, err, auth.ErrLocked, "wait %d, the right password", i)
				require.ErrorAs(t, err, &locked)
				require.Equal(t, c.Now().Add(wait), locked.Until, "wait %d", i)
				c.pass(wait - time.Millisecond)
				require.ErrorIs(t, attempt(login, another), auth.ErrLocked, "wait %d", i)
				c.pass(time.Millisecond)
				require.ErrorIs(t, attempt(login, another), auth.ErrCredentials, "wait %d", i)
			}
			c.pass(15 * time.Minute)
		}
		require.NoError(t, attempt("li", phrase))
		for range 4 {
			require.ErrorIs(t, attempt("li", another), auth.ErrCredentials)
		}
		require.NoError(t, attempt("li", phrase), "all was forgotten when he came in")
		for range 4 {
			require.ErrorIs(t, attempt("li", another), auth.ErrCredentials)
		}
		c.pass(24 * time.Hour)
		require.ErrorIs(t, attempt("li", another), auth.ErrCredentials)
		require.NoError(t, attempt("li", phrase), "all was forgotten in a day")
	})
}

func TestLockOfAddress(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		c := newClock()
		a := open(t, db, c)
		add(t, a, "li")
		add(t, a, "wu")
		attempt := func(login, word, address string) error {
			_, err := a.SignIn(t.Context(), login, word, address)
			return err
		}
		for i := range 20 { // one guess at each of many accounts, and his own in between
			address := fmt.Sprintf("2001:db8:1:2::%x", i)
			require.NoError(t, attempt("li", phrase, address), "guess %d", i)
			err := attempt(fmt.Sprint("login", i), phrase, address)
			require.ErrorIs(t, err, auth.ErrCredentials)
		}
		require.ErrorIs(t, attempt("wu", phrase, "2001:db8:1:2:ffff::1%eth0"), auth.ErrLocked)
		require.NoError(t, attempt("li", phrase, "2001:db8:1:2:ffff::1"), "he came from there")
		require.ErrorIs(t, attempt("wu", phrase, "2001:db8:1:2::1"), auth.ErrLocked,
			"his coming in lifts nothing")
		require.NoError(t, attempt("wu", phrase, "2001:db8:1:3::1"), "another network")
		require.NoError(t, attempt("wu", phrase, ""), "this machine")
		c.pass(30 * time.Second)
		require.ErrorIs(t, attempt("nobody", another, "2001:db8:1:2::1"), auth.ErrCredentials)
		require.ErrorIs(t, attempt("wu", phrase, "2001:db8:1:2::1"), auth.ErrLocked)
		for range 5 {
			require.ErrorIs(t, attempt("li", another, "2001:db8:1:2::1"), auth.ErrCredentials)
		}
		require.ErrorIs(t, attempt("li", phrase, "2001:db8:1:2::1"), auth.ErrLocked,
			"he has guesses of his own")
		c.pass(time.Hour)
		require.NoError(t, attempt("wu", phrase, "2001:db8:1:2::1"))
		for range 4 {
			require.ErrorIs(t, attempt("li", another, "::ffff:192.0.2.1"), auth.ErrCredentials)
		}
		for i := range 16 {
			err := attempt(fmt.Sprint("other", i), another, "192.0.2.1")
			require.ErrorIs(t, err, auth.ErrCredentials)
		}
		require.ErrorIs(t, attempt("li", phrase, "192.0.2.1"), auth.ErrLocked)
	})
}

func TestNewPasswordLiftsTheLock(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, newClock())
		li := add(t, a, "li")
		for range 5 {
			_, err := a.SignIn(t.Context(), "li", another, "")
			require.ErrorIs(t, err, auth.ErrCredentials)
		}
		_, err := a.SetPassword(t.Context(), auth.Change{By: command, ID: li.ID}, another)
		require.NoError(t, err)
		_, err = a.SignIn(t.Context(), "li", phrase, "")
		require.ErrorIs(t, err, auth.ErrCredentials, "the old password")
		_, err = a.SignIn(t.Context(), "li", another, "")
		require.NoError(t, err)
	})
}

// TestStrangersDoNotShutOut: who guesses all day at an account locks it for himself,
// and not where its owner has come in before.
func TestStrangersDoNotShutOut(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		c := newClock()
		a := open(t, db, c)
		li := add(t, a, "li")
		const office, home, stranger = "192.0.2.1", "198.51.100.7", "203.0.113.9"
		attempt := func(word, address string) error {
			_, err := a.SignIn(t.Context(), "li", word, address)
			return err
		}
		require.NoError(t, attempt(phrase, office))
		for range 5 {
			require.ErrorIs(t, attempt(another, stranger), auth.ErrCredentials)
		}
		require.ErrorIs(t, attempt(phrase, stranger), auth.ErrLocked)
		require.ErrorIs(t, attempt(phrase, home), auth.ErrLocked)
		require.NoError(t, attempt(phrase, office))
		require.ErrorIs(t, attempt(phrase, home), auth.ErrLocked, "his coming in lifts nothing")
		for range 5 {
			require.ErrorIs(t, attempt(another, office), auth.ErrCredentials)
		}
		require.ErrorIs(t, attempt(phrase, office), auth.ErrLocked, "he has guesses of his own")
		c.pass(30 * time.Second)
		require.NoError(t, attempt(phrase, office))

		c.pass(29 * 24 * time.Hour)
		_, err := a.Purge(t.Context())
		require.NoError(t, err)
		for range 5 {
			require.ErrorIs(t, attempt(another, stranger), auth.ErrCredentials)
		}
		require.NoError(t, attempt(phrase, office), "a month is long enough")
		c.pass(30 * 24 * time.Hour)
		for range 5 {
			require.ErrorIs(t, attempt(another, stranger), auth.ErrCredentials)
		}
		require.ErrorIs(t, attempt(phrase, office), auth.ErrLocked, "and not for ever")
		_, err = a.SetPassword(t.Context(), auth.Change{By: command, ID: li.ID}, another)
		require.NoError(t, err)
		require.NoError(t, attempt(another, office))
		c.pass(30 * 24 * time.Hour)
		_, err = a.Purge(t.Context())
		require.NoError(t, err)
		assert.Zero(t, rows(t, db, "auth_failures"))
	})
}

// TestManyProcesses guesses from several processes at once: together they get no
// guess more than one would.
func TestManyProcesses(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		c := newClock()
		var doors []*auth.Accounts
		for range 3 {
			doors = append(doors, open(t, storetest.Open(t, source), c))
		}
		add(t, doors[0], "li")
		var wg sync.WaitGroup
		var mu sync.Mutex
		looked, locked := 0, 0
		for i := range 24 {
			wg.Go(func() {
				_, err := doors[i%3].SignIn(t.Context(), "li", another, "192.0.2.1")
				mu.Lock()
				defer mu.Unlock()
				var wait *auth.LockedError
				if assert.Error(t, err) && !assert.ObjectsAreEqual(err, auth.ErrCredentials) {
					assert.ErrorAs(t, err, &wait)
					locked++
				} else {
					looked++
				}
			})
		}
		wg.Wait()
		assert.Equal(t, []int{5, 19}, []int{looked, locked})
		for i, door := range doors {
			_, err := door.SignIn(t.Context(), "li", phrase, "192.0.2.2")
			require.ErrorIs(t, err, auth.ErrLocked, "process %d", i)
		}
		c.pass(30 * time.Second)
		_, err := doors[2].SignIn(t.Context(), "li", phrase, "192.0.2.2")
		require.NoError(t, err)
		_, err = doors[1].SignIn(t.Context(), "li", phrase, "192.0.2.2")
		require.NoError(t, err, "and is open to all")
	})
}

// TestGoodSignInsAtOnce: people of one office come in at the same time.
func TestGoodSignInsAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		a := open(t, db, newClock())
		for i := range 12 {
			add(t, a, fmt.Sprint("p", i))
		}
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				_, err := a.SignIn(t.Context(), fmt.Sprint("p", i), phrase, "192.0.2.1")
				assert.NoError(t, err)
			})
		}
		wg.Wait()
		var left []int64
		require.NoError(t, db.From(t.Context()).Table("auth_failures").Pluck("count", &left).Error)
		assert.Equal(t, make([]int64, 13), left, "the address has failed at nothing")
	})
}

// TestCutShort: an attempt whose password was not compared is no attempt.
func TestCutShort(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		a, err := auth.NewAccounts(auth.Config{
			DB: db, Ledger: ledger.New(store.NewLedger(db), rand.Reader),
			Roles: []string{"reviewer"}, Cost: cheap, Hashes: 1, Now: newClock().Now,
		})
		require.NoError(t, err)
		add(t, a, "li")
		require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
			return db.From(ctx).Exec("UPDATE auth_accounts SET password = 'plain'").Error
		}))
		for range 10 {
			_, err := a.SignIn(t.Context(), "li", phrase, "192.0.2.1")
			require.ErrorIs(t, err, password.ErrMalformed)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = a.SignIn(ctx, "li", phrase, "192.0.2.1")
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestRehash(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		c := newClock()
		li := add(t, open(t, db, c), "li")
		dearer, err := auth.NewAccounts(auth.Config{
			DB: db, Ledger: ledger.New(store.NewLedger(db), rand.Reader),
			Roles: []string{"reviewer"}, Cost: password.Cost{Memory: 128, Passes: 2, Lanes: 2},
			Now: c.Now,
		})
		require.NoError(t, err)
		stored := func() (hash string) {
			require.NoError(t, db.From(t.Context()).Table("auth_accounts").
				Pluck("password", &hash).Error)
			return hash
		}
		before := stored()
		_, err = dearer.SignIn(t.Context(), "li", another, "")
		require.ErrorIs(t, err, auth.ErrCredentials)
		require.Equal(t, before, stored())
		for range 2 {
			got, err := dearer.SignIn(t.Context(), "li", phrase, "")
			require.NoError(t, err)
			assert.Equal(t, li, got, "the same password is no change of the account")
			require.True(t, strings.HasPrefix(stored(), "$argon2id$v=19$m=128,t=2,p=2$"), stored())
		}
	})
}

func TestPurge(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		c := newClock()
		a := open(t, db, c)
		_, err := a.SignIn(t.Context(), "nobody", phrase, "192.0.2.1")
		require.ErrorIs(t, err, auth.ErrCredentials)
		c.pass(24*time.Hour - time.Millisecond)
		n, err := a.Purge(t.Context())
		require.NoError(t, err)
		assert.Zero(t, n)
		c.pass(time.Millisecond)
		n, err = a.Purge(t.Context())
		require.NoError(t, err)
		assert.EqualValues(t, 2, n)
		assert.Zero(t, rows(t, db, "auth_failures"))
	})
}
