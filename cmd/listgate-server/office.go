package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/listgate/listgate/analyzer"
	analyzers "github.com/listgate/listgate/analyzer/builtin"
	"github.com/listgate/listgate/internal/auth"
	"github.com/listgate/listgate/internal/jobs"
	"github.com/listgate/listgate/internal/notary"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/daily"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/intake"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/review/policies"
	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/review/workdays"
)

// office is the review at work: what people and pipelines do, on the records.
type office struct {
	*records
	law      *law.Edition
	policy   review.Policy
	notary   *notary.Notary
	desk     *desk.Desk
	intake   *intake.Intake
	daily    *daily.Daily
	queue    *jobs.Queue
	sessions *auth.Sessions
	engine   *analyzer.Engine
}

// robot is the program as histories name it.
var robot = review.Actor{ID: "listgate", Name: "listgate", Role: review.RolePipeline}

// openOffice opens the review over the records.
func openOffice(r *records) (*office, error) {
	o := &office{records: r}
	var err error
	if o.notary, err = r.notary(); err != nil {
		return nil, err
	}
	if o.law, err = edition(r.settings.Law); err != nil {
		return nil, err
	}
	if o.policy, err = readPolicy(r.settings.Policy, policies.Default); err != nil {
		return nil, err
	}
	if err := o.openDesk(); err != nil {
		return nil, err
	}
	if err := o.openIntake(); err != nil {
		return nil, err
	}
	o.sessions = auth.NewSessions(r.accounts, auth.SessionConfig{Secure: r.settings.Secure()})
	return o, nil
}

func edition(id string) (*law.Edition, error) {
	if id == "" {
		return law.Latest()
	}
	return law.Load(id)
}

func (o *office) openDesk() error {
	calendar, err := workdays.Load()
	if err != nil {
		return err
	}
	s := o.settings
	if s.Store.ZH+s.Store.EN == "" || s.Appeal.ZH+s.Appeal.EN == "" {
		return errors.New("store and appeal have to be set: letters name the store and say " +
			"how to appeal")
	}
	o.desk = &desk.Desk{
		Atomic: o.db, Cases: o.reviewed.Cases(), Apps: o.reviewed.Apps(),
		Submissions: o.reviewed.Submissions(), Letters: o.reviewed.Letters(),
		Files: o.files, Ledger: rows{o.kept, o.notary, o.log}, Laws: law.Load, Policy: o.policy,
		Calendar: calendar, Now: o.now, NewID: newID,
		Office: desk.Office{
			Store: text(s.Store.ZH, s.Store.EN), Appeal: text(s.Appeal.ZH, s.Appeal.EN),
		},
	}
	o.daily = &daily.Daily{Desk: o.desk, Robot: robot}
	return nil
}

// openIntake opens intake with the queue of its jobs, each of which needs the other.
func (o *office) openIntake() error {
	var err error
	if o.engine, err = analyzers.Engine(); err != nil {
		return err
	}
	scans := newScanner(o.settings.Scan, o.log)
	later := &queue{}
	o.intake = &intake.Intake{
		Atomic: o.db, Cases: o.desk.Cases, Apps: o.desk.Apps, Submissions: o.desk.Submissions,
		Files: o.files, Queue: later, Analyzer: scans.read, Judge: o.engine.Judge,
		Registry: o.held, Coverage: report.CoverageOf, Law: o.law, Policy: o.policy,
		Calendar: o.desk.Calendar, Tool: "listgate " + version, MaxSize: o.settings.UploadLimit,
		Now: o.now, NewID: newID, Letter: o.desk.WriteLetter,
	}
	kinds, err := kindsOf(o.intake, o.settings.Scan.Time)
	if err != nil {
		return err
	}
	o.queue, err = jobs.New(o.db, jobs.Config{
		Kinds: kinds, Log: o.log, Lanes: map[string]int{laneScan: o.settings.Scan.Concurrent},
	})
	later.jobs = o.queue
	return err
}

// held answers from the lists in the database. Where they cannot be read every
// question is unreachable, and the scan is tried again.
func (o *office) held(ctx context.Context) registry.Lookup {
	l, err := o.lists.Lookup(ctx)
	if err != nil {
		o.log.ErrorContext(ctx, "the lists cannot be read", "error", err)
		return unreachable{fmt.Errorf("the lists cannot be read: %w", err)}
	}
	return l
}

// unreachable is a registry that does not answer.
type unreachable struct{ err error }

// Err says why, as listed.Lookup does.
func (u unreachable) Err() error { return u.err }

// Find implements registry.Lookup.
func (u unreachable) Find(registry.Series, string, string) registry.Reply {
	return registry.Reply{Answer: registry.Unreachable, Why: u.err.Error()}
}

// Snapshots implements registry.Lookup.
func (u unreachable) Snapshots() []registry.Snapshot { return nil }
