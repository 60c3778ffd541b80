package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/number"
)

// The bounds of a search.
const (
	usualRows = 50
	mostRows  = 200
	mostText  = 200 // characters
)

// Search finds rows by the newest version of each, the last imported first; found by
// number they are in the order of numbers. Next is where to go on, empty at the end.
func (s *Store) Search(
	ctx context.Context, q registry.Query,
) (rows []registry.Row, next string, err error) {
	query, err := s.query(ctx, q)
	if err != nil {
		return nil, "", err
	}
	var found []versionRow
	if err := query.selected(s.db.From(ctx)).Find(&found).Error; err != nil {
		return nil, "", fmt.Errorf("search the registry: %w", err)
	}
	if len(found) > query.limit {
		found = found[:query.limit]
		next = strconv.FormatInt(found[query.limit-1].ID, 10)
	}
	rows, err = rowsOf(found)
	return rows, next, err
}

// query is a registry.Query made ready: by number where prefix is set, else by gram
// where one is.
type query struct {
	registry.Query
	after  int64
	limit  int
	prefix string
	gram   string
	like   string
}

func (s *Store) query(ctx context.Context, q registry.Query) (query, error) {
	out := query{Query: q, limit: usualRows}
	if q.Limit > 0 {
		out.limit = min(q.Limit, mostRows)
	}
	var err error
	if q.After != "" {
		if out.after, err = strconv.ParseInt(q.After, 10, 64); err != nil || out.after < 1 {
			return query{}, invalid("翻页标记不可用", "the mark of the page cannot be used")
		}
	}
	text := registry.Fold(q.Text)
	if text == "" {
		return out, nil
	}
	if n := utf8.RuneCountInString(text); n < 2 || n > mostText || !utf8.ValidString(q.Text) ||
		strings.ContainsRune(text, 0) {
		return query{}, invalid("搜索内容须为2至200个字", "a text to search for has 2 to 200 characters")
	}
	if out.prefix = numeric(q.Field, q.Text); out.prefix != "" {
		return out, nil
	}
	out.like = "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
	out.gram, err = s.rarest(ctx, pairs(text))
	return out, err
}

func invalid(zh, en string) error {
	return &registry.Refused{Cause: registry.ErrInvalid, Why: registry.Text{ZH: zh, EN: en}}
}

// The words around the digits of an algorithm's number.
const (
	numberHead = "网信算备"
	numberTail = "号"
)

// numeric returns how the key of the number begins that a text stands for, empty
// where it stands for none.
func numeric(field registry.Field, text string) string {
	if n, err := number.Parse(text); err == nil && n.WellFormed {
		return n.Key()
	}
	folded := registry.Fold(text)
	digits := strings.TrimSuffix(strings.TrimPrefix(folded, numberHead), numberTail)
	if strings.Trim(digits, "0123456789") == "" &&
		(digits != folded || len(digits) >= 4 || field == registry.FieldNumber) {
		return numberHead + digits
	}
	if field == registry.FieldNumber {
		return folded
	}
	return ""
}

// rarest returns the gram that the fewest rows have. How many is counted as far as
// matters.
func (s *Store) rarest(ctx context.Context, grams []string) (string, error) {
	const enough = 1000
	best, fewest := grams[0], enough
	for _, g := range grams {
		var n int
		err := s.db.From(ctx).Raw("SELECT count(*) FROM (SELECT 1 FROM registry_grams "+
			"WHERE gram = ? LIMIT ?) AS counted", g, fewest).Scan(&n).Error
		if err != nil {
			return "", fmt.Errorf("search the registry: %w", err)
		}
		if n < fewest {
			best, fewest = g, n
		}
		if n == 0 {
			break
		}
	}
	return best, nil
}

// selected selects one row more than the page has.
func (q query) selected(orm *gorm.DB) *gorm.DB {
	orm = orm.Table("registry_rows AS r").Select("r.*").Where("r.newest = 1").Limit(q.limit + 1)
	if q.Series != "" {
		series := "r.series = ?"
		if q.prefix != "" { // SQLite would take the index of the series
			series = "r.series || '' = ?"
		}
		orm = orm.Where(series, string(q.Series))
	}
	switch q.State {
	case registry.StateHeld:
		orm = orm.Where("r.known_until = 0")
	case registry.StateWithdrawn:
		orm = orm.Where("r.known_until > 0")
	}
	if q.prefix != "" {
		return q.byNumber(orm)
	}
	key := "r.id"
	if q.gram != "" {
		key = "g.row_id"
		// CROSS JOIN keeps SQLite to this order.
		orm = q.named(orm.Table("registry_grams AS g").Joins("CROSS JOIN registry_rows AS r").
			Where("r.id = g.row_id AND g.gram = ?", q.gram))
	}
	if q.after > 0 {
		orm = orm.Where(key+" < ?", q.after)
	}
	return orm.Order(key + " DESC")
}

// byNumber selects by how the number begins, in the order of the index.
func (q query) byNumber(orm *gorm.DB) *gorm.DB {
	orm = orm.Where("r.number >= ? AND r.number < ?", q.prefix, q.prefix+string(utf8.MaxRune))
	if q.after > 0 {
		orm = orm.Where("(r.number, r.series, r.id) > "+
			"(SELECT a.number, a.series, a.id FROM registry_rows AS a WHERE a.id = ?)", q.after)
	}
	return orm.Order("r.number, r.series, r.id")
}

// named keeps the rows that have the text itself and not only its grams.
func (q query) named(orm *gorm.DB) *gorm.DB {
	const like = ` LIKE ? ESCAPE '\'`
	switch q.Field {
	case registry.FieldName:
		return orm.Where("r.name"+like, q.like)
	case registry.FieldEntity:
		return orm.Where("r.entity"+like, q.like)
	case registry.FieldProduct:
		return orm.Where("r.products"+like, q.like)
	}
	return orm.Where("(r.name"+like+" OR r.entity"+like+" OR r.products"+like+")", q.like, q.like,
		q.like)
}
