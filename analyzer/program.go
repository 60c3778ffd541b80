package analyzer

import "strings"

// Language is what a program is written in.
type Language string

// The languages of programs that a runtime inside the application executes.
const (
	JavaScript Language = "javascript"
	Dart       Language = "dart"
	CSharp     Language = "csharp"
	Lua        Language = "lua"
	Python     Language = "python"
)

// Program is code of the application that is neither DEX nor native: a script,
// bytecode, a snapshot or managed code, which a runtime in the package executes.
// Where there is one, what the application does is written there, and calls from it
// are not among the Calls.
type Program struct {
	Entry     string   `json:"entry"`
	Language  Language `json:"language"`
	Framework string   `json:"framework,omitempty"` // react-native, flutter, unity, …
	Form      string   `json:"form"`                // source, hermes, snapshot, cil, il2cpp, …
	Version   string   `json:"version,omitempty"`   // of the form, or of the runtime
	// Needed are the native libraries that it binds by name, as it writes them.
	Needed []string `json:"needed,omitempty"`
	Types  NameList `json:"types,omitzero"` // of managed code, Namespace.Type
}

// Ecosystem is where the packages of a language come from.
type Ecosystem string

// The ecosystems, named as package URLs name them; an assembly is a part of managed
// code whatever package it came with.
const (
	NPM      Ecosystem = "npm"
	Pub      Ecosystem = "pub"
	PyPI     Ecosystem = "pypi"
	Assembly Ecosystem = "assembly"
)

// Module is a package that a program is made of or an assembly that it consists of.
type Module struct {
	Ecosystem Ecosystem `json:"ecosystem"`
	Name      string    `json:"name"`
	Version   string    `json:"version,omitempty"`
	Where     Where     `json:"where"`
}

func (r Program) addTo(f *Facts) { f.Programs = append(f.Programs, r) }
func (r Module) addTo(f *Facts)  { f.Modules = append(f.Modules, r) }

func (r Program) moved(m mover) Record {
	r.Entry = m(r.Entry)
	return r
}

func (r Module) moved(m mover) Record {
	r.Where = r.Where.moved(m)
	return r
}

// programTerms yields libraries, types and modules of programs.
func (f *Facts) programTerms(yield func(Term) bool) bool {
	for _, p := range f.Programs {
		at := Where{Entry: p.Entry}
		for _, n := range p.Libraries() {
			if !yield(Term{TermNeeded, n, at}) {
				return false
			}
		}
		if !p.Types.terms(TermType, p.Entry, yield) {
			return false
		}
	}
	for _, m := range f.Modules {
		if !yield(Term{TermModule, m.String(), m.Where}) {
			return false
		}
	}
	return true
}

// String reads "npm:axios", "pub:flutter_tts".
func (r Module) String() string { return string(r.Ecosystem) + ":" + r.Name }

// Libraries returns the native libraries that the program binds as Android's loader
// names them: the runtime completes a bare name.
func (r Program) Libraries() (names []string) {
	for _, n := range r.Needed {
		names = append(names, libraryName(n))
	}
	return names
}

func libraryName(bound string) string {
	if strings.ContainsAny(bound, "./") {
		return bound
	}
	if strings.HasPrefix(bound, "lib") {
		return bound + ".so"
	}
	return "lib" + bound + ".so"
}
