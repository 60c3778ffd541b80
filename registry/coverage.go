package registry

import (
	"fmt"
	"slices"
	"strings"
)

// seriesNames are the official titles of the lists and what they are in English.
var seriesNames = map[Series]Text{
	Algorithm:    {"境内深度合成服务算法备案清单", "deep-synthesis algorithm filings"},
	Cancellation: {"算法备案注销公告", "cancellations of algorithm filings"},
	GenAIFiled:   {"生成式人工智能服务备案（模型）清单", "filed generative-AI models"},
	GenAIListed:  {"生成式人工智能服务登记（应用）清单", "registered generative-AI applications"},
	AppFiling:    {"移动互联网应用程序备案", "filings of mobile applications"},
	Assessment:   {"安全评估记录", "security assessments"},
	WebsiteSite:  {"网站备案", "filings of websites"},
}

// Name returns what the series is called in both languages.
func (s Series) Name() Text {
	if t, ok := seriesNames[s]; ok {
		return t
	}
	return Text{string(s), string(s)}
}

// Held says which batches of the series the lookup holds, how far, and which of
// the published ones are missing, in one sentence for people.
func (s Series) Held(l Lookup) Text {
	c, newest := heldOf(l, s)
	name := s.Name()
	if len(c.Batches) == 0 {
		return say("未持有任何%[1]s", "no list of %[2]s is held", name.ZH, name.EN)
	}
	var have, lack Text
	held, rows, known := 0, 0, true
	for _, b := range c.Batches {
		held, rows = held+b.Held, rows+max(b.Held, b.Rows)
		known = known && b.Rows > 0
		if b.Held > 0 {
			have = have.join(b.heldText())
		} else {
			lack = lack.join(say("%s(%d行)", "%s (%d rows)", b.Name, b.Rows))
		}
	}
	total := say("%d", "%d", held)
	if known || rows > held {
		total = say("%d/%d", "%d of %d", held, rows)
	}
	holds, lacks := Text{"未持有任何批次", "held none"}, Text{"无缺失批次", "missing none"}
	if have.ZH != "" {
		holds = Text{"持有" + have.ZH, "held " + have.EN}
	}
	if lack.ZH != "" {
		lacks = Text{"缺" + lack.ZH, "missing " + lack.EN}
	}
	return Text{
		fmt.Sprintf("%s：%s；%s；共%s行，最新公告%s", name.ZH, holds.ZH, lacks.ZH, total.ZH, newest),
		fmt.Sprintf("%s: %s; %s; %s rows in all, newest notice %s",
			name.EN, holds.EN, lacks.EN, total.EN, newest),
	}
}

// order puts batches in the order of their dates, those without a date last.
func (b Batch) order() string {
	if day := dayOf(b.Published); day != "" {
		return day
	}
	return "9999"
}

func (b Batch) heldText() Text {
	if b.Rows == 0 {
		return say("%s(%d行，总数不详)", "%s (%d, total not known)", b.Name, b.Held)
	}
	return say("%s(%d/%d)", "%s (%d/%d)", b.Name, b.Held, b.Rows)
}

func (t Text) join(u Text) Text {
	if t.ZH == "" {
		return u
	}
	return Text{t.ZH + "、" + u.ZH, t.EN + ", " + u.EN}
}

func (t Text) or(zh, en string) Text {
	if t.ZH == "" {
		return Text{zh, en}
	}
	return t
}

// Coverage unites what all snapshots that the lookup holds of a series cover.
func (s Series) Coverage(l Lookup) Coverage {
	c, _ := heldOf(l, s)
	return c
}

// heldOf unites the coverage of all snapshots of a series: of a batch that two
// hold, the fuller one counts. Batches of several are in the order of their dates.
// It also returns the date of the newest notice.
func heldOf(l Lookup, s Series) (Coverage, string) {
	all, newest, snapshots := Coverage{Complete: true}, "", 0
	at := map[string]int{}
	for _, snap := range l.Snapshots() {
		if snap.Series != s {
			continue
		}
		snapshots++
		newest = max(newest, snap.Published)
		all.Complete = all.Complete && snap.Coverage.Complete
		for _, b := range snap.Coverage.Batches {
			i, ok := at[b.Name]
			if !ok {
				at[b.Name] = len(all.Batches)
				all.Batches = append(all.Batches, b)
				continue
			}
			u := &all.Batches[i]
			u.Held, u.Rows = max(u.Held, b.Held), max(u.Rows, b.Rows)
			u.Published = max(u.Published, b.Published)
		}
	}
	if snapshots > 1 {
		slices.SortStableFunc(all.Batches, func(a, b Batch) int {
			return strings.Compare(a.order(), b.order())
		})
	}
	all.Complete = all.Complete && len(all.Batches) > 0
	return all, newest
}

// Spread gives the coverage of a whole series to the snapshots that hold it: each
// keeps the batches that it holds, as the whole has them, and the last one has
// those besides that nobody holds. Together they cover the whole.
func Spread(whole Coverage, held []Held) []Held {
	out := slices.Clone(held)
	taken := map[string]bool{}
	for i, h := range out {
		own := map[string]bool{}
		for _, b := range h.Coverage.Batches {
			own[b.Name] = b.Held > 0
		}
		out[i].Coverage = Coverage{Complete: whole.Complete}
		for _, b := range whole.Batches {
			last := i == len(out)-1 && !taken[b.Name]
			if own[b.Name] || last {
				taken[b.Name] = true
				out[i].Coverage.Batches = append(out[i].Coverage.Batches, b)
			}
		}
	}
	return out
}

// say renders one sentence in both languages from the same values.
func say(zh, en string, args ...any) Text {
	if len(args) == 0 {
		return Text{zh, en}
	}
	return Text{strings.TrimSpace(fmt.Sprintf(zh, args...)),
		strings.TrimSpace(fmt.Sprintf(en, args...))}
}
