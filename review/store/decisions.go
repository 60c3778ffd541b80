package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/review"
)

// decisionRow is a row of case_decisions.
type decisionRow struct {
	ID          string
	CaseID      string
	Place       int
	Measure     review.Measure
	Status      review.DecisionStatus
	At          database.Millis
	Term        database.Millis
	Ratify      database.Millis
	Provisional database.Millis
	Body        string
}

// TableName implements schema.Tabler.
func (decisionRow) TableName() string { return "case_decisions" }

func decisionRowOf(d review.Decision, place int) (decisionRow, error) {
	var b bounds
	b.id("decision", d.ID)
	b.id("case", d.Case)
	row := decisionRow{
		ID: d.ID, CaseID: d.Case, Place: place, Measure: d.Measure, Status: d.Status(),
		At: database.MillisOf(d.At), Ratify: wholly(d.RatifyBy()),
		Body: b.document("decision", d),
	}
	if deadline := d.Deadline(); d.Running() {
		if deadline.Provisional() {
			row.Provisional = wholly(deadline.At)
		}
		// What follows a provisional deadline waits until it is settled.
		if d.Consequence == nil || !deadline.Provisional() {
			row.Term = wholly(deadline.At)
		}
	}
	return row, b.err
}

// wholly is the first millisecond by which a time has come.
func wholly(t time.Time) database.Millis {
	if t.IsZero() {
		return 0
	}
	return database.MillisOf(t.Add(time.Millisecond - 1))
}

// decisionOf reads a decision from its column.
func decisionOf(body string) (review.Decision, error) {
	var d review.Decision
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		return d, fmt.Errorf("read a decision: %w", err)
	}
	return d, nil
}

// growth is a decision with the acts that are new to the store.
type growth struct {
	review.Decision
	kept int // acts that are there already
}

// keepDecisions stores what is new in the decisions of a case and returns it.
func (t tables) keepDecisions(ctx context.Context, c review.Case) ([]growth, error) {
	var stored []decisionRow
	err := t.db.From(ctx).Where("case_id = ?", c.ID).Order("place").Find(&stored).Error
	if err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	if len(stored) > len(c.Decisions) {
		return nil, edited(stored[len(c.Decisions)].ID)
	}
	var grown []growth
	for place, d := range c.Decisions {
		g, err := t.keepDecision(ctx, stored, d, place)
		if err != nil {
			return nil, fmt.Errorf("decision %.*q: %w", maxID, d.ID, err)
		}
		if g.kept < len(d.Acts) {
			grown = append(grown, g)
		}
	}
	return grown, nil
}

func (t tables) keepDecision(
	ctx context.Context, stored []decisionRow, d review.Decision, place int,
) (growth, error) {
	row, err := decisionRowOf(d, place)
	if err != nil {
		return growth{}, err
	}
	if len(d.Acts) == 0 {
		return growth{}, invalid("decision", "no-acts", "决定没有经过", "the decision has no acts")
	}
	if place >= len(stored) {
		return growth{d, 0}, t.db.From(ctx).Create(&row).Error
	}
	before, err := decisionOf(stored[place].Body)
	if err != nil {
		return growth{}, err
	}
	if !grownFrom(before, d) {
		return growth{}, edited(before.ID)
	}
	g := growth{d, len(before.Acts)}
	if g.kept == len(d.Acts) {
		return g, nil
	}
	return g, t.db.From(ctx).Model(&decisionRow{}).Where("id = ?", d.ID).Select("*").Omit("id").
		Updates(&row).Error
}

// grownFrom reports whether a decision is another with nothing but acts added.
func grownFrom(before, now review.Decision) bool {
	if len(now.Acts) < len(before.Acts) {
		return false
	}
	now.Acts = now.Acts[:len(before.Acts)]
	a, errA := json.Marshal(before)
	b, errB := json.Marshal(now)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

// edited refuses an outcome in which a decision is not what was kept.
func edited(id string) error {
	return conflict("decision", "edited", "决定只能追加，不能更改："+id,
		"a decision is added to and never edited: "+id)
}
