package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

// maxDepth is how deep any, all and not may be nested, the outermost included.
const maxDepth = 4

func (l *linter) cond(field string, c *Cond, kind analyzer.Kind, depth int) {
	set := 0
	for _, present := range []bool{len(c.Any) > 0, len(c.All) > 0, c.Not != nil, c.Fact != ""} {
		if present {
			set++
		}
	}
	if set != 1 {
		l.fault(field, "want exactly one of any, all, not and fact")
		return
	}
	if c.Fact != "" {
		l.leaf(field, c, kind)
		return
	}
	if depth > maxDepth {
		l.fault(field, "nested more than %d deep", maxDepth)
		return
	}
	if _, _, n := c.op(); n > 0 || c.Memory {
		l.fault(field, "an operation and memory belong to a fact")
	}
	if len(c.All) == 0 && (c.Strength != "" || len(c.Features) > 0) {
		l.fault(field, "strength and features belong to a fact or to all")
	}
	if len(c.All) > 0 && c.Strength != "" && c.Strength != strong {
		l.fault(field+".strength", "on all it is strong or absent")
	}
	l.features(field+".features", c.Features)
	l.children(field, c, kind, depth)
}

func (l *linter) children(field string, c *Cond, kind analyzer.Kind, depth int) {
	if c.Not != nil {
		if depth == 1 || !strings.Contains(field[strings.LastIndexByte(field, '.')+1:], "all[") {
			l.fault(field, "not stands only in all, beside what must be there")
		}
		l.cond(field+".not", c.Not, kind, depth+1)
	}
	for i := range c.Any {
		l.cond(fmt.Sprintf("%s.any[%d]", field, i), &c.Any[i], kind, depth+1)
	}
	positive := false
	for i := range c.All {
		positive = positive || c.All[i].Not == nil
		l.cond(fmt.Sprintf("%s.all[%d]", field, i), &c.All[i], kind, depth+1)
	}
	if len(c.All) > 0 && !positive {
		l.fault(field, "all holds only not")
	}
}

// factsOf limits the kinds of rules that are defined by where they look.
var factsOf = map[analyzer.Kind][]analyzer.TermKind{
	analyzer.KindText:        {analyzer.TermText},
	analyzer.KindEndpoint:    {analyzer.TermHost, analyzer.TermPath},
	analyzer.KindModelFormat: {analyzer.TermModel, analyzer.TermAsset},
}

func (l *linter) leaf(field string, c *Cond, kind analyzer.Kind) {
	if !slices.Contains(termKinds, c.Fact) {
		l.fault(field+".fact", "unknown fact %q", c.Fact)
		return
	}
	if only := factsOf[kind]; only != nil && !slices.Contains(only, c.Fact) {
		l.fault(field+".fact", "a rule of kind %s asks for %v only", kind, only)
	}
	op, value, n := c.op()
	if n != 1 {
		l.fault(field, "want exactly one of is, prefix, starts and glob, and a value")
		return
	}
	if c.Strength != strong && c.Strength != weak {
		l.fault(field+".strength", "%q is neither strong nor weak", c.Strength)
	}
	list := field[:strings.LastIndexByte(field, '.')+1]
	if key := list + string(c.Fact) + op + value; l.leaves[key] {
		l.fault(field, "written twice: %s %s %q", c.Fact, op, value)
	} else {
		l.leaves[key] = true
	}
	if problem := opProblem(c.Fact, op, value); problem != "" {
		l.fault(field+"."+op, "%s", problem)
	}
	l.features(field+".features", c.Features)
}

// opProblem says why an operation cannot be asked of a fact, or "".
func opProblem(fact analyzer.TermKind, op, value string) string {
	switch {
	case fact == analyzer.TermText && op != "is":
		return "a text is only compared with is"
	case fact == analyzer.TermText && len(fold(value).text) < 4:
		return "too short for a text: it would be found everywhere"
	case fact == analyzer.TermHost:
		return hostProblem(op, value)
	case op == "prefix" && separator(fact) == 0:
		return fmt.Sprintf("%s has no segments; use starts", fact)
	case op == "prefix" && strings.HasSuffix(value, string(separator(fact))):
		return "a prefix is whole segments and does not end in a separator"
	case op == "starts" && len(value) < 3:
		return "fewer than three characters"
	case op == "glob":
		return globProblem(fact, value)
	case strings.Contains(value, "*"):
		return "a * is only read by glob"
	}
	return ""
}

func hostProblem(op, value string) string {
	switch {
	case value != strings.ToLower(value) || strings.ContainsAny(value, "/: "):
		return "a host is written in lower case, without scheme, port and path"
	case op == "glob" && (!strings.HasPrefix(value, "*.") || strings.Count(value, "*") != 1):
		return "a glob over hosts is *. and a name"
	case op != "glob" && op != "is":
		return "a host is compared with is or glob"
	case op == "is" && strings.Contains(value, "*"):
		return "a * is only read by glob"
	}
	return ""
}

func globProblem(fact analyzer.TermKind, value string) string {
	g := newGlob(value, separator(fact), false)
	switch {
	case len(g.anchors()) == 0:
		return "has no literal part"
	case !strings.Contains(value, "*") && fact != analyzer.TermAsset:
		return "has no *; use is"
	case slices.Contains(g.segments, ""):
		return "has an empty segment"
	case strings.Contains(strings.ReplaceAll("/"+value+"/", "/**/", "/"), "**") &&
		separator(fact) == '/':
		return "** stands for whole segments"
	}
	return ""
}
