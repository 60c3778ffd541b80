package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/listgate/listgate/internal/store"
)

// Account is one person, or one program that acts for the store.
type Account struct {
	ID       string // UUIDv7
	Login    string // folded: what is typed in other case or width is the same
	Name     string // for people
	Role     string // a word of the domain's
	Language string // BCP 47
	Disabled bool
	Created  time.Time
	Changed  time.Time
	Rev      int64 // counts the changes, from 1

	epoch int64
}

// active is the state of an account that may come in.
const (
	active   = "active"
	disabled = "disabled"
)

// accountRow is a row of auth_accounts.
type accountRow struct {
	ID       string `gorm:"primaryKey"`
	Login    string
	Name     string
	Role     string
	Language string
	State    string
	Password string
	Epoch    int64
	Created  store.Millis
	Changed  store.Millis
	Rev      int64
}

// TableName implements schema.Tabler.
func (accountRow) TableName() string { return "auth_accounts" }

// account returns the row without its password.
func (r accountRow) account() Account {
	return Account{r.ID, r.Login, r.Name, r.Role, r.Language, r.State != active,
		r.Created.Time(), r.Changed.Time(), r.Rev, r.Epoch}
}

// maxPage bounds a list.
const maxPage = 500

// Create adds an account with the login, name, role and language of draft, and the
// ledger says who gave the role. An empty language is zh-CN.
func (a *Accounts) Create(
	ctx context.Context, by string, draft Account, password string,
) (Account, error) {
	row, err := a.newRow(draft)
	if err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	if err := checkActor(by); err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	if row.Password, err = a.hash(ctx, row.Login, password); err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	err = a.db.Do(ctx, func(ctx context.Context) error {
		err := a.db.From(ctx).Create(&row).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return ErrTaken
		}
		if err != nil {
			return err
		}
		return a.record(ctx, by, accountRow{}, row)
	})
	if err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	return row.account(), nil
}

func (a *Accounts) newRow(draft Account) (accountRow, error) {
	now := store.MillisOf(a.now())
	row := accountRow{Role: draft.Role, State: active, Created: now, Changed: now, Rev: 1, Epoch: 1}
	var err error
	if row.Login, err = foldLogin(draft.Login); err != nil {
		return accountRow{}, err
	}
	if row.Name, err = cleanName("name", draft.Name); err != nil {
		return accountRow{}, err
	}
	if row.Language, err = cleanLanguage(draft.Language); err != nil {
		return accountRow{}, err
	}
	if err := a.checkRole(draft.Role); err != nil {
		return accountRow{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return accountRow{}, err
	}
	row.ID = id.String()
	return row, nil
}

// Account returns the account of an id, or ErrNotFound.
func (a *Accounts) Account(ctx context.Context, id string) (Account, error) {
	row, err := a.row(ctx, "id", id)
	if err != nil {
		return Account{}, fmt.Errorf("account %.64q: %w", id, err)
	}
	return row.account(), nil
}

// ByLogin returns the account of a login, or ErrNotFound.
func (a *Accounts) ByLogin(ctx context.Context, login string) (Account, error) {
	folded, err := foldLogin(login)
	if err != nil {
		return Account{}, fmt.Errorf("account of a login: %w", err)
	}
	row, err := a.row(ctx, "login", folded)
	if err != nil {
		return Account{}, fmt.Errorf("account of login %q: %w", folded, err)
	}
	return row.account(), nil
}

// List returns up to limit accounts (500 at most) in the order of their logins,
// behind a login, "" for the first page.
func (a *Accounts) List(ctx context.Context, after string, limit int) ([]Account, error) {
	limit = min(max(limit, 1), maxPage)
	var rows []accountRow
	query := a.db.From(ctx).Order("login").Limit(limit)
	if after != "" {
		folded, err := foldLogin(after)
		if err != nil {
			return nil, fmt.Errorf("list accounts: %w", err)
		}
		query = query.Where("login > ?", folded)
	}
	if err := query.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	accounts := make([]Account, len(rows))
	for i, r := range rows {
		accounts[i] = r.account()
	}
	return accounts, nil
}

// row returns the row in which a column has a value, or ErrNotFound.
func (a *Accounts) row(ctx context.Context, column, value string) (accountRow, error) {
	if !storable(value) { // Postgres refuses it with another error
		return accountRow{}, ErrNotFound
	}
	var row accountRow
	err := a.db.From(ctx).Where(map[string]any{column: value}).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return accountRow{}, ErrNotFound
	}
	return row, err
}
