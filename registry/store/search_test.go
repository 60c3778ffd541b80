package store_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/store"
)

func TestSearch(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		q    registry.Query
		want []string // in the numbers or the names of the rows
		more bool     // rows than these
	}{
		{"number", registry.Query{Text: "网信算备440304083805101230015号"},
			[]string{"网信算备440304083805101230015号"}, false},
		{"number_in_another_spelling", registry.Query{Text: " 网信算备 ４40304083805101230015"},
			[]string{"网信算备440304083805101230015号"}, false},
		{"digits_alone", registry.Query{Text: "440304083805101230015"},
			[]string{"网信算备440304083805101230015号"}, false},
		{"how_a_number_begins", registry.Query{Text: "4403040838"},
			[]string{"网信算备440304083805101230015号"}, false},
		{"how_a_number_begins_with_words", registry.Query{Text: "网信算备4403040838",
			Field: registry.FieldNumber}, []string{"网信算备440304083805101230015号"}, false},
		{"number_of_a_model", registry.Query{Text: "BEIJING-wenxin", Field: registry.FieldNumber},
			[]string{"Beijing-WenXinYiYan-20230821"}, false},
		{"number_that_is_not_held", registry.Query{Text: "网信算备440304083805101230023号"}, nil, false},
		{"middle_of_an_entity", registry.Query{Text: "鹏中科技"},
			[]string{"深圳市鹏中科技有限公司"}, false},
		{"two_characters", registry.Query{Text: "鹏中"}, []string{"深圳市鹏中科技有限公司"}, false},
		{"product", registry.Query{Text: "秀脸ｆａｃｅ PLAY"}, []string{"深圳市鹏中科技有限公司"}, false},
		{"product_in_its_field", registry.Query{Text: "facePlay", Field: registry.FieldProduct},
			[]string{"深圳市鹏中科技有限公司"}, false},
		{"product_in_another_field", registry.Query{Text: "faceplay", Field: registry.FieldEntity},
			nil, false},
		{"name_in_its_field", registry.Query{Text: "剪映特效", Field: registry.FieldName},
			[]string{"剪映特效算法"}, false},
		{"common_text", registry.Query{Text: "科技有限公司", Limit: 3}, []string{"科技", "科技", "科技"},
			true},
		{"pairs_without_the_text", registry.Query{Text: "有限科技公司"}, nil, false},
		{"series", registry.Query{Text: "百度", Series: registry.GenAIFiled},
			[]string{"北京百度网讯科技有限公司"}, false},
		{"signs_of_patterns", registry.Query{Text: "%_"}, nil, false},
		{"quote", registry.Query{Text: `'); DROP TABLE registry_rows; --`}, nil, false},
		{"withdrawn", registry.Query{State: registry.StateWithdrawn}, nil, false},
	}
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := seeded(t, db)
		for _, tt := range tests {
			rows, next, err := s.Search(t.Context(), tt.q)
			require.NoError(t, err, tt.name)
			require.Len(t, rows, len(tt.want), tt.name)
			for i, r := range rows {
				assert.Contains(t, r.Number+r.Name+r.Entity, tt.want[i], tt.name)
				assert.Equal(t, r.Record.ID(), r.ID)
			}
			assert.Equal(t, tt.more, next != "", tt.name)
		}
		for _, q := range []registry.Query{{Text: "鹏"}, {Text: strings.Repeat("算", 201)},
			{Text: "a\x00b"}, {Text: "a\xffb"}, {After: "x"}, {After: "-1"}} {
			_, _, err := s.Search(t.Context(), q)
			require.ErrorIs(t, err, registry.ErrInvalid, "%q", q)
		}
		_, err := s.Row(t.Context(), "no such row")
		require.ErrorIs(t, err, registry.ErrNotFound)
		_, err = s.Snapshot(t.Context(), "no such import")
		require.ErrorIs(t, err, registry.ErrNotFound)
	})
}

// TestPages goes through all rows by pages: each comes once.
func TestPages(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := seeded(t, db)
		for name, tt := range map[string]struct {
			q    registry.Query
			want int
		}{
			"all":           {registry.Query{}, 376},
			"series":        {registry.Query{Series: registry.Algorithm}, 215},
			"held":          {registry.Query{State: registry.StateHeld, Limit: 1000}, 376},
			"common_text":   {registry.Query{Text: "有限公司", Series: registry.GenAIFiled}, 61},
			"number_prefix": {registry.Query{Text: "网信算备11"}, 81},
		} {
			had := map[string]bool{}
			pages := 0
			for next := "-"; next != ""; pages++ {
				if tt.q.After = ""; next != "-" {
					tt.q.After = next
				}
				rows, after, err := s.Search(t.Context(), tt.q)
				require.NoError(t, err)
				for _, r := range rows {
					assert.False(t, had[r.ID], "%s twice", r.Number)
					had[r.ID] = true
				}
				next = after
			}
			assert.Equal(t, tt.want, len(had), name)
			assert.Greater(t, pages, 1, name)
		}
	})
}

func TestPagesOfImports(t *testing.T) {
	t.Parallel()
	storetest.Databases(t, func(t *testing.T, db *database.DB) {
		s := open(db)
		for i := range 53 {
			f := one
			f.name = fmt.Sprintf("算法%d", i)
			bring(t, s, read(t, registry.ListAlgorithm, table(f)))
		}
		list, next, err := s.Snapshots(t.Context(), "", "")
		require.NoError(t, err)
		require.Len(t, list, 50)
		rest, next, err := s.Snapshots(t.Context(), registry.Algorithm, next)
		require.NoError(t, err)
		require.Len(t, rest, 3)
		assert.Empty(t, next)
		assert.True(t, rest[0].At.Before(list[49].At))
		assert.Equal(t, registry.Counts{Rows: 1, Added: 1}, rest[2].Counts)
		versions, err := s.Versions(t.Context(), registry.Algorithm, one.number())
		require.NoError(t, err)
		assert.Len(t, versions, 53)
	})
}

// statement is one that was sent.
type statement struct {
	sql  string
	vars []any
}

// paged are the scans of an index in the order of a page, which end with the page.
var paged = regexp.MustCompile("USING INDEX registry_(rows_newest|rows_withdrawn|" +
	"snapshots_imported)$|^SCAN counted$")

// TestPlans explains every statement that reads or changes rows: each goes by an
// index.
func TestPlans(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, sqlite(t))
	s := seeded(t, db)
	sent := record(t, db)
	everything(t, s)
	seen := 0
	for _, st := range *sent {
		if !strings.Contains(st.sql, "registry_") || strings.HasPrefix(st.sql, "INSERT") {
			continue
		}
		var plan []struct{ Detail string }
		err := db.From(t.Context()).Raw("EXPLAIN QUERY PLAN "+st.sql, st.vars...).Scan(&plan).Error
		require.NoError(t, err, st.sql)
		require.NotEmpty(t, plan, st.sql)
		seen++
		for _, step := range plan {
			if strings.HasPrefix(step.Detail, "SCAN") && !paged.MatchString(step.Detail) {
				t.Errorf("%s\n%s", step.Detail, st.sql)
			}
			if strings.Contains(step.Detail, "TEMP B-TREE") &&
				strings.Contains(st.sql, "registry_rows AS r") {
				t.Errorf("%s\n%s", step.Detail, st.sql)
			}
		}
	}
	assert.Greater(t, seen, 25)
}

func sqlite(t *testing.T) (source string) {
	t.Helper()
	source = "sqlite:" + t.TempDir() + "/plans.db"
	require.NoError(t, storetest.Open(t, source).Migrate(t.Context()))
	return source
}

// record keeps what GORM sends from now on.
func record(t *testing.T, db *database.DB) *[]statement {
	t.Helper()
	var sent []statement
	keep := func(tx *gorm.DB) {
		if sql := tx.Statement.SQL.String(); !strings.HasPrefix(sql, "EXPLAIN") {
			sent = append(sent, statement{sql, tx.Statement.Vars})
		}
	}
	register := func(tx *gorm.DB) {
		c := tx.Callback()
		require.NoError(t, c.Query().After("gorm:query").Register("keep", keep))
		require.NoError(t, c.Row().After("gorm:row").Register("keep", keep))
		require.NoError(t, c.Update().After("gorm:update").Register("keep", keep))
	}
	register(db.From(t.Context()))
	require.NoError(t, db.Do(t.Context(), func(ctx context.Context) error {
		register(db.From(ctx))
		return nil
	}))
	return &sent
}

// everything asks all there is to ask.
func everything(t *testing.T, s *store.Store) {
	t.Helper()
	renamed := one
	renamed.name = "改名算法"
	bring(t, s, read(t, registry.ListAlgorithm, table(one, two, three)))
	bring(t, s, read(t, registry.ListAlgorithm, table(renamed, three)))
	l, err := s.Lookup(t.Context())
	require.NoError(t, err)
	l.Find(registry.Algorithm, one.number(), "")
	l.Find(registry.Algorithm, one.number(), "2024-01-01")
	_, err = s.KnownAt(t.Context(), new(clock).now())
	require.NoError(t, err)
	for _, text := range []string{"", "百度", "网信算备11"} {
		for _, series := range []registry.Series{"", registry.Algorithm} {
			for _, state := range []registry.State{"", registry.StateHeld,
				registry.StateWithdrawn} {
				for _, after := range []string{"", "300"} {
					rows, _, err := s.Search(t.Context(), registry.Query{Text: text,
						Series: series, State: state, After: after})
					require.NoError(t, err)
					for _, r := range rows[:min(1, len(rows))] {
						_, err = s.Row(t.Context(), r.ID)
						require.NoError(t, err)
						_, err = s.Versions(t.Context(), r.Series, r.Number)
						require.NoError(t, err)
					}
				}
			}
		}
	}
	for _, series := range []registry.Series{"", registry.Algorithm} {
		list, _, err := s.Snapshots(t.Context(), series, "")
		require.NoError(t, err)
		_, _, err = s.Snapshots(t.Context(), series, list[0].ID)
		require.NoError(t, err)
		_, err = s.Snapshot(t.Context(), list[0].ID)
		require.NoError(t, err)
	}
}
