package store_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

// TestLost breaks by SQL what Keep never does.
func TestLost(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, sql string
		of        func(t *testing.T, h *house) review.Case
		want      string
	}{
		{"claim_of_nobody", "UPDATE cases SET claim_by = '' WHERE id = ?", claimedCase,
			"claimed without a lease"},
		{"claim_without_end", "UPDATE cases SET claim_until = 0 WHERE id = ?", claimedCase,
			"claimed without a lease"},
		{"question_without_term", "UPDATE case_decisions SET term = 0 WHERE case_id = ?",
			func(t *testing.T, h *house) review.Case {
				return h.decided(t, lin, measure(review.MeasureAsk, ""))
			}, "awaits an answer without a term"},
		{"no_proposal", "UPDATE case_decisions SET status = 'rejected' WHERE case_id = ?",
			func(t *testing.T, h *house) review.Case {
				return h.decided(t, lin, measure(review.MeasureRemove, ""))
			}, "proposed without a proposal"},
		{"no_decision", "UPDATE case_decisions SET status = 'rejected' WHERE case_id = ?",
			func(t *testing.T, h *house) review.Case { return h.decided(t, lin) },
			"decided without a decision"},
		{"release_without_case", "UPDATE cases SET state = 'closed' WHERE id = ?",
			func(t *testing.T, h *house) review.Case { return h.waiting(t) },
			"submitted without an open case"},
	}
	houses(t, func(t *testing.T, h *house) {
		for _, test := range tests {
			c := test.of(t, h)
			assert.Empty(t, h.lost(t), test.name)
			broken := func(ctx context.Context) error {
				if err := h.db.From(ctx).Exec(test.sql, c.ID).Error; err != nil {
					return err
				}
				names, err := h.Cases().Lost(ctx)
				require.NoError(t, err)
				require.Len(t, names, 1, test.name)
				assert.Contains(t, names[0], test.want, test.name)
				return context.Canceled // it is not kept
			}
			require.ErrorIs(t, h.db.Do(t.Context(), broken), context.Canceled)
		}
	})
}

func claimedCase(t *testing.T, h *house) review.Case {
	t.Helper()
	return h.claimed(t, h.waiting(t), lin)
}

func (h *house) lost(t *testing.T) []string {
	t.Helper()
	names, err := h.Cases().Lost(t.Context())
	require.NoError(t, err)
	return names
}
