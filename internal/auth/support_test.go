package auth_test

import (
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/internal/auth/password"
	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/store"
)

const (
	phrase  = "correct horse battery"
	another = "staple tulip vase"
	command = "command"
)

// clock is a clock that is set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// cheap is a cost for tests.
var cheap = password.Cost{Memory: 64, Passes: 1, Lanes: 1}

func open(t *testing.T, db *store.DB, c *clock) *auth.Accounts {
	t.Helper()
	a, err := auth.NewAccounts(auth.Config{
		DB: db, Ledger: ledger.New(store.NewLedger(db), rand.Reader),
		Roles: []string{"reviewer", "senior"}, Cost: cheap, Now: c.Now,
	})
	require.NoError(t, err)
	return a
}

// add makes an account with the usual password.
func add(t *testing.T, a *auth.Accounts, login string) auth.Account {
	t.Helper()
	made, err := a.Create(t.Context(), command,
		auth.Account{Login: login, Name: "王 " + login, Role: "reviewer"}, phrase)
	require.NoError(t, err)
	return made
}

// ledgerBodies lists what the ledger says of accounts, in order.
func ledgerBodies(t *testing.T, db *store.DB) (bodies []string) {
	t.Helper()
	require.NoError(t, db.From(t.Context()).Table("ledger_rows").
		Where("kind = ?", ledger.RoleChange).Order("seq").Pluck("body", &bodies).Error)
	return bodies
}

// rows counts the rows of a table.
func rows(t *testing.T, db *store.DB, table string) (n int64) {
	t.Helper()
	require.NoError(t, db.From(t.Context()).Table(table).Count(&n).Error)
	return n
}

// invalid requires an error that names a field and a problem.
func invalid(t *testing.T, err error, field, problem string) {
	t.Helper()
	var refused *auth.InvalidError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, auth.InvalidError{Field: field, Problem: problem}, *refused)
}
