// Package ziptest builds archives in memory for the tests of the formats.
package ziptest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	ours "github.com/listgate/listgate/analyzer/format/zip"
)

// Archive lists a sound archive with entries of these names. A name's end chooses
// the content: .apk and .jar begin as ZIP archives do, hidden.png as an APK does,
// manifest.json is that of an XAPK, a slash makes a folder, and all others are text.
func Archive(t testing.TB, names ...string) *analyzer.Contents {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		e, err := w.CreateHeader(&zip.FileHeader{Name: name})
		require.NoError(t, err)
		if !strings.HasSuffix(name, "/") {
			_, err = e.Write([]byte(content(name)))
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
	f := analyzer.File{Bytes: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}
	c, err := ours.Lister{}.List(f, budget.New(budget.Limits{}))
	require.NoError(t, err)
	return c
}

func content(name string) string {
	begin := func(first string) string {
		header := make([]byte, 30)
		copy(header, "PK\x03\x04")
		header[26] = byte(len(first))
		return string(header) + first
	}
	switch {
	case strings.HasSuffix(name, ".apk"):
		return begin("first.txt")
	case strings.HasSuffix(name, ".jar"):
		return begin("META-INF/MANIFEST.MF")
	case strings.HasSuffix(name, "hidden.png"):
		return begin("AndroidManifest.xml")
	case name == "manifest.json":
		return `{"package_name": "com.example", "version_code": 7, "split_apks": [
			{"file": "named.apk", "id": "base"}, {"file": "com.example.apk", "id": "config.zh"}],
			"expansions": [{"file": "main.obb"}]}`
	default:
		return "text"
	}
}

// FuzzOpen opens archives of any names (seeds: one name a line) and holds a format
// to what all promise: an error opens nothing and matches nothing, no entry is lost
// or stands in two views, and the listed archive stays as it was. check adds what
// this one promises.
func FuzzOpen(
	f *testing.F, format analyzer.Format,
	check func(t *testing.T, matched bool, c *analyzer.Contents), seeds ...string,
) {
	f.Helper()
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, list string) {
		names := strings.Split(list, "\n")
		if len(names) > 100 || len(list) > 10_000 {
			return
		}
		for i, name := range names {
			names[i] = strings.ToValidUTF8(name, "")
		}
		a := Archive(t, names...)
		before, matched := len(a.Gaps), format.Match(a)
		c, err := format.Open(a)
		if err != nil {
			require.Nil(t, c)
			require.False(t, matched)
			return
		}
		require.Len(t, a.Gaps, before)
		require.Len(t, Names(c), len(a.Entries))
		check(t, matched, c)
	})
}

// Names returns the entries of a container and of its views, each after the folder of
// its view.
func Names(c *analyzer.Contents) (out []string) {
	for _, e := range c.Entries {
		out = append(out, e.Name())
	}
	for _, n := range c.Nested {
		if n.Contents != nil {
			for _, name := range Names(n.Contents) {
				out = append(out, n.Contents.Root+n.Contents.Within+": "+name)
			}
		}
	}
	return out
}

// Gaps returns a line for each gap: reason, entry, and whether it is over code.
func Gaps(c *analyzer.Contents) []string {
	var out []string
	for _, g := range c.Gaps {
		out = append(out, fmt.Sprintf("%s %s %v", g.Reason, g.Where.Entry, g.Code))
	}
	return out
}

// Anomalies returns a line for each anomaly: code, entry, detail.
func Anomalies(c *analyzer.Contents) []string {
	var out []string
	for _, a := range c.Anomalies {
		out = append(out, fmt.Sprintf("%s %s: %s", a.Code, a.Where.Entry, a.What))
	}
	return out
}
