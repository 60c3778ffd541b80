package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/listgate/listgate/internal/ledger"
	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/review"
)

// letterSchema names the body of an entry about a letter.
const letterSchema = "listgate.letter/v1"

// maxLetters is the most letters of one case that are listed.
const maxLetters = 1000

// letterRow is a row of letters.
type letterRow struct {
	ID         string
	CaseID     string
	DecisionID string
	Event      review.Event
	At         database.Millis
	ZH         string
	EN         string
	Facts      string
}

// TableName implements schema.Tabler.
func (letterRow) TableName() string { return "letters" }

func letterRowOf(l review.Letter) (letterRow, error) {
	var b bounds
	b.id("letter", l.ID)
	b.id("case", l.Case)
	b.id("decision", l.Decision)
	b.text("event", string(l.On), maxID)
	b.text("zh", l.ZH, maxLetter)
	b.text("en", l.EN, maxLetter)
	b.text("facts", string(l.Facts), maxLetter)
	if b.err == nil && !json.Valid(l.Facts) {
		b.err = invalid("facts", "facts", "告知所依据的事实不是 JSON",
			"the facts of the letter are no JSON")
	}
	return letterRow{l.ID, l.Case, l.Decision, l.On, database.MillisOf(l.At), l.ZH, l.EN,
		string(l.Facts)}, b.err
}

func (r letterRow) domain() review.Letter {
	return review.Letter{ID: r.ID, Case: r.CaseID, Decision: r.DecisionID, On: r.Event,
		At: r.At.Time(), ZH: r.ZH, EN: r.EN, Facts: []byte(r.Facts)}
}

// Letters implements review.Letters: of very many, the first.
func (s Letters) Letters(ctx context.Context, caseID string) ([]review.Letter, error) {
	if !sound(caseID) {
		return nil, doing("letters of case", caseID, review.ErrNotFound)
	}
	var rows []letterRow
	err := s.db.From(ctx).Where("case_id = ?", caseID).Order("at, id").Limit(maxLetters).
		Find(&rows).Error
	if err != nil {
		return nil, doing("letters of case", caseID, err)
	}
	out := make([]review.Letter, len(rows))
	for i, r := range rows {
		out[i] = r.domain()
	}
	return out, nil
}

// writtenLetter is the document listgate.letter/v1: that a letter of these texts was
// written. The texts themselves are not in the ledger.
type writtenLetter struct {
	Schema   string       `json:"schema"`
	Letter   string       `json:"letter"`
	Case     string       `json:"case"`
	Decision string       `json:"decision"`
	On       review.Event `json:"on,omitempty"`
	At       string       `json:"at"`
	ZH       string       `json:"zh_sha256"`
	EN       string       `json:"en_sha256"`
	Facts    string       `json:"facts_sha256"`
}

// Add implements review.Letters. It is an ErrNotFound where the case or the decision
// is not there.
func (s Letters) Add(ctx context.Context, l review.Letter) error {
	row, err := letterRowOf(l)
	if err == nil {
		err = s.db.Do(ctx, func(ctx context.Context) error { return s.add(ctx, row) })
	}
	return doing("add letter", l.ID, err)
}

func (s Letters) add(ctx context.Context, row letterRow) error {
	err := s.db.From(ctx).Where("id = ? AND case_id = ?", row.DecisionID, row.CaseID).
		Take(&decisionRow{}).Error
	if err != nil {
		return err
	}
	if err := s.db.From(ctx).Create(&row).Error; err != nil {
		return err
	}
	body, err := json.Marshal(writtenLetter{
		Schema: letterSchema, Letter: row.ID, Case: row.CaseID, Decision: row.DecisionID,
		On: row.Event, At: stamp(row.At.Time()),
		ZH: sum(row.ZH), EN: sum(row.EN), Facts: sum(row.Facts),
	})
	if err != nil {
		return err
	}
	return s.append(ctx, ledger.Entry{Kind: ledger.Notice, Time: row.At.Time(),
		Subject: row.CaseID, Body: body})
}

func sum(text string) string {
	digest := sha256.Sum256([]byte(text))
	return hex.EncodeToString(digest[:])
}
