package readtest

import (
	"archive/zip"
	"context"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
)

// Entry is an entry in memory.
type Entry struct {
	Path string
	Data []byte
}

// File is an entry of that path and content.
func File(path string, data []byte) Entry { return Entry{Path: path, Data: data} }

// Name implements analyzer.Entry.
func (e Entry) Name() string { return e.Path }

// Size implements analyzer.Entry.
func (e Entry) Size() int64 { return int64(len(e.Data)) }

// Head implements analyzer.Entry.
func (e Entry) Head() []byte { return e.Data[:min(64, len(e.Data))] }

// Read implements analyzer.Entry.
func (e Entry) Read(context.Context) ([]byte, error) { return e.Data, nil }

// Run gives a reader every entry that it wants, in order, and no error.
func Run(t *testing.T, r analyzer.Reader, c *analyzer.Contents) *analyzer.Facts {
	t.Helper()
	facts, b := &analyzer.Facts{}, budget.New(budget.Limits{})
	for _, e := range c.Entries {
		if !r.Want(c, e) {
			continue
		}
		data, err := e.Read(t.Context())
		require.NoError(t, err)
		in := analyzer.Input{Contents: c, Entry: e, Data: data, Budget: b}
		require.NoError(t, r.Read(t.Context(), in, facts.Add), e.Name())
	}
	return facts
}

// One gives a reader one entry, which it must want, and returns its error.
func One(
	t *testing.T, r analyzer.Reader, c *analyzer.Contents, e Entry,
) (*analyzer.Facts, error) {
	t.Helper()
	require.True(t, r.Want(c, e))
	facts := &analyzer.Facts{}
	in := analyzer.Input{Contents: c, Entry: e, Data: e.Data, Budget: budget.New(budget.Limits{})}
	return facts, r.Read(t.Context(), in, facts.Add)
}

var appFolder = regexp.MustCompile(`^((?:.*/)?[^/]+\.app/)Info\.plist$`)

// OpenIPA reads an iOS package as archive/zip does, with the shortest folder that
// ends in .app as its root.
func OpenIPA(t *testing.T, file string) *analyzer.Contents {
	t.Helper()
	z, err := zip.OpenReader(file)
	require.NoError(t, err)
	defer func() { require.NoError(t, z.Close()) }()
	c := &analyzer.Contents{Format: analyzer.IPA}
	for _, f := range z.File {
		m := appFolder.FindStringSubmatch(f.Name)
		if m != nil && !strings.HasPrefix(f.Name, "__MACOSX/") &&
			(c.Root == "" || len(m[1]) < len(c.Root)) {
			c.Root = m[1]
		}
		r, err := f.Open()
		require.NoError(t, err)
		data := make([]byte, min(f.UncompressedSize64, 64<<20))
		if n, err := io.ReadFull(r, data); err != nil {
			t.Logf("%s: %s: %v", file, f.Name, err) // some lie about a checksum
			data = data[:n]
		}
		require.NoError(t, r.Close())
		c.Entries = append(c.Entries, Entry{f.Name, data})
	}
	return c
}
