package aab

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/listgate/listgate/analyzer"
	"github.com/listgate/listgate/analyzer/format/zip/ziptest"
)

func TestFormat_Match(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name  string
		names []string
		want  bool
	}{
		{"bundle", []string{"BundleConfig.pb", "base/manifest/AndroidManifest.xml"}, true},
		{"no_configuration", []string{"base/manifest/AndroidManifest.xml"}, false},
		{"no_base_module", []string{"BundleConfig.pb", "other/manifest/AndroidManifest.xml"},
			false},
		{"installable_as_an_apk", []string{"BundleConfig.pb", "base/manifest/AndroidManifest.xml",
			"AndroidManifest.xml"}, false},
		{"apk", []string{"AndroidManifest.xml", "classes.dex"}, false},
		{"empty", nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, Format{}.Match(ziptest.Archive(t, c.names...)))
		})
	}
}

func TestFormat_Open(t *testing.T) {
	t.Parallel()
	a := ziptest.Archive(t, "BundleConfig.pb", "base/manifest/AndroidManifest.xml",
		"base/dex/classes.dex",
		"camera/manifest/AndroidManifest.xml", "base/assets/x/manifest/AndroidManifest.xml")
	c, err := Format{}.Open(a)
	require.NoError(t, err)
	assert.Equal(t, a.File, c.File)
	assert.Equal(t, analyzer.AAB, c.Format)
	assert.Len(t, c.Entries, 5)
	assert.Empty(t, cmp.Diff([]string{
		"unsupported-format base/manifest/AndroidManifest.xml true",
		"unsupported-format camera/manifest/AndroidManifest.xml true",
	}, ziptest.Gaps(c)))
	assert.Empty(t, a.Gaps)
}

func FuzzOpen(f *testing.F) {
	ziptest.FuzzOpen(f, Format{}, func(t *testing.T, matched bool, c *analyzer.Contents) {
		require.True(t, !matched || len(c.Gaps) > 0, "a module is not read and there is no gap")
	}, "BundleConfig.pb\nbase/manifest/AndroidManifest.xml",
		"/manifest/AndroidManifest.xml\nAndroidManifest.xml")
}
