package review

import (
	"slices"
	"time"

	"github.com/listgate/listgate/analyzer"
)

// Origin says why a case was opened.
type Origin string

// The origins.
const (
	OriginSubmission Origin = "submission"
	OriginInspection Origin = "inspection" // of what is listed
	OriginComplaint  Origin = "complaint"
	OriginOrder      Origin = "order"    // of an authority
	OriginRegistry   Origin = "registry" // a filing changed
	OriginSample     Origin = "sample"   // drawn from automated decisions
)

// Times shows that a measure was taken in time (及时). Received is set for a
// submission, Published for a release that was listed without one. In a case,
// Decided and Effected are zero: each decision has its own.
type Times struct {
	Received  time.Time `json:"received,omitzero"`
	Published time.Time `json:"published,omitzero"`
	Known     time.Time `json:"known,omitzero"` // when what it rests on was known
	Opened    time.Time `json:"opened,omitzero"`
	Decided   time.Time `json:"decided,omitzero"`
	Effected  time.Time `json:"effected,omitzero"`
}

// Case is one submission, or one look at a listed application, with what people
// decided on it.
type Case struct {
	ID string `json:"id"`
	// App and Release are empty until a scan has told what was handed in.
	//
	// Rev is the version of the stored case; who changes it names the one that was
	// read, so that two people never overwrite each other.
	Rev     int    `json:"rev"`
	App     string `json:"app"`
	Release string `json:"release"`
	Stage   Stage  `json:"stage"`
	Origin  Origin `json:"origin"`
	Place
	Claim Claim  `json:"claim"`
	Route Route  `json:"route"`
	Made  MadeOn `json:"made"` // of the report that the case shows
	// Rival is the id of another case in which the same version waited for a decision
	// when this one was scanned: its scan counts as failed, though it was analysed.
	Rival string `json:"rival,omitempty"`
	// Severity is the gravest of what the report finds unmet, or unclear; empty where
	// it finds neither.
	Severity     Severity                `json:"severity,omitempty"`
	Capabilities []analyzer.CapabilityID `json:"capabilities,omitempty"`
	Times        Times                   `json:"times"`
	// Due is by when the store means to have decided; a queue is worked on in its order.
	Due time.Time `json:"due,omitzero"`
	// Decisions, oldest first; at most the last is proposed.
	Decisions []Decision `json:"decisions"`
}

// Decision returns the index of the decision with this id, or -1.
func (c Case) Decision(id string) int {
	return slices.IndexFunc(c.Decisions, func(d Decision) bool { return d.ID == id })
}

// Pending returns the decision that waits for a second person.
func (c Case) Pending() (d Decision, ok bool) {
	for _, d := range slices.Backward(c.Decisions) {
		if d.Status() == StatusProposed {
			return d, true
		}
	}
	return Decision{}, false
}

// with returns the case with a decision added or, by its id, replaced.
func (c Case) with(d Decision) Case {
	c.Decisions = slices.Clone(c.Decisions)
	if i := c.Decision(d.ID); i >= 0 {
		c.Decisions[i] = d
		return c
	}
	c.Decisions = append(c.Decisions, d)
	return c
}

// App is an application in the store, across its releases.
type App struct {
	ID       string   `json:"id"`
	Rev      int      `json:"rev"`
	Package  string   `json:"package"` // application id, or bundle id
	Name     string   `json:"name"`
	Provider string   `json:"provider"` // 应用程序提供者
	Standing Standing `json:"standing"`
}

// Platform is where a release runs.
type Platform string

// The platforms.
const (
	Android Platform = "android"
	IOS     Platform = "ios"
)

// Release is one version of an application for one platform.
type Release struct {
	ID       string       `json:"id"`
	Rev      int          `json:"rev"`
	App      string       `json:"app"`
	Platform Platform     `json:"platform"`
	Version  string       `json:"version"`
	State    ReleaseState `json:"state"`
}

// Entry is one line of the history of a case.
type Entry struct {
	At       time.Time `json:"at"`
	By       Actor     `json:"by"`
	On       Event     `json:"on"`
	From     CaseState `json:"from"`
	To       CaseState `json:"to"`
	Decision string    `json:"decision,omitempty"`
	Note     string    `json:"note,omitempty"`
}

// Outcome is all that one act changes; it is stored whole or not at all.
type Outcome struct {
	Case     Case      `json:"case"`
	App      *App      `json:"app,omitempty"`      // nil where it stays as it is
	Releases []Release `json:"releases,omitempty"` // those that changed
	Decision *Decision `json:"decision,omitempty"` // the one that was made or acted on
	Entries  []Entry   `json:"entries"`
	// Closes lists earlier decisions, of this case or another, whose deadlines end
	// because what they asked for was done or undone: each is closed by Cure.
	Closes []string `json:"closes,omitempty"`
}

// byMove are the events that have no rule beside the table.
var byMove = on(EventScanStarted, EventScanDone, EventScanFailed, EventAnswered,
	EventRecall, EventClose, EventReopen, EventAppeal, EventHold, EventResume)

// Move brings about an event that has no rule beside the state table: of the scan,
// an answer, a recall, a closing, a reopening, an appeal, a hold. The caller fills
// On, By, At and Note of the entry. The error is a *TransitionError.
func (c Case) Move(e Entry) (Outcome, error) {
	if !slices.Contains(byMove, e.On) {
		return Outcome{}, &TransitionError{Of: "case", From: string(c.State), On: e.On,
			By: e.By.Role}
	}
	c, e, err := c.move(e)
	if err != nil {
		return Outcome{}, err
	}
	return Outcome{Case: c.answered(e), Entries: []Entry{e}}, nil
}

// answered ends the time to answer where the event ends the question.
func (c Case) answered(e Entry) Case {
	if e.On != EventAnswered && e.On != EventRecall && e.On != EventWithdraw {
		return c
	}
	for _, d := range c.Decisions {
		if d.Measure == MeasureAsk && d.Running() {
			c = c.with(d.plus(DecisionAct{On: e.On, By: e.By, At: e.At}))
		}
	}
	return c
}

// move moves the case by the table and fills the entry. Whoever had claimed the
// case has it no longer once it is not claimed.
func (c Case) move(e Entry) (Case, Entry, error) {
	to, err := c.After(e.On, e.By.Role)
	if err != nil {
		return c, e, err
	}
	e.From, e.To, e.At = c.State, to.State, e.At.UTC()
	c.Place = to
	if to.State != CaseClaimed {
		c.Claim = Claim{}
	}
	return c, e, nil
}

// Withdraw takes a submission back, with its release, for the developer. What is
// listed is not withdrawn by a case: an inspection goes on.
func Withdraw(c Case, r Release, e Entry) (Outcome, error) {
	e.On = EventWithdraw
	var found complaints
	if c.Stage != StageSubmission {
		found.conflict("case", "not-a-submission",
			say("只能撤回上架申请", "only a submission can be withdrawn"))
	}
	moved, e, err := c.move(e)
	found.take("case", err)
	r.State, err = r.State.After(EventWithdraw, e.By.Role)
	found.take("release", err)
	if err := found.err(); err != nil {
		return Outcome{}, err
	}
	return Outcome{Case: moved.answered(e), Releases: []Release{r}, Entries: []Entry{e}}, nil
}
