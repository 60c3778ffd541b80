package rule

import (
	"slices"

	"github.com/listgate/listgate/analyzer"
)

// frameworkVersion returns what the embedded framework that was hit says of
// itself, or "".
func frameworkVersion(f *analyzer.Facts, hits []hit) string {
	for _, w := range f.Frameworks {
		if w.Version == "" {
			continue
		}
		if slices.ContainsFunc(hits, func(h hit) bool {
			return h.term.Kind == analyzer.TermFramework && h.term.Value == w.Name
		}) {
			return w.Version
		}
	}
	return ""
}

// versions fills in the versions that patterns find, the first in the order of
// the terms. It walks the terms once more, and only where a finding asks for it.
func (s *Set) versions(f *analyzer.Facts, findings []analyzer.Finding) {
	wanted := map[analyzer.TermKind][]int{}
	for i := range findings {
		if r, _ := s.compiled(findings[i].Rule); r.version != nil && findings[i].Version == "" {
			wanted[r.Rule.Version.Fact] = append(wanted[r.Rule.Version.Fact], i)
		}
	}
	if len(wanted) == 0 {
		return
	}
	for t := range f.Terms {
		for _, i := range wanted[t.Kind] {
			if findings[i].Version != "" {
				continue
			}
			r, _ := s.compiled(findings[i].Rule)
			if m := r.version.FindStringSubmatch(t.Value); m != nil {
				findings[i].Version = m[1]
			}
		}
	}
}
