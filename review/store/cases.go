package store

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/review"
)

// The most entries of one case, and the most cases in which something is due, that
// are listed at once.
const (
	maxHistory = 10_000
	maxDue     = 1000
)

// forUpdate holds what is read until the end of the transaction, where the database
// has more than one that writes.
var forUpdate = clause.Locking{Strength: "UPDATE"}

// Case implements review.Cases. Case and decisions are of one version: they are read
// by one statement.
func (s Cases) Case(ctx context.Context, id string) (review.Case, error) {
	if !sound(id) {
		return review.Case{}, doing("case", id, review.ErrNotFound)
	}
	var rows []struct {
		Row  caseRow `gorm:"embedded"`
		Body *string
	}
	err := s.db.From(ctx).Raw(`SELECT c.*, d.body FROM cases c
		LEFT JOIN case_decisions d ON d.case_id = c.id
		WHERE c.id = ? ORDER BY d.place`, id).Scan(&rows).Error
	if err == nil && len(rows) == 0 {
		err = review.ErrNotFound
	}
	if err != nil {
		return review.Case{}, doing("case", id, err)
	}
	c, err := rows[0].Row.domain()
	for _, r := range rows {
		if err != nil || r.Body == nil {
			break
		}
		var d review.Decision
		d, err = decisionOf(*r.Body)
		c.Decisions = append(c.Decisions, d)
	}
	if err != nil {
		return review.Case{}, doing("case", id, err)
	}
	return c, nil
}

// Open implements review.Cases. The case has no decision yet. Its version is kept as
// it is given, 0 for a new one.
func (s Cases) Open(ctx context.Context, c review.Case, first review.Entry) error {
	err := s.db.Do(ctx, func(ctx context.Context) error { return s.open(ctx, c, first) })
	return doing("open case", c.ID, err)
}

func (s Cases) open(ctx context.Context, c review.Case, first review.Entry) error {
	if len(c.Decisions) > 0 {
		return invalid("decisions", "decided", "新案件不能已有决定", "a new case has no decisions")
	}
	var row caseRow
	if err := row.put(c); err != nil {
		return err
	}
	entry, err := entryRowOf(c.ID, first)
	if err != nil {
		return err
	}
	if err := s.name(ctx, &row); err != nil {
		return err
	}
	if err := s.db.From(ctx).Create(&row).Error; err != nil {
		return err
	}
	if err := s.regram(ctx, row.ID, "", row.NameFolded); err != nil {
		return err
	}
	return s.db.From(ctx).Create(&entry).Error
}

// name fills what lists show of a case: by its application, or by its file where no
// scan has told the application.
func (s Cases) name(ctx context.Context, row *caseRow) error {
	if row.AppID != "" || row.ReleaseID != "" {
		return s.about(ctx, row)
	}
	var files []string
	err := s.db.From(ctx).Model(&submissionRow{}).Where("case_id = ?", row.ID).
		Pluck("file", &files).Error
	if err == nil && len(files) > 0 {
		row.Name, row.NameFolded = files[0], folded(files[0])
	}
	return err
}

// about holds application and release of a case to what is stored, and fills what
// lists show of them. The release is held until the end of the transaction, so that
// no two cases are opened for it.
func (s Cases) about(ctx context.Context, row *caseRow) error {
	var a appRow
	if err := s.db.From(ctx).Where("id = ?", row.AppID).Take(&a).Error; err != nil {
		return doing("application", row.AppID, err)
	}
	app, err := a.domain()
	if err != nil || row.ReleaseID == "" {
		row.title(app, review.Release{})
		return err
	}
	var r releaseRow
	err = s.db.From(ctx).Clauses(forUpdate).Where("id = ? AND app_id = ?", row.ReleaseID,
		row.AppID).Take(&r).Error
	if err != nil {
		return doing("release", row.ReleaseID, err)
	}
	var open []string
	err = s.db.From(ctx).Raw(`SELECT id FROM cases WHERE release_id = ? AND id <> ?
		AND release_id <> '' AND state NOT IN ('decided', 'effected', 'closed') LIMIT 1`,
		row.ReleaseID, row.ID).Scan(&open).Error
	if err == nil && len(open) > 0 {
		err = conflict("release", "open-case", "该版本已有未结案件 "+open[0],
			"the release has an open case already: "+open[0])
	}
	row.title(app, r.domain())
	return err
}

// History implements review.Cases: of a very long one, the beginning.
func (s Cases) History(ctx context.Context, id string) ([]review.Entry, error) {
	if !sound(id) {
		return nil, doing("history of case", id, review.ErrNotFound)
	}
	var rows []entryRow
	err := s.db.From(ctx).Where("case_id = ?", id).Order("id").Limit(maxHistory).Find(&rows).Error
	if err == nil && len(rows) == 0 { // a case has one entry at least
		err = review.ErrNotFound
	}
	if err != nil {
		return nil, doing("history of case", id, err)
	}
	out := make([]review.Entry, len(rows))
	for i, r := range rows {
		out[i] = r.domain()
	}
	return out, nil
}

// due are the statements of Due; each is answered by a range of one index.
var due = map[review.DueKind]string{
	review.DueLease: `SELECT id FROM cases WHERE state = 'claimed' AND claim_until <= ?
		ORDER BY claim_until, id LIMIT ?`,
	review.DueTerm: `SELECT case_id FROM case_decisions WHERE term > 0 AND term <= ?
		ORDER BY term, case_id LIMIT ?`,
	review.DueRatification: `SELECT case_id FROM case_decisions WHERE ratify > 0 AND ratify <= ?
		ORDER BY ratify, case_id LIMIT ?`,
	review.DueSettlement: `SELECT case_id FROM case_decisions WHERE provisional > 0
		ORDER BY provisional, case_id LIMIT ?`,
}

// Due implements review.Cases. A provisional deadline is due for settlement at any
// time, and falls due only where nothing follows it; a case is named once.
func (s Cases) Due(
	ctx context.Context, what review.DueKind, at time.Time, limit int,
) ([]string, error) {
	statement, ok := due[what]
	if !ok {
		return nil, doing("what is due of kind", string(what), review.ErrInvalid)
	}
	args := []any{database.MillisOf(at), max(0, min(limit, maxDue))}
	if what == review.DueSettlement {
		args = args[1:]
	}
	var ids []string
	if err := s.db.From(ctx).Raw(statement, args...).Scan(&ids).Error; err != nil {
		return nil, doing("what is due of kind", string(what), err)
	}
	seen := make(map[string]bool, len(ids))
	return slices.DeleteFunc(ids, func(id string) bool {
		again := seen[id]
		seen[id] = true
		return again
	}), nil
}
