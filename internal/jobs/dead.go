package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Failure is a dead job.
type Failure struct {
	ID       int64
	Kind     string
	Job      json.RawMessage // as it was enqueued
	Attempts int
	At       time.Time // of its death, UTC
	Error    string    // of the last attempt
}

// Dead lists up to limit jobs that have failed for the last time, in order of id,
// behind an id.
func (q *Queue) Dead(ctx context.Context, after int64, limit int) (failures []Failure, err error) {
	params := river.NewJobListParams().
		States(rivertype.JobStateDiscarded, rivertype.JobStateCancelled).
		Where("id > @after", river.NamedArgs{"after": after}).
		OrderBy(river.JobListOrderByID, river.SortOrderAsc).First(limit)
	err = q.db.Do(ctx, func(ctx context.Context) error {
		rows, err := q.engine.list(ctx, params)
		for _, r := range rows {
			failures = append(failures, failure(r))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list dead jobs: %w", err)
	}
	return failures, nil
}

func failure(r *rivertype.JobRow) Failure {
	f := Failure{ID: r.ID, Kind: r.Kind, Attempts: r.Attempt}
	var e envelope[raw]
	if json.Unmarshal(r.EncodedArgs, &e) == nil {
		f.Job = json.RawMessage(e.Job)
	}
	if r.FinalizedAt != nil {
		f.At = r.FinalizedAt.UTC()
	}
	if n := len(r.Errors); n > 0 {
		f.Error = r.Errors[n-1].Error
	}
	return f
}

// raw is a job whose type does not matter.
type raw json.RawMessage

// Kind implements Job.
func (raw) Kind() string { return "" }

// UnmarshalJSON implements json.Unmarshaler.
func (r *raw) UnmarshalJSON(b []byte) error {
	*r = append((*r)[:0], b...)
	return nil
}

// Retry lets a dead job be tried once more, now, or returns ErrNotFound.
func (q *Queue) Retry(ctx context.Context, id int64) error {
	err := q.db.Do(ctx, func(ctx context.Context) error {
		row, err := q.engine.get(ctx, id)
		if errors.Is(err, rivertype.ErrNotFound) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		if row.State != rivertype.JobStateDiscarded && row.State != rivertype.JobStateCancelled {
			return ErrNotFound
		}
		return q.engine.retry(ctx, id)
	})
	if err != nil {
		return fmt.Errorf("retry job %d: %w", id, err)
	}
	return nil
}
