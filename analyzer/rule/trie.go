package rule

// trie finds every stored string that begins a value. Each node is a number; the
// edge of node n and byte b has the key n<<8|b.
type trie struct {
	edges  map[uint32]uint32
	leaves [][]int32 // by node
}

func (t *trie) add(s string, leaf int32) {
	if t.edges == nil {
		t.edges = map[uint32]uint32{}
		t.leaves = [][]int32{nil}
	}
	n := uint32(0)
	for i := range len(s) {
		key := n<<8 | uint32(s[i])
		next, ok := t.edges[key]
		if !ok {
			next = uint32(len(t.leaves))
			t.edges[key] = next
			t.leaves = append(t.leaves, nil)
		}
		n = next
	}
	t.leaves[n] = append(t.leaves[n], leaf)
}

// find appends the leaves whose string begins s.
func (t *trie) find(s string, out []int32) []int32 {
	if t.edges == nil {
		return out
	}
	n, ok := uint32(0), false
	for i := range len(s) {
		if n, ok = t.edges[n<<8|uint32(s[i])]; !ok {
			return out
		}
		out = append(out, t.leaves[n]...)
	}
	return out
}

// findBack is find for strings that were added reversed: it appends the leaves
// whose string ends s.
func (t *trie) findBack(s string, out []int32) []int32 {
	if t.edges == nil {
		return out
	}
	n, ok := uint32(0), false
	for i := len(s) - 1; i >= 0; i-- {
		if n, ok = t.edges[n<<8|uint32(s[i])]; !ok {
			return out
		}
		out = append(out, t.leaves[n]...)
	}
	return out
}

func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}
