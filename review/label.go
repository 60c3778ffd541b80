package review

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
)

// labelled reports whether labels have an entry for the capability or for one of
// its modalities, and returns it.
func (t *trial) labelled(labels map[string]Label, id analyzer.CapabilityID) (Label, bool) {
	keys := []string{string(id)}
	for _, m := range t.Law.Capabilities[id].Modalities {
		keys = append(keys, string(m))
	}
	for _, k := range keys {
		if l, ok := labels[k]; ok && l.Description != "" {
			return l, true
		}
	}
	return Label{}, false
}

// labelMaterial is ST-02.
func labelMaterial(t *trial) {
	t.ask(t.declared(func(d *Declaration) (registry.Outcome, analyzer.Text) {
		if len(t.offers) == 0 {
			return registry.Unclear, say("未说明提供哪些能力，无法核对标识材料",
				"which capabilities are offered is not stated")
		}
		return t.each(func(o offer) bool {
			_, explicit := t.labelled(d.Labels.Explicit, o.id)
			_, implicit := t.labelled(d.Labels.Implicit, o.id)
			return explicit || implicit
		}, say("没有标识说明", "no label is described for"),
			say("各项能力均有标识说明", "a label is described for every capability"))
	}), t.declared(func(d *Declaration) (registry.Outcome, analyzer.Text) {
		if d.Labels.AgreementClause == "" {
			return registry.Failed, say("没有用户服务协议中的标识条款",
				"the clause of the user agreement is not given")
		}
		return registry.Passed, say("已给出协议条款", "the clause of the agreement is given")
	}), t.declared(func(d *Declaration) (registry.Outcome, analyzer.Text) {
		return t.each(func(o offer) bool { return t.sampled(d, o.id) },
			say("没有样本文件", "there is no sample file for"), say("各模态均有样本文件",
				"there is a sample file for every modality"))
	}))
}

func (t *trial) sampled(d *Declaration, id analyzer.CapabilityID) bool {
	return slices.ContainsFunc(d.Labels.Samples, func(s Sample) bool {
		return slices.Contains(t.Law.Capabilities[id].Modalities, s.Modality)
	})
}

// explicitLabel is LB-03. Wording is read from the description or the package;
// sizes and times are a person's to measure on the screenshot and the sample, so
// the check is met by no declaration alone.
func explicitLabel(t *trial) {
	t.ask(t.declared(t.labelWording),
		t.measured(ModalityImage, ModalityVideo, ModalityScene),
		t.measured(ModalityVideo), t.measured(ModalityAudio),
		t.declared(func(d *Declaration) (registry.Outcome, analyzer.Text) {
			sure, likely := t.lacking(func(o offer) bool {
				l, _ := t.labelled(d.Labels.Explicit, o.id)
				return l.Screenshot != ""
			})
			if missing := append(sure, likely...); len(missing) > 0 {
				names := t.names(missing)
				return registry.Unclear, say("没有标识截图：%[1]s",
					"there is no screenshot of the label for: %[2]s", names.ZH, names.EN)
			}
			return registry.Unclear, say("标识是否持续可见须人工查看截图",
				"a person looks at the screenshots whether the label stays visible")
		}))
}

func (t *trial) labelWording(d *Declaration) (registry.Outcome, analyzer.Text) {
	return t.each(func(o offer) bool {
		l, ok := t.labelled(d.Labels.Explicit, o.id)
		return ok && (t.readsAsLabel(l.Description) || len(t.Disclosures.LabelTexts) > 0)
	}, say("没有含“人工智能/AI”和“生成/合成”字样的显式标识",
		"no explicit label with AI and 生成 or 合成 is described for"),
		say("显式标识的文字符合要求", "the wording of the explicit label is as asked"))
}

// readsAsLabel reports whether a text has a word for AI and one for generation
// or synthesis. GB 45438-2025, 5.1.
func (t *trial) readsAsLabel(text string) bool {
	h := t.Law.Hints
	return containsAny(text, h.LabelAI) && containsAny(text, h.LabelMade)
}

// containsAny looks for words that are in lower case.
func containsAny(text string, words []string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// measured asks for what must be measured on a result of one of the modalities.
func (t *trial) measured(modalities ...Modality) question {
	return func() (registry.Outcome, analyzer.Text) {
		concerned := slices.ContainsFunc(t.offers, func(o offer) bool {
			return slices.ContainsFunc(t.Law.Capabilities[o.id].Modalities, func(m Modality) bool {
				return slices.Contains(modalities, m)
			})
		})
		if !concerned {
			return registry.OutcomeNotAsked, say("不涉及该模态", "no capability makes such content")
		}
		return registry.Unclear, say("须在样本和截图上测量", "to be measured on sample and screenshot")
	}
}

// FeatureLabelRemoval is the feature of a finding that removes or hides labels.
const FeatureLabelRemoval = "label-removal"

// labelRemoval is LB-08. Words are a hint only: they lead to a person.
func labelRemoval(t *trial) {
	t.ask(func() (registry.Outcome, analyzer.Text) { return t.removalSeen() },
		func() (registry.Outcome, analyzer.Text) {
			return registry.OutcomeNotAsked, say("没有处理前后的样本",
				"there is no sample before and after processing")
		})
}

func (t *trial) removalSeen() (registry.Outcome, analyzer.Text) {
	for _, f := range t.Findings {
		if slices.Contains(f.Features, FeatureLabelRemoval) {
			t.rests.Findings = append(t.rests.Findings, f.Rule)
			if f.Confidence != analyzer.Confirmed {
				return registry.Unclear, say("可能含有去除标识的功能：%[1]s",
					"there may be a function that removes labels: %[1]s", f.Rule)
			}
			return registry.Failed, say("含有去除标识的功能：%[1]s",
				"there is a function that removes labels: %[1]s", f.Rule)
		}
	}
	if hint, ok := t.removalHint(); ok {
		return registry.Unclear, say("文字“%[1]s”（%[2]s）提示可能去除标识，须人工查看",
			"the text %[1]q (%[2]s) hints at removing labels: a person looks", excerpt(hint.Value),
			hint.Where)
	}
	if t.unread.ZH != "" {
		return registry.Unclear, sentences(say("未见去除标识的功能或者文字，但不能据此认为没有",
			"no hint was seen, which does not mean that there is none"), t.unread)
	}
	return registry.Passed, say("安装包中未见去除标识的功能或者文字；商店页面未检查",
		"the package shows no hint; the listing was not examined")
}

// A function's name is short; an agreement that speaks of removal is long.
const longestHint = 60

// removalHint finds a short text that names the removal of AI marks, or of marks
// in general where the application has to do with AI content.
func (t *trial) removalHint() (analyzer.String, bool) {
	if t.Facts == nil {
		return analyzer.String{}, false
	}
	h := t.Law.Hints
	for _, s := range t.Facts.Strings {
		if s.Kind != analyzer.TextString || utf8.RuneCountInString(s.Value) > longestHint ||
			containsAny(s.Value, h.Forbids) {
			continue
		}
		marks := containsAny(s.Value, h.RemoveMark) && len(t.subject.offers) > 0
		if marks || containsAny(s.Value, h.RemoveVerb) && containsAny(s.Value, h.RemoveAIMark) {
			return s, true
		}
	}
	return analyzer.String{}, false
}

// excerpt keeps a sentence readable.
func excerpt(s string) string {
	const limit = 60
	if r := []rune(s); len(r) > limit {
		return string(r[:limit]) + "…"
	}
	return s
}
