package review

import (
	"slices"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/number"
)

// registration is FI-09. Its trigger holds for public-opinion services too, but
// it asks only of those that call a filed model.
func registration(t *trial) {
	t.userBringsService()
	if t.offersNothing() {
		t.notAsked(say("声明不提供生成合成服务，安装包亦未显示",
			"no generation is declared to be offered, and the package shows none"))
		return
	}
	switch t.flag(CallsFiledModel) {
	case No:
		t.notAsked(say("声明不调用第三方已备案模型，无须登记",
			"no third party's filed model is called by the declaration: nothing to register"))
		return
	case Unknown:
		t.doubt(say("未声明是否调用第三方已备案模型",
			"whether a third party's filed model is called is not declared"))
	}
	if t.flag(PublicOpinion) != Yes {
		t.doubt(say("未声明具有舆论属性，是否须登记由人工判断",
			"the public-opinion attribute is not declared: a person judges whether "+
				"registration is due"))
	}
	l, ok := t.best(registry.GenAIListed)
	if !ok {
		t.ask(t.noNumber(say("登记的上线编号", "registration number")), unasked, unasked,
			t.declared(t.underlyingModel))
		return
	}
	t.ask(func() (registry.Outcome, analyzer.Text) {
		if class := l.Step(registry.StepClass); class.Outcome == registry.Failed {
			return registry.Failed, heard(class.Why)
		}
		return rung(l, registry.StepWellFormed)()
	}, rung(l, registry.StepInSnapshot), rung(l, registry.StepEntity),
		t.declared(t.underlyingModel))
}

// offersNothing reports whether the developer denies generation and a package
// that was read whole agrees.
func (t *trial) offersNothing() bool {
	return t.Declaration != nil && t.Declaration.Synthesis.Offered == No &&
		len(t.subject.offers) == 0 && t.unread.ZH == ""
}

// underlyingModel looks for the filed model that a registration rests on.
func (t *trial) underlyingModel(*Declaration) (registry.Outcome, analyzer.Text) {
	for _, c := range t.numbers(registry.GenAIFiled) {
		if !c.shown {
			return t.filedModel(c.number)
		}
	}
	for _, c := range t.numbers(registry.GenAIListed) {
		if c.model != "" {
			return t.filedModel(c.model)
		}
	}
	return registry.Failed, say("没有填写底层模型的备案号", "the underlying model's number is not given")
}

// filedModel looks a model's number up. A name instead of a number is for a
// person to compare.
func (t *trial) filedModel(text string) (registry.Outcome, analyzer.Text) {
	n, err := number.Parse(text)
	if err != nil || n.Kind != number.KindFiled || !n.WellFormed {
		return registry.Unclear, say("“%[1]s”不是模型备案号，须人工核对",
			"%[1]q is no filing number of a model: a person looks", text)
	}
	reply := t.Registry.Find(registry.GenAIFiled, n.Normal, t.AsOf)
	if reply.Answer != registry.Found {
		return registry.Unclear, say("模型备案号 %[1]s 不在所持清单中",
			"the model's number %[1]s is not in the lists held", n.Normal)
	}
	r := reply.Records[0]
	return registry.Passed, say("模型“%[1]s”（%[2]s，%[3]s）", "model %[1]s (%[2]s, %[3]s)", r.Name,
		r.Entity, r.Number)
}

// foreignService is FI-12.
func foreignService(t *trial) {
	t.userBringsService()
	found := t.foreignEndpoints()
	var rules []string
	confirmed := false
	for _, f := range found {
		rules = append(rules, f.Rule)
		confirmed = confirmed || f.Confidence == analyzer.Confirmed
	}
	t.rests.Findings = rules
	used := t.Declaration != nil && t.Declaration.ForeignService.Used == Yes
	if len(found) > 0 && !confirmed && !used {
		t.limit(say("境外接口未经证实", "the foreign endpoint is not confirmed"))
	}
	t.ask(func() (registry.Outcome, analyzer.Text) { return t.foreignSeen(found, used) },
		func() (registry.Outcome, analyzer.Text) {
			if len(found) == 0 && !used {
				return registry.OutcomeNotAsked, say("没有须核对的境外接口",
					"there is no foreign endpoint to look at")
			}
			return t.declared(t.foreignFiled)()
		})
}

// foreignEndpoints are the findings of generative services from abroad.
func (t *trial) foreignEndpoints() []analyzer.Finding {
	var out []analyzer.Finding
	for _, f := range t.Findings {
		generates := slices.ContainsFunc(f.Features, func(feature string) bool {
			return len(analyzer.FeatureCapabilities(feature)) > 0
		})
		if f.Kind == analyzer.KindEndpoint && generates &&
			slices.Contains(t.Law.Foreign, f.Vendor) {
			out = append(out, f)
		}
	}
	return out
}

// foreignSeen is the first step: an endpoint leads to the second question, its
// absence is believed only where the code was read and the developer says so.
func (t *trial) foreignSeen(found []analyzer.Finding, used bool) (registry.Outcome, analyzer.Text) {
	switch {
	case len(found) > 0:
		f := found[0]
		return registry.Advice, say("安装包指向境外接口：%[1]s（%[2]s）",
			"the package points to a foreign endpoint: %[1]s (%[2]s)", f.Rule, f.Vendor)
	case used:
		which := t.Declaration.ForeignService.Which
		return registry.Advice, say("声明使用境外服务：%[1]s", "a foreign service is declared: %[1]s", which)
	case t.unread.ZH != "":
		return registry.Unclear, sentences(say("未见境外接口，但不能据此认为没有",
			"no foreign endpoint was seen, which does not mean that there is none"), t.unread)
	case t.Declaration == nil || t.Declaration.ForeignService.Used != No:
		t.rests.Declaration = t.Declaration == nil
		return registry.Unclear, say("安装包中未见境外接口，开发者未说明是否使用（服务器端调用不可见）",
			"the package shows no foreign endpoint; the developer does not say whether one is "+
				"used (calls from a server do not show)")
	}
	return registry.Passed, say("安装包中未见境外接口，声明不使用",
		"the package shows no foreign endpoint, and none is declared to be used")
}

func (t *trial) foreignFiled(d *Declaration) (registry.Outcome, analyzer.Text) {
	if d.ForeignService.FiledModel == "" {
		return registry.Failed, say("没有为其填写境内备案的模型", "no model filed in China is given for it")
	}
	return t.filedModel(d.ForeignService.FiledModel)
}
