package rule

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/listgate/listgate/analyzer"
)

const (
	maxEvidence = 20
	// maxHits is how many terms are kept for one leaf: a class prefix may hit
	// tens of thousands, and a few already tell the package and its callers.
	maxHits = 4096
	// maxText is the longest text in characters that is shown whole as evidence.
	maxText = 80
)

// hit is one term that a contributing leaf found.
type hit struct {
	leaf   int32
	rank   int // within its leaf, from 0
	strong bool
	memory bool
	hollow bool // the name of a library file that is no ELF
	term   analyzer.Term
}

// content reports whether the hit is of what the package holds, not of a name.
func (h hit) content() bool { return !h.hollow && content(h.term.Kind) }

// Match returns a finding for each rule that the facts prove, sorted by rule id.
// A finding's evidence is at most 20 terms, strong ones first and each leaf's
// best before the next of any. The same facts give the same findings.
func (s *Set) Match(f *analyzer.Facts) []analyzer.Finding {
	found := s.search(f)
	system := f.Package.Format.System()
	notELF := hollow(f)
	var findings []analyzer.Finding
	for i := range s.rules {
		r := &s.rules[i]
		if !found.rules[int32(i)] || r.Platform != "" && system != "" && r.Platform != system {
			continue
		}
		var p proof
		if !r.root.eval(found.terms, false, &p) {
			continue
		}
		hits := p.hits(s, found.terms, notELF)
		if r.Kind == analyzer.KindText &&
			!slices.ContainsFunc(hits, func(h hit) bool { return h.strong }) {
			continue
		}
		finding := r.finding(f, hits, p.features)
		finding.Uncalled = r.uncalled(f, hits, &p)
		findings = append(findings, finding)
	}
	s.versions(f, findings)
	return findings
}

// hollow returns the entries named as libraries that are no ELF: their name
// proves nothing.
func hollow(f *analyzer.Facts) map[string]bool {
	entries := map[string]bool{}
	for _, l := range f.Libraries {
		if !l.ELF {
			entries[l.Entry] = true
		}
	}
	return entries
}

// searched is what the index found: terms by leaf, and the rules concerned.
type searched struct {
	terms [][]analyzer.Term
	rules map[int32]bool
}

func (s *Set) search(f *analyzer.Facts) searched {
	found := searched{terms: make([][]analyzer.Term, len(s.leaves)), rules: map[int32]bool{}}
	var ids []int32
	for t := range f.Terms {
		x := s.byKind[t.Kind]
		if x == nil {
			continue
		}
		ids = x.find(t.Kind, t.Value, ids[:0])
		for _, id := range ids {
			if len(found.terms[id]) < maxHits {
				found.terms[id] = append(found.terms[id], t)
			}
			found.rules[s.leaves[id].rule] = true
		}
	}
	return found
}

// proof is what made a condition true.
type proof struct {
	leaves   []int32
	promoted []bool // of leaves: part of an all that is strong as a whole
	features []string
	from     []int32 // of features: the leaf that adds it, noLeaf where an all does
}

const noLeaf = -1

// eval reports whether the condition holds, and adds what made it hold to p. Its
// depth is the rule's, which the linter bounds.
func (n *node) eval(terms [][]analyzer.Term, promoted bool, p *proof) bool {
	switch n.op {
	case isLeaf:
		if len(terms[n.leaf]) == 0 {
			return false
		}
		p.leaves = append(p.leaves, n.leaf)
		p.promoted = append(p.promoted, promoted)
	case noneOf:
		return !n.children[0].eval(terms, false, &proof{})
	case anyOf:
		found := false
		for i := range n.children {
			if n.children[i].eval(terms, promoted, p) {
				found = true
			}
		}
		return found
	case allOf:
		var parts proof
		for i := range n.children {
			if !n.children[i].eval(terms, promoted || n.strong, &parts) {
				return false
			}
		}
		p.leaves = append(p.leaves, parts.leaves...)
		p.promoted = append(p.promoted, parts.promoted...)
		p.features = append(p.features, parts.features...)
		p.from = append(p.from, parts.from...)
	}
	for _, f := range n.features {
		p.features = append(p.features, f)
		if n.op == isLeaf {
			p.from = append(p.from, n.leaf)
		} else {
			p.from = append(p.from, noLeaf)
		}
	}
	return true
}

// hits lists the terms behind a proof, each value once per leaf.
func (p *proof) hits(s *Set, terms [][]analyzer.Term, hollow map[string]bool) []hit {
	var hits []hit
	for i, id := range p.leaves {
		l := s.leaves[id]
		found := slices.Clone(terms[id])
		if l.text != "" {
			for j := range found {
				found[j].Value = shown(found[j].Value, l.text)
			}
		}
		slices.SortStableFunc(found, compareTerms)
		found = slices.CompactFunc(found, func(a, b analyzer.Term) bool {
			return a.Kind == b.Kind && a.Value == b.Value
		})
		for rank, t := range found {
			empty := hollow[t.Where.Entry] && family(t.Kind) == familyLibrary
			hits = append(hits, hit{
				leaf: id, rank: rank, memory: l.memory, hollow: empty, term: t,
				strong: (l.strong || p.promoted[i]) && !l.memory && !empty,
			})
		}
	}
	return hits
}

// shown returns a short text whole, of a long one the word alone.
func shown(text, word string) string {
	if utf8.RuneCountInString(text) <= maxText {
		return text
	}
	return word
}

func compareTerms(a, b analyzer.Term) int {
	return cmp.Or(
		cmp.Compare(a.Kind, b.Kind),
		strings.Compare(a.Value, b.Value),
		compareWhere(a.Where, b.Where),
	)
}

func compareWhere(a, b analyzer.Where) int {
	return cmp.Or(strings.Compare(a.Entry, b.Entry), cmp.Compare(a.Offset, b.Offset),
		strings.Compare(a.Part, b.Part))
}

func (r *compiled) finding(f *analyzer.Facts, hits []hit, features []string) analyzer.Finding {
	return analyzer.Finding{
		Rule: r.ID, Vendor: r.Vendor, Product: r.Name, Kind: r.Kind,
		Techniques: append([]analyzer.Technique{}, r.Techniques...),
		Features:   r.features(features),
		Confidence: grade(r.Kind, hits),
		Use:        use(f, hits),
		Version:    frameworkVersion(f, hits),
		Evidence:   evidence(hits),
	}
}

// features joins the rule's own with those of its conditions, in that order and
// each once.
func (r *compiled) features(added []string) []string {
	if r.Kind == analyzer.KindPacker {
		if r.Effect == NoEffect {
			return []string{string(NoEffect)}
		}
		return []string{analyzer.HidesCode}
	}
	list := append([]string{}, r.Features...)
	for _, a := range added {
		if !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// evidence picks the terms that are shown.
func evidence(hits []hit) []analyzer.Evidence {
	sorted := slices.Clone(hits)
	slices.SortStableFunc(sorted, func(a, b hit) int {
		return cmp.Or(-compareBool(a.strong, b.strong), cmp.Compare(a.rank, b.rank),
			-compareBool(a.content(), b.content()), compareTerms(a.term, b.term))
	})
	type key struct {
		kind  analyzer.TermKind
		value string
	}
	taken := map[key]bool{}
	list := []analyzer.Evidence{}
	for _, h := range sorted {
		k := key{h.term.Kind, h.term.Value}
		if taken[k] || len(list) == maxEvidence {
			continue
		}
		taken[k] = true
		list = append(list, analyzer.Evidence{
			Type: h.term.Kind, Where: h.term.Where, What: h.term.Value, Strong: h.strong,
		})
	}
	return list
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}
