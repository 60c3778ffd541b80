package review

import (
	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
)

// separateConsent is CO-01.
func separateConsent(t *trial) {
	t.ask(t.declared(func(d *Declaration) (registry.Outcome, analyzer.Text) {
		switch c := d.Consent; {
		case c.Prompt == "":
			return registry.Failed, say("没有提示文字", "there is no wording of the prompt")
		case c.BeforeUpload == No:
			return registry.Failed, say("提示不在上传之前", "the prompt does not come before the upload")
		case c.BeforeUpload == Unknown:
			return registry.Unclear, say("未说明提示是否在上传之前",
				"whether the prompt comes before the upload is not stated")
		case c.Screenshot == "":
			return registry.Unclear, say("没有提示的截图", "there is no screenshot of the prompt")
		}
		return registry.Passed, say("上传前提示：%[1]s，截图 %[2]s",
			"prompt before the upload: %[1]s, screenshot %[2]s",
			excerpt(d.Consent.Prompt), d.Consent.Screenshot)
	}), t.declared(func(d *Declaration) (registry.Outcome, analyzer.Text) {
		switch d.Consent.Separate {
		case Yes:
			return registry.Passed, say("单独取得同意", "consent is asked for separately")
		case No:
			return registry.Failed, say("与隐私政策捆绑取得同意", "consent is bundled with the privacy policy")
		}
		return registry.Unclear, say("未说明是否单独取得同意",
			"whether consent is asked for separately is not stated")
	}))
}
