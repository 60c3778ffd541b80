package auth

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/listgate/listgate/internal/ledger"
	"github.com/listgate/listgate/internal/store"
)

// Change says who changes which account.
type Change struct {
	By  string // id of an account, or a word for what is none: "command"
	ID  string // of the account that is changed
	Rev int64  // that he saw; another one is ErrStale. 0 is whatever there is
}

// SetPassword gives an account another password, ends its sessions and lifts the
// lock of failed attempts.
func (a *Accounts) SetPassword(ctx context.Context, c Change, password string) (Account, error) {
	row, err := a.row(ctx, "id", c.ID)
	if err != nil {
		return Account{}, fmt.Errorf("set password of account %.64q: %w", c.ID, err)
	}
	hash, err := a.hash(ctx, row.Login, password)
	if err != nil {
		return Account{}, fmt.Errorf("set password of account %s: %w", c.ID, err)
	}
	return a.change(ctx, c, func(r *accountRow) { r.Password = hash })
}

// SetRole gives an account another role and ends its sessions.
func (a *Accounts) SetRole(ctx context.Context, c Change, role string) (Account, error) {
	if err := a.checkRole(role); err != nil {
		return Account{}, fmt.Errorf("set role of account %.64q: %w", c.ID, err)
	}
	return a.change(ctx, c, func(r *accountRow) { r.Role = role })
}

// SetDisabled shuts an account out, with its sessions and tokens, or lets it in
// again. Its sessions stay ended, its tokens hold again.
func (a *Accounts) SetDisabled(ctx context.Context, c Change, off bool) (Account, error) {
	return a.change(ctx, c, func(r *accountRow) {
		r.State = active
		if off {
			r.State = disabled
		}
	})
}

// Describe changes how an account is shown and spoken to.
func (a *Accounts) Describe(ctx context.Context, c Change, name, tag string) (Account, error) {
	name, err := cleanName("name", name)
	if err != nil {
		return Account{}, fmt.Errorf("describe account %.64q: %w", c.ID, err)
	}
	tag, err = cleanLanguage(tag)
	if err != nil {
		return Account{}, fmt.Errorf("describe account %.64q: %w", c.ID, err)
	}
	return a.change(ctx, c, func(r *accountRow) { r.Name, r.Language = name, tag })
}

// change edits an account in one transaction with all that hangs on it. What
// changes nothing leaves no trace.
func (a *Accounts) change(
	ctx context.Context, c Change, edit func(*accountRow),
) (changed Account, err error) {
	if err := checkActor(c.By); err != nil {
		return Account{}, fmt.Errorf("change account %.64q: %w", c.ID, err)
	}
	err = a.db.Do(ctx, func(ctx context.Context) error {
		before, err := a.row(ctx, "id", c.ID)
		if err != nil {
			return err
		}
		if c.Rev != 0 && c.Rev != before.Rev {
			return fmt.Errorf("revision %d is now %d: %w", c.Rev, before.Rev, ErrStale)
		}
		after := before
		edit(&after)
		if after != before {
			if err := a.keep(ctx, c.By, before, &after); err != nil {
				return err
			}
		}
		changed = after.account()
		return nil
	})
	if err != nil {
		return Account{}, fmt.Errorf("change account %.64q: %w", c.ID, err)
	}
	return changed, nil
}

// keep writes a changed row, ends the sessions that stand on what it was, and
// appends to the ledger last.
func (a *Accounts) keep(
	ctx context.Context, by string, before accountRow, after *accountRow,
) error {
	after.Rev++
	after.Changed = store.MillisOf(a.now())
	powers := after.Role != before.Role || after.State != before.State
	if powers || after.Password != before.Password {
		after.Epoch++
		if err := a.endSessions(ctx, after.ID); err != nil {
			return err
		}
	}
	done := a.db.From(ctx).Model(&accountRow{}).Where("id = ? AND rev = ?", after.ID, before.Rev).
		Select("*").Updates(after)
	if done.Error != nil {
		return done.Error
	}
	if done.RowsAffected == 0 { // since it was read a moment ago
		return ErrStale
	}
	if after.Password != before.Password {
		if err := a.forget(ctx, after.Login); err != nil {
			return err
		}
	}
	if !powers {
		return nil
	}
	return a.record(ctx, by, before, *after)
}

// roleChange is the body of an entry of kind role-change. From is empty for a new
// account. An account that is not active has the role and may not use it.
type roleChange struct {
	Account string `json:"account"`
	Active  bool   `json:"active"`
	By      string `json:"by"`
	From    string `json:"from"`
	To      string `json:"to"`
}

// record appends to the ledger who may do what from now on.
func (a *Accounts) record(ctx context.Context, by string, before, after accountRow) error {
	body, err := json.Marshal(roleChange{after.ID, after.State == active, by, before.Role,
		after.Role})
	if err != nil {
		return err
	}
	_, err = a.log.Append(ctx, ledger.Entry{
		Kind: ledger.RoleChange, Time: a.now(), Subject: after.ID, Body: body,
	})
	return err
}

// endSessions deletes the sessions of an account.
func (a *Accounts) endSessions(ctx context.Context, id string) error {
	if err := a.db.From(ctx).Where("account = ?", id).Delete(&sessionRow{}).Error; err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}
