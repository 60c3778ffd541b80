// Package nativelibs reads the native libraries of Android packages: identity and
// digest, what they need and export, the names that Java code binds to, and the
// strings worth keeping from their constant data.
package nativelibs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/dart"
	"github.com/listgate/listgate/analyzer/decode/elf"
)

// Reader implements analyzer.Reader for Android. It reads every entry that begins
// as an ELF file, wherever it lies, and every library file under lib/, whatever it
// holds: what is installed as a library and is none is an anomaly and a gap over
// code. Files under lib/ that the system does not install are no concern of it.
type Reader struct{}

var _ analyzer.Reader = Reader{}

// Name returns "nativelibs".
func (Reader) Name() string { return "nativelibs" }

// Version rises with each change of what is emitted.
func (Reader) Version() int { return 1 }

// Want takes ELF files and files that are installed as libraries.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	if c.Format.System() != analyzer.Android {
		return false
	}
	return isELF(e.Head()) || abiOf(e.Name()) != "" && strings.HasSuffix(e.Name(), ".so")
}

func isELF(head []byte) bool { return bytes.HasPrefix(head, []byte(elf.Magic)) }

// Read emits one Library and what is odd about it, then its strings. An ELF file
// that the decoder refuses is a Library with its digest alone, beside the error.
func (Reader) Read(ctx context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	name := in.Entry.Name()
	at := analyzer.Where{Entry: name}
	digest := sha256.Sum256(in.Data)
	lib := analyzer.Library{Entry: name, ABI: abiOf(name), ELF: isELF(in.Data),
		Size: int64(len(in.Data)), SHA256: hex.EncodeToString(digest[:])}
	if !lib.ELF {
		emit(lib)
		emit(analyzer.Anomaly{Code: analyzer.LibraryNotELF, Where: at,
			What: fmt.Sprintf("begins with % x", in.Data[:min(8, len(in.Data))])})
		emit(analyzer.Gap{Reason: analyzer.GapOpaque, Where: at, Detail: "no ELF magic",
			Code: true})
		return nil
	}
	f, err := elf.Decode(in.Data)
	if err != nil {
		emit(lib)
		return err
	}
	lost := describe(&lib, f)
	emit(lib)
	if lost > 0 {
		emit(analyzer.Gap{Reason: analyzer.GapBudget, Code: true,
			Where:  analyzer.Where{Entry: name, Part: "exports"},
			Detail: fmt.Sprintf("%d exported names beyond what is kept of one library", lost)})
	}
	if why := contradicts(lib.ABI, f); why != "" {
		emit(analyzer.Anomaly{Code: analyzer.LibraryMachine, Where: at, What: why})
	}
	for _, a := range f.Anomalies {
		where := analyzer.Where{Entry: name, Offset: a.Offset}
		emit(analyzer.Anomaly{Code: analyzer.ELFSections, Where: where, What: a.Detail})
		if a.Lost {
			emit(analyzer.Gap{Reason: analyzer.GapMalformed, Where: where, Detail: a.Detail,
				Code: true})
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if !dart.Has(name, in.Data) { // whose strings stand otherwise and have a reader
		keepStrings(in.Data, f, name, emit)
	}
	return nil
}

// maxExports is how many exported names are kept of one library, not counting
// those that Java binds to.
const maxExports = 5000

// maxPlain is how many of them may have the names of a C interface; the largest
// cryptographic and character libraries have under 8,000.
const maxPlain = 20000

// describe fills in what the decoded file says. Above maxExports the names that a
// C interface has go before mangled C++ ones, of which large libraries leak tens
// of thousands. It returns how many of the former are left out.
func describe(lib *analyzer.Library, f *elf.File) (lost int) {
	lib.Machine, lib.SONAME, lib.Needed, lib.BuildID = f.Machine.String(), f.SONAME, f.Needed,
		f.BuildID
	plain := 0
	for _, s := range f.Exports {
		if !isMangled(s.Name) && !isJNI(s.Name) {
			plain++
		}
	}
	lost = max(0, plain-maxPlain)
	plain -= lost
	mangled := max(0, maxExports-plain)
	for _, s := range f.Exports {
		switch {
		case isJNI(s.Name):
			lib.JNI.Add(s.Name, s.Offset)
		case isMangled(s.Name):
			if mangled--; mangled < 0 {
				continue
			}
		default:
			if plain--; plain < 0 {
				continue
			}
		}
		lib.Exports.Add(s.Name, s.Offset)
	}
	return lost
}

func isJNI(name string) bool { return strings.HasPrefix(name, "Java_") || name == "JNI_OnLoad" }

func isMangled(name string) bool { return strings.HasPrefix(name, "_Z") }
