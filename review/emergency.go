package review

import "slices"

// Ratify confirms an emergency measure, by a second person, within RatifyTime.
func Ratify(in FollowUp) (Outcome, error) {
	var found complaints
	d, moved, e, err := in.begin(EventRatify, &found)
	if err != nil {
		return Outcome{}, err
	}
	in.secondPerson(d, &found)
	in.unratified(d, &found)
	if until := d.RatifyBy(); !until.IsZero() && !in.Now.Before(until) {
		found.conflict("decision", "ratify-late", say("追认期限（24 小时）已过",
			"the 24 hours to ratify have passed"))
	}
	if err := found.err(); err != nil {
		return Outcome{}, err
	}
	return plain(moved, d.plus(in.act(EventRatify)), e), nil
}

// Unratified acts on an emergency measure that nobody ratified in time, once. The
// store's own lapses: application and releases return to where they stood, unless a
// later decision moved them, and the case is opened again. One that an authority
// ordered stays, and is escalated.
func Unratified(in FollowUp) (Outcome, error) {
	what := EventLapse
	if i := in.Case.Decision(in.Decision); i >= 0 {
		if m := in.Case.Decisions[i].Emergency; m != nil && m.Order != nil {
			what = EventEscalate
		}
	}
	var found complaints
	d, moved, e, err := in.begin(what, &found)
	if err != nil {
		return Outcome{}, err
	}
	in.unratified(d, &found)
	if until := d.RatifyBy(); !until.IsZero() && in.Now.Before(until) {
		found.conflict("decision", "ratify-open", say("追认期限未到",
			"the time to ratify has not passed"))
	}
	if err := found.err(); err != nil {
		return Outcome{}, err
	}
	if what == EventEscalate {
		return plain(moved, d.plus(in.act(what)), e), nil
	}
	back := in.undone(d)
	return back.outcome(moved, d.plus(back.on(in.act(what))), e), nil
}

func (in FollowUp) unratified(d Decision, found *complaints) {
	if d.RatifyBy().IsZero() {
		found.conflict("decision", "nothing-to-ratify", say("没有待追认的紧急处置",
			"there is no emergency measure to ratify"))
	}
}

// undone is the effect that takes back what the decision changed. Where a later
// decision holds the application, that one keeps it; a release that moved on since
// stays where it is.
func (in FollowUp) undone(d Decision) effect {
	e := effect{app: in.App, before: in.App.Standing}
	made, _ := d.act(EventEmergency)
	held := in.App.Standing.Decisions
	if len(held) == 0 || held[len(held)-1] != d.ID || made.Before == nil {
		e.app.Standing.Decisions = slices.DeleteFunc(slices.Clone(held),
			func(id string) bool { return id == d.ID })
		return e
	}
	e.app.Standing = *made.Before
	for _, c := range made.Changed {
		i := slices.IndexFunc(in.Releases, func(r Release) bool {
			return r.ID == c.Release && r.State == c.To
		})
		if i < 0 {
			continue
		}
		r := in.Releases[i]
		r.State = c.From
		e.releases = append(e.releases, r)
		e.changes = append(e.changes, Change{r.ID, c.To, c.From})
	}
	return e
}
