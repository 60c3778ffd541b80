package analyzer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/listgate/listgate/analyzer/budget"
)

// Engine runs the road from bytes to findings. Its parts are given by the caller;
// builtin.Engine wires the ones of this project. It holds no state of a run and
// is safe for use by several goroutines.
type Engine struct {
	Lister  Lister
	Formats []Format // tried in order; the first that matches opens the package
	Readers []Reader
	Matcher Matcher
}

// Options bound and watch one run; the zero value is the safe default.
type Options struct {
	Limits  budget.Limits
	Workers int // goroutines that read entries; 0 means one per processor
	// Progress is told the inflated bytes read so far and in all, from any
	// goroutine; nil means nobody watches.
	Progress func(done, total int64)
}

// Analysis is what one run says of one package.
type Analysis struct {
	Package      Package // of the facts, with the packers that rules found
	Facts        *Facts
	Findings     []Finding
	Capabilities []Capability
	Rules        RuleSet
	Inflated     int64 // bytes withdrawn from the budget
}

// Analysed reports whether the package could be opened at all: a package with a
// gap over its whole could not.
func (a *Analysis) Analysed() bool {
	return !slices.ContainsFunc(a.Facts.Gaps, func(g Gap) bool { return g.Where == Where{} })
}

// Analyze reads a package and judges its facts. What cannot be read is a gap of
// the result; the error is set only where the file's own bytes cannot be read or
// the context ended, and then the result holds what was read until then.
func (e *Engine) Analyze(ctx context.Context, f File, o Options) (*Analysis, error) {
	facts, inflated, err := e.Read(ctx, f, o)
	a := e.Judge(facts)
	a.Inflated = inflated
	return a, err
}

// Judge runs the rules over facts: the second half of the road, which needs no
// package.
func (e *Engine) Judge(facts *Facts) *Analysis {
	a := &Analysis{Package: facts.Package, Facts: facts, Rules: e.Matcher.RuleSet()}
	a.Findings = e.Matcher.Match(facts)
	a.Capabilities = Capabilities(a.Findings)
	a.Package.Packers = nil
	for _, f := range a.Findings {
		if f.HidesCode() {
			a.Package.Packers = append(a.Package.Packers, f.Rule)
		}
	}
	return a
}

// Read turns a package into facts: the first half of the road.
func (e *Engine) Read(ctx context.Context, f File, o Options) (*Facts, int64, error) {
	o.Limits = o.Limits.For(f.Size)
	b := budget.New(o.Limits)
	facts := &Facts{Schema: FactsSchema, Package: Package{Format: Unknown, Size: f.Size}}
	for _, r := range e.Readers {
		facts.Readers = append(facts.Readers, ReaderVersion{r.Name(), r.Version()})
	}
	digest, err := digestOf(ctx, f)
	facts.Package.SHA256 = digest
	if err != nil {
		facts.Add(Gap{Reason: GapUnreadable, Detail: err.Error(), Code: true})
		return facts, 0, fmt.Errorf("read package: %w", err)
	}
	var spent int64
	if c := e.open(f, b, facts); c != nil {
		r := run{contents: c, budget: b, facts: facts, options: o}
		spent, err = e.readEntries(ctx, r)
	}
	facts.complete()
	return facts, b.Used() + spent, err
}

// Recognise returns the format of a package by its directory alone, Unknown where
// it is none.
func (e *Engine) Recognise(f File) FormatName {
	archive, err := e.Lister.List(f, budget.New(budget.Limits{}))
	if err != nil {
		return Unknown
	}
	for _, format := range e.Formats {
		if format.Match(archive) {
			return format.Name()
		}
	}
	return Unknown
}

// open lists and recognises the container; nil means that a gap over the whole
// package was added.
func (e *Engine) open(f File, b *budget.Budget, facts *Facts) *Contents {
	archive, err := e.Lister.List(f, b)
	if err != nil {
		reason := GapUnrecognised
		if errors.Is(err, budget.ErrExhausted) {
			reason = GapBudget
		}
		facts.Add(Gap{Reason: reason, Detail: err.Error(), Code: true})
		return nil
	}
	i := slices.IndexFunc(e.Formats, func(f Format) bool { return f.Match(archive) })
	if i < 0 {
		facts.take(archive)
		facts.Add(
			Gap{
				Reason: GapUnrecognised,
				Detail: "an archive, but no package of a known format",
				Code:   true,
			},
		)
		return nil
	}
	c, err := e.Formats[i].Open(archive)
	if err != nil {
		facts.take(archive)
		facts.Add(Gap{Reason: GapMalformed, Detail: err.Error(), Code: true})
		return nil
	}
	facts.Package.Format = c.Format
	facts.take(c)
	c.index = &index{}
	return c
}

// take adds what the container said of itself and the name of each entry.
func (f *Facts) take(c *Contents) {
	f.Anomalies = append(f.Anomalies, c.Anomalies...)
	f.Gaps = append(f.Gaps, c.Gaps...)
	for _, e := range c.Entries {
		f.Assets = append(f.Assets, Asset{Name: e.Name(), Size: e.Size()})
	}
}
