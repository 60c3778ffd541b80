package review

import (
	"fmt"
	"slices"
	"time"

	"github.com/listgate/listgate/analyzer"
)

// AutoInput is all that an automated listing rests on.
type AutoInput struct {
	ID       string // of the decision
	Case     Case
	App      App
	Releases []Release
	// Report is what the checks were made from, Checks their outcome.
	Report   Input
	Checks   []Check
	Articles Articles
	Calendar Calendar
	Size     int64 // of the package, bytes
	Policy   Policy
	Now      time.Time
	// Hand is from whom the submission came, Others those of the other releases as far
	// as that is known.
	Hand   Hand
	Others []Hand
}

// ArticleOfListing is the ground of a listing: Art. 13 has the store review.
const ArticleOfListing = "dsp 13"

// AutoProblems lists what keeps a submission from being listed by the policy; it is
// empty where nothing does. Whatever it lists goes to a person.
func AutoProblems(in AutoInput) []Problem {
	var found complaints
	in.allowed(&found)
	in.seen(&found)
	in.declared(&found)
	in.sameHand(&found)
	return found
}

// AutoList lists a submission by the store's policy, where the package shows
// nothing and the declaration agrees. The decision is recorded as automated, by the
// version of the policy; where it is drawn for a sample, Sampled says so and a
// person looks at it. Nothing but a listing is ever decided so. The error is a
// *Refusal with all that stands against it.
func AutoList(in AutoInput) (Outcome, error) {
	if problems := AutoProblems(in); len(problems) > 0 {
		return Outcome{}, &Refusal{Problems: problems}
	}
	out, err := Decide(in.decide())
	if err != nil {
		return Outcome{}, err
	}
	d := *out.Decision
	d.Automated, d.Sampled = true, in.Policy.Sampled(in.Case.ID)
	out.Decision, out.Case = &d, out.Case.with(d)
	return out, nil
}

func (in AutoInput) decide() DecisionInput {
	reason := fmt.Sprintf("按自动上架政策第 %s 版：提供者已作声明，安装包中未发现深度合成能力，"+
		"代码均已读取，未见加固、规避检测的异常或者与声明不符之处，准予上架。", in.Policy.Version)
	evidence := []Pointer{{PointRoute, string(Clear)}}
	known := Known{PointRoute: {string(Clear)}}
	for _, c := range in.Checks {
		if c.Status == Met {
			evidence = append(evidence, Pointer{PointCheck, c.Obligation})
			known[PointCheck] = append(known[PointCheck], c.Obligation)
		}
	}
	return DecisionInput{
		ID: in.ID, Case: in.Case, App: in.App, Releases: in.Releases, Rev: in.Case.Rev,
		By: Actor{ID: "policy:" + in.Policy.Version, Name: "policy " + in.Policy.Version,
			Role: RolePipeline},
		Proposal: Proposal{
			Act: Act{Measure: MeasureList}, Grounds: Grounds{Articles: []string{ArticleOfListing}},
			Evidence: evidence, Reason: reason,
		},
		Known: known, Law: in.Report.Law, Articles: in.Articles, Calendar: in.Calendar,
		Policy: in.Policy, Now: in.Now, byPolicy: true,
	}
}

// allowed holds the policy against the submission.
func (in AutoInput) allowed(found *complaints) {
	p := in.Policy
	if !p.AutoList || p.Version == "" {
		found.conflict("policy", "auto-off", say("政策未启用自动上架",
			"the policy lists nothing automatically"))
	}
	if p.MaxSize > 0 && in.Size > p.MaxSize {
		found.conflict("package", "auto-size", say("安装包超过 %[1]d 字节",
			"the package is over %[1]d bytes", p.MaxSize))
	}
	if in.Case.Stage != StageSubmission {
		found.conflict("case", "not-a-submission", say("不是上架申请", "it is no submission"))
	}
	if s := in.App.Standing.State; s != AppUnlisted && s != AppListed {
		found.conflict("app", "auto-standing", say("应用处于%[1]s状态",
			"the application is %[2]s", s.Name().ZH, s))
	}
}

// seen holds the package against the conditions.
func (in AutoInput) seen(found *complaints) {
	r := in.Report
	if r.Law == nil || r.Facts == nil {
		found.conflict("report", "auto-unread", say("安装包未经分析", "the package was not analysed"))
		return
	}
	if route := RouteOf(r, in.Checks); route != Clear {
		name := route.Name()
		found.conflict("report", "auto-route", say("检测结论为“%[1]s”",
			"the conclusion of the scan is: %[2]s", name.ZH, name.EN))
	}
	if len(r.Capabilities) > 0 {
		found.conflict("report", "auto-capability", say("发现深度合成能力",
			"a capability was found"))
	}
	if why := unreadCode(r); why != (analyzer.Text{}) {
		found.conflict("report", "auto-unread", why)
	}
	if slices.ContainsFunc(r.Findings, func(f analyzer.Finding) bool {
		return f.Kind == analyzer.KindPacker
	}) {
		found.conflict("report", "auto-packer", say("发现加固", "a packer was found"))
	}
	if evades(r.Facts) {
		found.conflict("report", "auto-evasion", say("发现规避检测的异常",
			"an anomaly that serves evasion was found"))
	}
}

// declared holds the declaration against the conditions. A check that is unmet goes
// to a person even where it does not move the route.
func (in AutoInput) declared(found *complaints) {
	d := in.Report.Declaration
	switch {
	case d == nil:
		found.conflict("declaration", "auto-declaration", say("没有声明", "there is no declaration"))
		return
	case d.Synthesis.Offered != No:
		found.conflict("declaration", "auto-offered", say("声明没有否认提供生成合成服务",
			"the declaration does not deny that synthesis is offered"))
	}
	for _, c := range in.Checks {
		if c.Status == Unmet {
			found.conflict("checks", "auto-unmet", say("核验未通过：%[1]s", "a check is unmet: %[1]s",
				c.Obligation))
		}
	}
}
