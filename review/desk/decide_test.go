package desk_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/desk/desktest"
)

func refusal() review.Proposal { return desktest.Proposal(review.MeasureRefuse, "") }

func TestRefuseAnUpdate(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		on := o.Claimed(t, "c-1", "a-1/1.10", desktest.Lin)
		problems, err := o.Missing(t.Context(), on, refusal())
		require.NoError(t, err)
		assert.Empty(t, problems)
		made, err := o.Decide(t.Context(), on, refusal())
		require.NoError(t, err)
		assert.Equal(t, review.StatusEffective, made.Status())
		c := o.Case(t, "c-1")
		assert.Equal(t, review.CaseDecided, c.State)
		require.Len(t, c.Decisions, 1)
		assert.Empty(t, cmp.Diff(c.Decisions[0], made), "the decision as it is stored")
		assert.Equal(t, review.ReleaseRefused, o.Release(t, "a-1/1.10"))
		assert.Equal(t, review.ReleaseListed, o.Release(t, "a-1/1.9"), "what is listed stays")
		assert.Equal(t, review.AppListed, o.Standing(t, "a-1").State)
		assert.Equal(t, []string{"decision refuse", "notice "}, o.Recorded(t, "c-1"))
		letters, err := o.Letters.Letters(t.Context(), "c-1")
		require.NoError(t, err)
		require.Len(t, letters, 1)
		assert.Equal(t, o.Time(), letters[0].At)
		assert.Contains(t, letters[0].ZH, "不予上架")
		assert.Contains(t, letters[0].ZH, "1.10 (Android)")
		assert.NotContains(t, letters[0].ZH, "1.9 (")
		assert.Contains(t, letters[0].EN, "Not listed")
	})
}

// Everything that is missing or wrong is said at once, and nothing is stored.
func TestDecideIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		edit func(on *desk.ActOn, p *review.Proposal)
		want []string
	}{
		{"nothing_given", func(_ *desk.ActOn, p *review.Proposal) {
			*p = review.Proposal{Act: p.Act}
		}, []string{"grounds/grounds-missing", "evidence/evidence-missing",
			"reason/reason-missing"}},
		{"no_measure", func(_ *desk.ActOn, p *review.Proposal) { p.Act = review.Act{} },
			[]string{"measure/measure-missing"}},
		{"stale", func(on *desk.ActOn, _ *review.Proposal) { on.Rev-- }, []string{"rev/stale"}},
		{"stale_and_no_reason", func(on *desk.ActOn, p *review.Proposal) {
			on.Rev--
			p.Reason = ""
		}, []string{"rev/stale", "reason/reason-missing"}},
		{"claimed_by_another", func(on *desk.ActOn, _ *review.Proposal) { on.Who = desktest.Zhou },
			[]string{"case/claimed"}},
		{"nobody", func(on *desk.ActOn, _ *review.Proposal) { on.Who.ID = "" },
			[]string{"by/actor", "case/claimed"}},
		{"evidence_of_another_case", func(_ *desk.ActOn, p *review.Proposal) {
			p.Evidence = []review.Pointer{{Kind: review.PointFinding, ID: "other-sdk"},
				{Kind: review.PointScan, ID: "c-1"},
				{Kind: review.PointDocument, ID: "declaration"}}
		}, []string{"evidence/evidence-unknown", "evidence/evidence-unknown",
			"evidence/evidence-unknown"}},
		{"too_many", func(_ *desk.ActOn, p *review.Proposal) {
			p.Versions = make([]string, 201)
		}, []string{"versions/too-many"}},
		{"too_long", func(_ *desk.ActOn, p *review.Proposal) {
			p.Note = strings.Repeat("长", 4001)
			p.Remedy.EN = strings.Repeat("x", 4001)
		}, []string{"note/too-long", "remedy/too-long"}},
		{"not_text", func(_ *desk.ActOn, p *review.Proposal) {
			p.Reason += "\x00"
			p.Function = "\xff"
		}, []string{"reason/not-text", "function/not-text"}},
	}
	offices(t, func(t *testing.T, o *desktest.Office) {
		claimed := o.Claimed(t, "c-1", "a-1/1.10", desktest.Lin)
		before := o.Case(t, "c-1")
		for _, test := range tests {
			on, p := claimed, refusal()
			test.edit(&on, &p)
			t.Log(test.name)
			_, err := o.Decide(t.Context(), on, p)
			has(t, err, test.want...)
			problems, err := o.Missing(t.Context(), on, p)
			require.NoError(t, err)
			has(t, &review.Refusal{Problems: problems}, test.want...)
		}
		assert.Empty(t, cmp.Diff(before, o.Case(t, "c-1")))
		assert.Empty(t, o.Recorded(t, "c-1"))
	})
}

func TestDecideWhatIsNotThere(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		on := o.Claimed(t, "c-1", "a-1/1.10", desktest.Lin)
		for _, id := range []string{"c-9", "", "\x00"} {
			_, err := o.Decide(t.Context(), desk.ActOn{Case: id, Who: desktest.Lin}, refusal())
			require.ErrorIs(t, err, review.ErrNotFound)
			_, err = o.Missing(t.Context(), desk.ActOn{Case: id, Who: desktest.Lin}, refusal())
			require.ErrorIs(t, err, review.ErrNotFound)
		}
		on.Who = review.Actor{ID: "u-other", Role: review.RoleDeveloper}
		_, err := o.Decide(t.Context(), on, refusal())
		require.ErrorIs(t, err, review.ErrNotFound, "a developer sees no case of others")
	})
}

// Two windows of one person, or a person and a program: one is kept.
func TestDecideAtOnce(t *testing.T) {
	t.Parallel()
	const windows = 5
	offices(t, func(t *testing.T, o *desktest.Office) {
		on := o.Claimed(t, "c-1", "a-1/1.10", desktest.Lin)
		errs := make([]error, windows)
		var all sync.WaitGroup
		for i := range windows {
			all.Go(func() { _, errs[i] = o.Decide(t.Context(), on, refusal()) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			assert.ErrorIs(t, err, review.ErrConflict)
			var r *review.Refusal
			require.ErrorAs(t, err, &r)
			assert.True(t, r.Has("stale"))
		}
		assert.Equal(t, 1, won)
		assert.Len(t, o.Case(t, "c-1").Decisions, 1)
		assert.Equal(t, []string{"decision refuse", "notice "}, o.Recorded(t, "c-1"))
	})
}

// Two cases of one application that are decided at once: both are kept, one on what
// the other left.
func TestDecideOnOneAppAtOnce(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.AddApp(t, "b-1", review.AppUnlisted, "1", "submitted", "2", "submitted")
		cases := []desk.ActOn{o.Claimed(t, "c-1", "b-1/1", desktest.Lin),
			o.Claimed(t, "c-2", "b-1/2", desktest.Zhou)}
		var all sync.WaitGroup
		for _, on := range cases {
			all.Go(func() {
				_, err := o.Decide(t.Context(), on, desktest.Proposal(review.MeasureList, ""))
				assert.NoError(t, err)
			})
		}
		all.Wait()
		states := map[review.ReleaseState]int{}
		for _, id := range []string{"b-1/1", "b-1/2"} {
			states[o.Release(t, id)]++
		}
		assert.Equal(t, map[review.ReleaseState]int{review.ReleaseListed: 1,
			review.ReleaseSuperseded: 1}, states)
	})
}

var errPen = errors.New("the pen is empty")

// broken adds the letter, with its entry in the ledger, and fails.
type broken struct{ pen }

type pen = review.Letters

// Add implements review.Letters.
func (b broken) Add(ctx context.Context, l review.Letter) error {
	return errors.Join(b.pen.Add(ctx, l), errPen)
}

// What fails after the ledger was appended to leaves nothing, not even there.
func TestNothingIsKeptBesideAnError(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		on := o.Claimed(t, "c-1", "a-1/1.10", desktest.Lin)
		before := o.Case(t, "c-1")
		whole := o.Letters
		o.Letters = broken{whole}
		_, err := o.Decide(t.Context(), on, refusal())
		require.ErrorIs(t, err, errPen)
		o.Letters = whole
		assert.Empty(t, cmp.Diff(before, o.Case(t, "c-1")))
		assert.Empty(t, o.Recorded(t, "c-1"))
		letters, err := whole.Letters(t.Context(), "c-1")
		require.NoError(t, err)
		assert.Empty(t, letters)
		assert.Equal(t, review.ReleaseSubmitted, o.Release(t, "a-1/1.10"))
		v, err := o.Log.Verify(t.Context())
		require.NoError(t, err)
		assert.Zero(t, v.Size)
		_, err = o.Decide(t.Context(), on, refusal())
		require.NoError(t, err, "and can be done again")
	})
}

// A letter that cannot say where to appeal is not sent, and nothing is decided.
func TestNoLetterNoDecision(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		on := o.Claimed(t, "c-1", "a-1/1.10", desktest.Lin)
		o.Desk.Office.Appeal = analyzer.Text{}
		_, err := o.Decide(t.Context(), on, refusal())
		require.ErrorIs(t, err, review.ErrInvalid)
		assert.Equal(t, review.CaseClaimed, o.Case(t, "c-1").State)
	})
}
