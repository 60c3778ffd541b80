package review_test

import (
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
)

// filingCases go up the ladder of a filing.
func filingCases() []checkCase {
	return []checkCase{
		{"FI-01", "no_capability", offersNothing, review.NotApplicable, "未发现"},
		{"FI-01", "not_public_opinion", flag(review.PublicOpinion, review.No), review.NotApplicable,
			"声明为否"},
		{"FI-01", "flag_unknown", flag(review.PublicOpinion, review.Unknown), review.Unclear,
			"未声明：具有舆论属性"},
		{"FI-01", "flag_unknown_and_no_number", func(in *review.Input) {
			numbers()(in)
			delete(in.Declaration.Flags, review.PublicOpinion)
		}, review.Unclear, "未声明：具有舆论属性"},
		{"FI-01", "no_number", numbers(), review.Unmet, "没有声明或展示算法备案编号"},
		{"FI-01", "no_number_probable", func(in *review.Input) {
			numbers()(in)
			probable(in)
			in.Declaration.Synthesis = review.Synthesis{Offered: review.No}
		}, review.Unclear, "未经证实"},
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
		{"FI-01", "mistyped", numbers(strings.Replace(numberSwap, "4567", "4576", 1)),
			review.Unclear, numberSwap},
		{"FI-01", "lists_not_held", func(in *review.Input) { in.Registry = registry.NewMemory() },
			review.Unclear, "算法备案清单"},
		{"FI-01", "cancelled", cancelled(numberSwap), review.Unmet, "已注销"},
		{"FI-01", "other_class", numbers(numberPush), review.Unmet, "02"},
		{"FI-01", "best_of_two", numbers("网信算备1234号", numberSwap), review.Met, ""},
		{"FI-01", "absent_beats_supporter", numbers(numberSupporter, numberAbsent), review.Unclear,
			"不等于未备案"},

		{"FI-02", "no_number", numbers(), review.NotApplicable, "FI-01"},
		{"FI-02", "supporter", numbers(numberSupporter), review.Unmet, "技术支持者"},
		{"FI-02", "supporter_without_public_opinion", func(in *review.Input) {
			numbers(numberSupporter)(in)
			flag(review.PublicOpinion, review.No)(in)
		}, review.Unmet, "技术支持者"},
		{"FI-02", "not_in_lists", numbers(numberAbsent), review.NotApplicable, "见于清单"},
		{"FI-02", "no_claim_and_not_public_opinion", func(in *review.Input) {
			numbers()(in)
			in.Declaration.Filings, in.Disclosures.Numbers = nil, nil
			flag(review.PublicOpinion, review.No)(in)
		}, review.NotApplicable, "声明为否"},

		{"FI-03", "other_entity",
			func(in *review.Input) { in.Declaration.Provider.Name = "无关贸易有限公司" }, review.Unmet,
			"无关贸易"},
		{"FI-03", "other_entity_with_proof", func(in *review.Input) {
			in.Declaration.Provider.Name = "无关贸易有限公司"
			in.Declaration.Documents = append(in.Declaration.Documents,
				review.Document{Kind: review.DocRelation, File: "group.pdf"})
		}, review.Unclear, "group.pdf"},
		{"FI-03", "no_name", func(in *review.Input) { in.Declaration.Provider.Name = "" },
			review.Unclear, entity},
		{"FI-03", "not_in_lists", numbers(numberAbsent), review.NotApplicable, "见于清单"},
		{"FI-03", "supporter", numbers(numberSupporter), review.NotApplicable, "止于“角色”"},
		{"FI-03", "brackets_in_other_width",
			func(in *review.Input) { in.Declaration.Provider.Name = "示例科技(上海)有限公司" }, review.Met,
			""},

		{"FI-04", "other_product", otherName, review.Unmet, "别的应用"},
		{"FI-04", "name_with_slogan", func(in *review.Input) {
			otherName(in)
			in.Declaration.App.Name = appName + "-一键换脸"
		}, review.Unclear, "名称相近"},
		{"FI-04", "other_product_change_under_way", func(in *review.Input) {
			otherName(in)
			in.Declaration.ChangeFiling = review.ChangeFiling{UnderWay: review.Yes,
				Since: "2026-11-18"}
		}, review.Unclear, "2026-11-18"},
		{"FI-04", "change_without_date", func(in *review.Input) {
			otherName(in)
			in.Declaration.ChangeFiling = review.ChangeFiling{UnderWay: review.Yes}
		}, review.Unmet, "没有日期"},
		{"FI-04", "change_in_future", func(in *review.Input) {
			otherName(in)
			in.Declaration.ChangeFiling = review.ChangeFiling{UnderWay: review.Yes,
				Since: "2027-01-01"}
		}, review.Unmet, "2027-01-01"},
		{"FI-04", "other_name_declared", func(in *review.Input) {
			otherName(in)
			in.Declaration.App.Names = []string{appName}
		}, review.Met, ""},
		{"FI-04", "other_entity",
			func(in *review.Input) { in.Declaration.Provider.Name = "无关贸易有限公司" },
			review.NotApplicable, "止于“主体”"},

		{"FI-05", "capability_not_filed", func(in *review.Input) {
			in.Capabilities = append(in.Capabilities, textGen(analyzer.Confirmed))
		}, review.Unclear, "文本生成"},
		{"FI-05", "union_of_two_filings", func(in *review.Input) {
			in.Capabilities = append(in.Capabilities, textGen(analyzer.Confirmed))
			numbers(numberSwap, numberSecond)(in)
		}, review.Met, ""},
		{"FI-05", "no_capability_named", func(in *review.Input) {
			in.Findings, in.Capabilities, in.Declaration.Synthesis.Capabilities = nil, nil, nil
		}, review.NotApplicable, "未核对“用途”：没有需要核对的能力"},
		{"FI-05", "other_product", otherName, review.NotApplicable, "止于“应用产品”"},

		{"FI-06", "cancelled", cancelled(numberSwap), review.Unmet, "已注销"},
		{"FI-06", "cancelled_and_probable", func(in *review.Input) {
			cancelled(numberSwap)(in)
			probable(in)
			in.Declaration.Synthesis = review.Synthesis{Offered: review.No}
		}, review.Unclear, "未经证实"},
		{"FI-06", "cancelled_with_another", func(in *review.Input) {
			cancelled(numberSecond)(in)
			numbers(numberSecond, numberSwap)(in)
		}, review.Met, ""},
		{"FI-06", "cancelled_later", func(in *review.Input) {
			cancelled(numberSwap)(in)
			in.AsOf = "2026-07-16"
		}, review.NotApplicable, "见于清单"},
		{"FI-06", "not_in_lists", numbers(numberAbsent), review.NotApplicable, "见于清单"},
		{"FI-06", "shown_without_declaration", func(in *review.Input) {
			cancelled(numberSwap)(in)
			in.Declaration = nil
		}, review.Unmet, "已注销"},

		{"FI-07", "no_number", numbers(), review.NotApplicable, "FI-01"},
		{"FI-07", "not_in_package", func(in *review.Input) {
			in.Disclosures.Numbers = nil
			in.Declaration.FilingDisplay.Screenshot = ""
		}, review.Unclear, "服务器加载"},
		{"FI-07", "screenshot_only",
			func(in *review.Input) { in.Disclosures = review.Disclosures{} }, review.Met, ""},
		{"FI-07", "link_elsewhere", func(in *review.Input) {
			in.Disclosures.Links = nil
			in.Declaration.FilingDisplay.Link = "https://beian.cac.gov.cn.example.com/"
		}, review.Unmet, "example.com"},
		{"FI-07", "no_link", func(in *review.Input) {
			in.Disclosures.Links = nil
			in.Declaration.FilingDisplay.Link = ""
		}, review.Unclear, "beian.cac.gov.cn"},
		{"FI-07", "no_place", func(in *review.Input) { in.Declaration.FilingDisplay.InApp = "" },
			review.Unclear, "位置"},
		{"FI-07", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
	}
}

// modelCases are those of generative-AI numbers and foreign services.
func modelCases() []checkCase {
	return []checkCase{
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
		{"FI-09", "model_number_as_registration", registered(numberModel, numberModel),
			review.Unmet, "模型"},
		{"FI-09", "registration_not_in_lists",
			registered("Shanghai-ShiLi-20260101S0001", numberModel), review.Unclear, "不在所持清单"},
		{"FI-09", "no_underlying_model", registered(numberListed, ""), review.Unmet, "底层模型"},
		{"FI-09", "model_by_name", registered(numberListed, "示例大模型"), review.Unclear, "不是模型备案号"},
		{"FI-09", "model_not_in_lists", registered(numberListed, "Beijing-MouMou-202406010013"),
			review.Unclear, "不在所持清单"},
		{"FI-09", "other_unit", func(in *review.Input) {
			registered(numberListed, numberModel)(in)
			in.Declaration.Provider.Name = "无关贸易有限公司"
		}, review.Unmet, "无关贸易"},
		{"FI-09", "no_declaration", noDeclaration, review.Unclear, "未声明"},

		{"FI-12", "no_declaration", noDeclaration, review.Unclear, "服务器端调用不可见"},
		{"FI-12", "endpoint", endpoint("OpenAI", analyzer.Confirmed), review.Unmet, "openai-api"},
		{"FI-12", "endpoint_not_confirmed", endpoint("OpenAI", analyzer.Probable), review.Unclear,
			"境外接口未经证实"},
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
		{"FI-12", "declared",
			func(in *review.Input) { in.Declaration.ForeignService.Used = review.Yes },
			review.Unmet, "境外服务"},
		{"FI-12", "code_gap", codeGap, review.Unclear, "classes.dex"},
		{"FI-12", "no_capability", offersNothing, review.NotApplicable, "未发现"},
	}
}
