package analyzer

import (
	"path"
	"strings"
)

// TermKind is what a rule's condition can ask for.
type TermKind string

// The kinds of terms. Each is filled from the typed records by Facts.Terms.
const (
	TermClass       TermKind = "class"       // class defined in a DEX file
	TermClassRef    TermKind = "class-ref"   // class named but not defined in any DEX file
	TermLibrary     TermKind = "library"     // base name of a native library: libmsc.so
	TermSONAME      TermKind = "soname"      // its DT_SONAME
	TermNeeded      TermKind = "needed"      // a library that it needs
	TermExport      TermKind = "export"      // exported symbol, ELF or Mach-O
	TermJNI         TermKind = "jni"         // JNI name, Java_…
	TermComponent   TermKind = "component"   // class name of a manifest component
	TermService     TermKind = "service"     // intent action that a declared service answers
	TermMetadata    TermKind = "meta-data"   // name of a meta-data element
	TermPermission  TermKind = "permission"  // uses-permission
	TermFramework   TermKind = "framework"   // embedded or linked framework, without .framework
	TermDylib       TermKind = "dylib"       // install name of a linked library
	TermObjCClass   TermKind = "objc-class"  // Objective-C class defined in a binary
	TermObjCRef     TermKind = "objc-ref"    // Objective-C class bound from elsewhere
	TermSwift       TermKind = "swift"       // Swift type, Module.Type
	TermSelector    TermKind = "selector"    // Objective-C message that the code sends
	TermType        TermKind = "type"        // type of managed code, Namespace.Type
	TermModule      TermKind = "module"      // package of a program: npm:axios, pub:flutter_tts
	TermPlistKey    TermKind = "plist-key"   // top-level key of an Info.plist
	TermEntitlement TermKind = "entitlement" // key of a right that a signed program asks for
	TermAsset       TermKind = "asset"       // path of any entry, in the archive that holds it
	TermHost        TermKind = "host"        // host name of a URL or on its own
	TermPath        TermKind = "url-path"    // path (and query) of a URL or on its own
	TermText        TermKind = "text"        // text shown to people
	TermString      TermKind = "string"      // class-like name, product banner
	TermModel       TermKind = "model"       // format of a model: gguf
	TermModelTask   TermKind = "model-task"  // task of a model, where it is confirmed
	TermModelHint   TermKind = "model-hint"  // task of a model, where it is only probable
	TermModelArch   TermKind = "model-arch"  // architecture of a model
	TermAnomaly     TermKind = "anomaly"     // code of an anomaly
)

// Term is one searchable value of the facts and the place that proves it.
type Term struct {
	Kind  TermKind
	Value string
	Where Where
}

// Terms yields every term of the facts in a fixed order until yield returns
// false. It is an iter.Seq[Term].
func (f *Facts) Terms(yield func(Term) bool) {
	for _, terms := range []func(func(Term) bool) bool{
		f.codeTerms, f.manifestTerms, f.nativeTerms, f.appleTerms, f.programTerms,
		f.contentTerms,
	} {
		if !terms(yield) {
			return
		}
	}
}

func (l NameList) terms(kind TermKind, entry string, yield func(Term) bool) bool {
	for i, name := range l.Names {
		if !yield(Term{kind, name, Where{Entry: entry, Offset: int64(l.At[i])}}) {
			return false
		}
	}
	return true
}

func (f *Facts) codeTerms(yield func(Term) bool) bool {
	for _, t := range f.Classes {
		if !t.Defined.terms(TermClass, t.Entry, yield) ||
			!t.Referenced.terms(TermClassRef, t.Entry, yield) {
			return false
		}
	}
	return true
}

func (f *Facts) manifestTerms(yield func(Term) bool) bool {
	for _, p := range f.Permissions {
		if !yield(Term{TermPermission, p.Name, p.Where}) {
			return false
		}
	}
	for _, c := range f.Components {
		if !yield(Term{TermComponent, c.Name, c.Where}) {
			return false
		}
		for _, a := range c.Actions {
			if c.Kind == "service" && !yield(Term{TermService, a, c.Where}) {
				return false
			}
		}
	}
	for _, m := range f.Metadata {
		if !yield(Term{TermMetadata, m.Name, m.Where}) {
			return false
		}
	}
	for _, k := range f.PlistKeys {
		if !yield(Term{TermPlistKey, k.Key, k.Where}) {
			return false
		}
	}
	return true
}

func (f *Facts) nativeTerms(yield func(Term) bool) bool {
	for _, l := range f.Libraries {
		at := Where{Entry: l.Entry}
		if !yield(Term{TermLibrary, path.Base(l.Entry), at}) {
			return false
		}
		if l.SONAME != "" && !yield(Term{TermSONAME, l.SONAME, at}) {
			return false
		}
		for _, n := range l.Needed {
			if !yield(Term{TermNeeded, n, at}) {
				return false
			}
		}
		if !l.Exports.terms(TermExport, l.Entry, yield) || !l.JNI.terms(TermJNI, l.Entry, yield) {
			return false
		}
	}
	return true
}

func (f *Facts) appleTerms(yield func(Term) bool) bool {
	for _, w := range f.Frameworks {
		if !yield(Term{TermFramework, w.Name, w.Where}) {
			return false
		}
	}
	for _, b := range f.Binaries {
		for _, d := range b.Dylibs {
			at := Where{Entry: b.Entry, Offset: int64(d.At), Part: "LC_LOAD_DYLIB"}
			if !yield(Term{TermDylib, d.Name, at}) {
				return false
			}
			if fw := frameworkOf(d.Name); fw != "" && !yield(Term{TermFramework, fw, at}) {
				return false
			}
		}
		if !b.Classes.terms(TermObjCClass, b.Entry, yield) || !b.Imports.terms(TermObjCRef,
			b.Entry, yield) ||
			!b.Swift.terms(TermSwift, b.Entry, yield) ||
			!b.Symbols.terms(TermExport, b.Entry, yield) ||
			!b.Selectors.terms(TermSelector, b.Entry, yield) {
			return false
		}
	}
	for _, e := range f.Entitlements {
		if !yield(Term{TermEntitlement, e.Key, e.Where}) {
			return false
		}
	}
	return true
}

// frameworkOf returns DeepAR for @rpath/DeepAR.framework/DeepAR, else "".
func frameworkOf(installName string) string {
	dir := path.Dir(installName)
	if i := strings.Index(dir, ".framework"); i >= 0 {
		return path.Base(dir[:i])
	}
	return ""
}

func (f *Facts) contentTerms(yield func(Term) bool) bool {
	inner := f.inner()
	for _, a := range f.Assets {
		if !yield(Term{TermAsset, inner(a.Name), Where{Entry: a.Name}}) {
			return false
		}
	}
	for _, s := range f.Strings {
		if !s.terms(yield) {
			return false
		}
	}
	for _, m := range f.Models {
		at := Where{Entry: m.Entry}
		for _, t := range []Term{{TermModel, m.Format, at}, m.task(at),
			{TermModelArch, m.Architecture, at}} {
			if t.Value != "" && !yield(t) {
				return false
			}
		}
	}
	for _, a := range f.Anomalies {
		if !yield(Term{TermAnomaly, string(a.Code), a.Where}) {
			return false
		}
	}
	return true
}

// task is the term of a model's task. What is merely possible proves nothing.
func (m Model) task(at Where) Term {
	switch m.Confidence {
	case Confirmed:
		return Term{TermModelTask, m.Task, at}
	case Probable:
		return Term{TermModelHint, m.Task, at}
	default:
		return Term{}
	}
}

func (s String) terms(yield func(Term) bool) bool {
	switch s.Kind {
	case URLString:
		host, rest := SplitURL(s.Value)
		return yield(Term{TermHost, host, s.Where}) &&
			(rest == "" || yield(Term{TermPath, rest, s.Where}))
	case HostString:
		return yield(Term{TermHost, strings.ToLower(s.Value), s.Where})
	case PathString:
		return yield(Term{TermPath, s.Value, s.Where})
	case TextString:
		return yield(Term{TermText, s.Value, s.Where})
	default:
		return yield(Term{TermString, s.Value, s.Where})
	}
}

// SplitURL returns the lower-case host of a URL, without user and port, and the
// rest from the first slash on.
func SplitURL(url string) (host, rest string) {
	_, s, _ := strings.Cut(url, "://")
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s, rest = s[:i], s[i:]
	}
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	host, _, _ = strings.Cut(s, ":")
	return strings.ToLower(host), rest
}
