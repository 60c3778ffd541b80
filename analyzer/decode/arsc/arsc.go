// Package arsc decodes resources.arsc, the table of an APK's resource values by
// package, type, configuration and entry (AOSP, ResourceTypes.h): sparse types,
// 16-bit offsets, compact entries and bags included.
//
// Decode reads the structure and leaves entries and strings in place until they
// are asked for. Validate is stricter: what it accepts may be handed to a library
// that trusts the sizes and counts of its input and knows plain entries only.
package arsc

import (
	"fmt"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/decode/reschunk"
)

// Table is a decoded resource table. It is not safe for use by several
// goroutines, as strings are decoded when they are asked for.
type Table struct {
	Anomalies []Anomaly // at most 64, in file order

	data     []byte
	strings  *reschunk.Pool
	packages []*resPackage
	types    map[uint32][]*resType // by the upper half of a resource id
	left     int                   // entries and bag items that may still be visited
	err      error
}

// Anomaly is something that the device tolerates and a sound table does not have.
type Anomaly struct {
	Offset int64
	Detail string // in English, lower case
}

// Value is a typed value (Res_value): Type and Data as in the file, Str where the
// type is that of a string.
type Value struct {
	Type uint8
	Data uint32
	Str  string
}

// The types of a Value that the table itself follows.
const (
	TypeReference = 0x01
	TypeString    = 0x03
	TypeDynamic   = 0x07
)

// Text is one string of one resource in one language. Offset is that of the
// string's length bytes in the file. Bag is true for an item of an array or of
// plurals.
type Text struct {
	ID     uint32
	Lang   string // BCP 47, empty for the default configuration
	Value  string
	Offset int64
	Bag    bool
}

// resPackage is one package of the table with its types in file order.
type resPackage struct {
	id    uint32
	names *reschunk.Pool // of types
	types []*resType
}

// resType is the entries of one type in one configuration.
type resType struct {
	id      uint8
	lang    string
	rank    int // how much besides the language the configuration asks for
	chunk   reschunk.Chunk
	count   int // slots of the offset table
	entries int // offset in the file where entries start
	sparse  bool
	narrow  bool // offsets of 16 bits
	textual bool // the type may hold texts
}

const (
	maxAnomalies  = 64
	maxReferences = 20 // as deep as the device follows
)

// Decode reads the structure of a table. The cost of its parts is withdrawn from
// b. An error wraps a *budget.FormatError where no value could be reached, and
// budget.ErrExhausted where b refuses.
func Decode(data []byte, b *budget.Budget) (*Table, error) {
	c, err := reschunk.ChunkAt(data, 0, len(data))
	if err != nil {
		return nil, fmt.Errorf("resource table: %w", err)
	}
	if c.Kind != chunkTable || c.Head < 12 {
		return nil, budget.Malformed("resource table", 0, "type 0x%04x, header %d", c.Kind, c.Head)
	}
	t := &Table{data: data, types: map[uint32][]*resType{}, left: 4*len(data) + 64<<10}
	if c.Size != len(data) {
		t.note(c.End(), fmt.Sprintf("%d bytes after the table", len(data)-c.Size))
	}
	p := parser{Table: t, budget: b}
	if err := p.table(c); err != nil {
		return nil, err
	}
	return t, nil
}

// Err returns the error that ended a reading early: a table whose strings or bags
// overlap so often that reading them all would cost more than it is worth.
func (t *Table) Err() error {
	if t.err == nil && t.strings != nil {
		return t.strings.Err
	}
	return t.err
}

func (t *Table) note(off int, detail string) {
	if len(t.Anomalies) < maxAnomalies {
		t.Anomalies = append(t.Anomalies, Anomaly{int64(off), detail})
	}
}
