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

// run is one reading of a package with all that is nested in it.
type run struct {
	engine   *Engine
	budget   *budget.Budget
	facts    *Facts
	options  Options
	spent    int64             // what readers withdrew beside the entries
	done     atomic.Int64      // bytes of entries that were read
	total    int64             // and that are to be, as far as it is known
	archives int               // inside the package, opened so far
	chain    []string          // digests of the archives that are open, outermost first
	seen     map[string]string // digest of an archive to where it was read
	listed   map[string]bool   // names of entries of a set's packages
	twins    map[twin]string   // entries of a set's packages to their digests
	set      []member
	label    uint32 // of the base package, 0 where it was not read yet
}

// layer is one container of a run. What readers say of identity belongs to it alone.
type layer struct {
	*Contents
	role     Role
	member   bool // one of several packages that are installed together
	identity Identity
}

// task is one entry with the readers that want it.
type task struct {
	entry   Entry
	readers []Reader
	records []Record
	digest  string // of the content, for an entry of a member
	first   int64  // only so many bytes are read, 0 for all
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
// always read as far, then reads in parallel and merges in directory order.
func (r *run) readEntries(ctx context.Context, l *layer) {
	tasks := r.plan(l)
	s := newSpending(r.options.Limits.Bytes-r.spent, len(tasks))
	r.readAll(ctx, l, tasks, s)
	r.spent += s.sum
	for i, t := range tasks {
		if i >= s.end {
			t.records = []Record{t.gap(GapBudget, errSpent)}
		}
		r.merge(l, t)
	}
}

// plan withdraws what some reader wants from the budget.
func (r *run) plan(l *layer) (tasks []*task) {
	for _, entry := range l.Entries {
		t := &task{entry: entry}
		for _, reader := range r.engine.Readers {
			if reader.Want(l.Contents, entry) {
				t.readers = append(t.readers, reader)
			}
		}
		if len(t.readers) == 0 {
			continue
		}
		if err := r.budget.Take(entry.Size()); err != nil {
			cut := r.excerpt(t)
			gap := t.gap(GapBudget, err)
			gap.Code = gap.Code && (cut == nil || holdsCode(entry))
			r.facts.Add(gap.moved(l.at(entry)))
			if t = cut; t == nil {
				continue
			}
		}
		r.total += t.size()
		tasks = append(tasks, t)
	}
	return tasks
}

// merge adds the records of a task. Those of the outermost package stand as they are.
func (r *run) merge(l *layer, t *task) {
	if t.digest != "" {
		r.twins[twinOf(t.entry)] = t.digest
	}
	outermost := l.whole == ""
	move := l.at(t.entry)
	for _, record := range t.records {
		switch id, ok := record.(Identity); {
		case ok:
			l.identity.merge(id)
		case outermost:
			r.facts.Add(record)
		default:
			r.facts.Add(record.moved(move))
		}
	}
	t.records = nil
}

// inFlight bounds the inflated bytes that all workers hold at one time; one
// entry above it is read alone.
const inFlight = 128 << 20

func (r *run) readAll(ctx context.Context, l *layer, tasks []*task, s *spending) {
	workers := r.options.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	room := newGate(inFlight)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, len(tasks)) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(tasks) || s.over() {
					return
				}
				t := tasks[i]
				size := t.size()
				room.enter(size)
				s.finish(i, r.read(ctx, l, t))
				room.leave(size)
				if n := r.done.Add(size); r.options.Progress != nil {
					r.options.Progress(n, r.total)
				}
			}
		})
	}
	wg.Wait()
}

// read runs the readers over an entry and returns what they withdrew beside it. What
// another package of the set holds under the same name is not read again.
func (r *run) read(ctx context.Context, l *layer, t *task) int64 {
	if ctx.Err() != nil {
		t.records = append(t.records, t.gap(GapCancelled, context.Cause(ctx)))
		return 0
	}
	data, err := t.load(ctx)
	if err != nil {
		t.records = append(t.records, t.gap(GapUnreadable, err))
		return 0
	}
	if l.member && t.first == 0 && r.isTwin(t, data) {
		return 0
	}
	b := budget.New(r.options.Limits)
	in := Input{
		Contents: l.Contents, Entry: t.entry, Data: data, Excerpt: t.first > 0, Budget: b,
	}
	for _, reader := range t.readers {
		if err := t.readWith(ctx, reader, in); err != nil {
			err = fmt.Errorf("%s: %w", reader.Name(), err)
			t.records = append(t.records, t.gap(reasonOf(err), err))
		}
	}
	return b.Used()
}

// errNoExcerpt is why the beginning of an entry cannot be read alone.
var errNoExcerpt = errors.New("the entry cannot be read in part")

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
	case errors.Is(err, errContent):
		return GapUnreadable
	case errors.Is(err, budget.ErrExhausted):
		return GapBudget
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return GapCancelled
	default:
		return GapMalformed
	}
}
