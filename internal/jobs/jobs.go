// Package jobs does later, in another process or after a crash, what a change
// makes necessary: a job is enqueued in the transaction of the change, so that
// there is no change without its job and no job without its change.
//
// A job is done at least once. A process that is killed leaves its jobs to others
// within Config.Lease, and may have done a part: work must come to the same end
// when it is done twice, by keeping what it did in one transaction and looking
// first whether it is there. A job that fails is tried again, later each time; one
// that has failed for the last time is dead, and stays listed with its error until
// a person tries it again.
//
// The jobs are kept and handed out by River, of which nothing is seen outside.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/listgate/listgate/internal/store"
)

// Job is what is to be done: its exported fields are kept as JSON, so they hold
// ids and no secrets. It is a struct, not a pointer to one.
type Job interface {
	// Kind names the kind of job: lower-case letters, digits and hyphens.
	Kind() string
}

// The errors of a queue, for errors.Is.
var (
	// ErrKind: no handler was added for the kind, or two were.
	ErrKind = errors.New("kind of job")
	// ErrNotFound: there is no dead job of that id.
	ErrNotFound = errors.New("no such dead job")
)

// Config describes a queue. Kinds is needed; zero says what is usual elsewhere.
type Config struct {
	Kinds *Kinds // the handlers; who only enqueues names them too
	// Lanes says how many jobs of each lane this process works at once. Nil: as many
	// as there are processors, of every lane of Kinds. A lane that is not named is
	// left to other processes.
	Lanes map[string]int
	Lease time.Duration // who was not seen for so long is dead; 15 s, longer than any transaction
	Poll  time.Duration // between looks for jobs that nobody announced; 1 s
	Log   *slog.Logger  // what fails, by kind and id; nowhere
}

// Queue enqueues jobs, and works them between Start and Stop.
type Queue struct {
	db     *store.DB
	kinds  *Kinds
	engine engine
	lease  lease
	log    *slog.Logger
}

// New returns the queue in a database that has its tables.
func New(db *store.DB, c Config) (*Queue, error) {
	if c.Kinds == nil || len(c.Kinds.byName) == 0 {
		return nil, fmt.Errorf("open job queue: %w: none is handled", ErrKind)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	id, err := workerID()
	if err != nil {
		return nil, fmt.Errorf("open job queue: %w", err)
	}
	q := &Queue{db: db, kinds: c.Kinds, log: c.Log}
	workers := river.NewWorkers()
	for name, k := range c.Kinds.byName {
		if err := k.register(workers, db.Do); err != nil {
			return nil, fmt.Errorf("open job queue: handle %q: %w", name, err)
		}
	}
	config := riverConfig(c)
	config.ID, config.Workers = id, workers
	q.engine, err = newEngine(db, config)
	if err != nil {
		return nil, fmt.Errorf("open job queue: %w", err)
	}
	q.lease = lease{
		db: db, engine: q.engine, kinds: c.Kinds, log: c.Log,
		id: id, length: orElse(c.Lease, 15*time.Second),
	}
	return q, nil
}

func riverConfig(c Config) *river.Config {
	lanes := map[string]river.QueueConfig{}
	for _, k := range c.Kinds.byName {
		lanes[k.lane] = river.QueueConfig{MaxWorkers: runtime.GOMAXPROCS(0)}
	}
	if c.Lanes != nil {
		clear(lanes)
	}
	for lane, n := range c.Lanes {
		lanes[lane] = river.QueueConfig{MaxWorkers: n}
	}
	const day, century = 24 * time.Hour, 100 * 365 * 24 * time.Hour
	poll := orElse(c.Poll, time.Second)
	return &river.Config{
		Logger: c.Log, Queues: lanes,
		FetchPollInterval: poll, FetchCooldown: min(poll, 20*time.Millisecond),
		// A person decides what becomes of a dead job. The library's "never", -1, is
		// not heard by its SQLite driver, whose cleaner then deletes them all.
		DiscardedJobRetentionPeriod: century, CancelledJobRetentionPeriod: century,
		CompletedJobRetentionPeriod: day,
		// The leases find what a killed process leaves; this is behind them.
		JobTimeout: day, RescueStuckJobsAfter: 2 * day,
		RetryPolicy: retryPolicy{c.Kinds},
	}
}

// workerID names this process among those that work jobs.
func workerID() (string, error) {
	host, err := os.Hostname()
	if err != nil {
		return "", err
	}
	return name(host, os.Getpid()), nil
}

func orElse(d, usual time.Duration) time.Duration {
	if d == 0 {
		return usual
	}
	return d
}

// Options say how a job is enqueued. The zero value is the usual way.
type Options struct {
	// Key, where set, makes the job one of its kind: it is not added while another
	// with this key waits or is being worked. So that no change is lost the key names
	// the change, not only what was changed.
	Key    string
	At     time.Time // not before; zero: at once
	Urgent bool      // before all that are not
}

// Enqueue adds a job, in the transaction of the context where it carries one, and
// reports whether it did: false where Options.Key says that it is there.
func (q *Queue) Enqueue(ctx context.Context, job Job, o Options) (added bool, err error) {
	k, ok := q.kinds.byName[job.Kind()]
	if !ok {
		return false, fmt.Errorf("enqueue %q: %w: not handled", job.Kind(), ErrKind)
	}
	insert := &river.InsertOpts{
		MaxAttempts: k.attempts, Queue: k.lane, ScheduledAt: o.At, Priority: usualPriority,
	}
	if o.Urgent {
		insert.Priority = urgentPriority
	}
	if o.Key != "" {
		insert.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: unfinished}
	}
	err = q.db.Do(ctx, func(ctx context.Context) error {
		added, err = q.engine.insert(ctx, envelope[Job]{o.Key, job}, insert)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("enqueue %q: %w", job.Kind(), err)
	}
	return added, nil
}

const (
	urgentPriority = 1
	usualPriority  = 2
)

// unfinished are the states of a job that waits or is being worked.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled,
}
