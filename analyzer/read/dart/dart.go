// Package dart reads what Flutter brings into an application: the strings of compiled
// Dart in libapp.so and App.framework, or in the kernel file of a debug build, the
// packages that these and the lists beside them name, and the version that compiled
// it.
package dart

import (
	"bytes"
	"context"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/dart"
	"github.com/listgate/listgate/analyzer/facts"
)

// Reader emits a Program for compiled code, its Strings, and Modules.
type Reader struct{}

var _ analyzer.Reader = Reader{}

// Name implements analyzer.Reader.
func (Reader) Name() string { return "dart" }

// Version implements analyzer.Reader.
func (Reader) Version() int { return 1 }

// Want accepts libraries that may hold a snapshot, kernel files, and the lists of
// assets and of licences.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	if !strings.HasPrefix(e.Name(), c.Root) {
		return false
	}
	head := e.Head()
	return dart.MayHold(e.Name(), head) || bytes.HasPrefix(head, []byte(dart.KernelMagic)) ||
		listOf(e.Name()) != nil
}

// Read implements analyzer.Reader.
func (Reader) Read(ctx context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	r := &reading{in: in, emit: emit, sieve: facts.NewSieve(in.Entry.Name(), emit),
		modules: map[string]bool{}}
	if list := listOf(in.Entry.Name()); list != nil {
		return list(r)
	}
	var err error
	if bytes.HasPrefix(in.Data, []byte(dart.KernelMagic)) {
		err = r.kernel(ctx)
	} else if dart.Has(in.Entry.Name(), in.Data) {
		err = r.snapshots(ctx)
	}
	where, more, _ := r.sieve.Lost()
	if more > 0 {
		emit(analyzer.Gap{Reason: analyzer.GapBudget, Where: where, Code: true,
			Detail: "more strings than are kept of one program"})
	}
	return err
}

// reading is one entry on its way to records.
type reading struct {
	in      analyzer.Input
	emit    func(analyzer.Record)
	sieve   *facts.Sieve
	modules map[string]bool
}

// program emits what the entry is.
func (r *reading) program(form, version string) {
	r.emit(analyzer.Program{Entry: r.in.Entry.Name(), Language: analyzer.Dart,
		Framework: "flutter", Form: form, Version: version})
}

// snapshots reads compiled code. Strings that cannot be found are its whole logic.
func (r *reading) snapshots(ctx context.Context) error {
	f, err := dart.Decode(r.in.Data)
	if err != nil {
		return err
	}
	last := f.Snapshots[len(f.Snapshots)-1]
	r.program("snapshot", versionOf(last.Hash))
	n := 0
	f.Strings(func(s dart.String) bool {
		r.keep(s)
		n++
		return n%1024 != 0 || ctx.Err() == nil
	})
	if n < fewest && ctx.Err() == nil && !r.debug() {
		r.emit(analyzer.Gap{Reason: analyzer.GapUnsupported, Code: true,
			Where:  analyzer.Where{Entry: r.in.Entry.Name(), Offset: int64(last.At)},
			Detail: "no strings found in a snapshot of the version " + last.Hash})
	}
	return ctx.Err()
}

// debug reports a snapshot of the runtime alone, beside which lies the program.
func (r *reading) debug() bool {
	dir := path.Dir(r.in.Entry.Name())
	return r.in.Contents.Find(dir+"/kernel_blob.bin") != nil
}

// fewest is how many strings the smallest program has: the runtime's own are hundreds.
const fewest = 4

func (r *reading) kernel(ctx context.Context) error {
	r.program("kernel", "")
	n := 0
	err := dart.KernelStrings(r.in.Data, func(s dart.String) bool {
		r.keep(s)
		n++
		return n%1024 != 0 || ctx.Err() == nil
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (r *reading) keep(s dart.String) {
	if address, found := strings.CutPrefix(s.Text, "package:"); found {
		if name, _, found := strings.Cut(address, "/"); found {
			r.module(name, s.At)
		}
		return
	}
	if facts.Worth([]byte(s.Text)) {
		r.sieve.Keep(s.Text, s.At)
	}
}

// maxModules bounds the packages of one entry.
const maxModules = 5000

// module emits a package once.
func (r *reading) module(name string, at int) {
	if r.modules[name] || len(r.modules) >= maxModules || !isPackage(name) {
		return
	}
	r.modules[name] = true
	r.emit(analyzer.Module{Ecosystem: analyzer.Pub, Name: name,
		Where: analyzer.Where{Entry: r.in.Entry.Name(), Offset: int64(at)}})
}

// isPackage reports a name of a package: an identifier in lower case.
func isPackage(name string) bool {
	if name == "" || len(name) > 64 || name[0] >= '0' && name[0] <= '9' {
		return false
	}
	return !strings.ContainsFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_'
	})
}

// list reads the packages that a document of Flutter names.
type list func(*reading) error

// listOf returns the reader of a document, nil for any other entry.
func listOf(name string) list {
	if path.Base(path.Dir(name)) != "flutter_assets" {
		return nil
	}
	switch path.Base(name) {
	case "AssetManifest.json", "AssetManifest.bin", "FontManifest.json":
		return (*reading).assets
	case "NOTICES", "LICENSE":
		return (*reading).notices
	case "NOTICES.Z":
		return (*reading).packedNotices
	}
	return nil
}
