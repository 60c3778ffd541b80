// Package archives looks into the data files of an application for code that is
// packed in another way than the engine unpacks: single files that are compressed,
// archives of other kinds than ZIP, and DEX files and archives behind other bytes, as
// in a picture with an archive at its end. An application unpacks and loads them at
// run time. Their code is not read: each is a gap over code that names what was seen.
//
// Sources of the marks: RFC 1952 (gzip), RFC 8878 (Zstandard), the format
// descriptions of xz, bzip2, LZ4, 7z and RAR.
package archives

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/format/zip"
)

// Reader emits a gap, and where code was seen an anomaly, for each archive that
// holds code or that cannot be looked into.
type Reader struct{}

var _ analyzer.Reader = Reader{}

// Name implements analyzer.Reader.
func (Reader) Name() string { return "archives" }

// Version implements analyzer.Reader.
func (Reader) Version() int { return 2 }

// marks are the first bytes of each kind; gzip, zstd and bzip2 are unpacked here, and
// archives of the kind zip by the engine.
var marks = []struct{ mark, kind string }{
	{"PK\x03\x04", "zip"}, {"\x1f\x8b\x08", "gzip"}, {"\x28\xb5\x2f\xfd", "zstd"},
	{"BZh", "bzip2"}, {"\xfd7zXZ\x00", "xz"}, {"7z\xbc\xaf\x27\x1c", "7z"},
	{"Rar!\x1a\x07", "RAR"}, {"\x04\x22\x4d\x18", "LZ4"},
}

// Want accepts what begins as an archive or as a compressed file, and data files
// of Android that may have one behind their beginning.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	kind := kindOf(e.Head())
	if kind == "zip" {
		return false
	}
	return strings.HasPrefix(e.Name(), c.Root) && kind != "" || mayHide(c, e)
}

// ListsOnly implements analyzer.Inventory: a data file is not an archive for all
// that it was looked at.
func (Reader) ListsOnly(e analyzer.Entry) bool { return kindOf(e.Head()) == "" }

// kindOf names the container that begins with head, "" for none.
func kindOf(head []byte) string {
	for _, m := range marks {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return m.kind
		}
	}
	return ""
}

// Read implements analyzer.Reader.
func (Reader) Read(ctx context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	s := search{ctx: ctx, budget: in.Budget}
	err := s.look("", in.Data)
	if kindOf(in.Data) == "" {
		err = s.lookBehind(in.Data)
	}
	where := analyzer.Where{Entry: in.Entry.Name(), Part: s.code}
	switch {
	case s.code != "":
		what := fmt.Sprintf("code in an archive: %.200q", s.code)
		if s.more > 0 {
			what += fmt.Sprintf(" and %d more", s.more)
		}
		emit(analyzer.Anomaly{Code: analyzer.NestedPackage, Where: where, What: what})
		emit(analyzer.Gap{Reason: analyzer.GapUnsupported, Where: where, Detail: what, Code: true})
	case s.closed != "":
		emit(analyzer.Gap{Reason: analyzer.GapOpaque, Where: where, Detail: s.closed, Code: true})
	}
	return err
}

// errList says that bytes cannot be listed as an archive.
var errList = errors.New("list archive")

// search is what was seen inside one data file.
type search struct {
	ctx    context.Context
	budget *budget.Budget
	code   string // the first name of code, with the archives above it
	more   int
	closed string // why something could not be looked into
}

// look goes through the container in data, which lies at the path inside.
func (s *search) look(inside string, data []byte) error {
	switch kind := kindOf(data); kind {
	case "":
		return nil
	case "zip":
		return s.lookZip(inside, data)
	default:
		if open := openerOf(kind); open != nil {
			return s.lookStream(inside, kind, open, data)
		}
		s.close("%s%s archive, not unpacked", prefix(inside), kind)
		return nil
	}
}

func (s *search) lookZip(inside string, data []byte) error {
	leave, err := s.budget.Enter()
	if err != nil {
		return err
	}
	defer leave()
	c, err := zip.Lister{}.List(
		analyzer.File{Bytes: bytes.NewReader(data), Size: int64(len(data))}, s.budget)
	if err != nil {
		return fmt.Errorf("%w: %w", errList, err)
	}
	for _, a := range c.Anomalies {
		if a.Code == analyzer.ZipEncryptionFlag {
			s.close("%sencrypted archive", prefix(inside))
		}
	}
	for _, e := range c.Entries {
		if err := s.entry(prefix(inside)+e.Name(), e); err != nil {
			return err
		}
	}
	return nil
}

// entry counts code and goes into archives inside archives.
func (s *search) entry(name string, e analyzer.Entry) error {
	switch {
	case s.ctx.Err() != nil:
		return s.ctx.Err()
	case isCode(e):
		s.found(name)
		return nil
	case kindOf(e.Head()) == "":
		return nil
	}
	if err := s.budget.Take(e.Size()); err != nil {
		return err
	}
	data, err := e.Read(s.ctx)
	if err != nil {
		return fmt.Errorf("%.200q: %w", name, err)
	}
	if err := s.look(name, data); err != nil && !errors.Is(err, zip.ErrNotZip) {
		return fmt.Errorf("%.200q: %w", name, err)
	}
	return nil
}

// isCode reports what a device would load, by its first bytes or its name. Java's
// own class files are none: no device runs them.
func isCode(e analyzer.Entry) bool {
	switch path.Ext(e.Name()) {
	case ".dex", ".so", ".dylib":
		return e.Size() > 0
	case ".class":
		return false
	}
	return analyzer.IsCode(e.Head()) || path.Base(e.Name()) == "AndroidManifest.xml"
}

func (s *search) found(name string) {
	if s.code == "" {
		s.code = strings.ToValidUTF8(name, "\uFFFD")
		return
	}
	s.more++
}

func (s *search) close(format string, args ...any) {
	if s.closed == "" {
		s.closed = fmt.Sprintf(format, args...)
	}
}

// prefix sets the path of an archive before the names inside it.
func prefix(inside string) string {
	if inside == "" {
		return ""
	}
	return inside + "!/"
}
