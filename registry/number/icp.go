package number

import (
	"fmt"
	"strings"
)

// provinces are the abbreviations that stand before ICP备. Four provinces have two:
// filings are made under 蜀, 黔, 滇 and 陇, and the others are met as well.
const provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼蜀黔滇陇"

func isProvince(r rune) bool { return strings.ContainsRune(provinces, r) }

// matchICP reads the filing number of an application or a website. Without a
// suffix it is the holder's own number, which proves no application either.
func matchICP(c cursor) (Number, int, bool) {
	start := c.i
	var province string
	if r := c.peek(); isProvince(r) {
		province = string(c.next())
		c.spaces(2)
	}
	if !c.letters("ICP") {
		return Number{}, 0, false
	}
	c.spaces(2)
	if c.next() != '备' {
		return Number{}, 0, false
	}
	c.mark("([:")
	c.spaces(1)
	serial := c.run(8, 10)
	if len(serial) < 4 {
		return Number{}, 0, false
	}
	c.mark(")]")
	d := c
	d.spaces(2)
	if d.next() == '号' {
		c = d
	} else {
		c.notes |= noteNoSuffix
	}
	suffix := c.suffix()
	n := Number{
		Kind: KindWebsite, Text: c.s[start:c.i], Normal: province + "ICP备" + serial + "号",
		WellFormed: true, CheckDigit: CheckNone, Lenient: c.notes.names(),
		Fields: Fields{Province: province, Serial: serial, Suffix: suffix},
	}
	if suffix != "" {
		n.Normal += "-" + suffix
		if !isDigit(rune(suffix[len(suffix)-1])) {
			n.Kind = KindApp
		}
	}
	return n.judgeICP(), c.i, true
}

func (n Number) judgeICP() Number {
	f := n.Fields
	site := strings.TrimRight(f.Suffix, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	switch {
	case placeholderSerial(f.Serial):
		return n.placeholder()
	case !allDigits(f.Serial):
		return n.malformed("letters or signs among the digits", "数字中夹有字母或符号")
	case len(f.Serial) != 8 && len(f.Serial) != 10:
		return n.malformed(
			fmt.Sprintf("%d digits, an ICP filing number has 8 or 10", len(f.Serial)),
			fmt.Sprintf("有%d位数字，ICP备案号应为8位或10位", len(f.Serial)))
	case f.Province == "":
		return n.malformed("the province in front is missing", "缺少开头的省份简称")
	case strings.HasPrefix(site, "0"):
		return n.malformed("the running number after 号 starts with 0", "号后的序号以0开头")
	case n.Kind == KindApp && !strings.HasSuffix(f.Suffix, "A"):
		return n.malformed(
			"the letter at the end is not known; an application has A",
			"末尾字母不明，APP备案号以A结尾")
	}
	return n
}

// letters consumes the word in either case.
func (c *cursor) letters(word string) bool {
	d := *c
	for _, want := range word {
		switch d.next() {
		case want:
		case want + 'a' - 'A':
			d.notes |= noteCase
		default:
			return false
		}
	}
	*c = d
	return true
}

// suffix consumes -1A or -1. Two letters or more belong to the next word.
func (c *cursor) suffix() string {
	d := *c
	d.spaces(1)
	if d.next() != '-' {
		return ""
	}
	d.spaces(1)
	var b strings.Builder
	for isDigit(d.peek()) && b.Len() < 5 {
		b.WriteByte(byte(d.next()))
	}
	if b.Len() == 0 || b.Len() > 4 || isDigit(d.peek()) {
		return ""
	}
	*c = d
	r := d.next()
	if after := d.peek(); !isLetter(r) || isLetter(after) || isDigit(after) {
		return b.String()
	}
	if r >= 'a' {
		d.notes |= noteCase
		r -= 'a' - 'A'
	}
	b.WriteByte(byte(r))
	*c = d
	return b.String()
}
