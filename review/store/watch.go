package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/listgate/listgate/review"
)

// CountLimit is up to which Counts counts; a number above it means more.
const CountLimit = 1000

// Counts returns how many cases are in each state. States without a case are not in
// it, and CountLimit+1 stands for any number above CountLimit.
func (s Cases) Counts(ctx context.Context) (map[review.CaseState]int, error) {
	var rows []struct {
		State review.CaseState
		N     int
	}
	if err := s.db.From(ctx).Raw(counts()).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("count cases: %w", err)
	}
	out := map[review.CaseState]int{}
	for _, r := range rows {
		if r.N > 0 {
			out[r.State] = r.N
		}
	}
	return out, nil
}

func counts() string {
	states := review.CaseStates()
	parts := make([]string, len(states))
	for i, state := range states {
		parts[i] = fmt.Sprintf("SELECT '%[1]s' AS state, count(*) AS n FROM "+
			"(SELECT id FROM cases WHERE state = '%[1]s' LIMIT %[2]d) AS s%[3]d",
			state, CountLimit+1, i)
	}
	return strings.Join(parts, " UNION ALL ")
}

// maxLost is the most that Lost names.
const maxLost = 200

// lost selects what is open and in no queue, of no person and under no clock: nobody
// would ever come back to it.
const lost = `SELECT 'case' AS kind, id, 'claimed without a lease' AS why FROM cases
	WHERE state = 'claimed' AND (claim_by = '' OR claim_until = 0)
UNION ALL SELECT 'case', id, 'awaits an answer without a term' FROM cases
	WHERE state = 'awaiting-developer' AND NOT EXISTS (SELECT 1 FROM case_decisions d
		WHERE d.case_id = cases.id AND d.measure = 'ask' AND d.term > 0)
UNION ALL SELECT 'case', id, 'proposed without a proposal' FROM cases
	WHERE state = 'proposed' AND NOT EXISTS (SELECT 1 FROM case_decisions d
		WHERE d.case_id = cases.id AND d.status = 'proposed')
UNION ALL SELECT 'case', id, 'decided without a decision' FROM cases
	WHERE state = 'decided' AND NOT EXISTS (SELECT 1 FROM case_decisions d
		WHERE d.case_id = cases.id AND d.status IN ('effective', 'lapsed'))
UNION ALL SELECT 'release', id, 'submitted without an open case' FROM releases
	WHERE state = 'submitted' AND NOT EXISTS (SELECT 1 FROM cases c
		WHERE c.release_id = releases.id AND c.release_id <> ''
			AND c.state NOT IN ('decided', 'effected', 'closed'))`

// Lost names what is open and would never be met again: a case that is claimed by
// nobody, one that awaits an answer without a term, one that waits for a second person
// without a proposal, a submitted release without an open case. It is empty as long as
// cases change by Keep alone; what it names is an alarm. Each line says one, and why.
func (s Cases) Lost(ctx context.Context) ([]string, error) {
	var rows []struct{ Kind, ID, Why string }
	err := s.db.From(ctx).Raw(lost+" LIMIT ?", maxLost).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("look for lost cases: %w", err)
	}
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = fmt.Sprintf("%s %s: %s", r.Kind, r.ID, r.Why)
	}
	return out, nil
}
