package registry

import "time"

// dayOf returns the day from which a list of that date is known to be public:
// the day itself, or the last day of a month where only the month is published.
// It is empty where the date is neither.
func dayOf(published string) string {
	if t, err := time.Parse("2006-01", published); err == nil {
		return t.AddDate(0, 1, -1).Format(time.DateOnly)
	}
	if _, err := time.Parse(time.DateOnly, published); err != nil {
		return ""
	}
	return published
}

// seen tells whether a row of that date was public on the day asOf. An empty
// asOf sees all; a row without a date is seen only then.
func seen(published, asOf string) bool {
	day := dayOf(published)
	return asOf == "" || day != "" && day <= asOf
}

func validDay(asOf string) bool {
	_, err := time.Parse(time.DateOnly, asOf)
	return asOf == "" || err == nil
}

// earlier returns the earlier of two days; an empty one is none.
func earlier(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}
