package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/declaration"
	"github.com/listgate/listgate/review/report"
)

// maxReport is the size of a stored report in bytes; the largest of real packages
// has a few MiB.
const maxReport = 64 << 20

// errReport says that a stored report cannot be shown. It is no sentinel of package
// review: nobody who asks can mend it.
var errReport = errors.New("stored report")

// reports are those that an act has read, by the SHA-256 of the file.
type reports map[string]*report.Document

// submission returns that of a case; of an inspection there is none, which is the
// zero value.
func (d *Desk) submission(ctx context.Context, caseID string) (review.Submission, error) {
	s, err := d.Submissions.Submission(ctx, caseID)
	if errors.Is(err, review.ErrNotFound) {
		return review.Submission{}, nil
	}
	if err != nil {
		return review.Submission{}, fmt.Errorf("submission of case %s: %w", caseID, err)
	}
	return s, nil
}

// ahead reads the reports of a case before a transaction, which then waits for no
// file.
func (d *Desk) ahead(ctx context.Context, caseID string) (reports, error) {
	if !sound(caseID) {
		return nil, fmt.Errorf("case %.40q: %w", caseID, review.ErrNotFound)
	}
	s, err := d.submission(ctx, caseID)
	if err != nil {
		return nil, err
	}
	read := reports{}
	for _, lang := range []string{"zh", "en"} {
		if _, err := d.report(ctx, s, lang, read); err != nil {
			return nil, err
		}
	}
	return read, nil
}

// report returns that of a submission in a language, nil where no scan left one. A
// file that is missing or damaged is an error: it is never an empty report.
func (d *Desk) report(
	ctx context.Context, s review.Submission, lang string, read reports,
) (*report.Document, error) {
	lang, _, _ = strings.Cut(lang, "-")
	if lang != "zh" && lang != "en" {
		return nil, fmt.Errorf("report in %.20q: %w", lang, review.ErrInvalid)
	}
	if s.Scan == nil || len(s.Scan.Reports) == 0 {
		return nil, nil
	}
	name := s.Scan.Reports[lang]
	if doc := read[name]; doc != nil {
		return doc, nil
	}
	doc, err := d.read(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("%w of case %s in %s: %w", errReport, s.Case, lang, err)
	}
	if read != nil {
		read[name] = doc
	}
	return doc, nil
}

func (d *Desk) read(ctx context.Context, name string) (*report.Document, error) {
	if name == "" {
		return nil, errors.New("the scan left none in this language")
	}
	text, err := d.Files.Read(ctx, name, maxReport)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != name {
		return nil, fmt.Errorf("the file has the SHA-256 %x, not %s", sum, name)
	}
	var doc report.Document
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	if doc.Schema != report.Schema {
		return nil, fmt.Errorf("schema %.40q, want %s", doc.Schema, report.Schema)
	}
	return &doc, nil
}

// declared returns the declaration of a submission; nil where none was made, or
// where it cannot be read any longer.
func declared(s review.Submission) *review.Declaration {
	if s.Declaration == "" {
		return nil
	}
	made, err := declaration.Parse(strings.NewReader(s.Declaration))
	if err != nil {
		return nil
	}
	return made
}

// failure is why a scan failed; ok is false where it did not.
func failure(s review.Submission) (why analyzer.Text, ok bool) {
	if s.Scan == nil || !s.Scan.Failed() {
		return analyzer.Text{}, false
	}
	return s.Scan.Failure, true
}
