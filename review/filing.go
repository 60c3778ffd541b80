package review

import (
	"cmp"
	"slices"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
)

// cover climbs the registry's ladder for one number, with the uses that the
// offers would be filed under.
func (s *subject) cover(c claimed, offers []offer) registry.Ladder {
	claim := registry.Claim{
		Series: c.series, Number: c.number, Entity: s.entity(), AppNames: s.appNames(),
		AsOf: s.AsOf,
	}
	for _, o := range offers {
		claim.Uses = append(claim.Uses, registry.Use{
			Capability: s.capabilityName(o.id).ZH, Words: s.Law.Capabilities[o.id].Uses,
		})
	}
	return registry.Cover(s.Registry, claim)
}

// best returns the ladder of the number that serves the application best; ok is
// false where no number of the series is declared or shown. All checks on a
// series look at the same ladder, so that they tell one story.
func (t *trial) best(series registry.Series) (l registry.Ladder, ok bool) {
	ladders, climbed := t.ladders[series]
	if !climbed {
		for _, c := range t.numbers(series) {
			ladders = append(ladders, t.cover(c, t.subject.offers))
		}
		t.ladders[series] = ladders
	}
	if len(ladders) == 0 {
		return registry.Ladder{}, false
	}
	return slices.MaxFunc(ladders, func(a, b registry.Ladder) int {
		return cmp.Compare(standing(a), standing(b))
	}), true
}

// standing orders ladders: a number that proves nothing for this developer comes
// after one that is only not in the lists held; then the longer climb is better.
func standing(l registry.Ladder) int {
	passed := 0
	for _, s := range l.Steps {
		switch s.Outcome {
		case registry.Passed, registry.Advice:
			passed++
		case registry.Failed:
			if s.Step != registry.StepProduct && s.Step != registry.StepUse {
				return passed
			}
		}
	}
	return len(l.Steps) + passed
}

// stopped names the rung on which a ladder ended.
func stopped(l registry.Ladder) registry.Step {
	for _, s := range l.Steps {
		if s.Outcome == registry.Failed || s.Outcome == registry.Unclear {
			return s
		}
	}
	return registry.Step{}
}

// rung answers with one step of a ladder. Where it did not pass, the near misses
// are said beside the reason: a person may see what a comparison must not take.
func rung(l registry.Ladder, name registry.StepName) question {
	return func() (registry.Outcome, analyzer.Text) {
		s := l.Step(name)
		why := []analyzer.Text{heard(s.Why)}
		for _, n := range l.NearMisses {
			if n.Step == name && s.Outcome != registry.Passed {
				why = append(why, heard(n.Why))
			}
		}
		return s.Outcome, sentences(why...)
	}
}

// reached returns the best ladder of the algorithm filings where it got as far
// as the rung. Otherwise it ends the check as not asked, naming the step.
func (t *trial) reached(name registry.StepName) (registry.Ladder, bool) {
	l, ok := t.best(registry.Algorithm)
	if !ok {
		step := name.Name()
		t.notAsked(say("未核对“%[1]s”：没有声明或展示算法备案编号，缺口见 FI-01",
			"step %[2]s not asked: no algorithm filing number is declared or shown; the gap "+
				"is that of FI-01", step.ZH, step.EN))
		return l, false
	}
	if l.Step(name).Outcome == registry.OutcomeNotAsked {
		t.notAsked(unreached(l, name))
		return l, false
	}
	return l, true
}

// unreached says why a rung was not asked: on which one the ladder ended, or what
// there was not to compare.
func unreached(l registry.Ladder, name registry.StepName) analyzer.Text {
	step, at := name.Name(), stopped(l)
	if at.Step == "" {
		why := l.Step(name).Why
		return say("未核对“%[1]s”：%[3]s", "step %[2]s not asked: %[4]s", step.ZH, step.EN, why.ZH,
			why.EN)
	}
	end := at.Step.Name()
	return say("未核对“%[1]s”：%[3]s 的核对止于“%[4]s”：%[6]s",
		"step %[2]s not asked: %[3]s stopped at the step %[5]s: %[7]s",
		step.ZH, step.EN, l.Claim.Number, end.ZH, end.EN, at.Why.ZH, at.Why.EN)
}

// noNumber answers where no number of a series is declared or shown.
func (t *trial) noNumber(what analyzer.Text) question {
	return t.declared(func(*Declaration) (registry.Outcome, analyzer.Text) {
		return registry.Failed, say("没有声明或展示%[1]s", "no %[2]s is declared or shown", what.ZH,
			what.EN)
	})
}

// unasked is a step that has nothing to look at.
func unasked() (registry.Outcome, analyzer.Text) {
	return registry.OutcomeNotAsked, say("没有可核对的编号", "there is no number to look at")
}

// filingExists is FI-01.
func filingExists(t *trial) {
	t.userBringsService()
	t.only(analyzer.FaceBeautify, say("美颜美妆是否须备案由人工判断",
		"whether beautification has to be filed is a person's reading"))
	l, ok := t.best(registry.Algorithm)
	if !ok {
		t.ask(t.noNumber(say("算法备案编号", "algorithm filing number")), unasked, unasked, unasked,
			unasked)
		return
	}
	t.ask(rung(l, registry.StepWellFormed), rung(l, registry.StepCheckDigit),
		rung(l, registry.StepInSnapshot),
		rung(l, registry.StepNotCancelled), rung(l, registry.StepClass))
}

// filingRole is FI-02. With no number at all the gap is that of FI-01.
func filingRole(t *trial) {
	l, ok := t.reached(registry.StepRole)
	if !ok {
		return
	}
	t.ask(rung(l, registry.StepRole), func() (registry.Outcome, analyzer.Text) {
		if l.Record == nil || len(l.Record.Products) == 0 && !l.Record.OpenEnded {
			return registry.Failed, say("清单的应用产品为“--”", "the list has -- as products")
		}
		return registry.Passed, say("清单列有应用产品", "the list names products")
	})
}

// filingEntity is FI-03.
func filingEntity(t *trial) {
	l, ok := t.reached(registry.StepEntity)
	if !ok {
		return
	}
	outcome, why := rung(l, registry.StepEntity)()
	paper, shown := t.document(DocRelation)
	if outcome == registry.Failed && shown {
		outcome = registry.Advice
	}
	t.rests.Declaration = t.Declaration == nil
	t.ask(func() (registry.Outcome, analyzer.Text) { return outcome, why },
		func() (registry.Outcome, analyzer.Text) {
			if outcome == registry.Passed || !shown {
				return registry.OutcomeNotAsked, say("没有提交关系证明", "no proof of a relation is given")
			}
			return registry.Unclear, say("提交了关系证明 %[1]s，须人工核对",
				"proof of a relation is given (%[1]s): a person compares", paper.File)
		})
}

// filingProduct is FI-04.
func filingProduct(t *trial) {
	l, ok := t.reached(registry.StepProduct)
	if !ok {
		return
	}
	outcome, why := rung(l, registry.StepProduct)()
	change := ChangeFiling{}
	if t.Declaration != nil {
		change = t.Declaration.ChangeFiling
	}
	underWay := change.UnderWay == Yes && outcome != registry.Passed
	if underWay {
		outcome = registry.Advice
	}
	t.ask(func() (registry.Outcome, analyzer.Text) { return outcome, why },
		func() (registry.Outcome, analyzer.Text) {
			switch {
			case !underWay:
				return registry.OutcomeNotAsked, say("未声明正在办理变更",
					"no change is declared to be under way")
			case change.Since == "":
				return registry.Failed, say("声明正在办理变更，但没有日期",
					"a change is declared to be under way, without a date")
			case t.AsOf != "" && change.Since > t.AsOf:
				return registry.Failed, say("变更日期 %[1]s 晚于核验日",
					"the change is dated %[1]s, after the day of the check", change.Since)
			}
			return registry.Unclear, say("自 %[1]s 起办理变更，须人工核对（变更应在十个工作日内办理）",
				"a change is under way since %[1]s: a person looks (changes are due within "+
					"ten working days)", change.Since)
		})
}

// filingUse is FI-05. The filings are taken together: each capability needs one
// that names it.
func filingUse(t *trial) {
	if _, ok := t.reached(registry.StepUse); !ok {
		return
	}
	covered := func(o offer) bool {
		return slices.ContainsFunc(t.numbers(registry.Algorithm), func(c claimed) bool {
			return t.cover(c, []offer{o}).Step(registry.StepUse).Outcome == registry.Passed
		})
	}
	t.ask(func() (registry.Outcome, analyzer.Text) {
		sure, likely := t.lacking(covered)
		if missing := append(sure, likely...); len(missing) > 0 {
			names := t.names(missing)
			return registry.Unclear, say("没有备案的名称或用途提到%[1]s，须人工核对",
				"no filing names %[2]s in name or use: a person looks", names.ZH, names.EN)
		}
		return registry.Passed, say("备案的名称或用途覆盖各项能力",
			"name or use of the filings cover every capability")
	})
}

// filingNotCancelled is FI-06.
func filingNotCancelled(t *trial) {
	l, ok := t.reached(registry.StepNotCancelled)
	if ok {
		t.ask(rung(l, registry.StepNotCancelled))
	}
}
