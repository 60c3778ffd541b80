package rule

import (
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

// use says whether the application's own code calls what the hits show.
//
// Invoked: on Android, a call into the package of a class that was hit, from
// outside that package and outside its vendor's namespace (the first two labels),
// or from the application's own. On iOS, an Objective-C class that was hit is
// bound from a binary that does not define it, or the application's main binary
// has a load command for the framework that was hit. In a program that a runtime
// executes, the name of a class that was hit, or a library that was hit among those
// that it binds.
//
// Bundled: calls or load commands were read and show none of this, and code of
// the product is there. A component in the manifest comes from merging and is no
// call.
//
// Unknown: everything else, as where only a host, a text or an asset was hit,
// where no code could be read, where the product is linked into the application's
// main binary, for calls within one binary are not seen, or where the application
// has a program that a runtime executes: what a script, Dart or C# calls by name is
// not seen either.
func use(f *analyzer.Facts, hits []hit) analyzer.Use {
	if called(f, hits) || bound(f, hits) || linked(hits) || named(f, hits) {
		return analyzer.Invoked
	}
	read := (len(f.Calls) > 0 || len(f.Binaries) > 0) && len(f.Programs) == 0
	code := slices.ContainsFunc(hits, func(h hit) bool {
		return h.content() && family(h.term.Kind) != familyModel && !inMainBinary(h.term.Where)
	})
	if read && code {
		return analyzer.Bundled
	}
	return analyzer.UseUnknown
}

func called(f *analyzer.Facts, hits []hit) bool {
	for range outside(f, hits) {
		return true
	}
	return false
}

// outside yields the calls into the packages of the classes that were hit by code
// that is not the product's.
func outside(f *analyzer.Facts, hits []hit) iter.Seq[analyzer.Call] {
	packages := map[string]bool{}
	for _, h := range hits {
		if i := strings.LastIndexByte(h.term.Value, '.'); h.term.Kind == analyzer.TermClass &&
			i > 0 {
			packages[h.term.Value[:i]] = true
		}
	}
	within := analyzer.WithinPackage
	return func(yield func(analyzer.Call) bool) {
		for _, c := range f.Calls {
			if !packages[c.To] || packages[c.From] {
				continue
			}
			own := f.Package.ID != "" && within(c.From, f.Package.ID)
			if (own && !within(f.Package.ID, c.To) || !within(c.From, analyzer.Vendor(c.To))) &&
				!yield(c) {
				return
			}
		}
	}
}

// uncalled returns the features of a proof that rest on classes alone which no
// code outside the product calls, though it calls others of the product's: an
// application that takes dictation with a library that could also speak. Without
// calls into the product, or where the facts do not say which classes they reach,
// there is none: then nothing tells one feature from another.
func (r *compiled) uncalled(f *analyzer.Facts, hits []hit, p *proof) []string {
	reached := map[string]bool{}
	for c := range outside(f, hits) {
		if len(c.Classes) == 0 {
			return nil
		}
		for _, name := range c.Classes {
			outer, _, _ := strings.Cut(name, "$")
			reached[c.To+"."+name], reached[c.To+"."+outer] = true, true
		}
	}
	if len(reached) == 0 {
		return nil
	}
	var idle []string
	for _, feature := range p.features {
		if !slices.Contains(idle, feature) && !slices.Contains(r.Features, feature) &&
			p.idle(feature, hits, reached) {
			idle = append(idle, feature)
		}
	}
	return idle
}

// idle reports whether all that adds a feature is classes that are not reached; a
// weak hit beside them does not count, for it proves nothing by itself.
func (p *proof) idle(feature string, hits []hit, reached map[string]bool) bool {
	classes := false
	for i, leaf := range p.from {
		if p.features[i] != feature {
			continue
		}
		if leaf == noLeaf {
			return false
		}
		for _, h := range hits {
			if h.leaf != leaf || !h.strong {
				continue
			}
			if h.term.Kind != analyzer.TermClass || reached[h.term.Value] {
				return false
			}
			classes = true
		}
	}
	return classes
}

// bound reports whether a binary uses an Objective-C class that was hit and that
// it does not define itself.
func bound(f *analyzer.Facts, hits []hit) bool {
	homes := map[string]bool{}
	names := map[string]bool{}
	for _, h := range hits {
		switch h.term.Kind {
		case analyzer.TermObjCClass:
			names[h.term.Value] = true
			homes[h.term.Where.Entry] = true
		case analyzer.TermObjCRef:
			names[h.term.Value] = true
		}
	}
	if len(names) == 0 {
		return false
	}
	return slices.ContainsFunc(f.Binaries, func(b analyzer.Binary) bool {
		return !homes[b.Entry] &&
			slices.ContainsFunc(b.Imports.Names, func(n string) bool { return names[n] })
	})
}

// linked reports whether the main binary loads a framework that was hit. The main
// binary lies directly in the application's folder.
func linked(hits []hit) bool {
	return slices.ContainsFunc(hits, func(h hit) bool {
		loads := h.term.Kind == analyzer.TermFramework || h.term.Kind == analyzer.TermDylib
		return loads && h.term.Where.Part == loadCommand && inMainBinary(h.term.Where)
	})
}

// named reports whether a program names a class that was hit, or binds a library that
// was hit: a script reaches Java by names, managed code native functions.
func named(f *analyzer.Facts, hits []hit) bool {
	if len(f.Programs) == 0 {
		return false
	}
	names, entries := map[string]bool{}, map[string]bool{}
	for _, h := range hits {
		switch h.term.Kind {
		case analyzer.TermClass, analyzer.TermLibrary, analyzer.TermSONAME:
			names[h.term.Value] = true
		}
	}
	for _, p := range f.Programs {
		entries[p.Entry] = true
		if slices.ContainsFunc(p.Libraries(), func(n string) bool { return names[n] }) {
			return true
		}
	}
	return slices.ContainsFunc(f.Strings, func(s analyzer.String) bool {
		return s.Kind == analyzer.NameString && names[s.Value] && entries[s.Where.Entry]
	})
}

func inMainBinary(w analyzer.Where) bool {
	return strings.HasSuffix(path.Dir(w.Entry), ".app") && path.Ext(w.Entry) == ""
}

// loadCommand is the part that analyzer gives to the terms of a load command.
const loadCommand = "LC_LOAD_DYLIB"
