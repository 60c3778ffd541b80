// Package texts reads what is kept of the text files in a package: scripts, pages
// and settings, where an application that is a web page or a script holds its
// hosts and its words.
package texts

import (
	"context"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/facts"
)

// maxKept bounds the kept strings of one file.
const maxKept = 5000

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

// Want accepts files that are text by their ending and not binary by their head.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	base := path.Base(e.Name())
	if e.Name() == "AndroidManifest.xml" || strings.HasPrefix(e.Name(), "META-INF/") ||
		analyzer.IsCode(e.Head()) {
		return false
	}
	if strings.HasPrefix(base, "index.") && strings.HasSuffix(base, ".bundle") {
		return true
	}
	return endings[strings.ToLower(path.Ext(base))] && !isBinaryXML(e.Head()) &&
		(c.Root == "" || strings.HasPrefix(e.Name(), c.Root))
}

// isBinaryXML reports a compiled Android XML file (RES_XML_TYPE, header size 8).
func isBinaryXML(head []byte) bool {
	return len(head) >= 4 && head[0] == 3 && head[1] == 0 && head[2] == 8 && head[3] == 0
}

// Read cuts the file at quotes, tags and line ends, so that a script in one line
// gives its literals one by one.
func (Reader) Read(_ context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	kept := 0
	count := func(r analyzer.Record) {
		kept++
		emit(r)
	}
	start := 0
	for i := 0; i <= len(in.Data) && kept < maxKept; i++ {
		if i < len(in.Data) && !isBorder(in.Data[i]) {
			continue
		}
		if i-start >= 4 {
			facts.Keep(
				strings.TrimSpace(string(in.Data[start:i])),
				"",
				analyzer.Where{Entry: in.Entry.Name(), Offset: int64(start)},
				count,
			)
		}
		start = i + 1
	}
	if kept >= maxKept {
		emit(
			analyzer.Gap{
				Reason: analyzer.GapBudget,
				Where:  analyzer.Where{Entry: in.Entry.Name(), Offset: int64(start)},
				Detail: "more strings than are kept of one file",
			},
		)
	}
	return nil
}

func isBorder(c byte) bool {
	return c == '"' || c == '\'' || c == '`' || c == '<' || c == '>' || c < ' ' && c != '\t'
}
