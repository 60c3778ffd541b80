package store

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"

	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/review"
)

// submissionRow is a row of submissions.
type submissionRow struct {
	ID          string
	CaseID      string
	File        string
	SHA256      string
	Size        int64
	Declaration string
	ByID        string
	ByName      string
	ByRole      review.Role
	Key         string
	Received    database.Millis
	Scanned     database.Millis
	Scan        string
}

// TableName implements schema.Tabler.
func (submissionRow) TableName() string { return "submissions" }

var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

func submissionRowOf(s review.Submission) (submissionRow, error) {
	var b bounds
	b.id("submission", s.ID)
	b.id("case", s.Case)
	b.text("file", s.File, maxLine)
	b.text("declaration", s.Declaration, maxDeclaration)
	b.id("by", s.By.ID)
	b.actor("by", s.By)
	b.text("key", s.Key, maxLine)
	if b.err == nil && (!digest.MatchString(s.SHA256) || s.Size < 0) {
		b.err = invalid("package", "digest", "安装包的摘要或者大小无效",
			"digest or size of the package is not valid")
	}
	row := submissionRow{
		ID: s.ID, CaseID: s.Case, File: s.File, SHA256: s.SHA256, Size: s.Size,
		Declaration: s.Declaration, ByID: s.By.ID, ByName: s.By.Name, ByRole: s.By.Role,
		Key: s.Key, Received: database.MillisOf(s.Received),
	}
	if s.Scan != nil {
		row.Scanned = database.MillisOf(s.Scan.At)
		row.Scan = b.document("scan", s.Scan)
	}
	return row, b.err
}

func (r submissionRow) domain() (review.Submission, error) {
	s := review.Submission{
		ID: r.ID, Case: r.CaseID, File: r.File, SHA256: r.SHA256, Size: r.Size,
		Declaration: r.Declaration, Key: r.Key, Received: r.Received.Time(),
		By: review.Actor{ID: r.ByID, Name: r.ByName, Role: r.ByRole},
	}
	if r.Scan == "" {
		return s, nil
	}
	s.Scan = &review.Scan{}
	if err := json.Unmarshal([]byte(r.Scan), s.Scan); err != nil {
		return s, fmt.Errorf("scan of submission %s: %w", r.ID, err)
	}
	return s, nil
}

// Submission implements review.Submissions.
func (s Submissions) Submission(ctx context.Context, caseID string) (review.Submission, error) {
	if !sound(caseID) {
		return review.Submission{}, doing("submission of case", caseID, review.ErrNotFound)
	}
	var row submissionRow
	if err := s.db.From(ctx).Where("case_id = ?", caseID).Take(&row).Error; err != nil {
		return review.Submission{}, doing("submission of case", caseID, err)
	}
	return row.domain()
}

// Keyed implements review.Submissions. Nothing was handed in under an empty key.
func (s Submissions) Keyed(ctx context.Context, account, key string) (review.Submission, error) {
	var b bounds
	b.id("by", account)
	b.text("key", key, maxLine)
	if b.err != nil || key == "" {
		return review.Submission{}, doing("submission under key", key, review.ErrNotFound)
	}
	var row submissionRow
	err := s.db.From(ctx).Where("by_id = ? AND key = ? AND key <> ''", account, key).
		Take(&row).Error
	if err != nil {
		return review.Submission{}, doing("submission under key", key, err)
	}
	return row.domain()
}

// Add implements review.Submissions. Until a scan tells the application, a case is
// listed by the name of the file.
func (s Submissions) Add(ctx context.Context, sub review.Submission) error {
	row, err := submissionRowOf(sub)
	if err == nil {
		err = s.db.Do(ctx, func(ctx context.Context) error {
			if err := s.db.From(ctx).Create(&row).Error; err != nil {
				return err
			}
			return s.nameByFile(ctx, row)
		})
	}
	return doing("add submission", sub.ID, err)
}

// nameByFile names the case of a submission, where it is there.
func (s Submissions) nameByFile(ctx context.Context, sub submissionRow) error {
	var before []caseRow
	err := s.db.From(ctx).Clauses(forUpdate).Where("id = ? AND app_id = ''", sub.CaseID).
		Find(&before).Error
	if err != nil || len(before) == 0 {
		return err
	}
	name := folded(sub.File)
	err = s.db.From(ctx).Model(&caseRow{}).Where("id = ?", sub.CaseID).
		Updates(map[string]any{"name": sub.File, "name_folded": name}).Error
	if err != nil {
		return err
	}
	return s.regram(ctx, sub.CaseID, before[0].NameFolded, name)
}

// Scanned implements review.Submissions.
func (s Submissions) Scanned(ctx context.Context, caseID string, scan review.Scan) error {
	var b bounds
	text := b.document("scan", scan)
	err := b.err
	if err == nil && !sound(caseID) {
		err = review.ErrNotFound
	}
	if err == nil {
		err = s.db.Do(ctx, func(ctx context.Context) error {
			done := s.db.From(ctx).Model(&submissionRow{}).Where("case_id = ?", caseID).
				Updates(map[string]any{"scanned": database.MillisOf(scan.At), "scan": text})
			if done.Error == nil && done.RowsAffected == 0 {
				return review.ErrNotFound
			}
			return done.Error
		})
	}
	return doing("keep the scan of case", caseID, err)
}
