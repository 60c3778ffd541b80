package auth

import (
	"context"
	"errors"
	"fmt"
)

// SignIn returns the account of a login and its password, or ErrCredentials,
// ErrLocked or ErrDisabled. Address is the IP address that the attempt comes from,
// "" for one from this machine. It does the same work for a login that nobody has.
func (a *Accounts) SignIn(
	ctx context.Context, login, password, address string,
) (Account, error) {
	folded, err := foldLogin(login)
	typed, ok := readPassword(password)
	if err != nil || !ok { // nobody has these: there is nothing to learn from it
		return Account{}, ErrCredentials
	}
	keys, err := a.against(ctx, folded, address)
	if err != nil {
		return Account{}, fmt.Errorf("sign in: %w", err)
	}
	held, err := a.hold(ctx, keys)
	if err != nil {
		return Account{}, fmt.Errorf("sign in: %w", err)
	}
	row, err := a.row(ctx, "login", folded)
	if err == nil || errors.Is(err, ErrNotFound) {
		ok, err = a.hasher.Verify(ctx, typed, row.Password)
	}
	if err != nil { // nothing was compared: it was no attempt
		err = errors.Join(err, a.giveBack(context.WithoutCancel(ctx), held))
		return Account{}, fmt.Errorf("sign in: %w", err)
	}
	switch {
	case !ok:
		return Account{}, ErrCredentials
	case row.State != active:
		return Account{}, ErrDisabled
	}
	account, err := a.admit(ctx, row, typed, func(ctx context.Context) error {
		return a.settle(ctx, folded, address, held)
	})
	if err != nil {
		return Account{}, fmt.Errorf("sign in: %w", err)
	}
	return account, nil
}

// admit ends a good attempt, with settle in the same transaction. A hash of another
// cost is made anew.
func (a *Accounts) admit(
	ctx context.Context, seen accountRow, typed string, settle func(context.Context) error,
) (account Account, err error) {
	fresh := seen.Password
	if a.hasher.Outdated(fresh) {
		if fresh, err = a.hasher.Hash(ctx, typed); err != nil {
			return Account{}, err
		}
	}
	err = a.db.Do(ctx, func(ctx context.Context) error {
		now, err := a.row(ctx, "id", seen.ID)
		if err != nil {
			return err
		}
		if now.Epoch != seen.Epoch { // disabled, or another password, while it was compared
			return ErrCredentials
		}
		if fresh != seen.Password {
			err := a.db.From(ctx).Model(&accountRow{}).
				Where("id = ? AND password = ?", seen.ID, seen.Password).
				Update("password", fresh).Error
			if err != nil {
				return err
			}
		}
		account = now.account()
		return settle(ctx)
	})
	return account, err
}
