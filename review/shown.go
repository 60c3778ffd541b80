package review

import (
	"net/url"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
)

// algorithmList is the public list that a filing display links to.
const algorithmList = "beian.cac.gov.cn"

// filingShown is FI-07. What is not in the package may be loaded from a server,
// so absence is never held against the application.
func filingShown(t *trial) {
	claims := t.numbers(registry.Algorithm)
	if len(claims) == 0 {
		t.notAsked(say("没有可展示的算法备案编号，缺口见 FI-01",
			"there is no algorithm filing number to show; the gap is that of FI-01"))
		return
	}
	t.ask(func() (registry.Outcome, analyzer.Text) { return t.numberShown(claims) },
		func() (registry.Outcome, analyzer.Text) { return t.linkShown() },
		t.declared(placeShown))
}

func (t *trial) numberShown(claims []claimed) (registry.Outcome, analyzer.Text) {
	for _, n := range t.Disclosures.Numbers {
		same := func(c claimed) bool { return numberKey(c.number) == numberKey(n.Number) }
		if n.Kind == registry.Algorithm && slices.ContainsFunc(claims, same) {
			return registry.Passed, say("%[1]s 中有编号 %[2]s", "%[1]s holds %[2]s", n.Where, n.Number)
		}
	}
	if t.Declaration != nil && t.Declaration.FilingDisplay.Screenshot != "" {
		return registry.Passed, say("见截图 %[1]s", "see the screenshot %[1]s",
			t.Declaration.FilingDisplay.Screenshot)
	}
	return registry.Unclear, say("安装包中没有该编号，也没有截图；页面可能由服务器加载",
		"the number is not in the package and there is no screenshot; the page may come from "+
			"a server")
}

func (t *trial) linkShown() (registry.Outcome, analyzer.Text) {
	if i := slices.IndexFunc(t.Disclosures.Links, toAlgorithmList); i >= 0 {
		return registry.Passed, say("安装包含有链接 %[1]s", "the package holds the link %[1]s",
			t.Disclosures.Links[i])
	}
	if t.Declaration == nil || t.Declaration.FilingDisplay.Link == "" {
		return registry.Unclear, say("没有见到指向 %[1]s 的链接", "no link to %[1]s was seen", algorithmList)
	}
	link := t.Declaration.FilingDisplay.Link
	if !toAlgorithmList(link) {
		return registry.Failed, say("声明的链接 %[1]s 不指向 %[2]s",
			"the declared link %[1]s does not lead to %[2]s", link, algorithmList)
	}
	return registry.Passed, say("声明的链接为 %[1]s", "the declared link is %[1]s", link)
}

func toAlgorithmList(link string) bool { return hostOf(link) == algorithmList }

// hostOf returns the lower-case host of a link with or without a scheme.
func hostOf(link string) string {
	if !strings.Contains(link, "://") {
		link = "https://" + link
	}
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

func placeShown(d *Declaration) (registry.Outcome, analyzer.Text) {
	switch show := d.FilingDisplay; {
	case show.InApp == "":
		return registry.Unclear, say("未说明在应用内的展示位置", "the place in the app is not stated")
	case show.Screenshot == "":
		return registry.Unclear, say("展示位置：%[1]s，没有截图", "the place is %[1]s, without a screenshot",
			show.InApp)
	default:
		return registry.Passed, say("展示位置：%[1]s，截图 %[2]s", "the place is %[1]s, screenshot %[2]s",
			show.InApp, show.Screenshot)
	}
}
