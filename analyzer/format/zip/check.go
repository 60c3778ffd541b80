package zip

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

const (
	maxQuoted  = 128     // bytes of a name inside a sentence
	maxNotes   = 64      // anomalies of one code that are listed one by one
	maxPlain   = 1 << 10 // bytes of a comment that need no mention
	maxPath    = 1 << 10 // bytes of a path that are looked at for folders
	maxDepth   = 32      // folders of a path that are looked at
	emptyBlock = 64      // compressed bytes that an empty entry may have
	maxSlack   = 1 << 10 // compressed bytes that an entry may have beyond its size
)

// notes collects anomalies; a flood of one code is counted.
type notes struct {
	list  []analyzer.Anomaly
	count map[analyzer.AnomalyCode]int
}

func (n *notes) add(code analyzer.AnomalyCode, entry, format string, args ...any) {
	if n.count == nil {
		n.count = map[analyzer.AnomalyCode]int{}
	}
	n.count[code]++
	if n.count[code] > maxNotes {
		return
	}
	n.list = append(n.list, analyzer.Anomaly{
		Code: code, Where: analyzer.Where{Entry: entry}, What: fmt.Sprintf(format, args...),
	})
}

// all returns the anomalies, and for each flooded code one more with the number of
// those left out.
func (n *notes) all() []analyzer.Anomaly {
	var flooded []analyzer.AnomalyCode
	for code, count := range n.count {
		if count > maxNotes {
			flooded = append(flooded, code)
		}
	}
	slices.Sort(flooded)
	for _, code := range flooded {
		more := fmt.Sprintf("%d more", n.count[code]-maxNotes)
		n.list = append(n.list, analyzer.Anomaly{Code: code, What: more})
	}
	return n.list
}

func quote(s string) string {
	if len(s) > maxQuoted {
		s = s[:maxQuoted] + "…"
	}
	return fmt.Sprintf("%q", s)
}

// checkName finds names that mean one thing to the loader and another to a tool
// that unpacks.
func (l *listing) checkName(name string, r record) {
	control := strings.IndexFunc(name, func(c rune) bool { return c < 0x20 || c == 0x7f })
	switch {
	case name == "":
		l.notes.add(analyzer.ZipName, name, "empty name")
	case control >= 0:
		l.notes.add(analyzer.ZipName, name, "control byte 0x%02x at %d", name[control], control)
	case name[0] == '/':
		l.notes.add(analyzer.ZipName, name, "absolute")
	case slices.Contains(strings.FieldsFunc(name, isSeparator), ".."):
		l.notes.add(analyzer.ZipName, name, "climbs")
	}
	if strings.HasSuffix(name, "/") && (r.size > 0 || r.packed > emptyBlock) {
		l.notes.add(analyzer.ZipSlash, name, "size %d, compressed size %d", r.size, r.packed)
	}
}

func isSeparator(c rune) bool { return c == '/' || c == '\\' }

// checkFolders finds names that are a file and a folder at once.
func (l *listing) checkFolders() {
	reported := map[string]bool{}
	for _, e := range l.contents.Entries {
		name := e.Name()
		for folder := range folders(name) {
			if _, taken := l.names[folder]; taken && !reported[folder] {
				reported[folder] = true
				l.notes.add(analyzer.ZipDuplicate, folder,
					"a file, and the folder of %s", quote(name))
			}
		}
	}
}

// folders yields the paths above name, the shortest first, as far as a device could
// make them.
func folders(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, depth := 1, 0; i < min(len(name)-1, maxPath) && depth < maxDepth; i++ {
			if name[i] != '/' {
				continue
			}
			depth++
			if !yield(name[:i]) {
				return
			}
		}
	}
}

// checkEnd reports what is odd about the end records.
func (l *listing) checkEnd() {
	e := l.end
	if e.comment > maxPlain {
		l.notes.add(analyzer.ZipComment, "", "comment of %d bytes", e.comment)
	}
	switch {
	case e.tail > 0:
		l.notes.add(analyzer.ZipTrailer, "", "%d bytes after the archive", e.tail)
	case e.tail < 0:
		l.notes.add(analyzer.ZipDirectory, "",
			"comment of %d bytes, %d of them missing", e.comment, -e.tail)
	}
	if e.rivals > 0 {
		l.notes.add(analyzer.ZipDirectory, "", "%d more end records that close the file", e.rivals)
	}
	if e.locator && !e.needsZip64() {
		l.notes.add(analyzer.ZipZip64, "",
			"Zip64 end record for %d entries and a directory at 0x%x", e.count, e.offset)
	}
	if e.disks {
		l.notes.add(analyzer.ZipDirectory, "", "disk numbers that are not 0")
	}
}

func (e *end) needsZip64() bool {
	return e.zip64 && (e.count >= 1<<16-1 || e.size >= 1<<32-1 || e.offset >= 1<<32-1)
}

// checkDirectory compares what the end record declares with what was walked.
// Without Zip64 old tools let the count wrap at 65,536.
func (l *listing) checkDirectory(found int, stop int64) {
	e := l.end
	n := int64(found)
	if n != e.count && (e.zip64 || n&0xffff != e.count) {
		l.notes.add(analyzer.ZipDirectory, "", "%d entries declared, %d found", e.count, n)
	}
	if e.count > n && l.contents.Gaps == nil {
		l.gap(analyzer.GapMalformed, "",
			fmt.Errorf("directory: %d entries declared, %d found", e.count, n))
	}
	if e.diskCount != e.count {
		l.notes.add(analyzer.ZipDirectory, "",
			"%d entries declared, %d on this disk", e.count, e.diskCount)
	}
	if size := stop - e.Directory; size != e.size {
		l.notes.add(analyzer.ZipDirectory, "",
			"directory of %d bytes declared, %d found", e.size, size)
	} else if e.limit != stop && !l.directory.signed(stop, directorySignature) {
		l.notes.add(analyzer.ZipDirectory, "",
			"%d bytes between the directory and the end record", e.limit-stop)
	}
	if e.Base == 0 && e.Directory != e.offset && found > 0 {
		l.notes.add(analyzer.ZipDirectory, "",
			"directory declared at 0x%x, found at 0x%x", e.offset, e.Directory)
	}
}
