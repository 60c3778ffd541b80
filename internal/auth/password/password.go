// Package password keeps passwords as argon2id hashes in PHC's form, which names
// what it cost to make them, so that the cost can rise without anybody's password
// being lost. It knows no accounts and no rules for passwords.
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// The sizes of what is made, in bytes.
const (
	saltSize = 16
	keySize  = 32
)

// Hasher computes hashes, a bounded number at a time: each takes the memory of its
// cost, and whoever signs in must not be able to take all that there is.
type Hasher struct {
	cost  Cost
	slots chan struct{}
}

// New returns a hasher of a cost that computes up to slots hashes at a time.
func New(cost Cost, slots int) (*Hasher, error) {
	if err := cost.check(); err != nil {
		return nil, fmt.Errorf("cost of a password's hash: %w", err)
	}
	if slots < 1 {
		return nil, fmt.Errorf("%d hashes at a time", slots)
	}
	return &Hasher{cost, make(chan struct{}, slots)}, nil
}

// Hash returns the hash of a password in PHC's form. An error is the context's end.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	s := stored{cost: h.cost, salt: make([]byte, saltSize)}
	if _, err := rand.Read(s.salt); err != nil {
		return "", fmt.Errorf("read salt: %w", err)
	}
	var err error
	if s.key, err = h.compute(ctx, password, s, keySize); err != nil {
		return "", err
	}
	return s.String(), nil
}

// Verify reports whether a hash is this password's. For no hash at all it does the
// work of one and says no, so that nobody can tell from the time it takes. Beside
// an error nothing was compared.
func (h *Hasher) Verify(ctx context.Context, password, hash string) (bool, error) {
	s := stored{cost: h.cost, salt: make([]byte, saltSize), key: make([]byte, keySize)}
	if hash != "" {
		var err error
		if s, err = parse(hash); err != nil {
			return false, err
		}
	}
	key, err := h.compute(ctx, password, s, uint32(len(s.key)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, s.key) == 1 && hash != "", nil
}

// Outdated reports a hash that was made at another cost than this hasher's.
func (h *Hasher) Outdated(hash string) bool {
	s, err := parse(hash)
	return err != nil || s.cost != h.cost || len(s.salt) != saltSize || len(s.key) != keySize
}

// compute waits for a slot. What is being computed is not cut short.
func (h *Hasher) compute(
	ctx context.Context, password string, s stored, size uint32,
) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("hash a password: %w", err)
	}
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), s.salt, s.cost.Passes, s.cost.Memory, s.cost.Lanes,
		size), nil
}
