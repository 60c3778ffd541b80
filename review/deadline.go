package review

import (
	"time"

	"github.com/listgate/listgate/analyzer"
)

// Zone is the time in which days are counted and shown. China has kept UTC+8
// without summer time since 1991, so it needs no table of zones.
func Zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

// Calendar counts working days; review/workdays holds the notices.
type Calendar interface {
	// After returns the end of the n-th working day after the day on which from
	// falls, that day itself not counted; with n of 0 the end of that day. missing
	// lists the years that were counted without their notice.
	After(from time.Time, n int) (end time.Time, missing []int)
}

// Deadline is the end of a working day. The zero value is none.
type Deadline struct {
	From        time.Time `json:"from"`
	WorkingDays int       `json:"working_days"`
	// At is the first instant after it, midnight in China; Day the last day on
	// which it is kept, YYYY-MM-DD.
	At  time.Time `json:"at"`
	Day string    `json:"day"`
	// Missing lists the years whose working days are not published: the deadline is
	// then provisional, and no consequence takes effect by it.
	Missing []int `json:"missing,omitempty"`
}

// DeadlineAfter counts a deadline.
func DeadlineAfter(c Calendar, start time.Time, workingDays int) Deadline {
	end, missing := c.After(start, workingDays)
	return Deadline{
		From: start.UTC(), WorkingDays: workingDays, At: end.UTC(),
		Day: end.Add(-time.Second).In(Zone()).Format(time.DateOnly), Missing: missing,
	}
}

// Set reports a deadline.
func (d Deadline) Set() bool { return !d.At.IsZero() }

// Provisional reports a deadline that rests on a calendar that is not published.
func (d Deadline) Provisional() bool { return len(d.Missing) > 0 }

// Passed reports whether the deadline is over.
func (d Deadline) Passed(now time.Time) bool { return d.Set() && !now.Before(d.At) }

// MaxTerm is the longest term in working days that a decision may set.
const MaxTerm = 60

// remedyDays is the term of a severity: the store's policy where it names one, else
// the edition's. ok is false where neither does.
func remedyDays(l *Law, p Policy, s Severity) (days int, ok bool) {
	if n, set := p.RemedyWorkingDays[s]; set {
		return n, true
	}
	if n := l.Severities[s].RemedyWorkingDays; n != nil {
		return *n, true
	}
	return 0, false
}

// gravest is the gravest severity of the obligations; empty where none is known.
func gravest(l *Law, obligations []string) Severity {
	var out Severity
	for _, id := range obligations {
		o, ok := l.Obligation(id)
		if ok && (out == "" || o.Severity < out) {
			out = o.Severity
		}
	}
	return out
}

// termProblem says what is wrong with a term; ok is true where nothing is.
func termProblem(days int) (message analyzer.Text, ok bool) {
	if days < 0 || days > MaxTerm {
		return say("期限须为 0 至 %[1]d 个工作日", "a term has 0 to %[1]d working days", MaxTerm), false
	}
	return analyzer.Text{}, true
}
