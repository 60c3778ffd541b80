package review

import "slices"

// Measure is 处置措施: what is done with an application or a release.
type Measure string

// The seven measures; MeasureAsk stands beside Suggest.
const (
	MeasureList      Measure = "list"
	MeasureRefuse    Measure = "refuse"
	MeasureWarn      Measure = "warn"
	MeasureSuspend   Measure = "suspend"
	MeasureRemove    Measure = "remove"
	MeasureReinstate Measure = "reinstate"
)

// Measures lists the seven in the order of the editions.
func Measures() []Measure {
	return []Measure{
		MeasureList, MeasureAsk, MeasureRefuse, MeasureWarn, MeasureSuspend, MeasureRemove,
		MeasureReinstate,
	}
}

// Scope is how far a suspension reaches; other measures have none.
type Scope string

// The scopes.
const (
	ScopeDownloads Scope = "downloads" // nothing can be downloaded
	ScopeUpdates   Scope = "updates"   // no update is taken
	ScopeVersions  Scope = "versions"  // the releases that are named
	ScopeFunction  Scope = "function"  // one function, which the developer switches off
)

// Scopes lists the scopes.
func Scopes() []Scope {
	return []Scope{ScopeDownloads, ScopeUpdates, ScopeVersions, ScopeFunction}
}

// Act is a measure with its scope.
type Act struct {
	Measure Measure `json:"measure"`
	Scope   Scope   `json:"scope,omitempty"`
}

// Acts lists every measure, suspension once for each scope.
func Acts() []Act {
	var out []Act
	for _, m := range Measures() {
		if m != MeasureSuspend {
			out = append(out, Act{Measure: m})
			continue
		}
		for _, s := range Scopes() {
			out = append(out, Act{m, s})
		}
	}
	return out
}

// Event is the act as the state tables name it: "list", "suspend/downloads".
func (a Act) Event() Event {
	if a.Scope == "" {
		return Event(a.Measure)
	}
	return Event(string(a.Measure) + "/" + string(a.Scope))
}

// Known reports one of Acts.
func (a Act) Known() bool { return slices.Contains(Acts(), a) }

// Needs is what a decision on a measure has to hold beside grounds, evidence and
// reason, which every decision has.
type Needs struct {
	Remedy    bool // what would cure it
	Term      bool // a deadline, or for ask the day by which to answer
	Second    bool // a second person
	Emergency bool // one senior person may act at once
}

// needs is the table of Needs; a measure that is not in it needs nothing.
var needs = map[Measure]Needs{
	MeasureAsk:     {Term: true},
	MeasureWarn:    {Remedy: true, Term: true},
	MeasureSuspend: {Remedy: true, Term: true, Second: true, Emergency: true},
	MeasureRemove:  {Second: true, Emergency: true},
}

// Needs says what a decision on the measure has to hold.
func (m Measure) Needs() Needs { return needs[m] }
