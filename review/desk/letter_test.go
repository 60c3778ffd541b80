package desk_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk/desktest"
)

// Whoever keeps an outcome by himself has the letter written with it: a listing by
// the policy, which says that no person made it. A proposal has none.
func TestWriteLetter(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		measure review.Measure
		want    []string
	}{
		{"listing", review.MeasureList, []string{"decision list", "notice "}},
		{"proposal", review.MeasureRemove, []string{"decision propose"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			offices(t, func(t *testing.T, o *desktest.Office) {
				o.Claimed(t, "c-1", "a-1/1.10", desktest.Lin)
				in, err := o.Basis(t.Context(), "c-1")
				require.NoError(t, err)
				p := desktest.Proposal(test.measure, "")
				p.Evidence = append(p.Evidence, review.Pointer{Kind: review.PointRegistry,
					ID: "algorithm.csv#12"}, review.Pointer{Kind: "rumour", ID: "x"})
				out, err := review.Decide(review.DecisionInput{
					ID: o.ID(), Case: in.Case, App: in.App, Releases: in.Releases, Rev: in.Rev,
					By: desktest.Lin, Proposal: p, Law: o.Law.Law, Articles: o.Law,
					Known: review.Known{review.PointCheck: {"FI-01"}, "rumour": {"x"},
						review.PointRegistry: {"algorithm.csv#12"}},
					Calendar: o.Calendar, Policy: o.Policy, Now: in.Now,
				})
				require.NoError(t, err)
				out.Decision.Automated = true
				out.Case.Decisions[0].Automated = true
				require.NoError(t, o.DB.Do(t.Context(), func(ctx context.Context) error {
					if err := o.Cases.Keep(ctx, out); err != nil {
						return err
					}
					return o.WriteLetter(ctx, out)
				}))
				assert.Equal(t, test.want, o.Recorded(t, "c-1"))
				letters, err := o.Letters.Letters(t.Context(), "c-1")
				require.NoError(t, err)
				require.Len(t, letters, len(test.want)-1)
				for _, l := range letters {
					assert.Contains(t, l.ZH, "未经人工审核")
					assert.Contains(t, l.ZH, "名录记录：algorithm.csv#12")
					assert.Contains(t, l.EN, "entry of a list: algorithm.csv#12")
					assert.Contains(t, l.EN, "rumour: x")
				}
			})
		})
	}
}
