package rule

import (
	"strings"

	"github.com/listgate/listgate/analyzer"
)

// separator is what cuts a value of this kind into segments, 0 for none.
func separator(kind analyzer.TermKind) byte {
	switch kind {
	case analyzer.TermClass, analyzer.TermClassRef, analyzer.TermComponent, analyzer.TermService,
		analyzer.TermMetadata, analyzer.TermPermission, analyzer.TermSwift, analyzer.TermString,
		analyzer.TermType, analyzer.TermEntitlement:
		return '.'
	case analyzer.TermAsset, analyzer.TermPath:
		return '/'
	default:
		return 0
	}
}

// index answers which leaves a value of one kind hits.
type index struct {
	sep    byte
	is     map[string][]int32
	prefix map[string][]int32
	below  map[string][]int32 // hosts: *.name
	starts trie
	globs  globIndex
	words  *words // texts
}

func newIndex(kind analyzer.TermKind) *index {
	return &index{
		sep: separator(kind),
		is:  map[string][]int32{}, prefix: map[string][]int32{}, below: map[string][]int32{},
	}
}

func (x *index) add(c *Cond, leaf int32) {
	op, value, _ := c.op()
	switch {
	case c.Fact == analyzer.TermText:
		if x.words == nil {
			x.words = newWords()
		}
		x.words.add(value, leaf)
	case c.Fact == analyzer.TermHost && op == "glob":
		name := strings.TrimPrefix(value, "*.")
		x.below[name] = append(x.below[name], leaf)
	case op == "is":
		x.is[value] = append(x.is[value], leaf)
	case op == "prefix":
		x.prefix[value] = append(x.prefix[value], leaf)
	case op == "starts":
		x.starts.add(value, leaf)
	default:
		x.globs.add(newGlob(value, x.sep, c.Fact == analyzer.TermAsset), leaf)
	}
}

// build ends the adding of leaves.
func (x *index) build() {
	if x.words != nil {
		x.words.build()
	}
	if x.globs.globs != nil {
		x.globs.build()
	}
}

// find appends the leaves that the value hits.
func (x *index) find(kind analyzer.TermKind, value string, out []int32) []int32 {
	switch kind {
	case analyzer.TermText:
		if x.words == nil {
			return out
		}
		return x.words.find(value, out)
	case analyzer.TermHost:
		value = strings.ToLower(value)
		out = x.findBelow(value, out)
	case analyzer.TermPath:
		value = withoutQuery(value)
	}
	out = append(out, x.is[value]...)
	out = x.findPrefix(value, out)
	out = x.starts.find(value, out)
	return x.globs.find(value, out)
}

func (x *index) findBelow(host string, out []int32) []int32 {
	if len(x.below) == 0 {
		return out
	}
	for i := range len(host) {
		if host[i] == '.' {
			out = append(out, x.below[host[i+1:]]...)
		}
	}
	return out
}

// findPrefix looks the value up at each end of a segment.
func (x *index) findPrefix(value string, out []int32) []int32 {
	if len(x.prefix) == 0 {
		return out
	}
	for i := range len(value) {
		if b := value[i]; b == x.sep || b == '$' && x.sep == '.' {
			out = append(out, x.prefix[value[:i]]...)
		}
	}
	return append(out, x.prefix[value]...)
}

// withoutQuery drops query and fragment, and a slash at the end.
func withoutQuery(path string) string {
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return path
}
