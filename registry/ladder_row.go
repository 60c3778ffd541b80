package registry

import (
	"slices"
	"strings"
	"unicode/utf8"
)

func (c *climb) role() (Outcome, Text) {
	switch c.row.Role {
	case Provider:
		return Passed, say("角色为服务提供者", "the role is service provider")
	case Supporter:
		return Failed, say("角色为服务技术支持者：技术支持者的备案不覆盖任何应用。%s",
			"the role is technical supporter: a supporter's filing never covers an application. %s",
			quote(*c.row))
	default:
		return Unclear, say("清单未载明角色：%s", "the list does not say the role: %s", quote(*c.row))
	}
}

func (c *climb) entity() (Outcome, Text) {
	claimed, row := foldName(c.claim.Entity), *c.row
	if claimed == "" {
		return Unclear, say("没有提供主体名称，清单主体为“%s”", "no entity was declared; the list has “%s”",
			row.Entity)
	}
	if claimed == foldName(row.Entity) {
		return Passed, say("主体一致：“%s”", "the same entity: “%s”", row.Entity)
	}
	differs := say("清单主体为“%s”，申报主体为“%s”", "the list has “%s”, declared is “%s”", row.Entity,
		c.claim.Entity)
	if utf8.RuneCountInString(claimed) > 3 && strings.Contains(foldName(row.Remark), claimed) {
		why := say("%[1]s，备注中提到申报主体：%[3]s", "%[2]s; the remark names the declared one: %[3]s",
			differs.ZH, differs.EN, row.Remark)
		c.near(StepEntity, row, why)
		return Unclear, why
	}
	if shared := kin(c.claim.Entity, row.Entity); shared != "" {
		why := say("%[1]s，名称均含“%[3]s”，是否同一集团须人工核对",
			"%[2]s; both names hold “%[3]s”: a person must see whether they are one group",
			differs.ZH, differs.EN, shared)
		c.near(StepEntity, row, why)
		return Unclear, why
	}
	return Failed, differs
}

// formApp is the form of a mobile application in 应用产品.
const formApp = "APP"

func (c *climb) product() (Outcome, Text) {
	names := map[string]bool{}
	for _, n := range c.claim.AppNames {
		if f := foldName(n); f != "" {
			names[f] = true
		}
	}
	row := *c.row
	listed := productText(row)
	if len(names) == 0 {
		return Unclear, say("没有提供应用名称，清单应用产品为%s",
			"no application name was declared; the list has %s", listed)
	}
	var other, part []Product
	for _, p := range row.Products {
		switch {
		case !names[foldName(p.Name)]:
			if similar(p.Name, names) {
				part = append(part, p)
			}
		case slices.Contains(p.Forms, formApp):
			return Passed, say("应用产品中有“%s（APP）”", "the products have “%s（APP）”", p.Name)
		default:
			other = append(other, p)
		}
	}
	return c.productMissing(other, part, listed)
}

// productMissing says how far the application is from a product of the row.
func (c *climb) productMissing(other, part []Product, listed string) (Outcome, Text) {
	row, asked := *c.row, strings.Join(c.claim.AppNames, "、")
	missing := say("应用产品%[2]s中没有“%[1]s（APP）”", "the products %[2]s do not have “%[1]s（APP）”", asked,
		listed)
	for _, p := range other {
		c.near(StepProduct, row, say("“%[1]s”同名，但形态为%[2]s",
			"“%[1]s” has the name, in the form %[2]s",
			p.Name, orDash(strings.Join(p.Forms, "、"))))
	}
	for _, p := range part {
		c.near(StepProduct, row, say("“%s”名称相近", "“%s” is a similar name", p.Name))
	}
	switch {
	case row.OpenEnded:
		why := say("%[1]s，但清单以“等”结尾，须人工核对", "%[2]s, but the list ends in 等: a person must look",
			missing.ZH, missing.EN)
		c.near(StepProduct, row, why)
		return Unclear, why
	case formerProduct(row.Remark, c.claim.AppNames):
		why := say("%[1]s，备注中提到该名称：%[3]s", "%[2]s; the remark names it: %[3]s", missing.ZH,
			missing.EN, row.Remark)
		c.near(StepProduct, row, why)
		return Unclear, why
	case slices.ContainsFunc(part, func(p Product) bool {
		return slices.Contains(p.Forms, formApp) && titled(p.Name, c.claim.AppNames)
	}):
		return Unclear, say("%[1]s，申报名称由清单中的名称加后缀组成，须人工核对",
			"%[2]s; a declared name is a listed one with words after it: a person must look",
			missing.ZH, missing.EN)
	case len(other) > 0:
		forms := strings.Join(other[0].Forms, "、")
		if forms == "" {
			return Unclear, say("清单未载明“%s”的形态", "the list does not say the form of “%s”",
				other[0].Name)
		}
		return Failed, say("%[1]s，同名产品的形态为%[3]s",
			"%[2]s; a product of that name has the form %[3]s", missing.ZH, missing.EN, forms)
	}
	return Failed, missing
}

// similar tells whether one of the names holds the other.
func similar(product string, names map[string]bool) bool {
	p := foldName(product)
	if utf8.RuneCountInString(p) < 2 {
		return false
	}
	for n := range names {
		if utf8.RuneCountInString(n) >= 2 && (strings.Contains(p, n) || strings.Contains(n, p)) {
			return true
		}
	}
	return false
}

// titled tells whether one of the names is the product's with a slogan after a
// mark of punctuation, as stores list applications: "名称-宣传语".
func titled(product string, names []string) bool {
	p := foldName(product)
	return utf8.RuneCountInString(p) >= 2 && slices.ContainsFunc(names, func(n string) bool {
		rest, ok := strings.CutPrefix(foldName(n), p)
		return ok && rest != "" && strings.IndexAny(rest, "-—–:|·(~") == 0
	})
}

// formerProduct tells whether a remark has one of the names in quotation marks,
// as remarks on changed names do.
func formerProduct(remark string, names []string) bool {
	folded := foldRemark(remark)
	return slices.ContainsFunc(names, func(n string) bool {
		f := foldName(n)
		return f != "" && (strings.Contains(folded, `"`+f+`"`) ||
			strings.Contains(folded, `"`+f+`(`))
	})
}

// productText writes the products as the lists do.
func productText(r Record) string {
	var all []string
	for _, p := range r.Products {
		s := p.Name
		if len(p.Forms) > 0 {
			s += "（" + strings.Join(p.Forms, "、") + "）"
		}
		all = append(all, s)
	}
	s := strings.Join(all, "、")
	if r.OpenEnded {
		s += "等"
	}
	if s == "" {
		s = "--"
	}
	return s
}

// use asks whether the words of each claimed capability stand in the name or the
// use of the row. Where none is claimed there is nothing to ask.
func (c *climb) use() (Outcome, Text) {
	if len(c.claim.Uses) == 0 {
		return OutcomeNotAsked, say("没有需要核对的能力", "no capability was given to compare")
	}
	text := foldName(c.row.Name + " " + c.row.Use)
	var missing []string
	for _, u := range c.claim.Uses {
		named := slices.ContainsFunc(u.Words, func(w string) bool {
			f := foldName(w)
			return f != "" && strings.Contains(text, f)
		})
		if !named {
			missing = append(missing, u.Capability)
		}
	}
	filed := c.row.Name + "：" + orDash(c.row.Use)
	if len(missing) > 0 {
		return Unclear, say("备案用途未见%s，须人工核对。备案内容：%s",
			"the filed use does not name %s: a person must look. Filed is: %s",
			strings.Join(missing, "、"), filed)
	}
	return Passed, say("备案用途覆盖所列能力：%s", "the filed use names every capability: %s", filed)
}
