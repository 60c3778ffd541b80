package desk_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/desk/desktest"
	"github.com/listgate/listgate/review/notice"
)

// proposed opens a case and has Lin propose to suspend downloads.
func proposed(t *testing.T, o *desktest.Office, id string) review.Decision {
	t.Helper()
	on := o.Claimed(t, id, "a-1/1.10", desktest.Lin)
	made, err := o.Decide(t.Context(), on,
		desktest.Proposal(review.MeasureSuspend, review.ScopeDownloads))
	require.NoError(t, err)
	require.Equal(t, review.StatusProposed, made.Status())
	return made
}

// following is an act of a person on a decision, of a case as it stands.
func following(
	t *testing.T, o *desktest.Office, on review.Event, of review.Decision, who review.Actor,
) desk.FollowUp {
	t.Helper()
	return desk.FollowUp{ActOn: o.As(t, of.Case, who), Decision: of.ID, On: on,
		Note: desktest.Why}
}

func TestSecondPerson(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		made := proposed(t, o, "c-1")
		assert.Equal(t, review.ReleaseListed, o.Release(t, "a-1/1.9"), "nothing changed yet")
		assert.Equal(t, []string{"decision propose"}, o.Recorded(t, "c-1"), "no letter yet")

		twice := desktest.Lin
		twice.Role = review.RoleSenior
		for _, on := range []review.Event{review.EventApprove, review.EventReject} {
			_, err := o.Follow(t.Context(), following(t, o, on, made, desktest.Lin))
			has(t, err, "by/same-person")
			_, err = o.Follow(t.Context(), following(t, o, on, made, twice))
			has(t, err, "by/same-person")
			_, err = o.Follow(t.Context(), following(t, o, on, made, desktest.Zhou))
			has(t, err, "case/role")
		}
		stale := following(t, o, review.EventApprove, made, desktest.Chen)
		stale.Rev--
		_, err := o.Follow(t.Context(), stale)
		has(t, err, "rev/stale")

		then, err := o.Follow(t.Context(),
			following(t, o, review.EventApprove, made, desktest.Chen))
		require.NoError(t, err)
		assert.Equal(t, review.StatusEffective, then.Status())
		assert.Equal(t, review.AppSuspended, o.Standing(t, "a-1").State)
		assert.Equal(t, review.ReleaseSuspended, o.Release(t, "a-1/1.9"))
		assert.Equal(t, review.ReleaseRefused, o.Release(t, "a-1/1.10"))
		assert.Equal(t, []string{"decision propose", "approval approve", "notice "},
			o.Recorded(t, "c-1"))
		bothSayTheSame(t, o, "c-1")
	})
}

// bothSayTheSame reads the one letter of a case.
func bothSayTheSame(t *testing.T, o *desktest.Office, id string) {
	t.Helper()
	letters, err := o.Letters.Letters(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, letters, 1)
	var facts notice.Facts
	require.NoError(t, json.Unmarshal(letters[0].Facts, &facts))
	assert.Equal(t, notice.Schema, facts.Schema)
	for lang, letter := range map[string]string{"zh": letters[0].ZH, "en": letters[0].EN} {
		want := []string{facts.Store.In(lang), facts.App, facts.Package, facts.Provider,
			facts.At, facts.Deadline.Day, facts.Appeal.Where.In(lang), facts.Appeal.Until,
			facts.Remedies[0].In(lang), facts.Findings[0].What.In(lang), facts.Made.Law,
			desktest.Why, "1.9 (Android)", "1.10 (Android)"}
		for _, g := range facts.Grounds {
			want = append(want, g.Place.In(lang), g.Instrument.In(lang))
		}
		for _, w := range want {
			require.NotEmpty(t, w, lang)
			assert.Contains(t, letter, w, lang)
		}
	}
	assert.NotEqual(t, facts.Findings[0].What.ZH, facts.Findings[0].What.EN)
}

func TestRejectAndRetract(t *testing.T) {
	t.Parallel()
	tests := []struct {
		on   review.Event
		by   review.Actor
		want review.DecisionStatus
	}{
		{review.EventReject, desktest.Chen, review.StatusRejected},
		{review.EventRetract, desktest.Lin, review.StatusRetracted},
	}
	for _, test := range tests {
		t.Run(string(test.on), func(t *testing.T) {
			t.Parallel()
			offices(t, func(t *testing.T, o *desktest.Office) {
				made := proposed(t, o, "c-1")
				then, err := o.Follow(t.Context(), following(t, o, test.on, made, test.by))
				require.NoError(t, err)
				assert.Equal(t, test.want, then.Status())
				assert.Equal(t, review.CaseWaiting, o.Case(t, "c-1").State)
				assert.Equal(t, review.AppListed, o.Standing(t, "a-1").State)
				letters, err := o.Letters.Letters(t.Context(), "c-1")
				require.NoError(t, err)
				assert.Empty(t, letters)
				assert.Equal(t, []string{"decision propose", "approval " + string(test.on)},
					o.Recorded(t, "c-1"))
			})
		})
	}
}

// Of two seniors who approve at once one is the second person.
func TestApproveAtOnce(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		made := proposed(t, o, "c-1")
		people := []review.Actor{desktest.Chen, desktest.Wu}
		errs := make([]error, len(people))
		var all sync.WaitGroup
		for i, who := range people {
			f := following(t, o, review.EventApprove, made, who)
			all.Go(func() { _, errs[i] = o.Follow(t.Context(), f) })
		}
		all.Wait()
		if errs[0] == nil {
			errs[0], errs[1] = errs[1], errs[0]
		}
		require.ErrorIs(t, errs[0], review.ErrConflict)
		require.NoError(t, errs[1])
		letters, err := o.Letters.Letters(t.Context(), "c-1")
		require.NoError(t, err)
		assert.Len(t, letters, 1)
	})
}

func TestFollowIsRefused(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		made := proposed(t, o, "c-1")
		with := func(edit func(f *desk.FollowUp)) error {
			f := following(t, o, review.EventReject, made, desktest.Chen)
			edit(&f)
			_, err := o.Follow(t.Context(), f)
			return err
		}
		has(t, with(func(f *desk.FollowUp) { f.On = "celebrate" }), "on/event")
		has(t, with(func(f *desk.FollowUp) { f.On = review.EventFellDue }), "on/event")
		has(t, with(func(f *desk.FollowUp) { f.Who = review.Actor{} }), "by/actor")
		has(t, with(func(f *desk.FollowUp) { f.Note = "短" }), "note/note-too-short")
		has(t, with(func(f *desk.FollowUp) { f.Note = strings.Repeat("长", 4001) }),
			"note/too-long")
		require.ErrorIs(t, with(func(f *desk.FollowUp) { f.Decision = "d-9" }),
			review.ErrNotFound)
		require.ErrorIs(t, with(func(f *desk.FollowUp) { f.Case = "c-9" }), review.ErrNotFound)
		assert.Equal(t, review.CaseProposed, o.Case(t, "c-1").State)
	})
}

// A deadline is extended with a letter that repeats the words of the first, also
// where the report was made anew in between; the effect is confirmed without one.
func TestExtendAndEffect(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		made := proposed(t, o, "c-1")
		_, err := o.Follow(t.Context(),
			following(t, o, review.EventApprove, made, desktest.Chen))
		require.NoError(t, err)
		require.NoError(t, o.Submissions.Scanned(t.Context(), "c-1", review.Scan{At: o.Time()}))
		longer := following(t, o, review.EventExtend, made, desktest.Zhou)
		longer.WorkingDays = 5
		then, err := o.Follow(t.Context(), longer)
		require.NoError(t, err)
		_, err = o.Follow(t.Context(),
			following(t, o, review.EventEffect, made, desktest.Zhou))
		require.NoError(t, err)
		letters, err := o.Letters.Letters(t.Context(), "c-1")
		require.NoError(t, err)
		require.Len(t, letters, 2)
		assert.Equal(t, review.EventExtend, letters[1].On)
		assert.Contains(t, letters[1].ZH, then.Deadline().Day)
		var first, second notice.Facts
		require.NoError(t, json.Unmarshal(letters[0].Facts, &first))
		require.NoError(t, json.Unmarshal(letters[1].Facts, &second))
		assert.Equal(t, first.Findings, second.Findings)
		assert.Equal(t, []string{"decision propose", "approval approve", "notice ",
			"effect extend", "notice extend", "effect effect"}, o.Recorded(t, "c-1"))
	})
}
