package queue

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/web/ui"
)

// tab is a group of states with what a person has to do about them.
type tab struct {
	id     string
	label  ui.Sentence
	states []review.CaseState
	empty  ui.Sentence // says what to do where there is none
	open   bool        // a day by which to decide can be missed there
}

// tabs lists the groups; every state is in one, and what is claimed in two.
var tabs = []tab{
	{"waiting", ui.Sentence("待审核"),
		[]review.CaseState{review.CaseWaiting, review.CaseScanFailed, review.CaseReopened,
			review.CaseAppealed},
		ui.Sentence("没有待审核的案件。新的上架申请检测完成后会出现在这里。"), true},
	{mineTab, ui.Sentence("我的"), []review.CaseState{review.CaseClaimed},
		ui.Sentence("您没有领取的案件。点“领取下一件”开始审核。"), true},
	{"approve", ui.Sentence("待审批"), []review.CaseState{review.CaseProposed},
		ui.Sentence("没有等待第二人审批的处置。"), true},
	{"awaiting", ui.Sentence("待开发者说明"), []review.CaseState{review.CaseAwaiting},
		ui.Sentence("没有等待开发者说明的案件。"), false},
	{"processing", ui.Sentence("处理中"),
		[]review.CaseState{review.CaseReceived, review.CaseScanning, review.CaseClaimed,
			review.CaseOnHold},
		ui.Sentence("没有正在检测、审核或搁置的案件。"), true},
	{"decided", ui.Sentence("已决定"),
		[]review.CaseState{review.CaseDecided, review.CaseEffected, review.CaseClosed},
		ui.Sentence("还没有作出决定的案件。"), false},
}

const mineTab = "mine"

// asked is what the address asks for.
type asked struct {
	tab tab
	filters
	after string
}

// filters narrow a tab; they stay when one goes to another.
type filters struct {
	Text       string
	Route      review.Route
	Severity   review.Severity
	Capability analyzer.CapabilityID
}

// Tab is the id of the tab, for the form of filters.
func (a asked) Tab() string { return a.tab.id }

// Filtered reports that less is shown than the tab holds.
func (a asked) Filtered() bool { return a.filters != filters{} }

// maxText bounds what is searched for, in bytes.
const maxText = 200

// routes and severities list those to choose from.
var (
	routes     = []review.Route{review.Blocked, review.CannotTell, review.Review, review.Clear}
	severities = []review.Severity{review.SeverityA, review.SeverityB, review.SeverityC,
		review.SeverityD, review.SeverityE}
)

// asked reads the address; what is not known there is as if it were not there.
func (p page) asked(r *ui.Request) asked {
	a := asked{tab: tabs[0], after: r.Query("after")}
	for _, t := range tabs {
		if t.id == r.Query("tab") && sees(r.Who, t) {
			a.tab = t
		}
	}
	if text := strings.TrimSpace(r.Query("text")); len(text) <= maxText {
		a.Text = text
	}
	if route := review.Route(r.Query("route")); slices.Contains(routes, route) {
		a.Route = route
	}
	if s := review.Severity(r.Query("severity")); slices.Contains(severities, s) {
		a.Severity = s
	}
	id := analyzer.CapabilityID(r.Query("capability"))
	if slices.Contains(p.capabilities(), id) {
		a.Capability = id
	}
	return a
}

// sees reports a tab that the person has: only who takes cases up has some.
func sees(who review.Actor, t tab) bool {
	return t.id != mineTab || slices.Contains(deciders, who.Role)
}

func (a asked) filter(who review.Actor) review.CaseFilter {
	f := review.CaseFilter{
		States: a.tab.states, Text: a.Text, Capability: a.Capability, After: a.after,
		Limit: pageLength,
	}
	if a.Route != "" {
		f.Routes = []review.Route{a.Route}
	}
	if a.Severity != "" {
		f.Severities = []review.Severity{a.Severity}
	}
	if a.tab.id == mineTab {
		f.Claimed = who.ID
	}
	return f
}

// address is where a tab is shown with filters.
func address(tab string, f filters, after string) string {
	q := url.Values{}
	for name, value := range map[string]string{
		"tab": tab, "text": f.Text, "route": string(f.Route), "severity": string(f.Severity),
		"capability": string(f.Capability), "after": after,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return "/cases?" + q.Encode()
}

// tabs are shown with how many cases each holds, whatever the filter.
func (a asked) tabs(r *ui.Request, counts map[review.CaseState]int, mine int) []ui.Tab {
	var out []ui.Tab
	for _, t := range tabs {
		if !sees(r.Who, t) {
			continue
		}
		n, most := 0, countCap
		for _, s := range t.states {
			n += counts[s]
		}
		if t.id == mineTab {
			n, most = mine, mineCap
		}
		shown := ui.Tab{Label: r.Say(string(t.label)), URL: address(t.id, a.filters, ""),
			Current: t.id == a.tab.id}
		if counts != nil || t.id == mineTab {
			shown.Count = upTo(n, most)
		}
		out = append(out, shown)
	}
	return out
}

// upTo writes a number that was counted up to most.
func upTo(n, most int) string {
	if n > most {
		return strconv.Itoa(most) + "+"
	}
	return strconv.Itoa(n)
}

func (a asked) routes(r *ui.Request) []ui.Option {
	names := map[review.Route]string{
		review.Blocked: r.Say("义务未满足"), review.CannotTell: r.Say("无法判断"),
		review.Review: r.Say("需人工审核"), review.Clear: r.Say("未见问题"),
	}
	return options(r, routes, a.Route, func(v review.Route) string { return names[v] })
}

func (a asked) severities(r *ui.Request) []ui.Option {
	return options(r, severities, a.Severity, func(v review.Severity) string { return string(v) })
}

func (a asked) capabilities(r *ui.Request, p page) []ui.Option {
	return options(r, p.capabilities(), a.Capability,
		func(id analyzer.CapabilityID) string { return p.name(r, id) })
}

// options lists values to choose from, behind "all".
func options[V ~string](r *ui.Request, values []V, chosen V, name func(V) string) []ui.Option {
	out := []ui.Option{{Label: r.Say("全部"), Chosen: chosen == ""}}
	for _, v := range values {
		out = append(out, ui.Option{Value: string(v), Label: name(v), Chosen: v == chosen})
	}
	return out
}

func (a asked) paging(next string) ui.Paging {
	var p ui.Paging
	if a.after != "" {
		p.First = address(a.tab.id, a.filters, "")
	}
	if next != "" {
		p.Next = address(a.tab.id, a.filters, next)
	}
	return p
}
