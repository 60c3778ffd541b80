package registry

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The rows of these tests are synthetic; their numbers were never given.
const (
	numberA = "网信算备990101123456701230015号"
	numberB = "网信算备990101123456701230023号"
)

func row(number, published string) Record {
	return Record{
		Series: Algorithm, Number: number, Name: "合成测试算法", Role: Provider, Entity: "测试甲乙（北京）科技有限公司",
		Products: []Product{{Name: "甲乙", Forms: []string{"APP"}}}, Use: "应用于图像生成场景", Batch: "第一批",
		Published: published,
	}
}

func snapshot(series Series, rows ...Record) Snapshot {
	s := Snapshot{Source: string(series), Series: series, Records: rows,
		Coverage: Coverage{Complete: true}}
	for _, r := range rows {
		s.Published = max(s.Published, r.Published)
	}
	s.Coverage.Batches = []Batch{{Name: "第一批", Published: s.Published, Held: len(rows),
		Rows: len(rows)}}
	return s
}

func TestMemoryFind(t *testing.T) {
	t.Parallel()
	two := NewMemory(
		snapshot(Algorithm, row(numberA, "2024-01-10"), row(numberB, "2024-06")),
		snapshot(Algorithm, row(numberA, "2025-03-01")),
	)
	tests := []struct {
		name, number, asOf string
		lookup             Lookup
		want               Answer
		rows, asked        int
	}{
		{"both_lists", numberA, "", two, Found, 2, 2},
		{"another_spelling", " 网信算备 990101 1234567 01 23 001 5", "", two, Found, 2, 2},
		{"first_day", numberA, "2024-01-10", two, Found, 1, 1},
		{"later_list_unseen", numberA, "2025-02-28", two, Found, 1, 1},
		{"day_before", numberA, "2024-01-09", two, NotAsked, 0, 0},
		{"month_not_over", numberB, "2024-06-29", two, Absent, 0, 1},
		{"month_over", numberB, "2024-06-30", two, Found, 1, 1},
		{"absent", "网信算备990101123456701230031号", "2026-01-01", two, Absent, 0, 2},
		{"no_number", "甲", "", two, Absent, 0, 2},
		{"bad_day", numberA, "2024-13-01", two, Unreachable, 0, 0},
		{"empty_set", numberA, "", NewMemory(), NotAsked, 0, 0},
		{"no_list_of_the_series", numberA, "", NewMemory(snapshot(GenAIFiled)), NotAsked, 0, 0},
		{"empty_list", numberA, "", NewMemory(snapshot(Algorithm)), Absent, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := tt.lookup.Find(Algorithm, tt.number, tt.asOf)
			assert.Equal(t, tt.want, got.Answer)
			assert.Len(t, got.Records, tt.rows)
			assert.Len(t, got.Snapshots, tt.asked)
			assert.Equal(t, tt.want == NotAsked || tt.want == Unreachable, got.Why != "")
			assert.Empty(t, cmp.Diff(got, tt.lookup.Find(Algorithm, tt.number, tt.asOf)))
		})
	}
}

// TestCoverOutcomes has the outcomes that no published row shows.
func TestCoverOutcomes(t *testing.T) {
	t.Parallel()
	claim := Claim{Series: Algorithm, Number: numberA, Entity: "测试甲乙(北京)科技有限公司",
		AppNames: []string{"甲乙"},
		Uses:     []Use{{"image_gen", []string{"图像生成"}}}}
	none := snapshot(Cancellation)
	partial := snapshot(Cancellation)
	partial.Coverage.Complete = false
	with := func(change func(*Record)) []Snapshot {
		r := row(numberA, "2024-01-10")
		change(&r)
		return []Snapshot{snapshot(Algorithm, r), none}
	}
	cancelled := row(numberA, "2025-01-10")
	cancelled.Series = Cancellation
	tests := []struct {
		name      string
		snapshots []Snapshot
		step      StepName
		want      Outcome
	}{
		{"all_pass", with(func(*Record) {}), StepUse, Passed},
		{"filed_and_cancelled", append(with(func(*Record) {})[:1],
			snapshot(Cancellation, cancelled)), StepNotCancelled, Failed},
		{"cancellations_not_held", with(func(*Record) {})[:1], StepNotCancelled, Unclear},
		{"cancellations_in_part", append(with(func(*Record) {})[:1], partial), StepNotCancelled,
			Advice},
		{"nothing_held", nil, StepInSnapshot, Unclear},
		{"no_role", with(func(r *Record) { r.Role = NoRole }), StepRole, Unclear},
		{"no_form", with(func(r *Record) { r.Products[0].Forms = nil }), StepProduct, Unclear},
		{"other_form_in_open_list", with(func(r *Record) {
			r.Products[0].Forms,
				r.OpenEnded = []string{"网站"}, true
		}), StepProduct, Unclear},
		{"no_products", with(func(r *Record) { r.Products = nil }), StepProduct, Failed},
		{"no_use_filed", with(func(r *Record) { r.Use = "" }), StepUse, Unclear},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := Cover(NewMemory(tt.snapshots...), claim)
			assert.Equal(t, tt.want, got.Step(tt.step).Outcome, got.Step(tt.step).Why.EN)
		})
	}
}

func TestStepsHaveNames(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, order)
	for _, step := range order {
		assert.NotEqual(t, step.Name().ZH, step.Name().EN)
		assert.NotEqual(t, string(step), step.Name().ZH)
	}
	assert.Equal(t, Text{"elsewhere", "elsewhere"}, StepName("elsewhere").Name())
}

// TestCoverNames tells a listed name with a slogan, which a person looks at, from
// another name that begins alike.
func TestCoverNames(t *testing.T) {
	t.Parallel()
	l := NewMemory(snapshot(Algorithm, row(numberA, "2024-01-10")), snapshot(Cancellation))
	cases := map[string]Outcome{
		"甲乙": Passed, "甲 乙": Passed,
		"甲乙-听我想听": Unclear, "甲乙：一键成片": Unclear, "甲乙（极速版）": Unclear, "甲乙—你的助手": Unclear,
		"甲乙音乐": Failed, "听甲乙-丙": Failed, "丙-甲乙": Failed,
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Cover(l, Claim{Series: Algorithm, Number: numberA, Entity: "测试甲乙(北京)科技有限公司",
				AppNames: []string{name}})
			assert.Equal(t, want, got.Step(StepProduct).Outcome, got.Step(StepProduct).Why.EN)
			assert.Equal(t, want != Passed, len(got.NearMisses) > 0, "offered to a person")
		})
	}
}

func TestCoverTakesTheNewestRow(t *testing.T) {
	t.Parallel()
	renamed := row(numberA, "2025-03-01")
	renamed.Entity = "丙丁有限公司"
	l := NewMemory(snapshot(Algorithm, renamed), snapshot(Algorithm, row(numberA, "2024-01-10")),
		snapshot(Cancellation))
	claim := Claim{Series: Algorithm, Number: numberA, AsOf: "2026-01-01"}
	require.NotNil(t, Cover(l, claim).Record)
	assert.Equal(t, "丙丁有限公司", Cover(l, claim).Record.Entity)
	claim.AsOf = "2025-02-28"
	assert.Equal(t, "测试甲乙（北京）科技有限公司", Cover(l, claim).Record.Entity)
}

func TestFoldName(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"百度（北京）", "百度(北京)"}, {"ＡＰＰ Store", "appstore"}, {"“天工”大模型", "天工大模型"},
		{"书生・浦语", "书生·浦语"}, {"阿水 AI", "阿水ai"}, {"〔甲〕\u200b", "【甲】"},
	} {
		assert.Equal(t, foldName(pair[1]), foldName(pair[0]))
	}
	assert.NotEqual(t, foldName("甲"), foldName("乙"))
}

func TestKin(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ a, b, want string }{
		{"北京百度网讯科技有限公司", "百度在线网络技术（北京）有限公司", "百度"},
		{"深圳市腾讯计算机系统有限公司", "腾讯音乐娱乐（深圳）有限公司", "腾讯"},
		{"OPPO（重庆）智能科技有限公司", "Oppo广东移动通信有限公司", "oppo"},
		{"北京快手科技有限公司", "北京奇虎科技有限公司", ""},
		{"上海智能科技有限公司", "上海智能信息技术有限公司", ""},
		{"AB科技有限公司", "ab网络有限公司", ""},
		{"", "北京快手科技有限公司", ""},
	} {
		assert.Equal(t, tt.want, kin(tt.a, tt.b), "%s %s", tt.a, tt.b)
	}
}

func TestHeldUnitesSnapshots(t *testing.T) {
	t.Parallel()
	a, b := snapshot(Algorithm, row(numberA, "2024-01-10")), snapshot(Algorithm)
	b.Coverage.Batches = []Batch{{Name: "第一批", Held: 3, Rows: 4}, {Name: "第二批", Rows: 7},
		{Name: "第三批", Held: 2}}
	b.Coverage.Complete = false
	got := Algorithm.Held(NewMemory(a, b))
	assert.Equal(t, "境内深度合成服务算法备案清单：持有第一批(3/4)、第三批(2行，总数不详)；缺第二批(7行)；共5/13行，最新公告2024-01-10", got.ZH)
	assert.Equal(t, "deep-synthesis algorithm filings: held 第一批 (3/4), 第三批 (2, total not known); "+
		"missing 第二批 (7 rows); 5 of 13 rows in all, newest notice 2024-01-10", got.EN)
}

func FuzzCover(f *testing.F) {
	f.Add("algorithm", numberA, "测试甲乙", "甲乙", "2024-01-10", "“甲乙(APP)”变更为“丙(APP)”")
	f.Add("genai-filed", "Beijing-JiaYi-20230821", "", "", "", "")
	f.Add("app-filing", "京ICP备12345678号-1A", "甲", "乙", "x", "等")
	f.Fuzz(func(t *testing.T, series, number, entity, app, asOf, remark string) {
		r := row(numberA, "2024-01-10")
		r.Remark, r.OpenEnded = remark, len(remark)%2 == 0
		l := NewMemory(snapshot(Algorithm, r), snapshot(Cancellation))
		got := Cover(l, Claim{Series: Series(series), Number: number, Entity: entity,
			AppNames: []string{app}, AsOf: asOf,
			Uses: []Use{{"x", []string{app, ""}}}})
		require.Len(t, got.Steps, 9)
		for _, s := range got.Steps {
			require.NotEmpty(t, s.Why.ZH)
			require.NotEmpty(t, s.Why.EN)
		}
	})
}
