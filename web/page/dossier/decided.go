package dossier

import (
	"slices"
	"time"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/review"
)

// decided is a decision in words, with what who asks may do with it.
type decided struct {
	review.Decision
	What     analyzer.Text
	Duties   []duty
	Law      []article
	Evidence []cited
	Versions []string // by name, where they are known
	Follows  analyzer.Text
	Term     review.Deadline
	Passed   bool
	Since    review.Times // of the decision, in its order
	RatifyBy time.Time
	Acts     []happened
	Letters  []review.Letter
	Forms    []followForm
}

// cited is a piece of evidence with where the page shows it.
type cited struct {
	Kind   analyzer.Text
	Label  analyzer.Text
	Anchor string
}

// happened is an act on a decision.
type happened struct {
	review.DecisionAct
	Changes []change
	Hours   int // by which a consequence was late
}

// change is what became of a release.
type change struct {
	Version  string
	From, To review.ReleaseState
}

// followForm is the form of an act on a decision.
type followForm struct {
	On       review.Event
	Decision string
	Note     string
	Days     string
	Wrong    []string
}

// asked says which acts on a decision have a form of their own beside it; those of
// the second person stand at the head of the page.
var asked = []review.Event{review.EventRatify, review.EventEffect, review.EventExtend}

func (v view) decided(d review.Decision, f filled) decided {
	out := decided{
		Decision: d, What: d.Event().Name(), Term: d.Deadline(), RatifyBy: d.RatifyBy(),
		Law: v.cite(d.Grounds.Articles, unquoted), Versions: v.versions(d.Versions),
		Since: d.Times(),
	}
	out.Passed = out.Term.Passed(v.Now)
	for _, id := range d.Grounds.Obligations {
		out.Duties = append(out.Duties, v.duty(id))
	}
	for _, p := range d.Evidence {
		out.Evidence = append(out.Evidence, v.cited(p))
	}
	if d.Consequence != nil {
		out.Follows = d.Consequence.Event().Name()
	}
	for _, a := range d.Acts {
		out.Acts = append(out.Acts, v.happened(a))
	}
	for _, l := range v.Letters {
		if l.Decision == d.ID {
			out.Letters = append(out.Letters, l)
		}
	}
	for _, on := range asked {
		if v.mayFollow(d, on) {
			out.Forms = append(out.Forms, v.followForm(d, on, f))
		}
	}
	return out
}

// mayFollow reports an act that the table allows who asks, and the decision too.
func (v view) mayFollow(d review.Decision, on review.Event) bool {
	if !mayDecide(v.Who) || !slices.Contains(v.Events, on) {
		return false
	}
	changed := slices.ContainsFunc(d.Acts,
		func(a review.DecisionAct) bool { return a.After != nil })
	switch on {
	case review.EventApprove, review.EventReject:
		return d.Status() == review.StatusProposed && !d.By.Same(v.Who)
	case review.EventRetract:
		return d.Status() == review.StatusProposed && d.By.Same(v.Who)
	case review.EventRatify:
		return v.Now.Before(d.RatifyBy()) && !d.By.Same(v.Who)
	case review.EventExtend:
		return d.Running() && !d.Deadline().Passed(v.Now)
	case review.EventEffect:
		return changed && !d.Effected()
	}
	return false
}

func (v view) followForm(d review.Decision, on review.Event, f filled) followForm {
	out := followForm{On: on, Decision: d.ID}
	if f.Follow != nil && f.Follow.Decision == d.ID && f.Follow.On == on {
		out.Note, out.Days = f.Follow.Note, f.Follow.WorkingDays
		out.Wrong = f.Wrong.At(v.Lang, "note", "working_days")
	}
	return out
}

// pending is the decision that waits for a second person, and what who asks may do.
type pending struct {
	decided
	Own     bool // who asks proposed it
	Approve *followForm
	Reject  *followForm
	Retract *followForm
}

func (v view) pending(f filled) *pending {
	d, ok := v.Case.Pending()
	if !ok {
		return nil
	}
	out := &pending{decided: v.decided(d, f), Own: d.By.Same(v.Who)}
	for on, at := range map[review.Event]**followForm{
		review.EventApprove: &out.Approve, review.EventReject: &out.Reject,
		review.EventRetract: &out.Retract,
	} {
		if v.mayFollow(d, on) {
			one := v.followForm(d, on, f)
			*at = &one
		}
	}
	return out
}

func (v view) happened(a review.DecisionAct) happened {
	out := happened{DecisionAct: a, Hours: int(a.Late / time.Hour)}
	for _, c := range a.Changed {
		out.Changes = append(out.Changes, change{v.version(c.Release), c.From, c.To})
	}
	return out
}

// version names a release; one that is not at hand keeps its id.
func (v view) version(id string) string {
	for _, r := range append(slices.Clone(v.Releases), v.Release) {
		if r.ID == id && r.Version != "" {
			return r.Version
		}
	}
	return id
}

func (v view) versions(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = v.version(id)
	}
	return out
}

// cited puts a pointer into words.
func (v view) cited(p review.Pointer) cited {
	return cited{Kind: p.Kind.Name(), Label: v.pointed(p), Anchor: anchor(p)}
}

// pointed is what a pointer names, or its id.
func (v view) pointed(p review.Pointer) analyzer.Text {
	plain := analyzer.Text{ZH: p.ID, EN: p.ID}
	switch p.Kind {
	case review.PointFinding:
		if v.Report == nil {
			return plain
		}
		product := v.product(p.ID)
		if product == plain {
			return plain
		}
		return analyzer.Text{ZH: product.In("zh") + "（" + p.ID + "）",
			EN: product.In("en") + " (" + p.ID + ")"}
	case review.PointCapability:
		return v.capabilityName(analyzer.CapabilityID(p.ID))
	case review.PointCheck:
		t := v.duty(p.ID).Title
		return analyzer.Text{ZH: p.ID + " " + t.ZH, EN: p.ID + " " + t.EN}
	case review.PointGap:
		if p.ID == "" {
			return analyzer.Text{ZH: "整个安装包", EN: "the package as a whole"}
		}
	case review.PointRoute:
		return review.Route(p.ID).Name()
	case review.PointScan:
		return analyzer.Text{ZH: "检测失败", EN: "the scan failed"}
	case review.PointDocument:
		return name(papers, p.ID)
	case review.PointAnomaly:
		if t, _ := analyzer.AnomalyText(analyzer.AnomalyCode(p.ID)); t != (analyzer.Text{}) {
			return t
		}
	}
	return plain
}
