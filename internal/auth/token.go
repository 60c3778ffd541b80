package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/listgate/listgate/internal/store"
)

// What a token may be for.
const (
	ScopeSubmit = "submit" // send packages and ask what became of them
	ScopeRead   = "read"   // read what its account may read
)

// Token is what a program comes in with, for an account.
type Token struct {
	ID      string // UUIDv7
	Account string // id of the account that made it, for which it acts
	Name    string // for people: what it is used by
	Scopes  []string
	Created time.Time
	Expires time.Time
	Used    time.Time // last, to the minute; zero: never
	Revoked time.Time // zero: it is not
}

// Allows reports whether a token has a scope.
func (t Token) Allows(scope string) bool { return slices.Contains(t.Scopes, scope) }

// Tokens are all tokens of the installation.
type Tokens struct{ accounts *Accounts }

// The bounds of tokens.
const (
	maxTokens   = 100                  // of one account that are not revoked and have not expired
	maxValid    = 366 * 24 * time.Hour // from its making
	usualValid  = 90 * 24 * time.Hour
	usedEvery   = time.Minute
	secretBytes = 26 // characters of rand.Text: 128 bits and more
)

var scopes = []string{ScopeSubmit, ScopeRead}

// tokenRow is a row of auth_tokens.
type tokenRow struct {
	ID      string `gorm:"primaryKey"`
	Hash    []byte
	Account string
	Name    string
	Scopes  string
	Created store.Millis
	Expires store.Millis
	Used    store.Millis
	Revoked store.Millis
}

// TableName implements schema.Tabler.
func (tokenRow) TableName() string { return "auth_tokens" }

func (r tokenRow) token() (Token, error) {
	t := Token{r.ID, r.Account, r.Name, nil, r.Created.Time(), r.Expires.Time(), r.Used.Time(),
		r.Revoked.Time()}
	if err := json.Unmarshal([]byte(r.Scopes), &t.Scopes); err != nil {
		return Token{}, fmt.Errorf("scopes of token %s: %w", r.ID, err)
	}
	return t, nil
}

// Issue makes a token with the account, name, scopes and end of draft; without an
// end it is good for 90 days. The bearer is for its holder and is shown this once:
// nothing here can make it again.
func (t *Tokens) Issue(ctx context.Context, draft Token) (made Token, bearer string, err error) {
	row, err := t.newRow(draft)
	if err != nil {
		return Token{}, "", fmt.Errorf("issue token: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Token{}, "", fmt.Errorf("issue token: %w", err)
	}
	secret := rand.Text()
	row.ID, row.Hash = id.String(), secretHash(secret)
	err = t.accounts.db.Do(ctx, func(ctx context.Context) error {
		if err := t.room(ctx, row.Account); err != nil {
			return err
		}
		return t.accounts.db.From(ctx).Create(&row).Error
	})
	if err != nil {
		return Token{}, "", fmt.Errorf("issue token: %w", err)
	}
	if made, err = row.token(); err != nil {
		return Token{}, "", err
	}
	return made, printBearer(id, secret), nil
}

func (t *Tokens) newRow(draft Token) (tokenRow, error) {
	now := t.accounts.now()
	name, err := cleanName("token", draft.Name)
	if err != nil {
		return tokenRow{}, err
	}
	text, err := cleanScopes(draft.Scopes)
	if err != nil {
		return tokenRow{}, err
	}
	if draft.Expires.IsZero() {
		draft.Expires = now.Add(usualValid)
	}
	if !draft.Expires.After(now) || draft.Expires.After(now.Add(maxValid)) {
		return tokenRow{}, &InvalidError{"expiry", OutOfTime}
	}
	return tokenRow{Account: draft.Account, Name: name, Scopes: text,
		Created: store.MillisOf(now), Expires: store.MillisOf(draft.Expires)}, nil
}

// cleanScopes returns scopes as they are stored, in one order and each once.
func cleanScopes(wanted []string) (string, error) {
	if len(wanted) == 0 {
		return "", &InvalidError{"scope", Empty}
	}
	for _, s := range wanted {
		if !slices.Contains(scopes, s) {
			return "", &InvalidError{"scope", Unknown}
		}
	}
	text, err := json.Marshal(slices.DeleteFunc(slices.Clone(scopes), func(s string) bool {
		return !slices.Contains(wanted, s)
	}))
	return string(text), err
}

// room reports an account that may have no further token.
func (t *Tokens) room(ctx context.Context, account string) error {
	owner, err := t.accounts.row(ctx, "id", account)
	if err != nil {
		return err
	}
	if owner.State != active {
		return ErrDisabled
	}
	var n int64
	err = t.accounts.db.From(ctx).Model(&tokenRow{}).
		Where("account = ? AND revoked = 0 AND expires > ?", account,
			store.MillisOf(t.accounts.now())).Count(&n).Error
	if err == nil && n >= maxTokens {
		return &InvalidError{"token", TooMany}
	}
	return err
}

// Token returns the token of a bearer, or ErrCredentials for one that is not
// known, revoked, expired, or of a disabled account.
func (t *Tokens) Token(ctx context.Context, bearer string) (Token, error) {
	id, secret, ok := parseBearer(bearer)
	if !ok {
		return Token{}, ErrCredentials
	}
	var row tokenRow // of no token: whose hash is no secret's
	err := t.accounts.db.From(ctx).Where("id = ?", id.String()).Take(&row).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return Token{}, fmt.Errorf("token %s: %w", id, err)
	}
	now := t.accounts.now()
	if subtle.ConstantTimeCompare(row.Hash, secretHash(secret)) != 1 || row.Revoked != 0 ||
		row.Expires <= store.MillisOf(now) {
		return Token{}, ErrCredentials
	}
	owner, err := t.accounts.row(ctx, "id", row.Account)
	if err != nil {
		return Token{}, fmt.Errorf("account of token %s: %w", id, err)
	}
	if owner.State != active {
		return Token{}, ErrDisabled
	}
	if err := t.use(ctx, &row, now); err != nil {
		return Token{}, err
	}
	return row.token()
}

// use notes the time, at most once a minute.
func (t *Tokens) use(ctx context.Context, row *tokenRow, now time.Time) error {
	if now.Sub(row.Used.Time()) < usedEvery {
		return nil
	}
	before := store.MillisOf(now.Add(-usedEvery))
	row.Used = store.MillisOf(now)
	err := t.accounts.db.Do(ctx, func(ctx context.Context) error {
		return t.accounts.db.From(ctx).Model(&tokenRow{}).
			Where("id = ? AND used <= ?", row.ID, before).Update("used", row.Used).Error
	})
	if err != nil {
		return fmt.Errorf("note the use of token %s: %w", row.ID, err)
	}
	return nil
}

// List returns up to limit tokens (500 at most) of an account, the newest first,
// those that are no longer good among them.
func (t *Tokens) List(ctx context.Context, account string, limit int) ([]Token, error) {
	if !storable(account) {
		return nil, nil
	}
	var rows []tokenRow
	err := t.accounts.db.From(ctx).Where("account = ?", account).Order("id DESC").
		Limit(min(max(limit, 1), maxPage)).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	tokens := make([]Token, len(rows))
	for i, r := range rows {
		if tokens[i], err = r.token(); err != nil {
			return nil, err
		}
	}
	return tokens, nil
}

// Revoke ends a token of an account for ever, or returns ErrNotFound. Again it
// changes nothing.
func (t *Tokens) Revoke(ctx context.Context, account, id string) error {
	if !storable(account) || !storable(id) {
		return fmt.Errorf("revoke token %.64q: %w", id, ErrNotFound)
	}
	err := t.accounts.db.Do(ctx, func(ctx context.Context) error {
		done := t.accounts.db.From(ctx).Model(&tokenRow{}).
			Where("id = ? AND account = ?", id, account).
			Update("revoked", gorm.Expr("CASE WHEN revoked = 0 THEN ? ELSE revoked END",
				store.MillisOf(t.accounts.now())))
		if done.Error == nil && done.RowsAffected == 0 {
			return ErrNotFound
		}
		return done.Error
	})
	if err != nil {
		return fmt.Errorf("revoke token %.64q: %w", id, err)
	}
	return nil
}

// secretHash is what the database knows of a secret, which is long and random: it
// needs no salt and no work.
func secretHash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
