package jobs

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Handler says how jobs of one kind are worked. Work is needed; zero says what is
// usual elsewhere.
type Handler[J Job] struct {
	// Work does the job. It returns when its context ends. It is outside of any
	// transaction, and must come to the same end when it is called again.
	Work func(ctx context.Context, job J) error
	// Dead, where set, records that the job has failed for the last time. It runs in
	// a transaction, and again until it succeeds.
	Dead func(ctx context.Context, job J, cause string) error
	// Attempts is how often the job is tried; 10. An attempt that a killed process
	// left counts, one that Stop ended does not.
	Attempts int
	// Timeout is how long one attempt may take; 10 min.
	Timeout time.Duration
	// Backoff is the wait behind the n-th attempt, from 1; 1 s doubling to 15 min.
	Backoff func(attempt int) time.Duration
	// Lane is what the job waits in, apart from those of other lanes; "default".
	Lane string
}

// Kinds are the handlers by kind of job. The zero value has none.
type Kinds struct{ byName map[string]kind }

// kind is a handler without its type.
type kind struct {
	attempts int
	lane     string
	backoff  func(attempt int) time.Duration
	register func(*river.Workers, doer) error
	// dead runs the handler's Dead on a job as it is stored.
	dead func(ctx context.Context, do doer, stored []byte, cause string) error
}

// doer is store.DB.Do.
type doer func(ctx context.Context, change func(context.Context) error) error

var kindForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`)

// Add adds the handler of a kind. A kind has one: ErrKind.
func Add[J Job](k *Kinds, h Handler[J]) error {
	var none J
	name := none.Kind()
	if _, ok := k.byName[name]; ok || !kindForm.MatchString(name) || h.Work == nil {
		return fmt.Errorf("handle %q: %w: handled already, or not by a handler", name, ErrKind)
	}
	if h.Attempts == 0 {
		h.Attempts = 10
	}
	if h.Backoff == nil {
		h.Backoff = usualBackoff
	}
	if h.Lane == "" {
		h.Lane = river.QueueDefault
	}
	h.Timeout = orElse(h.Timeout, 10*time.Minute)
	if k.byName == nil {
		k.byName = map[string]kind{}
	}
	k.byName[name] = kind{
		attempts: h.Attempts, lane: h.Lane, backoff: h.Backoff,
		register: func(w *river.Workers, do doer) error {
			return river.AddWorkerSafely(w, &worker[J]{h: h, do: do})
		},
		dead: func(ctx context.Context, do doer, stored []byte, cause string) error {
			var e envelope[J]
			if err := json.Unmarshal(stored, &e); err != nil {
				return fmt.Errorf("read job: %w", err)
			}
			return h.record(ctx, do, e.Job, cause)
		},
	}
	return nil
}

// record runs Dead in a transaction.
func (h Handler[J]) record(ctx context.Context, do doer, job J, cause string) error {
	if h.Dead == nil {
		return nil
	}
	return sheltered(func() error {
		return do(ctx, func(ctx context.Context) error { return h.Dead(ctx, job, cause) })
	})
}

// sheltered makes an error of a panic.
func sheltered(work func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return work()
}

// usualBackoff doubles from a second to a quarter of an hour.
func usualBackoff(attempt int) time.Duration {
	return min(time.Second<<min(max(attempt-1, 0), 20), 15*time.Minute)
}

// Permanent marks an error that trying again cannot mend: the job is dead at once.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

type permanentError struct{ cause error }

// Error implements error.
func (e *permanentError) Error() string { return e.cause.Error() }

// Unwrap implements what errors.Is asks.
func (e *permanentError) Unwrap() error { return e.cause }

// envelope is a job as it is stored, with the key that makes it one of its kind.
type envelope[J Job] struct {
	Key string `json:"key,omitempty" river:"unique"`
	Job J      `json:"job"`
}

// Kind implements river.JobArgs.
func (e envelope[J]) Kind() string { return e.Job.Kind() }

// worker is a handler as River sees it.
type worker[J Job] struct {
	river.WorkerDefaults[envelope[J]]
	h  Handler[J]
	do doer
}

// Timeout implements river.Worker.
func (w *worker[J]) Timeout(*river.Job[envelope[J]]) time.Duration { return w.h.Timeout }

// deadLimit is how long the record of a dead job may take.
const deadLimit = 30 * time.Second

// Work implements river.Worker.
func (w *worker[J]) Work(ctx context.Context, j *river.Job[envelope[J]]) error {
	err := sheltered(func() error { return w.h.Work(ctx, j.Args.Job) })
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return river.JobSnooze(0) // Stop ended it: another process begins it anew
	}
	var permanent *permanentError
	final := errors.As(err, &permanent)
	if !final && j.Attempt < j.MaxAttempts {
		return err
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), deadLimit)
	defer cancel()
	if w.h.record(within, w.do, j.Args.Job, err.Error()) != nil {
		// It must not die unrecorded: it lives on, and this attempt does not count.
		return river.JobSnooze(w.h.Backoff(j.Attempt))
	}
	if final {
		return river.JobCancel(err)
	}
	return err
}

// retryPolicy asks the handler when to try again.
type retryPolicy struct{ kinds *Kinds }

// NextRetry implements river.ClientRetryPolicy.
func (p retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	backoff := usualBackoff
	if k, ok := p.kinds.byName[job.Kind]; ok {
		backoff = k.backoff
	}
	return time.Now().Add(backoff(job.Attempt))
}

// name returns an id that no other process has, and that a person can read.
func name(host string, pid int) string {
	safe := strings.Map(func(r rune) rune {
		if r == '-' || r == '.' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' ||
			'A' <= r && r <= 'Z' {
			return r
		}
		return '-'
	}, host)
	return fmt.Sprintf("%.50s-%d-%s", safe, pid, rand.Text()[:12])
}
