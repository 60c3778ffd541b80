package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/listgate/listgate/internal/store"
)

// policy says how long one waits who failed before.
type policy struct {
	free   int64         // failures before the first wait
	first  time.Duration // the first wait; each further failure doubles it
	most   time.Duration
	forget time.Duration // without a failure, until all is forgotten
}

// The waits. They leave a stranger 4 guesses an hour at an account; its owner is not
// shut out by him where he has come in before (against). Many people may share an
// address.
var (
	accountPolicy = policy{free: 5, first: 30 * time.Second, most: 15 * time.Minute, forget: kept}
	addressPolicy = policy{free: 20, first: 30 * time.Second, most: 15 * time.Minute,
		forget: time.Hour}
)

const (
	kept    = 24 * time.Hour      // failures are, behind the last
	trusted = 30 * 24 * time.Hour // an address is, since its owner last came from it
)

// wait returns the time to wait behind the failure of a number, from 1.
func (p policy) wait(n int64) time.Duration {
	if n < p.free {
		return 0
	}
	return min(p.most, p.first<<min(n-p.free, 16))
}

// failureRow is a row of auth_failures.
type failureRow struct {
	Key   string `gorm:"primaryKey"`
	Count int64
	Last  store.Millis
	Until store.Millis
}

// TableName implements schema.Tabler.
func (failureRow) TableName() string { return "auth_failures" }

// The prefixes of keys.
const (
	accountPrefix = "login:"
	addressPrefix = "address:"
	pairPrefix    = "pair:"
)

// loginKey names a login, whether anybody has it or not. It is hashed: what people
// type there by mistake is their password.
func loginKey(login string) string {
	sum := sha256.Sum256([]byte(login))
	return accountPrefix + hex.EncodeToString(sum[:])
}

// addressKey names the address, or of IPv6 the network that one customer is given.
// All that are not understood share one.
func addressKey(address string) string {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return addressPrefix + "other"
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addressPrefix + addr.String()
	}
	return addressPrefix + netip.PrefixFrom(addr, 64).Masked().String()
}

// pairPrefixOf begins the names of a login with each address.
func pairPrefixOf(login string) string {
	return pairPrefix + strings.TrimPrefix(loginKey(login), accountPrefix) + "@"
}

// against lists what an attempt counts against, in the order of locking: the login
// and the address. From an address that its owner has come from it is both together,
// in place of either: neither who guesses elsewhere nor who guesses at others from the
// same address, which may be that of all who come through one gate, shuts him out.
func (a *Accounts) against(ctx context.Context, login, address string) ([]string, error) {
	if address == "" {
		return []string{loginKey(login)}, nil
	}
	pair := pairPrefixOf(login) + addressKey(address)
	rows, err := a.failures(ctx, []string{pair})
	if err != nil {
		return nil, err
	}
	if len(rows) > 0 && a.now().Sub(rows[0].Last.Time()) < trusted {
		return []string{pair}, nil
	}
	return []string{addressKey(address), loginKey(login)}, nil
}

// hold counts an attempt as failed before it is made, or returns a *LockedError
// and counts nothing. It returns the rows as they are now.
func (a *Accounts) hold(ctx context.Context, keys []string) (held []failureRow, err error) {
	now := a.now()
	if held, err = a.failures(ctx, keys); err != nil {
		return nil, err
	}
	if err := locked(held, now); err != nil { // without a transaction, which others wait for
		return nil, err
	}
	err = a.db.Do(ctx, func(ctx context.Context) error {
		fresh := make([]failureRow, len(keys))
		for i, key := range keys {
			fresh[i].Key = key
		}
		err := a.db.From(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&fresh).Error
		if err != nil {
			return err
		}
		if held, err = a.failures(ctx, keys); err != nil {
			return err
		}
		if err := locked(held, now); err != nil {
			return err
		}
		for i := range held {
			held[i].count(now)
			if err := a.db.From(ctx).Save(&held[i]).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count an attempt: %w", err)
	}
	return held, nil
}

// failures reads rows, and within a transaction holds others off them.
func (a *Accounts) failures(ctx context.Context, keys []string) (rows []failureRow, err error) {
	query := a.db.From(ctx)
	if a.db.PostgresTx(ctx) != nil {
		query = query.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
	}
	if err := query.Where("key IN ?", keys).Order("key").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read failures: %w", err)
	}
	return rows, nil
}

// locked returns a *LockedError where a row says to wait.
func locked(rows []failureRow, now time.Time) error {
	var until store.Millis
	for _, r := range rows {
		until = max(until, r.Until)
	}
	if until > store.MillisOf(now) {
		return &LockedError{until.Time()}
	}
	return nil
}

// count adds a failure.
func (r *failureRow) count(now time.Time) {
	p := accountPolicy
	if strings.HasPrefix(r.Key, addressPrefix) {
		p = addressPolicy
	}
	if now.Sub(r.Last.Time()) >= p.forget {
		r.Count = 0
	}
	r.Count++
	r.Last, r.Until = store.MillisOf(now), 0
	if wait := p.wait(r.Count); wait > 0 {
		r.Until = store.MillisOf(now.Add(wait))
	}
}

// giveBack takes back what was counted for an attempt. A wait that another failure
// set stays.
func (a *Accounts) giveBack(ctx context.Context, held []failureRow) error {
	err := a.db.Do(ctx, func(ctx context.Context) error {
		for _, r := range held {
			err := a.db.From(ctx).Model(&failureRow{}).Where("key = ? AND count > 0", r.Key).
				Updates(map[string]any{
					"count": gorm.Expr("count - 1"),
					"until": gorm.Expr("CASE WHEN until = ? THEN 0 ELSE until END", r.Until),
				}).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("give an attempt back: %w", err)
	}
	return nil
}

// settle ends a good attempt: it was no failure, what else failed at the login is
// forgotten, and the address is one that its owner has come from.
func (a *Accounts) settle(
	ctx context.Context, login, address string, held []failureRow,
) error {
	if err := a.giveBack(ctx, held); err != nil {
		return err
	}
	var own []string
	for _, r := range held {
		if strings.HasPrefix(r.Key, accountPrefix) {
			own = append(own, r.Key)
		}
	}
	if len(own) > 0 {
		if err := a.db.From(ctx).Where("key IN ?", own).Delete(&failureRow{}).Error; err != nil {
			return fmt.Errorf("forget failures: %w", err)
		}
	}
	if address == "" {
		return nil
	}
	pair := failureRow{Key: pairPrefixOf(login) + addressKey(address),
		Last: store.MillisOf(a.now())}
	if err := a.db.From(ctx).Save(&pair).Error; err != nil {
		return fmt.Errorf("note an address: %w", err)
	}
	return nil
}

// forget deletes all that was counted or noted of a login.
func (a *Accounts) forget(ctx context.Context, login string) error {
	err := a.db.From(ctx).Where("key = ? OR key LIKE ?", loginKey(login), pairPrefixOf(login)+"%").
		Delete(&failureRow{}).Error
	if err != nil {
		return fmt.Errorf("forget failures: %w", err)
	}
	return nil
}
