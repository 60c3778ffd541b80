package bundle

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

func TestFormat(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		names []string
		want  analyzer.FormatName
		gaps  []string
	}{
		{"xapk", []string{"manifest.json", "com.example.apk", "config.zh.apk", "icon.png"}, analyzer.XAPK,
			[]string{"unsupported-format com.example.apk true", "unsupported-format config.zh.apk true"}},
		{"apks_with_splits", []string{"toc.pb", "splits/base-master.apk"}, analyzer.APKS,
			[]string{"unsupported-format splits/base-master.apk true"}},
		{"apks_with_standalones", []string{"toc.pb", "standalones/standalone-arm64_v8a.apk"}, analyzer.APKS,
			[]string{"unsupported-format standalones/standalone-arm64_v8a.apk true"}},
		{"backup", []string{"base.apk", "split_config.zh.apk"}, analyzer.APKS,
			[]string{"unsupported-format base.apk true", "unsupported-format split_config.zh.apk true"}},
		{"manifest_json_without_apk", []string{"manifest.json", "index.html"}, "", nil},
		{"apk_below_the_root", []string{"manifest.json", "files/com.example.apk"}, "", nil},
		{"table_without_apk", []string{"toc.pb"}, "", nil},
		{"installable_as_an_apk", []string{"manifest.json", "com.example.apk", "AndroidManifest.xml"}, "", nil},
		{"empty", nil, "", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := archive(t, c.names...)
			require.Equal(t, c.want != "", Format{}.Match(a))
			if c.want == "" {
				return
			}
			got, err := Format{}.Open(a)
			require.NoError(t, err)
			assert.Equal(t, c.want, got.Format)
			assert.Len(t, got.Entries, len(c.names))
			assert.Empty(t, cmp.Diff(c.gaps, gaps(got)))
			assert.Empty(t, a.Gaps)
		})
	}
}

func FuzzOpen(f *testing.F) {
	f.Add("manifest.json\ncom.example.apk")
	f.Add("toc.pb\nsplits/base-master.apk")
	f.Add("base.apk\nAndroidManifest.xml")
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
		require.True(t, !matched || len(c.Gaps) > 0, "an APK is not read and there is no gap")
	})
}
