package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"
)

// Ending says how a version of a row ended; empty while it is held.
type Ending string

// The endings.
const (
	Amended   Ending = "changed"   // the list says something else in its place
	Withdrawn Ending = "withdrawn" // the list no longer has the row
)

// Row is one version of a row of a list: what it said, and from when until when the
// registry knew it so. All versions are kept.
type Row struct {
	ID string `json:"id"` // Record.ID
	Record
	From     time.Time `json:"from"`
	Until    time.Time `json:"until,omitzero"` // zero while it is held
	Ended    Ending    `json:"ended,omitempty"`
	Snapshot string    `json:"snapshot"`           // id of the import that brought it
	EndedBy  string    `json:"ended_by,omitempty"` // id of the import that ended it
}

// Preview is what an import would change. It changes nothing.
type Preview struct {
	List     List       `json:"list"`
	Source   string     `json:"source"`
	SHA256   string     `json:"sha256"`
	Changes  []Change   `json:"changes"` // one a series of the file
	Rejected []Rejected `json:"rejected"`
}

// Change is what an import would change in one series.
type Change struct {
	Series    Series `json:"series"`
	Published string `json:"published"`
	// Again is the earlier import of this very file: then nothing changes.
	Again     *Imported   `json:"again,omitempty"`
	Added     []Record    `json:"added"`
	Changed   []Amendment `json:"changed"`
	Withdrawn []Row       `json:"withdrawn"`
	// Unread rows are held, and a rejected line has their number: they stay.
	Unread    []Row `json:"unread"`
	Unchanged int   `json:"unchanged"`
	// Batches are those that the file holds, as they are held after the import, with
	// the day from which the first row of each was public.
	Batches []HeldBatch `json:"batches"`
	// Coverage is what is held of the series after the import.
	Coverage Coverage `json:"coverage"`
}

// HeldBatch is a batch that one snapshot answers for.
type HeldBatch struct {
	Batch
	First string `json:"first"`
}

// Amendment is a row that would say something else.
type Amendment struct {
	Old Row    `json:"old"`
	New Record `json:"new"`
}

// Imported is a snapshot with what is known of its import. Its Coverage is that of
// the file alone.
type Imported struct {
	ID string `json:"id"`
	Snapshot
	At       time.Time  `json:"at"`
	By       Actor      `json:"by"`
	Counts   Counts     `json:"counts"`
	Rejected []Rejected `json:"rejected"` // rows that were left out
	// Holds are the batches that it still answers for; none once later imports have
	// replaced them all.
	Holds []string `json:"holds"`
}

// Counts are how many rows an import read and what became of them.
type Counts struct {
	Rows      int `json:"rows"` // in the file, of this series
	Added     int `json:"added"`
	Changed   int `json:"changed"`
	Withdrawn int `json:"withdrawn"`
	Unchanged int `json:"unchanged"`
	Rejected  int `json:"rejected"` // in the file, of whatever series
}

// Applied is what an import changed. Unchanged says that the very file had been
// imported before, as Snapshots then say.
type Applied struct {
	Unchanged bool       `json:"unchanged"`
	Snapshots []Imported `json:"snapshots"`
}

// place is where a row stands in a series: a batch may repeat a number of another.
type place struct{ batch, key string }

// Compare says what a snapshot would change in what is held of its series. The file
// speaks for the batches that it has rows of and for no other: a held row of these
// that it lacks is withdrawn, unless a rejected line has its number. Of held rows
// the ID, Batch and Number are asked.
func Compare(held []Row, s Snapshot, rejected []Rejected) Change {
	c := Change{Series: s.Series, Published: s.Published}
	tally, unread := tallyOf(s), map[string]bool{}
	for _, r := range rejected {
		unread[NumberKey(r.Number)] = r.Number != ""
	}
	at := make(map[place]Row, len(held))
	for _, h := range held {
		at[place{h.Batch, NumberKey(h.Number)}] = h
	}
	for _, r := range s.Records {
		where := place{r.Batch, NumberKey(r.Number)}
		old, ok := at[where]
		delete(at, where)
		switch {
		case !ok:
			c.Added = append(c.Added, r)
		case old.ID != r.ID():
			c.Changed = append(c.Changed, Amendment{old, r})
		default:
			c.Unchanged++
		}
	}
	for _, h := range held {
		where := place{h.Batch, NumberKey(h.Number)}
		b := tally.of[h.Batch]
		if _, left := at[where]; !left || b == nil {
			continue
		}
		if unread[where.key] {
			b.Held++
			c.Unread = append(c.Unread, h)
			continue
		}
		c.Withdrawn = append(c.Withdrawn, h)
	}
	c.Batches = tally.batches()
	return c
}

// tally counts the rows of each batch, in the order in which a file has them.
type tally struct {
	names []string
	of    map[string]*HeldBatch
}

func tallyOf(s Snapshot) tally {
	t := tally{of: map[string]*HeldBatch{}}
	for _, r := range s.Records {
		b := t.of[r.Batch]
		if b == nil {
			b = &HeldBatch{Batch: Batch{Name: r.Batch}}
			t.of[r.Batch], t.names = b, append(t.names, r.Batch)
		}
		b.Held++
		b.Published = max(b.Published, r.Published)
		b.First = earlier(b.First, r.Day())
	}
	return t
}

func (t tally) batches() []HeldBatch {
	all := make([]HeldBatch, len(t.names))
	for i, name := range t.names {
		all[i] = *t.of[name]
	}
	return all
}

// Unchanged reports a file that was imported before, whole.
func (p Preview) Unchanged() bool {
	for _, c := range p.Changes {
		if c.Again == nil {
			return false
		}
	}
	return true
}

// Fingerprint is the same for two previews that would change the same, so that
// what a person agreed to is what is done.
func (p Preview) Fingerprint() string {
	h := sha256.New()
	say := func(format string, args ...any) { fmt.Fprintf(h, format+"\n", args...) }
	say("listgate.registry-preview/v1 %q %q", p.List, p.SHA256)
	for _, c := range p.Changes {
		say("series %q again %t unchanged %d", c.Series, c.Again != nil, c.Unchanged)
		c.each(h)
	}
	for _, r := range p.Rejected {
		say("rejected %d %q", r.Line, r.Number)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// each writes what becomes of every row.
func (c Change) each(w io.Writer) {
	for _, r := range c.Added {
		fmt.Fprintf(w, "add %s\n", r.ID())
	}
	for _, a := range c.Changed {
		fmt.Fprintf(w, "change %s to %s\n", a.Old.ID, a.New.ID())
	}
	for _, r := range c.Withdrawn {
		fmt.Fprintf(w, "withdraw %s\n", r.ID)
	}
	for _, r := range c.Unread {
		fmt.Fprintf(w, "keep %s\n", r.ID)
	}
}
