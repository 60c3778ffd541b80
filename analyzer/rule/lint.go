package rule

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/listgate/listgate/analyzer"
)

// linter collects the defects of one file.
type linter struct {
	file    string
	body    ast.Node
	defects []error
	leaves  map[string]bool // to find a leaf written twice
}

func (l *linter) fault(field, format string, args ...any) {
	l.defects = append(l.defects, Defect{
		File: l.file, Line: line(l.body, field), Field: field, Problem: fmt.Sprintf(format,
			args...),
	})
}

var (
	idPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	kinds     = []analyzer.Kind{
		analyzer.KindSDK, analyzer.KindEngine, analyzer.KindOSFramework, analyzer.KindEndpoint,
		analyzer.KindModelFormat, analyzer.KindModelFile, analyzer.KindText, analyzer.KindPacker,
	}
	techniques = []analyzer.Technique{
		analyzer.TechniqueText, analyzer.TechniqueSpeech, analyzer.TechniqueAudio,
		analyzer.TechniqueBiometric,
		analyzer.TechniqueNonBiometric, analyzer.TechniqueScene, analyzer.Enabler,
	}
	effects = []Effect{HidesDEX, HidesMethods, HidesBoth, HidesSymbols, NoEffect}
)

func (l *linter) rule(r *Rule) {
	folder, name := path.Split(l.file)
	if !idPattern.MatchString(r.ID) || r.ID+".yaml" != name {
		l.fault(
			"id",
			"%q must be lower-case words joined by hyphens and equal the file's name",
			r.ID,
		)
	}
	if !slices.Contains(kinds, r.Kind) || string(r.Kind)+"/" != folder {
		l.fault("kind", "%q must be a known kind and equal the folder", r.Kind)
	}
	if r.Name.ZH == "" || r.Name.EN == "" {
		l.fault("name", "needs zh and en")
	}
	if r.Vendor == "" {
		l.fault("vendor", "is empty")
	}
	if r.Platform != analyzer.NoSystem && r.Platform != analyzer.Android &&
		r.Platform != analyzer.IOS {
		l.fault("platform", "%q is neither android nor ios", r.Platform)
	}
	l.claims(r)
	l.proof(r)
	l.leaves = map[string]bool{}
	l.cond("match", &r.Match, r.Kind, 1)
	if r.Version != nil {
		l.version(r.Version)
	}
}

// claims checks what the finding will say.
func (l *linter) claims(r *Rule) {
	if r.Kind == analyzer.KindPacker {
		if len(r.Techniques) > 0 || len(r.Features) > 0 {
			l.fault("techniques", "a packer has no techniques and no features")
		}
		if !slices.Contains(effects, r.Effect) {
			l.fault("effect", "%q must be one of %v", r.Effect, effects)
		}
		return
	}
	if r.Effect != "" {
		l.fault("effect", "belongs to packers")
	}
	if len(r.Techniques) == 0 {
		l.fault("techniques", "is empty")
	}
	for i, t := range r.Techniques {
		if !slices.Contains(techniques, t) {
			l.fault(fmt.Sprintf("techniques[%d]", i), "unknown technique %q", t)
		}
		if t == analyzer.Enabler && len(r.Techniques) > 1 {
			l.fault("techniques", "enabler stands alone")
		}
	}
	if len(r.Features) == 0 && !anyFeatures(&r.Match) {
		l.fault("features", "neither the rule nor a condition names a feature")
	}
	l.features("features", r.Features)
}

func anyFeatures(c *Cond) bool {
	found := len(c.Features) > 0
	for _, list := range [][]Cond{c.Any, c.All} {
		for i := range list {
			found = found || anyFeatures(&list[i])
		}
	}
	return found
}

func (l *linter) features(field string, list []string) {
	for i, f := range list {
		switch {
		case !knownFeature(f):
			l.fault(fmt.Sprintf("%s[%d]", field, i), "unknown feature %q", f)
		case slices.Contains(list[:i], f):
			l.fault(fmt.Sprintf("%s[%d]", field, i), "feature %q twice", f)
		}
	}
}

// proof checks what makes the rule believable.
func (l *linter) proof(r *Rule) {
	if len(r.Sources) == 0 || slices.Contains(r.Sources, "") {
		l.fault("sources", "needs at least one place where a person read this")
	}
	if r.Checked.By == "" {
		l.fault("checked", "needs by")
	}
	if _, err := time.Parse(time.DateOnly, r.Checked.On); err != nil {
		l.fault("checked", "on %q is no date of the form YYYY-MM-DD", r.Checked.On)
	}
	if len(r.Hits) == 0 {
		l.fault("hits", "needs at least one example that matches")
	}
	if len(r.Misses) == 0 {
		l.fault("misses", "needs at least one near miss")
	}
	for i, o := range r.Overlaps {
		if o == r.ID || slices.Contains(r.Overlaps[:i], o) {
			l.fault(fmt.Sprintf("overlaps[%d]", i), "%q is the rule itself or named twice", o)
		}
	}
}

func (l *linter) examples(field string, raw []map[string]any) []Example {
	var list []Example
	for i, m := range raw {
		e, err := parseExample(m)
		if err != nil {
			l.fault(fmt.Sprintf("%s[%d]", field, i), "%v", err)
			continue
		}
		list = append(list, e)
	}
	return list
}

func (l *linter) version(v *VersionPattern) {
	if !slices.Contains(termKinds, v.Fact) {
		l.fault("version.fact", "unknown fact %q", v.Fact)
	}
	re, err := regexp.Compile(v.Pattern)
	switch {
	case err != nil:
		l.fault("version.pattern", "%v", err)
	case re.NumSubexp() != 1:
		l.fault("version.pattern", "has %d groups, want one", re.NumSubexp())
	case strings.HasPrefix(v.Pattern, "("):
		l.fault("version.pattern", "needs literal text before the group")
	}
}
