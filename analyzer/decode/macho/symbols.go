package macho

import "strings"

// Prefixes of the symbols of Objective-C classes, the second in the old 32-bit
// runtime.
const (
	classPrefix    = "_OBJC_CLASS_$_"
	oldClassPrefix = ".objc_class_name_"
	anyClassPrefix = "_OBJC_"    // metaclasses, instance variables, exception types
	hiddenPrefix   = "__hidden#" // a name that the builder took out of uploaded bitcode
)

// Bits of nlist.n_type.
const (
	nStab = 0xe0
	nType = 0x0e
	nExt  = 0x01
)

// symbols reads the symbol table.
func (w *walk) symbols() error {
	off, count, names, size := uint64(w.symtab[0]), uint64(w.symtab[1]), uint64(w.symtab[2]),
		uint64(w.symtab[3])
	step := 8 + w.word()
	if !w.inside(off, count*step) || !w.inside(names, size) {
		w.odd(0, true, "the symbol table ends past the slice")
		return nil
	}
	for i := range count {
		if !w.file.spend(1) {
			break
		}
		at := off + i*step
		kind, name := w.data[at+4], uint64(w.u32(at))
		if kind&nStab != 0 || name == 0 || name >= size {
			continue
		}
		// Common symbols are undefined ones with a size as their value.
		undefined := kind&nType == 0 && w.uptr(at+8) == 0
		if err := w.symbol(names+name, undefined, kind&nExt != 0); err != nil {
			return err
		}
	}
	return nil
}

// symbol sorts the name at off into the lists.
func (w *walk) symbol(off uint64, undefined, external bool) error {
	name := w.text(off)
	class, isClass := strings.CutPrefix(name, classPrefix)
	if !isClass {
		class, isClass = strings.CutPrefix(name, oldClassPrefix)
	}
	switch {
	case isClass && undefined:
		return w.add(&w.s.Imports, class, off+uint64(len(name)-len(class)))
	case isClass:
		return w.add(&w.s.Classes, class, off+uint64(len(name)-len(class)))
	case undefined || strings.HasPrefix(name, anyClassPrefix) || strings.HasPrefix(name,
		hiddenPrefix) || name == "":
		return nil
	}
	bare := strings.TrimPrefix(name, "_")
	if typ := swiftSymbol(bare); typ != "" {
		if err := w.add(&w.s.Swift, typ, off); err != nil {
			return err
		}
	}
	if !external {
		return nil
	}
	return w.add(&w.s.Symbols, bare, off+uint64(len(name)-len(bare)))
}

// exports walks the trie that dyld resolves exported names by: it is what counts
// on a device where the symbol table was cut down.
func (w *walk) exports() error {
	if w.trie.Size == 0 {
		return nil
	}
	t := trieWalk{w: w, data: w.data[w.trie.At : w.trie.At+w.trie.Size],
		seen: make(map[uint64]bool)}
	return t.node(0, make([]byte, 0, 256), 0)
}

type trieWalk struct {
	w    *walk
	data []byte
	seen map[uint64]bool
}

// maxTrieDepth bounds the edges of one name; real tries stay below 100.
const maxTrieDepth = 512

// node reads: uleb size of the terminal part, that part, a count of children, and
// for each its edge text and the uleb offset of its node.
func (t *trieWalk) node(off uint64, prefix []byte, depth int) error {
	if off >= uint64(len(t.data)) || t.seen[off] || depth > maxTrieDepth || len(prefix) > maxName {
		return nil
	}
	if err := t.w.b.Take(32); err != nil {
		return err
	}
	t.seen[off] = true
	size, at := uleb(t.data, off)
	if size > 0 {
		if err := t.terminal(string(prefix), off); err != nil {
			return err
		}
	}
	if at += size; size > uint64(len(t.data)) || at >= uint64(len(t.data)) {
		return nil
	}
	children := t.data[at]
	at++
	for range children {
		end := at
		for end < uint64(len(t.data)) && end-at < maxName && t.data[end] != 0 {
			end++
		}
		if end >= uint64(len(t.data)) || !t.w.file.spend(int(end-at)+8) {
			return nil
		}
		child, next := uleb(t.data, end+1)
		if err := t.node(child, append(prefix, t.data[at:end]...), depth+1); err != nil {
			return err
		}
		at = next
	}
	return nil
}

// terminal adds an exported name; its place is the node that ends it.
func (t *trieWalk) terminal(name string, off uint64) error {
	if !isName([]byte(name)) {
		return nil
	}
	at := uint64(t.w.trie.At) + off
	if class, ok := strings.CutPrefix(name, classPrefix); ok {
		return t.w.add(&t.w.s.Classes, class, at)
	}
	if strings.HasPrefix(name, anyClassPrefix) {
		return nil
	}
	bare := strings.TrimPrefix(name, "_")
	if typ := swiftSymbol(bare); typ != "" {
		if err := t.w.add(&t.w.s.Swift, typ, at); err != nil {
			return err
		}
	}
	return t.w.add(&t.w.s.Symbols, bare, at)
}

// uleb reads a number of seven bits a byte and returns what follows it; past the
// end it is 0.
func uleb(data []byte, off uint64) (v, next uint64) {
	for shift := 0; off < uint64(len(data)); shift += 7 {
		c := data[off]
		off++
		if shift < 64 {
			v |= uint64(c&0x7f) << shift
		}
		if c < 0x80 {
			return v, off
		}
	}
	return 0, off
}
