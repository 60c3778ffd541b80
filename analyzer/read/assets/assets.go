// Package assets reads the digests of the files that an application brings as
// data: models, effects, templates and licences whose names may be changed while
// their bytes stay.
package assets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer"
)

// minSize is the size in bytes above which a digest tells files apart; below it
// the name is kept alone.
const minSize = 1 << 10

// Reader emits one Asset with its digest for each data file over 1 KiB.
type Reader struct{}

// Name implements analyzer.Reader.
func (Reader) Name() string { return "assets" }

// Version implements analyzer.Reader.
func (Reader) Version() int { return 1 }

// ListsOnly implements analyzer.Inventory.
func (Reader) ListsOnly(analyzer.Entry) bool { return true }

// Want accepts data files: what lies under assets/ or res/raw/ on Android, and
// on iOS what is neither code, nor a picture, nor an interface or a signature.
// Code has a digest from its own reader.
func (Reader) Want(c *analyzer.Contents, e analyzer.Entry) bool {
	if e.Size() <= minSize || analyzer.IsCode(e.Head()) {
		return false
	}
	if c.Format.System() == analyzer.Android {
		return strings.HasPrefix(e.Name(), "assets/") || strings.HasPrefix(e.Name(), "res/raw/")
	}
	if !strings.HasPrefix(e.Name(), c.Root) || strings.Contains(e.Name(), "/_CodeSignature/") {
		return false
	}
	return !pictures[strings.ToLower(path.Ext(e.Name()))]
}

// pictures are the endings of files that hold the interface, not data.
var pictures = map[string]bool{
	".png": true, ".jpg": true, ".jpeg": true, ".gif": true, ".webp": true, ".heic": true,
	".pdf": true,
	".svg": true, ".car": true, ".nib": true, ".ttf": true, ".otf": true, ".caf": true,
}

// Read implements analyzer.Reader.
func (Reader) Read(_ context.Context, in analyzer.Input, emit func(analyzer.Record)) error {
	sum := sha256.Sum256(in.Data)
	emit(
		analyzer.Asset{
			Name:   in.Entry.Name(),
			Size:   int64(len(in.Data)),
			SHA256: hex.EncodeToString(sum[:]),
		},
	)
	return nil
}
