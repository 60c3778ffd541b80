package number

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       Number
	}{
		{"algorithm", "网信算备110101128387701230011号", Number{
			Kind: KindAlgorithm, Normal: "网信算备110101128387701230011号", WellFormed: true,
			CheckDigit: CheckOK,
			Fields: Fields{Division: "110101", Entity: "1283877", Class: "01", Year: "23",
				Serial: "001", Check: "1"},
		}},
		{"algorithm_full_width_and_spaces", " 网信 算备 １１０１０１ 1283877 01 23 001 1 号", Number{
			Kind: KindAlgorithm, Normal: "网信算备110101128387701230011号", WellFormed: true,
			CheckDigit: CheckOK,
			Lenient:    []string{"full-width characters", "stray spaces"},
			Fields: Fields{Division: "110101", Entity: "1283877", Class: "01", Year: "23",
				Serial: "001", Check: "1"},
		}},
		{"algorithm_brackets_without_suffix", "网信算备（110101128387701230011）", Number{
			Kind: KindAlgorithm, Normal: "网信算备110101128387701230011号", WellFormed: true,
			CheckDigit: CheckOK,
			Lenient:    []string{"full-width characters", "brackets, colon or dash", "missing 号"},
			Fields: Fields{Division: "110101", Entity: "1283877", Class: "01", Year: "23",
				Serial: "001", Check: "1"},
		}},
		{"algorithm_bare_digits", "110101128387701230011", Number{
			Kind: KindAlgorithm, Normal: "网信算备110101128387701230011号", WellFormed: true,
			CheckDigit: CheckOK,
			Lenient:    []string{"missing 号", "missing 网信算备"},
			Fields: Fields{Division: "110101", Entity: "1283877", Class: "01", Year: "23",
				Serial: "001", Check: "1"},
		}},
		{"algorithm_swapped_digits", "网信算备110101128387701320011号", Number{
			Kind: KindAlgorithm, Normal: "网信算备110101128387701320011号", WellFormed: true,
			CheckDigit: CheckWrong,
			Fields: Fields{Division: "110101", Entity: "1283877", Class: "01", Year: "32",
				Serial: "001", Check: "1"},
		}},
		{"filed_date_only", "Beijing-WenXinYiYan-20230821", Number{
			Kind: KindFiled, Normal: "Beijing-WenXinYiYan-20230821", WellFormed: true,
			CheckDigit: CheckNone,
			Fields:     Fields{Region: "Beijing", Name: "WenXinYiYan", Date: "20230821"},
		}},
		{"filed_with_serial", "ZheJiang-JieTuDaMoXing-202507240036", Number{
			Kind: KindFiled, Normal: "ZheJiang-JieTuDaMoXing-202507240036", WellFormed: true,
			CheckDigit: CheckNone,
			Fields: Fields{Region: "ZheJiang", Name: "JieTuDaMoXing", Date: "20250724",
				Serial: "0036"},
		}},
		{"registered_full_width_dash", "Tianjin－MoTingMingXiang — 20250813s0005", Number{
			Kind: KindRegistered, Normal: "Tianjin-MoTingMingXiang-20250813S0005", WellFormed: true,
			CheckDigit: CheckNone,
			Lenient: []string{"full-width characters", "stray spaces", "brackets, colon or dash",
				"letter case"},
			Fields: Fields{Region: "Tianjin", Name: "MoTingMingXiang", Date: "20250813",
				Serial: "0005"},
		}},
		{"app", "沪ICP备2025152989号-1A", Number{
			Kind: KindApp, Normal: "沪ICP备2025152989号-1A", WellFormed: true, CheckDigit: CheckNone,
			Fields: Fields{Province: "沪", Serial: "2025152989", Suffix: "1A"},
		}},
		{"app_lower_case", "粤icp备2026065057号－4a", Number{
			Kind: KindApp, Normal: "粤ICP备2026065057号-4A", WellFormed: true, CheckDigit: CheckNone,
			Lenient: []string{"full-width characters", "letter case"},
			Fields:  Fields{Province: "粤", Serial: "2026065057", Suffix: "4A"},
		}},
		{"second_abbreviation", "蜀ICP备2023061742号-2A", Number{
			Kind: KindApp, Normal: "蜀ICP备2023061742号-2A", WellFormed: true, CheckDigit: CheckNone,
			Fields: Fields{Province: "蜀", Serial: "2023061742", Suffix: "2A"},
		}},
		{"website", "陕ICP备2024026116号-1", Number{
			Kind: KindWebsite, Normal: "陕ICP备2024026116号-1", WellFormed: true,
			CheckDigit: CheckNone,
			Fields:     Fields{Province: "陕", Serial: "2024026116", Suffix: "1"},
		}},
		{"holder", "京ICP备05012345号", Number{
			Kind: KindWebsite, Normal: "京ICP备05012345号", WellFormed: true, CheckDigit: CheckNone,
			Fields: Fields{Province: "京", Serial: "05012345"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Parse(tt.text)
			require.NoError(t, err)
			tt.want.Text = strings.TrimSpace(tt.text)
			assert.Empty(t, cmp.Diff(tt.want, got))
		})
	}
}

func TestParseMalformed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, kind, reason string
		placeholder              bool
	}{
		{"digit_missing", "网信算备11010112838770123001号", KindAlgorithm,
			"20 digits, an algorithm filing number has 21", false},
		{"digit_too_many", "网信算备1101011283877012300111号", KindAlgorithm,
			"22 digits, an algorithm filing number has 21", false},
		{"letter_for_digit", "网信算备11O101128387701230011号", KindAlgorithm,
			"letters or signs among the digits", false},
		{"masked", "网信算备XXXXXXXXXXXXXXXXXXXXX号", KindAlgorithm,
			"a placeholder, not a number that was given", true},
		{"masked_year", "网信算备2023XXXXXX号", KindAlgorithm,
			"a placeholder, not a number that was given", true},
		{"counted_up", "网信算备123456789012345678901号", KindAlgorithm,
			"a placeholder, not a number that was given", true},
		{"entity_zero", "网信算备110101000000001230011号", KindAlgorithm,
			"a placeholder, not a number that was given", true},
		{"no_such_day", "Beijing-WenXinYiYan-20230231", KindFiled,
			`"20230231" is no date (YYYYMMDD, from 2023)`, false},
		{"before_the_law", "Beijing-WenXinYiYan-20220821", KindFiled,
			`"20220821" is no date (YYYYMMDD, from 2023)`, false},
		{"no_region", "Foo-bar-20240101", KindFiled, `"Foo" is no region of the published numbers`,
			false},
		{"serial_short", "Beijing-FengHe-20250725010", KindFiled,
			"the running number has 3 digits, it has 4", false},
		{"registered_serial_long", "Hebei-JiShiAIZhuShou-20250729S00061", KindRegistered,
			"the running number has 5 digits, it has 4", false},
		{"date_masked", "Beijing-MoXing-YYYYMMDDNNNN", KindFiled,
			"a placeholder, not a number that was given", true},
		{"icp_counted", "京ICP备12345678号-1A", KindApp, "a placeholder, not a number that was given",
			true},
		{"icp_zero", "京ICP备00000000号-1A", KindApp, "a placeholder, not a number that was given",
			true},
		{"icp_year_then_masked", "京ICP备2023XXXXXX号-1A", KindApp,
			"a placeholder, not a number that was given", true},
		{"icp_year_then_counted", "京ICP备2023123456号", KindWebsite,
			"a placeholder, not a number that was given", true},
		{"icp_seven_digits", "京ICP备2501234号-1A", KindApp,
			"7 digits, an ICP filing number has 8 or 10", false},
		{"icp_no_province", "ICP备05012345号-1A", KindApp, "the province in front is missing", false},
		{"icp_unknown_letter", "京ICP备05012345号-1X", KindApp,
			"the letter at the end is not known; an application has A", false},
		{"icp_zeroth", "京ICP备05012345号-0A", KindApp, "the running number after 号 starts with 0",
			false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Parse(tt.text)
			require.NoError(t, err)
			assert.Equal(t, tt.kind, got.Kind)
			assert.False(t, got.WellFormed)
			assert.Equal(t, tt.reason, got.Reason)
			assert.NotEmpty(t, got.ReasonZH)
			assert.Equal(t, tt.placeholder, got.Placeholder)
			assert.Equal(t, CheckNone, got.CheckDigit)
			assert.Equal(t, tt.text, got.Text)
		})
	}
}

func TestParseNoNumber(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "网信算备", "网信算备案系统", "京ICP证030173号", "京公网安备11010802020134号",
		"大麦 网信算备110101128387701230011号", "20230821",
		"Beijing-20230821", "Beijing-2024-20230821", strings.Repeat("1", 700),
	} {
		got, err := Parse(text)
		assert.ErrorIs(t, err, ErrNoNumber, text)
		assert.Empty(t, got)
	}
}

func TestKeyIgnoresCase(t *testing.T) {
	t.Parallel()
	a, err := Parse("QingHai-JiangYuanXinWen-20260812S0003")
	require.NoError(t, err)
	b, err := Parse("Qinghai-jiangyuanxinwen-20260812s0003")
	require.NoError(t, err)
	assert.Equal(t, a.Key(), b.Key())
}

func TestFindAll(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       []string // kind and text
	}{
		{"sentence", "备案编号：网信算备110101128387701230011号，模型Beijing-WenXinYiYan-20230821。", []string{
			"algorithm 网信算备110101128387701230011号", "genai-filed Beijing-WenXinYiYan-20230821",
		}},
		{"two_without_space", "网信算备110101128387701230011号网信算备110108007153201230015号", []string{
			"algorithm 网信算备110101128387701230011号", "algorithm 网信算备110108007153201230015号",
		}},
		{"digits_and_a_year", "网信算备110101128387701230011 2023年",
			[]string{"algorithm 网信算备110101128387701230011"}},
		{"malformed_is_found", "算法：网信算备11010112838770123号",
			[]string{"algorithm 网信算备11010112838770123号"}},
		{"icp_family", "京ICP证030173号 京ICP备05012345号-1A版 ICP备案号：沪ICP备2025152989号-2", []string{
			"app-filing 京ICP备05012345号-1A", "website-filing 沪ICP备2025152989号-2",
		}},
		{"icp_without_suffix_and_a_year", "京ICP备05012345 2024",
			[]string{"website-filing 京ICP备05012345"}},
		{"icp_then_word", "京ICP备05012345号-1App", []string{"website-filing 京ICP备05012345号-1"}},
		{"icp_without_province", "all rights ICP备05012345号",
			[]string{"website-filing ICP备05012345号"}},
		{"full_width", "Ｂｅｉｊｉｎｇ－ＷｅｎＸｉｎＹｉＹａｎ－２０２３０８２１", []string{
			"genai-filed Ｂｅｉｊｉｎｇ－ＷｅｎＸｉｎＹｉＹａｎ－２０２３０８２１",
		}},
		{"lower_case", `"number":"beijing-wenxinyiyan-20230821"`,
			[]string{"genai-filed beijing-wenxinyiyan-20230821"}},
		{"sentence_end", "Beijing-WenXinYiYan-20230821.",
			[]string{"genai-filed Beijing-WenXinYiYan-20230821"}},
		{"behind_a_chinese_slash", "模型名称/Beijing-WenXinYiYan-20230821",
			[]string{"genai-filed Beijing-WenXinYiYan-20230821"}},
		{"hyphen_in_name", "Jiangsu-Jiu-Si-20260805S0075",
			[]string{"genai-registered Jiangsu-Jiu-Si-20260805S0075"}},
		{"code", "Foo-bar-20240101 release-notes-20230821 x-beijing-foo-20240101", nil},
		{"file_names", "beijing-photo-20240101.png https://x.cn/a/beijing-map-20240101 shanghai-log-20240101120000", nil},
		{"older_than_the_law", "shanghai-data-20221231", nil},
		{"other_words", "网信办 网信算备案 网 信 算法 ICP备案 京东 IcpConfig Beijing-Shanghai", nil},
		{"placeholder", "Beijing-MoXing-2023XXXXXXXX",
			[]string{"genai-filed Beijing-MoXing-2023XXXXXXXX"}},
		{"invalid_utf8", "\xff网信算备110101128387701230011号\xe7\xbd",
			[]string{"algorithm 网信算备110101128387701230011号"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range FindAll(tt.text) {
				assert.Equal(t, f.Text, tt.text[f.Start:f.End])
				got = append(got, f.Kind+" "+f.Text)
			}
			assert.Empty(t, cmp.Diff(tt.want, got))
		})
	}
}

func TestFindAllIsBounded(t *testing.T) {
	t.Parallel()
	for name, unit := range map[string]string{
		"anchors": "网", "almost": "网信算备", "digits": "网信算备1", "regions": "Beijing-",
		"dates": "-20230821",
		"names": "Beijing-x-2", "letters": "a", "provinces": "京I", "spaces": "网 ",
		"numbers":      "网信算备1234号",
		"region_words": "beijing ",
	} {
		text := strings.Repeat(unit, (1<<20)/len(unit))
		start := time.Now()
		found := FindAll(text)
		assert.LessOrEqual(t, len(found), maxFound, name)
		assert.Less(t, time.Since(start), 10*time.Second, name)
		t.Log(name, time.Since(start), len(found))
	}
}

func TestUSCC(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"91110000802100433B", "91110108551385082Q",
		"91440300708461136T"} {
		assert.NoError(t, USCC(good), good)
	}
	for name, bad := range map[string]string{
		"empty": "", "short": "9111000080210043", "check_character": "911100008021004331",
		"letter_i": "9111000080210I433B", "lower_case": "91110000802100433b",
		"swapped": "91110000802104033B",
	} {
		assert.ErrorIs(t, USCC(bad), ErrUSCC, name)
	}
}

func FuzzFindAll(f *testing.F) {
	for _, s := range []string{
		"网信算备110101128387701230011号", "Beijing-WenXinYiYan-20230821", "沪ICP备2025152989号-1A",
		"网 信算备（１１０）XX号", "ZhongYangQiYe-JiuTian-20240123S0001", "\xff网\x80",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, n := range FindAll(s) {
			require.GreaterOrEqual(t, n.Start, end)
			require.Greater(t, n.End, n.Start)
			end = n.End
			require.Equal(t, s[n.Start:n.End], n.Text)
			require.Equal(t, n.WellFormed, n.Reason == "")
			again, err := Parse(n.Text)
			require.NoError(t, err)
			require.Equal(t, n.Number, again)
			if n.WellFormed {
				same, err := Parse(n.Normal)
				require.NoError(t, err)
				require.Equal(t, n.Key(), same.Key())
				require.Empty(t, same.Lenient)
			}
		}
		if n, err := Parse(s); err != nil {
			require.Empty(t, n)
		}
	})
}
