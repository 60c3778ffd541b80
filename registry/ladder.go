package registry

import (
	"slices"

	"github.com/listgate/listgate/registry/number"
)

// order is the order of the rungs in every ladder.
var order = []StepName{
	StepWellFormed, StepCheckDigit, StepInSnapshot, StepNotCancelled,
	StepClass, StepRole, StepEntity, StepProduct, StepUse,
}

var stepNames = map[StepName]Text{
	StepWellFormed:   {"编号形式", "form of the number"},
	StepCheckDigit:   {"校验位", "check digit"},
	StepInSnapshot:   {"见于清单", "in the lists held"},
	StepNotCancelled: {"未被注销", "not cancelled"},
	StepClass:        {"类别", "class"},
	StepRole:         {"角色", "role"},
	StepEntity:       {"主体", "entity"},
	StepProduct:      {"应用产品", "product"},
	StepUse:          {"用途", "use"},
}

// Name returns what the step is called in both languages.
func (n StepName) Name() Text {
	if t, ok := stepNames[n]; ok {
		return t
	}
	return Text{string(n), string(n)}
}

// rungs are those that a series has. A series without any has no numbers of a
// known form.
var rungs = map[Series][]StepName{
	Algorithm:   order,
	GenAIFiled:  {StepWellFormed, StepInSnapshot, StepClass, StepEntity},
	GenAIListed: {StepWellFormed, StepInSnapshot, StepClass, StepEntity},
	AppFiling:   {StepWellFormed, StepInSnapshot, StepEntity, StepProduct},
	WebsiteSite: {StepWellFormed, StepInSnapshot, StepEntity},
}

// kinds are the kinds of number that a series may be claimed with. The two of
// generative AI are told apart on a rung of their own.
var kinds = map[Series][]string{
	Algorithm:   {number.KindAlgorithm},
	GenAIFiled:  {number.KindFiled, number.KindRegistered},
	GenAIListed: {number.KindFiled, number.KindRegistered},
	AppFiling:   {number.KindApp},
	WebsiteSite: {number.KindWebsite},
}

// Cover answers whether the claimed number covers the application, from the
// lists that l holds. Every step is in the answer, in order; after the first that
// failed or is unclear no other is asked. The check digit is advice and never
// stops. It is a pure function of what l answers.
//
// A cancellation proves that its number was once given: a number that stands only
// in the cancellations held passes in-snapshot by that row, and fails the next
// rung. A number whose own digits say that it is of another class is judged by
// them even where it is not in the lists held, unless its check digit is wrong.
func Cover(l Lookup, c Claim) Ladder {
	climb := &climb{lookup: l, claim: c, out: Ladder{Claim: c}}
	stopped := false
	for _, name := range order {
		step := Step{Step: name, Outcome: OutcomeNotAsked}
		switch {
		case len(rungs[c.Series]) > 0 && !slices.Contains(rungs[c.Series], name):
			step.Why = say("该类编号不核对此项", "not asked of this series")
		case stopped:
			step.Why = say("前面的步骤未通过，未再核对", "an earlier step did not pass")
		default:
			step.Outcome, step.Why = climb.step(name)
		}
		stopped = stopped || step.Outcome == Failed || step.Outcome == Unclear
		climb.out.Steps = append(climb.out.Steps, step)
	}
	return climb.out
}

// climb is one ladder being climbed. row is what the number names; it is set
// from in-snapshot on, unless that step ended in advice.
type climb struct {
	lookup    Lookup
	claim     Claim
	num       number.Number
	row       *Record
	cancelled Reply
	out       Ladder
}

func (c *climb) step(name StepName) (Outcome, Text) {
	switch name {
	case StepWellFormed:
		return c.wellFormed()
	case StepCheckDigit:
		return c.checkDigit()
	case StepInSnapshot:
		outcome, why := c.inSnapshot()
		c.out.Record = c.row
		return outcome, why
	case StepNotCancelled:
		return c.notCancelled()
	case StepClass:
		return c.class()
	case StepRole:
		return c.role()
	case StepEntity:
		return c.entity()
	case StepProduct:
		return c.product()
	default:
		return c.use()
	}
}

// near offers a record to a person.
func (c *climb) near(step StepName, r Record, why Text) {
	c.out.NearMisses = append(c.out.NearMisses, NearMiss{Step: step, Record: r, Why: why})
}

func (c *climb) wellFormed() (Outcome, Text) {
	claim := c.claim
	if len(rungs[claim.Series]) == 0 {
		return Unclear, say("%[1]s没有可核对的编号格式，须人工核对",
			"%[2]s have no number of a known form; a person must look",
			claim.Series.Name().ZH, claim.Series.Name().EN)
	}
	if claim.Number == "" {
		return Unclear, say("没有提供编号", "no number was declared")
	}
	n, err := number.Parse(claim.Number)
	if err != nil {
		return Failed, say("“%s”不是备案编号的形式", "%q has the form of no filing number", claim.Number)
	}
	c.num = n
	kind := kindNames[n.Kind]
	if !slices.Contains(kinds[claim.Series], n.Kind) {
		return Failed, say("%[1]s是%[2]s，不是%[4]s的编号", "%[1]s is %[3]s, not a number of the %[5]s",
			n.Text, kind.ZH, kind.EN, claim.Series.Name().ZH, claim.Series.Name().EN)
	}
	if !n.WellFormed {
		c.mistyped(StepWellFormed)
		return Failed, say("%[1]s：%[2]s", "%[1]s: %[3]s", n.Text, n.ReasonZH, n.Reason)
	}
	if len(n.Lenient) > 0 {
		return Passed, say("%s形式正确，规范写法为%s", "%s has the right form; it is properly written %s",
			n.Text, n.Normal)
	}
	return Passed, say("%s形式正确", "%s has the right form", n.Text)
}

// kindNames say of a number what it is.
var kindNames = map[string]Text{
	number.KindAlgorithm: {"算法备案编号", "an algorithm filing number"},
	number.KindFiled:     {"生成式人工智能服务备案号（模型）", "the filing number of a generative-AI model"},
	number.KindRegistered: {"生成式人工智能服务登记的上线编号（应用）",
		"the registration number of a generative-AI application"},
	number.KindApp: {"APP备案号", "the filing number of a mobile application"},
	number.KindWebsite: {"网站或主体的ICP备案号（末尾没有字母A）",
		"the ICP filing number of a website or its holder (no final A)"},
}

func (c *climb) checkDigit() (Outcome, Text) {
	if c.num.CheckDigit == number.CheckOK {
		return Passed, say("校验位相符", "the check digit fits")
	}
	return Advice, say("%s的校验位不符，可能有误写（校验规则由已公布编号推得，仅供参考）",
		"the check digit of %s does not fit: perhaps mistyped "+
			"(the rule was inferred from published numbers and is advice only)",
		c.num.Text)
}
