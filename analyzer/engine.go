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
	r := &run{engine: e, budget: b, facts: facts, options: o, chain: []string{digest},
		seen: map[string]string{}, listed: map[string]bool{}, twins: map[twin]string{}}
	r.whole(ctx, f)
	facts.complete()
	return facts, b.Used() + r.spent, ctx.Err()
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

// container lists a file and opens it as the first format that matches. Where none
// does, the format is Unknown and the entries are as they were listed. Where a format
// refuses what it matched, so are they, beside the error.
func (e *Engine) container(f File, b *budget.Budget) (*Contents, error) {
	archive, err := e.Lister.List(f, b)
	if err != nil {
		return nil, err
	}
	c := archive
	c.Format = Unknown
	i := slices.IndexFunc(e.Formats, func(f Format) bool { return f.Match(archive) })
	if i >= 0 {
		if c, err = e.Formats[i].Open(archive); err != nil {
			c = archive
		}
	}
	c.index = &index{}
	return c, err
}

// whole opens and reads the package itself. Where it is no package, but an archive of
// just one, that is what is read.
func (r *run) whole(ctx context.Context, f File) {
	c, err := r.engine.container(f, r.budget)
	l := &layer{Contents: c, role: Installed}
	switch {
	case c == nil:
		reason := GapUnrecognised
		if errors.Is(err, budget.ErrExhausted) {
			reason = GapBudget
		}
		r.facts.Add(Gap{Reason: reason, Detail: err.Error(), Code: true})
	case err != nil:
		r.take(l)
		r.facts.Add(Gap{Reason: GapMalformed, Detail: err.Error(), Code: true})
	case c.Format != Unknown:
		r.facts.Package.Format = c.Format
		r.layer(ctx, l)
	default:
		r.take(l)
		if r.unwrap(ctx, l); r.facts.Package.Format == Unknown {
			r.facts.Add(Gap{Reason: GapUnrecognised, Code: true,
				Detail: "an archive, but no package of a known format"})
		}
	}
	r.join(l)
}
