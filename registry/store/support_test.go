package store_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/internal/ledger"
	database "github.com/listgate/listgate/internal/store"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/builtin"
	"github.com/listgate/listgate/registry/store"
)

const (
	filingHead = "批次,期次,序号,算法名称,角色,主体名称,应用产品,主要用途,备案编号,备注,公告页,数据来源\n"
	genaiHead  = "期次,序号,属地,模型名称,备案单位,备案号或上线编号,备案时间,类型,公告页,数据来源\n"
	genaiRow   = "2024-04,1,北京市,测试,测试有限公司,Beijing-CeShi-20230821,2023/8/31,备案,,test\n"
)

var person = registry.Actor{ID: "person-1", Name: "审核员甲"}

// filing is a row of a table of algorithm filings. Its number was never given.
type filing struct {
	batch, month string
	serial       int
	name, remark string
}

func (f filing) number() string {
	return fmt.Sprintf("网信算备9901011%06d01230015号", f.serial)
}

func (f filing) line() string {
	return fmt.Sprintf("%s,%s,1,%s,服务提供者,测试%d有限公司,产品%d（APP）,应用于图像生成场景,%s,%s,,test\n",
		f.batch, f.month, f.name, f.serial, f.serial, f.number(), f.remark)
}

func table(rows ...filing) string {
	var b strings.Builder
	b.WriteString(filingHead)
	for _, r := range rows {
		b.WriteString(r.line())
	}
	return b.String()
}

func read(t testing.TB, list registry.List, text string) registry.Import {
	t.Helper()
	in, err := builtin.Read(strings.NewReader(text), "list.csv", list)
	require.NoError(t, err)
	return in
}

// clock is an hour later at each look.
type clock struct{ looks atomic.Int64 }

func (c *clock) now() time.Time {
	return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC).Add(
		time.Duration(c.looks.Add(1)) * time.Hour)
}

// open returns the registry in a database, over the ledger there.
func open(db *database.DB) *store.Store {
	return over(db, ledger.New(database.NewLedger(db), rand.Reader))
}

func over(db *database.DB, log *ledger.Log) *store.Store {
	return store.New(db, log, store.Options{Now: new(clock).now, Totals: builtin.WithTotals})
}

// bring imports a file as a person does who agrees to all that the preview says.
func bring(t testing.TB, s *store.Store, in registry.Import) registry.Applied {
	t.Helper()
	p, err := s.Preview(t.Context(), in)
	require.NoError(t, err)
	done, err := s.Apply(t.Context(), in, agree(p))
	require.NoError(t, err)
	return done
}

func agree(p registry.Preview) registry.Consent {
	return registry.Consent{Fingerprint: p.Fingerprint(), LeaveOut: true, By: person}
}

// counts says how many rows the tables have, and the ledger.
func counts(t testing.TB, db *database.DB) map[string]int {
	t.Helper()
	all := map[string]int{}
	for _, name := range []string{"registry_snapshots", "registry_batches", "registry_rows",
		"registry_grams", "ledger_rows"} {
		var n int64
		require.NoError(t, db.From(t.Context()).Table(name).Count(&n).Error)
		all[name] = int(n)
	}
	return all
}

func find(t testing.TB, s *store.Store, f filing, asOf string) registry.Reply {
	t.Helper()
	l, err := s.Lookup(t.Context())
	require.NoError(t, err)
	return l.Find(registry.Algorithm, f.number(), asOf)
}
