// Package builtin is the visible list of formats and readers and the door for
// callers: Engine wires them with the embedded rules.
package builtin

import (
	"fmt"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/format/aab"
	"github.com/listgate/listgate/analyzer/format/apk"
	"github.com/listgate/listgate/analyzer/format/bundle"
	"github.com/listgate/listgate/analyzer/format/ipa"
	"github.com/listgate/listgate/analyzer/format/zip"
	"github.com/listgate/listgate/analyzer/read/archives"
	"github.com/listgate/listgate/analyzer/read/assets"
	"github.com/listgate/listgate/analyzer/read/classes"
	"github.com/listgate/listgate/analyzer/read/dart"
	"github.com/listgate/listgate/analyzer/read/machlinks"
	"github.com/listgate/listgate/analyzer/read/managed"
	"github.com/listgate/listgate/analyzer/read/manifest"
	"github.com/listgate/listgate/analyzer/read/models"
	"github.com/listgate/listgate/analyzer/read/nativelibs"
	"github.com/listgate/listgate/analyzer/read/plist"
	"github.com/listgate/listgate/analyzer/read/scripts"
	"github.com/listgate/listgate/analyzer/read/signer"
	"github.com/listgate/listgate/analyzer/read/texts"
	"github.com/listgate/listgate/analyzer/rules"
)

// Formats returns the package formats in the order in which they are tried: the
// ones that hold others first.
func Formats() []analyzer.Format {
	return []analyzer.Format{aab.Format{}, bundle.Format{}, ipa.Format{}, apk.Format{}}
}

// Readers returns every reader. Their order is the order of facts from one entry.
func Readers() []analyzer.Reader {
	return []analyzer.Reader{
		manifest.Reader{}, plist.Reader{}, classes.Reader{}, nativelibs.Reader{},
		machlinks.Reader{}, scripts.Reader{}, dart.Reader{}, managed.Reader{},
		models.Reader{}, texts.Reader{}, assets.Reader{}, archives.Reader{}, signer.Reader{},
	}
}

// Engine returns an engine with every format and reader and the embedded rules.
func Engine() (*analyzer.Engine, error) {
	set, err := rules.Load()
	if err != nil {
		return nil, fmt.Errorf("load rules: %w", err)
	}
	return &analyzer.Engine{
		Lister:  zip.Lister{},
		Formats: Formats(),
		Readers: Readers(),
		Matcher: set,
	}, nil
}
