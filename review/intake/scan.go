package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/facts"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/declaration"
	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/review/report/json"
)

// Scan analyses the package of a case and says what becomes of it. It comes to the
// same end when it is called again, after a crash or at the same time; where the scan
// has ended it does nothing.
//
// A package that cannot be analysed ends its scan as failed. The error means that the
// scan has not ended and is to be tried again.
func (i *Intake) Scan(ctx context.Context, caseID string) error {
	s, on, err := i.begin(ctx, caseID)
	if err != nil {
		return fmt.Errorf("begin the scan of case %s: %w", caseID, err)
	}
	if !on {
		return nil
	}
	r, err := i.examine(ctx, s)
	if err != nil {
		return fmt.Errorf("scan case %s: %w", caseID, err)
	}
	if err := i.end(ctx, r); err != nil {
		return fmt.Errorf("end the scan of case %s: %w", caseID, err)
	}
	return nil
}

// begin moves the case into its scan; on is false where there is nothing to do. A
// scan that has failed is begun again where it left no report: its job had died, and
// somebody tries it once more.
func (i *Intake) begin(ctx context.Context, id string) (s review.Submission, on bool, err error) {
	err = i.do(ctx, func(ctx context.Context) error {
		on = false
		c, err := i.Cases.Case(ctx, id)
		if err != nil {
			return err
		}
		if s, err = i.Submissions.Submission(ctx, id); err != nil {
			return err
		}
		died := c.State == review.CaseScanFailed && (s.Scan == nil || len(s.Scan.Reports) == 0)
		on = c.State == review.CaseReceived || c.State == review.CaseScanning || died
		if !on || c.State == review.CaseScanning {
			return nil
		}
		_, err = i.start(ctx, c)
		return err
	})
	return s, on, err
}

// result is what a scan found, before anybody was told.
type result struct {
	submission review.Submission
	identity   identity
	scan       review.Scan // with its failure, where it has one
	made       review.MadeOn
	route      review.Route
	basis      review.Input
	checks     []review.Check
	hand       review.Hand
	others     []review.Hand // of the other releases of the application
	rival      string        // id of the case in which the same version waits
	note       string        // for the history
}

// examine analyses the package and keeps facts and reports, outside of any
// transaction.
func (i *Intake) examine(ctx context.Context, s review.Submission) (*result, error) {
	started := i.now()
	f, err := i.analyse(ctx, s)
	if err != nil {
		return nil, err
	}
	d, note := declared(s)
	lists := &asked{lookup: i.Registry(ctx)}
	in := report.Input{
		Tool: i.Tool, Path: s.File, Analysis: i.Judge(f), Law: i.Law.Law, Registry: lists,
		Coverage: i.Coverage(lists), Declaration: d, Stage: review.StageSubmission,
		AsOf:    started.In(review.Zone()).Format(time.DateOnly),
		Seconds: i.now().Sub(started).Seconds(),
	}
	r := &result{submission: s, identity: identify(f.Package, d, s), note: note}
	r.basis = in.Basis()
	r.checks = review.Assess(r.basis)
	r.route = review.RouteOf(r.basis, r.checks)
	r.hand = review.Hand{By: s.By, Signers: f.Package.Signers}
	if err := i.ask(ctx, r); err != nil {
		return nil, fmt.Errorf("ask from whom other releases came: %w", err)
	}
	r.made = i.made(in.Analysis, lists)
	r.scan.Seconds = in.Seconds
	digest, err := i.keepReports(ctx, in, &r.scan)
	if err := errors.Join(err, lists.err()); err != nil {
		return nil, err
	}
	if !in.Analysis.Analysed() {
		r.scan.Failure = unreadable(f)
		return r, nil
	}
	r.made.Facts = digest
	r.scan.Facts, err = i.keepFacts(ctx, f)
	return r, err
}

// analyse reads the package, and holds what was read against what was handed in.
func (i *Intake) analyse(ctx context.Context, s review.Submission) (*analyzer.Facts, error) {
	file, err := i.Files.Open(ctx, s.SHA256)
	if err != nil {
		return nil, fmt.Errorf("open package %s: %w", s.SHA256, err)
	}
	f, err := i.Analyzer(ctx, file)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("analyse package %s: %w", s.SHA256, err)
	}
	if f == nil {
		return nil, fmt.Errorf("analyse package %s: no facts", s.SHA256)
	}
	if f.Package.SHA256 == "" { // nothing was read
		f.Package.SHA256, f.Package.Size = s.SHA256, s.Size
	}
	if f.Package.SHA256 != s.SHA256 {
		return nil, fmt.Errorf("analyse package %s: the bytes that were read have the digest %s",
			s.SHA256, f.Package.SHA256)
	}
	return f, nil
}

// declared reads the declaration of a submission. One that this version of the
// program no longer reads is none; the note says so.
func declared(s review.Submission) (d *review.Declaration, note string) {
	if s.Declaration == "" {
		return nil, ""
	}
	d, err := declaration.Parse(strings.NewReader(s.Declaration))
	if err != nil {
		return nil, oneLine(fmt.Sprintf("声明未能读取，按没有声明检测：%v", err), maxNote)
	}
	return d, ""
}

// maxReport bounds a report, in bytes; the largest of real packages have 2 MiB.
const maxReport = 64 << 20

// keepReports keeps the report in both languages, and returns the digest of the facts
// that it names.
func (i *Intake) keepReports(
	ctx context.Context, in report.Input, scan *review.Scan,
) (digest string, err error) {
	scan.Reports = map[string]string{}
	for _, lang := range []string{"zh", "en"} {
		in.Lang = lang
		doc, err := report.Build(in)
		if err != nil {
			return "", err
		}
		var b bytes.Buffer
		w := json.Form{}.Open(&b, report.Options{Lang: lang})
		if err := errors.Join(w.Write(doc), w.Close()); err != nil {
			return "", fmt.Errorf("write report: %w", err)
		}
		if scan.Reports[lang], _, err = i.Files.Put(ctx, &b, maxReport); err != nil {
			return "", fmt.Errorf("keep report: %w", err)
		}
		digest = doc.Facts.Digest
	}
	return digest, nil
}

func (i *Intake) keepFacts(ctx context.Context, f *analyzer.Facts) (string, error) {
	var b bytes.Buffer
	if err := facts.Write(&b, f); err != nil {
		return "", err
	}
	sum, _, err := i.Files.Put(ctx, &b, facts.MaxDocument)
	if err != nil {
		return "", fmt.Errorf("keep facts: %w", err)
	}
	return sum, nil
}
