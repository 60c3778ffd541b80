package registry

import (
	"strings"

	"github.com/listgate/listgate/registry/number"
)

// inSnapshot looks the number up and keeps the row that it names.
func (c *climb) inSnapshot() (Outcome, Text) {
	claim := c.claim
	reply := c.lookup.Find(claim.Series, c.num.Normal, claim.AsOf)
	if claim.Series == Algorithm {
		c.cancelled = c.lookup.Find(Cancellation, c.num.Normal, claim.AsOf)
	}
	if reply.Answer == Found {
		c.keep(newestOf(reply.Records))
		return Passed, say("见清单%s：%s", "found in %s: %s", strings.Join(reply.Snapshots, "、"),
			quote(*c.row))
	}
	if c.cancelled.Answer == Found {
		c.keep(newestOf(c.cancelled.Records))
		return Passed, say("所持备案清单中没有，但见于注销公告，说明曾经备案：%s",
			"not in the filing lists held, but in a cancellation notice, so it was once given: %s",
			quote(*c.row))
	}
	if c.wrongSeries() {
		return c.otherList(reply)
	}
	if reply.Answer != Absent {
		return Unclear, c.notAnswered(claim.Series, reply)
	}
	if c.num.CheckDigit != number.CheckOK {
		c.mistyped(StepInSnapshot)
	}
	return Unclear, c.notInLists()
}

// wrongSeries tells whether the number itself shows that it belongs elsewhere.
func (c *climb) wrongSeries() bool {
	switch c.claim.Series {
	case Algorithm:
		return c.num.Fields.Class != generation && c.num.CheckDigit == number.CheckOK
	case GenAIFiled, GenAIListed:
		return seriesOf[c.num.Kind] != c.claim.Series
	}
	return false
}

// otherList looks in the list where the number belongs by its form. Either way
// the class is what decides, on its own rung.
func (c *climb) otherList(reply Reply) (Outcome, Text) {
	if other, ok := seriesOf[c.num.Kind]; ok && other != c.claim.Series {
		if r := c.lookup.Find(other, c.num.Normal, c.claim.AsOf); r.Answer == Found {
			c.keep(newestOf(r.Records))
			return Passed, say("见于另一清单（%[1]s）：%[3]s", "found in another list, %[2]s: %[3]s",
				other.Name().ZH, other.Name().EN, quote(*c.row))
		}
	}
	if reply.Answer == Absent {
		return Advice, c.notInLists()
	}
	return Advice, c.notAnswered(c.claim.Series, reply)
}

// notAnswered says why a list gave neither found nor absent.
func (c *climb) notAnswered(series Series, reply Reply) Text {
	name := series.Name()
	if reply.Answer != NotAsked {
		return say("无法查询%[1]s：%[3]s", "the list of %[2]s could not be asked: %[3]s", name.ZH,
			name.EN, orDash(reply.Why))
	}
	if c.claim.AsOf == "" {
		return series.Held(c.lookup)
	}
	return say("没有截至%[3]s已公布的%[1]s可查", "no list of %[2]s that was public on %[3]s is held", name.ZH,
		name.EN, c.claim.AsOf)
}

// seriesOf is the list to which a kind of number belongs.
var seriesOf = map[string]Series{
	number.KindAlgorithm: Algorithm, number.KindFiled: GenAIFiled,
	number.KindRegistered: GenAIListed,
	number.KindApp:        AppFiling, number.KindWebsite: WebsiteSite,
}

func (c *climb) notInLists() Text {
	held := c.claim.Series.Held(c.lookup)
	return say("%[1]s不在所持清单中，不等于未备案。%[2]s",
		"%[1]s is not in the lists held, which does not mean that it was not filed; %[3]s",
		c.num.Normal, held.ZH, held.EN)
}

func (c *climb) keep(r Record) { c.row = &r }

// newestOf returns the row of the newest list; of equals, the last.
func newestOf(rows []Record) Record {
	newest := rows[0]
	for _, r := range rows[1:] {
		if dayOf(r.Published) >= dayOf(newest.Published) {
			newest = r
		}
	}
	return newest
}

func (c *climb) notCancelled() (Outcome, Text) {
	coverage, newest := heldOf(c.lookup, Cancellation)
	switch c.cancelled.Answer {
	case Found:
		r := newestOf(c.cancelled.Records)
		return Failed, say("已注销（%[2]s公告，注销时间%[3]s）：%[1]s",
			"cancelled (notice of %[2]s, cancelled %[3]s): %[1]s", quote(r), r.Published,
			orDash(r.On))
	case Absent:
		if !coverage.Complete {
			held := Cancellation.Held(c.lookup)
			return Advice, say("不在所持注销公告中，但公告不全。%[1]s",
				"not in the cancellation notices held, which are not all; %[2]s", held.ZH, held.EN)
		}
		if c.claim.AsOf != "" {
			newest = min(newest, c.claim.AsOf)
		}
		return Passed, say("不在截至%s的注销公告中", "not in the cancellation notices up to %s", newest)
	default:
		return Unclear, c.notAnswered(Cancellation, c.cancelled)
	}
}

// generation is the class of generation and synthesis (生成合成类).
const generation = "01"

// classNames are the classes observed in published numbers.
var classNames = map[string]Text{
	"02": {"个性化推送类", "personalised push"},
	"03": {"排序精选类", "ranking and selection"},
	"04": {"检索过滤类", "search and filtering"},
	"05": {"内容安全类", "content safety"},
}

func (c *climb) class() (Outcome, Text) {
	if c.claim.Series == Algorithm {
		return c.algorithmClass()
	}
	kind, asked := kindNames[c.num.Kind], c.claim.Series.Name()
	if seriesOf[c.num.Kind] != c.claim.Series {
		return Failed, say("%[1]s是%[2]s，不是%[4]s的编号", "%[1]s is %[3]s, not a number of the %[5]s",
			c.num.Text, kind.ZH, kind.EN, asked.ZH, asked.EN)
	}
	return Passed, say("是%[1]s", "it is %[2]s", kind.ZH, kind.EN)
}

func (c *climb) algorithmClass() (Outcome, Text) {
	class := c.num.Fields.Class
	if class == generation {
		return Passed, say("第14、15位为01：生成合成类", "digits 14 and 15 are 01: generation and synthesis")
	}
	name := classNames[class].or("类别不明", "a class not known")
	return Failed, say("第14、15位为%[1]s（%[2]s），深度合成须为01（生成合成类）",
		"digits 14 and 15 are %[1]s (%[3]s); deep synthesis has 01 (generation and synthesis)",
		class, name.ZH, name.EN)
}

// quote names a row by what a person finds it with.
func quote(r Record) string {
	s := "“" + r.Name + "”（" + r.Entity + "，" + r.Number
	if r.Batch != "" {
		s += "，" + r.Batch
	}
	return s + "）"
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
