package csv

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/registry"
)

// The rows of these tests are synthetic; their numbers were never given.
const (
	filingHead = "批次,期次,序号,算法名称,角色,主体名称,应用产品,主要用途,备案编号,备注,公告页,数据来源\n"
	filingRow  = "第一批,2023-06,1,合成测试算法,服务提供者,测试有限公司,甲（APP、网站）、乙(小程序)等,应用于图像生成场景," +
		"网信算备990101123456701230015号,,http://www.cac.gov.cn/2023-06/20/c_1.htm,test\n"
	cancelHead = "公告日期,算法名称,角色或类别,主体名称,应用产品,备案编号,注销时间,公告附件,数据来源\n"
	cancelRow  = "2025-07-14,合成测试算法,服务提供,测试有限公司,--,网信算备990101123456701230015号,2025年7月,https://beian.cac.gov.cn/x,test\n"
	genaiHead  = "期次,序号,属地,模型名称,备案单位,备案号或上线编号,备案时间,类型,公告页,数据来源\n"
	genaiFiled = "2024-04,1,北京市,测试,测试有限公司,Beijing-CeShi-20230821,2023/8/31,备案,https://www.cac.gov.cn/2024-04/02/c_1.htm,test\n"
	genaiReg   = "2026-08,1,北京市,测试,测试有限公司,Beijing-CeShi-20260821S0001,2026/5/1（补登）,登记,,test\n"
)

func TestReadFilings(t *testing.T) {
	t.Parallel()
	got, rejected, err := Read(strings.NewReader(filingHead+filingRow), "f", nil)
	require.NoError(t, err)
	assert.Empty(t, rejected)
	require.Len(t, got, 1)
	assert.Len(t, got[0].SHA256, 64)
	got[0].SHA256 = ""
	want := registry.Snapshot{
		Source: "f", Series: registry.Algorithm, Published: "2023-06-20",
		Coverage: registry.Coverage{Batches: []registry.Batch{{Name: "第一批", Published: "2023-06-20",
			Held: 1}}},
		Records: []registry.Record{{
			Series: registry.Algorithm, Number: "网信算备990101123456701230015号", Name: "合成测试算法",
			Role: registry.Provider, Entity: "测试有限公司", OpenEnded: true,
			Products: []registry.Product{{Name: "甲", Forms: []string{"APP", "网站"}},
				{Name: "乙", Forms: []string{"小程序"}}},
			Use: "应用于图像生成场景", Batch: "第一批", Published: "2023-06-20",
			Notice: "http://www.cac.gov.cn/2023-06/20/c_1.htm", Origin: "test",
		}},
	}
	assert.Empty(t, cmp.Diff(want, got[0]))
}

func TestReadSplitsGenAIBySeries(t *testing.T) {
	t.Parallel()
	got, rejected, err := Read(strings.NewReader(genaiHead+genaiReg+genaiFiled), "g", nil)
	require.NoError(t, err)
	assert.Empty(t, rejected)
	require.Len(t, got, 2)
	assert.Equal(t, registry.GenAIFiled, got[0].Series)
	assert.Equal(t, "2024-04-02", got[0].Published)
	assert.Equal(t, registry.GenAIListed, got[1].Series)
	assert.Equal(t, "2026-08", got[1].Published)
	assert.Equal(t, "2026/5/1（补登）", got[1].Records[0].On)
	assert.Equal(t, got[0].SHA256, got[1].SHA256)
}

func TestReadSpellings(t *testing.T) {
	t.Parallel()
	swapped := "备案编号,公告日期,算法名称,角色或类别,主体名称,应用产品,注销时间,公告附件,数据来源\n" +
		"网信算备990101123456701230015号,2025-07-14,合成测试算法,个性化推送类,测试有限公司,\"甲\n乙（APP）\",2025年7月,,test\n"
	for name, text := range map[string]string{
		"plain": cancelHead + cancelRow, "bom": "\uFEFF" + cancelHead + cancelRow,
		"crlf":        strings.ReplaceAll(cancelHead+cancelRow, "\n", "\r\n"),
		"blank_lines": cancelHead + "\n" + cancelRow + "\n",
		"other_order": swapped,
		"other_columns": strings.Replace(strings.Replace(genaiHead, "模型名称", "大模型名称", 1), "备案号或上线编号",
			"备案编号", 1) + genaiFiled,
	} {
		got, rejected, err := Read(strings.NewReader(text), name, nil)
		require.NoError(t, err, name)
		assert.Empty(t, rejected, name)
		require.Len(t, got, 1, name)
		assert.Len(t, got[0].Records, 1, name)
	}
	got, _, err := Read(strings.NewReader(swapped), "swapped", nil)
	require.NoError(t, err)
	assert.Equal(t, registry.NoRole, got[0].Records[0].Role)
	assert.Equal(t, "个性化推送类", got[0].Records[0].Remark)
}

// TestReadRejects has one defect a row; the sound row beside it is kept.
func TestReadRejects(t *testing.T) {
	t.Parallel()
	second := strings.Replace(filingRow, "701230015", "701230023", 1)
	defect := func(from, to string) string {
		return filingHead + filingRow + strings.Replace(second,
			from, to, 1)
	}
	tests := []struct{ name, text, why string }{
		{"column_missing", defect(",test", ""), "11 columns, the header has 12"},
		{"column_too_many", defect(",test", ",test,x"), "13 columns, the header has 12"},
		{"digit_missing", defect("701230023", "70123002"), "20 digits"},
		{"no_number", defect("网信算备990101123456701230023号", "无"), "is no number"},
		{"number_of_another_list", defect("网信算备990101123456701230023号", "Beijing-CeShi-20230821"),
			"belongs to another list"},
		{"another_class", defect("990101123456701230023", "990101123456702230023"), "class 02"},
		{"role_cut_short", defect("服务提供者", "服务提供"), `role "服务提供" is not known`},
		{"supporter_with_products", defect("服务提供者", "服务技术支持者"),
			"a technical supporter has no products"},
		{"no_name", defect("合成测试算法", ""), "a required column is empty"},
		{"no_entity", defect("测试有限公司", " "), "a required column is empty"},
		{"no_origin", defect(",test", ","), "a required column is empty"},
		{"no_batch", defect("第一批", ""), "a required column is empty"},
		{"no_date", filingHead + filingRow + strings.NewReplacer("2023-06,1", "六月,1", "/2023-06/20",
			"").Replace(second),
			"the date of the list is no date"},
		{"notice_no_address", defect("http://www.cac.gov.cn/2023-06/20/c_1.htm", "javascript:x"), "is no web address"},
		{"control_character", defect("合成测试算法", "合成\x01算法"), "control characters"},
		{"right_to_left_mark", defect("合成测试算法", "合成\u202e算法"), "control characters"},
		{"not_utf8", defect("合成测试算法", "\xba\xcf"), "not UTF-8"},
		{"field_too_long", defect("合成测试算法", strings.Repeat("算", maxField)), "too long"},
		{"twice", filingHead + filingRow + filingRow, "the number is already on line 2"},
		{"no_line_break_at_the_end", strings.TrimSuffix(filingHead+filingRow+second, "\n"),
			"does not end in a line break"},
		{"type_unknown", genaiHead + genaiFiled + strings.Replace(genaiReg, "登记", "其他", 1),
			"neither 备案 nor 登记"},
		{"type_against_number", genaiHead + genaiFiled + strings.Replace(genaiReg, "登记", "备案", 1),
			"belongs to another list"},
		{"filing_date", genaiHead + genaiFiled + strings.Replace(genaiReg, "2026/5/1（补登）",
			"2026/13/1", 1), "is no date"},
		{"unknown_region", genaiHead + genaiFiled + strings.Replace(genaiReg, "Beijing", "Peking",
			1), "no region"},
		{"cancelled_class_unknown", cancelHead + cancelRow + strings.NewReplacer("服务提供", "类",
			"701230015", "701230023").Replace(cancelRow), "is not known"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, rejected, err := Read(strings.NewReader(tt.text), tt.name, nil)
			require.NoError(t, err)
			require.Len(t, rejected, 1)
			assert.Equal(t, 3, rejected[0].Line)
			assert.Contains(t, rejected[0].Why.EN, tt.why)
			assert.NotEmpty(t, rejected[0].Why.ZH)
			require.Len(t, got, 1)
			assert.Len(t, got[0].Records, 1)
			assert.Equal(t, 1, got[0].Coverage.Batches[0].Held)
		})
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, why string }{
		{"empty", "", "the table is empty"},
		{"header_only", filingHead, "a header and no rows"},
		{"another_table", "a,b,c\n1,2,3\n", "no known table"},
		{"not_utf8", "\xc5\xfa\xb4\xce,x\n", "no known table"},
		{"column_missing", strings.Replace(filingHead, ",备注", "", 1) + filingRow,
			`algorithm filings, but it lacks ["备注"]`},
		{"column_twice", strings.Replace(filingHead, "备注", "序号", 1) + filingRow,
			`lacks ["备注"] and has besides ["序号"]`},
		{"column_foreign", strings.Replace(cancelHead, "注销时间", "备案时间", 1) + cancelRow,
			"nearest to the table of algorithm cancellations"},
		{"bare_quote", filingHead + strings.Replace(filingRow, "合成测试", `合"成`, 1), "row at"},
		{"open_quote", filingHead + filingRow + `"` + filingRow, "row at"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, rejected, err := Read(strings.NewReader(tt.text), tt.name, nil)
			var malformed *budget.FormatError
			require.ErrorAs(t, err, &malformed)
			assert.ErrorContains(t, err, tt.why)
			assert.Empty(t, got)
			assert.Empty(t, rejected)
		})
	}
}

// TestReadBoundsARow refuses rows that would be held whole in memory.
func TestReadBoundsARow(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]string{
		"commas":         strings.Repeat(",", 1<<20),
		"a_field":        `"` + strings.Repeat("甲", 1<<20) + `"`,
		"unclosed_quote": `"` + strings.Repeat("a,\n", 1<<20),
	} {
		_, _, err := Read(strings.NewReader(filingHead+row+"\n"), "list", nil)
		assert.ErrorIs(t, err, budget.ErrExhausted, name)
	}
}

func TestReadKeepsToTheBudget(t *testing.T) {
	t.Parallel()
	text := filingHead + strings.Repeat(filingRow, 100)
	for name, limits := range map[string]budget.Limits{"bytes": {Bytes: 4096},
		"rows": {Entries: 10}} {
		got, rejected, err := Read(strings.NewReader(text), name, budget.New(limits))
		assert.ErrorIs(t, err, budget.ErrExhausted, name)
		assert.Empty(t, got)
		assert.Empty(t, rejected)
	}
	_, _, err := Read(endless{}, "endless", nil)
	assert.ErrorIs(t, err, budget.ErrExhausted)
	_, _, err = Read(broken{}, "broken", nil)
	assert.ErrorIs(t, err, errBroken)
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

func TestReadEveryTruncation(t *testing.T) {
	t.Parallel()
	for _, text := range []string{filingHead + filingRow, cancelHead + cancelRow,
		genaiHead + genaiFiled} {
		for n := range len(text) {
			got, rejected, err := Read(strings.NewReader(text[:n]), "cut", nil)
			require.True(t, err != nil || len(rejected) == 1 && len(got) == 0, "%d: %v", n, got)
		}
	}
}

func TestProducts(t *testing.T) {
	t.Parallel()
	app := []string{"APP"}
	tests := []struct {
		name, cell string
		want       []registry.Product
		open       bool
	}{
		{"none", "--", nil, false},
		{"empty", "", nil, false},
		{"half_width", "快手(APP)", []registry.Product{{Name: "快手", Forms: app}}, false},
		{"mixed_brackets", "甲（APP)、乙(APP）",
			[]registry.Product{{Name: "甲", Forms: app}, {Name: "乙", Forms: app}}, false},
		{"two_forms", "菜鸟（APP、小程序）", []registry.Product{{Name: "菜鸟",
			Forms: []string{"APP", "小程序"}}}, false},
		{"lower_case", "甲（app）", []registry.Product{{Name: "甲", Forms: app}}, false},
		{"open_ended", "甲（APP）等", []registry.Product{{Name: "甲", Forms: app}}, true},
		{"name_in_等", "平等", []registry.Product{{Name: "平等"}}, false},
		{"bracket_in_name", "精致问医（WenYI）(网站)",
			[]registry.Product{{Name: "精致问医（WenYI）", Forms: []string{"网站"}}}, false},
		{"bracket_is_no_form", "精致问医（WenYI）", []registry.Product{{Name: "精致问医（WenYI）"}}, false},
		{"only_a_bracket", "（APP）", []registry.Product{{Name: "（APP）"}}, false},
		{"never_closed", "甲（APP、乙", []registry.Product{{Name: "甲（APP、乙"}}, false},
		{"closed_twice", "甲）、乙(APP)", []registry.Product{{Name: "甲）"}, {Name: "乙", Forms: app}},
			false},
		{"stray_spaces", " 甲 (APP) 、 、", []registry.Product{{Name: "甲", Forms: app}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, open := products(tt.cell)
			assert.Empty(t, cmp.Diff(tt.want, got))
			assert.Equal(t, tt.open, open)
		})
	}
}

func FuzzRead(f *testing.F) {
	seeds := []string{filingHead + filingRow, cancelHead + cancelRow,
		genaiHead + genaiFiled + genaiReg, "\uFEFF" + genaiHead, `"`}
	for _, name := range []string{"algorithm_filings", "algorithm_cancellations", "genai_filings"} {
		b, err := os.ReadFile("../../rows/" + name + ".csv")
		require.NoError(f, err)
		seeds = append(seeds, string(b[:3000]))
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, rejected, err := Read(strings.NewReader(text), "fuzz",
			budget.New(budget.Limits{Bytes: 1 << 20, Entries: 1000}))
		if err != nil {
			require.Empty(t, got)
			require.Empty(t, rejected)
			return
		}
		for _, s := range got {
			held := 0
			for _, b := range s.Coverage.Batches {
				held += b.Held
			}
			require.Equal(t, len(s.Records), held)
			for _, r := range s.Records {
				require.Equal(t, s.Series, r.Series)
				require.NotEmpty(t, r.Entity)
				require.NotEmpty(t, r.Origin)
				require.Equal(t, registry.Found,
					registry.NewMemory(s).Find(s.Series, r.Number, "").Answer)
			}
		}
	})
}

// TestRejectedRowsNameTheirNumber, so that nobody takes the row for one that the list
// no longer has.
func TestRejectedRowsNameTheirNumber(t *testing.T) {
	t.Parallel()
	const filed, service = "网信算备990101123456701230015号", "Beijing-CeShi-20230821"
	tests := []struct{ name, text, want string }{
		{"column_missing", filingHead + strings.Replace(filingRow, ",test", "", 1), filed},
		{"column_empty", filingHead + strings.Replace(filingRow, "合成测试算法", "", 1), filed},
		{"another_spelling", filingHead + strings.NewReplacer("合成测试算法", "", "网信算备99",
			"网信算备 ９9").Replace(filingRow), filed},
		{"not_utf8", filingHead + strings.Replace(filingRow, "合成测试算法", "\xba\xcf", 1), filed},
		{"cut_short", filingHead + strings.TrimSuffix(filingRow, "\n"), filed},
		{"service", genaiHead + strings.Replace(genaiFiled, "备案,", "其他,", 1), service},
		{"no_number", filingHead + strings.Replace(filingRow, filed, "无", 1), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, rejected, err := Read(strings.NewReader(tt.text), tt.name, nil)
			require.NoError(t, err)
			require.Len(t, rejected, 1)
			assert.Equal(t, tt.want, rejected[0].Number)
		})
	}
}

// TestReadTellsPeople: what is wrong with a file is said in both languages, in few
// words.
func TestReadTellsPeople(t *testing.T) {
	t.Parallel()
	wide := strings.Repeat("列,", 50_000) + "\n"
	for name, text := range map[string]string{
		"empty": "", "header_only": filingHead, "another_table": "a,b\n1,2\n", "wide": wide,
		"nearest_and_wide": strings.TrimSuffix(filingHead, "\n") + wide,
		"bare_quote":       filingHead + strings.Replace(filingRow, "合成测试", `合"成`, 1),
		"row_too_long":     filingHead + filingRow + strings.Repeat(",", 1<<20),
	} {
		_, _, err := Read(strings.NewReader(text), name, nil)
		var refused *registry.Refused
		require.ErrorAs(t, err, &refused, name)
		assert.NotEmpty(t, refused.Why.ZH, name)
		assert.NotEqual(t, refused.Why.ZH, refused.Why.EN)
		assert.Less(t, len(refused.Why.ZH)+len(refused.Why.EN), 20_000, name)
	}
	_, _, err := Read(strings.NewReader(filingHead+filingRow+strings.Repeat(",", 1<<20)), "x", nil)
	require.ErrorContains(t, err, "that on line 3 has more")
}
