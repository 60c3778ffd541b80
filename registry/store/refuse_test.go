package store_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/ledger"
	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/builtin"
	"github.com/listgate/listgate/registry/store"
)

// TestRefusedFiles has what a file can have wrong. A person reads what it is, in both
// languages, and nothing is stored.
func TestRefusedFiles(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("算", 100_000)
	wide := strings.Replace(table(two), "算法二", long[:60_000], 1)
	tests := []struct {
		name, file, text string
		list             registry.List
		want             error
		zh, en           string
	}{
		{"another_table", "a.csv", genaiHead + genaiRow, registry.ListAlgorithm,
			registry.ErrWrongTable,
			"文件是《生成式人工智能服务清单（备案、登记）》（genai），不是所选的《境内深度合成服务算法备案清单》（algo）",
			"the file is the list of generative-AI services, filed and registered (genai), not " +
				"the list of deep-synthesis algorithm filings (algo)"},
		{"another_table_the_other_way", "a.csv", table(one), registry.ListCancellation,
			registry.ErrWrongTable, "不是所选的《算法备案注销公告》", "(algo-cancel) that was expected"},
		{"no_table", "a.csv", "a,b\n1,2\n", registry.ListAlgorithm, nil,
			"没有哪种清单的表头是", "no known table has the columns"},
		{"a_column_missing", "a.csv", strings.Replace(table(one), "备注,", "", 1),
			registry.ListAlgorithm, nil, `最接近算法备案清单，但缺少["备注"]`, `lacks ["备注"]`},
		{"empty", "a.csv", "", registry.ListAlgorithm, nil, "文件是空的", "the table is empty"},
		{"no_rows", "a.csv", filingHead, registry.ListAlgorithm, nil, "没有数据行", "no rows"},
		{"quote_inside_a_field", "a.csv", table(one) + strings.Replace(two.line(), "算法", `算"法`, 1),
			registry.ListAlgorithm, nil, "第3行的引号有误", "line 3"},
		{"quote_never_closed", "a.csv", table(one) + `"` + two.line(), registry.ListAlgorithm, nil,
			"引号有误", "line"},
		{"row_too_long", "a.csv", table(one) + strings.Replace(two.line(), "算法", long, 1),
			registry.ListAlgorithm, nil, "第3行起的一行超过262144字节", "that on line 3 has more"},
		{"field_too_long_in_the_only_row", "a.csv", wide, registry.ListAlgorithm,
			registry.ErrUnread, "第2行：含控制字符", "line 2: a field has"},
		{"not_utf8_in_the_only_row", "a.csv", strings.Replace(table(two), "算法二", "\xcb\xe3", 1),
			registry.ListAlgorithm, registry.ErrUnread, "第2行：含控制字符", "line 2: a field has"},
		{"another_form", "a.exe", table(one), registry.ListAlgorithm, registry.ErrInvalid,
			"不能读取“.exe”文件", `files of the form ".exe" cannot be read`},
		{"no_such_list", "a.csv", table(one), "apps", registry.ErrInvalid, "没有名为“apps”的清单",
			`no list called "apps"`},
		{"name_with_a_line_break", "a\nb.csv", table(one), registry.ListAlgorithm,
			registry.ErrInvalid, "不可用", "cannot be used"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := builtin.Read(strings.NewReader(tt.text), tt.file, tt.list)
			var refused *registry.Refused
			require.ErrorAs(t, err, &refused)
			assert.Contains(t, refused.Why.ZH, tt.zh)
			assert.Contains(t, refused.Why.EN, tt.en)
			if tt.want != nil {
				require.ErrorIs(t, err, tt.want)
			}
		})
	}
}

// TestRefusedImports has what a caller can hand in that no file has.
func TestRefusedImports(t *testing.T) {
	t.Parallel()
	change := func(c func(*registry.Import)) registry.Import {
		in := read(t, registry.ListAlgorithm, table(one, two))
		c(&in)
		return in
	}
	first := func(c func(*registry.Snapshot)) registry.Import {
		return change(func(in *registry.Import) { c(&in.Snapshots[0]) })
	}
	tests := map[string]struct {
		in   registry.Import
		want error
	}{
		"another_list": {change(func(in *registry.Import) { in.List = registry.ListGenAI }),
			registry.ErrWrongTable},
		"no_day": {change(func(in *registry.Import) { in.Fetched = "today" }),
			registry.ErrInvalid},
		"no_snapshot": {change(func(in *registry.Import) { in.Snapshots = nil }),
			registry.ErrInvalid},
		"two_files": {change(func(in *registry.Import) {
			in.Snapshots = append(in.Snapshots, in.Snapshots[0])
		}), registry.ErrInvalid},
		"no_digest": {first(func(s *registry.Snapshot) { s.SHA256 = "" }), registry.ErrInvalid},
		"no_source": {first(func(s *registry.Snapshot) { s.Source = " " }), registry.ErrInvalid},
		"no_rows":   {first(func(s *registry.Snapshot) { s.Records = nil }), registry.ErrInvalid},
		"row_of_another_series": {first(func(s *registry.Snapshot) {
			s.Records[0].Series = registry.Cancellation
		}), registry.ErrInvalid},
		"row_without_number": {first(func(s *registry.Snapshot) { s.Records[0].Number = " " }),
			registry.ErrInvalid},
		"row_with_a_zero_byte": {first(func(s *registry.Snapshot) { s.Records[0].Use = "a\x00" }),
			registry.ErrInvalid},
		"row_not_utf8": {first(func(s *registry.Snapshot) {
			s.Records[0].Products = []registry.Product{{Name: "\xff"}}
		}), registry.ErrInvalid},
		"row_twice": {first(func(s *registry.Snapshot) { s.Records[0] = s.Records[1] }),
			registry.ErrInvalid},
	}
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		before := counts(t, db)
		for name, tt := range tests {
			p, err := s.Preview(t.Context(), tt.in)
			require.ErrorIs(t, err, tt.want, name)
			assert.Empty(t, p.Changes)
			_, err = s.Apply(t.Context(), tt.in, agree(p))
			require.ErrorIs(t, err, tt.want, name)
		}
		in := read(t, registry.ListAlgorithm, table(one))
		p, err := s.Preview(t.Context(), in)
		require.NoError(t, err)
		for name, by := range map[string]registry.Actor{"nobody": {}, "no_name": {ID: "a"},
			"control": {ID: "a", Name: "b\x00"}} {
			c := agree(p)
			c.By = by
			_, err = s.Apply(t.Context(), in, c)
			require.ErrorIs(t, err, registry.ErrInvalid, name)
		}
		in.Rejected = make([]registry.Rejected, 1001)
		p, err = s.Preview(t.Context(), in)
		require.NoError(t, err)
		_, err = s.Apply(t.Context(), in, agree(p))
		require.ErrorIs(t, err, registry.ErrUnread, "more than a person can have looked at")
		assert.Equal(t, before, counts(t, db))
	})
}

// cut is a ledger whose append, the last step of an import, does something else.
type cut struct {
	ledger.Storage
	append func() error
}

func (c cut) Append(ctx context.Context, rows []ledger.Row, hashes []ledger.Hash) error {
	if err := c.append(); err != nil {
		return err
	}
	return c.Storage.Append(ctx, rows, hashes)
}

// TestCutImportLeavesNothing ends an import when all its rows are written.
func TestCutImportLeavesNothing(t *testing.T) {
	t.Parallel()
	errCut := errors.New("cut")
	renamed := one
	renamed.name = "改名算法"
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		bring(t, open(db), read(t, registry.ListAlgorithm, table(one, two)))
		before := counts(t, db)
		in := read(t, registry.ListAlgorithm, table(renamed, three))
		for name, want := range map[string]error{"error": errCut, "cancelled": context.Canceled} {
			ctx, cancel := context.WithCancel(t.Context())
			s := over(db, ledger.New(cut{database.NewLedger(db), func() error {
				if errors.Is(want, errCut) {
					return errCut
				}
				cancel()
				return nil
			}}, rand.Reader))
			p, err := s.Preview(ctx, in)
			require.NoError(t, err, name)
			_, err = s.Apply(ctx, in, agree(p))
			require.ErrorIs(t, err, want, name)
			cancel()
		}
		s := open(db)
		assert.Equal(t, before, counts(t, db))
		assert.Equal(t, "算法一", find(t, s, one, "").Records[0].Name)
		assert.Equal(t, registry.Found, find(t, s, two, "").Answer)
		bring(t, s, in)
		assert.Equal(t, "改名算法", find(t, s, one, "").Records[0].Name, "it can be done again")
	})
}

// TestImportJoinsATransaction: what the caller does beside it is kept with it.
func TestImportJoinsATransaction(t *testing.T) {
	t.Parallel()
	errNo := errors.New("no")
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		before := counts(t, db)
		err := db.Do(t.Context(), func(ctx context.Context) error {
			in := read(t, registry.ListAlgorithm, table(one))
			p, err := s.Preview(ctx, in)
			require.NoError(t, err)
			_, err = s.Apply(ctx, in, agree(p))
			require.NoError(t, err)
			l, err := s.Lookup(ctx)
			require.NoError(t, err)
			assert.Equal(t, registry.Found, l.Find(registry.Algorithm, one.number(), "").Answer)
			return errNo
		})
		require.ErrorIs(t, err, errNo)
		assert.Equal(t, before, counts(t, db))
	})
}

// TestTwoImportsAtOnce from handles of their own, as processes have.
func TestTwoImportsAtOnce(t *testing.T) {
	t.Parallel()
	storetest.MigratedSources(t, func(t *testing.T, source string) {
		db := storetest.Open(t, source)
		tables := []string{table(one, two), table(one, two), table(one, three), table(one)}
		done := make([]registry.Applied, len(tables))
		errs := make([]error, len(tables))
		var ready, wg sync.WaitGroup
		ready.Add(len(tables))
		for i, text := range tables {
			s := open(storetest.Open(t, source))
			in := read(t, registry.ListAlgorithm, text)
			wg.Go(func() {
				p, err := s.Preview(t.Context(), in)
				ready.Done()
				ready.Wait() // all have seen an empty registry
				if err == nil {
					done[i], err = s.Apply(t.Context(), in, agree(p))
				}
				errs[i] = err
			})
		}
		wg.Wait()
		applied := 0
		for i, err := range errs {
			if err != nil {
				require.ErrorIs(t, err, registry.ErrStale)
			} else if !done[i].Unchanged {
				applied++
			}
		}
		assert.Equal(t, 1, applied, "the others saw something else than there was")
		assert.Equal(t, 1, counts(t, db)["ledger_rows"])
		assert.Equal(t, 1, counts(t, db)["registry_snapshots"])
	})
}

// TestAlteredRow is changed by who has the database: it is no answer, and is named.
func TestAlteredRow(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		bring(t, s, read(t, registry.ListAlgorithm, table(one, two)))
		require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
			return db.From(ctx).Exec("UPDATE registry_rows SET body = replace(body, '测试2', '他人') " +
				"WHERE id = 2").Error
		}))
		l, err := s.Lookup(t.Context())
		require.NoError(t, err)
		assert.Equal(t, registry.Found, l.Find(registry.Algorithm, one.number(), "").Answer)
		require.NoError(t, l.Err())
		assert.Equal(t, registry.Unreachable, l.Find(registry.Algorithm, two.number(), "").Answer)
		require.ErrorContains(t, l.Err(), "row 2 of the registry: it says something else")
	})
}

func TestLookupWithoutAnswer(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		bring(t, s, read(t, registry.ListAlgorithm, table(one)))
		ctx, cancel := context.WithCancel(t.Context())
		l, err := s.Lookup(ctx)
		require.NoError(t, err)
		cancel()
		claim := registry.Claim{Series: registry.Algorithm, Number: two.number()}
		ladder := registry.Cover(l, claim)
		step := ladder.Step(registry.StepInSnapshot)
		assert.Equal(t, registry.Unclear, step.Outcome)
		assert.Contains(t, step.Why.ZH, "无法查询")
		assert.Equal(t, registry.Unreachable, l.Find(registry.Algorithm, one.number(), "").Answer)
		require.ErrorIs(t, l.Err(), context.Canceled)
		_, err = s.Lookup(ctx)
		require.ErrorIs(t, err, context.Canceled)
		_, err = s.KnownAt(ctx, new(clock).now())
		require.ErrorIs(t, err, context.Canceled)

		l, err = s.Lookup(t.Context())
		require.NoError(t, err)
		for _, number := range []string{"a\x00b", "\xff\xfe", strings.Repeat("9", 1<<16), "%",
			"'"} {
			assert.Equal(t, registry.Absent, l.Find(registry.Algorithm, number, "").Answer)
		}
		assert.Equal(t, registry.Unreachable, l.Find(registry.Algorithm, one.number(), "x").Answer)
		require.NoError(t, l.Err())
	})
}

var _ registry.Lookup = (*store.Lookup)(nil)
