package review

import (
	"slices"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/number"
)

// offerStated is ST-01.
func offerStated(t *trial) {
	t.ask(t.declared(func(d *Declaration) (registry.Outcome, analyzer.Text) {
		switch d.Synthesis.Offered {
		case Yes:
			return registry.Passed, say("声明提供生成合成服务",
				"generation or synthesis is declared to be offered")
		case No:
			return registry.Passed, say("声明不提供生成合成服务",
				"generation or synthesis is declared not to be offered")
		}
		return registry.Failed, say("没有回答是否提供生成合成服务",
			"whether generation or synthesis is offered is not answered")
	}), t.declared(t.thisVersion), t.declared(func(d *Declaration) (registry.Outcome,
		analyzer.Text) {
		if d.Signed.By == "" || d.Signed.On == "" {
			return registry.Failed, say("声明没有负责人署名或日期",
				"the declaration is not signed and dated by an accountable person")
		}
		return registry.Passed, say("%[1]s 于 %[2]s 署名", "signed by %[1]s on %[2]s", d.Signed.By,
			d.Signed.On)
	}))
}

// thisVersion compares id and version of the declaration with the package.
func (t *trial) thisVersion(d *Declaration) (registry.Outcome, analyzer.Text) {
	if t.Facts == nil || t.Facts.Package.ID == "" {
		return registry.Unclear, say("安装包的包名未能读取", "the package's identity was not read")
	}
	p := t.Facts.Package
	switch {
	case d.App.ID != "" && d.App.ID != p.ID:
		return registry.Failed, say("声明的应用为 %[1]s，安装包为 %[2]s",
			"the declaration is for %[1]s, the package is %[2]s", d.App.ID, p.ID)
	case d.App.Version == "":
		return registry.Failed, say("声明没有版本号", "the declaration names no version")
	case d.App.Version != p.Version.Name && d.App.Version != p.Version.Code:
		return registry.Failed, say("声明的版本为 %[1]s，安装包为 %[2]s（%[3]s）",
			"the declaration is for version %[1]s, the package is %[2]s (%[3]s)", d.App.Version,
			p.Version.Name, p.Version.Code)
	}
	return registry.Passed, say("声明针对本版本 %[1]s", "the declaration is for this version, %[1]s",
		d.App.Version)
}

// identityAndPurpose is ST-07. Of the first two steps one is asked, by the kind of
// provider.
func identityAndPurpose(t *trial) {
	natural := func(d *Declaration) bool {
		return d.Provider.Kind == KindPerson || d.Provider.Kind == KindForeign
	}
	other := say("由另一步骤核对", "the other step is asked")
	t.ask(t.declared(func(d *Declaration) (registry.Outcome, analyzer.Text) {
		if natural(d) {
			return registry.OutcomeNotAsked, other
		}
		return t.organisation(d.Provider)
	}), t.declared(func(d *Declaration) (registry.Outcome, analyzer.Text) {
		if !natural(d) {
			return registry.OutcomeNotAsked, other
		}
		return t.naturalPerson(d.Provider)
	}), t.declared(t.purpose))
}

func (t *trial) organisation(p Provider) (registry.Outcome, analyzer.Text) {
	switch {
	case p.Name == "":
		return registry.Failed, say("没有填写提供者名称", "the provider's name is not given")
	case p.USCC == "":
		return registry.Failed, say("没有统一社会信用代码", "the unified social credit code is not given")
	}
	if err := number.USCC(p.USCC); err != nil {
		return registry.Failed, say("统一社会信用代码 %[1]s 无效",
			"the unified social credit code %[1]s is not valid: %[2]v", p.USCC, err)
	}
	licence, ok := t.document(DocLicence)
	if !ok {
		return registry.Unclear, say("没有营业执照，名称无从核对",
			"there is no licence to compare the name with")
	}
	return registry.Passed, say("统一社会信用代码有效，执照 %[1]s",
		"the unified social credit code is valid; licence %[1]s", licence.File)
}

func (t *trial) naturalPerson(p Provider) (registry.Outcome, analyzer.Text) {
	if p.Name == "" {
		return registry.Failed, say("没有填写提供者名称", "the provider's name is not given")
	}
	if _, ok := t.document(DocIdentity); p.IdentityDocument == "" && !ok {
		return registry.Failed, say("没有身份证件", "there is no identity document")
	}
	return registry.Passed, say("已提交 %[1]s 的身份证件", "an identity document of %[1]s is given", p.Name)
}

// purpose compares what is declared with what was seen: a capability that was
// seen and not declared makes a declared purpose doubtful.
func (t *trial) purpose(d *Declaration) (registry.Outcome, analyzer.Text) {
	if d.Purpose == "" {
		return registry.Failed, say("没有说明用途", "the purpose is not stated")
	}
	if seen := t.undeclared(); len(seen) > 0 {
		names := t.names(seen)
		return registry.Unclear, say("安装包显示未声明的能力：%[1]s，用途须人工核对",
			"the package shows what is not declared (%[2]s): a person compares the purpose",
			names.ZH, names.EN)
	}
	return registry.Passed, say("用途：%[1]s", "purpose: %[1]s", excerpt(d.Purpose))
}

// appFiling is ST-11.
func appFiling(t *trial) {
	claims := t.numbers(registry.AppFiling)
	for _, c := range t.numbers(registry.WebsiteSite) {
		if len(claims) == 0 {
			claims = append(claims, c)
		}
	}
	if len(claims) == 0 {
		t.offline()
		t.ask(t.noNumber(say("APP备案号", "APP filing number")), unasked, unasked, unasked)
		return
	}
	text := claims[0].number
	for _, c := range claims {
		if n, err := number.Parse(c.number); err == nil && n.Kind == number.KindApp &&
			n.WellFormed {
			text = c.number
			break
		}
	}
	if claims[0].shown && t.Declaration == nil {
		t.rests.Declaration = true
		t.limit(say("没有开发者声明，编号取自安装包", "there is no declaration; the number is from the package"))
	}
	n, err := number.Parse(text)
	t.ask(func() (registry.Outcome, analyzer.Text) { return appNumberForm(text, n, err) },
		func() (registry.Outcome, analyzer.Text) {
			if n.Kind == number.KindWebsite {
				return registry.Failed, say("%[1]s 是网站备案号（末尾没有 A）",
					"%[1]s is a website's number (no final A)", text)
			}
			return registry.Passed, say("不是网站备案号", "it is no website's number")
		},
		func() (registry.Outcome, analyzer.Text) {
			if n.Placeholder {
				return registry.Failed, say("%[1]s 是占位编号", "%[1]s is a placeholder", text)
			}
			return registry.Passed, say("不是占位编号", "it is no placeholder")
		},
		t.declared(func(*Declaration) (registry.Outcome,
			analyzer.Text) {
			return t.appFilingMatches(text)
		}))
}

// appNumberForm leaves a website's number and a placeholder to the steps that
// name them.
func appNumberForm(text string, n number.Number, err error) (registry.Outcome, analyzer.Text) {
	switch {
	case err != nil:
		return registry.Failed, say("“%[1]s”不是 APP 备案号的形式",
			"%[1]q has not the form of an APP filing number", text)
	case n.Kind == number.KindWebsite, n.Placeholder:
		return registry.Advice, say("%[1]s 接近 APP 备案号的形式",
			"%[1]s comes near to the form of an APP filing number", text)
	case n.Kind != number.KindApp:
		return registry.Failed, say("%[1]s 是另一类编号", "%[1]s is a number of another kind", text)
	case !n.WellFormed:
		return registry.Failed, say("%[1]s：%[2]s", "%[1]s: %[3]s", text, n.ReasonZH, n.Reason)
	}
	return registry.Passed, say("%[1]s 形式正确", "%[1]s has the right form", text)
}

// appFilingMatches compares with a list where one is held, else rests on the
// certificate that the developer hands in.
func (t *trial) appFilingMatches(text string) (registry.Outcome, analyzer.Text) {
	l := t.cover(claimed{series: registry.AppFiling, number: text}, nil)
	if l.Record != nil {
		if at := stopped(l); at.Step != "" {
			return at.Outcome, heard(at.Why)
		}
		return registry.Passed, say("主办者和应用名称与清单一致", "owner and app name are those of the list")
	}
	if paper, ok := t.document(DocAppFiling); ok {
		return registry.Passed, say("已提交备案证明 %[1]s", "the certificate %[1]s is handed in",
			paper.File)
	}
	return registry.Unclear, say("所持清单中没有该编号，也没有备案证明",
		"the number is not in the lists held, and no certificate is given")
}

// offline limits the check on an Android application without network access:
// that it is outside the notice is a reading.
func (t *trial) offline() {
	const network = "android.permission.INTERNET"
	if t.Facts == nil || t.unread.ZH != "" || t.Facts.Package.Format.System() != analyzer.Android {
		return
	}
	asks := slices.ContainsFunc(t.Facts.Permissions,
		func(p analyzer.Permission) bool { return p.Name == network }) ||
		slices.Contains(t.Facts.Package.Permissions, network)
	if !asks {
		t.limit(say("应用不申请联网权限，是否须备案由人工判断",
			"the application asks for no network access: whether it has to be filed is a "+
				"person's reading"))
	}
}
