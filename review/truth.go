package review

import (
	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
)

// undeclared lists the capabilities that the package shows with strong evidence
// and the declaration denies: by answering no, or by a list that leaves them out.
func (t *trial) undeclared() []offer {
	var out []offer
	d := t.Declaration
	if d == nil || d.Synthesis.Offered == Unknown {
		return nil
	}
	if d.Synthesis.Offered == Yes && len(d.Synthesis.Capabilities) == 0 {
		return nil
	}
	for _, o := range t.subject.offers {
		if !o.declared && o.confidence.Rank() >= analyzer.Probable.Rank() {
			out = append(out, o)
		}
	}
	return out
}

// statementAgainstPackage is TR-01. Strong evidence against a denial is a
// mismatch; a declared capability that was never seen is a remark, since most
// generation runs on a server.
func statementAgainstPackage(t *trial) {
	denied := t.undeclared()
	t.ask(t.declared(func(d *Declaration) (registry.Outcome,
		analyzer.Text) {
		return t.contradiction(d, denied)
	}),
		t.declared(t.neverSeen))
	t.offers, t.strong = denied, true
}

func (t *trial) contradiction(d *Declaration, denied []offer) (registry.Outcome, analyzer.Text) {
	names := t.names(denied)
	switch {
	case d.Synthesis.Offered == Unknown:
		return registry.Unclear, say("没有回答是否提供生成合成服务",
			"whether generation or synthesis is offered is not answered")
	case len(denied) > 0 && d.Synthesis.Offered == No:
		return registry.Failed, say("声明不提供生成合成服务，安装包却显示：%[1]s",
			"declared as offering none, but the package shows: %[2]s", names.ZH, names.EN)
	case len(denied) > 0:
		return registry.Failed, say("声明的能力中没有，安装包却显示：%[1]s",
			"not among the declared capabilities, but the package shows: %[2]s", names.ZH, names.EN)
	case t.unread.ZH != "":
		return registry.Unclear, sentences(say("未见矛盾，但安装包没有读全",
			"no contradiction was seen, but the package was not read whole"), t.unread)
	case d.Synthesis.Offered == Yes && len(d.Synthesis.Capabilities) == 0:
		return registry.Unclear, say("声明提供，但未列明能力",
			"declared as offered, without saying which capabilities")
	}
	return registry.Passed, say("安装包没有显示未声明的能力", "the package shows nothing that is not declared")
}

func (t *trial) neverSeen(*Declaration) (registry.Outcome, analyzer.Text) {
	var unseen []offer
	for _, o := range t.subject.offers {
		if o.declared && o.confidence == "" {
			unseen = append(unseen, o)
		}
	}
	if len(unseen) == 0 {
		return registry.Passed, say("没有声明了却未见的能力", "no capability is declared that was not seen")
	}
	names := t.names(unseen)
	return registry.Unclear, say("已声明但安装包中未见：%[1]s（多在服务器端实现）",
		"declared but not seen in the package: %[2]s (mostly done on a server)", names.ZH, names.EN)
}
