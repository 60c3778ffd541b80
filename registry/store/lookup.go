package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/registry"
)

// Lookup answers from one state of the registry: an import that comes in between
// changes none of its answers. It holds for as long as the context that it was made
// by. Where the database does not answer, its answer is unreachable, and Err says
// what was the matter.
type Lookup struct {
	registry.Lookup
	mu  sync.Mutex
	err error
}

// Err returns why a question was unreachable, nil where the database answered all
// that were asked. A caller that can try again later should, rather than keep such
// an answer.
func (l *Lookup) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

func (l *Lookup) failed(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = errors.Join(l.err, err)
}

// errNoAnswer is what is said to people; Err has the cause.
var errNoAnswer = errors.New("the database did not answer")

// Lookup answers from what is held now.
func (s *Store) Lookup(ctx context.Context) (*Lookup, error) {
	at, err := s.last(ctx)
	if err != nil {
		return nil, err
	}
	held, err := s.heldAt(ctx, at)
	if err != nil {
		return nil, err
	}
	held, err = covered(held, func(series registry.Series) (registry.Coverage, error) {
		return s.total(series, batchesOf(held, series))
	})
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, held, at), nil
}

// KnownAt answers from what was held at a time, whatever was imported since.
func (s *Store) KnownAt(ctx context.Context, t time.Time) (*Lookup, error) {
	last, err := s.last(ctx)
	if err != nil {
		return nil, err
	}
	at := min(database.MillisOf(t), last) // an import that runs now is not seen in part
	held, err := s.heldAt(ctx, at)
	if err != nil {
		return nil, err
	}
	held, err = covered(held, func(series registry.Series) (registry.Coverage, error) {
		return s.coverageAt(ctx, series, at)
	})
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, held, at), nil
}

func (s *Store) answer(
	ctx context.Context, held []registry.Held, at database.Millis,
) *Lookup {
	l := &Lookup{}
	l.Lookup = registry.NewLookup(held, func(series registry.Series, key, asOf string) (
		[]registry.Record, error) {
		rows, err := s.rowsAt(ctx, at, sought{series, key, asOf})
		if err != nil {
			l.failed(fmt.Errorf("look %.80q up in %s: %w", key, series, err))
			return nil, errNoAnswer
		}
		return rows, nil
	})
	return l
}

// sought is one question.
type sought struct {
	series    registry.Series
	key, asOf string
}

// maxFound bounds what one number answers with: a number stands in few batches.
const maxFound = 1000

// at selects the versions that were held at a time.
func (q sought) at(orm *gorm.DB, at database.Millis) *gorm.DB {
	orm = orm.Where("number = ? AND series = ?", q.key, string(q.series)).
		Where("known_from <= ? AND (known_until = 0 OR known_until > ?)", at, at)
	if q.asOf != "" {
		orm = orm.Where("published <> '' AND published <= ?", q.asOf)
	}
	return orm.Order("id").Limit(maxFound)
}

func (s *Store) rowsAt(
	ctx context.Context, at database.Millis, q sought,
) ([]registry.Record, error) {
	if !utf8.ValidString(q.key) || strings.ContainsRune(q.key, 0) {
		return nil, nil // no row has such a key, and Postgres would not take it
	}
	var found []versionRow
	if err := q.at(s.db.From(ctx), at).Find(&found).Error; err != nil {
		return nil, err
	}
	var rows []registry.Record
	for _, v := range found {
		r, err := v.record()
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}
