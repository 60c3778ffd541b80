package analyzer

import "context"

// Excerpted is implemented by entries whose first bytes can be read without the rest:
// n of them, or fewer where the content is shorter.
type Excerpted interface {
	First(ctx context.Context, n int64) ([]byte, error)
}

// Excerpter is implemented by readers that can tell something from the beginning of
// an entry that the budget does not let be read whole. Excerpt says how many bytes of
// e they ask for, 0 where it tells nothing.
type Excerpter interface{ Excerpt(e Entry) int64 }

// First implements Excerpted where the entry does.
func (e Renamed) First(ctx context.Context, n int64) ([]byte, error) {
	if p, ok := e.Entry.(Excerpted); ok {
		return p.First(ctx, n)
	}
	return nil, errNoExcerpt
}

// excerpt returns the task of reading only the beginning of an entry, for those
// readers that can tell something from it; nil where there are none.
func (r *run) excerpt(t *task) *task {
	if _, ok := t.entry.(Excerpted); !ok {
		return nil
	}
	cut := &task{entry: t.entry}
	for _, reader := range t.readers {
		x, ok := reader.(Excerpter)
		if !ok {
			continue
		}
		if n := min(x.Excerpt(t.entry), t.entry.Size()); n > 0 {
			cut.readers = append(cut.readers, reader)
			cut.first = max(cut.first, n)
		}
	}
	if len(cut.readers) == 0 || r.budget.Take(cut.first) != nil {
		return nil
	}
	return cut
}

// size is how many bytes of the entry are read.
func (t *task) size() int64 {
	if t.first > 0 {
		return t.first
	}
	return t.entry.Size()
}

// load reads the entry, or its beginning.
func (t *task) load(ctx context.Context) ([]byte, error) {
	if t.first == 0 {
		return t.entry.Read(ctx)
	}
	if p, ok := t.entry.(Excerpted); ok {
		return p.First(ctx, t.first)
	}
	return nil, errNoExcerpt
}
