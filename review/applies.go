package review

import (
	"slices"

	"github.com/listgate/listgate/analyzer"
)

// holding says whether an obligation applies, and why. The offers are the
// capabilities that trigger it.
type holding struct {
	answer Answer
	why    analyzer.Text
	offers []offer
	// blind is set where it is unknown because code was not read and no
	// capability was seen: there is then nothing that the steps could ask about.
	blind bool
	// undeclared is set where only a declaration could tell.
	undeclared bool
}

// applies reads a trigger: every key must hold, of a list one member.
func (s *subject) applies(t Trigger) holding {
	h := holding{answer: Yes}
	if t.AnyCapability || len(t.Capabilities) > 0 {
		h = s.capabilitiesHold(t)
	}
	if len(t.Flags) > 0 {
		h = both(h, s.flagsHold(t.Flags))
	}
	if len(t.AnyOf) > 0 {
		h = both(h, s.anyOfHolds(t.AnyOf))
	}
	if t.OnlyIf != (analyzer.Text{}) {
		h = both(h, holding{why: say("条件须人工判断：%[1]s", "a person judges the condition: %[2]s",
			t.OnlyIf.ZH, t.OnlyIf.EN)})
	}
	return h
}

// both joins two keys: one that does not hold decides, then one that is unknown.
func both(a, b holding) holding {
	rank := map[Answer]int{No: 0, Unknown: 1, Yes: 2}
	low := a
	if rank[b.answer] < rank[a.answer] {
		low = b
	}
	low.offers = slices.Clone(a.offers)
	for _, o := range b.offers {
		if !slices.ContainsFunc(low.offers, func(p offer) bool { return p.id == o.id }) {
			low.offers = append(low.offers, o)
		}
	}
	low.blind = low.answer == Unknown && (a.blind || b.blind)
	if a.answer == Unknown && b.answer == Unknown {
		low.why = sentences(a.why, b.why)
		low.undeclared = a.undeclared || b.undeclared
	}
	return low
}

func (s *subject) capabilitiesHold(t Trigger) holding {
	var hit []offer
	for _, o := range s.offers {
		if t.AnyCapability || slices.Contains(t.Capabilities, o.id) {
			hit = append(hit, o)
		}
	}
	offered := s.Declaration != nil && s.Declaration.Synthesis.Offered == Yes
	switch {
	case len(hit) > 0:
		return holding{answer: Yes, offers: hit}
	case offered && t.AnyCapability:
		return holding{answer: Yes}
	case offered && len(s.Declaration.Synthesis.Capabilities) == 0:
		return holding{blind: true, why: say("已声明提供生成合成服务，但未说明哪些能力",
			"generation is declared, but not which capabilities")}
	case s.unread.ZH != "":
		return holding{blind: true, why: sentences(
			say("未见生成合成能力，但不能据此认为没有",
				"no capability was seen, which does not mean that there is none"), s.unread)}
	}
	return holding{answer: No, why: say("未发现也未声明所涉的生成合成能力",
		"no capability that it concerns was found or declared")}
}

func (s *subject) flagsHold(flags []Flag) holding {
	var unknown, no []analyzer.Text
	for _, f := range flags {
		name := s.Law.Flags[f].Name
		switch s.flag(f) {
		case Yes:
			return holding{answer: Yes}
		case No:
			no = append(no, name)
		default:
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		names := listed(no)
		return holding{answer: No, why: say("声明为否：%[1]s", "declared as no: %[2]s", names.ZH,
			names.EN)}
	}
	names := listed(unknown)
	return holding{undeclared: true, why: say("是否适用不明，未声明：%[1]s",
		"whether it applies is unknown, not declared: %[2]s", names.ZH, names.EN)}
}

func (s *subject) flag(f Flag) Answer {
	if s.Declaration == nil {
		return Unknown
	}
	return s.Declaration.Flags[f]
}

func (s *subject) anyOfHolds(conditions []string) holding {
	var unknown, no holding
	for _, c := range conditions {
		h := s.conditionHolds(c)
		switch h.answer {
		case Yes:
			return holding{answer: Yes}
		case No:
			no = h
		default:
			unknown = h
		}
	}
	if unknown.why.ZH != "" {
		return unknown
	}
	return no
}

func (s *subject) conditionHolds(condition string) holding {
	if condition != ClaimsFiling {
		o, ok := s.Law.Obligation(condition)
		if !ok || len(o.Applies.AnyOf) > 0 {
			return holding{why: say("条件 %[1]s 不明", "condition %[1]s is unknown", condition)}
		}
		return s.applies(o.Applies)
	}
	switch {
	case len(s.claims) > 0:
		return holding{answer: Yes}
	case s.Declaration == nil:
		return holding{undeclared: true, why: say("没有声明，也未在安装包中见到备案编号",
			"there is no declaration, and the package shows no filing number")}
	}
	return holding{answer: No, why: say("没有声明或展示任何备案编号", "no filing number is declared or shown")}
}
