package daily_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/daily"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/desk/desktest"
	"github.com/listgate/listgate/review/workdays"
)

// offices runs a test on each database, with a listed application and the next
// version of it in a case.
func offices(t *testing.T, test func(t *testing.T, o *desktest.Office)) {
	t.Helper()
	storetest.Databases(t, func(t *testing.T, db *store.DB) {
		o := desktest.New(t, db)
		o.AddApp(t, "a-1", review.AppListed, "1.9", "listed", "1.10", "submitted")
		o.Open(t, "c-1", "a-1/1.10")
		test(t, o)
	})
}

// sweeps runs a sweep that has to succeed.
func sweeps(t *testing.T, o *desktest.Office) daily.Swept {
	t.Helper()
	d := daily.Daily{Desk: o.Desk, Robot: desktest.Robot}
	done, err := d.Sweep(t.Context())
	require.NoError(t, err)
	return done
}

// decides has a person claim a case and decide it.
func decides(
	t *testing.T, o *desktest.Office, id string, who review.Actor, p review.Proposal,
) review.Decision {
	t.Helper()
	made, err := o.Decide(t.Context(), o.Claims(t, id, who), p)
	require.NoError(t, err)
	return made
}

// approves has Chen be the second person.
func approves(t *testing.T, o *desktest.Office, made review.Decision) {
	t.Helper()
	_, err := o.Follow(t.Context(), desk.FollowUp{ActOn: o.As(t, made.Case, desktest.Chen),
		Decision: made.ID, On: review.EventApprove})
	require.NoError(t, err)
}

// the returns the only decision of a case.
func the(t *testing.T, o *desktest.Office, id string) (review.Decision, review.DecisionAct) {
	t.Helper()
	c := o.Case(t, id)
	require.Len(t, c.Decisions, 1)
	d := c.Decisions[0]
	return d, d.Acts[len(d.Acts)-1]
}

func letters(t *testing.T, o *desktest.Office, id string) []review.Letter {
	t.Helper()
	all, err := o.Letters.Letters(t.Context(), id)
	require.NoError(t, err)
	return all
}

func emergency(order *review.Order) review.Proposal {
	p := desktest.Proposal(review.MeasureRemove, "")
	p.Emergency = &review.Emergency{Order: order}
	return p
}

// warning is to be mended in so many working days, else downloads are suspended.
func warning(days int) review.Proposal {
	p := desktest.Proposal(review.MeasureWarn, "")
	p.WorkingDays = &days
	p.Consequence = &review.Act{Measure: review.MeasureSuspend, Scope: review.ScopeDownloads}
	return p
}

func TestNothingIsDue(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		assert.Equal(t, daily.Swept{}, sweeps(t, o))
	})
}

func TestLeaseRunsOut(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Claims(t, "c-1", desktest.Lin)
		assert.Equal(t, daily.Swept{}, sweeps(t, o))
		o.Pass(20 * time.Minute)
		_, err := o.Renew(t.Context(), "c-1", desktest.Lin)
		require.NoError(t, err)
		o.Pass(20 * time.Minute)
		assert.Equal(t, daily.Swept{}, sweeps(t, o), "a sign of life was given")
		o.Pass(20 * time.Minute)
		assert.Equal(t, daily.Swept{Leases: 1}, sweeps(t, o))
		assert.Equal(t, review.CaseWaiting, o.Case(t, "c-1").State)
		assert.Equal(t, daily.Swept{}, sweeps(t, o))
	})
}

func TestEmergency(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		order  *review.Order
		ratify bool
		want   daily.Swept
		app    review.AppState
		ledger []string
	}{
		{"ratified", nil, true, daily.Swept{}, review.AppRemoved,
			[]string{"decision emergency", "notice ", "approval ratify"}},
		{"of_the_store_lapses", nil, false, daily.Swept{Lapsed: 1}, review.AppListed,
			[]string{"decision emergency", "notice ", "effect lapse", "notice lapse"}},
		{"of_an_authority_stays", &review.Order{Authority: "某市网信办", Reference: "〔2026〕12号"},
			false, daily.Swept{Escalated: 1}, review.AppRemoved,
			[]string{"decision emergency", "notice ", "effect escalate"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			offices(t, func(t *testing.T, o *desktest.Office) {
				made := decides(t, o, "c-1", desktest.Chen, emergency(test.order))
				require.Equal(t, review.AppRemoved, o.Standing(t, "a-1").State)
				o.Pass(review.RatifyTime - time.Millisecond)
				require.Equal(t, daily.Swept{}, sweeps(t, o))
				if test.ratify {
					_, err := o.Follow(t.Context(), desk.FollowUp{
						ActOn: o.As(t, "c-1", desktest.Wu), Decision: made.ID,
						On: review.EventRatify,
					})
					require.NoError(t, err)
				}
				o.Pass(time.Millisecond)
				assert.Equal(t, test.want, sweeps(t, o))
				assert.Equal(t, daily.Swept{}, sweeps(t, o), "once")
				assert.Equal(t, test.app, o.Standing(t, "a-1").State)
				assert.Equal(t, test.ledger, o.Recorded(t, "c-1"))
				if test.want.Lapsed > 0 {
					assert.Equal(t, review.ReleaseListed, o.Release(t, "a-1/1.9"))
					assert.Equal(t, review.ReleaseSubmitted, o.Release(t, "a-1/1.10"))
					assert.Equal(t, review.CaseReopened, o.Case(t, "c-1").State)
					told := letters(t, o, "c-1")[1]
					assert.Contains(t, told.ZH, "措施失效通知书")
					assert.Contains(t, told.EN, "has lapsed")
				}
			})
		})
	}
}

// A consequence takes effect once, also after an outage of days, and says how late.
func TestConsequenceFallsDue(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		made := decides(t, o, "c-1", desktest.Lin, warning(2))
		require.Equal(t, review.StatusProposed, made.Status())
		o.Pass(24 * time.Hour)
		approves(t, o, made)
		deadline := func() time.Time { d, _ := the(t, o, "c-1"); return d.Deadline().At }()
		o.Pass(deadline.Sub(o.Time()) - time.Millisecond)
		require.Equal(t, daily.Swept{}, sweeps(t, o))
		assert.Equal(t, review.AppWarned, o.Standing(t, "a-1").State)

		o.Pass(50*time.Hour + time.Millisecond)
		assert.Equal(t, daily.Swept{FellDue: 1}, sweeps(t, o))
		assert.Equal(t, daily.Swept{}, sweeps(t, o), "once")
		_, act := the(t, o, "c-1")
		assert.Equal(t, review.EventFellDue, act.On)
		assert.Equal(t, 50*time.Hour, act.Late)
		assert.Equal(t, desktest.Robot, act.By)
		assert.Equal(t, review.AppSuspended, o.Standing(t, "a-1").State)
		assert.Equal(t, review.ReleaseSuspended, o.Release(t, "a-1/1.9"))
		assert.Equal(t, []string{"decision propose", "approval approve", "notice ",
			"effect fell-due", "notice fell-due"}, o.Recorded(t, "c-1"))
		told := letters(t, o, "c-1")[1]
		assert.Contains(t, told.ZH, "迟于期限 50 小时")
		assert.Contains(t, told.EN, "50 hours after the deadline")
		assert.Contains(t, told.EN, "1.9 (Android)")
	})
}

// What was mended in time has no consequence.
func TestCuredInTime(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		approves(t, o, decides(t, o, "c-1", desktest.Lin, warning(2)))
		o.AddApp(t, "a-1", review.AppListed, "1.11", "submitted")
		o.Open(t, "c-2", "a-1/1.11")
		cure := desktest.Proposal(review.MeasureList, "")
		cure.Cures = true
		decides(t, o, "c-2", desktest.Zhou, cure)
		o.Pass(30 * 24 * time.Hour)
		assert.Equal(t, daily.Swept{}, sweeps(t, o))
		assert.Equal(t, review.AppListed, o.Standing(t, "a-1").State)
	})
}

// A consequence that the application can no longer suffer is noted, without a letter
// that would say it is in force.
func TestConsequenceWithoutEffect(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		p := warning(2)
		approves(t, o, decides(t, o, "c-1", desktest.Lin, p))
		app, err := o.Apps.App(t.Context(), "a-1")
		require.NoError(t, err)
		app.Standing.State = review.AppUnlisted // as where the developer takes it off
		c := o.Case(t, "c-1")
		require.NoError(t, o.Cases.Keep(t.Context(), review.Outcome{Case: c, App: &app,
			Entries: []review.Entry{{At: o.Time(), By: desktest.Robot, On: review.EventSettle}}}))
		o.Pass(30 * 24 * time.Hour)
		assert.Equal(t, daily.Swept{FellDue: 1}, sweeps(t, o))
		_, act := the(t, o, "c-1")
		assert.Contains(t, act.Note, "逾期后果未能执行")
		assert.Len(t, letters(t, o, "c-1"), 1)
	})
}

func TestDeadlineWithoutConsequence(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		p := warning(2)
		p.Consequence = nil
		decides(t, o, "c-1", desktest.Lin, p)
		o.Pass(10 * 24 * time.Hour)
		assert.Equal(t, daily.Swept{Overdue: 1}, sweeps(t, o))
		assert.Equal(t, daily.Swept{}, sweeps(t, o))
		assert.Equal(t, review.CaseReopened, o.Case(t, "c-1").State)
		assert.Equal(t, review.AppWarned, o.Standing(t, "a-1").State)
		_, act := the(t, o, "c-1")
		assert.Positive(t, act.Late)
	})
}

func TestQuestionThatNobodyAnswers(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		decides(t, o, "c-1", desktest.Lin, desktest.Proposal(review.MeasureAsk, ""))
		o.Pass(30 * 24 * time.Hour)
		assert.Equal(t, daily.Swept{Unanswered: 1}, sweeps(t, o))
		assert.Equal(t, daily.Swept{}, sweeps(t, o))
		assert.Equal(t, review.CaseWaiting, o.Case(t, "c-1").State)
	})
}

// A deadline that runs into a year without a calendar has no consequence until it is
// settled; once it is, both happen in one sweep.
func TestProvisionalDeadline(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		approves(t, o, decides(t, o, "c-1", desktest.Lin, warning(40)))
		d, _ := the(t, o, "c-1")
		require.True(t, d.Deadline().Provisional())
		o.Pass(90 * 24 * time.Hour)
		assert.Equal(t, daily.Swept{PassedOver: 1}, sweeps(t, o), "the calendar is still missing")
		assert.Equal(t, review.AppWarned, o.Standing(t, "a-1").State)

		days, err := workdays.Parse(fstest.MapFS{
			"2026.csv": {Data: []byte("2026-10-01,off,国庆节\n")},
			"2027.csv": {Data: []byte("2027-01-01,off,元旦\n")},
		})
		require.NoError(t, err)
		o.Calendar = days
		assert.Equal(t, daily.Swept{Settlements: 1, FellDue: 1}, sweeps(t, o))
		assert.Equal(t, review.AppSuspended, o.Standing(t, "a-1").State)
		d, act := the(t, o, "c-1")
		assert.False(t, d.Deadline().Provisional())
		assert.Positive(t, act.Late)
	})
}

// Many sweeps at once, as of many processes, do each thing once.
func TestSweepsAtOnce(t *testing.T) {
	t.Parallel()
	const apps, processes = 5, 4
	offices(t, func(t *testing.T, o *desktest.Office) {
		for i := range apps {
			app := fmt.Sprint("b-", i)
			o.AddApp(t, app, review.AppListed, "1", "listed", "2", "submitted")
			o.Open(t, "of-"+app, app+"/2")
			decides(t, o, "of-"+app, desktest.Chen, emergency(nil))
		}
		o.Pass(48 * time.Hour)
		done := make([]daily.Swept, processes)
		var all sync.WaitGroup
		for i := range processes {
			all.Go(func() {
				d := daily.Daily{Desk: o.Desk, Robot: desktest.Robot}
				var err error
				done[i], err = d.Sweep(t.Context())
				assert.NoError(t, err)
			})
		}
		all.Wait()
		lapsed := 0
		for _, one := range done {
			lapsed += one.Lapsed
		}
		assert.Equal(t, apps, lapsed)
		for i := range apps {
			assert.Len(t, letters(t, o, fmt.Sprint("of-b-", i)), 2)
		}
	})
}

var errPen = errors.New("the pen is empty")

// pen fails for one case.
type pen struct {
	letterStore
	broken string
}

type letterStore = review.Letters

// Add implements review.Letters.
func (p pen) Add(ctx context.Context, l review.Letter) error {
	if l.Case == p.broken {
		return errPen
	}
	return p.letterStore.Add(ctx, l)
}

// What fails in one case stops no other, is named, and is done by a later sweep.
func TestErrorOfOneCase(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		for _, app := range []string{"b-1", "b-2", "b-3"} {
			o.AddApp(t, app, review.AppListed, "1", "listed", "2", "submitted")
			o.Open(t, "of-"+app, app+"/2")
			decides(t, o, "of-"+app, desktest.Chen, emergency(nil))
		}
		o.Pass(48 * time.Hour)
		whole := o.Letters
		o.Letters = pen{whole, "of-b-2"}
		d := daily.Daily{Desk: o.Desk, Robot: desktest.Robot}
		done, err := d.Sweep(t.Context())
		require.ErrorIs(t, err, errPen)
		assert.ErrorContains(t, err, "case of-b-2: ratification:")
		assert.NotContains(t, err.Error(), "of-b-1")
		assert.Equal(t, daily.Swept{Lapsed: 2}, done)
		assert.Equal(t, review.AppRemoved, o.Standing(t, "b-2").State, "nothing of it is kept")
		o.Letters = whole
		assert.Equal(t, daily.Swept{Lapsed: 1}, sweeps(t, o))
	})
}

func TestSweepEndsWithItsContext(t *testing.T) {
	t.Parallel()
	offices(t, func(t *testing.T, o *desktest.Office) {
		o.Claims(t, "c-1", desktest.Lin)
		o.Pass(time.Hour)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		d := daily.Daily{Desk: o.Desk, Robot: desktest.Robot}
		_, err := d.Sweep(ctx)
		require.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, review.CaseClaimed, o.Case(t, "c-1").State)
	})
}
