// Package law holds what the law asks of an application store, as YAML files by
// edition: instruments and their articles, capabilities, flags, roles, measures,
// severities and obligations. Editions stand side by side under editions/, so
// that a case keeps the one it was judged by; adding an edition is adding a
// folder and running go generate, adding an obligation is adding a file to one.
//
// The files are compiled into index.json, which is embedded: a test finds it
// stale. Load decodes one edition of it.
package law

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

//go:generate go run ./gen

// ErrNoEdition says that there is no edition of this id.
var ErrNoEdition = errors.New("no such edition")

// Edition is the state of the law on one date.
type Edition struct {
	ID          string                       `json:"id"`   // 2026-11
	Date        string                       `json:"date"` // YYYY-MM-DD
	PolicyNote  analyzer.Text                `json:"policy_note"`
	Instruments map[string]Instrument        `json:"instruments"`
	Roles       map[review.DeclaredRole]Role `json:"roles"`
	Evidence    []EvidenceKind               `json:"evidence"` // weakest first
	Law         *review.Law                  `json:"law"`
}

// Instrument is one law, regulation, rule, notice or standard.
type Instrument struct {
	Name      analyzer.Text `json:"name"`
	InForce   string        `json:"in_force,omitempty"` // YYYY-MM-DD; empty for a draft
	Amended   string        `json:"amended,omitempty"`
	Status    string        `json:"status"` // in_force, draft
	Numbering string        `json:"numbering,omitempty"`
	Wording   string        `json:"wording,omitempty"`
	Official  string        `json:"official,omitempty"` // address of the official page
	Copy      string        `json:"copy"`               // where the wording was read
	Articles  []Article     `json:"articles"`
}

// Article is one article, or section of a notice or standard. Text is empty
// where only its number is known. Grade says how far the wording is trusted: V
// copy of the official page, C statute collection, S secondary, K general
// knowledge.
type Article struct {
	Number string `json:"number"`
	// Place is how Chinese names it where the number alone does not: 附录 E.
	Place   string        `json:"place,omitempty"`
	Grade   string        `json:"grade,omitempty"`
	Extract bool          `json:"extract,omitempty"` // part of the article only
	Text    string        `json:"text,omitempty"`
	Content analyzer.Text `json:"content,omitzero"` // what it says, in our words
}

// Article returns the article that a citation such as "19(1)" stands in. ok is
// false where the instrument does not list it.
func (i Instrument) Article(cited string) (a Article, ok bool) {
	stem, _, _ := strings.Cut(cited, "(")
	for _, number := range []string{cited, stem} {
		at := slices.IndexFunc(i.Articles, func(a Article) bool { return a.Number == number })
		if at >= 0 {
			return i.Articles[at], true
		}
	}
	return Article{}, false
}

// Role is a part in a service, with what it has to show.
type Role struct {
	Name  string        `json:"name"` // the statute's word
	Does  analyzer.Text `json:"does"`
	Needs analyzer.Text `json:"needs"`
}

// EvidenceKind is a way to establish a fact.
type EvidenceKind struct {
	ID   string        `json:"id"`
	Name analyzer.Text `json:"name"`
}

//go:embed index.json
var index []byte

// Load returns the edition with this id. The error wraps ErrNoEdition where
// there is none.
func Load(edition string) (*Edition, error) {
	all, err := editions()
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if one.ID == edition {
			return one.decode()
		}
	}
	return nil, fmt.Errorf("law %q: %w", edition, ErrNoEdition)
}

// Latest returns the newest edition.
func Latest() (*Edition, error) {
	all, err := editions()
	if err != nil {
		return nil, err
	}
	return all[len(all)-1].decode()
}

// Editions lists the ids of the embedded editions, oldest first.
func Editions() ([]string, error) {
	all, err := editions()
	ids := make([]string, len(all))
	for i, one := range all {
		ids[i] = one.ID
	}
	return ids, err
}

// indexed is one edition of the index; Compiled stays undecoded until asked for.
type indexed struct {
	ID       string          `json:"id"`
	Compiled json.RawMessage `json:"compiled"`
}

func editions() ([]indexed, error) {
	var all []indexed
	if err := json.Unmarshal(index, &all); err != nil {
		return nil, fmt.Errorf("index of the law: %w", err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("index of the law: %w", ErrNoEdition)
	}
	return all, nil
}

func (one indexed) decode() (*Edition, error) {
	var e Edition
	if err := json.Unmarshal(one.Compiled, &e); err != nil {
		return nil, fmt.Errorf("law %s: %w", one.ID, err)
	}
	return &e, nil
}
