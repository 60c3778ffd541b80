// Package auth says who is at the door: accounts with passwords, the sessions of
// people and the tokens of programs. What a role may do is the domain's; a role is
// a word here, and which words there are is told by the caller.
//
// Who signs in, with every guess counted:
//
//	account, err := accounts.SignIn(ctx, login, password, address)
//	switch {
//	case errors.Is(err, auth.ErrCredentials): // also an account that is disabled
//	case errors.Is(err, auth.ErrLocked):      // *LockedError says until when
//	case err == nil:
//		err = sessions.Begin(ctx, account)
//	}
//
// All stands in the database, so that many processes are one door. What was
// guessed wrong is counted before the password is compared: a thousand guesses at
// once are a thousand guesses.
package auth

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/listgate/listgate/internal/auth/password"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/store"
)

// The errors that a caller decides by. Those of SignIn tell a stranger nothing
// about who has an account.
var (
	// ErrCredentials: login and password, session or token are not those of an
	// account that may come in.
	ErrCredentials = errors.New("not signed in: login, password or token are not right")
	// ErrDisabled: they are right, and the account is disabled. It is ErrCredentials
	// too; the difference is for the log.
	ErrDisabled = fmt.Errorf("%w: the account is disabled", ErrCredentials)
	// ErrLocked: too many attempts failed. The error is a *LockedError.
	ErrLocked = errors.New("too many attempts to sign in")
	// ErrNotFound: there is no such account or token.
	ErrNotFound = errors.New("not found")
	// ErrTaken: another account has the login.
	ErrTaken = errors.New("the login is taken")
	// ErrStale: the account was changed since it was seen.
	ErrStale = errors.New("changed by somebody else meanwhile")
)

// LockedError is the error of an attempt that was not looked at.
type LockedError struct {
	Until time.Time // when the next one will be
}

// Error implements error.
func (e *LockedError) Error() string {
	return fmt.Sprintf("%v: wait until %s", ErrLocked, e.Until.UTC().Format(time.RFC3339))
}

// Is says that it is ErrLocked.
func (e *LockedError) Is(target error) bool { return target == ErrLocked }

// The problems of an InvalidError.
const (
	Empty     = "empty"       // is missing
	TooShort  = "too-short"   // a password of less than 12 characters
	TooLong   = "too-long"    // a password of more than 256 characters, another text too long
	Malformed = "malformed"   // has characters or a form that are not allowed
	IsLogin   = "is-login"    // a password that is the login
	Unknown   = "unknown"     // not one of the words there are: a role, a scope
	OutOfTime = "out-of-time" // a token's end that is past, or over a year away
	TooMany   = "too-many"    // tokens of one account
)

// InvalidError is the error of an input that is refused.
type InvalidError struct {
	Field   string // login, password, name, role, language, by, scope, expiry, token
	Problem string // one of the problems
}

// Error implements error. It never quotes the input.
func (e *InvalidError) Error() string { return e.Field + ": " + problems[e.Problem] }

var problems = map[string]string{
	Empty: "is missing", TooShort: "shorter than 12 characters", TooLong: "too long",
	Malformed: "has characters or a form that are not allowed",
	IsLogin:   "the same as the login", Unknown: "not one of those there are",
	OutOfTime: "is past or over a year away", TooMany: "there are too many",
}

// Config is what accounts stand on.
type Config struct {
	DB     *store.DB
	Ledger *ledger.Log   // over store.NewLedger(DB)
	Roles  []string      // the words that a role may be
	Cost   password.Cost // of a password's hash; 0 is password.DefaultCost
	// Hashes bounds the passwords hashed at the same time, each of which takes the
	// memory of its cost; 0 is one for each processor, eight at most.
	Hashes int
	Now    func() time.Time // nil is time.Now
}

// Accounts are all accounts of the installation. Its methods may be used at the
// same time, by a context with or without a transaction.
type Accounts struct {
	db     *store.DB
	log    *ledger.Log
	roles  []string
	hasher *password.Hasher
	now    func() time.Time
}

// NewAccounts returns the accounts of a database, once for a process: what bounds
// the memory of passwords is in it.
func NewAccounts(c Config) (*Accounts, error) {
	if c.DB == nil || c.Ledger == nil || len(c.Roles) == 0 {
		return nil, errors.New("accounts: a database, a ledger and roles are needed")
	}
	if c.Cost == (password.Cost{}) {
		c.Cost = password.DefaultCost
	}
	if c.Hashes == 0 {
		c.Hashes = min(runtime.NumCPU(), 8)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	hasher, err := password.New(c.Cost, c.Hashes)
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	return &Accounts{c.DB, c.Ledger, slices.Clone(c.Roles), hasher, c.Now}, nil
}

// Tokens returns the tokens of these accounts.
func (a *Accounts) Tokens() *Tokens { return &Tokens{a} }

// Purge deletes the sessions that ran out and the failures that are forgotten, and
// says how many. A job calls it from time to time.
func (a *Accounts) Purge(ctx context.Context) (deleted int64, err error) {
	now := a.now()
	err = a.db.Do(ctx, func(ctx context.Context) error {
		sessions := a.db.From(ctx).Where("expires <= ?", store.MillisOf(now)).Delete(&sessionRow{})
		if sessions.Error != nil {
			return fmt.Errorf("delete sessions: %w", sessions.Error)
		}
		failures := a.db.From(ctx).Where("last <= ? AND (key NOT LIKE ? OR last <= ?)",
			store.MillisOf(now.Add(-kept)), pairPrefix+"%", store.MillisOf(now.Add(-trusted))).
			Delete(&failureRow{})
		if failures.Error != nil {
			return fmt.Errorf("delete failures: %w", failures.Error)
		}
		deleted = sessions.RowsAffected + failures.RowsAffected
		return nil
	})
	return deleted, err
}
