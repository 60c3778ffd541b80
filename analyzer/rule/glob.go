package rule

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// glob is a pattern cut into segments. A segment "**" stands for any number of
// segments, also none; "*" within a segment for any run of characters.
type glob struct {
	segments []string
	sep      byte // 0: the value is one segment
}

func newGlob(pattern string, sep byte, anywhere bool) glob {
	g := glob{segments: split(pattern, sep), sep: sep}
	if anywhere && g.segments[0] != "**" {
		g.segments = append([]string{"**"}, g.segments...)
	}
	return g
}

// split cuts a value at sep; slashes at either end of a path count for nothing.
func split(s string, sep byte) []string {
	if sep == 0 {
		return []string{s}
	}
	if sep == '/' {
		s = strings.Trim(s, "/")
	}
	return strings.Split(s, string(sep))
}

// match reports whether the whole of segs fits. The last ** takes one segment
// more at each failure, so the cost is at most len(segs) * len(g.segments).
func (g glob) match(segs []string) bool {
	p, s := 0, 0
	star, mark := -1, 0
	for s < len(segs) {
		switch {
		case p < len(g.segments) && g.segments[p] == "**" && g.sep != 0:
			star, mark = p, s
			p++
		case p < len(g.segments) && wildcard(g.segments[p], segs[s]):
			p++
			s++
		case star >= 0:
			mark++
			p, s = star+1, mark
		default:
			return false
		}
	}
	for p < len(g.segments) && g.segments[p] == "**" {
		p++
	}
	return p == len(g.segments)
}

// wildcard compares one segment, * standing for any run of bytes.
func wildcard(pattern, s string) bool {
	p, i := 0, 0
	star, mark := -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// anchor is a literal part of a pattern, by which its bucket is found.
type anchor struct {
	text string
	at   anchorKind
}

type anchorKind int

const (
	wholeSegment anchorKind = iota // a segment equals text
	segmentHead                    // a segment begins with text
	segmentTail                    // a segment ends with text
)

// anchors lists the literal parts of a pattern; none is empty.
func (g glob) anchors() []anchor {
	var list []anchor
	for _, seg := range g.segments {
		i := strings.IndexByte(seg, '*')
		if i < 0 {
			list = append(list, anchor{seg, wholeSegment})
			continue
		}
		if i > 0 {
			list = append(list, anchor{seg[:i], segmentHead})
		}
		if tail := seg[strings.LastIndexByte(seg, '*')+1:]; tail != "" {
			list = append(list, anchor{tail, segmentTail})
		}
	}
	return list
}

// globIndex finds the patterns of which a literal part occurs in a value, then
// compares the whole.
type globIndex struct {
	sep   byte
	globs map[int32]glob
	whole map[string][]int32
	head  trie
	tail  trie
}

func (x *globIndex) add(g glob, leaf int32) {
	if x.globs == nil {
		x.globs, x.sep = map[int32]glob{}, g.sep
	}
	x.globs[leaf] = g
}

// build puts each pattern under that of its literal parts which the fewest
// patterns have, the longest of those: a hundred patterns that end in model.bin
// are then told apart by what else they say.
func (x *globIndex) build() {
	shared := map[anchor]int{}
	for _, g := range x.globs {
		for _, a := range g.anchors() {
			shared[a]++
		}
	}
	x.whole = map[string][]int32{}
	for _, leaf := range slices.Sorted(maps.Keys(x.globs)) {
		list := x.globs[leaf].anchors()
		best := slices.MinFunc(list, func(a, b anchor) int {
			return cmp.Or(cmp.Compare(shared[a], shared[b]), cmp.Compare(len(b.text), len(a.text)))
		})
		switch best.at {
		case wholeSegment:
			x.whole[best.text] = append(x.whole[best.text], leaf)
		case segmentHead:
			x.head.add(best.text, leaf)
		default:
			x.tail.add(reversed(best.text), leaf)
		}
	}
}

// find appends the leaves whose pattern fits the value.
func (x *globIndex) find(value string, out []int32) []int32 {
	if x.globs == nil {
		return out
	}
	segs := split(value, x.sep)
	var candidates []int32
	for _, seg := range segs {
		candidates = append(candidates, x.whole[seg]...)
		candidates = x.head.find(seg, candidates)
		candidates = x.tail.findBack(seg, candidates)
	}
	for i, leaf := range candidates {
		if seen(candidates[:i], leaf) {
			continue
		}
		if x.globs[leaf].match(segs) {
			out = append(out, leaf)
		}
	}
	return out
}

func seen(list []int32, leaf int32) bool {
	for _, l := range list {
		if l == leaf {
			return true
		}
	}
	return false
}
