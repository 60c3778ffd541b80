package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/listgate/listgate/internal/blob"
	"github.com/listgate/listgate/registry"
	registries "github.com/listgate/listgate/registry/builtin"
	listed "github.com/listgate/listgate/registry/store"
	"github.com/listgate/listgate/web/page/lists"
)

// maxList is how many bytes the file of a list may have.
const maxList = 64 << 20

// importer reads files of lists, keeps them, and takes them in.
type importer struct {
	*listed.Store
	files files
}

// Read implements lists.Importer.
func (i importer) Read(ctx context.Context, f lists.File, r io.Reader) (registry.Import, error) {
	sha256, _, err := i.files.Put(ctx, r, maxList)
	if err != nil {
		return registry.Import{}, err
	}
	return i.Again(ctx, f, sha256)
}

// Again implements lists.Importer.
func (i importer) Again(
	ctx context.Context, f lists.File, sha256 string,
) (registry.Import, error) {
	text, err := i.files.Read(ctx, sha256, maxList)
	if errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrDigest) {
		return registry.Import{}, &registry.Refused{Cause: registry.ErrInvalid, Why: registry.Text{
			ZH: "没有预览过这个文件，请重新选择", EN: "no such file was previewed: choose it again"}}
	}
	if err != nil {
		return registry.Import{}, fmt.Errorf("read the list again: %w", err)
	}
	return readList(f, text)
}

// readList has the source for files of this kind read a list.
func readList(f lists.File, text []byte) (registry.Import, error) {
	in, err := registries.Read(bytes.NewReader(text), f.Name, f.List)
	in.Fetched = f.Fetched
	return in, err
}

// Held implements lists.Registry.
func (i importer) Held(ctx context.Context) ([]registry.Snapshot, error) {
	l, err := i.Lookup(ctx)
	if err != nil {
		return nil, err
	}
	return l.Snapshots(), nil
}
