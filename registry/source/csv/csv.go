// Package csv reads the lists of filings, cancellations and generative-AI numbers
// as comma-separated tables with the official column names and, beside them,
// where each row was published and read.
//
// The header says which of three tables it is. The reading is strict: UTF-8,
// RFC 4180 quoting, every column exactly once; a row that does not hold is handed
// back with its line and the reason, never half of it. A file whose quoting is
// broken is refused whole, as no later line of it can be trusted.
package csv

import (
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/number"
	"github.com/listgate/listgate/registry/source"
)

// limits of one table, in bytes.
const (
	maxTable = 64 << 20
	maxRow   = 256 << 10
	maxField = 16 << 10
)

// Read returns the snapshots in r, whose source is called name, and the rows that
// it rejected. A table of generative-AI numbers yields one snapshot for each of
// its two series, filed before registered, as lookups go by series. Batches say
// what is held; their published totals are not in the table and stay 0.
//
// The error wraps budget.ErrExhausted where the table is too large, and is a
// *budget.FormatError where it is none of the three; then nothing is returned
// beside it. A nil budget means the default one.
func Read(r io.Reader, name string, b *budget.Budget) ([]registry.Snapshot, []source.Rejected,
	error) {
	if b == nil {
		b = budget.New(budget.Limits{})
	}
	digest := sha256.New()
	metered := &meter{r: r, b: b}
	in := bufio.NewReader(io.TeeReader(metered, digest))
	if start, _ := in.Peek(3); string(start) == "\uFEFF" {
		if _, err := in.Discard(3); err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", name, err)
		}
	}
	rows := csv.NewReader(in)
	rows.FieldsPerRecord = -1
	t := &table{rows: rows, budget: b, lines: map[string]int{}}
	if err := t.read(); err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", name, err)
	}
	if metered.last != '\n' {
		t.dropLast()
	}
	return t.snapshots(name, hex.EncodeToString(digest.Sum(nil))), t.rejected, nil
}

// table is one table being read.
type table struct {
	rows     *csv.Reader
	budget   *budget.Budget
	shape    shape
	column   map[string]int // by our name of the column
	lines    map[string]int // of the numbers read
	records  []registry.Record
	rejected []source.Rejected
	line     int  // of the last row
	accepted bool // the last row
}

func (t *table) read() error {
	header, err := t.next()
	if errors.Is(err, io.EOF) {
		return malformed("header", 0, text("文件是空的", "the table is empty"))
	}
	if err != nil {
		return err
	}
	if t.shape, t.column, err = recognise(header); err != nil {
		return err
	}
	for {
		row, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := t.budget.Entries(1); err != nil {
			return err
		}
		t.take(row)
	}
	if len(t.records)+len(t.rejected) == 0 {
		return malformed("rows", t.rows.InputOffset(),
			text("文件只有表头，没有数据行", "the table has a header and no rows"))
	}
	return nil
}

// dropLast rejects the last row of a table that does not end in a line break: it
// may have been cut short, and a cut in the last column would not show.
func (t *table) dropLast() {
	if t.accepted {
		last := t.records[len(t.records)-1]
		t.records = t.records[:len(t.records)-1]
		t.rejected = append(t.rejected, source.Rejected{Line: t.line, Number: last.Number,
			Why: registry.Text{
				ZH: "文件末尾没有换行，最后一行可能不完整",
				EN: "the file does not end in a line break, so its last row may be cut short",
			}})
	}
}

// next reads one row; broken quoting is a FormatError.
func (t *table) next() ([]string, error) {
	row, err := t.rows.Read()
	if p := (*csv.ParseError)(nil); errors.As(err, &p) {
		return nil, malformed("row", t.rows.InputOffset(), &registry.Text{
			ZH: fmt.Sprintf("第%d行的引号有误，其后各行都不可信，未读取该文件", p.Line), EN: err.Error(),
		})
	}
	return row, err
}

// malformed is a *budget.FormatError with what to say to a person.
func malformed(part string, offset int64, why *registry.Text) error {
	return &budget.FormatError{Part: part, Offset: offset, Err: &registry.Refused{Why: *why}}
}

// exhausted is a budget.ErrExhausted with what to say to a person.
func exhausted(why *registry.Text) error {
	why.EN = budget.ErrExhausted.Error() + ": " + why.EN
	return &registry.Refused{Cause: budget.ErrExhausted, Why: *why}
}

// take validates one row and keeps it or rejects it.
func (t *table) take(row []string) {
	line, _ := t.rows.FieldPos(0)
	t.line, t.accepted = line, false
	reject := func(zh, en string) {
		t.rejected = append(t.rejected, source.Rejected{Line: line, Number: numberIn(row),
			Why: registry.Text{ZH: zh, EN: en}})
	}
	if len(row) != len(t.column) {
		reject(fmt.Sprintf("有%d列，应为%d列", len(row), len(t.column)),
			fmt.Sprintf("%d columns, the header has %d", len(row), len(t.column)))
		return
	}
	for _, f := range row {
		if !clean(f) {
			reject("含控制字符、非UTF-8字节或过长的字段",
				"a field has control characters, is not UTF-8 or is too long")
			return
		}
	}
	record, problem := t.shape.record(fields{row, t.column})
	if problem != nil {
		reject(problem.ZH, problem.EN)
		return
	}
	key := record.number
	if first, ok := t.lines[key]; ok {
		reject(fmt.Sprintf("编号与第%d行重复", first),
			fmt.Sprintf("the number is already on line %d", first))
		return
	}
	t.lines[key] = line
	t.records, t.accepted = append(t.records, record.Record), true
}

// numberIn finds the number that a rejected row is about, so that the row of that
// number is not taken for one that the list no longer has.
func numberIn(row []string) string {
	for _, field := range row {
		if len(field) > maxField {
			continue
		}
		for _, n := range number.FindAll(field) {
			switch n.Kind {
			case number.KindAlgorithm, number.KindFiled, number.KindRegistered:
				return n.Normal
			}
		}
	}
	return ""
}

// clean tells whether a field is text: UTF-8, without control characters other
// than the line breaks that cells of the originals have.
func clean(s string) bool {
	if len(s) > maxField || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7F && r < 0xA0 || r == utf8.RuneError ||
			r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return false
		}
	}
	return true
}

// meter withdraws what it reads from the budget and ends a table that is too long,
// or has a row that is: the reader behind it holds a whole row.
type meter struct {
	r      io.Reader
	b      *budget.Budget
	read   int64
	last   byte
	row    int // bytes since the last row ended
	line   int // breaks so far
	began  int // line on which the row began, from 1
	quoted bool
}

// Read reads from the table.
func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.read += int64(n)
	if m.read > maxTable {
		return 0, exhausted(text("文件超过%d字节", "a table may have %d bytes", maxTable))
	}
	if n > 0 {
		m.last = p[n-1]
		if taken := m.b.Take(int64(n)); taken != nil {
			return 0, taken
		}
	}
	if !m.measure(p[:n]) {
		return 0, exhausted(text("第%[1]d行起的一行超过%[2]d字节",
			"a row may have %[2]d bytes, that on line %[1]d has more", m.began, maxRow))
	}
	return n, err
}

// measure reports whether every row stays within its bound. A line break inside
// quotes ends none.
func (m *meter) measure(p []byte) bool {
	for _, c := range p {
		if m.row == 0 {
			m.began = m.line + 1
		}
		m.row++
		if c == '\n' {
			m.line++
		}
		switch {
		case c == '"':
			m.quoted = !m.quoted
		case c == '\n' && !m.quoted:
			m.row = 0
		}
		if m.row > maxRow {
			return false
		}
	}
	return true
}
