package builtin

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/registry"
)

const day = "2026-11-22"

var swap = []registry.Use{{Capability: "face_swap", Words: []string{"换脸", "人脸融合", "面部融合"}}}

// TestCoverRealRows climbs with rows of the published lists: one case for each
// rung and outcome that they have.
func TestCoverRealRows(t *testing.T) {
	t.Parallel()
	lookup, err := Embedded()
	require.NoError(t, err)
	tests := []struct {
		name   string
		claim  registry.Claim
		stop   registry.StepName // where it ends, empty where every rung passes
		end    registry.Outcome
		zh     string // part of the reason
		advice registry.StepName
		near   int
	}{
		{"covers", registry.Claim{Number: "网信算备440304083805101230015号", Entity: "深圳市鹏中科技有限公司",
			AppNames: []string{"秀脸 FacePlay"}, Uses: swap}, "", "", "", "", 0},
		{"covers_in_another_spelling", registry.Claim{Number: "网信算备４４０３０４0838051 01230015",
			Entity:   "深圳市鹏中科技 有限公司",
			AppNames: []string{"x", "秀脸ｆａｃｅｐｌａｙ"}, Uses: swap}, "", "", "", "", 0},
		{"covers_without_uses", registry.Claim{Number: "网信算备330110977354701220013号",
			Entity:   "杭州菜鸟物流信息科技有限公司",
			AppNames: []string{"菜鸟"}}, "", "", "", "", 0},
		{"no_entity",
			registry.Claim{Number: "网信算备130108165639501250011号", Entity: "",
				AppNames: []string{"精致问医(WenYI)"}},
			registry.StepEntity, registry.Unclear, "没有提供主体名称",
			"", 0},
		{"no_number", registry.Claim{}, registry.StepWellFormed, registry.Unclear, "没有提供编号", "", 0},
		{"not_a_number", registry.Claim{Number: "已备案"}, registry.StepWellFormed, registry.Failed,
			"不是备案编号的形式", "", 0},
		{"website_number", registry.Claim{Number: "京ICP备05012345号-1"}, registry.StepWellFormed,
			registry.Failed, "网站或主体的ICP备案号", "", 0},
		{"model_number", registry.Claim{Number: "Beijing-WenXinYiYan-20230821"},
			registry.StepWellFormed, registry.Failed,
			"生成式人工智能服务备案号（模型）", "", 0},
		{"digit_lost", registry.Claim{Number: "网信算备44030408380510123001号"}, registry.StepWellFormed,
			registry.Failed, "有20位数字", "", 1},
		{"digit_doubled", registry.Claim{Number: "网信算备4403040838051012300155号"},
			registry.StepWellFormed, registry.Failed, "有22位数字", "", 1},
		{"placeholder", registry.Claim{Number: "网信算备XXXXXXXXXXXXXXXXXXXXX号"},
			registry.StepWellFormed, registry.Failed, "占位号码", "", 0},
		{"swapped_digits", registry.Claim{Number: "网信算备440304083805101230051号"},
			registry.StepInSnapshot, registry.Unclear,
			"不等于未备案", registry.StepCheckDigit, 1},
		{"swapped_digits_of_a_cancelled_one", registry.Claim{Number: "网信算备440305295988701240131号"},
			registry.StepInSnapshot, registry.Unclear,
			"不等于未备案", registry.StepCheckDigit, 2},
		{"not_in_the_lists_held", registry.Claim{Number: "网信算备440304083805101230023号"},
			registry.StepInSnapshot, registry.Unclear,
			"缺第三批(129行)", "", 0},
		{"cancelled", registry.Claim{Number: "网信算备440305295988701240113号", Entity: "深圳市腾讯计算机系统有限公司",
			AppNames: []string{"应用宝"}}, registry.StepNotCancelled, registry.Failed,
			"已注销（2026-07-17公告，注销时间2026年7月）", "", 0},
		{"cancelled_of_another_class", registry.Claim{Number: "网信算备440305766989502230019号"},
			registry.StepNotCancelled, registry.Failed,
			"迅雷直播个性化推送算法", "", 0},
		{"not_yet_cancelled", registry.Claim{Number: "网信算备440305295988701240113号",
			AsOf: "2026-07-16"},
			registry.StepInSnapshot, registry.Unclear, "不等于未备案", "", 0},
		{"another_class", registry.Claim{Number: "网信算备440305766989502230027号"}, registry.StepClass,
			registry.Failed,
			"个性化推送类", registry.StepInSnapshot, 0},
		{"supporter", registry.Claim{Number: "网信算备440305295988701230013号", Entity: "深圳市腾讯计算机系统有限公司",
			AppNames: []string{"微信"}, Uses: swap}, registry.StepRole, registry.Failed,
			"技术支持者的备案不覆盖任何应用", "", 0},
		{"former_name_in_the_remark", registry.Claim{Number: "网信算备310109033582301240069号",
			Entity: "上海识装信息科技有限公司"},
			registry.StepEntity, registry.Unclear, "备注中提到申报主体", "", 1},
		{"group_company", registry.Claim{Number: "网信算备110108645502801230019号",
			Entity: "百度在线网络技术（北京）有限公司"},
			registry.StepEntity, registry.Unclear, "名称均含“百度”", "", 1},
		{"another_entity", registry.Claim{Number: "网信算备110108645502801230019号",
			Entity: "深圳市鹏中科技有限公司"},
			registry.StepEntity, registry.Failed, "申报主体为“深圳市鹏中科技有限公司”", "", 0},
		{"no_app_name", registry.Claim{Number: "网信算备110108645502801230019号",
			Entity: "北京百度网讯科技有限公司"},
			registry.StepProduct, registry.Unclear, "没有提供应用名称", "", 0},
		{"another_form", registry.Claim{Number: "网信算备110108645502801230019号",
			Entity:   "北京百度网讯科技有限公司",
			AppNames: []string{"文心一格"}}, registry.StepProduct, registry.Failed, "同名产品的形态为网站", "",
			1},
		{"open_ended", registry.Claim{Number: "网信算备110108823483901230015号", Entity: "北京抖音信息服务有限公司",
			AppNames: []string{"醒图"}}, registry.StepProduct, registry.Unclear, "以“等”结尾", "", 1},
		{"former_product", registry.Claim{Number: "网信算备110108823483901240115号",
			Entity:   "北京抖音信息服务有限公司",
			AppNames: []string{"河马教育"}}, registry.StepProduct, registry.Unclear, "备注中提到该名称", "", 1},
		{"similar_product", registry.Claim{Number: "网信算备110108464068801230013号",
			Entity:   "北京金山办公软件股份有限公司",
			AppNames: []string{"WPS"}}, registry.StepProduct, registry.Failed, "没有“WPS（APP）”", "",
			1},
		{"another_product", registry.Claim{Number: "网信算备110108464068801230013号",
			Entity:   "北京金山办公软件股份有限公司",
			AppNames: []string{"词霸"}}, registry.StepProduct, registry.Failed,
			"应用产品WPSAI（APP）中没有“词霸（APP）”", "", 0},
		{"another_use", registry.Claim{Number: "网信算备330110391028001220019号", Entity: "钉钉科技有限公司",
			AppNames: []string{"钉钉"}, Uses: swap}, registry.StepUse, registry.Unclear,
			"备案用途未见face_swap", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.claim.Series = registry.Algorithm
			if tt.claim.AsOf == "" {
				tt.claim.AsOf = day
			}
			got := registry.Cover(lookup, tt.claim)
			checkLadder(t, got, tt.stop, tt.end)
			assert.Len(t, got.NearMisses, tt.near)
			if tt.advice != "" {
				assert.Equal(t, registry.Advice, got.Step(tt.advice).Outcome)
			}
			if tt.stop != "" {
				assert.Contains(t, got.Step(tt.stop).Why.ZH, tt.zh)
			}
			assert.Equal(t, got, registry.Cover(lookup, tt.claim),
				"the same question has the same answer")
		})
	}
}

// TestCoverGenAI climbs the shorter ladder of the two generative-AI series.
func TestCoverGenAI(t *testing.T) {
	t.Parallel()
	lookup, err := Embedded()
	require.NoError(t, err)
	const filed, listed = registry.GenAIFiled, registry.GenAIListed
	tests := []struct {
		name  string
		claim registry.Claim
		stop  registry.StepName
		end   registry.Outcome
		zh    string
	}{
		{"filed", registry.Claim{Series: filed, Number: "beijing-wenxinyiyan-20230821",
			Entity: "北京百度网讯科技有限公司"}, "", "", ""},
		{"listed", registry.Claim{Series: listed, Number: "Tianjin-MoTingMingXiang-20250813S0005",
			Entity: "天津莫听科技有限公司"}, "", "", ""},
		{"listed_for_filed", registry.Claim{Series: filed,
			Number: "Tianjin-MoTingMingXiang-20250813S0005"},
			registry.StepClass, registry.Failed, "上线编号（应用）"},
		{"filed_for_listed", registry.Claim{Series: listed, Number: "Shanghai-JieYue-20231106"},
			registry.StepClass, registry.Failed, "备案号（模型）"},
		{"absent_and_of_the_other_class",
			registry.Claim{Series: filed, Number: "Tianjin-MoTing-20250813S0007"},
			registry.StepClass, registry.Failed, "上线编号（应用）"},
		{"absent", registry.Claim{Series: filed, Number: "Beijing-WeiZhi-20230821"},
			registry.StepInSnapshot, registry.Unclear, "至2026-08其余各期(1047行)"},
		{"algorithm_number", registry.Claim{Series: filed, Number: "网信算备440304083805101230015号"},
			registry.StepWellFormed, registry.Failed, "是算法备案编号"},
		{"no_such_day", registry.Claim{Series: filed, Number: "Beijing-WenXinYiYan-20230231"},
			registry.StepWellFormed, registry.Failed, "不是有效日期"},
		{"another_entity", registry.Claim{Series: filed, Number: "Beijing-WenXinYiYan-20230821",
			Entity: "深圳市鹏中科技有限公司"},
			registry.StepEntity, registry.Failed, "清单主体为“北京百度网讯科技有限公司”"},
		{"before_it_was_published", registry.Claim{Series: listed,
			Number: "Shanghai-AIFanDeng-20260828S0216", AsOf: "2026-09-13"},
			registry.StepInSnapshot, registry.Unclear, "不在所持清单中"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := registry.Cover(lookup, tt.claim)
			checkLadder(t, got, tt.stop, tt.end)
			for _, s := range []registry.StepName{registry.StepCheckDigit,
				registry.StepNotCancelled, registry.StepRole,
				registry.StepProduct, registry.StepUse} {
				assert.Equal(t, registry.OutcomeNotAsked, got.Step(s).Outcome, s)
			}
			if tt.stop != "" {
				assert.Contains(t, got.Step(tt.stop).Why.ZH, tt.zh)
			}
		})
	}
}

func TestCoverOtherSeries(t *testing.T) {
	t.Parallel()
	lookup, err := Embedded()
	require.NoError(t, err)
	tests := []struct {
		name  string
		claim registry.Claim
		stop  registry.StepName
		end   registry.Outcome
	}{
		{"app", registry.Claim{Series: registry.AppFiling, Number: "沪ICP备2025152989号-1A"},
			registry.StepInSnapshot, registry.Unclear},
		{"website_for_app", registry.Claim{Series: registry.AppFiling,
			Number: "沪ICP备2025152989号-1"}, registry.StepWellFormed, registry.Failed},
		{"placeholder", registry.Claim{Series: registry.AppFiling, Number: "京ICP备12345678号-1A"},
			registry.StepWellFormed, registry.Failed},
		{"assessment", registry.Claim{Series: registry.Assessment, Number: "1"},
			registry.StepWellFormed, registry.Unclear},
		{"bad_as_of", registry.Claim{Series: registry.Algorithm,
			Number: "网信算备440304083805101230015号", AsOf: "today"},
			registry.StepInSnapshot, registry.Unclear},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkLadder(t, registry.Cover(lookup, tt.claim), tt.stop, tt.end)
		})
	}
}

// checkLadder holds what is true of every ladder: all rungs in order, nothing
// asked after the first that stops it, every reason in both languages.
func checkLadder(t *testing.T, l registry.Ladder, stop registry.StepName, end registry.Outcome) {
	t.Helper()
	require.Len(t, l.Steps, 9)
	at := slices.IndexFunc(l.Steps, func(s registry.Step) bool { return s.Step == stop })
	for i, s := range l.Steps {
		assert.Equal(t, s.Outcome == registry.OutcomeNotAsked && s.Step == registry.StepWellFormed,
			false)
		assert.NotEmpty(t, s.Why.ZH, s.Step)
		assert.NotEmpty(t, s.Why.EN, s.Step)
		assert.False(t, strings.Contains(s.Why.ZH+s.Why.EN, "%!"), s.Why)
		switch {
		case at >= 0 && i == at:
			assert.Equal(t, end, s.Outcome, "%s: %s", s.Step, s.Why.EN)
		case at >= 0 && i > at:
			assert.Equal(t, registry.OutcomeNotAsked, s.Outcome, s.Step)
		default:
			assert.NotContains(t, []registry.Outcome{registry.Failed, registry.Unclear}, s.Outcome,
				"%s: %s", s.Step, s.Why.EN)
		}
	}
	for _, n := range l.NearMisses {
		assert.NotEmpty(t, n.Record.Number)
		assert.NotEmpty(t, n.Why.ZH)
		assert.NotEmpty(t, n.Why.EN)
		assert.False(t, strings.Contains(n.Why.ZH+n.Why.EN, "%!"), n.Why)
	}
}

// TestEveryProviderCoversItsOwnProducts climbs with every row of the filing list
// for each product that it names as an application.
func TestEveryProviderCoversItsOwnProducts(t *testing.T) {
	t.Parallel()
	lookup, err := Embedded()
	require.NoError(t, err)
	snapshots, err := Snapshots()
	require.NoError(t, err)
	climbed := 0
	for _, s := range snapshots {
		for _, r := range s.Records {
			if s.Series != registry.Algorithm || r.Role != registry.Provider {
				continue
			}
			for _, p := range r.Products {
				require.NotEmpty(t, p.Forms, "%s %s", r.Number, p.Name)
				got := registry.Cover(lookup, registry.Claim{
					Series: s.Series, Number: r.Number, Entity: r.Entity,
					AppNames: []string{p.Name}, AsOf: day,
				})
				hasApp := slices.ContainsFunc(r.Products, func(q registry.Product) bool {
					return strings.EqualFold(q.Name, p.Name) && slices.Contains(q.Forms, "APP")
				})
				passed := got.Step(registry.StepProduct).Outcome == registry.Passed
				assert.Equal(t, hasApp, passed, "%s %s: %s", r.Number, p.Name,
					got.Step(registry.StepProduct).Why.EN)
				climbed++
			}
		}
	}
	assert.Greater(t, climbed, 250)
}
