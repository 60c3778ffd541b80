package workdays_test

import (
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/workdays"
)

func at(t *testing.T, text string) time.Time {
	t.Helper()
	out, err := time.ParseInLocation("2006-01-02 15:04", text, review.Zone())
	require.NoError(t, err)
	return out
}

func TestLoadHoldsTheYears(t *testing.T) {
	t.Parallel()
	c, err := workdays.Load()
	require.NoError(t, err)
	assert.Equal(t, []int{2022, 2023, 2024, 2025, 2026}, c.Years())
}

func TestWorking(t *testing.T) {
	t.Parallel()
	c, err := workdays.Load()
	require.NoError(t, err)
	tests := []struct {
		name    string
		day     string
		want    bool
		missing int
	}{
		{"weekday", "2026-11-23 09:00", true, 0},
		{"saturday", "2026-11-21 09:00", false, 0},
		{"holiday_on_a_weekday", "2026-10-01 09:00", false, 0},
		{"last_day_of_the_holiday", "2026-10-07 23:59", false, 0},
		{"first_day_after", "2026-10-08 00:00", true, 0},
		{"saturday_worked", "2026-10-10 09:00", true, 0},
		{"sunday_worked", "2026-09-20 09:00", true, 0},
		{"sunday_worked_in_2025", "2025-01-26 09:00", true, 0},
		{"named_by_next_years_notice", "2022-12-31 09:00", false, 0},
		{"next_years_notice_not_held", "2026-12-31 09:00", true, 2027},
		{"just_before_that_week", "2026-12-24 09:00", true, 0},
		{"year_not_held", "2027-01-01 09:00", true, 2027},
		{"weekend_of_a_year_not_held", "2027-01-02 09:00", false, 2027},
		{"year_before_those_held", "2021-06-01 09:00", true, 2021},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, missing := c.Working(at(t, test.day))
			assert.Equal(t, test.want, got)
			assert.Equal(t, test.missing, missing)
		})
	}
}

func TestWorkingCountsDaysInChina(t *testing.T) {
	t.Parallel()
	c, err := workdays.Load()
	require.NoError(t, err)
	got, _ := c.Working(time.Date(2026, 11, 20, 16, 30, 0, 0, time.UTC))
	assert.False(t, got, "Friday evening in UTC is Saturday in China")
}

func TestAfter(t *testing.T) {
	t.Parallel()
	c, err := workdays.Load()
	require.NoError(t, err)
	tests := []struct {
		name    string
		from    string
		days    int
		last    string // the last day on which it is kept
		missing []int
	}{
		{"the_same_day", "2026-11-23 09:00", 0, "2026-11-23", nil},
		{"less_than_none", "2026-11-23 09:00", -3, "2026-11-23", nil},
		{"one_day", "2026-11-23 09:00", 1, "2026-11-24", nil},
		{"late_at_night", "2026-11-23 23:59", 1, "2026-11-24", nil},
		{"over_a_weekend", "2026-11-20 09:00", 1, "2026-11-23", nil},
		{"ten_days", "2026-11-23 09:00", 10, "2026-12-07", nil},
		{"over_the_national_day", "2026-09-30 09:00", 1, "2026-10-08", nil},
		{"with_the_make_up_saturday", "2026-09-30 09:00", 3, "2026-10-10", nil},
		{"over_the_spring_festival", "2026-02-13 09:00", 2, "2026-02-24", nil},
		{"from_a_holiday", "2026-10-03 09:00", 1, "2026-10-08", nil},
		{"into_a_year_not_held", "2026-12-30 09:00", 3, "2027-01-04", []int{2027}},
		{"in_a_year_not_held", "2028-03-06 09:00", 2, "2028-03-08", []int{2028}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			end, missing := c.After(at(t, test.from), test.days)
			assert.Equal(t, time.UTC, end.Location())
			assert.Equal(t, at(t, test.last+" 00:00").AddDate(0, 0, 1), end.In(review.Zone()))
			assert.Empty(t, cmp.Diff(test.missing, missing))
		})
	}
}

func TestAfterNeverEndsOnADayOff(t *testing.T) {
	t.Parallel()
	c, err := workdays.Load()
	require.NoError(t, err)
	start := at(t, "2022-01-01 12:00")
	for day := range 5 * 365 {
		end, _ := c.After(start.AddDate(0, 0, day), 7)
		working, _ := c.Working(end.Add(-time.Second))
		require.True(t, working, "day %d", day)
	}
}

// Each notice gives back as weekends most of what it takes; a slip in a file would
// show as a year that is far too long or short.
func TestYearsHaveAboutTwoHundredAndFiftyDays(t *testing.T) {
	t.Parallel()
	c, err := workdays.Load()
	require.NoError(t, err)
	require.NotEmpty(t, c.Years())
	for _, year := range c.Years() {
		n := 0
		for d := time.Date(year, 1, 1, 12, 0, 0, 0, review.Zone()); d.Year() == year; {
			if working, _ := c.Working(d); working {
				n++
			}
			d = d.AddDate(0, 0, 1)
		}
		assert.InDelta(t, 249, n, 2, "%d has %d working days", year, n)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, text string }{
		{"no_file", "", ""},
		{"no_day", "2026.csv", "# nothing\n"},
		{"not_a_year", "holidays.csv", "2026-01-01,off,元旦\n"},
		{"other_year", "2026.csv", "2025-01-01,off,元旦\n"},
		{"twice", "2026.csv", "2026-01-01,off,元旦\n2026-01-01,off,元旦\n"},
		{"other_kind", "2026.csv", "2026-01-01,holiday,元旦\n"},
		{"weekday_worked", "2026.csv", "2026-01-05,work,元旦\n"},
		{"no_such_day", "2026.csv", "2026-02-30,off,元旦\n"},
		{"two_columns", "2026.csv", "2026-01-01,off\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			folder := fstest.MapFS{}
			if test.file != "" {
				folder[test.file] = &fstest.MapFile{Data: []byte(test.text)}
			}
			c, err := workdays.Parse(folder)
			require.Error(t, err)
			assert.Nil(t, c)
			if test.file == "" {
				assert.ErrorIs(t, err, fs.ErrNotExist)
			}
		})
	}
}
