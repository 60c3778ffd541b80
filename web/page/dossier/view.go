package dossier

import (
	"slices"
	"strings"
	"time"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
	"github.com/listgate/listgate/review/desk"
	"github.com/listgate/listgate/review/notice"
	"github.com/listgate/listgate/web/ui"
)

// view is what page.html shows.
type view struct {
	desk.Dossier
	Lang string
	Who  review.Actor
	Now  time.Time
	Head heading
	// Wrong are the reasons of a refusal that no form on the page shows.
	Wrong     []string
	Stale     bool          // the case was changed since the person saw it
	Why       *review.Entry // for which it is before people again
	Scopes    []analyzer.Text
	Acts      []button
	Scan      *seen // nil where no scan left a report
	Decisions []decided
	Made      int // decisions that do not wait for a second person
	Declared  []row
	Following []decided // those on which who asks may act
	Form      *form     // nil where the person has none
	Pending   *pending
	Claimable bool
	Next      bool // the person may go on to another case from here
}

// heading is what names the case.
type heading struct {
	Name, Package, Version, Provider string
	Platform, Origin, Stage          analyzer.Text
	Overdue                          bool
	// Held says that somebody has the case now; Mine that it is who asks.
	Held, Mine bool
	// Failed says why the last scan failed.
	Failed  analyzer.Text
	Running bool // a scan is to come or under way
	// Twin says that the scan counts as failed for another case of the same version.
	Twin bool
	// Beat is after how many seconds the open page renews the claim.
	Beat int
}

func newView(r *ui.Request, d desk.Dossier, f filled) view {
	v := view{
		Dossier: d, Lang: r.Lang, Who: r.Who, Now: r.Now, Head: headingOf(r, d),
		Stale: slices.ContainsFunc(f.Wrong,
			func(p review.Problem) bool { return p.Code == "stale" }),
	}
	v.Acts, v.Why, v.Scopes = v.buttons(f), v.why(), v.scopes()
	if d.Report != nil {
		v.Scan = v.seen()
	}
	if d.Declaration != nil {
		v.Declared = v.declared(d.Declaration)
	}
	for _, one := range slices.Backward(d.Case.Decisions) {
		v.Decisions = append(v.Decisions, v.decided(one, f))
	}
	for _, one := range v.Decisions {
		if one.Status() != review.StatusProposed {
			v.Made++
		}
		if len(one.Forms) > 0 {
			v.Following = append(v.Following, one)
		}
	}
	v.Pending = v.pending(f)
	v.Claimable = slices.ContainsFunc(v.Acts,
		func(b button) bool { return b.On == review.EventClaim })
	if f.Form != nil || v.mayDecide() {
		v.Form = v.form(f)
		return v
	}
	v.Wrong = f.Wrong.Beside(r.Lang)
	v.Next = mayDecide(v.Who) && !v.Claimable
	return v
}

// mayDecide reports that who asks has the case, so that the form is theirs.
func (v view) mayDecide() bool { return mayDecide(v.Who) && v.Head.Mine }

func headingOf(r *ui.Request, d desk.Dossier) heading {
	c := d.Case
	h := heading{
		Name: d.App.Name, Package: d.App.Package, Version: d.Release.Version,
		Provider: d.App.Provider, Platform: name(platforms, d.Release.Platform),
		Origin: name(origins, c.Origin), Stage: name(stages, c.Stage),
		Overdue: !c.Due.IsZero() && !r.Now.Before(c.Due) && open(c.State),
		Held:    c.State == review.CaseClaimed && c.Claim.Held(r.Now),
		Running: c.State == review.CaseReceived || c.State == review.CaseScanning,
	}
	h.Mine = h.Held && c.Claim.By.Same(r.Who)
	h.Twin = c.State == review.CaseScanFailed && c.Rival != ""
	h.Beat = int(min(max(c.Claim.Until.Sub(r.Now)/3, 15*time.Second), 5*time.Minute).Seconds())
	if d.Submission.Scan != nil {
		h.Failed = d.Submission.Scan.Failure
	}
	if d.Report != nil {
		h.fill(r.Lang, d)
	}
	if h.Name == "" {
		h.Name = d.Submission.File
	}
	return h
}

// fill takes from the report what no application says yet.
func (h *heading) fill(lang string, d desk.Dossier) {
	p := d.Report.Package
	if h.Name == "" {
		h.Name = analyzer.Text{ZH: p.Labels["zh"], EN: p.Labels["en"]}.In(lang)
	}
	if h.Package == "" {
		h.Package = p.ID
	}
	if h.Version == "" {
		h.Version = p.Version.Name
	}
}

// open are the states in which the case waits for the store.
func open(s review.CaseState) bool {
	switch s {
	case review.CaseDecided, review.CaseEffected, review.CaseClosed, review.CaseAwaiting:
		return false
	}
	return true
}

// button is an act that the state table allows, as a form.
type button struct {
	ID    string // of the form
	To    string // address below the case
	On    review.Event
	Label ui.Sentence
	Hint  ui.Sentence
	Main  bool   // the one that comes next
	Asks  bool   // for a note
	Note  string // as it was sent
	Key   string
}

// allButtons are the acts beside decisions, in the order in which they are done; the
// last three are the developer's.
func allButtons() []button {
	return []button{
		{
			ID: "claim", To: "/claim", On: review.EventClaim, Label: ui.Sentence("领取案件"),
			Main: true, Key: "c",
		},
		{
			ID: "resume", To: "/move", On: review.EventResume, Label: ui.Sentence("恢复审核"),
			Main: true,
		},
		{
			ID: "recall", To: "/move", On: review.EventRecall, Label: ui.Sentence("撤回说明要求"),
			Asks: true, Hint: ui.Sentence("案件回到待审核，开发者不必再答复。"),
		},
		{
			ID: "close", To: "/move", On: review.EventClose, Label: ui.Sentence("结案"), Asks: true,
			Hint: ui.Sentence("措施已在商店中执行，没有尚未到期的事项时结案。"),
		},
		{
			ID: "reopen", To: "/move", On: review.EventReopen, Label: ui.Sentence("重新审核"),
			Asks: true, Hint: ui.Sentence("写明为何再审；此前的决定继续有效，直到作出新的决定。"),
		},
		{
			ID: "hold", To: "/move", On: review.EventHold, Label: ui.Sentence("搁置"), Asks: true,
			Hint: ui.Sentence("写明在等什么；搁置期间案件不在待审列表中。"),
		},
		{ID: "drop", To: "/drop", On: review.EventUnclaim, Label: ui.Sentence("放弃领取")},
		{
			ID: "answered", To: "/move", On: review.EventAnswered, Label: ui.Sentence("答复"),
			Main: true, Asks: true, Hint: ui.Sentence("写明对所提问题的说明。"),
		},
		{
			ID: "appeal", To: "/move", On: review.EventAppeal, Label: ui.Sentence("申诉"),
			Asks: true, Hint: ui.Sentence("写明不服的决定和理由；由未参与原决定的人处理。"),
		},
		{
			ID: "withdraw", To: "/move", On: review.EventWithdraw,
			Label: ui.Sentence("撤回申请"), Asks: true,
			Hint: ui.Sentence("撤回之后本版本不再审核。"),
		},
	}
}

// buttons lists what who asks may do beside a decision. Whoever reads alone has none.
func (v view) buttons(f filled) []button {
	if !slices.Contains(movers, v.Who.Role) {
		return nil
	}
	var out []button
	for _, b := range allButtons() {
		held := b.On == review.EventClaim && v.Head.Held
		if held || !slices.Contains(v.Events, b.On) {
			continue
		}
		if f.Moved != nil && f.Moved.On == b.On {
			b.Note = f.Moved.Note
		}
		out = append(out, b)
	}
	if v.Case.State == review.CaseScanFailed && mayDecide(v.Who) {
		out = append(out, button{ID: "rescan", To: "/rescan", Label: ui.Sentence("重新检测")})
	}
	return out
}

// few is the beginning of a list that a package made as long as it liked.
type few[T any] struct {
	All  []T
	Rest []T // that are shown folded
	More int // that are not shown
}

func fewOf[T any](list []T, n int) few[T] {
	if len(list) <= n {
		return few[T]{All: list}
	}
	return few[T]{All: list[:n], More: len(list) - n}
}

// folded shows n of a list, and folds them behind the first.
func folded[T any](list []T, first, n int) few[T] {
	out := fewOf(list, n)
	if len(out.All) > first+1 { // no fold is there for one alone
		out.All, out.Rest = out.All[:first], out.All[first:]
	}
	return out
}

// article is a citation in words, with the articles that it stands in.
type article struct {
	notice.Ground
	Whole []string
}

// cite puts citations into words; one that the edition does not hold stands for
// itself.
func (v view) cite(citations []string, quote func(citation string) string) []article {
	var out []article
	for _, c := range citations {
		a := article{Ground: notice.Ground{Citation: c}}
		if v.Edition != nil {
			if found, err := notice.Cite(c, quote(c), v.Edition); err == nil {
				a = article{found, v.whole(found)}
			}
		}
		out = append(out, a)
	}
	return out
}

// whole is the text of the articles of a citation where its wording is a part of it.
func (v view) whole(g notice.Ground) []string {
	var out []string
	_, articles, _ := v.Edition.Cited(g.Citation)
	for _, a := range articles {
		if text := strings.TrimSpace(a.Text); text != "" && text != g.Wording {
			out = append(out, text)
		}
	}
	return out
}

func unquoted(string) string { return "" }

// Cite returns the id of the box in the form that cites a thing as evidence; empty
// where there is none.
func (v view) Cite(kind, id string) string {
	p := review.Pointer{Kind: review.PointerKind(kind), ID: id}
	if v.Form == nil || !v.Known.Holds(p) {
		return ""
	}
	return "cite-" + tokenOf(p)
}

// Anchor is where the page shows a decision.
func (v view) Anchor(decision string) string {
	if v.Pending != nil && v.Pending.ID == decision {
		return "pending"
	}
	return "decision-" + decision
}

// Recorded is the kind of an entry of the ledger in words.
func (v view) Recorded(kind string) analyzer.Text { return name(records, kind) }
