package intake

import (
	"fmt"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/registry"
	"github.com/listgate/listgate/review"
)

// asked is a lookup that gives one answer to one question: what a report says in one
// language it says in the other, though lists are imported in between.
type asked struct {
	lookup    registry.Lookup
	snapshots []registry.Snapshot
	replies   map[question]registry.Reply
}

type question struct {
	series       registry.Series
	number, asOf string
}

// Find implements registry.Lookup.
func (a *asked) Find(series registry.Series, number, asOf string) registry.Reply {
	q := question{series, number, asOf}
	reply, ok := a.replies[q]
	if !ok {
		reply = a.lookup.Find(series, number, asOf)
		if a.replies == nil {
			a.replies = map[question]registry.Reply{}
		}
		a.replies[q] = reply
	}
	return reply
}

// Snapshots implements registry.Lookup.
func (a *asked) Snapshots() []registry.Snapshot {
	if a.snapshots == nil {
		a.snapshots = append([]registry.Snapshot{}, a.lookup.Snapshots()...)
	}
	return a.snapshots
}

// err says why a question could not be answered, where the lookup tells.
func (a *asked) err() error {
	if l, ok := a.lookup.(interface{ Err() error }); ok && l.Err() != nil {
		return fmt.Errorf("ask the lists: %w", l.Err())
	}
	return nil
}

// made says what a report is made on; the digest of the facts is for who knows it.
func (i *Intake) made(a *analyzer.Analysis, lists registry.Lookup) review.MadeOn {
	m := review.MadeOn{
		Law: i.Law.ID, Digest: i.Law.Law.Digest, Rules: a.Rules.Digest,
		Policy: i.Policy.Version, Snapshots: []review.SnapshotRef{},
	}
	if lists == nil {
		return m
	}
	for _, s := range lists.Snapshots() {
		m.Snapshots = append(m.Snapshots, review.SnapshotRef{Source: s.Source,
			Published: s.Published, SHA256: s.SHA256})
	}
	return m
}
