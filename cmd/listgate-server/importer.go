package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/registry"
	registries "github.com/listgate/listgate/registry/builtin"
	"github.com/listgate/listgate/registry/source"
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
	if err != nil {
		return registry.Import{}, fmt.Errorf("read the list again: %w", err)
	}
	return readList(f, text)
}

// readList has the source for files of this kind read a list.
func readList(f lists.File, text []byte) (registry.Import, error) {
	in := registry.Import{List: f.List, Fetched: f.Fetched}
	name := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
	for _, s := range registries.Sources() {
		if !strings.EqualFold(path.Ext(name), s.Suffix) {
			continue
		}
		var rejected []source.Rejected
		var err error
		in.Snapshots, rejected, err = s.Read(bytes.NewReader(text), name, nil)
		in.Rejected = rejected
		return in, unread(name, err)
	}
	return in, &registry.Refused{Why: registry.Text{
		ZH: "不支持这种文件：" + name + "，目前可导入 CSV",
		EN: "files of this kind are not read: " + name + "; CSV is",
	}}
}

// unread says to a person why a file is not the list that it should be.
func unread(name string, err error) error {
	var wrong *budget.FormatError
	if err == nil || !errors.As(err, &wrong) && !errors.Is(err, budget.ErrExhausted) {
		return err
	}
	return &registry.Refused{Cause: registry.ErrUnread, Why: registry.Text{
		ZH: "无法读取 " + name + "：" + err.Error() + "。未导入任何内容。",
		EN: name + " cannot be read: " + err.Error() + ". Nothing was imported.",
	}}
}

// Held implements lists.Registry.
func (i importer) Held(ctx context.Context) ([]registry.Snapshot, error) {
	l, err := i.Lookup(ctx)
	if err != nil {
		return nil, err
	}
	return l.Snapshots(), nil
}
