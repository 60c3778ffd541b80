package registry

import (
	"fmt"

	"github.com/listgate/listgate/registry/number"
)

// NewMemory returns a Lookup over the snapshots, in their order. It keeps their
// records and must have them to itself.
//
// A series of which no list is held, or none that was public on the day asked
// for, is not asked. A day that is none leaves the question unanswered:
// unreachable. Absent says that the lists held do not have the number; whether
// they are all lists stands in their Coverage.
func NewMemory(snapshots ...Snapshot) Lookup {
	m := &memory{snapshots: snapshots, rows: map[rowKey][]Record{}}
	for _, s := range snapshots {
		for _, r := range s.Records {
			k := rowKey{s.Series, numberKey(r.Number)}
			m.rows[k] = append(m.rows[k], r)
		}
	}
	return m
}

type memory struct {
	snapshots []Snapshot
	rows      map[rowKey][]Record
}

type rowKey struct {
	series Series
	number string
}

// Find answers from the snapshots of one series.
func (m *memory) Find(series Series, num, asOf string) Reply {
	if !validDay(asOf) {
		return Reply{Answer: Unreachable, Why: fmt.Sprintf("as-of date %q is not YYYY-MM-DD", asOf)}
	}
	reply := Reply{Answer: Absent}
	for _, s := range m.snapshots {
		if s.Series == series && s.visible(asOf) {
			reply.Snapshots = append(reply.Snapshots, s.Source+"@"+s.Published)
		}
	}
	if len(reply.Snapshots) == 0 {
		reply.Answer, reply.Why = NotAsked, notHeld(series, asOf)
		return reply
	}
	for _, r := range m.rows[rowKey{series, numberKey(num)}] {
		if seen(r.Published, asOf) {
			reply.Answer, reply.Records = Found, append(reply.Records, r)
		}
	}
	return reply
}

// Snapshots lists what is held, without records.
func (m *memory) Snapshots() []Snapshot {
	held := make([]Snapshot, len(m.snapshots))
	for i, s := range m.snapshots {
		s.Records = nil
		held[i] = s
	}
	return held
}

// visible tells whether any of the snapshot was public on the day.
func (s Snapshot) visible(asOf string) bool {
	if asOf == "" || seen(s.Published, asOf) {
		return true
	}
	for _, r := range s.Records {
		if seen(r.Published, asOf) {
			return true
		}
	}
	return false
}

func notHeld(series Series, asOf string) string {
	if asOf == "" {
		return fmt.Sprintf("no list of the series %s is held", series)
	}
	return fmt.Sprintf("no list of the series %s that was public on %s is held", series, asOf)
}

// numberKey is the form under which spellings of one number meet.
func numberKey(s string) string {
	if n, err := number.Parse(s); err == nil {
		return n.Key()
	}
	return foldName(s)
}
