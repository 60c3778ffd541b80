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
	"github.com/listgate/listgate/analyzer/decode/dart"
	"github.com/listgate/listgate/analyzer/decode/macho"
)

// Bounds of what is kept of one file.
const (
	maxSymbols  = 20000
	maxStrings  = 5000 // of each kind
	maxProducts = 500
	// maxSelectors lets the largest applications keep all that their code sends.
	maxSelectors = 1 << 16
)

// Reader emits Binary, Framework, Identity, Entitlement and String records.
type Reader struct{}

// Name implements analyzer.Reader.
func (Reader) Name() string { return "machlinks" }

// Version implements analyzer.Reader.
func (Reader) Version() int { return 2 }

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
	signatures, err := r.signatures(ctx)
	b := r.binary()
	b.Slices = r.slices(signatures)
	emit(b)
	r.framework()
	if !dart.Has(in.Entry.Name(), in.Data) { // whose strings have a reader
		r.strings()
	}
	return err
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

// encryption reports a copy as it comes from a store: its code is readable on the
// buyer's device alone.
func (r reading) encryption() {
	for _, s := range r.file.Slices {
		if s.Encrypted.Size == 0 {
			continue
		}
		detail := "the code of slice " + s.Arch + " is encrypted"
		if s.Plain {
			detail = "slice " + s.Arch + " is marked as encrypted, though it is in the clear"
		}
		r.emit(analyzer.Identity{Package: analyzer.Package{Encrypted: true}})
		r.emit(analyzer.Gap{Reason: analyzer.GapEncrypted, Where: r.where(s.Encrypted.At),
			Detail: detail, Code: true})
	}
}

// slices lists the programs by architecture, with their signatures. The objects of an
// archive are one program that is not linked yet.
func (r reading) slices(signatures []analyzer.CodeSignature) (out []analyzer.Slice) {
	objects := map[string]bool{}
	for i, s := range r.file.Slices {
		if s.Type == "object" {
			if objects[s.Arch] {
				continue
			}
			objects[s.Arch] = true
		}
		out = append(out, analyzer.Slice{Arch: s.Arch, Type: s.Type, Platform: s.Platform,
			MinOS: s.MinOS, UUID: s.UUID, FairPlay: fairPlay(s), Signature: signatures[i]})
	}
	return out
}

func fairPlay(s macho.Slice) analyzer.FairPlay {
	f := analyzer.FairPlay{State: analyzer.FairPlayReady, CryptID: s.CryptID,
		At: s.Encryptable.At, Size: s.Encryptable.Size}
	switch {
	case s.CryptID == 0 && s.Encryptable.Size == 0:
		return analyzer.FairPlay{}
	case s.Encrypted.Size > 0 && !s.Plain:
		f.State = analyzer.FairPlayEncrypted
	case s.CryptID != 0:
		f.State = analyzer.FairPlayMarked
	}
	return f
}

// binary joins the slices; a name stands where it was met first.
func (r reading) binary() analyzer.Binary {
	sum := sha256.Sum256(r.in.Data)
	b := analyzer.Binary{Entry: r.in.Entry.Name(), SHA256: hex.EncodeToString(sum[:]),
		Size: int64(len(r.in.Data))}
	var classes, imports, swift, symbols, selectors union
	libraries := map[string]int{}
	for _, s := range r.file.Slices {
		if !slices.Contains(b.Archs, s.Arch) {
			b.Archs = append(b.Archs, s.Arch)
		}
		b.Encrypted = b.Encrypted || s.Encrypted.Size > 0
		b.RPaths = append(b.RPaths, s.RPaths...)
		link(&b, s.Dylibs, libraries)
		classes.add(s.Classes)
		imports.add(s.Imports)
		swift.add(s.Swift)
		symbols.add(s.Symbols)
		selectors.add(s.Selectors)
	}
	slices.Sort(b.RPaths)
	b.RPaths = slices.Compact(b.RPaths)
	// A static archive defines in one object what another imports.
	imports.drop(classes)
	b.Classes, b.Imports, b.Swift = classes.list(len(classes.names)),
		imports.list(len(imports.names)), swift.list(len(swift.names))
	plain := symbols.plainFirst()
	b.Symbols, b.Selectors = symbols.list(maxSymbols), selectors.list(maxSelectors)
	r.dropped("symbols", len(symbols.names) > maxSymbols, plain > maxSymbols)
	r.dropped("selectors", len(selectors.names) > maxSelectors, true)
	return b
}

// link adds the libraries of a slice that no other had.
func link(b *analyzer.Binary, dylibs []macho.Dylib, seen map[string]int) {
	for _, d := range dylibs {
		if i, ok := seen[d.Name]; ok {
			b.Dylibs[i].Weak = b.Dylibs[i].Weak && d.Weak
			continue
		}
		seen[d.Name] = len(b.Dylibs)
		b.Dylibs = append(b.Dylibs, analyzer.Dylib{Name: d.Name, Weak: d.Weak,
			Version: d.Version, At: uint32(d.At)})
	}
}

// dropped reports names beyond the bound.
func (r reading) dropped(what string, any, code bool) {
	if any {
		r.emit(analyzer.Gap{Reason: analyzer.GapBudget, Where: r.where(0),
			Detail: "more " + what + " than are kept of one file", Code: code})
	}
}

// framework names a framework that has no Info.plist to name it.
func (r reading) framework() {
	dir := path.Dir(r.in.Entry.Name())
	name, ok := strings.CutSuffix(path.Base(dir), ".framework")
	if ok && r.in.Contents.Find(dir+"/Info.plist") == nil {
		r.emit(analyzer.Framework{Name: name, Version: r.file.Slices[0].Version,
			Where: r.where(0)})
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
