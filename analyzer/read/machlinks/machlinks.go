// Package machlinks reads the programs and libraries of an iOS application: what
// they link, which Objective-C classes and Swift types they define, which strings
// they hold, and whether they can be read at all.
package machlinks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/macho"
)

// Bounds of what is kept of one file.
const (
	maxSymbols  = 20000
	maxStrings  = 5000 // of each kind
	maxProducts = 500
)

// Reader emits Binary, Framework, Identity and String records.
type Reader struct{}

// Name implements analyzer.Reader.
func (Reader) Name() string { return "machlinks" }

// Version implements analyzer.Reader.
func (Reader) Version() int { return 1 }

// Want accepts Mach-O files and static archives in the application's folder by
// their content, whatever their names.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	return c.Format.System() == analyzer.IOS && strings.HasPrefix(e.Name(), c.Root) &&
		(macho.Match(e.Head()) || isUniversal(e))
}

// isUniversal reports the mark of universal files, which Java classes share, on
// what is not named as such a class.
func isUniversal(e analyzer.Entry) bool {
	h := e.Head()
	return len(h) >= 4 && h[0] == 0xca && h[1] == 0xfe && h[2] == 0xba && h[3]&0xfe == 0xbe &&
		path.Ext(e.Name()) != ".class"
}

// Read implements analyzer.Reader.
func (Reader) Read(ctx context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	f, err := macho.Decode(in.Data, in.Budget)
	if err != nil {
		return err
	}
	r := reading{in, f, emit}
	r.damage()
	r.encryption()
	emit(r.binary())
	r.framework()
	r.strings()
	return r.signature(ctx)
}

// reading is one decoded file on its way to records.
type reading struct {
	in   analyzer.Input
	file *macho.File
	emit func(analyzer.Record)
}

func (r reading) where(at int64) analyzer.Where {
	return analyzer.Where{Entry: r.in.Entry.Name(), Offset: at}
}

// damage reports what the file says of itself and is not so, and a gap where
// something may be behind it.
func (r reading) damage() {
	lost := false
	for _, o := range r.file.Oddities {
		r.emit(analyzer.Anomaly{Code: analyzer.MachOLoadCommand, Where: r.where(o.At),
			What: o.What})
		if o.Lost && !lost {
			lost = true
			r.emit(analyzer.Gap{Reason: analyzer.GapMalformed, Where: r.where(o.At),
				Detail: o.What, Code: true})
		}
	}
}

// encryption reports a copy as it comes from a store: its text is readable on the
// buyer's device alone.
func (r reading) encryption() {
	for _, s := range r.file.Slices {
		if s.CryptID == 0 {
			continue
		}
		detail := "the text of slice " + s.Arch + " is encrypted"
		if s.Plain {
			detail = "slice " + s.Arch +
				" is marked as encrypted, though its strings are in the clear"
		}
		r.emit(analyzer.Identity{Package: analyzer.Package{Encrypted: true}})
		r.emit(analyzer.Gap{Reason: analyzer.GapEncrypted, Where: r.where(s.Encrypted.At),
			Detail: detail, Code: true})
	}
}

// binary joins the slices; a name stands where it was met first.
func (r reading) binary() analyzer.Binary {
	sum := sha256.Sum256(r.in.Data)
	b := analyzer.Binary{Entry: r.in.Entry.Name(), SHA256: hex.EncodeToString(sum[:]),
		Size: int64(len(r.in.Data))}
	var classes, imports, swift, symbols union
	libraries := map[string]int{}
	for _, s := range r.file.Slices {
		if !slices.Contains(b.Archs, s.Arch) {
			b.Archs = append(b.Archs, s.Arch)
		}
		b.Encrypted = b.Encrypted || s.CryptID != 0
		for _, d := range s.Dylibs {
			if i, ok := libraries[d.Name]; ok {
				b.Dylibs[i].Weak = b.Dylibs[i].Weak && d.Weak
				continue
			}
			libraries[d.Name] = len(b.Dylibs)
			b.Dylibs = append(b.Dylibs, analyzer.Dylib{Name: d.Name, Weak: d.Weak,
				At: uint32(d.At)})
		}
		classes.add(s.Classes)
		imports.add(s.Imports)
		swift.add(s.Swift)
		symbols.add(s.Symbols)
	}
	// A static archive defines in one object what another imports.
	imports.drop(classes)
	b.Classes, b.Imports, b.Swift = classes.list(len(classes.names)),
		imports.list(len(imports.names)), swift.list(len(swift.names))
	plain := symbols.plainFirst()
	b.Symbols = symbols.list(maxSymbols)
	if n := len(symbols.names); n > maxSymbols {
		r.emit(analyzer.Gap{Reason: analyzer.GapBudget, Where: r.where(0),
			Detail: "more symbols than are kept of one file", Code: plain > maxSymbols})
	}
	return b
}

// framework names a framework that has no Info.plist to name it.
func (r reading) framework() {
	dir := path.Dir(r.in.Entry.Name())
	name, ok := strings.CutSuffix(path.Base(dir), ".framework")
	if ok && r.in.Contents.Find(dir+"/Info.plist") == nil {
		r.emit(analyzer.Framework{Name: name, Where: r.where(0)})
	}
}

// union is a list of names without repetitions.
type union struct {
	names []macho.Name
	seen  map[string]bool
}

func (u *union) add(names []macho.Name) {
	if u.seen == nil {
		u.seen = map[string]bool{}
	}
	for _, n := range names {
		if !u.seen[n.Name] {
			u.seen[n.Name] = true
			u.names = append(u.names, n)
		}
	}
}

func (u *union) drop(other union) {
	u.names = slices.DeleteFunc(u.names, func(n macho.Name) bool { return other.seen[n.Name] })
}

// plainFirst moves the mangled names of C++ and Swift behind the others, whose
// number it returns: rules rarely ask for them, and they are most of a large
// library.
func (u *union) plainFirst() int {
	slices.SortStableFunc(u.names, func(a, b macho.Name) int { return rank(a.Name) - rank(b.Name) })
	i := slices.IndexFunc(u.names, func(n macho.Name) bool { return rank(n.Name) > 0 })
	if i < 0 {
		return len(u.names)
	}
	return i
}

func rank(name string) int {
	if strings.HasPrefix(name, "_Z") || strings.HasPrefix(name, "$s") {
		return 1
	}
	return 0
}

func (u *union) list(most int) analyzer.NameList {
	l := analyzer.NameList{Names: []string{}, At: []uint32{}}
	for _, n := range u.names[:min(most, len(u.names))] {
		l.Add(n.Name, uint32(n.At))
	}
	return l
}
