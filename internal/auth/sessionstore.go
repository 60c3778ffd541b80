package auth

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"
	"gorm.io/gorm"

	"github.com/listgate/listgate/internal/store"
)

// sessionRow is a row of auth_sessions.
type sessionRow struct {
	Hash    []byte `gorm:"primaryKey"`
	Account string
	Epoch   int64
	Created store.Millis
	Expires store.Millis // moves on with each request, never past Ends
	Ends    store.Millis
}

// TableName implements schema.Tabler.
func (sessionRow) TableName() string { return "auth_sessions" }

// sessionStore keeps what the library calls sessions. A session is added when
// somebody signs in and is never changed: the library writes back what it has read,
// and would bring back a session that ended while a request was running.
type sessionStore struct {
	accounts *Accounts
	idle     time.Duration
	lifetime time.Duration
}

var _ scs.CtxStore = (*sessionStore)(nil)

const (
	tokenLength = 43          // of the library's tokens, in characters
	touchEvery  = time.Minute // a page is looked at more often than that
)

// hashOf is what the database knows of a token.
func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// FindCtx implements scs.CtxStore. It moves the end of an idle session.
func (s *sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	if len(token) != tokenLength {
		return nil, false, nil
	}
	now := s.accounts.now()
	var row sessionRow
	err := s.accounts.db.From(ctx).Where("hash = ?", hashOf(token)).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	if row.Expires <= store.MillisOf(now) || row.Ends <= store.MillisOf(now) {
		return nil, false, nil
	}
	if err := s.touch(ctx, row, now); err != nil {
		return nil, false, err
	}
	text, err := json.Marshal(sessionText{row.Account, row.Epoch, row.Ends})
	return text, err == nil, err
}

func (s *sessionStore) touch(ctx context.Context, row sessionRow, now time.Time) error {
	expires := min(store.MillisOf(now.Add(s.idle)), row.Ends)
	if expires.Time().Sub(row.Expires.Time()) < min(touchEvery, s.idle/2) {
		return nil
	}
	err := s.accounts.db.Do(ctx, func(ctx context.Context) error {
		return s.accounts.db.From(ctx).Model(&sessionRow{}).
			Where("hash = ? AND expires < ?", row.Hash, expires).
			Update("expires", expires).Error
	})
	if err != nil {
		return fmt.Errorf("keep session alive: %w", err)
	}
	return nil
}

// CommitCtx implements scs.CtxStore. It adds the session that Begin begins, where
// the account is still what it was when it signed in.
func (s *sessionStore) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	if ctx.Value(beginKey{}) == nil {
		return nil
	}
	var text sessionText
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	now := s.accounts.now()
	row := sessionRow{hashOf(token), text.Account, text.Epoch, store.MillisOf(now),
		store.MillisOf(now.Add(min(s.idle, s.lifetime))), store.MillisOf(now.Add(s.lifetime))}
	return s.accounts.db.Do(ctx, func(ctx context.Context) error {
		account, err := s.accounts.row(ctx, "id", text.Account)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if err != nil || account.State != active || account.Epoch != text.Epoch {
			return ErrCredentials
		}
		return s.accounts.db.From(ctx).Create(&row).Error
	})
}

// DeleteCtx implements scs.CtxStore.
func (s *sessionStore) DeleteCtx(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	return s.accounts.db.Do(ctx, func(ctx context.Context) error {
		return s.accounts.db.From(ctx).Where("hash = ?", hashOf(token)).Delete(&sessionRow{}).Error
	})
}

// Find implements scs.Store, which the library asks for and does not call.
func (s *sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (s *sessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete implements scs.Store.
func (s *sessionStore) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}

// sessionText is what passes between the library and the store.
type sessionText struct {
	Account string
	Epoch   int64
	Ends    store.Millis
}

// sessionCodec implements scs.Codec for the values that a session has.
type sessionCodec struct{}

// Encode implements scs.Codec.
func (sessionCodec) Encode(ends time.Time, values map[string]any) ([]byte, error) {
	account, _ := values[valueAccount].(string)
	epoch, _ := values[valueEpoch].(int64)
	return json.Marshal(sessionText{account, epoch, store.MillisOf(ends)})
}

// Decode implements scs.Codec.
func (sessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var text sessionText
	if err := json.Unmarshal(b, &text); err != nil {
		return time.Time{}, nil, err
	}
	return text.Ends.Time(), map[string]any{
		valueAccount: text.Account, valueEpoch: text.Epoch,
	}, nil
}
