package intake

import (
	"context"
	"errors"
	"fmt"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// Dead records that the scan of a case failed for the last time. Nothing of what was
// handed in is lost: a person may ask for the scan again, or decide without it. The
// cause stays in the history of the case.
func (i *Intake) Dead(ctx context.Context, caseID, cause string) error {
	err := i.do(ctx, func(ctx context.Context) error {
		c, err := i.Cases.Case(ctx, caseID)
		if errors.Is(err, review.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if c.State == review.CaseReceived {
			c, err = i.start(ctx, c)
		}
		if err != nil || c.State != review.CaseScanning {
			return err
		}
		s, err := i.Submissions.Submission(ctx, caseID)
		if err != nil {
			return err
		}
		_, err = i.tell(ctx, c, i.died(s, cause))
		return err
	})
	if err != nil {
		return fmt.Errorf("record that the scan of case %s failed: %w", caseID, err)
	}
	return nil
}

// start moves a case into its scan and returns it as it is then.
func (i *Intake) start(ctx context.Context, c review.Case) (review.Case, error) {
	out, err := c.Move(review.Entry{At: i.after(c), By: i.robot(), On: review.EventScanStarted})
	if err != nil {
		return c, err
	}
	if err := i.Cases.Keep(ctx, out); err != nil {
		return c, err
	}
	return i.Cases.Case(ctx, c.ID)
}

// died is the result of a scan that left nothing.
func (i *Intake) died(s review.Submission, cause string) result {
	d, _ := declared(s)
	none := i.Judge(&analyzer.Facts{
		Schema:  analyzer.FactsSchema,
		Package: analyzer.Package{Format: analyzer.Unknown, Size: s.Size, SHA256: s.SHA256},
		Gaps:    []analyzer.Gap{{Reason: analyzer.GapUnreadable, Code: true}},
	})
	r := result{
		submission: s, identity: identify(none.Package, d, s), made: i.made(none, nil),
		route: review.CannotTell, note: oneLine(cause, maxNote),
	}
	r.scan.Failure = text("检测多次未能完成：须检查检测环境，然后重新检测",
		"the scan could not be finished in several attempts: look after the machine that scans, "+
			"then scan again")
	return r
}

// Rescan lets a person ask again for a scan that failed.
func (i *Intake) Rescan(ctx context.Context, caseID string, who review.Actor) error {
	err := i.Atomic.Do(ctx, func(ctx context.Context) error {
		c, err := i.Cases.Case(ctx, caseID)
		if err != nil {
			return err
		}
		if !who.Known() || who.Role == review.RolePipeline {
			return refuse(review.ErrForbidden, "by", "actor",
				text("重新检测须由人员提出", "a person asks for another scan"))
		}
		out, err := c.Move(review.Entry{At: i.after(c), By: who, On: review.EventScanStarted})
		if err != nil {
			return err
		}
		if err := i.Cases.Keep(ctx, out); err != nil {
			return err
		}
		return i.Queue.Scan(ctx, caseID)
	})
	if err != nil {
		return fmt.Errorf("scan case %s again: %w", caseID, err)
	}
	return nil
}
