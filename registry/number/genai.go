package number

import (
	"fmt"
	"strings"
	"time"
)

// maxName bounds the name in a generative-AI number; the longest one published
// has 56 characters.
const maxName = 120

// regions are the first parts of generative-AI numbers, lower case: pinyin of the
// provinces, and 央企 for the companies under the State-owned Assets commission.
var regions = map[string]bool{
	"anhui": true, "aomen": true, "beijing": true, "bingtuan": true, "chongqing": true,
	"fujian": true, "gansu": true, "guangdong": true, "guangxi": true, "guizhou": true,
	"hainan": true, "hebei": true, "heilongjiang": true, "henan": true, "hubei": true,
	"hunan": true, "innermongolia": true, "jiangsu": true, "jiangxi": true, "jilin": true,
	"liaoning": true, "neimenggu": true, "ningxia": true, "qinghai": true, "shaanxi": true,
	"shandong": true, "shanghai": true, "shanxi": true, "sichuan": true, "tianjin": true,
	"tibet": true, "xianggang": true, "xinjiang": true, "xizang": true, "yunnan": true,
	"zhejiang": true, "zhongyangqiye": true,
}

// matchGenAI reads Region-Name-YYYYMMDD, …NNNN or …SNNNN.
func matchGenAI(c cursor) (Number, int, bool) {
	start := c.i
	region := c.word(20)
	known := regions[strings.ToLower(region)]
	if region == "" || !known && !c.whole || !c.hyphen() {
		return Number{}, 0, false
	}
	name, tail, ok := c.name()
	if !ok || strings.IndexFunc(name, isLetter) < 0 {
		return Number{}, 0, false
	}
	n := Number{
		Kind: KindFiled, Text: c.s[start:c.i], Normal: region + "-" + name + "-" + tail.text,
		WellFormed: true, CheckDigit: CheckNone, Lenient: c.notes.names(),
		Fields: Fields{Region: region, Name: name, Date: tail.date, Serial: tail.serial},
	}
	if tail.registered {
		n.Kind = KindRegistered
	}
	return n.judgeGenAI(tail, known), c.i, true
}

func (n Number) judgeGenAI(t tail, known bool) Number {
	switch {
	case t.masked || strings.Trim(strings.ToLower(n.Fields.Name), "x") == "":
		return n.placeholder()
	case !known:
		return n.malformed(
			fmt.Sprintf("%q is no region of the published numbers", n.Fields.Region),
			fmt.Sprintf("“%s”不是已公布编号中的属地", n.Fields.Region))
	case len(t.date) != 8 || !realDate(t.date):
		return n.malformed(
			fmt.Sprintf("%q is no date (YYYYMMDD, from 2023)", t.date),
			fmt.Sprintf("“%s”不是有效日期（应为2023年以后的年月日）", t.date))
	case len(t.serial) != 4 && (t.serial != "" || t.registered):
		return n.malformed(
			fmt.Sprintf("the running number has %d digits, it has 4", len(t.serial)),
			fmt.Sprintf("序号有%d位，应为4位", len(t.serial)))
	}
	return n
}

// tail is what follows the name.
type tail struct {
	text, date, serial string
	registered, masked bool
}

// name consumes the name and the tail. A hyphen is part of the name where no tail
// follows it.
func (c *cursor) name() (string, tail, bool) {
	var b strings.Builder
	for b.Len() < maxName {
		d := *c
		if b.Len() > 0 && d.hyphen() {
			if t, ok := d.tail(); ok {
				*c = d
				return b.String(), t, true
			}
		}
		r := c.next()
		if !isLetter(r) && !isDigit(r) && (r == 0 || !strings.ContainsRune("._+&·-", r)) {
			break
		}
		b.WriteRune(r)
	}
	return "", tail{}, false
}

// tail consumes the date and the running number up to a word's end. In a text,
// what is as likely a time stamp or a file's name is left alone.
func (c *cursor) tail() (tail, bool) {
	d := *c
	body := d.body()
	if len(body) < 6 || !d.wordEnds() {
		return tail{}, false
	}
	t, ok := split(body)
	if !ok || !c.whole && !t.masked && !t.likely() {
		return tail{}, false
	}
	if strings.Contains(body, "s") {
		d.notes |= noteCase
	}
	*c = d
	return t, true
}

// body consumes the letters and digits of a tail.
func (c *cursor) body() string {
	var b strings.Builder
	for b.Len() < 32 {
		r := c.peek()
		if !isDigit(r) && !isLetter(r) && r != '*' {
			break
		}
		b.WriteByte(byte(c.next()))
	}
	return b.String()
}

// wordEnds tells whether nothing follows that makes the tail part of a file's
// name: a letter or digit, also behind a dot, a hyphen or an underscore.
func (c *cursor) wordEnds() bool {
	d := *c
	r := d.next()
	if r == '.' || r == '-' || r == '_' {
		r = d.peek()
	}
	return !isLetter(r) && !isDigit(r) && r != '_'
}

// split takes a tail apart: digits, S and digits, or a masked form of these.
func split(body string) (tail, bool) {
	upper := strings.ToUpper(body)
	masked := strings.ContainsAny(upper, "X*") || strings.HasPrefix(upper, "YYYYMMDD")
	if masked {
		rest := strings.Trim(upper, "0123456789YMDNSX*")
		return tail{text: upper, masked: true}, rest == ""
	}
	t := tail{text: upper}
	head, serial, registered := strings.Cut(upper, "S")
	if !allDigits(head) || !allDigits(serial) || head == "" {
		return tail{}, false
	}
	t.date, t.serial, t.registered = head, serial, registered
	if !registered && len(head) > 8 {
		t.date, t.serial = head[:8], head[8:]
	}
	return t, true
}

// likely tells whether a tail in a text is meant as one: a date from 2023 and a
// running number that is not the time of a stamp.
func (t tail) likely() bool {
	return len(t.date) == 8 && t.date >= "2023" && t.date < "2100" && len(t.serial) <= 5
}

func realDate(s string) bool {
	t, err := time.Parse("20060102", s)
	return err == nil && t.Year() >= 2023 && t.Year() < 2100
}

// word consumes up to max letters.
func (c *cursor) word(max int) string {
	var b strings.Builder
	for isLetter(c.peek()) {
		if b.Len() == max {
			return ""
		}
		b.WriteByte(byte(c.next()))
	}
	return b.String()
}

// hyphen consumes a hyphen; in a field of its own also with spaces around it.
func (c *cursor) hyphen() bool {
	d := *c
	if d.whole {
		d.spaces(2)
	}
	if d.next() != '-' {
		return false
	}
	if d.whole {
		d.spaces(2)
	}
	*c = d
	return true
}
