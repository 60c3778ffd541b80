package registry

import "fmt"

// Held is a snapshot that answers questions, without its records, and the day from
// which the first row that it answers with was public; empty where that is not
// known.
type Held struct {
	Snapshot
	First string
}

// RowsOf returns the rows of a series with this key (NumberKey) that were public on
// the day asOf, in the order of snapshots and lines; an empty asOf means all. The
// text of an error is shown to people.
type RowsOf func(series Series, key, asOf string) ([]Record, error)

// NewLookup returns a Lookup over what is held, wherever its rows are kept.
//
// A series of which no list is held, or none that was public on the day asked
// for, is not asked. A day that is none, and rows that cannot be read, leave the
// question unanswered: unreachable. Absent says that the lists held do not have the
// number; whether they are all lists stands in their Coverage.
func NewLookup(held []Held, rows RowsOf) Lookup { return &lookup{held, rows} }

type lookup struct {
	held []Held
	rows RowsOf
}

// Find answers from the snapshots of one series.
func (l *lookup) Find(series Series, num, asOf string) Reply {
	if !validDay(asOf) {
		return Reply{Answer: Unreachable, Why: fmt.Sprintf("as-of date %q is not YYYY-MM-DD", asOf)}
	}
	reply := Reply{Answer: Absent}
	for _, h := range l.held {
		if h.Series == series && (asOf == "" || h.First != "" && h.First <= asOf) {
			reply.Snapshots = append(reply.Snapshots, h.Source+"@"+h.Published)
		}
	}
	if len(reply.Snapshots) == 0 {
		reply.Answer, reply.Why = NotAsked, notHeld(series, asOf)
		return reply
	}
	rows, err := l.rows(series, NumberKey(num), asOf)
	if err != nil {
		return Reply{Answer: Unreachable, Why: err.Error()}
	}
	if len(rows) > 0 {
		reply.Answer, reply.Records = Found, rows
	}
	return reply
}

// Snapshots lists what is held, without records.
func (l *lookup) Snapshots() []Snapshot {
	all := make([]Snapshot, len(l.held))
	for i, h := range l.held {
		h.Records = nil
		all[i] = h.Snapshot
	}
	return all
}

func notHeld(series Series, asOf string) string {
	if asOf == "" {
		return fmt.Sprintf("no list of the series %s is held", series)
	}
	return fmt.Sprintf("no list of the series %s that was public on %s is held", series, asOf)
}
