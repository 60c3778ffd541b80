package csv

import (
	"strings"
	"unicode/utf8"

	"github.com/listgate/listgate/registry"
)

// forms are what 应用产品 says of a product in brackets; a bracket that holds
// anything else belongs to its name.
var forms = map[string]bool{
	"APP": true, "网站": true, "小程序": true, "公众账号": true, "公众号": true, "快应用": true, "其他": true,
}

// products reads a cell of 应用产品: members joined by 、, each with its forms in
// full- or half-width brackets, perhaps 等 at the end. -- means none.
func products(cell string) (list []registry.Product, openEnded bool) {
	if strings.Trim(cell, "-—－") == "" {
		return nil, false
	}
	if body, cut := strings.CutSuffix(cell, "等"); cut && endsInBracket(body) {
		cell, openEnded = body, true
	}
	for _, member := range members(cell) {
		if member = strings.TrimSpace(member); member != "" {
			list = append(list, product(member))
		}
	}
	return list, openEnded
}

// members splits at 、 outside brackets; in them it separates forms. A bracket
// that never closes separates nothing, so the rest is one member.
func members(cell string) []string {
	var all []string
	depth, start := 0, 0
	for i, r := range cell {
		switch r {
		case '（', '(':
			depth++
		case '）', ')':
			depth = max(0, depth-1)
		case '、':
			if depth == 0 {
				all = append(all, cell[start:i])
				start = i + utf8.RuneLen(r)
			}
		}
	}
	return append(all, cell[start:])
}

// product takes the forms off the end of a member.
func product(member string) registry.Product {
	if !endsInBracket(member) {
		return registry.Product{Name: member}
	}
	open := max(strings.LastIndex(member, "（"), strings.LastIndex(member, "("))
	if open <= 0 {
		return registry.Product{Name: member}
	}
	var list []string
	for _, f := range strings.Split(strings.Trim(member[open:], "（()）"), "、") {
		f = strings.ToUpper(strings.TrimSpace(f))
		if !forms[f] {
			return registry.Product{Name: member}
		}
		list = append(list, f)
	}
	return registry.Product{Name: strings.TrimSpace(member[:open]), Forms: list}
}

func endsInBracket(s string) bool {
	return strings.HasSuffix(s, "）") || strings.HasSuffix(s, ")")
}
