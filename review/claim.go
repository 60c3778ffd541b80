package review

import (
	"fmt"
	"slices"
	"time"
)

// DefaultLease is how long a claim lasts without a sign of life where the policy
// does not say.
const DefaultLease = 30 * time.Minute

// Claim says who has a case, and until when without a sign of life. The zero value
// is nobody.
type Claim struct {
	By    Actor     `json:"by"`
	Until time.Time `json:"until,omitzero"`
}

// Held reports a claim whose lease has not run out.
func (c Claim) Held(now time.Time) bool { return c.By.ID != "" && now.Before(c.Until) }

// ClaimedError says that another person has the case. It is an ErrConflict.
type ClaimedError struct {
	By    Actor
	Until time.Time
}

// Error names the person and the end of the lease.
func (e *ClaimedError) Error() string {
	return fmt.Sprintf("claimed by %s until %s", e.By.Name, e.Until.UTC().Format(time.RFC3339))
}

// Is reports ErrConflict.
func (e *ClaimedError) Is(target error) bool { return target == ErrConflict }

// Problem says it for a form, in China's time.
func (e *ClaimedError) Problem() Problem {
	until := e.Until.In(Zone()).Format("2006-01-02 15:04")
	return Problem{Field: "case", Code: "claimed", Kind: ErrConflict,
		Message: say("案件已由 %[1]s 领取，有效至 %[2]s", "%[1]s has claimed the case until %[2]s",
			e.By.Name, until)}
}

// TakeClaim claims a case for a lease. A claim that has run out may be taken over,
// and whoever has the case renews the lease. The error is a *ClaimedError where
// another has it, a *TransitionError where the case is not to be claimed, and a
// *Refusal for who decided what is appealed against.
func TakeClaim(c Case, who Actor, now time.Time, lease time.Duration) (Outcome, error) {
	if c.State == CaseClaimed {
		switch {
		case c.Claim.Held(now) && !c.Claim.By.Same(who):
			return Outcome{}, &ClaimedError{c.Claim.By, c.Claim.Until}
		case c.Claim.Held(now):
			return KeepClaim(c, who, now, lease)
		}
	}
	var out Outcome
	if c.State == CaseClaimed {
		expired, err := ExpireClaim(c, who, now)
		if err != nil {
			return Outcome{}, err
		}
		out, c = expired, expired.Case
	}
	if err := ownDecision(c, who); err != nil {
		return Outcome{}, err
	}
	moved, e, err := c.move(Entry{At: now, By: who, On: EventClaim})
	if err != nil {
		return Outcome{}, err
	}
	moved.Claim = Claim{who, now.Add(lease).UTC()}
	out.Case, out.Entries = moved, append(out.Entries, e)
	return out, nil
}

// ownDecision refuses an appeal to those who decided.
func ownDecision(c Case, who Actor) error {
	if c.State != CaseAppealed {
		return nil
	}
	for _, d := range slices.Backward(c.Decisions) {
		if d.Status() != StatusEffective && d.Status() != StatusLapsed {
			continue
		}
		second, _ := d.Second()
		if !d.By.Same(who) && !second.Same(who) {
			return nil
		}
		var found complaints
		found.forbidden("by", "own-decision", say("申诉须由未参与原决定的人员处理",
			"an appeal goes to a person who had no part in the decision"))
		return found.err()
	}
	return nil
}

// KeepClaim renews the lease of who has the case. It is a *ClaimedError where
// another has it, and a *TransitionError where nobody has.
func KeepClaim(c Case, who Actor, now time.Time, lease time.Duration) (Outcome, error) {
	if err := c.heldBy(who, now); err != nil {
		return Outcome{}, err
	}
	c.Claim.Until = now.Add(lease).UTC()
	return Outcome{Case: c}, nil
}

// DropClaim gives a claimed case back; it rests where it rested before. The errors
// are those of KeepClaim.
func DropClaim(c Case, who Actor, now time.Time) (Outcome, error) {
	if err := c.heldBy(who, now); err != nil {
		return Outcome{}, err
	}
	moved, e, err := c.move(Entry{At: now, By: who, On: EventUnclaim})
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Case: moved, Entries: []Entry{e}}, nil
}

// ExpireClaim ends a claim whose lease has run out. It is a *ClaimedError while the
// lease runs.
func ExpireClaim(c Case, by Actor, now time.Time) (Outcome, error) {
	if c.State == CaseClaimed && c.Claim.Held(now) {
		return Outcome{}, &ClaimedError{c.Claim.By, c.Claim.Until}
	}
	note := c.Claim.By.Name
	moved, e, err := c.move(Entry{At: now, By: by, On: EventLeaseExpired, Note: note})
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Case: moved, Entries: []Entry{e}}, nil
}

// heldBy returns nil where who has the case now.
func (c Case) heldBy(who Actor, now time.Time) error {
	switch {
	case c.State != CaseClaimed || !c.Claim.Held(now):
		return &TransitionError{Of: "case", From: string(c.State), On: EventUnclaim, By: who.Role}
	case !c.Claim.By.Same(who):
		return &ClaimedError{c.Claim.By, c.Claim.Until}
	}
	return nil
}
