package main

import (
	"context"
	"time"

	"github.com/listgate/listgate/internal/jobs"
	"github.com/listgate/listgate/review/intake"
)

// scanJob analyses the package of a case.
type scanJob struct {
	Case string `json:"case"`
}

// Kind implements jobs.Job.
func (scanJob) Kind() string { return "scan" }

// laneScan keeps scans apart from whatever else there is to do: they are long.
const laneScan = "scan"

// scanMargin is what a scan needs beside the child that reads the package: to store
// facts and reports and to wait for the database.
const scanMargin = 2 * time.Minute

// kindsOf lists what jobs there are and who does them.
func kindsOf(in *intake.Intake, limit time.Duration) (*jobs.Kinds, error) {
	kinds := &jobs.Kinds{}
	return kinds, jobs.Add(kinds, jobs.Handler[scanJob]{
		Lane: laneScan, Timeout: limit + scanMargin,
		Work: func(ctx context.Context, j scanJob) error { return in.Scan(ctx, j.Case) },
		Dead: func(ctx context.Context, j scanJob, cause string) error {
			return in.Dead(ctx, j.Case, cause)
		},
	})
}

// queue enqueues what intake asks for. The queue is set once it is open: it is opened
// with the kinds of jobs, which are intake's.
type queue struct{ jobs *jobs.Queue }

// Scan implements intake.Queue.
func (q *queue) Scan(ctx context.Context, caseID string) error {
	_, err := q.jobs.Enqueue(ctx, scanJob{caseID}, jobs.Options{})
	return err
}
