// Package classes reads DEX files: the classes that they define and name, which
// Java package's code calls which, the strings worth keeping with the class that
// loads them, and how much of the code has shrunk names.
package classes

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/dex"
	"github.com/listgate/listgate/analyzer/facts"
)

// Reader implements analyzer.Reader for Android. It reads every entry that begins
// as a DEX file, under whatever name, and every entry that the runtime would load
// as one; a file of the first kind where none belongs is an anomaly, one of the
// second kind without DEX inside is a gap over code.
type Reader struct{}

var _ analyzer.Reader = Reader{}

// Name returns "classes".
func (Reader) Name() string { return "classes" }

// Version rises with each change of what is emitted.
func (Reader) Version() int { return 2 }

// Want takes what begins as DEX and what stands where DEX is loaded from.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	if c.Format.System() != analyzer.Android {
		return false
	}
	return isDEX(e.Head()) || isLoaded(e.Name())
}

func isDEX(head []byte) bool { return bytes.HasPrefix(head, []byte(dex.Magic)) }

// Read emits a ClassTable, Calls, Strings and an Identity with the share of shrunk
// names. Parts that cannot be read are in the error; the rest is emitted.
func (Reader) Read(ctx context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	name := in.Entry.Name()
	at := analyzer.Where{Entry: name}
	if !isDEX(in.Data) {
		emit(analyzer.Anomaly{Code: analyzer.DEXHeader, Where: at,
			What: fmt.Sprintf("named as a DEX file, begins with % x",
				in.Data[:min(8, len(in.Data))])})
		emit(analyzer.Gap{Reason: analyzer.GapOpaque, Where: at, Detail: "no DEX magic",
			Code: true})
		return nil
	}
	if why := hidden(in.Contents, name); why != "" {
		emit(analyzer.Anomaly{Code: analyzer.DEXHidden, Where: at, What: why})
	}
	f, err := dex.Decode(in.Data)
	if err != nil {
		return err
	}
	for _, a := range f.Anomalies {
		code := analyzer.DEXHeader
		if a.Kind == dex.Unsorted {
			code = analyzer.DEXUnsorted
		}
		emit(analyzer.Anomaly{Code: code, Where: analyzer.Where{Entry: name, Offset: a.Offset},
			What: a.Detail})
	}
	return errors.Join(readClasses(f, name, emit), ctx.Err(), readCode(ctx, f, name, emit))
}

// readClasses emits the class table and the share of shrunk names.
func readClasses(f *dex.File, entry string, emit func(analyzer.Record)) error {
	table := analyzer.ClassTable{Entry: entry}
	var names shrunk
	defined := f.Classes(func(n dex.Name) bool {
		table.Defined.Add(n.Value, n.Offset)
		names.add(n.Value)
		return true
	})
	referenced := f.References(func(n dex.Name) bool {
		if !isPlatform(n.Value) {
			table.Referenced.Add(n.Value, n.Offset)
		}
		return true
	})
	emit(table)
	if share := names.share(); share > 0 {
		emit(analyzer.Identity{Package: analyzer.Package{Obfuscated: share}})
	}
	if defined != nil {
		return defined // the second would repeat it
	}
	return referenced
}

// readCode emits calls and strings; a string's place names the class that loads it.
func readCode(ctx context.Context, f *dex.File, entry string, emit func(analyzer.Record)) error {
	code, walked := f.Code()
	for _, c := range code.Calls {
		if c.From != c.To && !isPlatform(c.To+".") {
			call := analyzer.Call{Entry: entry, From: c.From, To: c.To, Count: c.Count}
			if !analyzer.WithinPackage(c.From, analyzer.Vendor(c.To)) {
				call.Classes = c.Classes
			}
			emit(call)
		}
	}
	read := f.Strings(func(index int, value string, offset uint32) bool {
		facts.Keep(value, "", analyzer.Where{Entry: entry, Offset: int64(offset)},
			func(r analyzer.Record) {
				if s, ok := r.(analyzer.String); ok {
					s.Where.Part = code.Loader(index)
					r = s
				}
				emit(r)
			})
		return index%1024 != 0 || ctx.Err() == nil
	})
	return errors.Join(walked, read, ctx.Err())
}
