package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm/clause"
)

// The bounds of a search.
const (
	maxSearch  = 400  // bytes of the text that is looked for
	maxFolded  = 64   // characters of a name by which it is found
	maxGrams   = 8    // of the text that are counted
	fewMatches = 1000 // that are sorted; more are met soon in the order of the list
)

// lastRune stands behind whatever a text goes on with.
const lastRune = string(utf8.MaxRune)

// escaped writes a text for LIKE.
var escaped = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// folded is a name or a package id as it is compared: without difference of case and
// width, with single spaces, and of a very long one the beginning.
func folded(s string) string {
	s = cases.Fold().String(norm.NFKC.String(s))
	runes := []rune(strings.Join(strings.Fields(s), " "))
	return strings.TrimSpace(string(runes[:min(len(runes), maxFolded)]))
}

// grams are each two characters that stand together in a folded text, and its last:
// so one character is found as the beginning of some gram, and two are one.
func grams(text string) []string {
	runes := []rune(text)
	out := make([]string, len(runes))
	for i := range runes {
		out[i] = string(runes[i:min(i+2, len(runes))])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// gramRow is a row of case_grams.
type gramRow struct {
	Gram   string
	CaseID string
}

// TableName implements schema.Tabler.
func (gramRow) TableName() string { return "case_grams" }

// regram brings the grams of a case from one folded name to another.
func (t tables) regram(ctx context.Context, caseID, before, now string) error {
	if before == now {
		return nil
	}
	if before != "" {
		err := t.db.From(ctx).Where("case_id = ? AND gram IN ?", caseID, grams(before)).
			Delete(&gramRow{}).Error
		if err != nil {
			return fmt.Errorf("forget the former name: %w", err)
		}
	}
	if now == "" {
		return nil
	}
	var rows []gramRow
	for _, g := range grams(now) {
		rows = append(rows, gramRow{g, caseID})
	}
	err := t.db.From(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error
	if err != nil {
		return fmt.Errorf("index the name: %w", err)
	}
	return nil
}

// search finds out how a text is looked for: where it can be in few cases, in those;
// else along the list, in which it is met often.
func (s Cases) search(ctx context.Context, q *query) error {
	if q.text == "" || q.filter.App != "" || q.filter.Claimed != "" {
		return nil
	}
	inName, n, err := s.rarest(ctx, q.text)
	if err != nil || n > fewMatches {
		return err
	}
	inPackage := condition{
		"SELECT id FROM cases WHERE package_folded <> '' AND package_folded >= ? " +
			"AND package_folded < ?", []any{q.text, q.text + lastRune}}
	counts, err := s.count(ctx, []condition{inPackage})
	if err != nil || counts[0] > fewMatches {
		return err
	}
	q.few = &condition{"id IN (" + inName.sql + " UNION ALL " + inPackage.sql + ")",
		append(inName.args, inPackage.args...)}
	return nil
}

// rarest selects the cases whose names hold the rarest gram of a text, and counts
// them up to one more than few.
func (s Cases) rarest(ctx context.Context, text string) (condition, int, error) {
	const with = "SELECT case_id FROM case_grams WHERE gram "
	var sets []condition
	if utf8.RuneCountInString(text) == 1 {
		sets = append(sets, condition{with + ">= ? AND gram < ?", []any{text, text + lastRune}})
	} else {
		for _, g := range grams(text) {
			if utf8.RuneCountInString(g) == 2 && len(sets) < maxGrams {
				sets = append(sets, condition{with + "= ?", []any{g}})
			}
		}
	}
	counts, err := s.count(ctx, sets)
	if err != nil {
		return condition{}, 0, err
	}
	least := slices.Index(counts, slices.Min(counts))
	return sets[least], counts[least], nil
}

// count counts sets up to one more than few.
func (s Cases) count(ctx context.Context, sets []condition) ([]int, error) {
	statement, args := counting(sets)
	var rows []struct{ Place, N int }
	if err := s.db.From(ctx).Raw(statement, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("count matches: %w", err)
	}
	counts := make([]int, len(sets))
	for _, r := range rows {
		counts[r.Place] = r.N
	}
	return counts, nil
}

func counting(sets []condition) (statement string, args []any) {
	parts := make([]string, len(sets))
	for i, set := range sets {
		parts[i] = fmt.Sprintf("SELECT %d AS place, count(*) AS n FROM (%s LIMIT %d) AS s%d",
			i, set.sql, fewMatches+1, i)
		args = append(args, set.args...)
	}
	return strings.Join(parts, " UNION ALL "), args
}
