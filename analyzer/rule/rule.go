// Package rule is the language in which the knowledge base is written: parse,
// lint, compile, match, explain.
//
// A rule is one YAML file about one product, service, model, word list or packer.
// Its match is a tree of any, all and not over leaves; a leaf asks whether a term
// of the facts (analyzer.Facts.Terms) has a value. Compile puts the leaves of all
// rules into one index, so that matching costs about the same for two hundred
// rules and for two thousand.
//
// A leaf is strong where its value alone proves that the product is in the
// package, weak where it counts only beside other evidence. A leaf marked memory
// was written down without a source and never proves anything by itself. The
// grade and the use of a finding are derived by the functions grade and use.
package rule

import "github.com/listgate/listgate/analyzer"

// Rule is what is known of one product and how it is recognised.
type Rule struct {
	ID         string               `yaml:"id"         json:"id"`
	Kind       analyzer.Kind        `yaml:"kind"       json:"kind"`
	Name       analyzer.Text        `yaml:"name"       json:"name"`
	Vendor     string               `yaml:"vendor"     json:"vendor"`
	Techniques []analyzer.Technique `yaml:"techniques" json:"techniques,omitempty"`
	// Features hold whenever the rule matches; a condition may add its own.
	Features []string `yaml:"features"   json:"features,omitempty"`
	// Effect is what a packer does to the code; empty for every other kind.
	Effect Effect `yaml:"effect"     json:"effect,omitempty"`
	// Platform limits the rule to one system; empty means both.
	Platform analyzer.System `yaml:"platform"   json:"platform,omitempty"`
	Match    Cond            `yaml:"match"      json:"match"`
	Version  *VersionPattern `yaml:"version"    json:"version,omitempty"`
	Sources  []string        `yaml:"sources"    json:"sources"`
	Checked  Checked         `yaml:"checked"    json:"checked"`
	Note     string          `yaml:"note"       json:"note,omitempty"`
	// Overlaps names the rules that may claim the same identifiers.
	Overlaps []string `yaml:"overlaps"   json:"overlaps,omitempty"`
	// Hits and Misses prove the rule in tests; the compiled form leaves them out.
	Hits   []Example `yaml:"-"          json:"-"`
	Misses []Example `yaml:"-"          json:"-"`
}

// Effect says what of a packed application stays readable.
type Effect string

// The effects of packers and protectors. Every effect but NoEffect makes the
// finding's only feature analyzer.HidesCode.
const (
	HidesDEX     Effect = "hides-dex"
	HidesMethods Effect = "hides-methods"
	HidesBoth    Effect = "hides-dex-and-methods"
	HidesSymbols Effect = "hides-native-symbols"
	NoEffect     Effect = "none"
)

// Cond is one node of a match: exactly one of Any, All, Not and Fact is set.
//
// A leaf has a Fact and one operation. Is compares the whole value; Prefix
// compares whole segments (dots, and $ after a class; slashes in paths); Starts
// compares raw characters; Glob knows * within a segment and ** across segments.
// A glob over assets matches at any directory of the path, one over hosts is *.
// and a name and matches every host below it. A library leaf also looks at the
// SONAME, which survives renaming the file. A url-path is compared without its
// query. A text is found anywhere in a shown text; both are folded first, and a
// Latin word must stand between word boundaries.
type Cond struct {
	Any []Cond `yaml:"any" json:"any,omitempty"`
	All []Cond `yaml:"all" json:"all,omitempty"`
	Not *Cond  `yaml:"not" json:"not,omitempty"`

	Fact   analyzer.TermKind `yaml:"fact"   json:"fact,omitempty"`
	Is     string            `yaml:"is"     json:"is,omitempty"`
	Prefix string            `yaml:"prefix" json:"prefix,omitempty"`
	Starts string            `yaml:"starts" json:"starts,omitempty"`
	Glob   string            `yaml:"glob"   json:"glob,omitempty"`

	// Strength is strong or weak on a leaf. On all it may be strong: the parts
	// are weak by themselves and prove the product together.
	Strength string `yaml:"strength" json:"strength,omitempty"`
	Memory   bool   `yaml:"memory"   json:"memory,omitempty"`
	// Features are added to the finding where this leaf or all holds.
	Features []string `yaml:"features" json:"features,omitempty"`
}

const (
	strong = "strong"
	weak   = "weak"
)

// op returns the name and the value of a leaf's operation; n counts those set.
func (c *Cond) op() (name, value string, n int) {
	for _, o := range [...][2]string{{"is", c.Is}, {"prefix", c.Prefix}, {"starts", c.Starts},
		{"glob", c.Glob}} {
		if o[1] != "" {
			name, value, n = o[0], o[1], n+1
		}
	}
	return name, value, n
}

// VersionPattern takes the product's version out of the terms of one kind: the
// one group of an RE2 pattern.
type VersionPattern struct {
	Fact    analyzer.TermKind `yaml:"fact"    json:"fact"`
	Pattern string            `yaml:"pattern" json:"pattern"`
}

// Checked says who last read the sources, and when (YYYY-MM-DD).
type Checked struct {
	By string `yaml:"by" json:"by"`
	On string `yaml:"on" json:"on"`
}
