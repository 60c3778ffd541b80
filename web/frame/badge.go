package frame

import (
	"fmt"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

type saying func(sentence ui.Sentence, args ...any) string

func routeBadge(r review.Route, say saying) ui.Badge {
	switch r {
	case review.Blocked:
		return badge("bad", say("义务未满足"), say("确凿证据表明有 A、B 级义务未满足"))
	case review.CannotTell:
		return badge("second", say("无法判断"), say("有代码未能读取"))
	case review.Review:
		return badge("info", say("需人工审核"), say("检出能力、声明不符、规避检测或要点不明"))
	case review.Clear:
		return badge("good", say("未见问题"), "")
	case "":
		return badge("idle", "—", "")
	}
	return badge("idle", string(r), "")
}

func severityBadge(s review.Severity) ui.Badge {
	tones := map[review.Severity]string{
		review.SeverityA: "bad", review.SeverityB: "bad", review.SeverityC: "warn",
		review.SeverityD: "info", review.SeverityE: "idle",
	}
	if s == "" {
		return badge("idle", "—", "")
	}
	if tone, ok := tones[s]; ok {
		return badge(tone, string(s), "")
	}
	return badge("idle", string(s), "")
}

func statusBadge(s review.Status, say saying) ui.Badge {
	switch s {
	case review.Met:
		return badge("good", say("符合"), "")
	case review.Unmet:
		return badge("bad", say("不符合"), "")
	case review.Unclear:
		return badge("warn", say("不明"), "")
	case review.NotApplicable:
		return badge("idle", say("不适用"), "")
	}
	return badge("idle", string(s), "")
}

// tones of the states of cases, applications, releases and decisions.
var tones = map[string]string{
	"received": "idle", "scanning": "info", "scan-failed": "bad", "waiting": "info",
	"claimed": "warn", "awaiting-developer": "idle", "proposed": "second",
	"decided": "good", "effected": "good", "closed": "idle", "reopened": "warn",
	"appealed": "warn", "on-hold": "idle",
	"unlisted": "idle", "listed": "good", "warned": "warn", "suspended": "bad",
	"removed": "bad", "submitted": "info", "refused": "bad", "withdrawn": "idle",
	"superseded": "idle",
	"effective":  "good", "rejected": "bad", "retracted": "idle", "lapsed": "warn",
}

// stateBadge shows whatever has a name in both languages, above all a state.
func stateBadge(of any, lang string) ui.Badge {
	named, ok := of.(interface{ Name() analyzer.Text })
	if !ok {
		return badge("idle", ui.TextIn(lang, of), "")
	}
	tone := tones[fmt.Sprint(of)]
	if tone == "" {
		tone = "idle"
	}
	return badge(tone, named.Name().In(lang), "")
}

func badge(tone, label, title string) ui.Badge {
	return ui.Badge{Tone: tone, Label: label, Title: title}
}

func originName(o review.Origin, say saying) string {
	switch o {
	case review.OriginSubmission:
		return say("上架申请")
	case review.OriginInspection:
		return say("在架巡查")
	case review.OriginComplaint:
		return say("投诉举报")
	case review.OriginOrder:
		return say("主管部门要求")
	case review.OriginRegistry:
		return say("备案信息变化")
	case review.OriginSample:
		return say("自动决定抽查")
	}
	return string(o)
}

func platformName(p review.Platform) string {
	switch p {
	case review.Android:
		return "Android"
	case review.IOS:
		return "iOS"
	}
	return string(p)
}
