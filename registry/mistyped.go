package registry

import (
	"strings"

	"github.com/listgate/listgate/registry/number"
)

// mostNear bounds the rows offered for one mistyped number.
const mostNear = 5

// mistyped offers the rows whose numbers are one slip of the hand away: a digit
// wrong, missing or too many, or two neighbours swapped. The check digit leaves
// about one in ten of the possible numbers to be asked for.
func (c *climb) mistyped(step StepName) {
	if c.num.Kind != number.KindAlgorithm || c.num.Placeholder {
		return
	}
	digits := strings.TrimSuffix(strings.TrimPrefix(c.num.Normal, "网信算备"), "号")
	offered := map[string]bool{}
	for _, d := range slips(digits) {
		n, err := number.Parse("网信算备" + d + "号")
		if err != nil || n.CheckDigit != number.CheckOK || offered[d] {
			continue
		}
		offered[d] = true
		for _, series := range []Series{c.claim.Series, Cancellation} {
			if len(c.out.NearMisses) >= mostNear {
				return
			}
			c.offer(step, c.lookup.Find(series, n.Normal, c.claim.AsOf))
		}
	}
}

func (c *climb) offer(step StepName, reply Reply) {
	if reply.Answer != Found {
		return
	}
	r := newestOf(reply.Records)
	list := r.Series.Name()
	c.near(step, r, say("%[1]s中有相差一处的编号：%[3]s",
		"the list of %[2]s has a number that differs in one place: %[3]s",
		list.ZH, list.EN, quote(r)))
}

// slips returns what 21 digits may have been before one slip; a run of another
// length has lost or won one digit, or is given up.
func slips(s string) []string {
	var all []string
	switch len(s) {
	case 20:
		for i := range len(s) + 1 {
			for d := byte('0'); d <= '9'; d++ {
				all = append(all, s[:i]+string(d)+s[i:])
			}
		}
	case 22:
		for i := range s {
			all = append(all, s[:i]+s[i+1:])
		}
	case 21:
		for i := range s {
			for d := byte('0'); d <= '9'; d++ {
				all = append(all, s[:i]+string(d)+s[i+1:])
			}
			if i > 0 {
				all = append(all, s[:i-1]+s[i:i+1]+s[i-1:i]+s[i+1:])
			}
		}
	}
	return all
}
