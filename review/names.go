package review

import (
	"fmt"

	"github.com/listgate/listgate/analyzer"
)

var roleNames = map[Role]analyzer.Text{
	RoleDeveloper: say("开发者", "developer"),
	RoleReviewer:  say("审核员", "reviewer"),
	RoleSenior:    say("高级审核员", "senior reviewer"),
	RoleAuditor:   say("审计员", "auditor"),
	RoleAdmin:     say("管理员", "administrator"),
	RolePipeline:  say("程序", "program"),
}

var stateNames = map[string]analyzer.Text{
	"received":           say("已接收", "received"),
	"scanning":           say("检测中", "scanning"),
	"scan-failed":        say("检测失败", "scan failed"),
	"waiting":            say("待审核", "waiting"),
	"claimed":            say("审核中", "claimed"),
	"awaiting-developer": say("待开发者说明", "awaiting the developer"),
	"proposed":           say("待第二人审批", "proposed"),
	"decided":            say("已决定", "decided"),
	"effected":           say("已执行", "effected"),
	"closed":             say("已结案", "closed"),
	"reopened":           say("重新审核", "reopened"),
	"appealed":           say("申诉中", "appealed"),
	"on-hold":            say("已搁置", "on hold"),
	"unlisted":           say("未上架", "unlisted"),
	"listed":             say("已上架", "listed"),
	"warned":             say("已警示", "warned"),
	"suspended":          say("已暂停", "suspended"),
	"removed":            say("已下架", "removed"),
	"submitted":          say("已提交", "submitted"),
	"refused":            say("未予上架", "refused"),
	"withdrawn":          say("已撤回", "withdrawn"),
	"superseded":         say("已被替代", "superseded"),
	"effective":          say("已生效", "effective"),
	"rejected":           say("审批未通过", "rejected"),
	"retracted":          say("已收回", "retracted"),
	"lapsed":             say("已失效", "lapsed"),
}

var eventNames = map[Event]analyzer.Text{
	"list":              say("准予上架", "list"),
	"ask":               say("要求说明", "ask for an explanation"),
	"refuse":            say("不予上架", "refuse"),
	"warn":              say("警示", "warn"),
	"suspend/downloads": say("暂停下载", "suspend downloads"),
	"suspend/updates":   say("暂停更新", "suspend updates"),
	"suspend/versions":  say("暂停版本", "suspend versions"),
	"suspend/function":  say("暂停功能", "suspend a function"),
	"remove":            say("下架", "remove"),
	"reinstate":         say("恢复", "reinstate"),
	EventOpen:           say("立案", "open the case"),
	EventScanStarted:    say("开始检测", "start the scan"),
	EventScanDone:       say("检测完成", "finish the scan"),
	EventScanFailed:     say("检测失败", "fail the scan"),
	EventClaim:          say("领取", "claim"),
	EventUnclaim:        say("放弃领取", "give the claim up"),
	EventLeaseExpired:   say("领取过期", "let the claim run out"),
	EventAnswered:       say("开发者说明", "answer"),
	EventAnswerDue:      say("说明期限届满", "end the time to answer"),
	EventRecall:         say("撤回说明要求", "take the question back"),
	EventPropose:        say("提请审批", "propose"),
	EventEmergency:      say("紧急处置", "act in an emergency"),
	EventApprove:        say("批准", "approve"),
	EventReject:         say("不批准", "reject"),
	EventRetract:        say("收回提请", "retract the proposal"),
	EventRatify:         say("追认", "ratify"),
	EventLapse:          say("未获追认而失效", "let it lapse"),
	EventEscalate:       say("上报", "escalate"),
	EventExtend:         say("延长期限", "extend the deadline"),
	EventSettle:         say("确定期限", "settle the deadline"),
	EventFellDue:        say("执行逾期后果", "let the consequence take effect"),
	EventOverdue:        say("逾期", "note that the deadline has passed"),
	EventCure:           say("了结此前措施", "end the earlier measure"),
	EventEffect:         say("确认执行", "confirm the effect"),
	EventClose:          say("结案", "close"),
	EventReopen:         say("重新审核", "reopen"),
	EventAppeal:         say("申诉", "appeal"),
	EventHold:           say("搁置", "put on hold"),
	EventResume:         say("恢复审核", "resume"),
	EventWithdraw:       say("撤回", "withdraw"),
	EventSupersede:      say("被替代", "supersede"),
}

var routeNames = map[Route]analyzer.Text{
	Blocked:    say("义务未满足", "an obligation is unmet"),
	CannotTell: say("无法判断", "cannot tell"),
	Review:     say("需人工审核", "needs a person"),
	Clear:      say("未见问题", "nothing found"),
}

var evidenceNames = map[PointerKind]analyzer.Text{
	PointFinding:    say("检测发现", "finding"),
	PointCapability: say("能力", "capability"),
	PointCheck:      say("核验", "check"),
	PointRegistry:   say("名录记录", "entry of a list"),
	PointDocument:   say("提交的文件", "document handed in"),
	PointAnomaly:    say("异常", "anomaly"),
	PointGap:        say("未检测部分", "not read"),
	PointRoute:      say("检测结论", "conclusion of the scan"),
	PointScan:       say("检测结果", "outcome of the scan"),
}

var tableNames = map[string]analyzer.Text{
	"case": say("案件", "case"), "app": say("应用", "application"), "release": say("版本", "release"),
}

// named falls back to the id.
func named[K ~string](names map[K]analyzer.Text, id K) analyzer.Text {
	if t, ok := names[id]; ok {
		return t
	}
	return analyzer.Text{ZH: string(id), EN: string(id)}
}

// Name is the role in words.
func (r Role) Name() analyzer.Text { return named(roleNames, r) }

// Name is the state in words.
func (s CaseState) Name() analyzer.Text { return named(stateNames, string(s)) }

// Name is the state in words.
func (s AppState) Name() analyzer.Text { return named(stateNames, string(s)) }

// Name is the state in words.
func (s ReleaseState) Name() analyzer.Text { return named(stateNames, string(s)) }

// Name is the status in words.
func (s DecisionStatus) Name() analyzer.Text { return named(stateNames, string(s)) }

// Name is the route in words.
func (r Route) Name() analyzer.Text { return named(routeNames, r) }

// Name is the kind of evidence in words.
func (k PointerKind) Name() analyzer.Text { return named(evidenceNames, k) }

// Name is the event, or the measure with its scope, in words.
func (e Event) Name() analyzer.Text { return named(eventNames, e) }

// Problem says it for a form.
func (e *TransitionError) Problem() Problem {
	of, state, what := named(tableNames, e.Of), named(stateNames, e.From), e.On.Name()
	p := Problem{Field: e.Of, Code: "state", Kind: e.kind()}
	p.Message = analyzer.Text{
		ZH: fmt.Sprintf("%s状态为“%s”，不能“%s”", of.ZH, state.ZH, what.ZH),
		EN: fmt.Sprintf("the %s is %s: one cannot %s from there", of.EN, state.EN, what.EN),
	}
	if len(e.May) > 0 {
		p.Code = "role"
		role := e.By.Name()
		p.Message = analyzer.Text{
			ZH: fmt.Sprintf("%s不能“%s”（%s状态为“%s”）", role.ZH, what.ZH, of.ZH, state.ZH),
			EN: fmt.Sprintf("the role %s may not %s where the %s is %s", role.EN, what.EN, of.EN,
				state.EN),
		}
	}
	return p
}
