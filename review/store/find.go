package store

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/listgate/listgate/review"
)

// The length of a page.
const (
	defaultPage = 50
	maxPage     = 200
)

// Find implements review.Cases: by the day by which a case is to be decided, those
// without one first. States left empty select all; Limit is at most 200.
func (s Cases) Find(
	ctx context.Context, f review.CaseFilter,
) (found []review.Row, next string, err error) {
	q, err := queryOf(f)
	if err != nil {
		return nil, "", fmt.Errorf("find cases: %w", err)
	}
	if err := s.search(ctx, &q); err != nil {
		return nil, "", fmt.Errorf("find cases: %w", err)
	}
	statement, args := q.statement()
	var rows []caseRow
	if err := s.db.From(ctx).Raw(statement, args...).Scan(&rows).Error; err != nil {
		return nil, "", fmt.Errorf("find cases: %w", err)
	}
	if len(rows) > q.limit {
		rows = rows[:q.limit]
		last := rows[q.limit-1]
		next = key{int64(last.Due), last.ID}.token()
	}
	for _, r := range rows {
		row, err := r.listed()
		if err != nil {
			return nil, "", fmt.Errorf("find cases: %w", err)
		}
		found = append(found, row)
	}
	return found, next, nil
}

// key is where a list goes on: behind the case with this due time and id.
type key struct {
	due int64
	id  string
}

// token is the key as it is handed out: text of no meaning to others.
func (k key) token() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(k.due, 10) + " " + k.id))
}

// keyOf reads a token and nothing that is not one.
func keyOf(token string) (k key, ok bool) {
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return k, false
	}
	due, id, _ := strings.Cut(string(text), " ")
	k.due, err = strconv.ParseInt(due, 10, 64)
	k.id = id
	return k, err == nil && sound(id) && k.token() == token
}

// condition is a part of a WHERE with its values.
type condition struct {
	sql  string
	args []any
}

// query is a filter as it is asked.
type query struct {
	filter review.CaseFilter
	states []review.CaseState
	limit  int
	after  *key
	text   string     // folded; empty for none
	few    *condition // selects the few cases that the text can be found in
}

// queryOf holds a filter to its bounds.
func queryOf(f review.CaseFilter) (query, error) {
	var b bounds
	b.reference("app", f.App)
	b.reference("claimed", f.Claimed)
	b.text("text", f.Text, maxSearch)
	b.text("after", f.After, 2*maxID)
	q := query{filter: f, states: slices.Clone(f.States), text: folded(f.Text)}
	slices.Sort(q.states)
	q.states = slices.Compact(q.states)
	known := func(s review.CaseState) bool { return slices.Contains(review.CaseStates(), s) }
	if b.err == nil && slices.ContainsFunc(q.states, func(s review.CaseState) bool {
		return !known(s)
	}) {
		b.err = invalid("states", "state", "没有这种案件状态", "a case has no such state")
	}
	b.list("routes", len(f.Routes))
	for _, r := range f.Routes {
		b.text("routes", string(r), maxID)
	}
	b.list("severities", len(f.Severities))
	for _, s := range f.Severities {
		b.text("severities", string(s), maxID)
	}
	b.text("capability", string(f.Capability), maxID)
	q.limit = min(cmp.Or(max(f.Limit, 0), defaultPage), maxPage)
	if b.err == nil && f.After != "" {
		k, ok := keyOf(f.After)
		if !ok {
			b.err = invalid("after", "after", "分页标记无效", "the mark of the page is not valid")
		}
		q.after = &k
	}
	return q, b.err
}

// statement returns the SELECT of one page and one row more. It is put together from
// ranges, each of one index in the order of the list, so that nothing is sorted but
// their first rows. Where a set is small, it is sorted whole.
func (q query) statement() (sql string, args []any) {
	ranges := q.ranges()
	rest := q.rest()
	parts := make([]string, len(ranges))
	for i, r := range ranges {
		parts[i] = fmt.Sprintf(
			"SELECT * FROM (SELECT due, id FROM cases WHERE %s%s ORDER BY due, id LIMIT %d) AS r%d",
			r.sql, rest.sql, q.limit+1, i)
		args = append(append(args, r.args...), rest.args...)
	}
	return fmt.Sprintf("SELECT * FROM cases WHERE id IN (SELECT id FROM "+
		"(%s ORDER BY due, id LIMIT %d) AS page) ORDER BY due, id",
		strings.Join(parts, " UNION ALL "), q.limit+1), args
}

// ranges are the sets that hold what is looked for. States are written out: only
// then does a database see that an index of some states has all of them.
func (q query) ranges() []condition {
	among := ""
	if len(q.states) > 0 {
		among = " AND state IN ('" + joined(q.states) + "')"
	}
	switch f := q.filter; {
	case f.Claimed != "":
		return []condition{{"state = 'claimed' AND claim_by = ?" + among, []any{f.Claimed}}}
	case f.App != "":
		return []condition{{"app_id <> '' AND app_id = ?" + among, []any{f.App}}}
	case q.few != nil:
		return []condition{{q.few.sql + among, q.few.args}}
	}
	states := q.states
	if len(states) == 0 {
		states = review.CaseStates()
	}
	out := make([]condition, len(states))
	for i, state := range states {
		out[i] = condition{"state = '" + string(state) + "'", nil}
	}
	return out
}

func joined(states []review.CaseState) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	return strings.Join(words, "', '")
}

// rest is what holds in every range.
func (q query) rest() condition {
	var c condition
	and := func(sql string, args ...any) {
		c.sql += " AND " + sql
		c.args = append(c.args, args...)
	}
	if f := q.filter; f.Claimed != "" && f.App != "" {
		and("app_id = ?", f.App)
	}
	if len(q.filter.Routes) > 0 {
		and("route IN ?", q.filter.Routes)
	}
	if len(q.filter.Severities) > 0 {
		and("severity IN ?", q.filter.Severities)
	}
	if id := string(q.filter.Capability); id != "" { // one of a list of JSON strings
		and("capabilities LIKE ? ESCAPE '!'", `%"`+escaped.Replace(id)+`"%`)
	}
	if q.text != "" {
		and("(name_folded LIKE ? ESCAPE '!' OR (package_folded >= ? AND package_folded < ?))",
			"%"+escaped.Replace(q.text)+"%", q.text, q.text+lastRune)
	}
	if q.after != nil {
		and("(due, id) > (?, ?)", q.after.due, q.after.id)
	}
	return c
}
