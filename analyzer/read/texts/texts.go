// Package texts reads what is kept of the text files in a package that are neither
// scripts nor pages: settings, notes and tables, where an application holds its hosts
// and its words.
package texts

import (
	"context"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/decode/script"
)

// Reader emits the strings worth keeping of text files.
type Reader struct{}

// Name implements analyzer.Reader.
func (Reader) Name() string { return "texts" }

// Version implements analyzer.Reader.
func (Reader) Version() int { return 2 }

// endings of files that are text by custom. Scripts and pages are here in UTF-16 alone.
var endings = map[string]bool{
	".js": true, ".mjs": true, ".jsbundle": true, ".html": true, ".htm": true, ".json": true,
	".txt": true, ".xml": true, ".properties": true, ".md": true, ".yaml": true, ".yml": true,
	".csv": true, ".vue": true, ".lua": true, ".conf": true, ".cfg": true, ".ini": true,
}

// Want accepts files that are text by their ending and not binary by their head,
// and data files of other names that begin as text does.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	base := path.Base(e.Name())
	if e.Name() == "AndroidManifest.xml" || strings.HasPrefix(e.Name(), "META-INF/") ||
		analyzer.IsCode(e.Head()) {
		return false
	}
	ext := strings.ToLower(path.Ext(base))
	if byteOrder(e.Head()) == nil && isScript(c, e, ext) {
		return false
	}
	return (endings[ext] || !others[ext] && isData(c, e.Name()) && isPlain(e.Head())) &&
		!isBinaryXML(e.Head()) && (c.Root == "" || strings.HasPrefix(e.Name(), c.Root))
}

// isScript reports what the reader of scripts reads: by its ending anywhere, by its
// content among the data.
func isScript(c *analyzer.Contents, e analyzer.Entry, ext string) bool {
	switch ext {
	case ".js", ".mjs", ".cjs", ".jsbundle", ".hbc", ".jsc":
		return true
	case ".bundle":
		base := path.Base(e.Name())
		if strings.HasPrefix(base, "index.") || strings.HasSuffix(base, ".android.bundle") {
			return true
		}
	}
	form := script.FormOf(ext, e.Head())
	return form != script.None && (script.FormOf(ext, nil) != script.None || isData(c, e.Name()))
}

// others are endings of text that another reader reads, or that holds shapes and
// styles.
var others = map[string]bool{
	".plist": true, ".strings": true, ".stringsdict": true, ".xcprivacy": true, ".css": true,
	".svg": true, ".obj": true, ".mtl": true, ".pem": true, ".nib": true,
}

// isData reports the places of an application's own files.
func isData(c *analyzer.Contents, name string) bool {
	if c.Format.System() == analyzer.IOS {
		return !strings.Contains(name, "/_CodeSignature/")
	}
	return strings.HasPrefix(name, "assets/") || strings.HasPrefix(name, "res/raw/")
}

// isBinaryXML reports a compiled Android XML file (RES_XML_TYPE, header size 8).
func isBinaryXML(head []byte) bool {
	return len(head) >= 4 && head[0] == 3 && head[1] == 0 && head[2] == 8 && head[3] == 0
}

// Read cuts the file at quotes, tags and line ends, so that a script in one line
// gives its literals one by one.
func (Reader) Read(_ context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	s := &sieve{entry: in.Entry.Name(), emit: emit, seen: map[value]bool{},
		kept: map[analyzer.StringKind]int{}}
	if order := byteOrder(in.Data); order != nil {
		s.wide(in.Data, order)
	} else {
		s.narrow(in.Data)
	}
	if s.lost >= 0 {
		emit(analyzer.Gap{
			Reason: analyzer.GapBudget,
			Where:  analyzer.Where{Entry: in.Entry.Name(), Offset: s.lost},
			Detail: "more strings than are kept of one file", Code: true,
		})
	}
	return nil
}
