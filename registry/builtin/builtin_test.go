package builtin

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/number"
)

const rowsFolder = "../rows"

func TestIndexIsCurrent(t *testing.T) {
	t.Parallel()
	want, err := compile(os.DirFS(rowsFolder))
	require.NoError(t, err)
	got, err := decode(rowsIndex)
	require.NoError(t, err)
	assert.Empty(t, cmp.Diff(want, got), "the index is stale: go generate ./registry/builtin")
}

func TestEmbeddedRows(t *testing.T) {
	t.Parallel()
	snapshots, err := Snapshots()
	require.NoError(t, err)
	rows := map[registry.Series]int{}
	for _, s := range snapshots {
		rows[s.Series] += len(s.Records)
		assert.Equal(t, "2026-09-15", s.Fetched, s.Source)
		assert.Len(t, s.SHA256, 64)
		for _, r := range s.Records {
			assert.NotEmpty(t, r.Origin, r.Number)
		}
	}
	assert.Equal(t, map[registry.Series]int{
		registry.Algorithm: 215, registry.Cancellation: 57, registry.GenAIFiled: 70,
		registry.GenAIListed: 34,
	}, rows)
}

func TestEveryNumberOfTheListsParses(t *testing.T) {
	t.Parallel()
	snapshots, err := Snapshots()
	require.NoError(t, err)
	kinds := map[registry.Series]string{
		registry.Algorithm: number.KindAlgorithm, registry.Cancellation: number.KindAlgorithm,
		registry.GenAIFiled: number.KindFiled, registry.GenAIListed: number.KindRegistered,
	}
	checked := 0
	for _, s := range snapshots {
		for _, r := range s.Records {
			n, err := number.Parse(r.Number)
			require.NoError(t, err, r.Number)
			assert.True(t, n.WellFormed, r.Number)
			assert.Equal(t, kinds[s.Series], n.Kind, r.Number)
			assert.Equal(t, r.Number, n.Normal)
			assert.Empty(t, n.Lenient, r.Number)
			found := number.FindAll("备案编号：" + r.Number + "，")
			require.Len(t, found, 1, r.Number)
			assert.Equal(t, n, found[0].Number)
			if n.Kind == number.KindAlgorithm {
				assert.Equal(t, number.CheckOK, n.CheckDigit, r.Number)
				checked++
			}
		}
	}
	assert.Equal(t, 272, checked)
}

func TestEmbeddedFinds(t *testing.T) {
	t.Parallel()
	l, err := Embedded()
	require.NoError(t, err)
	reply := l.Find(registry.Algorithm, "网信算备 110108823483901230015 号", "2026-11-22")
	require.Equal(t, registry.Found, reply.Answer)
	assert.Equal(t, []string{"algorithm_filings@2026-07-17"}, reply.Snapshots)
	assert.Equal(t, "剪映特效算法", reply.Records[0].Name)
	assert.True(t, reply.Records[0].OpenEnded)
	assert.Len(t, reply.Records[0].Products, 4)
	assert.Equal(t, registry.NotAsked, l.Find(registry.Algorithm, reply.Records[0].Number,
		"2023-06-19").Answer)
	assert.Equal(t, registry.Absent, l.Find(registry.Algorithm, "网信算备310113555271201260019号",
		"2026-07-16").Answer)
	assert.Equal(t, registry.Found, l.Find(registry.Algorithm, "网信算备310113555271201260019号",
		"2026-07-17").Answer)
	assert.Equal(t, registry.NotAsked, l.Find(registry.AppFiling, "京ICP备05012345号-1A", "").Answer)
}

func TestCoverageIsSaid(t *testing.T) {
	t.Parallel()
	l, err := Embedded()
	require.NoError(t, err)
	held := registry.Algorithm.Held(l)
	assert.Contains(t, held.ZH, "持有第一批(41/41)、第二批(29/110)、第六批(11/492)")
	assert.Contains(t, held.ZH, "缺第三批(129行)、第四批(266行)")
	assert.Contains(t, held.ZH, "共215/7764行，最新公告2026-07-17")
	assert.Contains(t, held.EN, "215 of 7764 rows")
	assert.Contains(t, registry.Cancellation.Held(l).ZH, "无缺失批次；共57/57行")
	assert.Contains(t, registry.GenAIFiled.Held(l).ZH, "共70/1117行")
	assert.Contains(t, registry.GenAIListed.Held(l).EN, "34 of 729 rows")
	assert.Equal(t, "no list of filings of mobile applications is held",
		registry.AppFiling.Held(l).EN)

	complete := map[registry.Series]bool{}
	for _, s := range l.Snapshots() {
		assert.Empty(t, s.Records)
		complete[s.Series] = s.Coverage.Complete
	}
	assert.Equal(t, map[registry.Series]bool{
		registry.Algorithm: false, registry.Cancellation: true, registry.GenAIFiled: false,
		registry.GenAIListed: false,
	}, complete)
}

func TestWithTotals(t *testing.T) {
	t.Parallel()
	s, err := WithTotals(registry.Snapshot{Series: registry.Cancellation,
		Coverage: registry.Coverage{
			Batches: []registry.Batch{{Name: "2025-07-14", Published: "2025-07-14", Held: 28},
				{Name: "2026-09-10", Held: 3}},
		}})
	require.NoError(t, err)
	assert.Len(t, s.Coverage.Batches, 8)
	assert.Equal(t, registry.Batch{Name: "2025-07-14", Published: "2025-07-14", Held: 28, Rows: 28},
		s.Coverage.Batches[0])
	assert.Equal(t, registry.Batch{Name: "2026-09-10", Held: 3}, s.Coverage.Batches[7])
	assert.False(t, s.Coverage.Complete)
}

func TestSourcesReadTheRows(t *testing.T) {
	t.Parallel()
	read := 0
	for _, s := range Sources() {
		files, err := filepath.Glob(filepath.Join(rowsFolder, "a*"+s.Suffix))
		require.NoError(t, err)
		for _, name := range files {
			f, err := os.Open(name)
			require.NoError(t, err)
			snapshots, rejected, err := s.Read(f, filepath.Base(name), nil)
			require.NoError(t, f.Close())
			require.NoError(t, err)
			assert.NotEmpty(t, snapshots)
			assert.Empty(t, rejected)
			read++
		}
	}
	assert.Positive(t, read)
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]map[string]string{
		"no_totals":    {"algorithm_filings.csv": ""},
		"wrong_totals": {"batches.csv": "a,b\n1,2\n"},
		"no_tables":    {"batches.csv": "系列,批次,公告日期,行数,核对日期,出处\n"},
		"bad_count": {"batches.csv": "系列,批次,公告日期,行数,核对日期,出处\n" +
			"algorithm,第一批,2023-06-20,x,2026-09-15,y\n"},
	}
	for name, files := range tests {
		folder := t.TempDir()
		for file, body := range files {
			require.NoError(t, os.WriteFile(filepath.Join(folder, file), []byte(body), 0o600))
		}
		_, err := Compile(os.DirFS(folder))
		assert.Error(t, err, name)
	}
}

func TestDecodeRefusesGarbage(t *testing.T) {
	t.Parallel()
	_, err := decode([]byte("garbage"))
	assert.Error(t, err)
}

func BenchmarkEmbedded(b *testing.B) {
	for b.Loop() {
		if _, err := Embedded(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	open := func(name string) *os.File {
		f, err := os.Open(filepath.Join(rowsFolder, name+".csv"))
		require.NoError(t, err)
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	for _, name := range []string{"list.csv", "LIST.CSV", "list", "/etc/../list.csv",
		`c:\x\list.csv`} {
		in, err := Read(open("genai_filings"), name, registry.ListGenAI)
		require.NoError(t, err, name)
		require.Len(t, in.Snapshots, 2)
		assert.NotContains(t, in.Snapshots[0].Source, "/")
		assert.NotContains(t, in.Snapshots[0].Source, `\`)
	}
	for name, want := range map[string]error{"list.xls": registry.ErrInvalid,
		"..": registry.ErrInvalid, "list.csv": registry.ErrWrongTable} {
		in, err := Read(open("genai_filings"), name, registry.ListCancellation)
		require.ErrorIs(t, err, want, name)
		assert.Empty(t, in.Snapshots)
	}
}
