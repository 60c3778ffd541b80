package macho

import "strings"

// Kinds of Swift context descriptors, the low five bits of their flags.
const (
	swiftModule    = 0
	swiftExtension = 1
	swiftAnonymous = 2
	swiftProtocol  = 3
	swiftClassKind = 16
	swiftStruct    = 17
	swiftEnum      = 18

	maxNesting = 16
)

// swiftTypes follows __swift5_types: 32-bit distances to the descriptors of the
// nominal types defined here.
func (w *walk) swiftTypes() error {
	s, ok := w.find("__swift5_types")
	if !ok || w.hidden(s.off) || w.s.Type == "object" {
		return nil
	}
	for i := range s.size / 4 {
		if !w.file.spend(32) {
			break
		}
		field := s.off + 4*i
		at, ok := w.relative(field)
		if !ok {
			continue
		}
		switch w.u32(at) & 0x1f {
		case swiftClassKind, swiftStruct, swiftEnum:
		default:
			continue
		}
		if name := w.swiftName(at); name != "" {
			if err := w.add(&w.s.Swift, name, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// swiftName joins the names of a descriptor and its parents. A parent in another
// image is left out, with whatever stands above it.
func (w *walk) swiftName(at uint64) string {
	var parts []string
	for range maxNesting { // a descriptor of a module ends the chain
		if !w.file.spend(32) {
			return ""
		}
		kind := w.u32(at) & 0x1f
		switch kind {
		case swiftModule, swiftProtocol, swiftClassKind, swiftStruct, swiftEnum:
			off, ok := w.distance(at+8, w.u32(at+8)) // names stand at odd places too
			if !ok {
				return ""
			}
			name := w.text(off)
			if name == "" {
				return ""
			}
			parts = append([]string{name}, parts...)
		case swiftExtension, swiftAnonymous:
		default:
			return ""
		}
		next, ok := w.relative(at + 4)
		if kind == swiftModule || !ok {
			break
		}
		at = next
	}
	return swiftJoin(parts)
}

// swiftJoin writes a type with its module; types that Swift imports from C are
// nobody's own.
func swiftJoin(parts []string) string {
	if len(parts) == 0 || parts[0] == "__C" || parts[0] == "__ObjC" {
		return ""
	}
	return strings.Join(parts, ".")
}

// relative follows a distance from its own address to a descriptor; its lowest
// bits say that a pointer to it lies there instead.
func (w *walk) relative(field uint64) (uint64, bool) {
	d := w.u32(field)
	at, ok := w.distance(field, d&^3)
	if ok && d&1 != 0 {
		at, ok = w.follow(at)
	}
	return at, ok && !w.hidden(at)
}

// distance adds a distance to the address of the field that holds it, and returns
// where that lies.
func (w *walk) distance(field uint64, d uint32) (uint64, bool) {
	if d == 0 || w.hidden(field) {
		return 0, false
	}
	for _, s := range w.segments {
		if field >= s.off && field-s.off < s.fileSize {
			at, ok := w.offset(s.addr + (field - s.off) + uint64(int64(int32(d))))
			return at, ok && !w.hidden(at)
		}
	}
	return 0, false
}

// swiftClass returns Module.Type for the runtime name of a Swift class
// (_TtC6Module4Type, _TtCC6Module5Outer5Inner), "" for any other.
func swiftClass(name string) string {
	rest, ok := strings.CutPrefix(name, "_Tt")
	if !ok {
		return ""
	}
	n := 0
	for n < len(rest) && strings.IndexByte("CVO", rest[n]) >= 0 {
		n++
	}
	parts, rest := identifiers(rest[n:], n+1)
	if n == 0 || rest != "" || len(parts) != n+1 {
		return ""
	}
	return swiftJoin(parts)
}

// swiftSymbol returns Module.Type for the symbol of a nominal type descriptor or
// a metadata accessor ($s6Module4TypeVMn), "" for any other. Names that the
// compiler shortened by repeating words of earlier ones are left alone.
func swiftSymbol(symbol string) string {
	rest, ok := strings.CutPrefix(symbol, "$s")
	if !ok {
		return ""
	}
	parts, rest := identifiers(rest, 1)
	for len(parts) > 0 {
		more, after := identifiers(rest, 1)
		if len(more) == 0 || after == "" || strings.IndexByte("CVO", after[0]) < 0 {
			break
		}
		parts, rest = append(parts, more[0]), after[1:]
	}
	if len(parts) < 2 || rest != "Mn" && rest != "Ma" {
		return ""
	}
	return swiftJoin(parts)
}

// privateMark goes before the name of a private type, with 32 digits after it
// that tell files apart.
const privateMark = "P33_"

// identifiers reads at most n names, each after its decimal length.
func identifiers(s string, n int) (parts []string, rest string) {
	for len(parts) < n {
		if strings.HasPrefix(s, privateMark) && len(s) > len(privateMark)+32 {
			s = s[len(privateMark)+32:]
		}
		length, digits := 0, 0
		for digits < len(s) && digits < 4 && s[digits] >= '0' && s[digits] <= '9' {
			length = length*10 + int(s[digits]-'0')
			digits++
		}
		if digits == 0 || s[0] == '0' || length > len(s)-digits {
			return parts, s
		}
		parts = append(parts, s[digits:digits+length])
		s = s[digits+length:]
	}
	return parts, s
}
