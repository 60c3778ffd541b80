package aab

import (
	stdzip "archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/budget"
	"github.com/listgate/listgate/analyzer/format/zip"
)

// archive lists a ZIP archive with these names; a name of a package holds one.
func archive(t testing.TB, names ...string) *analyzer.Contents {
	t.Helper()
	var b bytes.Buffer
	w := stdzip.NewWriter(&b)
	for _, name := range names {
		e, err := w.CreateHeader(&stdzip.FileHeader{Name: name})
		require.NoError(t, err)
		if !strings.HasSuffix(name, "/") {
			_, err = e.Write([]byte(content(name)))
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
	f := analyzer.File{Bytes: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}
	c, err := zip.Lister{}.List(f, budget.New(budget.Limits{}))
	require.NoError(t, err)
	return c
}

// content is text, or the beginning of a ZIP archive for a name.apk.
func content(name string) string {
	if strings.HasSuffix(name, ".apk") {
		return "PK\x03\x04" + strings.Repeat("\x00", 40)
	}
	return "text"
}

func gaps(c *analyzer.Contents) []string {
	var out []string
	for _, g := range c.Gaps {
		out = append(out, fmt.Sprintf("%s %s %v", g.Reason, g.Where.Entry, g.Code))
	}
	return out
}

func TestFormat_Match(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		names []string
		want  bool
	}{
		{"bundle", []string{"BundleConfig.pb", "base/manifest/AndroidManifest.xml"}, true},
		{"no_configuration", []string{"base/manifest/AndroidManifest.xml"}, false},
		{"no_base_module", []string{"BundleConfig.pb", "other/manifest/AndroidManifest.xml"}, false},
		{"installable_as_an_apk", []string{"BundleConfig.pb", "base/manifest/AndroidManifest.xml", "AndroidManifest.xml"}, false},
		{"apk", []string{"AndroidManifest.xml", "classes.dex"}, false},
		{"empty", nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, Format{}.Match(archive(t, c.names...)))
		})
	}
}

func TestFormat_Open(t *testing.T) {
	t.Parallel()
	a := archive(t, "BundleConfig.pb", "base/manifest/AndroidManifest.xml", "base/dex/classes.dex",
		"camera/manifest/AndroidManifest.xml", "base/assets/x/manifest/AndroidManifest.xml")
	c, err := Format{}.Open(a)
	require.NoError(t, err)
	assert.Equal(t, analyzer.AAB, c.Format)
	assert.Len(t, c.Entries, 5)
	assert.Empty(t, cmp.Diff([]string{
		"unsupported-format base/manifest/AndroidManifest.xml true",
		"unsupported-format camera/manifest/AndroidManifest.xml true",
	}, gaps(c)))
	assert.Empty(t, a.Gaps)
}

func FuzzOpen(f *testing.F) {
	f.Add("BundleConfig.pb\nbase/manifest/AndroidManifest.xml")
	f.Add("/manifest/AndroidManifest.xml\nAndroidManifest.xml")
	f.Fuzz(func(t *testing.T, list string) {
		names := strings.Split(list, "\n")
		if len(names) > 100 || len(list) > 10_000 {
			return
		}
		for i, name := range names {
			names[i] = strings.ToValidUTF8(name, "")
		}
		a := archive(t, names...)
		before := len(a.Gaps)
		matched := Format{}.Match(a)
		c, err := Format{}.Open(a)
		if err != nil {
			require.Nil(t, c)
			require.False(t, matched)
			return
		}
		require.Len(t, a.Gaps, before)
		require.Equal(t, len(a.Entries), len(c.Entries))
		require.True(t, !matched || len(c.Gaps) > 0, "a module is not read and there is no gap")
	})
}
