package number

import "fmt"

const algorithmDigits = 21

// matchAlgorithm reads 网信算备 + 21 digits + 号.
func matchAlgorithm(c cursor) (Number, int, bool) {
	start := c.i
	if !c.accept("网信算备") {
		return Number{}, 0, false
	}
	c.mark("(:[")
	c.spaces(2)
	return algorithm(c, start)
}

// matchBare reads the digits of an algorithm number without their prefix, which
// only a field that holds nothing else can mean.
func matchBare(c cursor) (Number, int, bool) {
	d := c
	if digits := d.run(algorithmDigits, 0); len(digits) != algorithmDigits || !allDigits(digits) {
		return Number{}, 0, false
	}
	start := c.i
	c.notes |= noteNoPrefix
	return algorithm(c, start)
}

func algorithm(c cursor, start int) (Number, int, bool) {
	digits := c.run(algorithmDigits, algorithmDigits)
	if len(digits) < 4 {
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
	n := Number{
		Kind: KindAlgorithm, Text: c.s[start:c.i], Normal: "网信算备" + digits + "号",
		WellFormed: true, CheckDigit: CheckNone, Lenient: c.notes.names(),
	}
	switch {
	case placeholderDigits(digits):
		n = n.placeholder()
	case !allDigits(digits):
		n = n.malformed("letters or signs among the digits", "数字中夹有字母或符号")
	case len(digits) != algorithmDigits:
		n = n.malformed(
			fmt.Sprintf("%d digits, an algorithm filing number has 21", len(digits)),
			fmt.Sprintf("有%d位数字，算法备案编号应为21位", len(digits)))
	default:
		n.Fields = Fields{
			Division: digits[:6], Entity: digits[6:13], Class: digits[13:15],
			Year: digits[15:17], Serial: digits[17:20], Check: digits[20:],
		}
		n.CheckDigit = checkDigit(digits)
		if n.Fields.Entity == "0000000" {
			n = n.placeholder()
		}
	}
	return n, c.i, true
}

// checkDigit holds 21 digits against the rule that all published numbers follow:
// the sum of digit(i)*2^(21-i), i from 1, is 1 modulo 10.
func checkDigit(digits string) string {
	sum := 0
	for _, d := range []byte(digits) {
		sum = (2*sum + int(d-'0')) % 10
	}
	if sum != 1 {
		return CheckWrong
	}
	return CheckOK
}
