package password

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// ErrMalformed is the error of a stored hash that is not one of this package's.
var ErrMalformed = errors.New("not an argon2id hash")

// The bounds of what is computed for a stored hash, which somebody may have put
// there to exhaust memory.
const (
	maxMemory = 256 << 10 // KiB
	maxPasses = 16
	maxLanes  = 8
	maxText   = 256 // bytes of a stored hash
	maxPart   = 64  // bytes of a salt, and of a key
	minPart   = 8
)

// Cost is what one hash costs whoever computes it, and whoever guesses.
type Cost struct {
	Memory uint32 // KiB
	Passes uint32
	Lanes  uint8
}

// DefaultCost is what new passwords are hashed at.
var DefaultCost = Cost{Memory: 64 << 10, Passes: 3, Lanes: 1}

func (c Cost) check() error {
	switch {
	case c.Lanes < 1 || c.Lanes > maxLanes:
		return fmt.Errorf("%d lanes, want 1 to %d", c.Lanes, maxLanes)
	case c.Passes < 1 || c.Passes > maxPasses:
		return fmt.Errorf("%d passes, want 1 to %d", c.Passes, maxPasses)
	case c.Memory < 8*uint32(c.Lanes) || c.Memory > maxMemory:
		return fmt.Errorf("%d KiB, want 8 a lane to %d", c.Memory, maxMemory)
	}
	return nil
}

// stored is a hash with all that is needed to compute it again.
type stored struct {
	cost      Cost
	salt, key []byte
}

// String prints the hash in PHC's form.
func (s stored) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		s.cost.Memory, s.cost.Passes, s.cost.Lanes,
		base64.RawStdEncoding.EncodeToString(s.salt), base64.RawStdEncoding.EncodeToString(s.key))
}

// parse reads what String prints and nothing else. Its errors never quote a hash.
func parse(text string) (stored, error) {
	parts := strings.Split(text, "$")
	if len(text) > maxText || len(parts) != 6 || parts[1] != "argon2id" {
		return stored{}, ErrMalformed
	}
	var s stored
	var errs [5]error
	cost := strings.Split(parts[3], ",")
	if len(cost) != 3 {
		return stored{}, ErrMalformed
	}
	var lanes uint32
	s.cost.Memory, errs[0] = number(cost[0], "m=", math.MaxUint32)
	s.cost.Passes, errs[1] = number(cost[1], "t=", math.MaxUint32)
	lanes, errs[2] = number(cost[2], "p=", math.MaxUint8)
	s.cost.Lanes = uint8(lanes)
	s.salt, errs[3] = base64.RawStdEncoding.Strict().DecodeString(parts[4])
	s.key, errs[4] = base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if errors.Join(errs[:]...) != nil || s.String() != text {
		return stored{}, ErrMalformed
	}
	if err := s.check(); err != nil {
		return stored{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return s, nil
}

func (s stored) check() error {
	for _, part := range [][]byte{s.salt, s.key} {
		if len(part) < minPart || len(part) > maxPart {
			return fmt.Errorf("a part of %d bytes, want %d to %d", len(part), minPart, maxPart)
		}
	}
	return s.cost.check()
}

func number(text, prefix string, most uint64) (uint32, error) {
	digits, ok := strings.CutPrefix(text, prefix)
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || n > most {
		return 0, ErrMalformed
	}
	return uint32(n), nil
}
