package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"github.com/listgate/listgate/internal/store"
)

// lease says again and again that this process lives, and gives the jobs of those
// that no longer say so to others. River alone would wait for the time-out of a
// job that was being worked in a process that was killed.
type lease struct {
	db     *store.DB
	engine engine
	kinds  *Kinds
	log    *slog.Logger
	id     string
	length time.Duration

	stop context.CancelFunc
	done sync.WaitGroup
}

// beatsPerLease leaves room for beats that a busy database delays.
const beatsPerLease = 5

// begin makes this process known before it takes its first job.
func (l *lease) begin(ctx context.Context) error {
	if err := l.beat(ctx); err != nil {
		return err
	}
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	l.done.Go(func() { l.keep(ctx) })
	return nil
}

func (l *lease) keep(ctx context.Context) {
	tick := time.NewTicker(l.length / beatsPerLease)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := l.beat(ctx); err != nil && ctx.Err() == nil {
			l.log.WarnContext(ctx, "jobs: lease not renewed", "worker", l.id, "error", err)
		}
	}
}

// end takes this process off the list once it works no job any more.
func (l *lease) end(ctx context.Context) error {
	l.stop()
	l.done.Wait()
	return l.db.Do(ctx, func(ctx context.Context) error {
		return l.db.From(ctx).Exec("DELETE FROM job_workers WHERE id = ?", l.id).Error
	})
}

// clock is the database's time in milliseconds: the clocks of machines differ.
var clock = map[store.Dialect]string{
	store.SQLite:   "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)",
	store.Postgres: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
}

// leaseLock is the number of the lock in Postgres that keeps two processes from
// giving away the same jobs.
const leaseLock = 0x6c67_6c65_6173

// beat renews this process's lease and gives away what dead ones left.
func (l *lease) beat(ctx context.Context) error {
	return l.db.Do(ctx, func(ctx context.Context) error {
		if l.db.Dialect() == store.Postgres {
			err := l.db.From(ctx).Exec("SELECT pg_advisory_xact_lock(?)", leaseLock).Error
			if err != nil {
				return err
			}
		}
		now := clock[l.db.Dialect()]
		err := l.db.From(ctx).Exec("INSERT INTO job_workers (id, seen) VALUES (?, "+now+") "+
			"ON CONFLICT (id) DO UPDATE SET seen = excluded.seen", l.id).Error
		if err != nil {
			return err
		}
		err = l.db.From(ctx).Exec("DELETE FROM job_workers WHERE seen < "+now+" - ?",
			l.length.Milliseconds()).Error
		if err != nil {
			return err
		}
		return l.rescue(ctx)
	})
}

// rescue frees the jobs, and the leadership, of processes that are not on the list.
func (l *lease) rescue(ctx context.Context) error {
	var ids []string
	if err := l.db.From(ctx).Table("job_workers").Pluck("id", &ids).Error; err != nil {
		return err
	}
	err := l.db.From(ctx).Exec("DELETE FROM river_leader WHERE leader_id NOT IN ?", ids).Error
	if err != nil {
		return err
	}
	alive := map[string]bool{}
	for _, id := range ids {
		alive[id] = true
	}
	const page = 1000
	horizon := time.Now().Add(24 * time.Hour) // all that are being worked
	for after := int64(0); ; {
		running, err := l.engine.executor(ctx).JobGetStuck(ctx,
			&riverdriver.JobGetStuckParams{AfterID: after, Max: page, StuckHorizon: horizon})
		if err != nil {
			return err
		}
		for _, job := range running {
			after = job.ID
			if n := len(job.AttemptedBy); n > 0 && alive[job.AttemptedBy[n-1]] {
				continue
			}
			if err := l.free(ctx, job); err != nil {
				return fmt.Errorf("rescue job %d: %w", job.ID, err)
			}
		}
		if len(running) < page {
			return nil
		}
	}
}

const abandoned = "the process that worked it ended"

// free gives a job back, or records that it is dead after its last attempt.
func (l *lease) free(ctx context.Context, job *rivertype.JobRow) error {
	now := time.Now()
	state, finalized := rivertype.JobStateAvailable, (*time.Time)(nil)
	if job.Attempt >= job.MaxAttempts {
		if err := l.record(ctx, job); err != nil {
			// One job that cannot be recorded keeps no other from being freed.
			l.log.WarnContext(ctx, "jobs: dead job not recorded", "job", job.ID, "error", err)
			return nil
		}
		state, finalized = rivertype.JobStateDiscarded, &now
	}
	cause, err := json.Marshal(rivertype.AttemptError{
		At: now.UTC(), Attempt: max(job.Attempt, 1), Error: abandoned,
	})
	if err != nil {
		return err
	}
	l.log.InfoContext(ctx, "jobs: rescued", "job", job.ID, "kind", job.Kind, "state", state)
	_, err = l.engine.executor(ctx).JobRescueMany(ctx, &riverdriver.JobRescueManyParams{
		ID: []int64{job.ID}, Error: [][]byte{cause}, FinalizedAt: []*time.Time{finalized},
		ScheduledAt: []time.Time{now}, State: []string{string(state)},
	})
	return err
}

// record tells the handler; a kind that this process does not know is left to one
// that does.
func (l *lease) record(ctx context.Context, job *rivertype.JobRow) error {
	k, ok := l.kinds.byName[job.Kind]
	if !ok {
		return ErrKind
	}
	return k.dead(ctx, l.db.Do, job.EncodedArgs, abandoned)
}

// Start begins to work jobs, until Stop. It returns when the first can be taken.
func (q *Queue) Start(ctx context.Context) error {
	if err := q.lease.begin(ctx); err != nil {
		return fmt.Errorf("start working jobs: %w", err)
	}
	if err := q.engine.start(context.WithoutCancel(ctx)); err != nil {
		return errors.Join(fmt.Errorf("start working jobs: %w", err), q.lease.end(ctx))
	}
	return nil
}

// Stop takes no more jobs and waits for those that are being worked. When its
// context ends it ends theirs, and they are begun anew elsewhere.
func (q *Queue) Stop(ctx context.Context) error {
	err := q.engine.stop(ctx)
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
		defer cancel()
		err = q.engine.stopNow(ctx)
	}
	// The lease outlasts the last job; else others would take it.
	if err := errors.Join(err, q.lease.end(ctx)); err != nil {
		return fmt.Errorf("stop working jobs: %w", err)
	}
	return nil
}

// stopLimit is how long jobs have to notice that their context has ended.
const stopLimit = 15 * time.Second
