package dex

import "bytes"

// Name is a class name in dotted form, with $ for inner classes, and the offset
// of the first byte of its descriptor (the L of Lcom/example/Outer$Inner;).
type Name struct {
	Value  string
	Offset uint32
}

// text returns the MUTF-8 bytes of string i and where they begin.
func (f *File) text(u *unit, i int, m *meter, p *problems) (b []byte, at int, ok bool) {
	if i < 0 || i >= u.strings.count {
		p.add("string_ids", u.strings.off, "index %d of %d", i, u.strings.count)
		return nil, 0, false
	}
	entry := u.strings.at(i)
	off := f.u32(entry)
	if off >= len(f.data) {
		p.add("string_ids", entry, "string %d at 0x%x, past the file", i, off)
		return nil, 0, false
	}
	_, at, ok = f.uleb(off)
	if !ok || at >= len(f.data) {
		p.add("string_data", off, "string %d has no length", i)
		return nil, 0, false
	}
	limit := min(len(f.data)-at, m.left+1)
	n := bytes.IndexByte(f.data[at:at+max(limit, 0)], 0)
	if n < 0 {
		m.spend(limit)
		p.add("string_data", off, "string %d has no end, or strings overlap too often", i)
		return nil, 0, false
	}
	m.spend(n + 1)
	return f.data[at : at+n], at, true
}

// descriptor returns the descriptor of type i.
func (f *File) descriptor(u *unit, i int, m *meter, p *problems) (b []byte, at int, ok bool) {
	if i >= u.types.count {
		p.add("type_ids", u.types.off, "index %d of %d", i, u.types.count)
		return nil, 0, false
	}
	return f.text(u, f.u32(u.types.at(i)), m, p)
}

// className returns what stands between L and ; of a class descriptor.
func className(descriptor []byte) ([]byte, bool) {
	n := len(descriptor)
	if n < 3 || descriptor[0] != 'L' || descriptor[n-1] != ';' {
		return nil, false
	}
	return descriptor[1 : n-1], true
}

func dotted(name []byte) string {
	return decodeMUTF8(bytes.ReplaceAll(name, []byte("/"), []byte(".")))
}

// Classes yields every class defined, in the order of class_defs. It returns an
// error for the first definition without a readable name, after all others.
func (f *File) Classes(yield func(Name) bool) error {
	m, p := f.meter(maxTextShare), &problems{}
	for i := range f.units {
		u := &f.units[i]
		for c := range u.classes.count {
			at := u.classes.at(c)
			d, off, ok := f.descriptor(u, f.u32(at), m, p)
			if !ok {
				continue
			}
			name, ok := className(d)
			if !ok {
				p.add("class_defs", at, "class %d is named %.40q", c, d)
				continue
			}
			if !yield(Name{dotted(name), uint32(off)}) {
				return p.err()
			}
		}
	}
	return p.err()
}

// References yields, once each, the class types that the file names and does not
// define; an array names its element type. It returns an error for the first type
// that cannot be read, after all others.
func (f *File) References(yield func(Name) bool) error {
	r := references{File: f, known: map[string]bool{}, yield: yield, m: f.meter(maxTextShare),
		p: &problems{}}
	if len(f.units) > 1 {
		// Classes that cannot be named are errors of Classes itself.
		_ = f.Classes(func(n Name) bool { r.known[n.Value] = true; return true })
	}
	for i := range f.units {
		if !r.unit(&f.units[i]) {
			break
		}
	}
	return r.p.err()
}

// references is one pass over the types named.
type references struct {
	*File
	known map[string]bool // yielded, as far as they may come again, or defined elsewhere
	yield func(Name) bool
	m     *meter
	p     *problems
}

// unit yields what one logical file refers to; false means that nobody listens.
func (r *references) unit(u *unit) bool {
	defined := r.defined(u)
	plain, arrays := r.classTypes(u, r.m, r.p)
	elements := map[string]bool{} // classes named only through arrays
	for _, t := range arrays {
		elements[t.name.Value] = true
	}
	for _, t := range plain {
		delete(elements, t.name.Value)
		if defined.has(t.index) || r.known[t.name.Value] {
			continue
		}
		if len(r.units) > 1 {
			r.known[t.name.Value] = true
		}
		if !r.yield(t.name) {
			return false
		}
	}
	for _, t := range arrays {
		if !elements[t.name.Value] || r.known[t.name.Value] {
			continue
		}
		r.known[t.name.Value] = true
		if !r.yield(t.name) {
			return false
		}
	}
	return true
}

type classType struct {
	index int
	name  Name
}

// classTypes returns the class types of a unit and, apart, the element types of
// its arrays.
func (f *File) classTypes(u *unit, m *meter, p *problems) (plain, arrays []classType) {
	for i := range u.types.count {
		d, off, ok := f.descriptor(u, i, m, p)
		if !ok {
			continue
		}
		element := bytes.TrimLeft(d, "[")
		name, ok := className(element)
		if !ok {
			continue // a primitive type
		}
		t := classType{i, Name{dotted(name), uint32(off + len(d) - len(element))}}
		if len(element) < len(d) {
			arrays = append(arrays, t)
		} else {
			plain = append(plain, t)
		}
	}
	return plain, arrays
}

// bitmap is a set of small numbers.
type bitmap []uint64

func newBitmap(n int) bitmap    { return make(bitmap, (n+63)/64) }
func (b bitmap) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }
func (b bitmap) set(i int, n int) {
	if i < n {
		b[i/64] |= 1 << (i % 64)
	}
}

// defined returns the set of type indexes that class_defs defines.
func (f *File) defined(u *unit) bitmap {
	set := newBitmap(u.types.count)
	for c := range u.classes.count {
		set.set(f.u32(u.classes.at(c)), u.types.count)
	}
	return set
}

// Strings yields every string of the file but the descriptors of its types:
// index counts over all logical files, offset is that of the first character.
// Malformed bytes come as U+FFFD. It returns an error for the first string that
// cannot be read, after all others.
func (f *File) Strings(yield func(index int, value string, offset uint32) bool) error {
	m, p := f.meter(maxTextShare), &problems{}
	for i := range f.units {
		u := &f.units[i]
		types := newBitmap(u.strings.count)
		for t := range u.types.count {
			types.set(f.u32(u.types.at(t)), u.strings.count)
		}
		for s := range u.strings.count {
			b, at, ok := f.text(u, s, m, p)
			if !ok || types.has(s) && isDescriptor(b) {
				continue
			}
			if !yield(u.base+s, decodeMUTF8(b), uint32(at)) {
				return p.err()
			}
		}
	}
	return p.err()
}

// isDescriptor reports whether a type's name has the shape of one: a URL put
// among the types to pass for a descriptor is a string like any other.
func isDescriptor(b []byte) bool {
	b = bytes.TrimLeft(b, "[")
	if len(b) == 1 {
		return bytes.IndexByte([]byte("VZBSCIJFD"), b[0]) >= 0
	}
	name, ok := className(b)
	return ok && bytes.IndexByte(name, ':') < 0
}
