package review_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
)

const (
	numberSwap      = "网信算备110101123456701230017号" // of the application, a provider's
	numberSecond    = "网信算备110101123456701230025号" // of the same provider, for text
	numberSupporter = "网信算备310104765432101240013号"
	numberPush      = "网信算备110101123456702230013号" // class 02
	numberAbsent    = "网信算备110101123456701230033号"
	numberModel     = "Beijing-ShiLi-202406010012"
	numberListed    = "Beijing-ShiLi-20240601S0012"
	numberApp       = "京ICP备2024068193号-1A"
	credit          = "91310104MA1FAKE3XX"
	entity          = "示例科技（上海）有限公司"
	appName         = "变脸相机"
)

func edition(t *testing.T) *review.Law {
	t.Helper()
	e, err := law.Load("2026-11")
	require.NoError(t, err)
	return e.Law
}

// lists are small lists of every series; batches are complete, so that the day
// of the newest notice answers for cancellations.
func lists(change func(map[registry.Series]*registry.Snapshot)) registry.Lookup {
	provider := []registry.Product{{Name: appName, Forms: []string{"APP"}}}
	held := map[registry.Series]*registry.Snapshot{}
	for series, records := range map[registry.Series][]registry.Record{
		registry.Algorithm: {
			{Number: numberSwap, Name: "示例人脸融合算法", Role: registry.Provider, Entity: entity, Products: provider, Use: "应用于图像生成场景，替换图片中的人脸。"},
			{Number: numberSecond, Name: "示例文本生成算法", Role: registry.Provider, Entity: entity, Products: provider, Use: "根据用户输入生成文本。"},
			{Number: numberSupporter, Name: "支持者人脸融合算法", Role: registry.Supporter, Entity: "技术支持有限公司", Use: "通过API提供人脸融合。"},
		},
		registry.Cancellation: {},
		registry.GenAIFiled:   {{Number: numberModel, Name: "示例大模型", Entity: "模型有限公司"}},
		registry.GenAIListed:  {{Number: numberListed, Name: "示例助手", Entity: entity}},
	} {
		for i := range records {
			records[i].Series, records[i].Published, records[i].Batch = series, "2026-07-17", "第十八批"
		}
		held[series] = &registry.Snapshot{
			Source: string(series), Series: series, Published: "2026-07-17", Records: records,
			Coverage: registry.Coverage{Complete: true, Batches: []registry.Batch{{Name: "第十八批", Published: "2026-07-17", Held: len(records), Rows: len(records)}}},
		}
	}
	if change != nil {
		change(held)
	}
	var snapshots []registry.Snapshot
	for _, series := range []registry.Series{registry.Algorithm, registry.Cancellation, registry.GenAIFiled, registry.GenAIListed} {
		if held[series] != nil {
			snapshots = append(snapshots, *held[series])
		}
	}
	return registry.NewMemory(snapshots...)
}

// sound is an application that swaps faces, with everything in order.
func sound(t *testing.T) review.Input {
	t.Helper()
	return review.Input{
		Law: edition(t),
		Facts: &analyzer.Facts{Package: analyzer.Package{
			Format: analyzer.APK, ID: "com.example.swap", Version: analyzer.Version{Name: "1.10", Code: "110"},
			Labels: map[string]string{"zh": appName}, Permissions: []string{"android.permission.INTERNET"},
		}},
		Findings: []analyzer.Finding{{
			Rule: "swap-sdk", Vendor: "Example", Kind: analyzer.KindSDK, Confidence: analyzer.Confirmed,
			Techniques: []analyzer.Technique{analyzer.TechniqueBiometric}, Features: []string{"face-swap"},
		}},
		Capabilities: []analyzer.Capability{{
			ID: analyzer.FaceSwap, Technique: analyzer.TechniqueBiometric, Confidence: analyzer.Confirmed,
			Use: analyzer.Invoked, Findings: []string{"swap-sdk"},
		}},
		Disclosures: review.Disclosures{
			Numbers: []review.Disclosed{{Kind: registry.Algorithm, Number: numberSwap, WellFormed: true, CheckDigit: registry.Passed, Where: analyzer.Where{Entry: "assets/about.html"}}},
			Links:   []string{"https://beian.cac.gov.cn/"},
		},
		Declaration: declaration(),
		Registry:    lists(nil),
		AsOf:        "2026-11-22",
		Stage:       review.Submission,
	}
}

func declaration() *review.Declaration {
	return &review.Declaration{
		Schema:   review.DeclarationSchema,
		App:      review.DeclaredApp{ID: "com.example.swap", Name: appName, Version: "1.10"},
		Provider: review.Provider{Name: entity, USCC: credit, Kind: review.KindOrganisation},
		Purpose:  "用户上传照片后生成换脸图片。",
		Signed:   review.Signature{By: "张三", On: "2026-11-20"},
		Synthesis: review.Synthesis{
			Offered: review.Yes, Capabilities: []analyzer.CapabilityID{analyzer.FaceSwap}, Role: review.RoleProvider,
		},
		Flags: map[review.Flag]review.Answer{review.PublicOpinion: review.Yes, review.CallsFiledModel: review.No},
		Filings: []review.Filing{
			{Series: review.SeriesAlgorithm, Number: numberSwap}, {Series: review.SeriesApp, Number: numberApp},
		},
		Assessments: []review.Assessed{
			{Kind: review.AssessPublicOpinion, Date: "2026-10-01", Conclusion: "符合", PlatformStatus: "审核通过", Covers: []analyzer.CapabilityID{analyzer.FaceSwap}, Signed: review.Yes, Document: "po.pdf"},
			{Kind: review.AssessBiometric, Date: "2026-10-01", Conclusion: "符合", Covers: []analyzer.CapabilityID{analyzer.FaceSwap}, Signed: review.Yes, Document: "bio.pdf"},
		},
		Labels: review.Labels{
			Explicit:        map[string]review.Label{"image": {Description: "右下角显示“AI生成”", Screenshot: "label.png"}},
			AgreementClause: "第八条", Samples: []review.Sample{{Modality: review.ModalityImage, File: "sample.png"}},
		},
		FilingDisplay:  review.FilingDisplay{InApp: "设置-关于", Link: "https://beian.cac.gov.cn", Screenshot: "about.png"},
		Consent:        review.Consent{Prompt: "请告知被编辑的个人并取得其单独同意", BeforeUpload: review.Yes, Separate: review.Yes, Screenshot: "consent.png"},
		ForeignService: review.ForeignService{Used: review.No},
		Documents: []review.Document{
			{Kind: review.DocLicence, File: "licence.pdf"}, {Kind: review.DocAppFiling, File: "icp.pdf"},
		},
	}
}

func checkOf(t *testing.T, in review.Input, id string) review.Check {
	t.Helper()
	checks := review.Assess(in)
	i := slices.IndexFunc(checks, func(c review.Check) bool { return c.Obligation == id })
	require.GreaterOrEqual(t, i, 0, "%s was not checked", id)
	return checks[i]
}

func TestAssessSound(t *testing.T) {
	t.Parallel()
	in := sound(t)
	want := map[string]review.Status{
		"ST-01": review.Met, "ST-02": review.Met, "ST-07": review.Met, "ST-11": review.Met,
		"FI-01": review.Met, "FI-02": review.Met, "FI-03": review.Met, "FI-04": review.Met, "FI-05": review.Met,
		"FI-06": review.Met, "FI-07": review.Met, "FI-09": review.NotApplicable, "FI-12": review.Met,
		"SA-01": review.Met, "SA-02": review.Met, "LB-03": review.Unclear, "LB-08": review.Met,
		"CO-01": review.Met, "TR-01": review.Met,
	}
	got := map[string]review.Status{}
	var order []string
	for _, c := range review.Assess(in) {
		got[c.Obligation] = c.Status
		order = append(order, c.Obligation)
		assert.NotEmpty(t, c.Why.ZH, c.Obligation)
		assert.NotEmpty(t, c.Why.EN, c.Obligation)
		assert.NotContains(t, c.Why.ZH+c.Why.EN, "%!", c.Obligation)
		assert.NotEmpty(t, c.Articles, c.Obligation)
		o, _ := in.Law.Obligation(c.Obligation)
		assert.Equal(t, o.Severity, c.Severity)
		assert.Equal(t, c.Status == review.Met || c.Status == review.NotApplicable, c.Remedy.ZH == "", c.Obligation)
	}
	assert.Empty(t, cmp.Diff(want, got))
	assert.Equal(t, []string{"ST-01", "ST-02", "ST-07", "ST-11", "FI-01", "FI-02", "FI-03", "FI-04", "FI-05", "FI-06",
		"FI-07", "FI-09", "FI-12", "SA-01", "SA-02", "LB-03", "LB-08", "CO-01", "TR-01"}, order)
	assert.Equal(t, review.Review, review.RouteOf(in, review.Assess(in)))
}

// Each check asks the steps that the edition's verify list names.
func TestChecksAskTheStepsOfTheLaw(t *testing.T) {
	t.Parallel()
	l := edition(t)
	require.NotEmpty(t, review.Checked())
	for id, steps := range review.Checked() {
		o, ok := l.Obligation(id)
		require.True(t, ok, id)
		assert.Len(t, o.Steps(), steps, id)
	}
	for _, in := range []review.Input{sound(t), {Law: l, Registry: lists(nil)}} {
		for _, c := range review.Assess(in) {
			o, _ := l.Obligation(c.Obligation)
			var steps []string
			for _, s := range c.Steps {
				steps = append(steps, s.Step)
				assert.NotEmpty(t, s.Why.ZH, "%s %s", c.Obligation, s.Step)
				assert.NotEmpty(t, s.Why.EN, "%s %s", c.Obligation, s.Step)
			}
			assert.Equal(t, o.Steps(), steps, c.Obligation)
		}
	}
}

type change = func(in *review.Input)

func TestChecks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		check, name string
		change      change
		want        review.Status
		why         string // part of the Chinese reason
	}{
		{"ST-01", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
		{"ST-01", "no_answer", func(in *review.Input) { in.Declaration.Synthesis.Offered = "" }, review.Unmet, "没有回答"},
		{"ST-01", "other_version", func(in *review.Input) { in.Declaration.App.Version = "1.1" }, review.Unmet, "1.10"},
		{"ST-01", "version_code", func(in *review.Input) { in.Declaration.App.Version = "110" }, review.Met, ""},
		{"ST-01", "other_app", func(in *review.Input) { in.Declaration.App.ID = "com.other" }, review.Unmet, "com.other"},
		{"ST-01", "not_signed", func(in *review.Input) { in.Declaration.Signed.By = "" }, review.Unmet, "署名"},
		{"ST-01", "package_without_identity", func(in *review.Input) { in.Facts.Package.ID = "" }, review.Unclear, "未能读取"},

		{"ST-02", "no_capability", offersNothing, review.NotApplicable, "未发现"},
		{"ST-02", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
		{"ST-02", "no_label", func(in *review.Input) { in.Declaration.Labels.Explicit = nil }, review.Unmet, "没有标识说明"},
		{"ST-02", "no_label_probable", func(in *review.Input) {
			in.Declaration.Labels.Explicit = nil
			probable(in)
		}, review.Unclear, "未确认"},
		{"ST-02", "no_clause", func(in *review.Input) { in.Declaration.Labels.AgreementClause = "" }, review.Unmet, "条款"},
		{"ST-02", "sample_of_other_modality", func(in *review.Input) {
			in.Declaration.Labels.Samples[0].Modality = review.ModalityText
		}, review.Unmet, "样本"},
		{"ST-02", "offered_without_saying_what", func(in *review.Input) {
			offersNothing(in)
			in.Declaration.Synthesis.Offered = review.Yes
		}, review.Unclear, "未说明"},
		{"ST-02", "code_gap", func(in *review.Input) {
			offersNothing(in)
			codeGap(in)
		}, review.Unclear, "classes.dex"},

		{"ST-07", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
		{"ST-07", "no_name", func(in *review.Input) { in.Declaration.Provider.Name = "" }, review.Unmet, "名称"},
		{"ST-07", "false_credit_code", func(in *review.Input) { in.Declaration.Provider.USCC = "91310104MA1FAKE3XY" }, review.Unmet, "无效"},
		{"ST-07", "no_licence", func(in *review.Input) { in.Declaration.Documents = nil }, review.Unclear, "营业执照"},
		{"ST-07", "foreigner_without_document", func(in *review.Input) { in.Declaration.Provider.Kind = review.KindForeign }, review.Unmet, "身份证件"},
		{"ST-07", "person_with_document", func(in *review.Input) {
			in.Declaration.Provider = review.Provider{Name: "张三", Kind: review.KindPerson, IdentityDocument: "身份证"}
		}, review.Met, ""},
		{"ST-07", "no_purpose", func(in *review.Input) { in.Declaration.Purpose = "" }, review.Unmet, "用途"},
		{"ST-07", "undeclared_capability", deniesAll, review.Unclear, "人脸替换"},

		{"ST-11", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
		{"ST-11", "no_number", appNumber(""), review.Unmet, "没有声明或展示"},
		{"ST-11", "no_number_offline", func(in *review.Input) {
			appNumber("")(in)
			in.Facts.Package.Permissions = nil
		}, review.Unclear, "不申请联网权限"},
		{"ST-11", "website_number", appNumber("京ICP备2024068193号"), review.Unmet, "网站备案号"},
		{"ST-11", "placeholder", appNumber("京ICP备12345678号-1A"), review.Unmet, "占位"},
		{"ST-11", "other_kind", appNumber(numberSwap), review.Unmet, "另一类"},
		{"ST-11", "no_form", appNumber("备案中"), review.Unmet, "形式"},
		{"ST-11", "no_certificate", func(in *review.Input) {
			in.Declaration.Documents = in.Declaration.Documents[:1]
		}, review.Unclear, "备案证明"},
		{"ST-11", "shown_without_declaration", func(in *review.Input) {
			noDeclaration(in)
			in.Disclosures.Numbers = append(in.Disclosures.Numbers, review.Disclosed{Kind: registry.AppFiling, Number: numberApp, WellFormed: true})
		}, review.Unclear, "没有开发者声明"},

		{"FI-01", "no_capability", offersNothing, review.NotApplicable, "未发现"},
		{"FI-01", "not_public_opinion", flag(review.PublicOpinion, review.No), review.NotApplicable, "声明为否"},
		{"FI-01", "flag_unknown", flag(review.PublicOpinion, review.Unknown), review.Unclear, "未声明：具有舆论属性"},
		{"FI-01", "flag_unknown_and_no_number", func(in *review.Input) {
			numbers()(in)
			delete(in.Declaration.Flags, review.PublicOpinion)
		}, review.Unclear, "未声明：具有舆论属性"},
		{"FI-01", "no_number", numbers(), review.Unmet, "没有声明或展示算法备案编号"},
		{"FI-01", "no_number_probable", func(in *review.Input) {
			numbers()(in)
			probable(in)
			in.Declaration.Synthesis = review.Synthesis{Offered: review.No}
		}, review.Unclear, "未达到确认"},
		{"FI-01", "no_number_tool_only", func(in *review.Input) {
			numbers()(in)
			in.Declaration.Synthesis.Role = review.RoleToolOnly
		}, review.Unclear, "自行接入"},
		{"FI-01", "no_number_beautification_only", func(in *review.Input) {
			numbers()(in)
			offersOnly(in, analyzer.FaceBeautify)
		}, review.Unclear, "人工判断"},
		{"FI-01", "no_declaration", noDeclaration, review.Unclear, "未声明"},
		{"FI-01", "malformed", numbers("网信算备1234号"), review.Unmet, "1234"},
		{"FI-01", "model_number", numbers(numberModel), review.Unmet, "模型"},
		{"FI-01", "not_in_lists", numbers(numberAbsent), review.Unclear, "不等于未备案"},
		{"FI-01", "lists_not_held", func(in *review.Input) { in.Registry = registry.NewMemory() }, review.Unclear, "算法备案清单"},
		{"FI-01", "cancelled", cancelled(numberSwap), review.Unmet, "已注销"},
		{"FI-01", "other_class", numbers(numberPush), review.Unmet, "02"},
		{"FI-01", "best_of_two", numbers("网信算备1234号", numberSwap), review.Met, ""},
		{"FI-01", "absent_beats_supporter", numbers(numberSupporter, numberAbsent), review.Unclear, "不等于未备案"},

		{"FI-02", "no_number", numbers(), review.NotApplicable, "FI-01"},
		{"FI-02", "supporter", numbers(numberSupporter), review.Unmet, "技术支持者"},
		{"FI-02", "supporter_without_public_opinion", func(in *review.Input) {
			numbers(numberSupporter)(in)
			flag(review.PublicOpinion, review.No)(in)
		}, review.Unmet, "技术支持者"},
		{"FI-02", "not_in_lists", numbers(numberAbsent), review.NotApplicable, "in-snapshot"},
		{"FI-02", "no_claim_and_not_public_opinion", func(in *review.Input) {
			numbers()(in)
			in.Declaration.Filings, in.Disclosures.Numbers = nil, nil
			flag(review.PublicOpinion, review.No)(in)
		}, review.NotApplicable, "声明为否"},

		{"FI-03", "other_entity", func(in *review.Input) { in.Declaration.Provider.Name = "无关贸易有限公司" }, review.Unmet, "无关贸易"},
		{"FI-03", "other_entity_with_proof", func(in *review.Input) {
			in.Declaration.Provider.Name = "无关贸易有限公司"
			in.Declaration.Documents = append(in.Declaration.Documents, review.Document{Kind: review.DocRelation, File: "group.pdf"})
		}, review.Unclear, "group.pdf"},
		{"FI-03", "no_name", func(in *review.Input) { in.Declaration.Provider.Name = "" }, review.Unclear, entity},
		{"FI-03", "not_in_lists", numbers(numberAbsent), review.NotApplicable, "in-snapshot"},
		{"FI-03", "supporter", numbers(numberSupporter), review.NotApplicable, "role"},
		{"FI-03", "brackets_in_other_width", func(in *review.Input) { in.Declaration.Provider.Name = "示例科技(上海)有限公司" }, review.Met, ""},

		{"FI-04", "other_product", otherName, review.Unmet, "别的应用"},
		{"FI-04", "other_product_change_under_way", func(in *review.Input) {
			otherName(in)
			in.Declaration.ChangeFiling = review.ChangeFiling{UnderWay: review.Yes, Since: "2026-11-18"}
		}, review.Unclear, "2026-11-18"},
		{"FI-04", "change_without_date", func(in *review.Input) {
			otherName(in)
			in.Declaration.ChangeFiling = review.ChangeFiling{UnderWay: review.Yes}
		}, review.Unmet, "没有日期"},
		{"FI-04", "change_in_future", func(in *review.Input) {
			otherName(in)
			in.Declaration.ChangeFiling = review.ChangeFiling{UnderWay: review.Yes, Since: "2027-01-01"}
		}, review.Unmet, "2027-01-01"},
		{"FI-04", "other_name_declared", func(in *review.Input) {
			otherName(in)
			in.Declaration.App.Names = []string{appName}
		}, review.Met, ""},
		{"FI-04", "other_entity", func(in *review.Input) { in.Declaration.Provider.Name = "无关贸易有限公司" }, review.NotApplicable, "entity"},

		{"FI-05", "capability_not_filed", func(in *review.Input) {
			in.Capabilities = append(in.Capabilities, textGen(analyzer.Confirmed))
		}, review.Unclear, "文本生成"},
		{"FI-05", "union_of_two_filings", func(in *review.Input) {
			in.Capabilities = append(in.Capabilities, textGen(analyzer.Confirmed))
			numbers(numberSwap, numberSecond)(in)
		}, review.Met, ""},
		{"FI-05", "other_product", otherName, review.NotApplicable, "product"},

		{"FI-06", "cancelled", cancelled(numberSwap), review.Unmet, "已注销"},
		{"FI-06", "cancelled_and_probable", func(in *review.Input) {
			cancelled(numberSwap)(in)
			probable(in)
			in.Declaration.Synthesis = review.Synthesis{Offered: review.No}
		}, review.Unclear, "未达到确认"},
		{"FI-06", "cancelled_with_another", func(in *review.Input) {
			cancelled(numberSecond)(in)
			numbers(numberSecond, numberSwap)(in)
		}, review.Met, ""},
		{"FI-06", "cancelled_later", func(in *review.Input) {
			cancelled(numberSwap)(in)
			in.AsOf = "2026-07-16"
		}, review.NotApplicable, "in-snapshot"},
		{"FI-06", "not_in_lists", numbers(numberAbsent), review.NotApplicable, "in-snapshot"},
		{"FI-06", "shown_without_declaration", func(in *review.Input) {
			cancelled(numberSwap)(in)
			in.Declaration = nil
		}, review.Unmet, "已注销"},

		{"FI-07", "no_number", numbers(), review.NotApplicable, "FI-01"},
		{"FI-07", "not_in_package", func(in *review.Input) {
			in.Disclosures.Numbers = nil
			in.Declaration.FilingDisplay.Screenshot = ""
		}, review.Unclear, "服务器加载"},
		{"FI-07", "screenshot_only", func(in *review.Input) { in.Disclosures = review.Disclosures{} }, review.Met, ""},
		{"FI-07", "link_elsewhere", func(in *review.Input) {
			in.Disclosures.Links = nil
			in.Declaration.FilingDisplay.Link = "https://beian.cac.gov.cn.example.com/"
		}, review.Unmet, "example.com"},
		{"FI-07", "no_link", func(in *review.Input) {
			in.Disclosures.Links = nil
			in.Declaration.FilingDisplay.Link = ""
		}, review.Unclear, "beian.cac.gov.cn"},
		{"FI-07", "no_place", func(in *review.Input) { in.Declaration.FilingDisplay.InApp = "" }, review.Unclear, "位置"},
		{"FI-07", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},

		{"FI-09", "calls_no_model", nil, review.NotApplicable, "无须登记"},
		{"FI-09", "offers_nothing", func(in *review.Input) {
			offersNothing(in)
			in.Declaration.Flags = nil
		}, review.NotApplicable, "不提供生成合成服务"},
		{"FI-09", "registered", registered(numberListed, numberModel), review.Met, ""},
		{"FI-09", "no_registration", registered("", ""), review.Unmet, "上线编号"},
		{"FI-09", "no_registration_not_public_opinion", func(in *review.Input) {
			registered("", "")(in)
			flag(review.PublicOpinion, review.No)(in)
		}, review.Unclear, "舆论属性"},
		{"FI-09", "flag_unknown", func(in *review.Input) {
			registered("", "")(in)
			flag(review.CallsFiledModel, review.Unknown)(in)
		}, review.Unclear, "未声明是否调用"},
		{"FI-09", "model_number_as_registration", registered(numberModel, numberModel), review.Unmet, "模型"},
		{"FI-09", "registration_not_in_lists", registered("Shanghai-ShiLi-20260101S0001", numberModel), review.Unclear, "不在所持清单"},
		{"FI-09", "no_underlying_model", registered(numberListed, ""), review.Unmet, "底层模型"},
		{"FI-09", "model_by_name", registered(numberListed, "示例大模型"), review.Unclear, "不是模型备案号"},
		{"FI-09", "model_not_in_lists", registered(numberListed, "Beijing-MouMou-202406010013"), review.Unclear, "不在所持清单"},
		{"FI-09", "other_unit", func(in *review.Input) {
			registered(numberListed, numberModel)(in)
			in.Declaration.Provider.Name = "无关贸易有限公司"
		}, review.Unmet, "无关贸易"},
		{"FI-09", "no_declaration", noDeclaration, review.Unclear, "未声明"},

		{"FI-12", "no_declaration", noDeclaration, review.Unclear, "服务器端调用不可见"},
		{"FI-12", "endpoint", endpoint("OpenAI", analyzer.Confirmed), review.Unmet, "openai-api"},
		{"FI-12", "endpoint_not_confirmed", endpoint("OpenAI", analyzer.Probable), review.Unclear, "境外接口未达到确认"},
		{"FI-12", "endpoint_without_declaration", func(in *review.Input) {
			endpoint("OpenAI", analyzer.Confirmed)(in)
			in.Declaration = nil
		}, review.Unclear, "没有开发者声明"},
		{"FI-12", "domestic_endpoint", endpoint("Baidu", analyzer.Confirmed), review.Met, ""},
		{"FI-12", "endpoint_with_filed_model", func(in *review.Input) {
			endpoint("OpenAI", analyzer.Confirmed)(in)
			in.Declaration.ForeignService.FiledModel = numberModel
		}, review.Met, ""},
		{"FI-12", "endpoint_of_the_user", func(in *review.Input) {
			endpoint("OpenAI", analyzer.Confirmed)(in)
			in.Declaration.Synthesis.UserBringsService = review.Yes
		}, review.Unclear, "自行接入"},
		{"FI-12", "declared", func(in *review.Input) { in.Declaration.ForeignService.Used = review.Yes }, review.Unmet, "境外服务"},
		{"FI-12", "code_gap", codeGap, review.Unclear, "classes.dex"},
		{"FI-12", "no_capability", offersNothing, review.NotApplicable, "未发现"},

		{"SA-01", "no_assessment", assessments(), review.Unmet, "没有声明安全评估"},
		{"SA-01", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
		{"SA-01", "not_public_opinion", flag(review.PublicOpinion, review.No), review.NotApplicable, "声明为否"},
		{"SA-01", "not_signed", assessment(func(a *review.Assessed) { a.Signed = review.No }), review.Unmet, "未签章"},
		{"SA-01", "no_document", assessment(func(a *review.Assessed) { a.Document = "" }), review.Unmet, "评估报告"},
		{"SA-01", "signature_unknown", assessment(func(a *review.Assessed) { a.Signed = "" }), review.Unclear, "是否签章"},
		{"SA-01", "covers_other", assessment(func(a *review.Assessed) { a.Covers = []analyzer.CapabilityID{analyzer.TextGen} }), review.Unmet, "未涵盖"},
		{"SA-01", "covers_unknown", assessment(func(a *review.Assessed) { a.Covers = nil }), review.Unclear, "涵盖哪些"},
		{"SA-01", "no_status", assessment(func(a *review.Assessed) { a.PlatformStatus = "" }), review.Unmet, "服务平台"},
		{"SA-01", "status_pending", assessment(func(a *review.Assessed) { a.PlatformStatus = "审核中" }), review.Unclear, "审核中"},
		{"SA-01", "no_date", assessment(func(a *review.Assessed) { a.Date = "" }), review.Unmet, "没有日期"},
		{"SA-01", "future_date", assessment(func(a *review.Assessed) { a.Date = "2027-01-01" }), review.Unmet, "2027-01-01"},
		{"SA-01", "newest_counts", func(in *review.Input) {
			old := in.Declaration.Assessments[0]
			old.Date, old.Document = "2020-01-01", ""
			in.Declaration.Assessments = append(in.Declaration.Assessments, old)
		}, review.Met, ""},

		{"SA-02", "no_assessment", assessments(), review.Unmet, "没有声明生物识别"},
		{"SA-02", "stock_voice_only", func(in *review.Input) {
			assessments()(in)
			offersOnly(in, analyzer.SpeechSynth)
		}, review.Unclear, "仅有文本转语音"},
		{"SA-02", "other_capability", func(in *review.Input) { offersOnly(in, analyzer.TextGen) }, review.NotApplicable, "未发现"},
		{"SA-02", "no_conclusion", biometric(func(a *review.Assessed) { a.Conclusion = "" }), review.Unmet, "结论"},
		{"SA-02", "no_document", biometric(func(a *review.Assessed) { a.Document = "" }), review.Unmet, "评估报告"},
		{"SA-02", "covers_other", biometric(func(a *review.Assessed) { a.Covers = []analyzer.CapabilityID{analyzer.VoiceClone} }), review.Unmet, "人脸替换"},
		{"SA-02", "no_date", biometric(func(a *review.Assessed) { a.Date = "" }), review.Unmet, "没有日期"},

		{"LB-03", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
		{"LB-03", "no_label", func(in *review.Input) { in.Declaration.Labels.Explicit = nil }, review.Unmet, "字样"},
		{"LB-03", "wording", func(in *review.Input) {
			in.Declaration.Labels.Explicit = map[string]review.Label{"image": {Description: "右下角有标志"}}
		}, review.Unmet, "字样"},
		{"LB-03", "wording_in_package", func(in *review.Input) {
			in.Declaration.Labels.Explicit = map[string]review.Label{"image": {Description: "右下角有标志"}}
			in.Disclosures.LabelTexts = []string{"由AI生成"}
		}, review.Unclear, "测量"},
		{"LB-03", "no_screenshot", func(in *review.Input) {
			in.Declaration.Labels.Explicit = map[string]review.Label{"face_swap": {Description: "人工智能合成"}}
		}, review.Unclear, "没有标识截图"},
		{"LB-03", "beautification_only", func(in *review.Input) { offersOnly(in, analyzer.FaceBeautify) }, review.NotApplicable, "未发现"},

		{"LB-08", "function", func(in *review.Input) {
			in.Findings = append(in.Findings, analyzer.Finding{Rule: "unmark", Kind: analyzer.KindSDK, Features: []string{review.FeatureLabelRemoval}, Confidence: analyzer.Confirmed})
		}, review.Unmet, "unmark"},
		{"LB-08", "function_probable", func(in *review.Input) {
			in.Findings = append(in.Findings, analyzer.Finding{Rule: "unmark", Kind: analyzer.KindSDK, Features: []string{review.FeatureLabelRemoval}, Confidence: analyzer.Probable})
		}, review.Unclear, "unmark"},
		{"LB-08", "hint", text("一键去水印"), review.Unclear, "一键去水印"},
		{"LB-08", "hint_without_capability", func(in *review.Input) {
			offersNothing(in)
			text("一键去水印")(in)
		}, review.Met, ""},
		{"LB-08", "hint_of_ai_mark", func(in *review.Input) {
			offersNothing(in)
			text("一键去水印，去除AI标识")(in)
		}, review.Unclear, "去除AI标识"},
		{"LB-08", "sentence_that_forbids", text("用户不得删除、去除AI标识"), review.Met, ""},
		{"LB-08", "agreement", text(strings.Repeat("协议", 40) + "去除AI标识"), review.Met, ""},
		{"LB-08", "code_gap", codeGap, review.Unclear, "classes.dex"},
		{"LB-08", "packed", packed, review.Unclear, "加固"},
		{"LB-08", "encrypted", func(in *review.Input) { in.Facts.Package.Encrypted = true }, review.Unclear, "加密"},

		{"CO-01", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
		{"CO-01", "no_prompt", func(in *review.Input) { in.Declaration.Consent.Prompt = "" }, review.Unmet, "提示文字"},
		{"CO-01", "after_upload", func(in *review.Input) { in.Declaration.Consent.BeforeUpload = review.No }, review.Unmet, "上传之前"},
		{"CO-01", "upload_unknown", func(in *review.Input) { in.Declaration.Consent.BeforeUpload = "" }, review.Unclear, "未说明"},
		{"CO-01", "bundled", func(in *review.Input) { in.Declaration.Consent.Separate = review.No }, review.Unmet, "捆绑"},
		{"CO-01", "separate_unknown", func(in *review.Input) { in.Declaration.Consent.Separate = "" }, review.Unclear, "未说明"},
		{"CO-01", "no_screenshot", func(in *review.Input) { in.Declaration.Consent.Screenshot = "" }, review.Unclear, "截图"},
		{"CO-01", "other_capability", func(in *review.Input) { offersOnly(in, analyzer.MusicGen) }, review.NotApplicable, "未发现"},

		{"TR-01", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
		{"TR-01", "denied", deniesAll, review.Unmet, "人脸替换"},
		{"TR-01", "denied_probable", func(in *review.Input) {
			deniesAll(in)
			probable(in)
		}, review.Unmet, "人脸替换"},
		{"TR-01", "denied_possible", func(in *review.Input) {
			deniesAll(in)
			in.Capabilities[0].Confidence = analyzer.Possible
		}, review.Met, ""},
		{"TR-01", "left_out", func(in *review.Input) {
			in.Capabilities = append(in.Capabilities, textGen(analyzer.Confirmed))
		}, review.Unmet, "文本生成"},
		{"TR-01", "never_seen", func(in *review.Input) {
			in.Declaration.Synthesis.Capabilities = append(in.Declaration.Synthesis.Capabilities, analyzer.TextGen)
		}, review.Unclear, "服务器端"},
		{"TR-01", "no_list", func(in *review.Input) { in.Declaration.Synthesis.Capabilities = nil }, review.Unclear, "未列明"},
		{"TR-01", "no_answer", func(in *review.Input) { in.Declaration.Synthesis = review.Synthesis{} }, review.Unclear, "没有回答"},
		{"TR-01", "code_gap", codeGap, review.Unclear, "没有读全"},
		{"TR-01", "denied_and_nothing_seen", offersNothing, review.Met, ""},
	} {
		t.Run(tt.check+"_"+tt.name, func(t *testing.T) {
			t.Parallel()
			in := sound(t)
			if tt.change != nil {
				tt.change(&in)
			}
			c := checkOf(t, in, tt.check)
			assert.Equal(t, tt.want, c.Status, "%+v", c)
			assert.Contains(t, c.Why.ZH, tt.why)
			assert.NotContains(t, c.Why.ZH+c.Why.EN, "%!")
			assert.NotEmpty(t, c.Why.EN)
			failed := false
			for _, s := range c.Steps {
				assert.False(t, failed && s.Outcome != string(registry.OutcomeNotAsked), "a step after the one that failed was asked: %s", s.Step)
				failed = failed || s.Outcome == string(registry.Failed)
			}
			if c.Status == review.Unmet {
				assert.True(t, failed, "unmet without a step that failed")
			}
		})
	}
}
