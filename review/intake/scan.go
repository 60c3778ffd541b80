package intake

import (
	"context"
	"errors"

	"github.com/listgate/listgate/review"
)

// Scan analyses the package of a case and says what becomes of it. It comes to the
// same end when it is called again, after a crash or at the same time.
func (i *Intake) Scan(ctx context.Context, caseID string) error {
	return errors.ErrUnsupported
}

// Dead records that the scan of a case failed for the last time: a person looks at
// it, and may ask for it again.
func (i *Intake) Dead(ctx context.Context, caseID, cause string) error {
	return errors.ErrUnsupported
}

// Rescan lets a person ask again for a scan that failed.
func (i *Intake) Rescan(ctx context.Context, caseID string, who review.Actor) error {
	return errors.ErrUnsupported
}
