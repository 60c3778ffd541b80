package registry

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inBatch is a row of a batch whose number ends in the serial.
func inBatch(batch string, serial int) Record {
	r := row("网信算备99010112345670123"+strconv.Itoa(1000+serial)+"号", "2024-01-10")
	r.Batch = batch
	return r
}

func heldRow(r Record) Row {
	// What a store reads of it: no more than this.
	return Row{ID: r.ID(), Record: Record{Batch: r.Batch, Number: NumberKey(r.Number)}}
}

// becomes says of a change what becomes of which number.
func becomes(c Change) map[string]string {
	all := map[string]string{}
	for _, r := range c.Added {
		all[NumberKey(r.Number)] += "added "
	}
	for _, a := range c.Changed {
		all[NumberKey(a.New.Number)] += "changed "
	}
	for _, r := range c.Withdrawn {
		all[NumberKey(r.Number)] += "withdrawn "
	}
	for _, r := range c.Unread {
		all[NumberKey(r.Number)] += "unread "
	}
	return all
}

func TestCompare(t *testing.T) {
	t.Parallel()
	one, two, three := inBatch("第一批", 1), inBatch("第一批", 2), inBatch("第二批", 3)
	elsewhere, renamed, respelt, moved := one, one, one, one
	elsewhere.Origin = "another place"
	renamed.Name = "改名"
	respelt.Number = strings.TrimSuffix(one.Number, "号")
	moved.Batch = "第二批"
	key := func(r Record) string { return NumberKey(r.Number) }
	tests := []struct {
		name      string
		held, in  []Record
		rejected  []Rejected
		want      map[string]string
		unchanged int
		batches   map[string]int
	}{
		{"nothing_held", nil, []Record{one, three}, nil,
			map[string]string{key(one): "added ", key(three): "added "}, 0,
			map[string]int{"第一批": 1, "第二批": 1}},
		{"the_same", []Record{one, two}, []Record{two, one}, nil, map[string]string{}, 2,
			map[string]int{"第一批": 2}},
		{"read_elsewhere", []Record{one}, []Record{elsewhere}, nil, map[string]string{}, 1,
			map[string]int{"第一批": 1}},
		{"changed", []Record{one}, []Record{renamed}, nil,
			map[string]string{key(one): "changed "}, 0, map[string]int{"第一批": 1}},
		{"number_spelt_otherwise", []Record{one}, []Record{respelt}, nil,
			map[string]string{key(one): "changed "}, 0, map[string]int{"第一批": 1}},
		{"withdrawn", []Record{one, two}, []Record{one}, nil,
			map[string]string{key(two): "withdrawn "}, 1, map[string]int{"第一批": 1}},
		{"batch_not_in_the_file", []Record{one, three}, []Record{one}, nil, map[string]string{}, 1,
			map[string]int{"第一批": 1}},
		{"moved_to_another_batch", []Record{one, two, three}, []Record{two, moved, three}, nil,
			map[string]string{key(one): "added withdrawn "}, 2,
			map[string]int{"第一批": 1, "第二批": 2}},
		{"repeated_in_another_batch", []Record{one}, []Record{moved}, nil,
			map[string]string{key(one): "added "}, 0, map[string]int{"第二批": 1}},
		{"a_rejected_line_has_its_number", []Record{one, two}, []Record{one},
			[]Rejected{{Line: 3, Number: two.Number}}, map[string]string{key(two): "unread "}, 1,
			map[string]int{"第一批": 2}},
		{"a_rejected_line_has_no_number", []Record{one, two}, []Record{one}, []Rejected{{Line: 3}},
			map[string]string{key(two): "withdrawn "}, 1, map[string]int{"第一批": 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var held []Row
			for _, r := range tt.held {
				held = append(held, heldRow(r))
			}
			got := Compare(held, snapshot(Algorithm, tt.in...), tt.rejected)
			assert.Equal(t, tt.want, becomes(got))
			assert.Equal(t, tt.unchanged, got.Unchanged)
			batches := map[string]int{}
			for _, b := range got.Batches {
				batches[b.Name] = b.Held
				assert.Equal(t, "2024-01-10", b.First)
			}
			assert.Equal(t, tt.batches, batches)
		})
	}
}

// TestFingerprint: each thing that a person could have agreed to otherwise.
func TestFingerprint(t *testing.T) {
	t.Parallel()
	one, two := inBatch("第一批", 1), inBatch("第一批", 2)
	renamed := one
	renamed.Name = "改名"
	base := func() Preview {
		return Preview{List: ListAlgorithm, SHA256: "a", Rejected: []Rejected{{Line: 3}},
			Changes: []Change{{Series: Algorithm, Unchanged: 1, Added: []Record{two},
				Changed:   []Amendment{{Old: heldRow(one), New: renamed}},
				Withdrawn: []Row{heldRow(two)}, Unread: []Row{heldRow(one)}}}}
	}
	seen := map[string]string{base().Fingerprint(): "as it was"}
	for name, change := range map[string]func(*Preview){
		"list":      func(p *Preview) { p.List = ListGenAI },
		"file":      func(p *Preview) { p.SHA256 = "b" },
		"rejected":  func(p *Preview) { p.Rejected[0].Line = 4 },
		"series":    func(p *Preview) { p.Changes[0].Series = GenAIFiled },
		"unchanged": func(p *Preview) { p.Changes[0].Unchanged++ },
		"added":     func(p *Preview) { p.Changes[0].Added[0] = one },
		"old":       func(p *Preview) { p.Changes[0].Changed[0].Old = heldRow(two) },
		"new":       func(p *Preview) { p.Changes[0].Changed[0].New = two },
		"withdrawn": func(p *Preview) { p.Changes[0].Withdrawn[0] = heldRow(one) },
		"kept":      func(p *Preview) { p.Changes[0].Unread[0] = heldRow(two) },
		"moved": func(p *Preview) {
			c := &p.Changes[0]
			c.Unread, c.Withdrawn = c.Withdrawn, c.Unread
		},
		"again": func(p *Preview) { p.Changes[0].Again = &Imported{} },
	} {
		p := base()
		change(&p)
		other, twice := seen[p.Fingerprint()]
		assert.False(t, twice, "%s has the fingerprint of %s", name, other)
		seen[p.Fingerprint()] = name
	}
	assert.Equal(t, base().Fingerprint(), base().Fingerprint())
}

// TestRecordID holds ids to what they were: decisions point at rows by them.
func TestRecordID(t *testing.T) {
	t.Parallel()
	r := row(numberA, "2024-01-10")
	const want = "3da53e715271d87915da58aa876ab97ffd55bc1c3ec41aea477a65080f2f2e06"
	assert.Equal(t, want, r.ID())
	elsewhere := r
	elsewhere.Origin = "another place"
	assert.Equal(t, want, elsewhere.ID())
	seen := map[string]bool{want: true}
	for name, change := range map[string]func(*Record){
		"series": func(r *Record) { r.Series = Cancellation },
		"number": func(r *Record) { r.Number = "x" },
		"name":   func(r *Record) { r.Name = "x" }, "role": func(r *Record) { r.Role = Supporter },
		"entity":   func(r *Record) { r.Entity = "x" },
		"products": func(r *Record) { r.Products = []Product{{Name: "甲乙"}} },
		"open":     func(r *Record) { r.OpenEnded = true }, "use": func(r *Record) { r.Use = "x" },
		"region": func(r *Record) { r.Region = "x" }, "remark": func(r *Record) { r.Remark = "x" },
		"batch": func(r *Record) { r.Batch = "x" }, "date": func(r *Record) { r.Published = "x" },
		"on": func(r *Record) { r.On = "x" }, "notice": func(r *Record) { r.Notice = "x" },
	} {
		changed := r
		change(&changed)
		assert.False(t, seen[changed.ID()], name)
		seen[changed.ID()] = true
	}
	var empty Record
	assert.Len(t, empty.ID(), 64)
}

func TestSpread(t *testing.T) {
	t.Parallel()
	batch := func(name, published string, held, rows int) Batch {
		return Batch{Name: name, Published: published, Held: held, Rows: rows}
	}
	own := func(batches ...Batch) Held {
		return Held{Snapshot: Snapshot{Series: Algorithm, Coverage: Coverage{Batches: batches}}}
	}
	a, b := batch("第一批", "2023-06-20", 41, 41), batch("第二批", "2023-09-01", 29, 110)
	c, d := batch("第三批", "2024-01-05", 0, 129), batch("第四批", "2024-02", 266, 266)
	whole := Coverage{Batches: []Batch{a, b, c, d}}
	got := Spread(whole, []Held{own(d), own(b, a)})
	require.Len(t, got, 2)
	assert.Equal(t, []Batch{d}, got[0].Coverage.Batches)
	assert.Equal(t, []Batch{a, b, c}, got[1].Coverage.Batches)
	again := Algorithm.Coverage(NewLookup(got, nil))
	assert.Empty(t, cmp.Diff(whole, again), "together they are the whole")
	assert.Empty(t, Spread(whole, nil))
}

func TestLists(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, Lists())
	for _, l := range Lists() {
		require.NotEmpty(t, l.Series())
		for _, s := range l.Series() {
			assert.Equal(t, l, ListOf(s))
		}
		assert.NotEqual(t, string(l), l.Name().ZH)
		assert.NotEqual(t, string(l), l.Name().EN)
	}
	assert.Empty(t, ListOf(AppFiling))
	assert.Empty(t, List("x").Series())
	assert.Equal(t, "x", List("x").Name().EN)
}
