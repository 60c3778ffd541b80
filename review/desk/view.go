package desk

import (
	"slices"
	"time"

	"github.com/listgate/listgate/review"
)

// view is a case as somebody sees it at a time.
type view struct {
	review.FollowUp // what acts rest on; By is who looks
	release         review.Release
	lease           time.Duration
	appeal          error // why it is too late to appeal
}

// holds reports whether who looks has the case.
func (v view) holds() bool {
	c := v.Case
	return c.State == review.CaseClaimed && c.Claim.Held(v.Now) && c.Claim.By.Same(v.By)
}

// possible lists the acts that who looks can decide on. What was not analysed is not
// listed.
func (v view) possible() []review.Act {
	if !v.holds() {
		return nil
	}
	allowed := review.CaseEvents(v.Case.State, v.By.Role)
	var out []review.Act
	for _, act := range review.Possible(v.App.Standing.State, v.release.State, v.By.Role) {
		unread := act.Measure == review.MeasureList && v.Case.Made.Facts == ""
		if slices.Contains(allowed, act.Event()) && !unread {
			out = append(out, act)
		}
	}
	return out
}

// offered are the events that people bring about beside decisions, in the order in
// which a page shows them.
var offered = []review.Event{
	review.EventClaim, review.EventUnclaim, review.EventApprove, review.EventReject,
	review.EventRetract, review.EventRatify, review.EventExtend, review.EventEffect,
	review.EventRecall, review.EventClose, review.EventReopen, review.EventHold,
	review.EventResume, review.EventAnswered, review.EventAppeal, review.EventWithdraw,
}

// events lists what who looks can do: what the table of cases allows the role, where
// there is something to do it to and this person may. What may still be missing, such
// as a reason, is said when it is done.
func (v view) events() []review.Event {
	allowed := review.CaseEvents(v.Case.State, v.By.Role)
	var out []review.Event
	for _, on := range offered {
		if (on == review.EventClaim || slices.Contains(allowed, on)) && v.offers(on) {
			out = append(out, on)
		}
	}
	return out
}

func (v view) offers(on review.Event) bool {
	switch on {
	case review.EventClaim:
		_, err := review.TakeClaim(v.Case, v.By, v.Now, v.lease)
		return err == nil && !v.holds()
	case review.EventUnclaim:
		return v.holds()
	case review.EventApprove, review.EventReject:
		pending, ok := v.Case.Pending()
		return ok && !pending.By.Same(v.By)
	case review.EventRetract:
		pending, ok := v.Case.Pending()
		return ok && pending.By.Same(v.By)
	case review.EventRatify, review.EventExtend, review.EventEffect:
		return slices.ContainsFunc(v.Case.Decisions, func(made review.Decision) bool {
			return v.follows(on, made)
		})
	case review.EventHold:
		return heldByOther(v.Case, v.By, v.Now) == nil
	case review.EventAppeal:
		return v.appeal == nil
	case review.EventWithdraw:
		_, err := withdrawn(v.Case, v.Releases, review.Entry{By: v.By, At: v.Now})
		return err == nil
	}
	return true
}

// follows reports whether the event can follow a decision. That a question was asked
// has no effect in the store to be seen.
func (v view) follows(on review.Event, made review.Decision) bool {
	switch on {
	case review.EventRatify:
		return v.Now.Before(made.RatifyBy()) && !made.By.Same(v.By)
	case review.EventExtend:
		return made.Running() && !made.Deadline().Passed(v.Now)
	}
	s := made.Status()
	return (s == review.StatusEffective || s == review.StatusLapsed) && !made.Effected() &&
		made.Measure != review.MeasureAsk
}

// heldByOther is a *review.ClaimedError where another has the case.
func heldByOther(c review.Case, who review.Actor, now time.Time) error {
	if c.State == review.CaseClaimed && c.Claim.Held(now) && !c.Claim.By.Same(who) {
		return &review.ClaimedError{By: c.Claim.By, Until: c.Claim.Until}
	}
	return nil
}
