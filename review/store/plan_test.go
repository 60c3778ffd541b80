package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/review"
)

// asked is a statement with its values.
type asked struct {
	sql  string
	vars []any
}

// listen notes every statement of a database from now on, but those that add rows.
func listen(t *testing.T, db *database.DB) *[]asked {
	t.Helper()
	var all []asked
	note := func(tx *gorm.DB) {
		sql := tx.Statement.SQL.String()
		if strings.HasPrefix(sql, "SELECT") || strings.HasPrefix(sql, "UPDATE") ||
			strings.HasPrefix(sql, "DELETE") {
			all = append(all, asked{sql, slices.Clone(tx.Statement.Vars)})
		}
	}
	register := func(ctx context.Context) error {
		on := db.From(ctx).Callback()
		require.NoError(t, on.Query().After("gorm:query").Register("note", note))
		require.NoError(t, on.Row().After("gorm:row").Register("note", note))
		require.NoError(t, on.Raw().After("gorm:raw").Register("note", note))
		require.NoError(t, on.Update().After("gorm:update").Register("note", note))
		return on.Delete().After("gorm:delete").Register("note", note)
	}
	require.NoError(t, register(t.Context()))
	require.NoError(t, db.Do(t.Context(), register))
	return &all
}

// TestNothingScansATable: whatever is asked of large tables is answered by ranges of
// indexes.
func TestNothingScansATable(t *testing.T) {
	t.Parallel()
	houses(t, func(t *testing.T, h *house) {
		c := h.decided(t, chen, measure(review.MeasureWarn, ""))
		h.many(t, 1500)
		statements := listen(t, h.db)
		h.useAll(t, c)
		seen := map[string]bool{}
		for _, s := range *statements {
			if !seen[s.sql] && !strings.Contains(s.sql, "ledger_") {
				seen[s.sql] = true
				h.explain(t, s)
			}
		}
		assert.Greater(t, len(seen), 25)
	})
}

// useAll calls what reads and changes cases.
func (h *house) useAll(t *testing.T, c review.Case) {
	t.Helper()
	open := []review.CaseState{review.CaseWaiting, review.CaseReopened, review.CaseClaimed}
	for _, f := range []review.CaseFilter{
		{}, {States: open}, {States: open[:1]}, {Routes: []review.Route{review.Blocked}},
		{App: c.App}, {App: c.App, States: open}, {Claimed: lin.ID},
		{Claimed: lin.ID, States: open},
		{Text: "真实"}, {Text: "换"}, {Text: "换脸"}, {Text: "com.example.p"},
		{States: open, Text: "换脸"}, {States: open, Severities: []review.Severity{"A"}},
		{States: open, Capability: "face_swap"},
	} {
		_, next, err := h.Cases().Find(t.Context(), f)
		require.NoError(t, err)
		if next != "" {
			f.After = next
			h.find(t, f)
		}
	}
	for _, what := range []review.DueKind{review.DueLease, review.DueTerm, review.DueRatification,
		review.DueSettlement} {
		h.due(t, what, h.now.Add(1000*day))
	}
	_, err := h.Cases().Counts(t.Context())
	require.NoError(t, err)
	_, err = h.Apps().Named(t.Context(), "com.example.swap", review.Android)
	require.ErrorIs(t, err, review.ErrNotFound)
	_, err = h.Submissions().Keyed(t.Context(), maker.ID, "build-7")
	require.ErrorIs(t, err, review.ErrNotFound)
	_, err = h.Submissions().Submission(t.Context(), c.ID)
	require.ErrorIs(t, err, review.ErrNotFound)
	_, err = h.Letters().Letters(t.Context(), c.ID)
	require.NoError(t, err)
	out, err := c.Move(review.Entry{At: h.now, By: maker, On: review.EventAppeal})
	out.Closes = []string{c.Decisions[0].ID}
	c = h.claimed(t, h.keep(t, out, err), wu)
	renewed, err := review.KeepClaim(c, wu, h.now, lease)
	h.keep(t, renewed, err)
	out, err = review.Decide(h.deciding(t, c, measure(review.MeasureReinstate, "")))
	h.keep(t, out, err)
	h.lost(t)
}

// explain fails where the plan of a statement reads a table from end to end.
func (h *house) explain(t *testing.T, s asked) {
	t.Helper()
	handle, err := h.db.Handle()
	require.NoError(t, err)
	tx, err := handle.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, tx.Rollback()) }()
	if h.db.Dialect() == database.SQLite {
		explainSQLite(t, tx, s)
		return
	}
	_, err = tx.ExecContext(t.Context(), "SET LOCAL enable_seqscan = off")
	require.NoError(t, err)
	var plan string
	require.NoError(t, tx.QueryRowContext(t.Context(), "EXPLAIN (FORMAT JSON) "+s.sql,
		s.vars...).Scan(&plan))
	var roots []struct{ Plan node }
	require.NoError(t, json.Unmarshal([]byte(plan), &roots))
	roots[0].Plan.check(t, s.sql)
}

// partial are the indexes that hold what is claimed, due or submitted and nothing else:
// they are small, and may be read whole.
var partial = []string{"cases_claimed", "cases_lease", "case_decisions_provisional",
	"case_decisions_term", "case_decisions_ratify", "releases_submitted"}

// scans is a step of SQLite that reads one of the tables whole, be it by an index.
var scans = regexp.MustCompile(
	`^SCAN (cases|case_\w+|apps|app_\w+|releases|submissions|letters|c|d)\b`)

func explainSQLite(t *testing.T, tx *sql.Tx, s asked) {
	t.Helper()
	rows, err := tx.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+s.sql, s.vars...)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
		_, index, _ := strings.Cut(detail, "INDEX ")
		if !slices.Contains(partial, index) {
			assert.NotRegexp(t, scans, detail, s.sql)
		}
	}
	require.NoError(t, rows.Err())
}

// node is a step of a plan of Postgres.
type node struct {
	Type     string `json:"Node Type"`
	Table    string `json:"Relation Name"`
	Index    string `json:"Index Name"`
	Cond     string `json:"Index Cond"`
	Children []node `json:"Plans"`
}

func (n node) check(t *testing.T, statement string) {
	t.Helper()
	assert.NotEqual(t, "Seq Scan", n.Type, "%s in %s", n.Table, statement)
	if n.Index != "" && n.Cond == "" {
		assert.Contains(t, partial, n.Index, "the whole index is read: %s", statement)
	}
	for _, c := range n.Children {
		c.check(t, statement)
	}
}
