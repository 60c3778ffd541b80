package registry

// Field is a part of a row that a text is looked for in; empty is any.
type Field string

// The fields.
const (
	FieldNumber  Field = "number"
	FieldName    Field = "name" // of the algorithm or the model
	FieldEntity  Field = "entity"
	FieldProduct Field = "product"
)

// State tells rows that are held from those that were withdrawn.
type State string

// The states.
const (
	StateHeld      State = "held"
	StateWithdrawn State = "withdrawn"
)

// Query selects rows for a person; a field that is empty does not select. A row is
// found by its newest version, also where that was withdrawn.
type Query struct {
	Text   string // a number or how it begins; else part of a name, two characters at least
	Field  Field
	Series Series
	State  State
	After  string // next of the page before
	Limit  int    // 0 means 50; 200 at most
}
