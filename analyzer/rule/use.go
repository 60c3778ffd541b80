package rule

import (
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
// has a load command for the framework that was hit.
//
// Bundled: calls or load commands were read and show none of this, and code of
// the product is there. A component in the manifest comes from merging and is no
// call.
//
// Unknown: everything else, as where only a host, a text or an asset was hit,
// where no code could be read, or where the product is linked into the
// application's main binary: calls within one binary are not seen.
func use(f *analyzer.Facts, hits []hit) analyzer.Use {
	if called(f, hits) || bound(f, hits) || linked(hits) {
		return analyzer.Invoked
	}
	read := len(f.Calls) > 0 || len(f.Binaries) > 0
	code := slices.ContainsFunc(hits, func(h hit) bool {
		return h.content() && family(h.term.Kind) != familyModel && !inMainBinary(h.term.Where)
	})
	if read && code {
		return analyzer.Bundled
	}
	return analyzer.UseUnknown
}

func called(f *analyzer.Facts, hits []hit) bool {
	packages := map[string]bool{}
	for _, h := range hits {
		if i := strings.LastIndexByte(h.term.Value, '.'); h.term.Kind == analyzer.TermClass &&
			i > 0 {
			packages[h.term.Value[:i]] = true
		}
	}
	if len(packages) == 0 {
		return false
	}
	return slices.ContainsFunc(f.Calls, func(c analyzer.Call) bool {
		if !packages[c.To] || packages[c.From] {
			return false
		}
		own := f.Package.ID != "" && within(c.From, f.Package.ID)
		return own && !within(f.Package.ID, c.To) || !within(c.From, namespace(c.To))
	})
}

// namespace returns the first two labels of a Java package.
func namespace(pkg string) string {
	if i := strings.IndexByte(pkg, '.'); i >= 0 {
		if j := strings.IndexByte(pkg[i+1:], '.'); j >= 0 {
			return pkg[:i+1+j]
		}
	}
	return pkg
}

// within reports whether pkg is parent or below it.
func within(pkg, parent string) bool {
	return pkg == parent || strings.HasPrefix(pkg, parent) && pkg[len(parent)] == '.'
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

func inMainBinary(w analyzer.Where) bool {
	return strings.HasSuffix(path.Dir(w.Entry), ".app") && path.Ext(w.Entry) == ""
}

// loadCommand is the part that analyzer gives to the terms of a load command.
const loadCommand = "LC_LOAD_DYLIB"
