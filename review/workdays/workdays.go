// Package workdays counts the working days of China. The State Council's notice
// of each year moves days: a holiday may fall on a weekday, and a weekend may be
// worked for it, so working days are never computed from the week alone.
//
// The notices are embedded, one file a year under calendar/; adding a year is
// adding its file. Days of a year whose notice is not held count by the week, and
// whoever asks is told which years those are.
package workdays

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/listgate/listgate/review"
)

//go:embed calendar/*.csv
var notices embed.FS

// Calendar holds the notices of some years. It implements review.Calendar.
type Calendar struct {
	moved map[string]bool // by date: whether it is worked
	years map[int]bool
}

var _ review.Calendar = (*Calendar)(nil)

// Load returns the embedded calendar.
func Load() (*Calendar, error) {
	folder, err := fs.Sub(notices, "calendar")
	if err != nil {
		return nil, fmt.Errorf("working days: %w", err)
	}
	return Parse(folder)
}

// Parse reads a calendar from a folder of files named 2026.csv. A row is a date,
// off or work, and the name of the holiday; lines with # are comments. A date
// outside its file's year, one that stands twice, and a weekday to be worked are
// errors.
func Parse(folder fs.FS) (*Calendar, error) {
	files, err := fs.Glob(folder, "*.csv")
	if err != nil {
		return nil, fmt.Errorf("working days: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("working days: no year: %w", fs.ErrNotExist)
	}
	c := &Calendar{moved: map[string]bool{}, years: map[int]bool{}}
	for _, name := range files {
		if err := c.read(folder, name); err != nil {
			return nil, fmt.Errorf("working days: %s: %w", name, err)
		}
	}
	return c, nil
}

func (c *Calendar) read(folder fs.FS, name string) error {
	year, err := strconv.Atoi(strings.TrimSuffix(path.Base(name), ".csv"))
	if err != nil {
		return fmt.Errorf("name is not a year: %w", err)
	}
	text, err := fs.ReadFile(folder, name)
	if err != nil {
		return err
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comment, r.FieldsPerRecord = '#', 3
	rows, err := r.ReadAll()
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("no day: a year without a notice has no file")
	}
	c.years[year] = true
	for _, row := range rows {
		if err := c.add(year, row[0], row[1]); err != nil {
			return err
		}
	}
	return nil
}

func (c *Calendar) add(year int, date, kind string) error {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return err
	}
	_, twice := c.moved[date]
	switch {
	case day.Year() != year:
		return fmt.Errorf("%s is not in %d", date, year)
	case twice:
		return fmt.Errorf("%s stands twice", date)
	case kind != "off" && kind != "work":
		return fmt.Errorf("%s is %q, want off or work", date, kind)
	case kind == "work" && weekday(day):
		return fmt.Errorf("%s is worked anyway", date)
	}
	c.moved[date] = kind == "work"
	return nil
}

// Years lists the years whose notice is held.
func (c *Calendar) Years() []int { return slices.Sorted(maps.Keys(c.years)) }

// Working reports whether the day on which at falls in China is a working day.
// missing names the year whose notice would be needed to be sure, 0 where it is
// held. The notice for a year also moves the last days of the year before (31
// December 2018 was off by the notice for 2019), so these need both.
func (c *Calendar) Working(at time.Time) (working bool, missing int) {
	day := at.In(review.Zone())
	moved, ok := c.moved[day.Format(time.DateOnly)]
	switch {
	case !c.years[day.Year()]:
		missing = day.Year()
	case !ok && lastDays(day) && !c.years[day.Year()+1]:
		missing = day.Year() + 1
	}
	if ok {
		return moved, missing
	}
	return weekday(day), missing
}

// lastDays is the week in which a New Year's holiday can begin.
func lastDays(day time.Time) bool { return day.Month() == time.December && day.Day() >= 25 }

func weekday(day time.Time) bool {
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
}

// After returns the end, at midnight in China, of the n-th working day after the
// day on which from falls; that day itself does not count. With n of 0 or less it
// is the end of the day itself. missing lists the years that were counted by the
// week because their notice is not held.
func (c *Calendar) After(from time.Time, n int) (end time.Time, missing []int) {
	local := from.In(review.Zone())
	day := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, review.Zone())
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		working, without := c.Working(day)
		if working {
			n--
		}
		if without != 0 && !slices.Contains(missing, without) {
			missing = append(missing, without)
		}
	}
	return day.AddDate(0, 0, 1).UTC(), missing
}
