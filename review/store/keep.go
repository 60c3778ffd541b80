package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/review"
)

// Keep implements review.Cases. An outcome without entries is the renewal of a lease,
// of which the end alone is stored. A decision may have acts added, and is otherwise
// what was kept. Application and release of a case can be set, and changed as long as
// no decision stands on them.
func (s Cases) Keep(ctx context.Context, o review.Outcome) error {
	err := whole(o)
	if err == nil {
		err = s.db.Do(ctx, func(ctx context.Context) error {
			if len(o.Entries) == 0 {
				return s.renew(ctx, o.Case)
			}
			return s.keep(ctx, o)
		})
	}
	return doing("keep case", o.Case.ID, err)
}

// whole refuses an outcome whose parts do not belong together.
func whole(o review.Outcome) error {
	if !sound(o.Case.ID) {
		return review.ErrNotFound
	}
	var b bounds
	b.list("entries", len(o.Entries))
	b.list("releases", len(o.Releases))
	b.list("closes", len(o.Closes))
	b.list("decisions", len(o.Case.Decisions))
	if b.err != nil {
		return b.err
	}
	apart := o.App != nil && o.App.ID != o.Case.App ||
		o.Decision != nil && o.Case.Decision(o.Decision.ID) < 0 ||
		slices.ContainsFunc(o.Releases, func(r review.Release) bool {
			return r.App != o.Case.App
		}) ||
		slices.ContainsFunc(o.Case.Decisions, func(d review.Decision) bool {
			return d.Case != o.Case.ID
		})
	renewal := o.Case.State == review.CaseClaimed && o.App == nil && o.Decision == nil &&
		len(o.Releases) == 0
	if apart || len(o.Entries) == 0 && !renewal {
		return invalid("case", "outcome", "要保存的内容不属于同一案件",
			"what is to be kept does not belong to one case")
	}
	return nil
}

// renew stores the end of a lease, by one statement.
func (s Cases) renew(ctx context.Context, c review.Case) error {
	done := s.db.From(ctx).Model(&caseRow{}).
		Where("id = ? AND rev = ? AND claim_by = ?", c.ID, c.Rev, c.Claim.By.ID).
		Update("claim_until", database.MillisOf(c.Claim.Until))
	if done.Error != nil || done.RowsAffected == 1 {
		return done.Error
	}
	if _, err := s.lock(ctx, review.Outcome{Case: c}); err != nil {
		return err
	}
	return stale()
}

func (s Cases) keep(ctx context.Context, o review.Outcome) error {
	before, err := s.lock(ctx, o)
	if err != nil {
		return err
	}
	// A renewal raises no version: what ends a lease has to see its end.
	if e := o.Entries[0]; before.Rev != o.Case.Rev ||
		e.On == review.EventLeaseExpired && database.MillisOf(e.At) < before.ClaimUntil {
		return stale()
	}
	row := before
	if err := row.put(o.Case); err != nil {
		return err
	}
	if err := s.keepApp(ctx, o); err != nil {
		return err
	}
	if err := s.retitle(ctx, before, &row, o); err != nil {
		return err
	}
	row.Rev++
	err = s.db.From(ctx).Model(&caseRow{}).Where("id = ?", row.ID).Select("*").Omit("id").
		Updates(&row).Error
	if err != nil {
		return err
	}
	grown, err := s.keepDecisions(ctx, o.Case)
	if err != nil {
		return err
	}
	if err := s.keepEntries(ctx, o); err != nil {
		return err
	}
	return s.record(ctx, grown)
}

// lock returns the row of the case, held with those of the cases whose decisions the
// outcome closes, so that all who decide on one application take them in one order.
func (s Cases) lock(ctx context.Context, o review.Outcome) (caseRow, error) {
	ids := []string{o.Case.ID}
	if len(o.Closes) > 0 {
		var others []string
		err := s.db.From(ctx).Model(&decisionRow{}).Where("id IN ?", o.Closes).
			Pluck("case_id", &others).Error
		if err != nil {
			return caseRow{}, err
		}
		ids = append(ids, others...)
	}
	var rows []caseRow
	err := s.db.From(ctx).Clauses(forUpdate).Where("id IN ?", ids).Order("id").Find(&rows).Error
	if err != nil {
		return caseRow{}, err
	}
	i := slices.IndexFunc(rows, func(r caseRow) bool { return r.ID == o.Case.ID })
	if i < 0 {
		return caseRow{}, review.ErrNotFound
	}
	return rows[i], nil
}

// keepApp stores application and releases, each against the version that was read.
func (s Cases) keepApp(ctx context.Context, o review.Outcome) error {
	if o.App != nil {
		row, err := appRowOf(*o.App)
		if err != nil {
			return err
		}
		row.Rev++
		done := s.db.From(ctx).Model(&appRow{}).Where("id = ? AND rev = ?", row.ID, o.App.Rev).
			Select("*").Omit("id").Updates(&row)
		if err := one(done); err != nil {
			return fmt.Errorf("application %.*q: %w", maxID, row.ID, err)
		}
	}
	releases := slices.Clone(o.Releases)
	slices.SortFunc(releases, func(a, b review.Release) int { return cmp.Compare(a.ID, b.ID) })
	for _, r := range releases {
		row, err := releaseRowOf(r)
		if err != nil {
			return err
		}
		row.Rev++
		done := s.db.From(ctx).Model(&releaseRow{}).
			Where("id = ? AND rev = ? AND app_id = ?", row.ID, r.Rev, row.AppID).
			Select("*").Omit("id").Updates(&row)
		if err := one(done); err != nil {
			return fmt.Errorf("release %.*q: %w", maxID, row.ID, err)
		}
	}
	return nil
}

// one asks for one changed row.
func one(done *gorm.DB) error {
	if done.Error == nil && done.RowsAffected != 1 {
		return stale()
	}
	return done.Error
}

// retitle brings what lists show of a case up to date.
func (s Cases) retitle(
	ctx context.Context, before caseRow, row *caseRow, o review.Outcome,
) error {
	other := before.AppID != row.AppID || before.ReleaseID != row.ReleaseID
	switch {
	case other && slices.ContainsFunc(o.Case.Decisions, stands):
		return invalid("app", "other-app", "案件已有关于另一应用或者版本的决定",
			"a decision of the case is about another application or release")
	case other:
		if err := s.about(ctx, row); err != nil {
			return err
		}
	case o.App != nil:
		release := review.Release{Version: row.Version, Platform: row.Platform}
		for _, r := range o.Releases {
			if r.ID == row.ReleaseID {
				release = r
			}
		}
		row.title(*o.App, release)
	}
	return s.regram(ctx, row.ID, before.NameFolded, row.NameFolded)
}

// stands reports a decision that waits or counts.
func stands(d review.Decision) bool {
	return d.Status() != review.StatusRejected && d.Status() != review.StatusRetracted
}

func (s Cases) keepEntries(ctx context.Context, o review.Outcome) error {
	rows := make([]entryRow, len(o.Entries))
	for i, e := range o.Entries {
		row, err := entryRowOf(o.Case.ID, e)
		if err != nil {
			return err
		}
		rows[i] = row
	}
	return s.db.From(ctx).Create(&rows).Error
}
