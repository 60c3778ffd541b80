package csv

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/registry/number"
)

// filing reads a row of 境内深度合成服务算法备案清单.
func filing(f fields) (parsed, *registry.Text) {
	r := registry.Record{
		Series: registry.Algorithm, Number: f.get("备案编号"), Name: f.get("算法名称"),
		Entity: f.get("主体名称"), Use: f.get("主要用途"), Remark: f.get("备注"),
		Batch: f.get("批次"), Published: published(f.get("期次"), f.get("公告页")),
		Notice: f.get("公告页"), Origin: f.get("数据来源"),
	}
	n, problem := numbered(r, number.KindAlgorithm)
	if problem != nil {
		return parsed{}, problem
	}
	if n.Fields.Class != "01" {
		return parsed{}, text("编号的算法类别为%s，不属于深度合成（01）",
			"the number is of class %s, not of deep synthesis (01)", n.Fields.Class)
	}
	switch f.get("角色") {
	case "服务提供者":
		r.Role = registry.Provider
	case "服务技术支持者":
		r.Role = registry.Supporter
	default:
		return parsed{}, text("角色“%s”不明", "role %q is not known", f.get("角色"))
	}
	r.Products, r.OpenEnded = products(f.get("应用产品"))
	if r.Role == registry.Supporter && (len(r.Products) > 0 || r.OpenEnded) {
		return parsed{}, text("服务技术支持者不应有应用产品“%s”",
			"a technical supporter has no products, here %q", f.get("应用产品"))
	}
	return parsed{r, n.Key()}, required(r, r.Batch)
}

// cancellation reads a row of a cancellation notice. Its class, where the column
// has one in place of a role, is kept as the remark.
func cancellation(f fields) (parsed, *registry.Text) {
	r := registry.Record{
		Series: registry.Cancellation, Number: f.get("备案编号"), Name: f.get("算法名称"),
		Entity: f.get("主体名称"), Batch: f.get("公告日期"), Published: published(f.get("公告日期"), ""),
		On: f.get("注销时间"), Notice: f.get("公告附件"), Origin: f.get("数据来源"),
	}
	n, problem := numbered(r, number.KindAlgorithm)
	if problem != nil {
		return parsed{}, problem
	}
	switch role := f.get("角色或类别"); {
	case role == "服务提供者" || role == "服务提供": // one notice cut it short
		r.Role = registry.Provider
	case role == "服务技术支持者":
		r.Role = registry.Supporter
	case strings.HasSuffix(role, "类") && len(role) > len("类"):
		r.Remark = role
	default:
		return parsed{}, text("角色或类别“%s”不明", "role or class %q is not known", role)
	}
	r.Products, r.OpenEnded = products(f.get("应用产品"))
	return parsed{r, n.Key()}, required(r, r.On)
}

// service reads a row of the lists of generative-AI services.
func service(f fields) (parsed, *registry.Text) {
	r := registry.Record{
		Number: f.get("备案号或上线编号"), Name: f.get("模型名称"), Entity: f.get("备案单位"),
		Region: f.get("属地"), Batch: f.get("期次"), On: f.get("备案时间"),
		Published: published(f.get("期次"), f.get("公告页")), Notice: f.get("公告页"),
		Origin: f.get("数据来源"),
	}
	var kind string
	switch f.get("类型") {
	case "备案":
		r.Series, kind = registry.GenAIFiled, number.KindFiled
	case "登记":
		r.Series, kind = registry.GenAIListed, number.KindRegistered
	default:
		return parsed{}, text("类型“%s”既非备案也非登记", "type %q is neither 备案 nor 登记", f.get("类型"))
	}
	n, problem := numbered(r, kind)
	if problem != nil {
		return parsed{}, problem
	}
	if !day(r.On) {
		return parsed{}, text("备案时间“%s”不是日期", "filing date %q is no date", r.On)
	}
	return parsed{r, n.Key()}, required(r, r.Region)
}

// numbered parses the number of a row, which must be of the kind.
func numbered(r registry.Record, kind string) (number.Number, *registry.Text) {
	n, err := number.Parse(r.Number)
	switch {
	case err != nil:
		return n, text("“%s”不是编号", "%q is no number", r.Number)
	case !n.WellFormed:
		return n, &registry.Text{ZH: n.Text + "：" + n.ReasonZH, EN: n.Text + ": " + n.Reason}
	case n.Kind != kind:
		return n, text("编号“%s”属于另一类清单", "the number %q belongs to another list", r.Number)
	}
	return n, nil
}

// required holds what every row has, and one column more.
func required(r registry.Record, more string) *registry.Text {
	for _, must := range []string{r.Name, r.Entity, r.Origin, more} {
		if must == "" {
			return text("缺少必填栏（名称、主体、来源、批次或时间）",
				"a required column is empty (name, entity, origin, batch or date)")
		}
	}
	if r.Published == "" {
		return text("期次或公告日期不是日期", "the date of the list is no date")
	}
	if u, err := url.Parse(r.Notice); err != nil || r.Notice != "" &&
		(u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return text("公告地址“%s”不是网址", "the notice %q is no web address", r.Notice)
	}
	return nil
}

// published returns the date of the notice, which the address of a notice page
// holds as /YYYY-MM/DD/, and without one the period of the list (YYYY-MM or
// YYYY-MM-DD). The two differ: the list of August 2026 came out in September.
func published(period, notice string) string {
	if u, err := url.Parse(notice); err == nil {
		parts := strings.Split(u.Path, "/")
		for i := 1; i < len(parts); i++ {
			if d := parts[i-1] + "-" + parts[i]; isDate(time.DateOnly, d) {
				return d
			}
		}
	}
	if isDate("2006-01", period) || isDate(time.DateOnly, period) {
		return period
	}
	return ""
}

// day tells whether a date as published (2026/5/1, 2026-05-01, perhaps followed
// by a remark in brackets) begins with one.
func day(s string) bool {
	if i := strings.IndexAny(s, "（("); i >= 0 {
		s = s[:i]
	}
	s = strings.TrimSpace(s)
	return isDate("2006/1/2", s) || isDate("2006-1-2", s) || isDate("2006年1月2日", s)
}

func isDate(layout, s string) bool {
	_, err := time.Parse(layout, s)
	return err == nil
}

func text(zh, en string, args ...any) *registry.Text {
	if len(args) == 0 {
		return &registry.Text{ZH: zh, EN: en}
	}
	return &registry.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}
