package notice_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/law"
	"github.com/listgate/listgate/review/notice"
	"github.com/listgate/listgate/review/report/reporttest"
)

var now = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

var deadline = review.Deadline{From: now, WorkingDays: 10, Day: "2026-12-07",
	At: time.Date(2026, 12, 7, 16, 0, 0, 0, time.UTC)}

// input is a letter on a measure, with everything that it can hold.
func input(t *testing.T, act review.Act) notice.Input {
	t.Helper()
	e, err := law.Load("2026-11")
	require.NoError(t, err)
	made := review.DecisionAct{On: act.Event(), At: now}
	d := review.Decision{
		ID: "d-1", Case: "c-1", App: "a-1", Release: "r-1", At: now,
		Proposal: review.Proposal{
			Act:     act,
			Grounds: review.Grounds{Articles: []string{"dsp 13"}, Obligations: []string{"FI-01"}},
			Evidence: []review.Pointer{
				{Kind: review.PointFinding, ID: "swap-sdk"}, {Kind: review.PointCheck, ID: "FI-01"},
			},
			Reason: "安装包含有换脸能力，\n所填备案编号属于技术支持者。",
		},
		Made: review.MadeOn{Law: e.ID, Rules: "r0", Policy: "2026-11-01",
			Snapshots: []review.SnapshotRef{{Source: "algorithm.csv", Published: "2026-10-30",
				Stale: true}}},
	}
	if act.Measure.Needs().Remedy {
		d.Remedy = analyzer.Text{ZH: "以自己的名义办理备案。", EN: "File in your own name."}
	}
	if act.Measure.Needs().Term {
		made.Deadline = &deadline
	}
	if act.Measure == review.MeasureWarn {
		d.Consequence = &review.Act{Measure: review.MeasureSuspend, Scope: review.ScopeDownloads}
	}
	if act.Scope == review.ScopeFunction {
		d.Function = "视频换脸"
	}
	if act.Measure == review.MeasureList {
		d.Conditions = []string{"十日内补交截图"}
	}
	d.Acts = []review.DecisionAct{made}
	return notice.Input{
		Store:    analyzer.Text{ZH: "示例应用商店", EN: "Example Store"},
		Decision: d, Versions: []string{"1.10"}, Edition: e,
		App: review.App{Name: "魔法相机", Package: "com.example.swap", Provider: "示例科技有限公司"},
		Found: []notice.Found{
			{Pointer: d.Evidence[0], What: analyzer.Text{ZH: "发现换脸开发包", EN: "a face-swap kit"},
				Where: []string{"classes2.dex@0x1f40", "lib/arm64-v8a/libswap.so"}},
			{Pointer: d.Evidence[1], What: analyzer.Text{ZH: "核验 FI-01：不符合",
				EN: "check FI-01: unmet"}},
		},
		Appeal: notice.Appeal{Where: analyzer.Text{ZH: "https://store.example/appeal",
			EN: "https://store.example/en/appeal"}, Days: 60},
	}
}

func letters(t *testing.T, in notice.Input) map[string]string {
	t.Helper()
	f, err := notice.Of(in)
	require.NoError(t, err)
	out := map[string]string{}
	for _, lang := range notice.Languages() {
		text, err := f.Letter(lang)
		require.NoError(t, err)
		assert.NotContains(t, text, "<no value>")
		assert.NotContains(t, text, "%!")
		assert.NotContains(t, text, "\n\n\n")
		out[lang] = text
	}
	return out
}

func TestLettersOfEveryMeasure(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, review.Acts())
	for _, act := range review.Acts() {
		name := strings.ReplaceAll(string(act.Event()), "/", "_")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for lang, text := range letters(t, input(t, act)) {
				reporttest.Golden(t, name+"_"+lang, text)
			}
		})
	}
}

// Each clause, fact, deadline, remedy and the way to appeal stands in both letters.
func TestBothLettersSayTheSame(t *testing.T) {
	t.Parallel()
	for _, act := range review.Acts() {
		t.Run(strings.ReplaceAll(string(act.Event()), "/", "_"), func(t *testing.T) {
			t.Parallel()
			in := input(t, act)
			f, err := notice.Of(in)
			require.NoError(t, err)
			for lang, letter := range letters(t, in) {
				short, _, _ := strings.Cut(lang, "-")
				for _, want := range says(f, short) {
					assert.Contains(t, letter, want, lang)
				}
			}
		})
	}
}

// says lists everything that a letter of these facts has to hold.
func says(f notice.Facts, lang string) []string {
	out := []string{f.Store.In(lang), f.App, f.Package, f.Provider, f.Decision, f.Case, f.At,
		f.Appeal.Where.In(lang), f.Appeal.Until, f.Made.Law, f.Made.Rules, f.Made.Policy,
		f.Function, f.Made.Snapshots[0].Source, f.Made.Snapshots[0].Published}
	out = append(append(out, f.Versions...), f.Conditions...)
	out = append(out, strings.Split(f.Reason, "\n")...)
	for _, g := range f.Grounds {
		out = append(out, g.Instrument.In(lang), g.Place.In(lang), g.Obligation, g.Title.In(lang))
		for _, l := range strings.Split(g.Wording, "\n") {
			out = append(out, strings.TrimSpace(l))
		}
	}
	for _, found := range f.Findings {
		out = append(append(out, found.What.In(lang)), found.Where...)
	}
	for _, r := range f.Remedies {
		out = append(out, r.In(lang))
	}
	if f.Deadline != nil {
		out = append(out, f.Deadline.Day, "10", f.Deadline.Consequence.In(lang))
	}
	return out
}

func TestFactsHoldWhatTheyShould(t *testing.T) {
	t.Parallel()
	f, err := notice.Of(input(t, review.Act{Measure: review.MeasureRefuse}))
	require.NoError(t, err)
	require.Len(t, f.Grounds, 3)
	assert.Equal(t, "第十九条第一款", f.Grounds[0].Place.ZH)
	assert.Equal(t, "Article 19(1)", f.Grounds[0].Place.EN)
	assert.Equal(t, "FI-01", f.Grounds[0].Obligation)
	assert.Equal(t, "第十三条", f.Grounds[2].Place.ZH)
	assert.Contains(t, f.Grounds[2].Wording, "应当落实上架审核")
	assert.Equal(t, "2026-11-23 10:00", f.At)
	assert.Equal(t, "2027-01-22", f.Appeal.Until)
	assert.NotEmpty(t, f.Remedies, "a refusal says what would cure it")
	assert.Nil(t, f.Deadline)
}

// Every article that an obligation cites can be put into a letter.
func TestEveryGroundHasItsPlace(t *testing.T) {
	t.Parallel()
	in := input(t, review.Act{Measure: review.MeasureRefuse})
	in.Decision.Grounds = review.Grounds{}
	for _, o := range in.Edition.Law.Obligations {
		in.Decision.Grounds.Obligations = append(in.Decision.Grounds.Obligations, o.ID)
	}
	f, err := notice.Of(in)
	require.NoError(t, err)
	require.Greater(t, len(f.Grounds), 60)
	places := map[string]string{}
	for _, g := range f.Grounds {
		assert.NotEmpty(t, g.Instrument.ZH, g.Citation)
		assert.NotEmpty(t, g.Instrument.EN, g.Citation)
		assert.NotEmpty(t, g.Place.ZH, g.Citation)
		places[g.Citation] = g.Place.ZH
	}
	for citation, want := range map[string]string{
		"dsp 19(1)": "第十九条第一款", "dsp 15(2)(一)": "第十五条第二款第（一）项",
		"gb45438 5.1-5.6": "5.1-5.6", "appfiling 2(9)": "第二部分（九）",
		"gb45438 6.1, Annex E": "6.1、附录 E", "csl 21(3)": "第二十一条（3）",
	} {
		assert.Equal(t, want, places[citation], citation)
	}
}

// aside is what a Chinese letter may say in Latin letters: in brackets, as the name of
// a field or of an element of the standard, and addresses.
var aside = regexp.MustCompile(
	`（[^（）]*）|[a-z:/.]+\.(gov\.cn|example)[a-z/]*|AIGC|ContentProducer|ProduceID|Label`)

// latin is a word that somebody who reads Chinese alone does not understand.
var latin = regexp.MustCompile(`[A-Za-z]{4,}`)

// Whatever an obligation is about, the Chinese letter says it in Chinese: what it asks,
// where it stands in the law, and how to mend it.
func TestChineseLettersAreInChinese(t *testing.T) {
	t.Parallel()
	in := input(t, review.Act{Measure: review.MeasureRefuse})
	in.Found = in.Found[1:]
	in.Decision.Evidence = in.Decision.Evidence[1:]
	in.Decision.Made.Snapshots = nil
	in.App.Package = "应用"
	require.NotEmpty(t, in.Edition.Law.Obligations)
	for _, o := range in.Edition.Law.Obligations {
		in.Decision.Grounds = review.Grounds{Obligations: []string{o.ID}}
		letter := letters(t, in)["zh-CN"]
		for line := range strings.Lines(letter) {
			if strings.Contains(line, "{\"AIGC\"") || strings.Contains(line, "由Label表示") {
				continue // the wording of the standard
			}
			assert.NotRegexp(t, latin, aside.ReplaceAllString(line, ""), o.ID)
		}
	}
}

func TestGroundOfANumberAloneSaysItsGist(t *testing.T) {
	t.Parallel()
	in := input(t, review.Act{Measure: review.MeasureRefuse})
	in.Decision.Grounds = review.Grounds{Obligations: []string{"CO-01", "LB-03"}}
	both := letters(t, in)
	assert.Contains(t, both["zh-CN"], "第二十九条；义务 CO-01："+
		"提示使用者告知被编辑的个人并取得其单独同意\n    要点（非条文原文）：单独同意\n")
	assert.Contains(t, both["zh-CN"], "要点（非条文原文）：标识的文字；交互界面中持续显示的标识\n")
	assert.Contains(t, both["en"], "In substance: separate consent\n")
	assert.Contains(t, both["en"],
		"In substance: wording of marks; continuously shown interface mark\n")
}

func TestFollowUpLetters(t *testing.T) {
	t.Parallel()
	fell := input(t, review.Act{Measure: review.MeasureWarn})
	fell.On = review.EventFellDue
	fell.Decision.Acts = append(fell.Decision.Acts, review.DecisionAct{On: review.EventFellDue,
		At: deadline.At.Add(26 * time.Hour), Late: 26 * time.Hour})
	extended := input(t, review.Act{Measure: review.MeasureWarn})
	extended.On = review.EventExtend
	longer := deadline
	longer.Day, longer.WorkingDays, longer.Missing = "2027-01-11", 34, []int{2027}
	extended.Decision.Acts = append(extended.Decision.Acts,
		review.DecisionAct{On: review.EventExtend, At: now.Add(time.Hour), Deadline: &longer})
	lapsed := input(t, review.Act{Measure: review.MeasureSuspend, Scope: review.ScopeDownloads})
	lapsed.On = review.EventLapse
	lapsed.Decision.Emergency = &review.Emergency{}
	lapsed.Decision.Acts = append(lapsed.Decision.Acts, review.DecisionAct{On: review.EventLapse,
		At: now.Add(review.RatifyTime)})
	urgent := input(t, review.Act{Measure: review.MeasureRemove})
	urgent.Decision.Emergency = &review.Emergency{Order: &review.Order{
		Authority: "某市互联网信息办公室", Reference: "〔2026〕12号"}}
	automated := input(t, review.Act{Measure: review.MeasureList})
	automated.Decision.Automated, automated.Decision.Made.Snapshots = true, nil
	automated.Decision.Cures = true
	for name, in := range map[string]notice.Input{"fell_due": fell, "extend": extended,
		"lapse": lapsed, "urgent": urgent, "automated": automated} {
		for lang, text := range letters(t, in) {
			reporttest.Golden(t, name+"_"+lang, text)
		}
	}
}

// Names and reasons are hostile: nothing of them reads as a part of the letter.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	in := input(t, review.Act{Measure: review.MeasureWarn})
	in.App.Name = "相机\u202e\n一、决定\n准予上架。"
	in.App.Provider = "{{.Store}}\x1b[2J<b>\u200b"
	in.App.Package = strings.Repeat("长", 2000)
	in.Decision.Reason = "理由\r\n九、本通知作废\u2028请忽略\n\x00"
	in.Found[0].What = analyzer.Text{ZH: "a\nb", EN: "a\nb"}
	in.Found[0].Where = []string{"x\ny", "\ufeffz"}
	for lang, letter := range letters(t, in) {
		for _, bad := range []string{"\u202e", "\x1b", "\u200b", "\u2028", "\x00", "\ufeff", "\r"} {
			assert.NotContains(t, letter, bad, lang)
		}
		assert.Contains(t, letter, `相机\u{202e}\u{a}一、决定\u{a}准予上架。`)
		assert.Contains(t, letter, `{{.Store}}\u{1b}[2J<b>\u{200b}`)
		assert.Contains(t, letter, `x\u{a}y`)
		assert.Contains(t, letter, "\n    九、本通知作废", "indented, not a heading")
		assert.NotContains(t, letter, "\n九、本通知作废")
		assert.NotContains(t, letter, strings.Repeat("长", 501))
		for _, l := range strings.Split(letter, "\n") {
			assert.Less(t, len([]rune(l)), 1200, lang)
		}
	}
}

func TestOfRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		edit func(in *notice.Input)
	}{
		{"no_store", func(in *notice.Input) { in.Store.ZH = "" }},
		{"no_appeal", func(in *notice.Input) { in.Appeal.Where.ZH = "" }},
		{"no_edition", func(in *notice.Input) { in.Edition = nil }},
		{"other_edition", func(in *notice.Input) { in.Decision.Made.Law = "2025-01" }},
		{"evidence_without_words", func(in *notice.Input) { in.Found = in.Found[:1] }},
		{"empty_words", func(in *notice.Input) { in.Found[1].What = analyzer.Text{} }},
		{"unknown_article", func(in *notice.Input) {
			in.Decision.Grounds.Articles = []string{"dsp 99"}
		}},
		{"unknown_obligation", func(in *notice.Input) {
			in.Decision.Grounds.Obligations = []string{"FI-99"}
		}},
		{"only_proposed", func(in *notice.Input) {
			in.Decision.Acts[0].On = review.EventPropose
		}},
		{"did_not_lapse", func(in *notice.Input) { in.On = review.EventLapse }},
		{"no_such_letter", func(in *notice.Input) { in.On = in.Decision.Event() }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in := input(t, review.Act{Measure: review.MeasureRefuse})
			test.edit(&in)
			f, err := notice.Of(in)
			require.ErrorIs(t, err, review.ErrInvalid)
			assert.Empty(t, cmp.Diff(notice.Facts{}, f))
		})
	}
}

func TestLetterInNoSuchLanguage(t *testing.T) {
	t.Parallel()
	f, err := notice.Of(input(t, review.Act{Measure: review.MeasureRefuse}))
	require.NoError(t, err)
	for _, lang := range []string{"", "zh", "fr", "../letter"} {
		text, err := f.Letter(lang)
		assert.ErrorIs(t, err, review.ErrInvalid, lang)
		assert.Empty(t, text)
	}
}
