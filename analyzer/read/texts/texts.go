// Package texts reads what is kept of the text files in a package: scripts, pages
// and settings, where an application that is a web page or a script holds its
// hosts and its words.
package texts

import (
	"context"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

// Reader emits the strings worth keeping of text files and script bundles.
type Reader struct{}

// Name implements analyzer.Reader.
func (Reader) Name() string { return "texts" }

// Version implements analyzer.Reader.
func (Reader) Version() int { return 1 }

// endings of files that are text by custom. Bundles of scripts may be compiled
// (Hermes): their strings still stand in them as they are.
var endings = map[string]bool{
	".js": true, ".mjs": true, ".jsbundle": true, ".hbc": true, ".html": true, ".htm": true,
	".json": true,
	".txt":  true, ".xml": true, ".properties": true, ".md": true, ".yaml": true, ".yml": true,
	".csv": true,
	".vue": true, ".lua": true, ".conf": true, ".cfg": true, ".ini": true,
}

// Want accepts files that are text by their ending and not binary by their head,
// and data files of other names that begin as text does.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	base := path.Base(e.Name())
	if e.Name() == "AndroidManifest.xml" || strings.HasPrefix(e.Name(), "META-INF/") ||
		analyzer.IsCode(e.Head()) {
		return false
	}
	if strings.HasPrefix(base, "index.") && strings.HasSuffix(base, ".bundle") {
		return true
	}
	ext := strings.ToLower(path.Ext(base))
	return (endings[ext] || !others[ext] && isData(c, e.Name()) && isPlain(e.Head())) &&
		!isBinaryXML(e.Head()) && (c.Root == "" || strings.HasPrefix(e.Name(), c.Root))
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
