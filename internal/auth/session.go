package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
)

// SessionConfig is how long people stay signed in, and how their cookies are sent.
type SessionConfig struct {
	Secure   bool          // the cookie goes over HTTPS alone: always, but on a developer's desk
	Idle     time.Duration // without a request, until a session ends; 0 is an hour
	Lifetime time.Duration // until it ends in any case; 0 is 12 hours
	// Failed answers a request whose session could not be read or kept; nil answers
	// with a bare status 500.
	Failed func(http.ResponseWriter, *http.Request, error)
}

// Sessions are the sessions of people in browsers. There is none before somebody
// signs in: a stranger leaves no row.
type Sessions struct {
	accounts *Accounts
	scs      *scs.SessionManager
}

// The names of a session's values.
const (
	valueAccount = "account"
	valueEpoch   = "epoch"
)

type (
	// wrappedKey marks a context of Wrap.
	wrappedKey struct{ s *Sessions }
	// beginKey marks the one commit that may add a session.
	beginKey struct{}
)

// errOutside is the error of a program that forgot Wrap.
var errOutside = errors.New("the request did not come through Sessions.Wrap")

// NewSessions returns the sessions of accounts.
func NewSessions(a *Accounts, c SessionConfig) *Sessions {
	if c.Idle == 0 {
		c.Idle = time.Hour
	}
	if c.Lifetime == 0 {
		c.Lifetime = 12 * time.Hour
	}
	if c.Failed == nil {
		c.Failed = func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, http.StatusText(http.StatusInternalServerError),
				http.StatusInternalServerError)
		}
	}
	m := scs.New()
	m.Lifetime = c.Lifetime
	m.Store = &sessionStore{a, c.Idle, c.Lifetime} // which alone knows the clock
	m.Codec = sessionCodec{}
	m.ErrorFunc = c.Failed
	m.Cookie.Name = "listgate"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Persist = false
	if c.Secure { // the prefix keeps other hosts of the domain from setting it
		m.Cookie.Secure, m.Cookie.Name = true, "__Host-listgate"
	}
	return &Sessions{a, m}
}

// Wrap reads the session of each request before next, and sends the cookie of one
// that began or ended.
func (s *Sessions) Wrap(next http.Handler) http.Handler {
	return s.scs.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), wrappedKey{s}, true)
		next.ServeHTTP(w, r.WithContext(ctx))
	}))
}

// Begin begins the session of an account that has just signed in, under a new
// cookie. It returns ErrCredentials where the account changed meanwhile.
func (s *Sessions) Begin(ctx context.Context, account Account) error {
	if ctx.Value(wrappedKey{s}) == nil {
		return fmt.Errorf("begin a session: %w", errOutside)
	}
	if err := s.scs.RenewToken(ctx); err != nil { // a cookie set by somebody else is worthless
		return fmt.Errorf("begin a session: %w", err)
	}
	s.scs.Put(ctx, valueAccount, account.ID)
	s.scs.Put(ctx, valueEpoch, account.epoch)
	if _, _, err := s.scs.Commit(context.WithValue(ctx, beginKey{}, true)); err != nil {
		return fmt.Errorf("begin a session: %w", errors.Join(err, s.scs.Destroy(ctx)))
	}
	return nil
}

// Account returns whose session the request is of, as the account is now, or
// ErrCredentials. A session does not outlive a change of password, role or state.
func (s *Sessions) Account(ctx context.Context) (Account, error) {
	if ctx.Value(wrappedKey{s}) == nil {
		return Account{}, fmt.Errorf("account of the session: %w", errOutside)
	}
	id := s.scs.GetString(ctx, valueAccount)
	if id == "" {
		return Account{}, ErrCredentials
	}
	account, err := s.accounts.Account(ctx, id)
	if err != nil {
		return Account{}, fmt.Errorf("account of the session: %w", err)
	}
	if account.Disabled || account.epoch != s.scs.GetInt64(ctx, valueEpoch) {
		return Account{}, ErrCredentials
	}
	return account, nil
}

// End ends the session of the request, if it has one.
func (s *Sessions) End(ctx context.Context) error {
	if ctx.Value(wrappedKey{s}) == nil {
		return fmt.Errorf("end a session: %w", errOutside)
	}
	if err := s.scs.Destroy(ctx); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

// EndAll ends all sessions of an account.
func (s *Sessions) EndAll(ctx context.Context, account string) error {
	return s.accounts.db.Do(ctx, func(ctx context.Context) error {
		return s.accounts.endSessions(ctx, account)
	})
}
