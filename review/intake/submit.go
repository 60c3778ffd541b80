package intake

import (
	"context"
	"errors"
	"fmt"

	"github.com/listgate/listgate/review"
)

// Errors of an upload, for errors.Is. Both come with a *review.Refusal that says in
// both languages what to do.
var (
	// ErrTooLarge says that a package has more bytes than the store takes.
	ErrTooLarge = fmt.Errorf("package too large: %w", review.ErrInvalid)
	// ErrEmpty says that a package has no bytes.
	ErrEmpty = fmt.Errorf("package empty: %w", review.ErrInvalid)
)

// Submit keeps a package, opens its case and enqueues its scan. again is true where
// the account handed in the same under the same key before: what it got then is
// returned, and nothing is stored.
//
// A declaration that does not hold is a *declaration.Error, with its lines; a key
// that was used for other bytes or another declaration is a review.ErrConflict.
func (i *Intake) Submit(ctx context.Context, u Upload) (s review.Submission, again bool, err error) {
	return s, false, errors.ErrUnsupported
}
