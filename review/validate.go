package review

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The reason of a decision, in Chinese characters and in characters at all.
const (
	MinReason = 10
	MaxReason = 4000
)

// check returns a *Refusal with every problem, or nil.
func (in DecisionInput) check() error {
	var found complaints
	if in.Law == nil || in.Articles == nil || in.Calendar == nil {
		found.invalid("made", "made-on", say("缺少法规或者工作日历", "law or calendar is missing"))
		return found.err()
	}
	in.checkCase(&found)
	in.checkAct(&found)
	in.checkGrounds(&found)
	in.checkEvidence(&found)
	checkReason(&found, "reason", in.Proposal.Reason)
	in.checkRemedy(&found)
	in.checkTerm(&found)
	in.checkConsequence(&found)
	in.checkEmergency(&found)
	in.checkMade(&found)
	return found.err()
}

// checkCase holds version, claim and state against who decides.
func (in DecisionInput) checkCase(found *complaints) {
	c := in.Case
	if in.ID == "" || c.Decision(in.ID) >= 0 {
		found.invalid("id", "id", say("决定没有新的编号", "the decision has no new id"))
	}
	if in.Rev != c.Rev {
		found.conflict("rev", "stale", say("案件已被他人更改，请重新载入",
			"the case was changed by another; load it again"))
	}
	if !in.By.Known() {
		found.forbidden("by", "actor", say("没有决定人", "nobody decides"))
	}
	_, err := c.After(in.caseEvent(), in.By.Role)
	switch {
	case !in.Proposal.Act.Known():
	case in.byPolicy:
		found.take("case", err)
	case in.By.Role == RolePipeline:
		found.forbidden("by", "not-a-person", say("处置决定只能由人作出",
			"only a person decides"))
	case c.State == CaseClaimed && !c.Claim.By.Same(in.By):
		found.take("case", &ClaimedError{c.Claim.By, c.Claim.Until})
	case c.State == CaseClaimed && !c.Claim.Held(in.Now):
		found.conflict("case", "claim-expired", say("领取已过期，请重新领取",
			"the claim has run out; claim the case again"))
	case c.State != CaseClaimed:
		found.conflict("case", "not-claimed", say("作出决定前须先领取案件",
			"a case is claimed before it is decided"))
	default:
		found.take("case", err)
	}
}

// checkAct holds measure and scope against application and release.
func (in DecisionInput) checkAct(found *complaints) {
	p := in.Proposal
	switch {
	case p.Measure == "":
		found.invalid("measure", "measure-missing", say("没有选择处置措施",
			"no measure is chosen"))
		return
	case !slices.Contains(Measures(), p.Measure):
		found.invalid("measure", "measure-unknown", say("没有这种处置措施：%[1]s",
			"there is no measure %[1]s", p.Measure))
		return
	case !p.Act.Known():
		found.invalid("scope", "scope", say("暂停须说明范围：下载、更新、版本或者功能；其他措施没有范围",
			"a suspension names its scope: downloads, updates, versions or function; "+
				"no other measure has one"))
		return
	}
	if p.Scope == ScopeFunction && blank(p.Function) {
		found.invalid("function", "function-missing", say("没有说明暂停哪项功能",
			"the function to be suspended is not named"))
	}
	if p.Scope == ScopeVersions && len(p.Versions) == 0 {
		found.invalid("versions", "versions-missing", say("没有说明暂停哪些版本",
			"the versions to be suspended are not named"))
	}
	if len(p.Conditions) > 0 && p.Measure != MeasureList {
		found.invalid("conditions", "conditions", say("只有准予上架可以附条件",
			"only a listing has conditions"))
	}
	if p.Cures && p.Measure != MeasureList {
		found.invalid("cures", "cures", say("只有准予上架可以了结此前的措施",
			"only a listing cures what was decided before"))
		return
	}
	_, err := applied(in.target(in.decision(), in.By.Role))
	var refusal *Refusal
	if errors.As(err, &refusal) {
		for _, p := range refusal.Problems {
			found.put(p)
		}
	}
}

func (in DecisionInput) checkGrounds(found *complaints) {
	g := in.Proposal.Grounds
	if len(g.Articles)+len(g.Obligations) == 0 {
		found.invalid("grounds", "grounds-missing", say("至少须有一项依据：条文或者义务",
			"at least one ground is needed: an article or an obligation"))
	}
	for _, id := range g.Obligations {
		o, ok := in.Law.Obligation(id)
		switch {
		case !ok:
			found.invalid("grounds", "obligation-unknown",
				say("%[2]s 版法规中没有义务 %[1]s", "edition %[2]s has no obligation %[1]s", id,
					in.Law.Edition))
		case !o.Enabled:
			found.invalid("grounds", "obligation-not-in-force",
				say("义务 %[1]s 尚未生效", "obligation %[1]s is not in force", id))
		}
	}
	for _, article := range g.Articles {
		if !in.Articles.Cites(article) {
			found.invalid("grounds", "article-unknown",
				say("%[2]s 版法规中没有条文 %[1]s", "edition %[2]s has no article %[1]s", article,
					in.Law.Edition))
		}
	}
}

func (in DecisionInput) checkEvidence(found *complaints) {
	if len(in.Proposal.Evidence) == 0 {
		found.invalid("evidence", "evidence-missing", say("至少须引用一项证据",
			"at least one piece of evidence is needed"))
	}
	for _, p := range in.Proposal.Evidence {
		if !in.Known.Holds(p) {
			kind := p.Kind.Name()
			found.invalid("evidence", "evidence-unknown",
				say("案件中没有这项证据：%[1]s %[3]s", "the case holds no such evidence: %[2]s %[3]s",
					kind.ZH, kind.EN, p.ID))
		}
	}
}

// checkReason asks for a reason that a Chinese reader can understand.
func checkReason(found *complaints, field, reason string) {
	han := 0
	for _, r := range reason {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	switch {
	case blank(reason):
		found.invalid(field, field+"-missing", say("没有写明理由", "no reason is given"))
	case han == 0:
		found.invalid(field, field+"-not-chinese", say("理由须用中文", "the reason is given in Chinese"))
	case han < MinReason:
		found.invalid(field, field+"-too-short", say("理由过短，至少 %[1]d 个汉字",
			"the reason is too short: %[1]d Chinese characters at least", MinReason))
	case utf8.RuneCountInString(reason) > MaxReason:
		found.invalid(field, field+"-too-long", say("理由过长，至多 %[1]d 个字符",
			"the reason is too long: %[1]d characters at most", MaxReason))
	}
}

func (in DecisionInput) checkRemedy(found *complaints) {
	p := in.Proposal
	if p.Measure.Needs().Remedy && blank(p.Remedy.ZH) {
		found.invalid("remedy", "remedy-missing", say("没有写明如何整改（中文）",
			"what would cure it is not said, in Chinese"))
	}
}

func (in DecisionInput) checkTerm(found *complaints) {
	p := in.Proposal
	if !p.Measure.Needs().Term {
		if p.WorkingDays != nil {
			found.invalid("working_days", "term-without-use", say("该措施没有期限",
				"this measure has no term"))
		}
		return
	}
	days, ok := in.days()
	if !ok {
		found.invalid("working_days", "term-missing", say("依据没有对应期限，须写明工作日数",
			"the grounds name no term; say how many working days"))
		return
	}
	if message, ok := termProblem(days); !ok {
		found.invalid("working_days", "term-range", message)
	}
}

// checkConsequence: what follows a deadline is graver than what set it.
func (in DecisionInput) checkConsequence(found *complaints) {
	p := in.Proposal
	if p.Consequence == nil {
		return
	}
	then := *p.Consequence
	allowed := p.Measure == MeasureWarn && then.Measure == MeasureSuspend ||
		(p.Measure == MeasureWarn || p.Measure == MeasureSuspend) &&
			then.Measure == MeasureRemove
	if !then.Known() || !allowed || then.Scope == ScopeVersions || then.Scope == ScopeFunction {
		found.invalid("consequence", "consequence",
			say("逾期后果只能是：警示之后暂停下载、暂停更新或者下架，暂停之后下架",
				"what follows can be: after a warning a suspension of downloads or updates, "+
					"or a removal; after a suspension a removal"))
	}
}

func (in DecisionInput) checkEmergency(found *complaints) {
	p := in.Proposal
	if p.Emergency == nil {
		return
	}
	if !p.Measure.Needs().Emergency {
		found.invalid("emergency", "emergency-measure", say("只有暂停和下架可以紧急处置",
			"only a suspension or a removal can be an emergency"))
	}
	if p.Consequence != nil {
		found.invalid("consequence", "emergency-consequence",
			say("紧急处置不能附逾期后果，须由第二人同意",
				"an emergency has no consequence: that needs the second person"))
	}
	if o := p.Emergency.Order; o != nil && (blank(o.Authority) || blank(o.Reference)) {
		found.invalid("emergency", "order", say("须写明发文机关和文号",
			"the authority and the reference of the order are named"))
	}
}

// checkMade holds the report of the case against the law that the form used.
func (in DecisionInput) checkMade(found *complaints) {
	m := in.Case.Made
	if m.Law != in.Law.Edition || m.Digest != in.Law.Digest {
		found.conflict("made", "other-edition", say("案件按 %[1]s 版法规审核，而不是 %[2]s 版",
			"the case was judged by edition %[1]s, not by %[2]s", m.Law, in.Law.Edition))
	}
	if m.Rules == "" || in.Policy.Version == "" {
		found.invalid("made", "made-on", say("没有写明规则或者政策的版本",
			"the rules or the policy are not named"))
	}
	if m.Facts == "" && in.Proposal.Measure == MeasureList {
		found.conflict("made", "not-analysed", say("未经分析的版本不能上架",
			"a release that was not analysed is not listed"))
	}
	t := in.Case.Times
	if t.Opened.IsZero() || t.Received.IsZero() && t.Published.IsZero() ||
		t.Opened.After(in.Now) {
		found.invalid("times", "times", say("案件缺少收到、发布或者立案时间",
			"the case lacks when it was received, published or opened"))
	}
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
