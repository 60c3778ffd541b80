package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
)

func TestKeepRefusesWhatIsStale(t *testing.T) {
	t.Parallel()
	tests := map[string]func(o *review.Outcome){
		"case":                func(o *review.Outcome) { o.Case.Rev-- },
		"case_of_the_future":  func(o *review.Outcome) { o.Case.Rev++ },
		"application":         func(o *review.Outcome) { o.App.Rev-- },
		"release":             func(o *review.Outcome) { o.Releases[0].Rev++ },
		"unknown_application": func(o *review.Outcome) { o.App.Rev = 99 },
	}
	houses(t, func(t *testing.T, h *house) {
		for name, change := range tests {
			t.Run(name, func(t *testing.T) {
				c := h.claimed(t, h.waiting(t), lin)
				out, err := review.Decide(h.deciding(t, c))
				require.NoError(t, err)
				change(&out)
				err = h.Cases().Keep(t.Context(), out)
				require.ErrorIs(t, err, review.ErrConflict)
				p := problem(t, err)
				assert.Equal(t, "rev/stale", p.Field+"/"+p.Code)
				assert.Equal(t, "案件已被他人更改，请重新载入", p.Message.ZH)
				assert.Empty(t, cmp.Diff(c, h.read(t, c.ID)), "nothing is kept")
				assert.Empty(t, h.entries(t, c.ID))
			})
		}
	})
}

func TestKeepRefusesWhatIsNotOneCase(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(o *review.Outcome)
		want   string
		kind   error
	}{
		"no_entries": {func(o *review.Outcome) { o.Entries = nil }, "case/outcome",
			review.ErrInvalid},
		"another_application": {func(o *review.Outcome) { o.App.ID = "a-other" }, "case/outcome",
			review.ErrInvalid},
		"release_of_another": {func(o *review.Outcome) { o.Releases[0].App = "a-other" },
			"case/outcome", review.ErrInvalid},
		"decision_of_another": {func(o *review.Outcome) { o.Case.Decisions[0].Case = "c-other" },
			"case/outcome", review.ErrInvalid},
		"decision_that_the_case_has_not": {func(o *review.Outcome) { o.Case.Decisions = nil },
			"case/outcome", review.ErrInvalid},
		"unknown_state": {func(o *review.Outcome) { o.Case.State = "nowhere" }, "state/state",
			review.ErrInvalid},
		"about_another": {func(o *review.Outcome) {
			o.App, o.Releases, o.Case.App = nil, nil, "a-other"
		}, "app/other-app", review.ErrInvalid},
		"decision_without_acts": {func(o *review.Outcome) { o.Case.Decisions[0].Acts = nil },
			"decision/no-acts", review.ErrInvalid},
		"reason_that_is_no_text": {func(o *review.Outcome) {
			o.Case.Decisions[0].Reason = "\xff" + why
		}, "decision/not-text", review.ErrInvalid},
		"note_with_nul": {func(o *review.Outcome) { o.Entries[0].Note = "a\x00b" },
			"note/not-text", review.ErrInvalid},
		"note_too_long": {func(o *review.Outcome) {
			o.Entries[0].Note = strings.Repeat("长", 6000)
		}, "note/too-long", review.ErrInvalid},
		"too_large_for_the_ledger": {func(o *review.Outcome) {
			for range 200 {
				o.Case.Decisions[0].Evidence = append(o.Case.Decisions[0].Evidence,
					review.Pointer{Kind: review.PointGap, ID: strings.Repeat("x", 1306)})
			}
		}, "decision/ledger", review.ErrInvalid},
		"too_large": {func(o *review.Outcome) {
			o.Case.Decisions[0].Reason = strings.Repeat("长", 200_000)
		}, "decision/too-long", review.ErrInvalid},
		"time_out_of_range": {func(o *review.Outcome) {
			o.Case.Decisions[0].Acts[0].At = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
		}, "decision/ledger", review.ErrInvalid},
	}
	houses(t, func(t *testing.T, h *house) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				c := h.claimed(t, h.waiting(t), lin)
				out, err := review.Decide(h.deciding(t, c))
				require.NoError(t, err)
				test.change(&out)
				err = h.Cases().Keep(t.Context(), out)
				require.ErrorIs(t, err, test.kind)
				p := problem(t, err)
				assert.Equal(t, test.want, p.Field+"/"+p.Code)
				assert.Empty(t, cmp.Diff(c, h.read(t, c.ID)))
				assert.Empty(t, h.entries(t, c.ID))
			})
		}
	})
}

func TestDecisionsAreNeverEdited(t *testing.T) {
	t.Parallel()
	tests := map[string]func(c *review.Case){
		"reason":  func(c *review.Case) { c.Decisions[0].Reason += "。" },
		"measure": func(c *review.Case) { c.Decisions[0].Measure = review.MeasureList },
		"by":      func(c *review.Case) { c.Decisions[0].By = zhou },
		"made_on": func(c *review.Case) { c.Decisions[0].Made.Rules = "r1" },
		"an_act": func(c *review.Case) {
			c.Decisions[0].Acts[0].At = c.Decisions[0].At.Add(1)
		},
		"a_deadline":     func(c *review.Case) { c.Decisions[0].Acts[0].Deadline.WorkingDays++ },
		"act_taken_away": func(c *review.Case) { c.Decisions[0].Acts = c.Decisions[0].Acts[:1] },
		"taken_away":     func(c *review.Case) { c.Decisions = nil },
		"replaced":       func(c *review.Case) { c.Decisions[0].ID = "d-other" },
	}
	houses(t, func(t *testing.T, h *house) {
		for name, change := range tests {
			t.Run(name, func(t *testing.T) {
				c := h.decided(t, chen, measure(review.MeasureWarn, ""))
				f := h.following(t, c, zhou)
				out, err := review.Extend(f)
				c = h.keep(t, out, err)
				out, err = c.Move(review.Entry{At: h.now, By: maker, On: review.EventAppeal})
				require.NoError(t, err)
				change(&out.Case)
				err = h.Cases().Keep(t.Context(), out)
				require.ErrorIs(t, err, review.ErrConflict)
				assert.Equal(t, "edited", problem(t, err).Code)
				assert.Len(t, h.entries(t, c.ID), 2)
				assert.Empty(t, cmp.Diff(c.Place, h.read(t, c.ID).Place))
			})
		}
	})
}
