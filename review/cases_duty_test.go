package review_test

import (
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
)

// storeCases are those of the store's own duties.
func storeCases() []checkCase {
	return []checkCase{
		{"ST-01", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
		{"ST-01", "no_answer", func(in *review.Input) { in.Declaration.Synthesis.Offered = "" },
			review.Unmet, "没有回答"},
		{"ST-01", "other_version", func(in *review.Input) { in.Declaration.App.Version = "1.1" },
			review.Unmet, "1.10"},
		{"ST-01", "version_code", func(in *review.Input) { in.Declaration.App.Version = "110" },
			review.Met, ""},
		{"ST-01", "other_app", func(in *review.Input) { in.Declaration.App.ID = "com.other" },
			review.Unmet, "com.other"},
		{"ST-01", "not_signed", func(in *review.Input) { in.Declaration.Signed.By = "" },
			review.Unmet, "署名"},
		{"ST-01", "package_without_identity", func(in *review.Input) { in.Facts.Package.ID = "" },
			review.Unclear, "未能读取"},

		{"ST-02", "no_capability", offersNothing, review.NotApplicable, "未发现"},
		{"ST-02", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
		{"ST-02", "no_label", func(in *review.Input) { in.Declaration.Labels.Explicit = nil },
			review.Unmet, "没有标识说明"},
		{"ST-02", "no_label_probable", func(in *review.Input) {
			in.Declaration.Labels.Explicit = nil
			probable(in)
		}, review.Unclear, "未经证实"},
		{"ST-02", "no_clause",
			func(in *review.Input) { in.Declaration.Labels.AgreementClause = "" }, review.Unmet,
			"条款"},
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
		{"ST-07", "no_name", func(in *review.Input) { in.Declaration.Provider.Name = "" },
			review.Unmet, "名称"},
		{"ST-07", "false_credit_code",
			func(in *review.Input) { in.Declaration.Provider.USCC = "91310104MA1FAKE3XY" },
			review.Unmet, "无效"},
		{"ST-07", "no_licence", func(in *review.Input) { in.Declaration.Documents = nil },
			review.Unclear, "营业执照"},
		{"ST-07", "foreigner_without_document",
			func(in *review.Input) { in.Declaration.Provider.Kind = review.KindForeign },
			review.Unmet, "身份证件"},
		{"ST-07", "person_with_document", func(in *review.Input) {
			in.Declaration.Provider = review.Provider{Name: "张三", Kind: review.KindPerson,
				IdentityDocument: "身份证"}
		}, review.Met, ""},
		{"ST-07", "no_purpose", func(in *review.Input) { in.Declaration.Purpose = "" },
			review.Unmet, "用途"},
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
			in.Disclosures.Numbers = append(in.Disclosures.Numbers,
				review.Disclosed{Kind: registry.AppFiling, Number: numberApp, WellFormed: true})
		}, review.Unclear, "没有开发者声明"},
	}
}

// dutyCases are those of assessments, labels, consent and truth.
func dutyCases() []checkCase {
	return []checkCase{
		{"SA-01", "no_assessment", assessments(), review.Unmet, "没有声明安全评估"},
		{"SA-01", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
		{"SA-01", "not_public_opinion", flag(review.PublicOpinion, review.No), review.NotApplicable,
			"声明为否"},
		{"SA-01", "not_signed", assessment(func(a *review.Assessed) { a.Signed = review.No }),
			review.Unmet, "未签章"},
		{"SA-01", "no_document", assessment(func(a *review.Assessed) { a.Document = "" }),
			review.Unmet, "评估报告"},
		{"SA-01", "signature_unknown", assessment(func(a *review.Assessed) { a.Signed = "" }),
			review.Unclear, "是否签章"},
		{"SA-01", "covers_other",
			assessment(func(a *review.Assessed) {
				a.Covers = []analyzer.CapabilityID{analyzer.TextGen}
			}), review.Unmet, "未涵盖"},
		{"SA-01", "covers_unknown", assessment(func(a *review.Assessed) { a.Covers = nil }),
			review.Unclear, "涵盖哪些"},
		{"SA-01", "no_status", assessment(func(a *review.Assessed) { a.PlatformStatus = "" }),
			review.Unmet, "服务平台"},
		{"SA-01", "status_pending",
			assessment(func(a *review.Assessed) { a.PlatformStatus = "审核中" }), review.Unclear,
			"审核中"},
		{"SA-01", "no_date", assessment(func(a *review.Assessed) { a.Date = "" }), review.Unmet,
			"没有日期"},
		{"SA-01", "future_date", assessment(func(a *review.Assessed) { a.Date = "2027-01-01" }),
			review.Unmet, "2027-01-01"},
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
		{"SA-02", "other_capability", func(in *review.Input) { offersOnly(in, analyzer.TextGen) },
			review.NotApplicable, "未发现"},
		{"SA-02", "no_conclusion", biometric(func(a *review.Assessed) { a.Conclusion = "" }),
			review.Unmet, "结论"},
		{"SA-02", "no_document", biometric(func(a *review.Assessed) { a.Document = "" }),
			review.Unmet, "评估报告"},
		{"SA-02", "covers_other",
			biometric(func(a *review.Assessed) {
				a.Covers = []analyzer.CapabilityID{analyzer.VoiceClone}
			}), review.Unmet, "人脸替换"},
		{"SA-02", "no_date", biometric(func(a *review.Assessed) { a.Date = "" }), review.Unmet,
			"没有日期"},

		{"LB-03", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
		{"LB-03", "no_label", func(in *review.Input) { in.Declaration.Labels.Explicit = nil },
			review.Unmet, "字样"},
		{"LB-03", "wording", func(in *review.Input) {
			explicit(in, "image", "右下角有标志")
		}, review.Unmet, "字样"},
		{"LB-03", "wording_in_package", func(in *review.Input) {
			explicit(in, "image", "右下角有标志")
			in.Disclosures.LabelTexts = []string{"由AI生成"}
		}, review.Unclear, "测量"},
		{"LB-03", "no_screenshot", func(in *review.Input) {
			explicit(in, "face_swap", "人工智能合成")
		}, review.Unclear, "没有标识截图"},
		{"LB-03", "beautification_only", func(in *review.Input) {
			offersOnly(in,
				analyzer.FaceBeautify)
		}, review.NotApplicable, "未发现"},

		{"LB-08", "function", func(in *review.Input) {
			in.Findings = append(in.Findings, analyzer.Finding{Rule: "unmark",
				Kind: analyzer.KindSDK, Features: []string{review.FeatureLabelRemoval},
				Confidence: analyzer.Confirmed})
		}, review.Unmet, "unmark"},
		{"LB-08", "function_probable", func(in *review.Input) {
			in.Findings = append(in.Findings, analyzer.Finding{Rule: "unmark",
				Kind: analyzer.KindSDK, Features: []string{review.FeatureLabelRemoval},
				Confidence: analyzer.Probable})
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
		{"LB-08", "encrypted", func(in *review.Input) { in.Facts.Package.Encrypted = true },
			review.Unclear, "加密"},

		{"CO-01", "no_declaration", noDeclaration, review.Unclear, "没有开发者声明"},
		{"CO-01", "no_prompt", func(in *review.Input) { in.Declaration.Consent.Prompt = "" },
			review.Unmet, "提示文字"},
		{"CO-01", "after_upload",
			func(in *review.Input) { in.Declaration.Consent.BeforeUpload = review.No },
			review.Unmet, "上传之前"},
		{"CO-01", "upload_unknown",
			func(in *review.Input) { in.Declaration.Consent.BeforeUpload = "" }, review.Unclear,
			"未说明"},
		{"CO-01", "bundled", func(in *review.Input) { in.Declaration.Consent.Separate = review.No },
			review.Unmet, "捆绑"},
		{"CO-01", "separate_unknown",
			func(in *review.Input) { in.Declaration.Consent.Separate = "" }, review.Unclear, "未说明"},
		{"CO-01", "no_screenshot",
			func(in *review.Input) { in.Declaration.Consent.Screenshot = "" }, review.Unclear,
			"截图"},
		{"CO-01", "other_capability", func(in *review.Input) { offersOnly(in, analyzer.MusicGen) },
			review.NotApplicable, "未发现"},

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
			in.Declaration.Synthesis.Capabilities = append(in.Declaration.Synthesis.Capabilities,
				analyzer.TextGen)
		}, review.Unclear, "服务器端"},
		{"TR-01", "no_list", func(in *review.Input) { in.Declaration.Synthesis.Capabilities = nil },
			review.Unclear, "未列明"},
		{"TR-01", "no_answer",
			func(in *review.Input) { in.Declaration.Synthesis = review.Synthesis{} },
			review.Unclear, "没有回答"},
		{"TR-01", "code_gap", codeGap, review.Unclear, "没有读全"},
		{"TR-01", "denied_and_nothing_seen", offersNothing, review.Met, ""},
	}
}
