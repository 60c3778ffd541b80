package store

import "time"

// Millis is a time as it is kept in a column: milliseconds since 1970 in UTC. The
// zero time is 0.
type Millis int64

// MillisOf returns a time in the form of a column.
func MillisOf(t time.Time) Millis {
	if t.IsZero() {
		return 0
	}
	return Millis(t.UnixMilli())
}

// Time returns the time, in UTC.
func (m Millis) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}
