package rule

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/listgate/listgate/analyzer"
)

// Set is rules compiled into one index. It implements analyzer.Matcher and may be
// used from many goroutines.
type Set struct {
	rules    []compiled // sorted by id
	leaves   []leaf
	byKind   map[analyzer.TermKind]*index
	identity analyzer.RuleSet
}

type compiled struct {
	Rule
	root    node
	version *regexp.Regexp
}

// leaf is one leaf of one rule; its number is its place in Set.leaves.
type leaf struct {
	rule   int32
	strong bool
	memory bool
	text   string // the word, of a text leaf
}

// node is a condition ready to be evaluated.
type node struct {
	op       op
	leaf     int32
	strong   bool // of all: its parts together are strong
	features []string
	children []node
}

type op uint8

const (
	isLeaf op = iota
	anyOf
	allOf
	noneOf
)

// Compile builds the index. The rules must have come from Parse; an error says
// which id is taken twice or which overlap is one-sided.
func Compile(rules []Rule) (*Set, error) {
	rules = slices.Clone(rules)
	slices.SortFunc(rules, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	if err := checkOverlaps(rules); err != nil {
		return nil, err
	}
	payload, err := json.Marshal(rules)
	if err != nil {
		return nil, fmt.Errorf("compile rules: %w", err)
	}
	return compile(rules, payload)
}

// compile takes rules sorted by id, and their JSON to name them by.
func compile(rules []Rule, payload []byte) (*Set, error) {
	digest := sha256.Sum256(payload)
	s := &Set{
		rules:    make([]compiled, len(rules)),
		byKind:   map[analyzer.TermKind]*index{},
		identity: analyzer.RuleSet{Digest: hex.EncodeToString(digest[:]), Count: len(rules)},
	}
	for i := range rules {
		r := &s.rules[i]
		r.Rule = rules[i]
		r.root = s.node(&r.Match, int32(i))
		s.identity.Version = max(s.identity.Version, r.Checked.On)
		if r.Rule.Version == nil {
			continue
		}
		var err error
		if r.version, err = regexp.Compile(r.Rule.Version.Pattern); err != nil {
			return nil, fmt.Errorf("rule %s: version: %w", r.ID, err)
		}
	}
	for _, x := range s.byKind {
		x.build()
	}
	return s, nil
}

func checkOverlaps(rules []Rule) error {
	byID := map[string]*Rule{}
	var faults []error
	for i := range rules {
		if byID[rules[i].ID] != nil {
			faults = append(faults, fmt.Errorf("rule %s: the id is taken twice", rules[i].ID))
		}
		byID[rules[i].ID] = &rules[i]
	}
	for _, r := range rules {
		for _, o := range r.Overlaps {
			switch other := byID[o]; {
			case other == nil:
				faults = append(
					faults,
					fmt.Errorf("rule %s: overlaps %s, which does not exist", r.ID, o),
				)
			case !slices.Contains(other.Overlaps, r.ID):
				faults = append(
					faults,
					fmt.Errorf("rule %s: overlaps %s, which does not say so", r.ID, o),
				)
			}
		}
	}
	return errors.Join(faults...)
}

func (s *Set) node(c *Cond, rule int32) node {
	if c.Fact != "" {
		return node{op: isLeaf, leaf: s.leaf(c, rule), features: c.Features}
	}
	n := node{strong: c.Strength == strong, features: c.Features}
	list := c.Any
	switch {
	case len(c.Any) > 0:
		n.op = anyOf
	case len(c.All) > 0:
		n.op, list = allOf, c.All
	default:
		n.op, list = noneOf, []Cond{*c.Not}
	}
	for i := range list {
		n.children = append(n.children, s.node(&list[i], rule))
	}
	return n
}

func (s *Set) leaf(c *Cond, rule int32) int32 {
	id := int32(len(s.leaves))
	l := leaf{rule: rule, strong: c.Strength == strong, memory: c.Memory}
	if c.Fact == analyzer.TermText {
		l.text = c.Is
	}
	s.leaves = append(s.leaves, l)
	kinds := []analyzer.TermKind{c.Fact}
	if c.Fact == analyzer.TermLibrary {
		kinds = append(kinds, analyzer.TermSONAME)
	}
	for _, k := range kinds {
		x := s.byKind[k]
		if x == nil {
			x = newIndex(k)
			s.byKind[k] = x
		}
		x.add(c, id)
	}
	return id
}

// RuleSet names the rules: the date of the newest, the SHA-256 of their canonical
// JSON, and how many there are.
func (s *Set) RuleSet() analyzer.RuleSet { return s.identity }

// Rules returns all rules, sorted by id.
func (s *Set) Rules() []Rule {
	rules := make([]Rule, len(s.rules))
	for i := range s.rules {
		rules[i] = s.rules[i].Rule
	}
	return rules
}

// Explain returns the rule with its conditions, sources and note, and whether
// there is one of that id.
func (s *Set) Explain(id string) (Rule, bool) {
	c, found := s.compiled(id)
	return c.Rule, found
}

func (s *Set) compiled(id string) (compiled, bool) {
	i, found := slices.BinarySearchFunc(s.rules, id, func(c compiled, id string) int {
		return cmp.Compare(c.ID, id)
	})
	if !found {
		return compiled{}, false
	}
	return s.rules[i], true
}
