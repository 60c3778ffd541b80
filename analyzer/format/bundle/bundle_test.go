package bundle

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/format/zip/ziptest"
)

func TestFormat(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		names []string
		want  analyzer.FormatName
		gaps  []string
	}{
		{"xapk", []string{"manifest.json", "com.example.apk", "config.zh.apk", "icon.png"},
			analyzer.XAPK,
			[]string{"unsupported-format com.example.apk true",
				"unsupported-format config.zh.apk true"}},
		{"apks_with_splits", []string{"toc.pb", "splits/base-master.apk"}, analyzer.APKS,
			[]string{"unsupported-format splits/base-master.apk true"}},
		{"apks_with_standalones", []string{"toc.pb", "standalones/standalone-arm64_v8a.apk"},
			analyzer.APKS,
			[]string{"unsupported-format standalones/standalone-arm64_v8a.apk true"}},
		{"backup", []string{"base.apk", "split_config.zh.apk"}, analyzer.APKS,
			[]string{"unsupported-format base.apk true",
				"unsupported-format split_config.zh.apk true"}},
		{"manifest_json_without_apk", []string{"manifest.json", "index.html"}, "", nil},
		{"apk_below_the_root", []string{"manifest.json", "files/com.example.apk"}, "", nil},
		{"table_without_apk", []string{"toc.pb"}, "", nil},
		{"installable_as_an_apk", []string{"manifest.json", "com.example.apk",
			"AndroidManifest.xml"}, "", nil},
		{"empty", nil, "", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := ziptest.Archive(t, c.names...)
			require.Equal(t, c.want != "", Format{}.Match(a))
			if c.want == "" {
				return
			}
			got, err := Format{}.Open(a)
			require.NoError(t, err)
			assert.Equal(t, a.File, got.File)
			assert.Equal(t, c.want, got.Format)
			assert.Len(t, got.Entries, len(c.names))
			assert.Empty(t, cmp.Diff(c.gaps, ziptest.Gaps(got)))
			assert.Empty(t, a.Gaps)
		})
	}
}

func FuzzOpen(f *testing.F) {
	ziptest.FuzzOpen(f, Format{}, func(t *testing.T, matched bool, c *analyzer.Contents) {
		require.True(t, !matched || len(c.Gaps) > 0, "an APK is not read and there is no gap")
	}, "manifest.json\ncom.example.apk", "toc.pb\nsplits/base-master.apk",
		"base.apk\nAndroidManifest.xml")
}
