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
			{Number: numberSwap, Name: "示例人脸融合算法", Role: registry.Provider, Entity: entity,
				Products: provider, Use: "应用于图像生成场景，替换图片中的人脸。"},
			{Number: numberSecond, Name: "示例文本生成算法", Role: registry.Provider, Entity: entity,
				Products: provider, Use: "根据用户输入生成文本。"},
			{Number: numberSupporter, Name: "支持者人脸融合算法", Role: registry.Supporter,
				Entity: "技术支持有限公司", Use: "通过API提供人脸融合。"},
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
			Coverage: registry.Coverage{Complete: true,
				Batches: []registry.Batch{{Name: "第十八批", Published: "2026-07-17",
					Held: len(records), Rows: len(records)}}},
		}
	}
	if change != nil {
		change(held)
	}
	var snapshots []registry.Snapshot
	for _, series := range []registry.Series{registry.Algorithm, registry.Cancellation,
		registry.GenAIFiled, registry.GenAIListed} {
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
			Format: analyzer.APK, ID: "com.example.swap", Version: analyzer.Version{Name: "1.10",
				Code: "110"},
			Labels:      map[string]string{"zh": appName},
			Permissions: []string{"android.permission.INTERNET"},
		}},
		Findings: []analyzer.Finding{{
			Rule: "swap-sdk", Vendor: "Example", Kind: analyzer.KindSDK,
			Confidence: analyzer.Confirmed,
			Techniques: []analyzer.Technique{analyzer.TechniqueBiometric},
			Features:   []string{"face-swap"},
		}},
		Capabilities: []analyzer.Capability{{
			ID: analyzer.FaceSwap, Technique: analyzer.TechniqueBiometric,
			Confidence: analyzer.Confirmed,
			Use:        analyzer.Invoked, Findings: []string{"swap-sdk"},
		}},
		Disclosures: review.Disclosures{
			Numbers: []review.Disclosed{{Kind: registry.Algorithm, Number: numberSwap,
				WellFormed: true, CheckDigit: registry.Passed,
				Where: analyzer.Where{Entry: "assets/about.html"}}},
			Links: []string{"https://beian.cac.gov.cn/"},
		},
		Declaration: declaration(),
		Registry:    lists(nil),
		AsOf:        "2026-11-22",
		Stage:       review.StageSubmission,
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
			Offered: review.Yes, Capabilities: []analyzer.CapabilityID{analyzer.FaceSwap},
			Role: review.RoleProvider,
		},
		Flags: map[review.Flag]review.Answer{review.PublicOpinion: review.Yes,
			review.CallsFiledModel: review.No},
		Filings: []review.Filing{
			{Series: review.SeriesAlgorithm, Number: numberSwap}, {Series: review.SeriesApp,
				Number: numberApp},
		},
		Assessments: []review.Assessed{
			{Kind: review.AssessPublicOpinion, Date: "2026-10-01", Conclusion: "符合",
				PlatformStatus: "审核通过", Covers: []analyzer.CapabilityID{analyzer.FaceSwap},
				Signed: review.Yes, Document: "po.pdf"},
			{Kind: review.AssessBiometric, Date: "2026-10-01", Conclusion: "符合",
				Covers: []analyzer.CapabilityID{analyzer.FaceSwap}, Signed: review.Yes,
				Document: "bio.pdf"},
		},
		Labels: review.Labels{
			Explicit: map[string]review.Label{"image": {Description: "右下角显示“AI生成”",
				Screenshot: "label.png"}},
			AgreementClause: "第八条", Samples: []review.Sample{{Modality: review.ModalityImage,
				File: "sample.png"}},
		},
		FilingDisplay: review.FilingDisplay{InApp: "设置-关于", Link: "https://beian.cac.gov.cn", Screenshot: "about.png"},
		Consent: review.Consent{Prompt: "请告知被编辑的个人并取得其单独同意", BeforeUpload: review.Yes,
			Separate: review.Yes, Screenshot: "consent.png"},
		ForeignService: review.ForeignService{Used: review.No},
		Documents: []review.Document{
			{Kind: review.DocLicence, File: "licence.pdf"}, {Kind: review.DocAppFiling,
				File: "icp.pdf"},
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
		"FI-01": review.Met, "FI-02": review.Met, "FI-03": review.Met, "FI-04": review.Met,
		"FI-05": review.Met,
		"FI-06": review.Met, "FI-07": review.Met, "FI-09": review.NotApplicable,
		"FI-12": review.Met,
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
		assert.Equal(t, c.Status == review.Met || c.Status == review.NotApplicable,
			c.Remedy.ZH == "", c.Obligation)
	}
	assert.Empty(t, cmp.Diff(want, got))
	assert.Equal(t, []string{"ST-01", "ST-02", "ST-07", "ST-11", "FI-01", "FI-02", "FI-03", "FI-04",
		"FI-05", "FI-06",
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

// A step of a report has a name in Chinese, found by the English one.
func TestStepsHaveNames(t *testing.T) {
	t.Parallel()
	for _, c := range review.Assess(sound(t)) {
		o, _ := edition(t).Obligation(c.Obligation)
		for _, s := range c.Steps {
			name := o.StepName(s.Step)
			assert.Equal(t, s.Step, name.EN, c.Obligation)
			assert.NotEqual(t, s.Step, name.ZH, c.Obligation)
		}
	}
	o, _ := edition(t).Obligation("ST-02")
	assert.Equal(t, "用户服务协议中的标识条款", o.StepName("agreement clause").ZH)
	of := analyzer.Text{ZH: "of another edition", EN: "of another edition"}
	assert.Equal(t, of, o.StepName("of another edition"))
	assert.Equal(t, of, review.Obligation{}.StepName("of another edition"))
}

type change = func(in *review.Input)

// checkCase changes the sound application in one way.
type checkCase struct {
	check, name string
	change      change
	want        review.Status
	why         string // part of the Chinese reason
}

func TestChecks(t *testing.T) {
	t.Parallel()
	for _, tt := range slices.Concat(storeCases(), filingCases(), modelCases(), dutyCases()) {
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
			for _, offer := range in.Capabilities {
				name := in.Law.Capabilities[offer.ID].Name.ZH + "（已证实"
				assert.LessOrEqual(t, strings.Count(c.Why.ZH, name), 1, c.Why.ZH)
			}
			failed := false
			for _, s := range c.Steps {
				assert.False(t, failed && s.Outcome != string(registry.OutcomeNotAsked),
					"a step after the one that failed was asked: %s", s.Step)
				failed = failed || s.Outcome == string(registry.Failed)
			}
			if c.Status == review.Unmet {
				assert.True(t, failed, "unmet without a step that failed")
			}
		})
	}
}
