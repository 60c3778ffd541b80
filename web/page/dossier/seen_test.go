package dossier_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/declaration"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/desk/desktest"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/review/notice"
	"github.com/listgate/listgate/review/report"
	"github.com/listgate/listgate/review/report/reporttest"
	"github.com/listgate/listgate/web/page/dossier"
	"github.com/listgate/listgate/web/ui/uitest"
)

const declared = `
schema: listgate.declaration/v1
app: {id: com.example.facecam, name: 变脸相机, version: "8.8"}
provider: {name: 示例科技有限公司, kind: organisation}
purpose: 拍照
synthesis: {offered: yes, capabilities: [face_beautify], role: provider}
flags: {public_opinion: yes, exports_files: no}
filings:
  - {series: algorithm, number: 网信算备110108105858001230019号, covers: [face_swap]}
assessments:
  - {kind: biometric, date: "2026-01-02", conclusion: 通过}
labels:
  explicit: {image: {description: 右下角文字}, face_swap: {description: 片头提示}}
  samples: [{modality: image, file: out.png}]
documents:
  - {kind: licence, file: licence.pdf, title: 营业执照}
`

// dossierOf is a case that Lin has claimed, with the report on a fixture as a store
// gives it back: without what the document does not hold.
func dossierOf(t *testing.T, fixture, lang, declared string) desk.Dossier {
	t.Helper()
	edition, err := law.Load("2026-11")
	require.NoError(t, err)
	text, err := json.Marshal(reporttest.Document(t, fixture, lang, declared))
	require.NoError(t, err)
	var doc report.Document
	require.NoError(t, json.Unmarshal(text, &doc))
	now := uitest.Clock()
	d := desk.Dossier{
		Case: review.Case{
			ID: "c-1", Rev: 4, App: "a", Release: "r", Stage: review.StageSubmission,
			Origin: review.OriginSubmission, Route: doc.Route,
			Due:   time.Date(2026, 11, 25, 16, 0, 0, 0, time.UTC), // midnight in China
			Place: review.Place{State: review.CaseClaimed, Rest: review.CaseWaiting},
			Claim: review.Claim{By: desktest.Lin, Until: now.Add(20 * time.Minute)},
			Made: review.MadeOn{Law: edition.ID, Digest: edition.Law.Digest,
				Snapshots: []review.SnapshotRef{{Source: "旧名录", Published: "2026-01-01",
					Stale: true}}},
		},
		App: review.App{ID: "a", Name: "变脸相机", Package: "com.example.facecam",
			Standing: review.Standing{State: review.AppUnlisted}},
		Release: review.Release{ID: "r", Platform: review.Android, Version: "8.8",
			State: review.ReleaseSubmitted},
		Submission: review.Submission{File: "facecam.apk", SHA256: doc.Package.SHA256,
			By: desktest.Maker, Declaration: declared},
		Report: &doc, Edition: edition, Known: notice.Known(&doc),
		Possible: review.Possible(review.AppUnlisted, review.ReleaseSubmitted,
			review.RoleReviewer),
	}
	d.Releases = []review.Release{d.Release}
	if declared != "" {
		d.Declaration, err = declaration.Parse(strings.NewReader(declared))
		require.NoError(t, err)
	}
	return d
}

// only shows one dossier, and does nothing else.
type only struct {
	broken
	shown desk.Dossier
}

func (o only) Dossier(context.Context, review.Actor, string, string) (desk.Dossier, error) {
	return o.shown, nil
}

func show(t *testing.T, d desk.Dossier, lang string) uitest.Answer {
	t.Helper()
	who := desktest.Lin
	one := only{shown: d}
	got := uitest.Go(t, dossier.New(one, one, one), uitest.Visit{Path: "/cases/c-1", Lang: lang,
		Who: &who})
	require.NoError(t, got.Err)
	return got
}

// says is the text below the only element that a selector finds.
func says(t *testing.T, a uitest.Answer, selector string) string {
	t.Helper()
	found := a.Tree.All(selector)
	require.Len(t, found, 1, selector)
	return found[0].Text()
}

func TestEvidenceOfACase(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, lang, at, want string }{
		{"overdue", "zh", "#head", "已逾期"},
		{"overdue_en", "en", "#head", "overdue"},
		{"holder", "zh", "#head", "由您领取"},
		{"place_of_evidence", "zh", "#finding-faceunity-nama", "classes.dex@0x"},
		{"type_of_evidence", "en", "#finding-faceunity-nama", "native library"},
		{"confidence", "zh", "#finding-faceunity-nama", "已证实 自有代码调用"},
		{"capability_in_both_languages", "zh", "#capability-face_swap",
			"人脸替换融合 face replacement or fusion"},
		{"capability_shown_by", "zh", "#capability-face_swap", "依据发现： 相芯科技"},
		{"article", "zh", "#capability-face_swap",
			"《互联网信息服务深度合成管理规定》 第二十三条第一款第（四）项"},
		{"wording_of_the_law", "en", "#check-SA-02", "应当依法自行或者委托专业机构开展安全评估"},
		{"operative_wording", "zh", "#check-FI-01", "履行备案和变更、注销备案手续"},
		{"step_not_asked", "zh", "#check-SA-02", "前面的步骤未通过，未再核对"},
		{"step_by_name", "en", "#check-SA-02",
			"not asked names the function, date, conclusion an earlier step did not pass"},
		{"step_failed", "en", "#check-SA-02", "failed"},
		{"remedy", "zh", "#check-SA-02", "补正："},
		{"number", "zh", "#disclosures", "网信算备110108105858001230019号 格式正确 校验位"},
		{"link", "zh", "#disclosures", "beian.cac.gov.cn"},
		{"suggestion_is_one", "zh", "#suggestion", "这只是工具的建议"},
		{"suggestion_is_one_en", "en", "#suggestion", "Only a person decides"},
		{"unsigned", "zh", "#identity", "没有读到签名"},
		{"who_handed_in", "zh", "#identity", "facecam.apk 提交人 示例公司"},
		{"permissions", "zh", "#identity", "android.permission.CAMERA"},
		{"declared_capability", "zh", "#declaration", "美颜美妆"},
		{"declared_answer", "zh", "#declaration", "提供生成合成服务 是"},
		{"declared_flag", "zh", "#declaration", "具有舆论属性或者社会动员能力：是"},
		{"declared_filing", "en", "#declaration",
			"algorithm filing: 网信算备110108105858001230019号 · face replacement or fusion"},
		{"declared_assessment", "zh", "#declaration", "2026-01-02 · 通过"},
		{"declared_label_by_modality", "zh", "#declaration", "图片：右下角文字"},
		{"not_answered_is_said", "zh", "#declaration", "单独同意 未回答"},
		{"left_out_is_said", "en", "#declaration",
			"not filled in Other names, Category, Signed, Implicit labels, Clause of"},
		{"due_by_the_day_that_ends", "zh", "#head", "审结期限 2026-11-25 收到"},
		{"stale_list", "zh", "#made", "名录“旧名录”（2026-01-01）已超过其发布周期"},
		{"edition", "zh", "#made", "2026-11"},
	}
	answers := map[string]uitest.Answer{}
	for _, lang := range []string{"zh", "en"} {
		answers[lang] = show(t, dossierOf(t, "faceswap-android", lang, declared), lang)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Contains(t, says(t, answers[c.lang], c.at), c.want)
		})
	}
}

// TestChecksStandByStatus finds what is unmet in sight, and the rest folded.
func TestChecksStandByStatus(t *testing.T) {
	t.Parallel()
	got := show(t, dossierOf(t, "faceswap-android", "zh", declared), "zh")
	for _, open := range []string{"unmet", "unclear"} {
		assert.Equal(t, "section", got.Tree.All("#checks-" + open)[0].Data)
		assert.NotEmpty(t, got.Tree.All("#checks-"+open+" .item"))
	}
	for _, folded := range []string{"met", "not-applicable"} {
		assert.NotEmpty(t, got.Tree.All("details#checks-"+folded+" .item"), folded)
	}
	var grades []string
	for _, n := range got.Tree.All("#checks-unmet .item h4 .badge") {
		grades = append(grades, n.Text())
	}
	assert.IsNonDecreasing(t, grades)
	assert.Contains(t, grades, "B")
}

// TestWhatWaitsForADeclarationStandsApart holds the words that the page goes by
// against the document that knows.
func TestWhatWaitsForADeclarationStandsApart(t *testing.T) {
	t.Parallel()
	got := show(t, dossierOf(t, "faceswap-android", "en", ""), "en")
	doc := reporttest.Document(t, "faceswap-android", "en", "")
	waiting := got.Tree.All("#checks-unclear-waiting .item")
	require.NotEmpty(t, waiting)
	for _, n := range waiting {
		assert.True(t, doc.Waits(strings.TrimPrefix(n.Attr("id"), "check-")), n.Attr("id"))
	}
	assert.NotEmpty(t, got.Tree.All("#checks-unclear #check-FI-03"),
		"what the package itself says of a filing is not buried")
	assert.Contains(t, says(t, got, "#declaration"), "There is no declaration")
}

// TestSilenceIsNeverClean shows what could not be read, and claims nothing of it.
func TestSilenceIsNeverClean(t *testing.T) {
	t.Parallel()
	unknown := "在已读取的部分中没有发现深度合成能力；其余不明。"
	cases := []struct {
		name string
		edit func(d *desk.Dossier)
		at   string
		want string
	}{
		{"gap", func(d *desk.Dossier) {
			d.Report.Gaps = []report.Gap{{Where: "assets/x.bin", Why: "内容损坏"}}
		}, "#gaps", "内容损坏 assets/x.bin"},
		{"gap_over_no_capability", func(d *desk.Dossier) {
			d.Report.Gaps = []report.Gap{{Where: "assets/x.bin", Why: "内容损坏"}}
		}, "#capabilities", unknown},
		{"packer", func(d *desk.Dossier) { d.Report.Package.Packers = []string{"jiagu"} },
			"#gaps", "代码已加固，加固之内的代码未能读取： jiagu"},
		{"packer_over_no_capability", func(d *desk.Dossier) {
			d.Report.Package.Packers = []string{"jiagu"}
		}, "#capabilities", unknown},
		{"encrypted", func(d *desk.Dossier) { d.Report.Package.Encrypted = true }, "#gaps",
			"代码已加密"},
		{"cannot_tell", func(d *desk.Dossier) { d.Report.Route = review.CannotTell },
			"#capabilities", unknown},
		{"anomaly", func(d *desk.Dossier) {
			d.Report.Anomalies = []report.Anomaly{{Code: analyzer.ZipPrefix, Where: "0",
				What: "压缩包之前有多余字节"}}
		}, "#anomalies", "压缩包之前有多余字节 zip-prefix 0"},
		{"many_gaps", func(d *desk.Dossier) {
			d.Report.Gaps = make([]report.Gap, 5000)
		}, "#gaps", "另有 4800 项未显示"},
		{"no_report", func(d *desk.Dossier) { d.Report, d.Known = nil, nil }, "#unscanned",
			"一无所知"},
		{"scanning", func(d *desk.Dossier) {
			d.Report, d.Case.State = nil, review.CaseScanning
		}, "#running", "检测尚未完成"},
		{"failed", func(d *desk.Dossier) {
			d.Report = nil
			d.Submission.Scan = &review.Scan{Failure: analyzer.Text{ZH: "读取程序中止",
				EN: "the reader died"}}
		}, "#failed", "读取程序中止"},
		{"held_back_for_another_case", func(d *desk.Dossier) {
			d.Case.State, d.Case.Rival, d.Case.Claim = review.CaseScanFailed, "c-0", review.Claim{}
			d.Submission.Scan = &review.Scan{Facts: "x", Failure: analyzer.Text{ZH: "同一版本"}}
		}, "#rival", "同一版本正在另一案件中等待决定： c-0 检测本身已经完成"},
		{"declaration_unreadable", func(d *desk.Dossier) { d.Submission.Declaration = "{" },
			"#declaration", "声明无法读取"},
		{"nothing_known_of_the_law", func(d *desk.Dossier) { d.Edition = nil }, "#capabilities",
			"没有发现深度合成能力"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := dossierOf(t, "plain-android", "zh", "")
			c.edit(&d)
			assert.Contains(t, says(t, show(t, d, "zh"), c.at), c.want)
		})
	}
}

// TestEvidenceCanBeCitedWhereItStands finds a box of the form for every mark beside a
// finding, a capability and a check.
func TestEvidenceCanBeCitedWhereItStands(t *testing.T) {
	t.Parallel()
	d := dossierOf(t, "faceswap-android", "zh", declared)
	got := show(t, d, "zh")
	cites := got.Tree.All("label.cite")
	assert.Len(t, cites, len(d.Report.Findings)+len(d.Report.Capabilities)+len(d.Report.Checks))
	for _, n := range cites {
		assert.NotEmpty(t, got.Tree.All("#decide input[name=evidence]#"+n.Attr("for")))
	}
	anchors := got.Tree.All("#decide a.go")
	require.NotEmpty(t, anchors)
	for _, n := range anchors {
		assert.NotEmpty(t, got.Tree.All(n.Attr("href")), n.Attr("href"))
	}
	assert.Empty(t, got.Tree.All("#decide input[checked]"), "a person chooses")

	d.Case.Claim.By = desktest.Zhou
	assert.Empty(t, show(t, d, "zh").Tree.All("label.cite"), "without a form nothing is cited")
}

// TestHostileNamesAreHarmless puts markup, turning characters and 10 kB into whatever
// comes from a package.
func TestHostileNamesAreHarmless(t *testing.T) {
	t.Parallel()
	bad := strings.Repeat("<em>换脸</em>\u202e\u200b'\"", 500)
	d := dossierOf(t, "faceswap-android", "zh", "")
	doc := d.Report
	d.App.Name, d.App.Package, d.Submission.File = bad, bad, bad
	d.Submission.Declaration = bad
	doc.Package.Labels["zh"], doc.Package.Labels[bad], doc.Package.ID = bad, bad, bad
	doc.Package.Permissions = []string{bad}
	doc.Package.Signers = []analyzer.Signer{{Scheme: "v2", Subject: bad}}
	doc.Findings[0].Evidence[0].What, doc.Findings[0].Evidence[0].Where = bad, bad
	doc.Findings[0].Version = bad
	doc.Gaps = []report.Gap{{Where: bad, Why: bad}}
	doc.Anomalies = []report.Anomaly{{Code: analyzer.ZipName, Where: bad, What: bad}}
	doc.Models = []report.Model{{Path: bad, Format: "gguf", Inputs: []string{bad}}}
	doc.Disclosures.LabelTexts = []string{bad}
	d.Known = notice.Known(doc)
	for _, lang := range []string{"zh", "en"} {
		got := show(t, d, lang)
		assert.Empty(t, got.Tree.All("em"))
		text := got.Tree.Text()
		assert.NotContains(t, text, "\u202e")
		assert.NotContains(t, text, "\u200b")
		assert.Contains(t, text, "⟨U+202E⟩")
		assert.Less(t, len(says(t, got, "h1")), 1000)
		for _, n := range got.Tree.All("#gaps details") {
			assert.NotContains(t, n.Attr("open"), "open")
		}
	}
}
