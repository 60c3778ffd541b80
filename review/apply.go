package review

import "slices"

// target is an act on an application and its releases.
type target struct {
	decision Decision
	app      App
	releases []Release
	act      Act
	role     Role
}

// effect is what an act does.
type effect struct {
	app    App
	before Standing
	// releases are those that changed, changes what became of them.
	releases []Release
	changes  []Change
	closes   []string
}

// on returns the act of the decision with what it changed.
func (e effect) on(a DecisionAct) DecisionAct {
	before, after := e.before, e.app.Standing
	a.Before, a.After, a.Changed = &before, &after, e.changes
	return a
}

// outcome is what the act of the decision d changes. Earlier decisions of the same
// case whose deadlines it ends are closed here; those of other cases are named.
func (e effect) outcome(c Case, d Decision, entry Entry) Outcome {
	app := e.app
	out := Outcome{Case: c, App: &app, Releases: e.releases, Decision: &d, Entries: []Entry{entry}}
	for _, id := range e.closes {
		i := c.Decision(id)
		switch {
		case id == d.ID:
		case i < 0:
			out.Closes = append(out.Closes, id)
		default:
			ended := c.Decisions[i].plus(DecisionAct{On: EventCure, By: entry.By, At: entry.At})
			out.Case = out.Case.with(ended)
		}
	}
	out.Case = out.Case.with(d)
	return out
}

// applied works out the effect by the state tables, or every problem, as a
// *Refusal.
func applied(t target) (effect, error) {
	var found complaints
	e := effect{app: t.app, before: t.app.Standing}
	t.onApp(&e, &found)
	switch t.act.Measure {
	case MeasureList, MeasureAsk, MeasureRefuse:
		t.onRelease(&e, &found)
	default:
		t.onListed(&e, &found)
	}
	if t.act.Measure == MeasureList {
		t.supersede(&e, &found)
	}
	return e, found.err()
}

func (t target) onApp(e *effect, found *complaints) {
	standing := t.app.Standing
	what := t.act.Event()
	if t.decision.Cures && t.act.Measure == MeasureList {
		what = EventCure
	}
	if t.act.Measure == MeasureList && !t.decision.Cures && standing.State == AppSuspended {
		found.conflict("cures", "cures-needed",
			say("应用处于暂停状态：须说明该版本已完成整改，或者先恢复",
				"the application is suspended: say that this release cures it, or reinstate first"))
		return
	}
	to, err := standing.State.After(what, t.role)
	if err != nil {
		found.take("app", err)
		return
	}
	e.app.Standing = standing.after(t.act, to, t.decision.ID)
	ends := what == EventCure || t.act.Measure == MeasureReinstate ||
		t.act.Measure == MeasureRemove || standing.State == AppRemoved && to != AppRemoved
	if ends {
		e.closes = slices.Clone(standing.Decisions)
	}
}

// onRelease moves the release of the case; it has to have a row.
func (t target) onRelease(e *effect, found *complaints) {
	i := slices.IndexFunc(t.releases, func(r Release) bool { return r.ID == t.decision.Release })
	if i < 0 {
		found.conflict("release", "release-missing", say("没有案件所涉的版本",
			"the release of the case is not there"))
		return
	}
	t.change(e, found, t.releases[i], t.act.Event())
}

// onListed moves every release that has a row. A submitted release in the case of
// which the application is warned, suspended or removed is refused with it, so that
// it does not wait without a case.
func (t target) onListed(e *effect, found *complaints) {
	own := slices.IndexFunc(t.releases, func(r Release) bool {
		return r.ID == t.decision.Release && r.State == ReleaseSubmitted
	})
	if own >= 0 && t.act.Measure == MeasureReinstate {
		found.conflict("release", "release-undecided",
			say("上架申请尚未决定：须准予上架并说明已完成整改",
				"the submission is not decided: list it, and say that it cures"))
		return
	}
	if own >= 0 {
		t.change(e, found, t.releases[own], Event(MeasureRefuse))
	}
	for _, id := range t.decision.Versions {
		if !slices.ContainsFunc(t.releases, func(r Release) bool {
			return r.ID == id && has(releaseTable, r.State, t.act.Event())
		}) && t.act.Scope == ScopeVersions {
			found.invalid("versions", "version-unknown", say("没有可暂停的版本 %[1]s",
				"there is no release %[1]s to suspend", id))
		}
	}
	for _, r := range t.releases {
		named := t.act.Scope != ScopeVersions || slices.Contains(t.decision.Versions, r.ID)
		if named && has(releaseTable, r.State, t.act.Event()) {
			t.change(e, found, r, t.act.Event())
		}
	}
	if t.act.Measure == MeasureReinstate && t.app.Standing.State == AppListed &&
		len(e.changes) == 0 && len(*found) == 0 {
		found.conflict("app", "nothing-to-reinstate", say("没有需要恢复的措施",
			"there is nothing to reinstate"))
	}
}

// supersede retires what was listed on the platform before.
func (t target) supersede(e *effect, found *complaints) {
	i := slices.IndexFunc(t.releases, func(r Release) bool { return r.ID == t.decision.Release })
	if i < 0 {
		return
	}
	for _, r := range t.releases {
		if r.ID != t.decision.Release && r.Platform == t.releases[i].Platform &&
			has(releaseTable, r.State, EventSupersede) {
			t.change(e, found, r, EventSupersede)
		}
	}
}

func (t target) change(e *effect, found *complaints, r Release, what Event) {
	to, err := r.State.After(what, t.role)
	if err != nil {
		found.take("release", err)
		return
	}
	if to == r.State {
		return
	}
	e.changes = append(e.changes, Change{r.ID, r.State, to})
	r.State = to
	e.releases = append(e.releases, r)
}

// has reports a row for the event from the state.
func has[S ~string](table []move[S], state S, what Event) bool {
	_, err := next(table, "", state, what)
	return err == nil
}
