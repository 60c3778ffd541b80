// Package managed reads what an application has written in C# and its relatives: the
// assemblies that Unity, Xamarin and .NET for Android ship, the stores they lie in, and
// the metadata beside code that Unity compiled to native. It keeps the literals, the
// assemblies, the types that are not the platform's, and the native libraries that the
// code binds. What is encrypted is a gap over code.
package managed

import (
	"bytes"
	"context"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/il2cpp"
	"github.com/listgate/listgate/analyzer/facts"
)

// Reader emits a Program for code, its Strings, and Modules.
type Reader struct{}

var _ analyzer.Reader = Reader{}

// Name implements analyzer.Reader.
func (Reader) Name() string { return "managed" }

// Version implements analyzer.Reader.
func (Reader) Version() int { return 1 }

// Want accepts assemblies and stores of them, metadata of IL2CPP, and the files of
// Unity that name its version and its assemblies.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	return strings.HasPrefix(e.Name(), c.Root) && kindOf(e.Name(), e.Head()) != none
}

// kind is what an entry is read as.
type kind uint8

const (
	none kind = iota
	metadata
	assemblies
	assemblyList
	engine
)

// kindOf tells by content, and by the places where a runtime looks for its code.
func kindOf(name string, head []byte) kind {
	base := path.Base(name)
	switch {
	case bytes.HasPrefix(head, []byte(il2cpp.Magic)), base == "global-metadata.dat":
		return metadata
	case bytes.HasPrefix(head, []byte("XABA")), bytes.HasPrefix(head, []byte("XALZ")),
		isStore(base):
		return assemblies
	case isPortable(head) && (path.Ext(base) == ".dll" || path.Ext(base) == ".exe"),
		path.Ext(base) == ".dll" && isLoaded(name):
		return assemblies
	case base == "ScriptingAssemblies.json", base == "RuntimeInitializeOnLoads.json":
		return assemblyList
	case base == "data.unity3d", base == "globalgamemanagers", base == "mainData":
		return engine
	}
	return none
}

func isPortable(head []byte) bool { return bytes.HasPrefix(head, []byte("MZ")) }

// isLoaded reports the folders from which a runtime loads assemblies.
func isLoaded(name string) bool {
	return strings.Contains("/"+name, "/Managed/") || strings.Contains("/"+name, "/assemblies/")
}

// isStore reports the libraries in which .NET for Android keeps assemblies.
func isStore(base string) bool {
	return strings.HasPrefix(base, "libassemblies.") && strings.HasSuffix(base, ".so") ||
		base == "libassembly-store.so" ||
		strings.HasPrefix(base, "lib_") && strings.HasSuffix(base, ".dll.so")
}

// Read implements analyzer.Reader.
func (Reader) Read(ctx context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	r := &reading{in: in, emit: emit, sieve: facts.NewSieve(in.Entry.Name(), emit),
		modules: map[string]bool{}}
	r.program = analyzer.Program{Entry: in.Entry.Name(), Language: analyzer.CSharp,
		Framework: frameworkOf(in.Entry.Name())}
	var err error
	switch kindOf(in.Entry.Name(), in.Data[:min(len(in.Data), headSize)]) {
	case metadata:
		err = r.metadata(ctx)
	case assemblies:
		err = r.assemblies(ctx)
	case assemblyList:
		r.list()
	case engine:
		r.engine()
	}
	if _, more, _ := r.sieve.Lost(); more > 0 {
		r.gap(analyzer.GapBudget, "more strings than are kept of one program")
	}
	return err
}

// headSize is how much of an entry its kind is told by.
const headSize = 64

// frameworkOf tells by the folder; stores are those of .NET for Android.
func frameworkOf(name string) string {
	if strings.Contains(name, "Data/") || strings.Contains("/"+name, "/Managed/") {
		return "unity"
	}
	return "dotnet"
}

// reading is one entry on its way to records.
type reading struct {
	in      analyzer.Input
	emit    func(analyzer.Record)
	sieve   *facts.Sieve
	modules map[string]bool
	program analyzer.Program
}

// gap reports what of the code was not read.
func (r *reading) gap(reason analyzer.GapReason, detail string) {
	r.emit(analyzer.Gap{Reason: reason, Where: analyzer.Where{Entry: r.in.Entry.Name()},
		Detail: detail, Code: true})
}

// maxModules bounds the assemblies of one entry.
const maxModules = 5000

func (r *reading) module(name, version string, at int) {
	if name == "" || r.modules[name] || len(r.modules) >= maxModules {
		return
	}
	r.modules[name] = true
	r.emit(analyzer.Module{Ecosystem: analyzer.Assembly, Name: name, Version: version,
		Where: analyzer.Where{Entry: r.in.Entry.Name(), Offset: int64(at)}})
}

// maxTypes bounds the types of one entry; large games define about so many.
const maxTypes = 20000

// platform are the namespaces of what every program of a kind has.
var platform = []string{"System", "Mono", "Microsoft.CSharp", "Microsoft.Win32",
	"Microsoft.CodeAnalysis", "Microsoft.Extensions", "Microsoft.Maui", "MS.Internal", "Internal",
	"UnityEngine", "UnityEditor", "UnityEngineInternal", "Unity.Collections", "Unity.Burst",
	"Unity.Mathematics", "Unity.Jobs", "TMPro", "Android", "AndroidX", "Java", "Javax", "Kotlin",
	"Foundation", "UIKit", "ObjCRuntime", "CoreFoundation", "CoreGraphics", "Xamarin", "JetBrains"}

// kept are the parts of a platform that make scenes or run models.
var kept = []string{"UnityEngine.XR", "UnityEngine.Windows.Speech"}

// typ adds a type that is not the platform's.
func (r *reading) typ(namespace, name string, at int) {
	common := within(namespace, platform) && !within(namespace, kept)
	if common || strings.ContainsAny(name, "<>$`=") {
		return
	}
	if namespace != "" {
		name = namespace + "." + name
	}
	if len(r.program.Types.Names) < maxTypes {
		r.program.Types.Add(name, uint32(at))
	}
}

func within(namespace string, list []string) bool {
	for _, n := range list {
		if namespace == n || strings.HasPrefix(namespace, n) && namespace[len(n)] == '.' {
			return true
		}
	}
	return false
}
