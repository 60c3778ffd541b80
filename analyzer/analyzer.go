// Package analyzer is the engine that turns a package's bytes into facts and
// facts into findings, and the vocabulary of both.
//
// The road has one direction. A Format recognises the container by its content
// and lists its entries; Readers turn the entries they want into Facts, and what
// cannot be read into Gaps; a Matcher turns facts into Findings; capabilities are
// derived from findings. Facts know no rules, findings know no law. Facts are
// stored, so that new rules are run over old packages without unpacking them
// again: Engine.Judge walks the second half alone.
//
// The analyzer executes nothing of the package, writes nothing to disk, and uses
// no network and no clock. The same bytes give the same facts.
//
// Callers want builtin.Engine, which wires the formats, the readers and the
// embedded rules.
package analyzer

import (
	"context"
	"io"
	"slices"
	"sync"

	"github.com/listgate/listgate/analyzer/budget"
)

// File is one package on disk, in a blob store or in memory.
type File struct {
	Bytes io.ReaderAt
	Size  int64
}

// Entry is one file inside the package, as the device's loader would find it.
// Names come from the package: they are never used as paths on this machine.
type Entry interface {
	// Name is the entry's path with forward slashes, as the directory has it.
	Name() string
	// Size is the inflated size in bytes.
	Size() int64
	// Head returns the first bytes of the content, at most 64, fewer where the
	// entry is shorter or cannot be read. It costs no budget.
	Head() []byte
	// Read inflates the whole content. The engine has withdrawn Size() from the
	// budget before; Read never allocates more than that.
	Read(ctx context.Context) ([]byte, error)
}

// Contents is an opened container.
type Contents struct {
	Format  FormatName
	File    File    // the package's own bytes, for what lies outside the entries (signing blocks)
	Root    string  // the application's folder ("Payload/X.app/"), "" for an APK
	Entries []Entry // in directory order, shadowed duplicates left out
	// Nested is what the format knows to belong to the whole, in the order in which
	// it is to be read. Archives that it does not name are found among the entries.
	Nested    []Nested
	Anomalies []Anomaly
	Gaps      []Gap
	// Within is what records have before the names of the entries: "" for the
	// package itself, "base.apk!/" for an archive in it, "base/" for a module.
	Within string
	// Claim is what the container says of the packages in it, for comparison.
	Claim Claim
	// Label is the resource that the base package, read before, has as its label; a
	// split has translations of it. The engine sets it.
	Label uint32

	above string // what Paths of renamed entries have before them
	whole string // the place of the container itself, "" for the package
	index *index // nil until the engine has the entries that count
}

// Claim is what a container says of the application whose packages it holds, and in
// which entry; empty fields say nothing.
type Claim struct{ Entry, ID, VersionCode string }

// Nested is a part of a package that is read as a container of its own.
type Nested struct {
	Role     Role
	Entry    Entry     // an archive that the engine opens; nil for a view
	Contents *Contents // a view of entries of the same archive, which are not among its own
}

// index finds entries by name; it is built when it is first asked, because most
// packages are never asked for a name.
type index struct {
	once   sync.Once
	byName map[string]Entry
}

func (x *index) find(entries []Entry, name string) Entry {
	x.once.Do(func() {
		x.byName = make(map[string]Entry, len(entries))
		for _, e := range slices.Backward(entries) {
			x.byName[e.Name()] = e
		}
	})
	return x.byName[name]
}

// Find returns the first entry with exactly this name, or nil.
func (c *Contents) Find(name string) Entry {
	if c.index != nil {
		return c.index.find(c.Entries, name)
	}
	for _, e := range c.Entries {
		if e.Name() == name {
			return e
		}
	}
	return nil
}

// Format recognises one kind of container by its content, never by its name.
type Format interface {
	Name() FormatName
	// Match reports whether the listed archive is of this format.
	Match(archive *Contents) bool
	// Open narrows the listed archive to what the device would use of it.
	Open(archive *Contents) (*Contents, error)
}

// Lister reads the directory of an archive: the step that all formats share. An
// error means that no entry can be reached at all.
type Lister interface {
	List(f File, b *budget.Budget) (*Contents, error)
}

// Reader turns one kind of entry into facts. A reader sees one entry at a time,
// opens no files, keeps no state between calls and knows no other reader. Facts
// emitted before an error stay; the error becomes a gap over the entry.
type Reader interface {
	Name() string
	// Version rises with each change of what the reader emits; it is stored with
	// the facts.
	Version() int
	// Want reports whether the reader reads e. It may look at e.Head().
	Want(c *Contents, e Entry) bool
	Read(ctx context.Context, in Input, emit func(Record)) error
}

// Inventory is implemented by readers that want data files whose content proves
// nothing, for a digest or for a look. ListsOnly reports that e is one: where no
// other reader wants it and it cannot be read, nothing is left open. A gap over any
// other entry is a gap over code.
type Inventory interface{ ListsOnly(e Entry) bool }

// Input is what a reader is given: one entry's content, and a budget for what the
// readers of this entry allocate beside it.
type Input struct {
	Contents *Contents
	Entry    Entry
	Data     []byte
	Excerpt  bool // Data is only the beginning of what the entry holds
	Budget   *budget.Budget
}

// Open withdraws the size of the named entry and reads it, for the reader that
// needs a second file beside its own (a manifest and its resource table). It
// returns nil, nil where there is no such entry.
func (in Input) Open(ctx context.Context, name string) ([]byte, error) {
	e := in.Contents.Find(name)
	if e == nil {
		return nil, nil
	}
	if err := in.Budget.Take(e.Size()); err != nil {
		return nil, err
	}
	return e.Read(ctx)
}

// Matcher turns facts into findings; the compiled rules implement it.
type Matcher interface {
	Match(f *Facts) []Finding
	RuleSet() RuleSet
}

// RuleSet names exactly the rules that spoke.
type RuleSet struct {
	Version string `json:"version"` // date of the newest rule, YYYY-MM-DD
	Digest  string `json:"digest"`  // SHA-256 over the compiled rules
	Count   int    `json:"count"`
}
