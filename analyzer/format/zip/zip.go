// Package zip lists ZIP archives as Android's and iOS's loaders find them. Strict
// readers refuse what those loaders accept, and hostile packages live in between.
//
// The central directory is the truth: local headers only say where the data
// begins. Counts are not believed, the directory is walked by its signatures.
// Encryption bits, checksums and data descriptors are ignored. Method 8 is
// deflate, and any other method is stored, as Android's asset manager has it; an
// unknown method whose sizes differ is inflated where that works. Of two entries
// with one name the first is read. Each trick is reported as an anomaly. Padding,
// data descriptors, differing extra fields and an APK Signing Block are the
// ordinary business of build tools, and are not reported.
//
// The layout is that of PKWARE's APPNOTE.TXT 6.3.10, §4.3; the readings are those
// of AOSP's libziparchive and androidfw.
package zip

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
)

// ErrNotZip is wrapped by List and Locate where the file has no end record: it is
// no ZIP archive.
var ErrNotZip = errors.New("not a ZIP archive")

// maxDirectory bounds the part of a directory that is walked, in bytes: a million
// entries with long names.
const maxDirectory = 128 << 20

// Lister lists ZIP archives; its zero value is ready for use.
type Lister struct{}

var _ analyzer.Lister = Lister{}

// List reads the directory of f and returns its entries in directory order, with
// Format left at analyzer.Unknown. One entry is withdrawn from b for each record;
// where b ends first, or the directory breaks off, the entries before it are
// returned with a gap. An error wraps ErrNotZip, or is a *budget.FormatError where
// the end record leads to no directory, or comes from f.Bytes.
func (Lister) List(f analyzer.File, b *budget.Budget) (*analyzer.Contents, error) {
	end, err := locate(f)
	if err != nil {
		return nil, err
	}
	l := &listing{
		archive:   &archive{src: f.Bytes, size: f.Size},
		end:       end,
		contents:  &analyzer.Contents{Format: analyzer.Unknown, File: f},
		directory: newWindow(f, directoryBlock),
		locals:    newWindow(f, localBlock),
		names:     map[string]int{},
		lenient:   map[string]string{},
	}
	l.checkEnd()
	found, stop := l.walk(b)
	l.checkDirectory(found, stop)
	l.checkPlaces()
	l.checkFolders()
	l.contents.Anomalies = l.notes.all()
	return l.contents, nil
}

// archive is what the entries of one file share.
type archive struct {
	src          io.ReaderAt
	size         int64
	heads, reads sync.Pool // of *inflate.Decoder
}

// listing is the state of one List.
type listing struct {
	*archive
	end       end
	contents  *analyzer.Contents
	notes     notes
	directory *window
	locals    *window
	names     map[string]int    // name as the bytes are, to its first record
	lenient   map[string]string // names that needed decoding, to their bytes
	spans     []span
}

// walk visits the central records until their signature ends. It returns their
// number and the offset after the last.
func (l *listing) walk(b *budget.Budget) (found int, stop int64) {
	stop = l.end.Directory
	for stop < l.end.limit {
		if stop-l.end.Directory > maxDirectory {
			l.gap(analyzer.GapBudget, "",
				fmt.Errorf("directory: only the first %d bytes are walked", maxDirectory))
			return found, stop
		}
		r, next, err := readRecord(l.directory, stop, l.end.limit)
		if errors.Is(err, errSignature) {
			return found, stop
		}
		if err == nil {
			if err = b.Entries(1); err != nil {
				l.gap(analyzer.GapBudget, "", err)
				return found, stop
			}
		}
		if err != nil {
			l.gap(analyzer.GapMalformed, "", err)
			return found, stop
		}
		l.add(r, found)
		found++
		stop = next
	}
	return found, stop
}

// add turns a record into an entry, or into an anomaly where the name is taken.
func (l *listing) add(r record, index int) {
	name := l.decode(r.name, index)
	l.checkName(name, r)
	e, s := l.place(name, r)
	if e.broken == nil {
		l.spans = append(l.spans, s)
	}
	if first, taken := l.names[r.name]; taken {
		if !strings.HasSuffix(name, "/") || r.size > 0 { // folders are repeated innocently
			l.notes.add(analyzer.ZipDuplicate, name,
				"record %d, shadowed by record %d", index, first)
		}
		return
	}
	l.names[r.name] = index
	l.contents.Entries = append(l.contents.Entries, e)
}

// decode returns the name as valid UTF-8. Where two names become one by it, the
// later has its index appended: neither shadows the other.
func (l *listing) decode(raw string, index int) string {
	name := strings.ToValidUTF8(raw, "\uFFFD")
	if name == raw && len(l.lenient) == 0 {
		return raw
	}
	collides := l.lenient[name] != "" && l.lenient[name] != raw
	if _, taken := l.names[name]; taken && name != raw {
		collides = true
	}
	if collides {
		name = fmt.Sprintf("%s\uFFFD%d", name, index)
	}
	if name != raw {
		l.lenient[name] = raw
	}
	return name
}

func (l *listing) gap(reason analyzer.GapReason, entry string, err error) {
	l.contents.Gaps = append(l.contents.Gaps, analyzer.Gap{
		Reason: reason, Where: analyzer.Where{Entry: entry}, Detail: err.Error(), Code: true,
	})
}
