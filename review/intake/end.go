package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// end tells the case what its scan found, in one transaction: whose release it is,
// where it goes next, and that the policy lists it. A case that is no longer being
// scanned was told already, or withdrawn.
func (i *Intake) end(ctx context.Context, r *result) error {
	return i.do(ctx, func(ctx context.Context) error {
		c, err := i.Cases.Case(ctx, r.submission.Case)
		if err != nil || c.State != review.CaseScanning {
			return err
		}
		told, err := i.tell(ctx, c, *r)
		if err != nil || told.scan.Failed() || told.route != review.Clear {
			return err
		}
		return i.list(ctx, told)
	})
}

// tell stores what is known of a case that is being scanned. It returns the result
// as it is told.
func (i *Intake) tell(ctx context.Context, c review.Case, r result) (result, error) {
	p, c, err := i.place(ctx, c, r.identity)
	if err != nil {
		return r, err
	}
	if !r.scan.Failed() {
		if err := i.hold(ctx, p, &r); err != nil {
			return r, err
		}
	}
	e := review.Entry{At: i.after(c), By: i.robot(), On: review.EventScanDone, Note: r.note}
	if r.scan.Failed() {
		e.On, e.Note = review.EventScanFailed, joined(r.scan.Failure.ZH, r.note)
	}
	out, err := c.Move(e)
	if err != nil {
		return r, err
	}
	of := &out.Case
	of.App, of.Release, of.Made, of.Rival = p.app.ID, p.release.ID, r.made, r.rival
	of.Route, of.Severity, of.Capabilities = r.route, severity(r), capabilities(r)
	// The application takes part, so that of two scans of it at one time the second
	// sees what the first did.
	out.App, out.Releases = &p.app, p.mended
	if err := i.Cases.Keep(ctx, out); err != nil {
		return r, err
	}
	r.scan.At = e.At
	return r, i.Submissions.Scanned(ctx, c.ID, r.scan)
}

// hold fails the scan of a version that waits for a decision in another case: one
// version is decided once. It can be refused, or scanned again when that is over, and
// is not listed until then.
func (i *Intake) hold(ctx context.Context, p place, r *result) error {
	other, err := i.rival(ctx, p)
	if err != nil || other == "" {
		return err
	}
	r.scan.Failure = text("同一版本 %[1]s 已在案件 %[2]s 中等待决定：该案件了结后可重新检测",
		"the same version, %[1]s, waits for a decision in case %[2]s: scan again when that is over",
		p.release.Version, other)
	r.made.Facts, r.rival = "", other
	return nil
}

// list lists the release where the policy does so by itself, and opens the case again
// where the listing is drawn for people to look at. Else it waits for them.
func (i *Intake) list(ctx context.Context, r result) error {
	in, err := i.autoInput(ctx, r)
	if err != nil {
		return err
	}
	out, err := review.AutoList(in)
	if refusal := (*review.Refusal)(nil); errors.As(err, &refusal) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := i.Cases.Keep(ctx, out); err != nil {
		return err
	}
	if i.Letter != nil {
		if err := i.Letter(ctx, out); err != nil {
			return fmt.Errorf("write the letter of decision %s: %w", in.ID, err)
		}
	}
	if !out.Decision.Sampled {
		return nil
	}
	c, err := i.Cases.Case(ctx, in.Case.ID)
	if err != nil {
		return err
	}
	sampled, err := c.Move(review.Entry{At: in.Now, By: i.robot(), On: review.EventReopen,
		Note: "自动上架决定按政策第 " + i.Policy.Version + " 版抽中，须由人员复核"})
	if err != nil {
		return err
	}
	return i.Cases.Keep(ctx, sampled)
}

// autoInput reads case, application and releases as they are now.
func (i *Intake) autoInput(ctx context.Context, r result) (in review.AutoInput, err error) {
	c, err := i.Cases.Case(ctx, r.submission.Case)
	if err != nil {
		return in, err
	}
	app, err := i.Apps.App(ctx, c.App)
	if err != nil {
		return in, err
	}
	releases, err := i.Apps.Releases(ctx, c.App)
	if err != nil {
		return in, err
	}
	return review.AutoInput{
		ID: i.NewID(), Case: c, App: app, Releases: releases, Report: r.basis, Checks: r.checks,
		Articles: i.Law, Calendar: i.Calendar, Size: r.submission.Size, Policy: i.Policy,
		Now: i.after(c), Hand: r.hand, Others: r.others,
	}, nil
}

// severity is the gravest of what is unmet; where nothing is, and there is a
// declaration to hold it against, of what is unclear.
func severity(r result) review.Severity {
	var unmet, unclear review.Severity
	for _, c := range r.checks {
		switch {
		case c.Status == review.Unmet:
			unmet = graver(unmet, c.Severity)
		case c.Status == review.Unclear && r.basis.Declaration != nil:
			unclear = graver(unclear, c.Severity)
		}
	}
	if unmet != "" {
		return unmet
	}
	return unclear
}

// graver returns the graver of two; A is the gravest.
func graver(a, b review.Severity) review.Severity {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

func capabilities(r result) []analyzer.CapabilityID {
	var ids []analyzer.CapabilityID
	for _, c := range r.basis.Capabilities {
		ids = append(ids, c.ID)
	}
	return ids
}

// unreadable says in words why a package could not be analysed.
func unreadable(f *analyzer.Facts) analyzer.Text {
	at := slices.IndexFunc(f.Gaps, func(g analyzer.Gap) bool { return g.Where == analyzer.Where{} })
	if at < 0 {
		return text("安装包无法分析", "the package could not be analysed")
	}
	why, detail := analyzer.GapText(f.Gaps[at].Reason), oneLine(f.Gaps[at].Detail, maxNote)
	if detail == "" {
		return text("安装包无法分析：%[1]s", "the package could not be analysed: %[2]s", why.ZH, why.EN)
	}
	return text("安装包无法分析：%[1]s（%[3]s）", "the package could not be analysed: %[2]s (%[3]s)",
		why.ZH, why.EN, detail)
}

// joined joins notes that are not empty.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "；" + b
}

// robot is who acts in the history of a case when no person does.
func (i *Intake) robot() review.Actor {
	return review.Actor{ID: "intake", Name: i.Tool, Role: review.RolePipeline}
}

// now is the time as it is stored.
func (i *Intake) now() time.Time { return i.Now().UTC().Truncate(time.Millisecond) }

// after is the time, and not before the case was opened: clocks of machines differ.
func (i *Intake) after(c review.Case) time.Time {
	if at := i.now(); at.After(c.Times.Opened) {
		return at
	}
	return c.Times.Opened
}

// attempts is how often a transaction begins anew where another was quicker.
const attempts = 10

// do runs work in a transaction.
func (i *Intake) do(ctx context.Context, work func(context.Context) error) error {
	var err error
	for range attempts {
		if err = i.Atomic.Do(ctx, work); !errors.Is(err, review.ErrConflict) {
			return err
		}
	}
	return err
}
