// Package scripts reads what an application has written in JavaScript: bundles of
// React Native, as text and as Hermes bytecode, pages and their scripts, packages of
// mini-programs, uni-app, Cordova and their relatives, and the documents in JSON beside
// them. It keeps the literals, the packages that a bundle was made of, and says which
// framework runs it. What is named as a script and is none that can be read is a gap
// over code.
package scripts

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/hermes"
	"github.com/listgate/listgate/analyzer/decode/script"
	"github.com/listgate/listgate/analyzer/decode/scriptpack"
	"github.com/listgate/listgate/analyzer/facts"
)

// Reader emits Strings, Modules and a Program for what a framework runs.
type Reader struct{}

var _ analyzer.Reader = Reader{}

// Name implements analyzer.Reader.
func (Reader) Name() string { return "scripts" }

// Version implements analyzer.Reader.
func (Reader) Version() int { return 1 }

// Want accepts scripts, pages and their containers by content, and files that are
// named as scripts. Text in UTF-16 is left to the reader of texts.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	name, head := e.Name(), e.Head()
	if strings.HasPrefix(name, "META-INF/") || analyzer.IsCode(head) ||
		!strings.HasPrefix(name, c.Root) || isWide(head) {
		return false
	}
	return isCompiled(head) || isNamed(name) || formOf(c, name, head) != script.None
}

// isWide reports the byte order marks of UTF-16.
func isWide(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
}

// isCompiled reports the heads of bytecode and of containers.
func isCompiled(head []byte) bool {
	return bytes.HasPrefix(head, []byte(hermes.Magic)) || scriptpack.IsMini(head) ||
		scriptpack.IsEncrypted(head) || scriptpack.IsIndexed(head)
}

// isNamed reports the names under which frameworks look for their programs.
func isNamed(name string) bool {
	switch path.Ext(name) {
	case ".js", ".mjs", ".cjs", ".jsbundle", ".hbc", ".jsc", ".wxapkg":
		return true
	}
	return isBundle(name)
}

// isBundle reports index.android.bundle and its like; other bundles are resources.
func isBundle(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ".bundle") &&
		(strings.HasPrefix(base, "index.") || strings.HasSuffix(base, ".android.bundle"))
}

// formOf tells the form of a text: by its name anywhere, by its content among the data.
func formOf(c *analyzer.Contents, name string, head []byte) script.Form {
	ending := path.Ext(name)
	if isBundle(name) {
		ending = ".js"
	}
	form := script.FormOf(ending, head)
	if form != script.None && script.FormOf(ending, nil) == script.None && !isData(c, name) {
		return script.None
	}
	return form
}

// isData reports the places of an application's own files.
func isData(c *analyzer.Contents, name string) bool {
	if c.Format.System() == analyzer.IOS {
		return !strings.Contains(name, "/_CodeSignature/")
	}
	return strings.HasPrefix(name, "assets/") || strings.HasPrefix(name, "res/raw/")
}

// Read implements analyzer.Reader.
func (Reader) Read(ctx context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	r := &reading{in: in, emit: emit, sieve: facts.NewSieve(in.Entry.Name(), emit),
		modules: map[string]bool{}}
	err := r.content(ctx)
	r.overflow()
	return err
}

// reading is one entry on its way to records.
type reading struct {
	in      analyzer.Input
	emit    func(analyzer.Record)
	sieve   *facts.Sieve
	modules map[string]bool
}

func (r *reading) name() string { return r.in.Entry.Name() }

// content reads the entry as what it is.
func (r *reading) content(ctx context.Context) error {
	data := r.in.Data
	switch {
	case bytes.HasPrefix(data, []byte(hermes.Magic)):
		return r.bytecode(ctx)
	case scriptpack.IsMini(data):
		return r.pack(ctx, scriptpack.Mini, program{framework: "mini-program", form: "wxapkg"})
	case scriptpack.IsIndexed(data):
		return r.pack(ctx, scriptpack.Indexed, program{framework: reactNative, form: "indexed"})
	}
	form := formOf(r.in.Contents, r.name(), data[:min(len(data), headSize)])
	switch {
	case form == script.None:
		r.opaque()
		return nil
	case isOpaqueText(r.name(), data):
		r.opaque()
		return nil
	}
	r.describe(data)
	r.text(data, form)
	return ctx.Err()
}

// headSize is how much of an entry its form is told by.
const headSize = 64

// overflow reports that the program has more than is kept. Of a document, texts are
// lists of words; an address may be a program's wherever it stands.
func (r *reading) overflow() {
	where, more, address := r.sieve.Lost()
	if more > 0 {
		document := path.Ext(r.name()) == ".json"
		r.emit(analyzer.Gap{Reason: analyzer.GapBudget, Where: where,
			Code:   address || !document,
			Detail: fmt.Sprintf("%d strings beyond what is kept of one file", more)})
	}
}

// bytecode reads what Hermes runs.
func (r *reading) bytecode(ctx context.Context) error {
	f, err := hermes.Decode(r.in.Data)
	if err != nil {
		return err
	}
	r.program(program{framework: reactNative, form: "hermes", version: fmt.Sprint(f.Version)})
	n := 0
	err = f.Strings(func(s hermes.String) bool {
		r.literal(s.Text, s.At)
		n++
		return n%1024 != 0 || ctx.Err() == nil
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// pack reads the texts of a container.
func (r *reading) pack(
	ctx context.Context, list func([]byte) ([]scriptpack.File, error), p program,
) error {
	files, err := list(r.in.Data)
	r.program(p)
	left := 4 * len(r.in.Data) // files may share bytes
	for _, f := range files {
		if left -= f.Size; left < 0 || ctx.Err() != nil {
			break
		}
		content := r.in.Data[f.At : f.At+f.Size]
		form := script.FormOf(path.Ext(f.Name), content[:min(len(content), headSize)])
		if p.form == "indexed" {
			form = script.JavaScript
		}
		if form == script.None {
			continue
		}
		part := &reading{in: r.in, emit: r.emit, sieve: r.sieve, modules: r.modules}
		part.in.Data = content
		r.sieve.Into(f.Name)
		part.scan(content, f.At, form)
	}
	r.sieve.Into("")
	return err
}
