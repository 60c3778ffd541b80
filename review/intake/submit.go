package intake

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/declaration"
)

// Submit keeps a package, opens its case and enqueues its scan. again is true where
// the account handed in the same under the same key before: what it got then is
// returned, and nothing is stored.
//
// A declaration that does not hold is a *declaration.Error, with its lines; a key
// that was used for other bytes or another declaration is a review.ErrConflict.
func (i *Intake) Submit(
	ctx context.Context, u Upload,
) (s review.Submission, again bool, err error) {
	if err := u.check(); err != nil {
		return s, false, err
	}
	b, err := i.open(u.Body)
	if err != nil {
		return s, false, err
	}
	first, known, err := i.keyed(ctx, u)
	if err != nil {
		return s, false, err
	}
	if known { // what the bytes are is all that is asked of them
		sum, err := b.digest(ctx)
		if err != nil {
			return s, false, err
		}
		return first, true, sameUpload(first, u, sum)
	}
	if s, err = i.keep(ctx, u, b); err != nil {
		return review.Submission{}, false, err
	}
	err = i.Atomic.Do(ctx, func(ctx context.Context) error { return i.store(ctx, s) })
	if errors.Is(err, review.ErrConflict) && u.Key != "" {
		return i.overtaken(ctx, u, s.SHA256, err)
	}
	if err != nil {
		return review.Submission{}, false, fmt.Errorf("store the submission of %s: %w", s.File, err)
	}
	return s, false, nil
}

// maxKey bounds the key of an upload, in bytes.
const maxKey = 200

// check refuses what is wrong before a byte of the package is read.
func (u Upload) check() error {
	if !u.By.Known() {
		return refuse(review.ErrForbidden, "by", "actor",
			text("没有提交人", "nobody hands it in"))
	}
	if len(u.Key) > maxKey || !utf8.ValidString(u.Key) || strings.ContainsFunc(u.Key, unseen) {
		return refuse(review.ErrInvalid, "key", "key",
			text("提交的标识至多 %[1]d 字节，不能含有控制字符",
				"a key has %[1]d bytes at most and no control characters", maxKey))
	}
	if u.Declaration == "" {
		return nil
	}
	_, err := declaration.Parse(strings.NewReader(u.Declaration))
	return err
}

// keyed returns what the account handed in under the key before.
func (i *Intake) keyed(ctx context.Context, u Upload) (s review.Submission, known bool, err error) {
	if u.Key == "" {
		return s, false, nil
	}
	s, err = i.Submissions.Keyed(ctx, u.By.ID, u.Key)
	if errors.Is(err, review.ErrNotFound) {
		return review.Submission{}, false, nil
	}
	if err != nil {
		return review.Submission{}, false, fmt.Errorf("look for key %q: %w", u.Key, err)
	}
	return s, true, nil
}

// sameUpload refuses a key under which something else was handed in.
func sameUpload(first review.Submission, u Upload, sum string) error {
	var zh, en string
	switch {
	case first.SHA256 != sum:
		zh, en = "另一个安装包", "another package"
	case first.Declaration != u.Declaration:
		zh, en = "另一份声明", "another declaration"
	default:
		return nil
	}
	return refuse(review.ErrConflict, "key", "key-reused",
		text("标识“%[1]s”已用于提交%[2]s（案件 %[4]s）：新的提交须用新的标识",
			"the key %[1]q was used for %[3]s (case %[4]s): hand in anew under another key",
			u.Key, zh, en, first.Case))
}

// keep stores the bytes and makes the submission of them.
func (i *Intake) keep(ctx context.Context, u Upload, b *body) (s review.Submission, err error) {
	sum, size, err := i.Files.Put(ctx, b, i.MaxSize)
	switch {
	case b.over || errors.Is(err, ErrTooLarge):
		return s, i.tooLarge()
	case err != nil:
		return s, fmt.Errorf("keep package: %w", err)
	}
	return review.Submission{
		ID: i.NewID(), Case: i.NewID(), File: fileName(u.File), SHA256: sum, Size: size,
		Declaration: u.Declaration, By: u.By, Key: u.Key, Received: i.now(),
	}, nil
}

// store stores the submission with its case and its scan, in the transaction that
// the context carries.
func (i *Intake) store(ctx context.Context, s review.Submission) error {
	at := s.Received
	c := review.Case{
		ID: s.Case, Stage: review.StageSubmission, Origin: review.OriginSubmission,
		Place: review.Place{State: review.CaseReceived},
		Times: review.Times{Received: at, Known: at, Opened: at},
		Due:   i.Policy.ReviewBy(i.Calendar, at),
	}
	first := review.Entry{At: at, By: s.By, On: review.EventOpen, To: review.CaseReceived,
		Note: s.File}
	if err := i.Submissions.Add(ctx, s); err != nil {
		return err
	}
	if err := i.Cases.Open(ctx, c, first); err != nil {
		return err
	}
	return i.Queue.Scan(ctx, s.Case)
}

// overtaken returns what another process stored under the key in the meantime, or
// the conflict where it was about something else.
func (i *Intake) overtaken(
	ctx context.Context, u Upload, sum string, conflict error,
) (review.Submission, bool, error) {
	first, known, err := i.keyed(ctx, u)
	if err != nil {
		return review.Submission{}, false, err
	}
	if !known {
		return review.Submission{}, false, fmt.Errorf("store the submission: %w", conflict)
	}
	return first, true, sameUpload(first, u, sum)
}
