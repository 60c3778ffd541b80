package analyzer

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/listgate/listgate/analyzer/budget"
)

// run is one reading of one container.
type run struct {
	contents *Contents
	budget   *budget.Budget
	facts    *Facts
	options  Options
}

// task is one entry with the readers that want it.
type task struct {
	entry   Entry
	readers []Reader
	records []Record
}

// code reports whether a gap over the entry leaves open what the application does.
func (t *task) code() bool {
	return holdsCode(t.entry) || slices.ContainsFunc(t.readers, func(r Reader) bool {
		inventory, ok := r.(Inventory)
		return !ok || !inventory.ListsOnly(t.entry)
	})
}

func (t *task) gap(reason GapReason, err error) Gap {
	return Gap{reason, Where{Entry: t.entry.Name()}, err.Error(), t.code()}
}

// readEntries plans the budget in directory order, so that the same package is
// always read as far, then reads in parallel and merges in directory order. It
// returns the bytes that readers withdrew beside the entries.
func (e *Engine) readEntries(ctx context.Context, r run) (int64, error) {
	var tasks []*task
	var total int64
	for _, entry := range r.contents.Entries {
		t := &task{entry: entry}
		for _, reader := range e.Readers {
			if reader.Want(r.contents, entry) {
				t.readers = append(t.readers, reader)
			}
		}
		if len(t.readers) == 0 {
			continue
		}
		if err := r.budget.Take(entry.Size()); err != nil {
			r.facts.Add(t.gap(GapBudget, err))
			continue
		}
		total += entry.Size()
		tasks = append(tasks, t)
	}
	s := newSpending(r.options.Limits.Bytes, len(tasks))
	r.readAll(ctx, tasks, s, total)
	for i, t := range tasks {
		if i >= s.end {
			t.records = []Record{t.gap(GapBudget, errSpent)}
		}
		for _, record := range t.records {
			r.facts.Add(record)
		}
	}
	return s.sum, ctx.Err()
}

// inFlight bounds the inflated bytes that all workers hold at one time; one
// entry above it is read alone.
const inFlight = 128 << 20

func (r run) readAll(ctx context.Context, tasks []*task, s *spending, total int64) {
	workers := r.options.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	room := newGate(inFlight)
	var next, done atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, len(tasks)) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(tasks) || s.over() {
					return
				}
				t := tasks[i]
				size := t.entry.Size()
				room.enter(size)
				s.finish(i, t.read(ctx, r))
				room.leave(size)
				if n := done.Add(size); r.options.Progress != nil {
					r.options.Progress(n, total)
				}
			}
		})
	}
	wg.Wait()
}

// read runs the readers over the entry and returns what they withdrew beside it.
func (t *task) read(ctx context.Context, r run) int64 {
	if ctx.Err() != nil {
		t.records = append(t.records, t.gap(GapCancelled, context.Cause(ctx)))
		return 0
	}
	data, err := t.entry.Read(ctx)
	if err != nil {
		t.records = append(t.records, t.gap(GapUnreadable, err))
		return 0
	}
	b := budget.New(r.options.Limits)
	in := Input{Contents: r.contents, Entry: t.entry, Data: data, Budget: b}
	for _, reader := range t.readers {
		if err := t.readWith(ctx, reader, in); err != nil {
			err = fmt.Errorf("%s: %w", reader.Name(), err)
			t.records = append(t.records, t.gap(reasonOf(err), err))
		}
	}
	return b.Used()
}

// errReader marks a defect of ours that was contained.
var errReader = errors.New("reader panicked")

func (t *task) readWith(ctx context.Context, reader Reader, in Input) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errReader, p)
		}
	}()
	return reader.Read(ctx, in, func(r Record) { t.records = append(t.records, r) })
}

func reasonOf(err error) GapReason {
	switch {
	case errors.Is(err, errReader):
		return GapPanic
	case errors.Is(err, budget.ErrExhausted):
		return GapBudget
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return GapCancelled
	default:
		return GapMalformed
	}
}
