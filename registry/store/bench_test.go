package store_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/ledger"
	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/internal/store/storetest"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/builtin"
	"github.com/listgate/listgate/registry/store"
)

const benchRows = 10_000

// longList is a table of 10 000 filings in batches of 500, as long as published ones
// are. Editions differ in every row.
func longList(edition int) string {
	var b strings.Builder
	b.WriteString(filingHead)
	for i := range benchRows {
		f := filing{fmt.Sprintf("第%d期", i/500), "2023-06", i,
			fmt.Sprintf("某某视频人像合成算法%d", i%997), fmt.Sprintf("更新%d次应用产品", edition)}
		line := strings.Replace(f.line(), fmt.Sprintf("测试%d有限公司", i),
			fmt.Sprintf("深圳市某某%d网络科技有限公司", i%3001), 1)
		b.WriteString(strings.Replace(line, "应用于图像生成场景",
			"应用于人脸图像、视频生成场景，将用户上传的照片与特定形象进行面部融合，生成融合后的人脸图像、视频。", 1))
	}
	return b.String()
}

// BenchmarkImport imports 10 000 rows that are new, 10 000 that each replace another,
// and a file that was imported before: each with reading and preview.
func BenchmarkImport(b *testing.B) {
	storetest.Benchmarks(b, func(b *testing.B, db *database.DB) {
		s := store.New(db, ledger.New(database.NewLedger(db), rand.Reader),
			store.Options{Now: new(clock).now, Totals: builtin.WithTotals})
		edition := 0
		b.Run("new", func(b *testing.B) {
			for b.Loop() {
				edition++
				text := strings.ReplaceAll(longList(edition), "期,", fmt.Sprintf("期%d,", edition))
				bring(b, s, read(b, registry.ListAlgorithm, text))
			}
		})
		bring(b, s, read(b, registry.ListAlgorithm, longList(0)))
		b.Run("changed", func(b *testing.B) {
			for b.Loop() {
				edition++
				done := bring(b, s, read(b, registry.ListAlgorithm, longList(edition)))
				require.Equal(b, benchRows, done.Snapshots[0].Counts.Changed)
			}
		})
		b.Run("again", func(b *testing.B) {
			for b.Loop() {
				done := bring(b, s, read(b, registry.ListAlgorithm, longList(0)))
				require.True(b, done.Unchanged)
			}
		})
	})
}

// BenchmarkFind asks for numbers among 10 000.
func BenchmarkFind(b *testing.B) {
	storetest.Benchmarks(b, func(b *testing.B, db *database.DB) {
		s := open(db)
		bring(b, s, read(b, registry.ListAlgorithm, longList(0)))
		l, err := s.Lookup(b.Context())
		require.NoError(b, err)
		b.Run("find", func(b *testing.B) {
			for i := 0; b.Loop(); i += 7919 {
				n := filing{serial: i % benchRows}.number()
				require.Equal(b, registry.Found, l.Find(registry.Algorithm, n, "").Answer)
			}
		})
		b.Run("lookup", func(b *testing.B) {
			for b.Loop() {
				_, err := s.Lookup(b.Context())
				require.NoError(b, err)
			}
		})
		for name, text := range map[string]string{"rare": "某某2999网", "common": "科技有限公司",
			"pairs_only": "技有限深圳市"} {
			b.Run("search_"+name, func(b *testing.B) {
				for b.Loop() {
					_, _, err := s.Search(b.Context(), registry.Query{Text: text})
					require.NoError(b, err)
				}
			})
		}
	})
}
