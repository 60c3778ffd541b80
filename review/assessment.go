package review

import (
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
)

// assessed returns the newest declared assessment of a kind.
func (t *trial) assessed(kind AssessmentKind) (Assessed, bool) {
	var newest Assessed
	found := false
	if t.Declaration != nil {
		for _, a := range t.Declaration.Assessments {
			if a.Kind == kind && (!found || a.Date > newest.Date) {
				newest, found = a, true
			}
		}
	}
	return newest, found
}

// publicOpinionAssessment is SA-01.
func publicOpinionAssessment(t *trial) {
	t.userBringsService()
	a, ok := t.assessed(AssessPublicOpinion)
	t.ask(t.declared(func(*Declaration) (registry.Outcome,
		analyzer.Text) {
		return reportSigned(a, ok)
	}),
		t.declared(func(*Declaration) (registry.Outcome,
			analyzer.Text) {
			return t.assessmentCovers(a)
		}),
		t.declared(func(*Declaration) (registry.Outcome,
			analyzer.Text) {
			return t.platformStatus(a)
		}),
		t.declared(func(*Declaration) (registry.Outcome,
			analyzer.Text) {
			return t.assessmentDate(a)
		}))
}

func reportSigned(a Assessed, ok bool) (registry.Outcome, analyzer.Text) {
	switch {
	case !ok:
		return registry.Failed, say("没有声明安全评估", "no security assessment is declared")
	case a.Document == "":
		return registry.Failed, say("没有提交评估报告", "the report is not handed in")
	case a.Signed == No:
		return registry.Failed, say("评估报告 %[1]s 未签章", "the report %[1]s is not signed", a.Document)
	case a.Signed == Unknown:
		return registry.Unclear, say("未说明评估报告 %[1]s 是否签章",
			"whether the report %[1]s is signed is not stated", a.Document)
	}
	return registry.Passed, say("已提交签章的评估报告 %[1]s", "the signed report %[1]s is handed in",
		a.Document)
}

func (t *trial) assessmentCovers(a Assessed) (registry.Outcome, analyzer.Text) {
	if len(a.Covers) == 0 {
		return registry.Unclear, say("未说明评估涵盖哪些能力",
			"which capabilities the assessment covers is not stated")
	}
	return t.each(func(o offer) bool { return slices.Contains(a.Covers, o.id) },
		say("评估未涵盖", "the assessment does not cover"),
		say("评估涵盖各项能力", "the assessment covers every capability"))
}

func (t *trial) platformStatus(a Assessed) (registry.Outcome, analyzer.Text) {
	status := strings.TrimSpace(a.PlatformStatus)
	switch {
	case status == "":
		return registry.Failed, say("没有全国互联网安全管理服务平台的状态",
			"the status on the national platform is not given")
	case slices.Contains(t.Law.Hints.PlatformDone, status):
		return registry.Passed, say("平台状态：%[1]s", "status on the platform: %[1]s", status)
	}
	return registry.Unclear, say("平台状态“%[1]s”须人工判断",
		"the status %[1]q on the platform is for a person to judge", status)
}

// assessmentDate asks for a date that is not after the day of the check: the day
// of launch is not known here.
func (t *trial) assessmentDate(a Assessed) (registry.Outcome, analyzer.Text) {
	switch {
	case a.Date == "":
		return registry.Failed, say("评估没有日期", "the assessment has no date")
	case t.AsOf != "" && a.Date > t.AsOf:
		return registry.Failed, say("评估日期 %[1]s 晚于核验日 %[2]s",
			"the assessment is dated %[1]s, after the day of the check %[2]s", a.Date, t.AsOf)
	}
	return registry.Passed, say("评估日期 %[1]s", "the assessment is dated %[1]s", a.Date)
}

// biometricAssessment is SA-02. Whether a stock voice is biometric information
// is an open reading: speech synthesis alone is left to a person.
func biometricAssessment(t *trial) {
	t.userBringsService()
	t.only(analyzer.SpeechSynth, say("仅有文本转语音时是否须评估由人工判断",
		"whether text to speech alone has to be assessed is a person's reading"))
	a, ok := t.assessed(AssessBiometric)
	t.ask(t.declared(func(*Declaration) (registry.Outcome, analyzer.Text) {
		switch {
		case !ok:
			return registry.Failed, say("没有声明生物识别信息工具的安全评估",
				"no assessment of the biometric function is declared")
		case a.Document == "":
			return registry.Failed, say("没有提交评估报告", "the report is not handed in")
		}
		return registry.Passed, say("已提交评估报告 %[1]s", "the report %[1]s is handed in", a.Document)
	}),
		t.declared(func(*Declaration) (registry.Outcome,
			analyzer.Text) {
			return t.assessmentCovers(a)
		}),
		t.declared(func(*Declaration) (registry.Outcome,
			analyzer.Text) {
			return t.assessmentDate(a)
		}),
		t.declared(func(*Declaration) (registry.Outcome, analyzer.Text) {
			if a.Conclusion == "" {
				return registry.Failed, say("没有评估结论", "the conclusion is not given")
			}
			return registry.Passed, say("评估结论：%[1]s", "conclusion: %[1]s", a.Conclusion)
		}))
}
