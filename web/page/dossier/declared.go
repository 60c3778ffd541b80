package dossier

import (
	"maps"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// row is one line of what was declared. Empty answers are shown: what is left out is
// unknown, and never "no".
type row struct {
	Label  ui.Sentence
	Values []string
}

// declared lists what the developer stated, in the order of the form.
func (v view) declared(d *review.Declaration) []row {
	rows := []row{
		{ui.Sentence("应用"), some(d.App.Name, d.App.ID, d.App.Version)},
		{ui.Sentence("其他名称"), d.App.Names},
		{ui.Sentence("类别"), some(d.App.Category)},
		{ui.Sentence("面向未成年人"), v.say(answers, d.App.TargetMinors)},
		{ui.Sentence("提供者"), some(d.Provider.Name, d.Provider.USCC, v.word(providerKinds,
			string(d.Provider.Kind)), d.Provider.IdentityDocument)},
		{ui.Sentence("用途"), some(d.Purpose)},
		{ui.Sentence("署名"), some(d.Signed.By, d.Signed.On)},
		{ui.Sentence("提供生成合成服务"), v.say(answers, d.Synthesis.Offered)},
		{ui.Sentence("声明的能力"), v.capabilities(d.Synthesis.Capabilities)},
		{ui.Sentence("角色"), some(v.word(declaredRoles, string(d.Synthesis.Role)))},
		{ui.Sentence("由用户自带服务"), v.say(answers, d.Synthesis.UserBringsService)},
		{ui.Sentence("特征"), v.flags(d.Flags)},
		{ui.Sentence("备案"), v.filings(d.Filings)},
		{ui.Sentence("备案变更办理中"), some(v.word(answers, string(d.ChangeFiling.UnderWay)),
			d.ChangeFiling.Since)},
		{ui.Sentence("安全评估"), v.assessed(d.Assessments)},
		{ui.Sentence("显式标识"), v.labels(d.Labels.Explicit)},
		{ui.Sentence("隐式标识"), v.labels(d.Labels.Implicit)},
		{ui.Sentence("协议条款"), some(d.Labels.AgreementClause)},
		{ui.Sentence("样本"), v.samples(d.Labels.Samples)},
		{ui.Sentence("备案号展示"), some(d.FilingDisplay.InApp, d.FilingDisplay.Link,
			d.FilingDisplay.Screenshot)},
		{ui.Sentence("被编辑者同意"), some(d.Consent.Prompt, d.Consent.Screenshot)},
		{ui.Sentence("提示在上传之前"), v.say(answers, d.Consent.BeforeUpload)},
		{ui.Sentence("单独同意"), v.say(answers, d.Consent.Separate)},
		{ui.Sentence("境外模型服务"), some(v.word(answers, string(d.ForeignService.Used)),
			d.ForeignService.Which, d.ForeignService.FiledModel)},
		{ui.Sentence("提交的文件"), documents(d.Documents)},
	}
	for i, r := range rows {
		rows[i].Values = fewOf(r.Values, maxRows).All
	}
	return rows
}

// some lists what is not empty.
func some(values ...string) []string {
	return slices.DeleteFunc(values, func(s string) bool { return s == "" })
}

// word is an id in words; an empty answer is said to be none.
func (v view) word(w words, id string) string {
	if _, ok := w[id]; !ok && id == "" {
		return ""
	}
	return name(w, id).In(v.Lang)
}

func (v view) say(w words, id review.Answer) []string { return some(v.word(w, string(id))) }

func (v view) capabilities(ids []analyzer.CapabilityID) []string {
	var out []string
	for _, id := range ids {
		out = append(out, v.capabilityName(id).In(v.Lang))
	}
	return out
}

func (v view) flags(flags map[review.Flag]review.Answer) []string {
	var out []string
	for _, flag := range slices.Sorted(maps.Keys(flags)) {
		title := string(flag)
		if v.Edition != nil && v.Edition.Law != nil {
			if t := v.Edition.Law.Flags[flag].Name.In(v.Lang); t != "" {
				title = t
			}
		}
		out = append(out, v.pair(title, v.word(answers, string(flags[flag]))))
	}
	return out
}

// pair joins a name and what is said of it.
func (v view) pair(name, value string) string {
	switch {
	case value == "":
		return name
	case v.Lang == "zh":
		return name + "：" + value
	}
	return name + ": " + value
}

func (v view) filings(list []review.Filing) []string {
	var out []string
	for _, f := range list {
		value := strings.Join(some(append([]string{f.Number, f.Model},
			v.capabilities(f.Covers)...)...), " · ")
		out = append(out, v.pair(v.word(series, string(f.Series)), value))
	}
	return out
}

func (v view) assessed(list []review.Assessed) []string {
	var out []string
	for _, a := range list {
		value := strings.Join(some(append([]string{
			a.Date, a.Conclusion, a.PlatformStatus, a.Document,
		}, v.capabilities(a.Covers)...)...), " · ")
		out = append(out, v.pair(v.word(assessments, string(a.Kind)), value))
	}
	return out
}

func (v view) labels(list map[string]review.Label) []string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(list)) {
		title := v.capabilityName(analyzer.CapabilityID(key)).In(v.Lang)
		if t, ok := modalities[key]; ok {
			title = t.In(v.Lang)
		}
		value := strings.Join(some(list[key].Description, list[key].Screenshot), " · ")
		out = append(out, v.pair(title, value))
	}
	return out
}

func (v view) samples(list []review.Sample) []string {
	var out []string
	for _, s := range list {
		out = append(out, v.pair(v.word(modalities, string(s.Modality)), s.File))
	}
	return out
}

func documents(list []review.Document) []string {
	var out []string
	for _, d := range list {
		out = append(out, strings.Join(some(d.Title, d.File), " · "))
	}
	return out
}
