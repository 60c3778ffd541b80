package macho

import (
	"bytes"
	"fmt"
)

// classes follows __objc_classlist: each entry points to a class_t, whose data
// word points to a class_ro_t, which names the class. Where nothing can be
// followed the names in __objc_classname stand in, protocols and categories among
// them.
func (w *walk) classes() error {
	list, ok := w.find("__objc_classlist")
	if !ok || w.s.Type == "object" { // pointers of objects are relocations
		return nil
	}
	word, followed, wild := w.word(), 0, 0
	for i := range list.size / word {
		if !w.file.spend(64) {
			break
		}
		name, at, hidden := w.class(list.off + i*word)
		if name == "" {
			if !hidden {
				wild++
			}
			continue
		}
		followed++
		if err := w.add(&w.s.Classes, name, at); err != nil {
			return err
		}
		if typ := swiftClass(name); typ != "" {
			if err := w.add(&w.s.Swift, typ, at); err != nil {
				return err
			}
		}
	}
	if wild > 0 {
		w.odd(list.off, true, "%d entries of the list of classes lead to no class", wild)
	}
	if followed > 0 {
		return nil
	}
	return w.names("__objc_classname", &w.s.Classes)
}

// class returns the name behind one entry of the list and its place; hidden where
// encryption is what stands before it.
func (w *walk) class(entry uint64) (name string, at uint64, hidden bool) {
	// Offsets of class_t.data and class_ro_t.name, and the flags in the low bits
	// of data.
	data, field, flags := uint64(32), uint64(24), uint64(7)
	if !w.wide {
		data, field, flags = 16, 16, 3
	}
	off, ok := w.follow(entry)
	if !ok {
		return "", 0, w.hidden(entry)
	}
	addr, ok := w.pointer(off + data)
	if !ok {
		return "", 0, w.hidden(off)
	}
	ro, ok := w.offset(addr &^ flags)
	if !ok || w.hidden(ro) {
		return "", 0, ok || w.hidden(off)
	}
	at, ok = w.follow(ro + field)
	if !ok || w.hidden(at) {
		return "", 0, ok
	}
	return w.text(at), at, false
}

// follow returns where the target of the pointer at off lies.
func (w *walk) follow(off uint64) (uint64, bool) {
	if w.hidden(off) {
		return 0, false
	}
	addr, ok := w.pointer(off)
	if !ok {
		return 0, false
	}
	return w.offset(addr)
}

// names adds all the names of a section to a list.
func (w *walk) names(section string, list *[]Name) error {
	s, ok := w.find(section)
	if !ok || w.hidden(s.off) {
		return nil
	}
	shortest := 1
	if list == &w.s.Selectors {
		shortest = shortestSelector
	}
	data := w.data[s.off : s.off+s.size]
	for at := uint64(0); at < s.size; {
		n := bytes.IndexByte(data[at:], 0)
		if n < 0 {
			return nil
		}
		if n >= shortest {
			if err := w.add(list, w.text(s.off+at), s.off+at); err != nil {
				return err
			}
		}
		at += uint64(n) + 1
	}
	return nil
}

// shortestSelector bounds the selectors that are kept from below: shorter ones (init,
// count, delegate) are those of every program.
const shortestSelector = 12

// selectors follows __objc_selrefs, the names of the messages that the code sends.
// Where none can be followed the names of all methods stand in.
func (w *walk) selectors() error {
	if w.s.Type == "object" { // pointers of objects are relocations
		return w.names("__objc_methname", &w.s.Selectors)
	}
	list, ok := w.find("__objc_selrefs")
	if !ok {
		return nil
	}
	word, followed := w.word(), false
	for i := range list.size / word {
		if !w.file.spend(16) {
			break
		}
		at, ok := w.follow(list.off + i*word)
		if !ok || w.hidden(at) {
			continue
		}
		followed = true
		// A linker writes each reference once.
		if name := w.text(at); len(name) >= shortestSelector {
			if err := w.b.Take(int64(len(name)) + 64); err != nil {
				return fmt.Errorf("selectors of Mach-O slice %s: %w", w.s.Arch, err)
			}
			w.s.Selectors = append(w.s.Selectors, Name{name, w.s.At + int64(at)})
		}
	}
	if followed {
		return nil
	}
	return w.names("__objc_methname", &w.s.Selectors)
}
