package review

import (
	"slices"
	"time"

	"github.com/listgate/listgate/analyzer"
)

// Grounds are what a decision stands on in law: articles as the report writes them
// ("dsp 19(1)") and obligations by id, at least one of either.
type Grounds struct {
	Articles    []string `json:"articles"`
	Obligations []string `json:"obligations"`
}

// PointerKind says what in the report a pointer names.
type PointerKind string

// The kinds, with what the id is.
const (
	PointFinding    PointerKind = "finding"    // rule id
	PointCapability PointerKind = "capability" // capability id
	PointCheck      PointerKind = "check"      // obligation id
	PointRegistry   PointerKind = "registry"   // row of a list, as its store names it
	PointDocument   PointerKind = "document"   // file that was handed in
	PointAnomaly    PointerKind = "anomaly"    // code
	PointGap        PointerKind = "gap"        // place
	PointRoute      PointerKind = "route"      // the route itself
	PointScan       PointerKind = "scan"       // the outcome of a scan that failed
)

// Pointer names a piece of evidence in what the case holds.
type Pointer struct {
	Kind PointerKind `json:"kind"`
	ID   string      `json:"id"`
}

// Known is what a case holds for pointers to name, by kind.
type Known map[PointerKind][]string

// Holds reports whether the pointer names something.
func (k Known) Holds(p Pointer) bool { return slices.Contains(k[p.Kind], p.ID) }

// Order is what an authority ordered, as it wrote it.
type Order struct {
	Authority string `json:"authority"`
	Reference string `json:"reference"`
}

// Emergency marks a measure that one senior person takes at once. Order is nil for
// the store's own: unratified, that lapses, while an ordered one stays.
type Emergency struct {
	Order *Order `json:"order,omitempty"`
}

// Proposal is what a person fills in.
type Proposal struct {
	Act
	// Versions are the releases of a suspension of versions, Function the function
	// of a suspension of one, Conditions those on which a release is listed.
	Versions   []string  `json:"versions,omitempty"`
	Function   string    `json:"function,omitempty"`
	Conditions []string  `json:"conditions,omitempty"`
	Grounds    Grounds   `json:"grounds"`
	Evidence   []Pointer `json:"evidence"`
	Reason     string    `json:"reason"` // Chinese; the developer reads it
	// Remedy says what would cure it; Chinese, and English where it is given.
	Remedy analyzer.Text `json:"remedy"`
	Note   string        `json:"note,omitempty"` // stays with the store
	// WorkingDays is the term; nil means that of the gravest ground.
	WorkingDays *int `json:"working_days,omitempty"`
	// Consequence is what follows when the term has passed, nil for a new look.
	Consequence *Act `json:"consequence,omitempty"`
	// Cures says of a listing that the release mends what the application was
	// warned or suspended for.
	Cures     bool       `json:"cures,omitempty"`
	Emergency *Emergency `json:"emergency,omitempty"`
}

// MadeOn says what exactly a decision was made on.
type MadeOn struct {
	Law    string `json:"law"`        // edition
	Digest string `json:"law_digest"` // of the compiled edition
	Rules  string `json:"rules"`      // digest of the rules
	Facts  string `json:"facts"`      // digest; empty where the scan failed
	// Snapshots are the lists that were asked; empty where none was held.
	Snapshots []SnapshotRef `json:"snapshots"`
	Policy    string        `json:"policy"` // version
}

// SnapshotRef names one list; Stale says that it is older than its rhythm.
type SnapshotRef struct {
	Source    string `json:"source"`
	Published string `json:"published"`
	SHA256    string `json:"sha256"`
	Stale     bool   `json:"stale,omitempty"`
}

// sameReport reports whether both name one report; the policy aside.
func (m MadeOn) sameReport(o MadeOn) bool {
	return m.Law == o.Law && m.Digest == o.Digest && m.Rules == o.Rules && m.Facts == o.Facts &&
		slices.Equal(m.Snapshots, o.Snapshots)
}

// Decision is 处置决定, a person's act, or for Automated that of the store's written
// policy. It is added and never edited: what happens to it is added to Acts.
type Decision struct {
	ID      string `json:"id"`
	Case    string `json:"case"`
	App     string `json:"app"`
	Release string `json:"release"`
	Proposal
	Severity  Severity  `json:"severity"` // of the gravest ground; empty for articles alone
	Days      int       `json:"days"`     // the term as resolved
	Made      MadeOn    `json:"made"`
	By        Actor     `json:"by"`
	At        time.Time `json:"at"`
	Automated bool      `json:"automated,omitempty"`
	// Sampled marks an automated decision that a person is to look at.
	Sampled bool          `json:"sampled,omitempty"`
	Since   Times         `json:"since"` // of the case when it was made
	Acts    []DecisionAct `json:"acts"`
}

// DecisionAct is one thing that happened to a decision, beginning with its making.
type DecisionAct struct {
	On       Event     `json:"on"`
	By       Actor     `json:"by"`
	At       time.Time `json:"at"`
	Note     string    `json:"note,omitempty"`
	Deadline *Deadline `json:"deadline,omitempty"`
	// Before and After are the standing of the application, Changed the releases,
	// where the act changed them.
	Before  *Standing `json:"before,omitempty"`
	After   *Standing `json:"after,omitempty"`
	Changed []Change  `json:"changed,omitempty"`
	// Late is how long after the deadline a consequence took effect.
	Late time.Duration `json:"late,omitempty"`
}

// Change is what became of one release.
type Change struct {
	Release string       `json:"release"`
	From    ReleaseState `json:"from"`
	To      ReleaseState `json:"to"`
}

// DecisionStatus is what a decision is worth.
type DecisionStatus string

// The statuses.
const (
	StatusProposed  DecisionStatus = "proposed"
	StatusEffective DecisionStatus = "effective"
	StatusRejected  DecisionStatus = "rejected"
	StatusRetracted DecisionStatus = "retracted"
	StatusLapsed    DecisionStatus = "lapsed"
)

// statusOf are the acts that change the status.
var statusOf = map[Event]DecisionStatus{
	EventPropose: StatusProposed, EventApprove: StatusEffective, EventReject: StatusRejected,
	EventRetract: StatusRetracted, EventLapse: StatusLapsed,
}

// Status follows from the acts; a decision that was not proposed took effect when
// it was made.
func (d Decision) Status() DecisionStatus {
	status := StatusEffective
	for _, a := range d.Acts {
		if s, ok := statusOf[a.On]; ok {
			status = s
		}
	}
	return status
}

// plus returns the decision with an act added.
func (d Decision) plus(a DecisionAct) Decision {
	a.At = a.At.UTC()
	d.Acts = append(slices.Clip(d.Acts), a)
	return d
}

// act returns the last act of the kind.
func (d Decision) act(kinds ...Event) (a DecisionAct, ok bool) {
	for _, a := range slices.Backward(d.Acts) {
		if slices.Contains(kinds, a.On) {
			return a, true
		}
	}
	return DecisionAct{}, false
}

// Deadline is the one that counts now, after extensions; of a proposal it is what
// it would be. It is the zero value where there is none.
func (d Decision) Deadline() Deadline {
	for _, a := range slices.Backward(d.Acts) {
		if a.Deadline != nil {
			return *a.Deadline
		}
	}
	return Deadline{}
}

// Running reports whether the deadline still counts: the decision is effective, and
// neither was it cured or answered, nor did its time pass.
func (d Decision) Running() bool {
	_, ended := d.act(EventFellDue, EventOverdue, EventCure, EventAnswerDue, EventAnswered,
		EventRecall, EventWithdraw)
	return d.Status() == StatusEffective && d.Deadline().Set() && !ended
}

// Second is the second person: who approved, or ratified.
func (d Decision) Second() (who Actor, ok bool) {
	a, ok := d.act(EventApprove, EventRatify)
	return a.By, ok
}

// RatifyTime is within which an emergency measure has to be ratified.
const RatifyTime = 24 * time.Hour

// RatifyBy is until when a second person has to ratify; it is zero where nobody has
// to, or somebody has, or the time has passed and was acted upon.
func (d Decision) RatifyBy() time.Time {
	_, done := d.act(EventRatify, EventLapse, EventEscalate)
	if d.Emergency == nil || done {
		return time.Time{}
	}
	return d.At.Add(RatifyTime)
}

// Effected reports whether the last change that the decision made, by itself, by its
// consequence or by lapsing, was seen to work in the store.
func (d Decision) Effected() bool {
	for _, a := range slices.Backward(d.Acts) {
		if a.On == EventEffect || a.After != nil {
			return a.On == EventEffect
		}
	}
	return false
}

// Times are those of the case with when the decision took effect by decision, and
// when its effect was seen in the store.
func (d Decision) Times() Times {
	t := d.Since
	if d.Status() == StatusEffective || d.Status() == StatusLapsed {
		t.Decided = d.At
	}
	if a, ok := d.act(EventApprove); ok {
		t.Decided = a.At
	}
	i := slices.IndexFunc(d.Acts, func(a DecisionAct) bool { return a.On == EventEffect })
	if i >= 0 {
		t.Effected = d.Acts[i].At
	}
	return t
}
