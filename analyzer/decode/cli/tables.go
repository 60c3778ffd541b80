package cli

import (
	"encoding/binary"

	"github.com/listgate/listgate/analyzer/budget"
)

// The tables that are read.
const (
	tableModule      = 0x00
	tableTypeDef     = 0x02
	tableModuleRef   = 0x1a
	tableAssembly    = 0x20
	tableAssemblyRef = 0x23
	tableCount       = 0x24
)

// column is what a cell holds: a number of so many bytes, an index into a heap, an
// index into a table, or one into any of several.
type column int

const (
	u16 column = 2
	u32 column = 4

	inStrings column = 0x100 + iota
	inGUIDs
	inBlobs

	typeDefOrRef
	hasConstant
	hasAttribute
	hasMarshal
	hasSecurity
	memberParent
	hasSemantics
	methodDefOrRef
	forwarded
	attributeType
	scope

	// into is added to the number of a table.
	into column = 0x1000
)

// coded says how many bits of an index name the table, and which tables (§24.2.6).
var coded = map[column]struct {
	bits   int
	tables []int
}{
	typeDefOrRef: {2, []int{0x02, 0x01, 0x1b}},
	hasConstant:  {2, []int{0x04, 0x08, 0x17}},
	hasAttribute: {5, []int{0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14, 0x11,
		0x1a, 0x1b, 0x20, 0x23, 0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b}},
	hasMarshal:     {1, []int{0x04, 0x08}},
	hasSecurity:    {2, []int{0x02, 0x06, 0x20}},
	memberParent:   {3, []int{0x02, 0x01, 0x1a, 0x06, 0x1b}},
	hasSemantics:   {1, []int{0x14, 0x17}},
	methodDefOrRef: {1, []int{0x06, 0x0a}},
	forwarded:      {1, []int{0x04, 0x06}},
	attributeType:  {3, []int{0x06, 0x0a}},
	scope:          {2, []int{0x00, 0x1a, 0x23, 0x01}},
}

// schema are the columns of the tables up to the last that is read (§22).
var schema = [tableCount][]column{
	0x00: {u16, inStrings, inGUIDs, inGUIDs, inGUIDs},
	0x01: {scope, inStrings, inStrings},
	0x02: {u32, inStrings, inStrings, typeDefOrRef, into + 0x04, into + 0x06},
	0x03: {into + 0x04},
	0x04: {u16, inStrings, inBlobs},
	0x05: {into + 0x06},
	0x06: {u32, u16, u16, inStrings, inBlobs, into + 0x08},
	0x07: {into + 0x08},
	0x08: {u16, u16, inStrings},
	0x09: {into + 0x02, typeDefOrRef},
	0x0a: {memberParent, inStrings, inBlobs},
	0x0b: {u16, hasConstant, inBlobs},
	0x0c: {hasAttribute, attributeType, inBlobs},
	0x0d: {hasMarshal, inBlobs},
	0x0e: {u16, hasSecurity, inBlobs},
	0x0f: {u16, u32, into + 0x02},
	0x10: {u32, into + 0x04},
	0x11: {inBlobs},
	0x12: {into + 0x02, into + 0x14},
	0x13: {into + 0x14},
	0x14: {u16, inStrings, typeDefOrRef},
	0x15: {into + 0x02, into + 0x17},
	0x16: {into + 0x17},
	0x17: {u16, inStrings, inBlobs},
	0x18: {u16, into + 0x06, hasSemantics},
	0x19: {into + 0x02, methodDefOrRef, methodDefOrRef},
	0x1a: {inStrings},
	0x1b: {inBlobs},
	0x1c: {u16, forwarded, inStrings, into + 0x1a},
	0x1d: {u32, into + 0x04},
	0x1e: {u32, u32},
	0x1f: {u32},
	0x20: {u32, u16, u16, u16, u16, u32, inBlobs, inStrings, inStrings},
	0x21: {u32},
	0x22: {u32, u32, u32},
	0x23: {u16, u16, u16, u16, u32, inBlobs, inStrings, inStrings, inBlobs},
}

// tables is the stream of tables.
type tables struct {
	heap
	wide  byte // bits: indexes into strings, GUIDs, blobs have four bytes
	rows  [64]int
	sizes [tableCount]int // of a row
	start [tableCount]int // in the stream
}

// Sizes of the stream's head.
const (
	tablesHead = 24
	extraBit   = 0x40 // four more bytes follow the counts
)

// layOut reads the counts of rows and finds where each table begins.
func (t *tables) layOut() error {
	bad := func(at int, format string, args ...any) error {
		return budget.Malformed("metadata tables", int64(t.base+at), format, args...)
	}
	if len(t.bytes) < tablesHead {
		return bad(0, "%d bytes, a head has %d", len(t.bytes), tablesHead)
	}
	t.wide = t.bytes[6]
	valid := binary.LittleEndian.Uint64(t.bytes[8:])
	at := tablesHead
	for i := range t.rows {
		if valid>>i&1 == 0 {
			continue
		}
		if at+4 > len(t.bytes) {
			return bad(at, "counts end past the stream")
		}
		rows := binary.LittleEndian.Uint32(t.bytes[at:])
		if rows > uint32(len(t.bytes)) {
			return bad(at, "%d rows in table 0x%02x", rows, i)
		}
		t.rows[i] = int(rows)
		at += 4
	}
	if t.wide&extraBit != 0 {
		at += 4
	}
	for i, columns := range schema {
		for _, c := range columns {
			t.sizes[i] += t.width(c)
		}
		t.start[i] = at
		if at += t.rows[i] * t.sizes[i]; at > len(t.bytes) {
			return bad(t.start[i], "%d rows of table 0x%02x end past the stream", t.rows[i], i)
		}
	}
	return nil
}

// width is how many bytes a column has.
func (t *tables) width(c column) int {
	most := func(tables []int) (rows int) {
		for _, i := range tables {
			rows = max(rows, t.rows[i])
		}
		return rows
	}
	wide := false
	switch {
	case c == u16 || c == u32:
		return int(c)
	case c >= into:
		wide = t.rows[c-into] > 0xffff
	case c >= typeDefOrRef:
		wide = most(coded[c].tables) >= 1<<(16-coded[c].bits)
	default:
		wide = t.wide>>(c-inStrings)&1 != 0
	}
	if wide {
		return 4
	}
	return 2
}

// cell reads a number, 0 where there is no such row.
func (t *tables) cell(table, row, number int) uint32 {
	if row >= t.rows[table] {
		return 0
	}
	at := t.start[table] + row*t.sizes[table]
	for _, c := range schema[table][:number] {
		at += t.width(c)
	}
	if t.width(schema[table][number]) == 4 {
		return binary.LittleEndian.Uint32(t.bytes[at:])
	}
	return uint32(binary.LittleEndian.Uint16(t.bytes[at:]))
}
