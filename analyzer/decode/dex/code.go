package dex

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
)

// Call counts the invocations, in the code of classes of package From, of methods
// of classes of package To. Packages are dotted; the default package is "".
// Classes are the classes of To, by their names in it and sorted; a call inside
// one package does not list them.
type Call struct {
	From, To string
	Count    int
	Classes  []string
}

// Code is what the instructions of a file say.
type Code struct {
	// Calls are ordered by From, then To; calls inside one package are among them,
	// those on arrays are not.
	Calls []Call

	file    *File
	loaders []uint32 // by string index, the type of the class that loads it, plus one
}

// errTooMany ends the walk over a file made to fill memory with pairs.
var errTooMany = errors.New("more pairs of packages than any program has")

// maxPairs is about a hundred times what the largest applications have.
const maxPairs = 1 << 20

// walker passes once over the code of a file.
type walker struct {
	*File
	u        *unit
	problems problems
	meter    *meter // of instructions and class data
	names    *meter // of descriptors
	packages []string
	ids      map[string]int32
	byType   []int32  // package of each type of u, plus one; 0 not asked, -1 none
	counts   []uint32 // by type of u, for the class at hand
	touched  []int    // types counted for the class at hand
	pairs    map[[2]int32]int
	first    int                   // number of u's first type among the types of all units
	simple   []string              // by number of the type, its name in its package
	homes    []int32               // by number of the type, its package
	reached  map[[2]int32]struct{} // package and number of a type of another that it calls
	loaders  []uint32
}

// Code passes over the instructions of every method of every class defined. It
// always returns what it could read; the error names the first place that it could
// not, and says so when the walk ended early because code overlaps.
func (f *File) Code() (*Code, error) {
	w := &walker{File: f, meter: f.meter(maxCodeShare), names: f.meter(maxTextShare),
		ids:   map[string]int32{},
		pairs: map[[2]int32]int{}, reached: map[[2]int32]struct{}{}}
	for i := range f.units {
		w.u = &f.units[i]
		w.byType = make([]int32, w.u.types.count)
		w.counts = make([]uint32, w.u.types.count)
		w.first = len(w.simple)
		w.simple = append(w.simple, make([]string, w.u.types.count)...)
		w.homes = append(w.homes, make([]int32, w.u.types.count)...)
		w.loaders = append(w.loaders, make([]uint32, w.u.strings.count)...)
		for c := range w.u.classes.count {
			if err := w.class(c); err != nil {
				w.problems.add("class_defs", w.u.classes.at(c), "%w", err)
				break
			}
		}
	}
	return &Code{Calls: w.calls(), file: f, loaders: w.loaders}, w.problems.err()
}

// Loader returns the first class, in the order of class_defs, whose code loads
// the string of this index, or "" where no code does.
func (c *Code) Loader(index int) string {
	if index < 0 || index >= len(c.loaders) || c.loaders[index] == 0 {
		return ""
	}
	for i := range c.file.units {
		u := &c.file.units[i]
		if index >= u.base+u.strings.count {
			continue
		}
		d, _, ok := c.file.descriptor(u, int(c.loaders[index]-1), c.file.meter(maxTextShare),
			&problems{})
		name, isClass := className(d)
		if !ok || !isClass {
			return ""
		}
		return dotted(name)
	}
	return ""
}

func (w *walker) calls() []Call {
	classes := map[[2]int32][]string{}
	for r := range w.reached {
		pair := [2]int32{r[0], w.homes[r[1]]}
		classes[pair] = append(classes[pair], w.simple[r[1]])
	}
	calls := make([]Call, 0, len(w.pairs))
	for pair, n := range w.pairs {
		names := classes[pair]
		slices.Sort(names)
		calls = append(calls, Call{w.packages[pair[0]], w.packages[pair[1]], n,
			slices.Compact(names)})
	}
	slices.SortFunc(calls, func(a, b Call) int {
		return cmp.Or(strings.Compare(a.From, b.From), strings.Compare(a.To, b.To))
	})
	return calls
}

// class walks the methods of one class and books its calls.
func (w *walker) class(c int) error {
	at := w.u.classes.at(c)
	class, data := w.u32(at), w.u32(at+24)
	if data == 0 {
		return nil
	}
	from := w.packageOf(class)
	if err := w.classData(class, data); err != nil {
		return err
	}
	for _, typ := range w.touched {
		if to := w.packageOf(typ); from >= 0 {
			w.pairs[[2]int32{from, to}] += int(w.counts[typ])
			if from != to {
				w.reached[[2]int32{from, int32(w.first + typ)}] = struct{}{}
			}
		}
		w.counts[typ] = 0
	}
	w.touched = w.touched[:0]
	if len(w.pairs) > maxPairs || len(w.reached) > maxPairs {
		return errTooMany
	}
	return nil
}

// errOverlap ends a walk that would read the same bytes again and again.
var errOverlap = errors.New("class data or code overlap too often")

// classData reads a class_data_item: four counts, fields of two numbers, methods
// of three.
func (w *walker) classData(class, start int) error {
	at, ok := start, true
	next := func() (v int) {
		if ok {
			v, at, ok = w.uleb(at)
		}
		return v
	}
	fields := next() + next()
	methods := next() + next()
	for i := 0; ok && i < 2*fields; i++ {
		next()
	}
	for i := 0; ok && i < methods; i++ {
		next() // method_idx_diff
		next() // access_flags
		code := next()
		if ok && code != 0 && !w.code(class, code) {
			return errOverlap
		}
	}
	if !ok {
		w.problems.add("class_data", start, "ends past the file")
	}
	if !w.meter.spend(min(at, len(w.data)) - min(start, at, len(w.data))) {
		return errOverlap
	}
	return nil
}

// code walks a code_item; false means that the allowance is used up.
func (w *walker) code(class, at int) bool {
	const header = 16
	if at > len(w.data)-header {
		w.problems.add("code_item", at, "begins past the file")
		return true
	}
	units := w.u32(at + 12)
	if units > (len(w.data)-at-header)/2 {
		w.problems.add("code_item", at, "%d units end past the file", units)
		return true
	}
	if !w.meter.spend(header + 2*units) {
		return false
	}
	insns := w.data[at+header : at+header+2*units]
	if rest, ok := w.instructions(class, insns); !ok {
		w.problems.add("code_item", at+header+len(insns)-rest, "an instruction ends past its code")
	}
	return true
}

// instructions decodes linearly, as the runtime's verifier does. It returns how
// many bytes are left where an instruction is cut short.
func (w *walker) instructions(class int, code []byte) (rest int, ok bool) {
	for len(code) >= 2 {
		op := code[0]
		width := 2 * int(widths[op])
		if width > len(code) {
			return len(code), false
		}
		switch actions[op] {
		case opNop:
			size, ok := payload(code)
			if !ok {
				return len(code), false
			}
			width = max(width, size)
		case opInvoke:
			w.invoke(int(code[2]) | int(code[3])<<8)
		case opString:
			w.load(class, int(code[2])|int(code[3])<<8)
		case opStringJumbo:
			w.load(class, int(code[2])|int(code[3])<<8|int(code[4])<<16|int(code[5])<<24)
		}
		code = code[width:]
	}
	return 0, true
}

func (w *walker) invoke(method int) {
	if method >= w.u.methods.count {
		w.problems.add("method_ids", w.u.methods.off, "index %d of %d", method, w.u.methods.count)
		return
	}
	to := w.u16(w.u.methods.at(method))
	if w.packageOf(to) < 0 {
		return
	}
	if w.counts[to] == 0 {
		w.touched = append(w.touched, to)
	}
	w.counts[to]++
}

func (w *walker) load(class, index int) {
	if index >= w.u.strings.count {
		w.problems.add("string_ids", w.u.strings.off, "index %d of %d", index, w.u.strings.count)
		return
	}
	if l := &w.loaders[w.u.base+index]; *l == 0 {
		*l = uint32(class) + 1
	}
}

// packageOf returns the number of a type's package, -1 where it has none.
func (w *walker) packageOf(typ int) int32 {
	if typ >= len(w.byType) {
		w.problems.add("type_ids", w.u.types.off, "index %d of %d", typ, len(w.byType))
		return -1
	}
	if id := w.byType[typ]; id != 0 {
		return max(id-1, -1)
	}
	w.byType[typ] = -1
	d, _, ok := w.descriptor(w.u, typ, w.names, &w.problems)
	name, isClass := className(d)
	if !ok || !isClass {
		return -1
	}
	slash := bytes.LastIndexByte(name, '/')
	w.simple[w.first+typ] = dotted(name[slash+1:])
	name = name[:max(slash, 0)]
	id, ok := w.ids[string(name)]
	if !ok {
		id = int32(len(w.packages))
		w.ids[string(name)] = id
		w.packages = append(w.packages, dotted(name))
	}
	w.byType[typ], w.homes[w.first+typ] = id+1, id
	return id
}
